"""The tables of a clinic: their names, their mappings, and what their cells become."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.interchange.clinic_fields import TABLES, table_named
from ctdild_desktop.interchange.clinic_files import Kinds, read_tables
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.mapping import Mapping, parse_mapping, write_mapping
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import read_source, source_of
from tests.support import old_workbook


def read(name: str, text: str, mapping: str = "", *kinds: str) -> TestTable:
    chosen = parse_mapping(mapping) if mapping else None
    return read_tables(source_of(name, text.encode()), chosen, kinds=Kinds(every=kinds))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Adverse events", "adverse_events"),
        ("THERAPY", "therapy"),
        ("labs 2019", "labs"),
        ("sls_therapy", "therapy"),
        ("Clinic - HRCT", "hrct"),
        ("Sheet1", ""),
        ("patients and labs", ""),
        ("collaborators", ""),
        ("", ""),
        *((table, table) for table in TABLES),
    ],
)
def test_a_name_says_one_kind_or_none(name: str, kind: str) -> None:
    assert table_named(name) == kind


def test_a_table_of_patients_with_days_of_tests_is_a_table_of_tests() -> None:
    found = read("patients.csv", "mrn,test_date,fvc_l\nA1,2019-05-06,2.5\n")
    assert (len(found.rows), found.clinic) == (1, ())


def test_dates_keep_the_exactness_of_the_file_and_numbers_either_mark() -> None:
    found = read("labs.csv", 'mrn;date;test;value;unit\nA1;2019-03;IgG;8,1;g/L\nA1;2019;CRP;"<0,5";mg/L\n')
    first, second = (row.record for row in found.clinic)
    assert (first.date, first.value) == (PartialDate(2019, 3), Decimal("8.1"))
    assert (second.date, second.value, second.detection) == (PartialDate(2019), Decimal("0.5"), "below")


def test_a_column_that_no_table_takes_is_told() -> None:
    found = read("visits.csv", "mrn,date,mmrc,mood\nA1,2019-03-01,2,good\n")
    ((table, column, reason),) = [(it.table, it.column, it.reason) for it in found.warnings]
    assert (table, column) == ("visits", "mood")
    assert reason == "this column is not one of the table's; it is not read"


def test_a_mapping_has_a_part_for_each_table() -> None:
    mapping = """
        prefix = { mrn = "K-" }
        columns = { mrn = "Pat" }
        [tables.therapy]
        columns = { drug = "Medikament", start = "von" }
        values = { drug = { Endoxan = "cyclophosphamide" } }
        constants = { route = "PO" }
        only = { Status = ["bestätigt"] }
    """
    text = "Pat,Medikament,von,Status\n7,Endoxan,2019-03,bestätigt\n8,Endoxan,2019-04,geplant\n"
    found = read("therapy.csv", text, mapping)
    (row,) = found.clinic
    assert row.patient.mrn == "K-7"
    assert row.record == TherapyLine(
        id="", drug="cyclophosphamide_po", start=PartialDate(2019, 3), route="PO"
    )
    assert row.written["drug"] == ("Medikament", "Endoxan")
    assert [it.reason for it in found.warnings] == ["left out, as the mapping says: 1 row"]


def test_one_file_may_be_read_as_several_tables_with_dates_counted_in_each() -> None:
    mapping = """
        read_as = ["pft", "outcomes"]
        [date]
        column = "month"
        unit = "months"
        origin = "2000-09-01"
        [tables.outcomes]
        constants = { event = "lost" }
        date = { column = "last", unit = "months", origin = "2000-09-01" }
    """
    found = read("trial.csv", "mrn,month,fvc_l,last,arm\nA1,6,2.5,9,x\n", mapping)
    assert found.rows[0].date.isoformat() == "2001-03-01"
    assert found.clinic[0].record.date == PartialDate(2001, 6)  # who counts months does not say the day
    assert [(it.table, it.column) for it in found.warnings] == [("", "arm")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[tables.pets.columns]\nmrn = 'a'", "there is no table pets"),
        ("[tables.labs.columns]\nfvc_l = 'a'", "unknown column fvc_l in tables.labs.columns"),
        ("[tables.labs]\ncolour = 'a'", "unknown key tables.labs.colour"),
        ("tables = 3", "tables must be a table"),
        ("read_as = ['labs', 'labs']", "read_as names a table twice"),
        ("read_as = 'labs'", "read_as must be a list of texts"),
        ("[tables.patients.date]\ncolumn='a'\nunit='days'\norigin='2000-01-01'", "has no date"),
        ("[tables.labs.only]\nkind = 'a'", "tables.labs.only.kind must be a list of texts"),
        (
            "[tables.labs]\nconstants = { date = '2019' }\n"
            "date = { column='a', unit='days', origin='2000-01-01' }",
            "date has both an origin and a column or a constant",
        ),
    ],
)
def test_a_mapping_that_cannot_be_used_says_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(FormatError, match="The mapping cannot be used") as refused:
        parse_mapping(text)
    assert reason in str(refused.value)


def test_a_mapping_of_several_tables_is_written_and_read_back_equal() -> None:
    path = Path(__file__).parents[1] / "data" / "scleroderma_lung_study.toml"
    mapping = parse_mapping(path.read_text(encoding="utf-8"))
    assert mapping.read_as == ("pft", "therapy", "outcomes")
    assert parse_mapping(write_mapping(mapping)) == mapping
    assert parse_mapping(write_mapping(Mapping(only={"a b": ("c",)}))).only == {"a b": ("c",)}


def test_a_workbook_gives_every_sheet_whose_name_says_a_table_and_tells_of_the_others(tmp_path: Path) -> None:
    tables = {**old_workbook.TABLES, "notes to self": "x\n1\n", "Visit": "mrn,date\n"}
    path = old_workbook.write_workbook(tmp_path / "clinic.xlsx", tables)
    found = read_tables(read_source(path))
    assert found.rows_read == old_workbook.ROWS
    assert {row.kind for row in found.clinic} == {*TABLES} - {"pft"}
    assert "Not read, because their names say no table: Notes to self." in [
        it.reason for it in found.warnings
    ]
    kinds = Kinds(sheets={("clinic.xlsx", "Labs"): "", ("clinic.xlsx", "Notes to self"): "patients"})
    with pytest.raises(FormatError, match=r"clinic.xlsx \(Notes to self\) has no column mrn"):
        read_tables(read_source(path), kinds=kinds)


def test_two_sheets_of_tests_in_one_workbook_are_refused(tmp_path: Path) -> None:
    pft = old_workbook.TABLES["pft"]
    tables = {"pft": pft, "tests": pft, "labs": old_workbook.TABLES["labs"]}
    path = old_workbook.write_workbook(tmp_path / "clinic.xlsx", tables)
    with pytest.raises(FormatError, match="has several sheets of tests"):
        read_tables(read_source(path))


def test_a_kind_that_there_is_not_is_refused() -> None:
    with pytest.raises(FormatError, match="There is no table pets"):
        read("a.csv", "mrn\n1\n", "", "pets")
