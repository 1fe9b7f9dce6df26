"""``ctdild import``: counts, all or nothing, again, by mapping."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ctdild_desktop.cli.import_files import FORMATS
from ctdild_desktop.interchange import reading
from tests.support.messages import DAY, gdt, real, value
from tests.support.old_workbook import ROWS, write_tables
from tests.support.pdfs import SCAN, text_pdf
from tests.support.registries import content_of

ROOT = Path(__file__).resolve().parents[2]
TABLE = (
    "mrn,family_name,given_name,birth_date,sex,height_cm,diagnosis,test_date,fvc_l,dlco,dlco_unit,hb_g_dl,mmrc\n"
    "A1,Ñandú,Zoë,1970-09-18,F,172,SSc,2024-03-18,2.53,11.6,mL/min/mmHg,13.0,1\n"
    "A1,Ñandú,Zoë,1970-09-18,F,172,SSc,2025-03-17,2.20,9.5,mL/min/mmHg,12.9,2\n"
    "B2,,,,,,RA,2025-01-10,3.10,,,,\n"
)
FIELDS = {
    "file",
    "format",
    "rows_read",
    "patients_added",
    "patients_matched",
    "tests_added",
    "tests_updated",
    "tests_unchanged",
    "records_added",
    "rejected",
    "warnings",
}
MAPPING = """\
name = "Scleroderma Lung Study"
prefix = { mrn = "SLS-" }
[columns]
mrn = "id"
fvc_percent_predicted = "fvc_pct"
[constants]
diagnosis = "SSc"
[date]
column = "month"
unit = "months"
origin = "2000-09-01"
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "tests.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_a_table_goes_in_once(ctdild, clinic, table):
    (first,) = ctdild("import", table, *clinic, "--json").document
    assert set(first) == FIELDS
    assert (first["file"], first["format"], first["rows_read"]) == ("tests.csv", "csv", 3)
    assert (first["patients_added"], first["tests_added"], first["rejected"]) == (2, 3, [])
    (again,) = ctdild("import", table, *clinic, "--json").document
    assert (again["patients_added"], again["patients_matched"]) == (0, 2)
    assert (again["tests_added"], again["tests_updated"], again["tests_unchanged"]) == (0, 0, 3)

    shown = ctdild("show", "A1", *clinic, "--json").document
    assert (shown["patient"]["family_name"], shown["patient"]["given_name"]) == ("Ñandú", "Zoë")
    test = shown["tests"][1]
    assert (test["date"], test["fvc_l"], test["dlco"], test["hb_g_l"], test["mmrc"]) == (
        "2025-03-17",
        2.2,
        9.5,
        129,
        2,
    )
    assert test["source"] == {"format": "csv", "file_sha256": hashlib.sha256(table.read_bytes()).hexdigest()}
    assert shown["diagnoses"][0]["ctd"] == "SSc"
    (answer,) = ctdild("assess", "--patient", "A1", *clinic, "--json").document
    assert answer["criteria"]["REVIEW_FVC_DECLINE"]["verdict"] == "MET"


def test_a_dry_run_tells_the_same_and_changes_nothing(ctdild, clinic, table):
    before = content_of(Path(clinic[1]))
    dry = ctdild("import", table, "--dry-run", *clinic, "--json")
    assert dry.status == 0
    assert "dry run" in dry.sentence
    assert content_of(Path(clinic[1])) == before
    assert ctdild("import", table, *clinic, "--json").document == dry.document


def test_rejected_rows_are_listed_with_their_reasons(ctdild, clinic, table):
    table.write_text(TABLE + "C3,,,,,,,2025-01-10,99,,,,\n", encoding="utf-8")
    refused = ctdild("import", table, *clinic, "--json")
    assert refused.status == 1
    assert "row 5, fvc_l" in refused.sentence
    (report,) = refused.document
    assert report["tests_added"] == 0
    assert [(item["row"], item["column"], item["value"]) for item in report["rejected"]] == [
        (5, "fvc_l", "99")
    ]
    assert report["rejected"][0]["reason"]
    assert ctdild("show", "A1", *clinic).status == 1

    accepted = ctdild("import", table, "--accept-valid-rows", *clinic)
    assert accepted.status == 0
    assert "rejected: row 5, fvc_l" in accepted.out
    assert ctdild("show", "A1", *clinic).status == 0
    assert ctdild("show", "C3", *clinic).status == 1


def test_only_one_patient_when_asked(ctdild, clinic, table):
    refused = ctdild("import", table, "--patient", "A1", *clinic, "--json")
    assert refused.status == 1
    assert "row 4, mrn" in refused.sentence
    (report,) = ctdild("import", table, "--patient", "A1", "--accept-valid-rows", *clinic, "--json").document
    assert (report["patients_added"], report["tests_added"]) == (1, 2)
    assert ctdild("show", "B2", *clinic).status == 1


def test_the_sample_of_the_program_fits_its_mapping(ctdild, demo):
    sample = ROOT / "resources" / "demo"
    done = ctdild(
        "import", sample / "sample_tests.csv", "--mapping", sample / "sample_mapping.toml", *demo, "--json"
    )
    assert done.status == 0, done.err
    (report,) = done.document
    assert report["tests_added"] > 0
    assert report["rejected"] == []


