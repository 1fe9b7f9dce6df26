"""What an export writes: names letter by letter, types, derived values; nobody named without identity."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.services.exporting import ExportSettings
from tests.support import holloway
from tests.support.desks import fill, in_a_file
from tests.support.exports import (
    NAMES,
    TABLES,
    exported,
    named_patients,
    planted_in,
    read_csv,
    rows_in,
    told_of,
)


@pytest.fixture
def filled(desk: Desk) -> Desk:
    fill(desk, *named_patients(), holloway.record())
    return desk


@in_a_file
@pytest.mark.parametrize("form", TABLES)
def test_i4_names_come_through_every_format_letter_by_letter(filled: Desk, tmp_path: Path, form: str) -> None:
    folder = exported(filled, tmp_path / "set", form)
    rows = {row["mrn"]: row for row in rows_in(folder, form, "patients")}
    for number, name in enumerate(NAMES):
        row = rows[f"00{number}-MRN"]
        wanted = f"'{name}" if form == "csv" and name.startswith("=") else name
        given = f"={name}"[:200]
        assert row["family_name"] == wanted
        assert row["given_name"] == (f"'{given}" if form == "csv" else given)
    tests = [row for row in rows_in(folder, form, "pft") if row["mrn"] == "004-MRN"]
    assert [row["comment"] for row in tests] == ["山田 was there\nand =2+3"]


@in_a_file
def test_i4_no_cell_of_the_workbook_is_a_formula(filled: Desk, tmp_path: Path) -> None:
    folder = exported(filled, tmp_path / "set", "xlsx")
    book = openpyxl.load_workbook(folder / "registry.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "inlineStr", "n", "d", "b"}
    with zipfile.ZipFile(folder / "registry.xlsx") as packed:
        assert not any(b"<f" in packed.read(name) for name in packed.namelist() if "sheet" in name)


@in_a_file
def test_numbers_dates_and_answers_keep_their_types(filled: Desk, tmp_path: Path) -> None:
    expected = {"csv": ("2.30", "2024-11-05", "0"), "parquet": (Decimal("2.30"), dt.date(2024, 11, 5), False)}
    expected["xlsx"] = (2.3, dt.datetime(2024, 11, 5), False)  # type: ignore[assignment]
    for form in TABLES:
        folder = exported(filled, tmp_path / form, form)
        (row,) = (row for row in rows_in(folder, form, "pft") if row["mrn"] == "003-MRN")
        assert (row["fvc_l"], row["date"], row["excluded"]) == expected[form]
        (lab,) = (row for row in rows_in(folder, form, "labs") if row["mrn"] == "003-MRN")
        assert (lab["date"], Decimal(str(lab["value"]))) == ("2024-10", Decimal("-0.5"))
        last = lab["date_latest"]
        assert (last.date() if isinstance(last, dt.datetime) else str(last)) in (
            dt.date(2024, 10, 31),
            "2024-10-31",
        )


@in_a_file
def test_derived_values_stand_in_columns_of_their_own(filled: Desk, tmp_path: Path) -> None:
    folder = exported(filled, tmp_path / "set", "csv")
    rows = [row for row in read_csv(folder / "pft.csv") if row["mrn"] == holloway.patient().mrn]
    (latest,) = (row for row in rows if row["date"] == holloway.TODAY.isoformat())
    places = Decimal("0.01")
    for column, key in (
        ("derived_fvc_percent_predicted", "fvc_percent"),
        ("derived_fvc_z", "fvc_z"),
        ("derived_fvc_lln_l", "fvc_lln"),
        ("derived_dlco_hb_percent_predicted", "dlco_hb_latest"),
    ):
        assert Decimal(latest[column]).quantize(places) == holloway.EXPECTED[key], column
    book = {(row["table"], row["column"]): row for row in read_csv(folder / "codebook.csv")}
    for column in latest:
        said = book["pft", column]["recorded_or_derived"]
        assert (said == "derived") == column.startswith("derived_") or column.endswith("_label"), column


@in_a_file
def test_the_codebook_names_every_column_with_type_unit_and_codes(filled: Desk, tmp_path: Path) -> None:
    folder = exported(filled, tmp_path / "set", "csv")
    book = read_csv(folder / "codebook.csv")
    assert {row["ctdild_export_set"] for row in book} == {"1"}
    told = {(row["table"], row["column"]): row for row in book if row["table"] != "*"}
    for path in folder.glob("*.csv"):
        if path.stem != "codebook":
            with path.open(encoding="utf-8-sig", newline="") as file:
                for column in next(csv.reader(file)):
                    assert told[path.stem, column]["label"], (path.stem, column)
    assert told["pft", "fvc_l"] | {"fewest_patients": ""} == {
        "ctdild_export_set": "1",
        "table": "pft",
        "column": "fvc_l",
        "label": "FVC",
        "type": "number",
        "unit": "L",
        "codes": "",
        "missing": "empty",
        "recorded_or_derived": "recorded",
        "source": "",
        "fewest_patients": "",
    }
    assert told["patients", "sex"]["codes"] == "F = female; M = male"
    assert told["labs", "value"]["unit"] == "{unit}"


@in_a_file
@pytest.mark.parametrize("form", TABLES)
def test_i4_without_identity_no_name_number_or_true_date_is_in_any_file(
    desk: Desk, tmp_path: Path, form: str
) -> None:
    # every true date lies within fifty days and every date is moved by more: none is met by chance
    records = [replace(record, snoozes=(), **planted_in(record)) for record in named_patients()]
    fill(desk, *records)
    folder = exported(desk, tmp_path / "set", form, ExportSettings())
    content = everything_in(folder)
    for text in told_of(records):
        assert text.encode() not in content, text
    assert len(rows_in(folder, form, "pft")) == len(records)
    assert len(rows_in(folder, form, "visits")) == len(records)


def everything_in(folder: Path) -> bytes:
    """Every byte that a reader of the folder may see: as it lies there, unpacked, and as texts."""
    found = b""
    for path in folder.rglob("*"):
        found += path.name.encode() + path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as packed:
                found += b"".join(packed.read(name) for name in packed.namelist())
            book = openpyxl.load_workbook(path)
            found += repr(
                [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]
            ).encode()
            found += " ".join(
                str(cell.value.date())
                for sheet in book
                for row in sheet.iter_rows()
                for cell in row
                if isinstance(cell.value, dt.datetime)
            ).encode()
        if path.suffix == ".parquet":
            found += duckdb.sql(f"SELECT CAST(t AS VARCHAR) FROM '{path}' t").fetchall().__repr__().encode()
    return found


@in_a_file
def test_time_between_tests_and_derived_values_stay_without_identity(filled: Desk, tmp_path: Path) -> None:
    named = read_csv(exported(filled, tmp_path / "a", "csv") / "pft.csv")
    bare = read_csv(exported(filled, tmp_path / "b", "csv", ExportSettings()) / "pft.csv")
    own = [row for row in named if row["mrn"] == holloway.patient().mrn]
    same = [row for row in bare if row["derived_fvc_z"] and row["fvc_l"] == own[0]["fvc_l"]]
    alike = [row for row in bare if row["mrn"] == same[0]["mrn"]]
    assert [row["derived_fvc_z"] for row in alike] == [row["derived_fvc_z"] for row in own]
    days = [dt.date.fromisoformat(row["date"]) for row in own]
    moved = [dt.date.fromisoformat(row["date"]) for row in alike]
    assert len({one - two for one, two in zip(days, moved, strict=True)}) == 1
    assert Decimal(alike[0]["derived_age_years"]) == Decimal(own[0]["derived_age_years"]).quantize(
        Decimal("0.1"), "ROUND_DOWN"
    )
    assert "comment" not in bare[0]


@in_a_file
def test_an_age_above_89_is_told_as_90_and_given_away_by_nothing(desk: Desk, tmp_path: Path) -> None:
    (record, *_) = named_patients()
    old = replace(record, patient=replace(record.patient, birth_date=PartialDate(1931, 1, 2)))
    fill(desk, old)
    folder = exported(desk, tmp_path / "set", "csv", ExportSettings())
    (row,) = read_csv(folder / "pft.csv")
    assert row["derived_age_years"] == "90"
    assert {row[name] for name in row if name.startswith("derived_fvc") and name.endswith(("_z", "_l"))} == {
        ""
    }
    assert row["derived_fvc_percent_computed"] == ""
    (patient,) = read_csv(folder / "patients.csv")
    assert patient["birth_date"] == ""


@in_a_file
def test_younger_ages_of_somebody_who_reaches_90_are_not_told(desk: Desk, tmp_path: Path) -> None:
    (record, *_) = named_patients()
    (test,) = record.tests
    early = replace(test, id=new_id(), date=dt.date(2016, 11, 5))
    old = replace(record.patient, birth_date=PartialDate(1931, 1, 2))
    fill(desk, replace(record, patient=old, tests=(early, test)))
    rows = read_csv(exported(desk, tmp_path / "set", "csv", ExportSettings()) / "pft.csv")
    told = ("derived_age_years", "derived_fvc_z", "derived_fvc_predicted_l", "derived_fvc_percent_computed")
    assert [[row[name] for name in told] for row in rows] == [[""] * 4] * 2, "eight years later: 93"


@in_a_file
@pytest.mark.parametrize("form", TABLES)
def test_the_same_data_give_the_same_bytes(filled: Desk, tmp_path: Path, form: str) -> None:
    first = exported(filled, tmp_path / "one", form, ExportSettings())
    second = exported(filled, tmp_path / "two", form, ExportSettings())
    for path in first.iterdir():
        if path.name != "manifest.json":
            assert path.read_bytes() == (second / path.name).read_bytes(), path.name
