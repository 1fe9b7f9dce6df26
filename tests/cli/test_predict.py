"""``ctdild predict`` against results that were computed elsewhere."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[1] / "data"
INPUT_OF = {
    "FVC": "measured_fvc_l",
    "FEV1": "measured_fev1_l",
    "FEV1FVC": "measured_fev1_fvc",
    "TLCO": "measured_tlco_mmol_min_kpa",
    "DLCO": "measured_dlco_ml_min_mmhg",
    "VA": "measured_va_l",
    "KCO_SI": "measured_kco_mmol_min_kpa_l",
    "KCO_TRAD": "measured_kco_ml_min_mmhg_l",
    "TLC": "measured_tlc_l",
    "RV": "measured_rv_l",
    "FRC": "measured_frc_l",
    "RV_TLC": "measured_rv_tlc_percent",
    "VC": "measured_vc_l",
}
PEOPLE = ("case_id", "sex", "age_years", "height_cm", "ethnic_group")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]], columns: tuple[str, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def test_the_worked_examples_come_out(ctdild, tmp_path):
    expected = [row for row in _rows(DATA / "reference_worked_examples.csv") if row["measure"] in INPUT_OF]
    people: dict[str, dict[str, str]] = {}
    for row in expected:
        person = people.setdefault(row["case_id"], {name: row[name] for name in PEOPLE})
        person[INPUT_OF[row["measure"]]] = row["measured"]
    _write(tmp_path / "in.csv", list(people.values()), (*PEOPLE, *INPUT_OF.values()))

    done = ctdild("predict", tmp_path / "in.csv", "--out", tmp_path / "out.csv")

    assert (done.status, done.out) == (0, "")
    made = {row["case_id"]: row for row in _rows(tmp_path / "out.csv")}
    assert list(made) == list(people)
    compared = 0
    for row in expected:
        stem = f"{row['equation']}_{row['measure'].lower()}"
        for name in ("predicted", "lln", "z", "percent_predicted"):
            cell = made[row["case_id"]][f"{stem}_{name}"]
            if row[name] == "":
                assert cell == "", (row["case_id"], stem, name)
                continue
            scale = 1.0 if name == "z" else abs(float(row[name]))
            assert math.isclose(float(cell), float(row[name]), rel_tol=0, abs_tol=1e-6 * scale)
            compared += 1
    assert compared > 1000


def test_the_input_columns_stay_as_they_were(ctdild, tmp_path):
    (tmp_path / "in.csv").write_text(
        "\ufeffcase_id;note;sex;age_years;height_cm;measured_fvc_l\n"
        'A;"one; two";F;50.5;165;2.50\n'
        "B;;M;;170;\n",
        encoding="utf-8",
    )
    assert ctdild("predict", tmp_path / "in.csv", "--out", tmp_path / "out.csv").status == 0
    first, second = _rows(tmp_path / "out.csv")
    assert (first["case_id"], first["note"], first["measured_fvc_l"]) == ("A", "one; two", "2.50")
    assert float(first["gliglobal2022_fvc_predicted"]) > 2
    assert first["gli2012_fvc_predicted"] == ""
    assert second["gliglobal2022_fvc_predicted"] == ""


def test_an_earlier_answer_is_computed_anew(ctdild, tmp_path):
    (tmp_path / "in.csv").write_text(
        "case_id,sex,age_years,height_cm,gliglobal2022_fvc_predicted\n1,F,50,165,99\n", encoding="utf-8"
    )
    first = ctdild("predict", tmp_path / "in.csv", "--out", tmp_path / "first.csv")
    assert first.status == 0
    assert "columns of an earlier answer: 1" in first.err
    assert ctdild("predict", tmp_path / "first.csv", "--out", tmp_path / "second.csv").status == 0
    assert (tmp_path / "first.csv").read_bytes() == (tmp_path / "second.csv").read_bytes()
    assert float(_rows(tmp_path / "first.csv")[0]["gliglobal2022_fvc_predicted"]) < 6


def test_the_official_calculator_agrees_to_three_decimals(ctdild, tmp_path):
    printed = DATA / "reference_official_calculator.csv"
    assert ctdild("predict", printed, "--out", tmp_path / "out.csv").status == 0
    compared = 0
    for made, official in zip(_rows(tmp_path / "out.csv"), _rows(printed), strict=True):
        for name in official.keys() & made.keys():
            if name.endswith(("_predicted", "_lln")) and official[name]:
                assert abs(float(made[name]) - float(official[name])) <= 0.0005 + 1e-9, (
                    official["case_id"],
                    name,
                )
                compared += 1
    assert compared > 8000


def test_a_header_alone_gives_a_header(ctdild, tmp_path):
    (tmp_path / "in.csv").write_text("case_id,sex,age_years,height_cm\n", encoding="utf-8")
    assert ctdild("predict", tmp_path / "in.csv", "--out", tmp_path / "out.csv").status == 0
    assert _rows(tmp_path / "out.csv") == []
    assert "gli2017_dlco_z" in (tmp_path / "out.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"case_id,sex,age_years\n1,F,50\n", "height_cm"),
        (b"case_id,sex,age_years,height_cm\n1,F,fifty,165\n", "Row 2"),
        (b"case_id,sex,age_years,height_cm\n1,X,50,165\n", "sex"),
        (b"case_id,sex,sex,age_years,height_cm\n1,F,F,50,165\n", "twice"),
        (b"case_id,sex,age_years,height_cm\n1,F,50,165,9\n", "line 2"),
        (b"case_id,sex,age_years,height_cm\n\xe9,F,50,165\n", "UTF-8"),
        (b"PK\x03\x04\x00\x00", "not a text file"),
        (b'case_id,sex,age_years,height_cm\n"1,F,50,165\n', "CSV"),
    ],
)
def test_a_bad_table_is_one_sentence_and_no_output(ctdild, tmp_path, content, said):
    (tmp_path / "in.csv").write_bytes(content)
    done = ctdild("predict", tmp_path / "in.csv", "--out", tmp_path / "out.csv")
    assert done.status == 1
    assert said in done.sentence
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


def test_a_missing_table_is_named(ctdild, tmp_path):
    done = ctdild("predict", tmp_path / "none.csv", "--out", tmp_path / "out.csv")
    assert done.status == 1
    assert "none.csv" in done.sentence