@pytest.mark.real_files
def test_the_published_trial_goes_in_through_a_mapping(ctdild, clinic, tmp_path):
    trial = real("scleroderma_lung_study.csv")
    (tmp_path / "trial.toml").write_text(MAPPING, encoding="utf-8")
    command = ("import", trial, "--mapping", tmp_path / "trial.toml", *clinic, "--json")
    (first,) = ctdild(*command).document
    assert (first["patients_added"], first["tests_added"], first["rejected"]) == (140, 715, [])
    (again,) = ctdild(*command).document
    assert (again["patients_added"], again["tests_added"], again["tests_unchanged"]) == (0, 0, 715)
    answers = ctdild("assess", *clinic, "--json").document
    assert len(answers) == 140


@pytest.mark.real_files
def test_the_published_trial_goes_in_as_tests_arms_and_outcomes(ctdild, clinic):
    trial = real("scleroderma_lung_study.csv")
    mapping = ROOT / "tests" / "data" / "scleroderma_lung_study.toml"
    command = ("import", trial, "--mapping", mapping, *clinic, "--json")
    refused = ctdild(*command)
    assert refused.status == 1
    (told,) = refused.document
    # 21 visits of the file lie after the month in which the patient died
    assert {each["reason"] for each in told["rejected"]} == {"The test lies after the date of death."}
    assert len(told["rejected"]) == 21
    (first,) = ctdild(*command, "--accept-valid-rows").document
    assert first["records_added"] == {"pft": 694, "therapy": 140, "outcomes": 46}
    (again,) = ctdild(*command, "--accept-valid-rows").document
    assert set(again["records_added"].values()) == {0}
    line = ctdild("show", "SLS-1", *clinic, "--json").document["therapy"][0]
    assert (line["drug"], line["drug_name"], line["start"]) == ("other", "placebo", "2000-09-01")
    assert (line["response"], line["response_date"]) == ("worse", "2001-05")


def test_a_clinic_s_tables_go_in_by_name_or_by_the_kind_that_is_named(ctdild, clinic, tmp_path):
    paths = write_tables(tmp_path)
    documents = ctdild("import", *paths, *clinic, "--json").document
    assert {path.stem for path in paths} == {Path(each["file"]).stem for each in documents}
    assert sum(sum(each["records_added"].values()) for each in documents) == ROWS
    oddly = tmp_path / "export-7.csv"
    oddly.write_text("mrn,date,test,value,unit\nA1,2019-05-07,IgG,8,g/L\n", encoding="utf-8")
    (refused,) = ctdild("import", oddly, *clinic, "--dry-run").err.splitlines()
    assert "has no column test_date" in refused
    (taken,) = ctdild("import", oddly, *clinic, "--table", "labs", "--json").document
    assert taken["records_added"] == {"labs": 1}
    told = ctdild("import", oddly, *clinic, "--table", "labs")
    assert "labs: 0 new, 0 filled, 1 unchanged" in told.out


def test_a_message_is_known_by_its_content_and_goes_to_the_patient_who_is_named(
    ctdild, clinic, table, tmp_path
):
    assert FORMATS == reading.FORMATS
    ctdild("import", table, *clinic, "--json")
    path = tmp_path / "result.dat"
    path.write_bytes(gdt(*DAY, *value("FVC", "2310", "mL")))
    refused = ctdild("import", path, *clinic, "--json")
    assert refused.status == 1
    (asked,) = refused.document
    assert (asked["format"], asked["tests_added"]) == ("gdt", 0)
    assert asked["rejected"] == [
        {
            "row": 1,
            "column": "patient",
            "value": "",
            "reason": "the file does not say whose test it is; choose the patient",
        }
    ]
    (taken,) = ctdild("import", path, *clinic, "--patient", "B2", "--json").document
    assert (taken["patients_matched"], taken["tests_added"]) == (1, 1)
    test = ctdild("show", "B2", *clinic, "--json").document["tests"][0]
    assert (test["date"], test["fvc_l"], test["source"]["format"]) == ("2024-05-06", 2.31, "gdt")
    assert test["as_given"] == {"fvc_l": "FVC 2310 mL"}


REPORT = "MRN: A1\nTest date: 12.03.2026\nFVC: 2.31 L (64 % pred)\nDLCO: 10.3\n"


@pytest.mark.parametrize("name", ["report.pdf", "report.txt"])
def test_a_report_in_text_is_never_imported_and_a_dry_run_shows_what_is_read(ctdild, clinic, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(text_pdf(REPORT) if name.endswith("pdf") else REPORT.encode())
    before = content_of(Path(clinic[1]))
    for options in ((), ("--accept-valid-rows",)):
        done = ctdild("import", path, *clinic, *options)
        assert "confirmed value by value in the window" in done.err or "every row was rejected" in done.err
    shown = ctdild("import", path, *clinic, "--dry-run", "--json")
    (file,) = shown.document
    assert set(file) == FIELDS | {"test_dates", "readings", "unread"}
    assert (file["format"], file["tests_added"]) == (name[-3:] if name.endswith("pdf") else "text", 0)
    assert file["test_dates"] == ["2026-03-12"]
    assert [(one["field"], one["value"], one["line"]) for one in file["readings"]] == [
        ("fvc_l", "2.31", 3),
        ("fvc_pct_pred", "64", 3),
    ]
    assert file["unread"] == [
        {"line": 4, "field": "dlco", "reason": "no unit is given; mmol/min/kPa is not assumed"}
    ]
    assert content_of(Path(clinic[1])) == before


def test_a_scan_is_refused_with_the_reason(ctdild, clinic, tmp_path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(text_pdf(SCAN))
    assert "it is a scan" in ctdild("import", path, *clinic).err
