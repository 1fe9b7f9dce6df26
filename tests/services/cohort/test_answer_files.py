"""The answer as one table: every fact a line, numbers in full, nothing that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from ctdild_desktop import language
from ctdild_desktop.bundled import resources
from ctdild_desktop.language.catalogue import Catalogue
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services.cohort.analyses import Options, answer
from ctdild_desktop.services.cohort.answer import Answer
from ctdild_desktop.services.cohort.answer_files import COLUMNS, answer_csv, answer_into_csv, for_paper
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.desk import Desk
from tests.services.test_events import noted
from tests.support.cohort_patients import record
from tests.support.desks import fill, in_a_file

pytestmark = in_a_file


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture
def told(desk: Desk) -> Answer:
    fill(desk, record("1", ("2020-01-01", "3.00"), ("2021-01-01", "2.60")), record("2", ("2020-01-01", "2")))
    return answer(desk, "change", Options(), Chosen())


def test_each_fact_is_a_line_with_its_number_in_full(told: Answer) -> None:
    held = rows(answer_csv(told))
    assert tuple(held[0]) == COLUMNS
    about = {row["column"]: row["value"] for row in held if row["part"] == "about"}
    assert about["command"] == "ctdild cohort change --measure fvc_l --months 12 --as-of 2026-03-12"
    assert (about["as_of"], about["registry_fingerprint"]) == ("2026-03-12", told.made.fingerprint)
    steps = [(row["table"], row["row"], row["value"]) for row in held if row["part"] == "step"]
    assert ("left_out", "no visit at 12 months", "1") in steps
    mean = next(row for row in held if row["row"] == "absolute, L" and row["column"] == "mean")
    assert (mean["value"], mean["low"]) == ("-0.4", "")
    interval = next(row for row in held if row["column"] == "range" and row["row"] == "absolute, L")
    assert (interval["low"], interval["high"]) == ("-0.4", "-0.4")
    spread = next(row for row in held if row["column"] == "SD")
    assert spread["value"] == ""  # of one value there is none
    assert held[-1] | {"value": ""} == dict.fromkeys(COLUMNS, "") | {"part": "claim"}


def test_a_text_that_a_spreadsheet_would_calculate_is_made_harmless(told: Answer) -> None:
    held = rows(answer_csv(replace(told, title="=1+1", caveats=("@SUM(A1)",))))
    assert [row["value"] for row in held if row["column"] == "title"] == ["'=1+1"]
    assert "'@SUM(A1)" in [row["value"] for row in held if row["part"] == "caveat"]


def test_the_file_is_english_in_every_language(desk: Desk) -> None:
    fill(desk, record("1", ("2020-01-01", "3.00"), ("2021-01-01", "2.60")))
    english = answer(desk, "summary", Options(), Chosen())
    language.use(Catalogue.read("es", resources() / "i18n" / "es.po"))
    try:
        spanish = answer(desk, "summary", Options(), Chosen())
        assert spanish.title != english.title
        held = rows(answer_csv(spanish))
    finally:
        language.use(None)
    wanted = rows(answer_csv(english))
    assert [row for row in held if row["column"] != "computed_at"] == [
        row for row in wanted if row["column"] != "computed_at"
    ]


def test_writing_is_noted_and_whole_or_not_at_all(desk: Desk, told: Answer, tmp_path: Path) -> None:
    path = answer_into_csv(desk, told, tmp_path / "answer.csv")
    assert path.read_bytes() == answer_csv(told)
    for_paper(desk, told)
    assert [detail["form"] for _kind, _patient, detail in noted(desk, "export")] == ["csv", "pdf"]
    with pytest.raises(RegistryError):
        answer_into_csv(desk, told, tmp_path / "nowhere" / "answer.csv")
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".csv"] == ["answer.csv"]
