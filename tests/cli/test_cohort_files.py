"""``ctdild cohort --pdf --csv``: the same numbers on paper and in the table as in the JSON document."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pypdfium2
import pytest

from ctdild_desktop.clinical.wording import number, signed

AS_OF = ("--as-of", "2026-03-12")


def table(path: Path) -> dict[tuple[str, str, str], dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == "result"]
    return {(row["table"], row["row"], row["column"]): row for row in rows}


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return re.sub(r"\s+", " ", text)


def between(interval: list[float], told) -> str:
    return f"{told(interval[0], 1)} to {told(interval[1], 1)}"


def test_before_and_after_has_the_same_numbers_in_all_three(ctdild, demo, tmp_path):
    pdf, out = tmp_path / "answer.pdf", tmp_path / "answer.csv"
    files = ("--json", "--pdf", pdf, "--csv", out)
    said = ctdild("cohort", "pre-post", "--drug", "rituximab", *AS_OF, *demo, *files)
    assert said.status == 0
    told, held, text = said.document, table(out), text_of(pdf)
    for name, measure in (("FVC", "fvc"), ("DLCO", "dlco")):
        for when, part in (("before", "pre"), ("after", "post")):
            wanted = told["result"][measure][part]
            line = ("Relative change, %", f"{name} {when}")
            assert int(held[*line, "n"]["value"]) == wanted["n"]
            assert float(held[*line, "median"]["value"]) == wanted["median"]
            quartiles = held[*line, "quartiles"]
            assert [float(quartiles["low"]), float(quartiles["high"])] == [wanted["q1"], wanted["q3"]]
            shown = f"{name} {when} {wanted['n']} {signed(wanted['median'], 1)} "
            assert shown + between([wanted["q1"], wanted["q3"]], signed) in text
        assert (
            f"−{told['n'][measure]['excluded']['no visit in the 6 months up to the start']} {name}:" in text
        )


def test_slopes_and_rates_have_the_same_numbers_in_all_three(ctdild, demo, tmp_path):
    pdf, out = tmp_path / "answer.pdf", tmp_path / "answer.csv"
    files = ("--pdf", pdf, "--csv", out, "--page-size", "Letter")
    told = ctdild("cohort", "slopes", *AS_OF, *demo, "--json", *files).document
    pooled = table(out)["All patients in one model", "L per year", "estimate"]
    assert float(pooled["value"]) == told["pooled"]["slope_per_year"]
    assert f"L per year {told['pooled']['n']} {signed(told['pooled']['slope_per_year'], 3)}" in text_of(pdf)
    told = ctdild("cohort", "adverse-events", *AS_OF, *demo, "--json", *files).document["result"]
    held, text = table(out), text_of(pdf)
    for drug, code in (("Rituximab", "rituximab"), ("Mycophenolate mofetil", "mycophenolate")):
        wanted = told[code]
        assert float(held["All events", drug, "per 100 patient-years"]["value"]) == wanted["rate_per_100_py"]
        assert int(held["All events", drug, "events"]["value"]) == wanted["events"]
        line = f"{drug} {wanted['patients']} {wanted['events']} {number(wanted['person_years'], 1)} "
        assert f"{line}{number(wanted['rate_per_100_py'], 1)} {between(wanted['ci95'], number)}" in text


def test_survival_has_the_same_numbers_in_all_three(ctdild, demo, tmp_path):
    pdf, out = tmp_path / "answer.pdf", tmp_path / "answer.csv"
    told = ctdild(
        *("cohort", "decline", "--measure", "fvc_percent_predicted", "--within", "200", "--at", "365"),
        *(*AS_OF, *demo, "--json", "--pdf", pdf, "--csv", out),
    ).document
    held, text = table(out), text_of(pdf)
    name = "Relative loss of 10 % or more"
    wanted = told["kaplan_meier"]["relative_10"]["at"][0]
    share = held["Free of the loss, %, at some days", name, "%"]
    assert float(share["value"]) == pytest.approx(100 * wanted["survival"], rel=1e-15)
    assert f"{name} 365 {wanted['at_risk']} {number(100 * wanted['survival'], 1)}" in text
    counted = told["result"]["relative_10"]["within_200_days"]
    assert int(held[name, "Within 200 days", "patients"]["value"]) == counted["n"]


def test_a_folder_that_is_not_there_gets_a_sentence_and_no_file(ctdild, demo, tmp_path):
    said = ctdild("cohort", "summary", *AS_OF, *demo, "--pdf", tmp_path / "no" / "answer.pdf")
    assert said.status != 0
    assert "cannot be written" in said.err
    said = ctdild("cohort", "studies", *demo, "--csv", tmp_path / "studies.csv")
    assert "name one study" in said.err
    assert [file.name for file in tmp_path.iterdir()] == ["demo"]
