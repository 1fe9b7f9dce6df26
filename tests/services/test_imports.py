"""Imports into a real registry: matching, preview, all or nothing, repeats, undo, mappings, speed."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Diagnosis, Patient, PatientRecord, Pft, Sex, Visit
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.mapping import Mapping
from ctdild_desktop.interchange.records import Remark
from ctdild_desktop.registry.models import AuditRow, SealRow
from ctdild_desktop.services import imports
from ctdild_desktop.services.desk import Change, Desk, RefusedError, new_id
from tests.support.desks import as_user, fill, make_desk

DATA = Path(__file__).parents[1] / "data"
HEADER = "mrn,family_name,given_name,birth_date,sex,test_date,fvc_l,dlco,dlco_unit\n"
UNIT = "mL/min/mmHg"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = make_desk(tmp_path)
    yield made
    made.close()


def write(folder: Path, text: str, name: str = "tests.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def record(desk: Desk, mrn: str) -> PatientRecord:
    with desk.registry.read() as session:
        return next(found for found in desk.store.load_all(session) if found.patient.mrn == mrn)


def mrns(desk: Desk) -> list[str]:
    with desk.registry.read() as session:
        return [found.patient.mrn for found in desk.store.load_all(session)]


def run(desk: Desk, path: Path, *, accept_valid_rows: bool = False) -> imports.FileReport:
    (report,) = imports.run_import(desk, [path], accept_valid_rows=accept_valid_rows).value.files
    return report


def known(desk: Desk, *tests: Pft, **facts: object) -> Patient:
    patient = Patient(id=new_id(), mrn="P1", **facts)  # type: ignore[arg-type]
    fill(desk, PatientRecord(patient=patient, tests=tests))
    return patient


def test_new_patients_get_their_tests_diagnosis_and_visit(desk: Desk, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "mrn,family_name,birth_date,sex,height_cm,diagnosis,ild_pattern,test_date,fvc_l,mmrc\n"
        "P1,Holloway,1958-03-12,F,165,SSc,fNSIP,2024-05-06,2.51,\n"
        "P1,Holloway,1958-03-12,F,164,SSc,fNSIP,2023-05-04,2.62,2\n",
    )
    done = imports.run_import(desk, [path])
    assert done.value.as_json() == [
        {
            "file": "tests.csv",
            "format": "csv",
            "rows_read": 2,
            "patients_added": 1,
            "patients_matched": 0,
            "tests_added": 2,
            "tests_updated": 0,
            "tests_unchanged": 0,
            "rejected": [],
            "warnings": [],
        }
    ]
    assert done.message == "Imported 2 new tests, 1 new patient."
    assert Change.IMPORT in done.changes.kinds
    found = record(desk, "P1")
    assert (found.patient.family_name, found.patient.sex) == ("Holloway", Sex.FEMALE)
    assert found.patient.birth_date == PartialDate(1958, 3, 12)
    assert found.patient.height_cm == Decimal(165)
    assert [(test.date, test.fvc_l, test.source_format) for test in found.tests] == [
        (dt.date(2023, 5, 4), Decimal("2.62"), "csv"),
        (dt.date(2024, 5, 6), Decimal("2.51"), "csv"),
    ]
    assert {test.source_sha256 for test in found.tests} == {hashlib.sha256(path.read_bytes()).hexdigest()}
    assert [(view.date, view.ctd, view.pattern) for view in found.diagnoses] == [
        (PartialDate(2023, 5, 4), "SSc", "fNSIP")
    ]
    assert [(visit.date, visit.mmrc) for visit in found.visits] == [(dt.date(2023, 5, 4), 2)]


def test_the_same_file_again_changes_nothing_not_even_the_audit(desk: Desk, tmp_path: Path) -> None:
    path = write(
        tmp_path, HEADER + f"P1,A,B,1960,F,2024-05-06,2.51,12.0,{UNIT}\nP1,A,B,1960,F,2024-05-06,2.4,,\n"
    )
    assert run(desk, path).tests_added == 2
    before = desk.registry.head()
    again = imports.run_import(desk, [path])
    (report,) = again.value.files
    assert (report.tests_added, report.tests_updated, report.tests_unchanged) == (0, 0, 2)
    assert (report.patients_added, report.patients_matched, report.imported) == (0, 1, True)
    assert again.undo is None
    assert again.changes.kinds == frozenset()
    assert desk.registry.head() == before


def test_identical_rows_are_one_test_and_different_ones_are_two(desk: Desk, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\nP1,2024-05-06,2.510\nP1,2024-05-06,2.40\n",
    )
    report = run(desk, path)
    assert (report.tests_added, report.tests_unchanged) == (2, 1)
    assert report.warnings == (
        Remark(3, "test_date", "2024-05-06", "the same as row 2; kept once"),
        Remark(
            4, "test_date", "2024-05-06", "another test of the same day has different values; both are kept"
        ),
    )
    assert [test.fvc_l for test in record(desk, "P1").tests] == [Decimal("2.51"), Decimal("2.40")]


def test_a_fuller_row_fills_a_recorded_test_and_changes_no_value(desk: Desk, tmp_path: Path) -> None:
    first = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n")
    run(desk, first)
    fuller = write(
        tmp_path,
        f"mrn,test_date,fvc_l,dlco,dlco_unit,comment\nP1,2024-05-06,2.51,12.0,{UNIT},sat up\n",
        "b.csv",
    )
    done = imports.run_import(desk, [fuller])
    assert (done.value.files[0].tests_added, done.value.files[0].tests_updated) == (0, 1)
    (test,) = record(desk, "P1").tests
    assert (test.fvc_l, test.dlco, test.comment) == (Decimal("2.51"), Decimal("12.0"), "sat up")
    assert run(desk, fuller).tests_unchanged == 1
    assert run(desk, first).tests_unchanged == 1
    assert done.undo is not None
    done.undo()
    (test,) = record(desk, "P1").tests
    assert (test.fvc_l, test.dlco, test.dlco_unit, test.comment) == (Decimal("2.51"), None, None, "")


def test_a_test_that_was_corrected_is_not_imported_again(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n")
    run(desk, path)
    (test,) = record(desk, "P1").tests
    with desk.registry.write(desk.login) as session:
        desk.store.update(session, replace(test, fvc_l=Decimal("2.15")), user=desk.login, at=desk.clock())
    report = run(desk, path)
    assert (report.tests_added, report.tests_unchanged) == (0, 1)
    assert "changed since it was imported" in report.warnings[0].reason
    assert [test.fvc_l for test in record(desk, "P1").tests] == [Decimal("2.15")]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("P1,Holloway,Ingrid,1958-03-13,F", "birth_date", "another birth date in the registry (1958-03-12)"),
        ("P1,Holloway,Ingrid,1958-03-12,M", "sex", "another sex in the registry (F)"),
        ("P1,Hollway,Ingrid,1958-03-12,F", "family_name", "another surname in the registry (Holloway)"),
        ("P1,Holloway,Astrid,1958-03-12,F", "given_name", "another given name in the registry (Ingrid)"),
    ],
)
def test_a_row_about_somebody_else_is_rejected_never_attached(
    desk: Desk, tmp_path: Path, row: str, column: str, reason: str
) -> None:
    known(
        desk,
        family_name="Holloway",
        given_name="Ingrid",
        birth_date=PartialDate(1958, 3, 12),
        sex=Sex.FEMALE,
    )
    path = write(tmp_path, HEADER + f"{row},2024-05-06,2.51,,\nP2,Other,Person,1960,F,2024-05-06,2.0,,\n")
    before = desk.registry.head()
    report = run(desk, path)
    (rejected,) = report.rejected
    assert (rejected.row, rejected.column) == (2, column)
    assert reason in rejected.reason
    assert not report.imported
    assert (report.tests_added, report.patients_added) == (0, 0)
    assert mrns(desk) == ["P1"]
    assert desk.registry.head() == before
    assert run(desk, path, accept_valid_rows=True).tests_added == 1
    assert mrns(desk) == ["P1", "P2"]
    assert record(desk, "P1").tests == ()


@pytest.mark.parametrize(
    ("family", "given", "birth"),
    [
        ("MULLER", "Ana", "1958"),
        ("Mueller", "A.", "1958-03"),
        ("Müller", "Ana Sofía", "1958-03-12"),
        ("", "", ""),
    ],
)
def test_the_same_person_may_be_spelled_differently(
    desk: Desk, tmp_path: Path, family: str, given: str, birth: str
) -> None:
    known(desk, family_name="Müller", given_name="Ana", birth_date=PartialDate(1958, 3, 12), sex=Sex.FEMALE)
    path = write(tmp_path, HEADER + f"P1,{family},{given},{birth},,2024-05-06,2.51,,\n")
    report = run(desk, path)
    assert (report.tests_added, report.patients_matched, report.rejected) == (1, 1, ())
    assert record(desk, "P1").patient.family_name == "Müller"


def test_only_empty_fields_of_a_patient_are_filled(desk: Desk, tmp_path: Path) -> None:
    known(desk, family_name="Holloway", height_cm=Decimal(166))
    path = write(
        tmp_path,
        "mrn,family_name,given_name,birth_date,sex,height_cm,test_date,fvc_l\n"
        "P1,HOLLOWAY,Ingrid,1958-03-12,F,165,2024-05-06,2.51\n",
    )
    done = imports.run_import(desk, [path])
    patient = record(desk, "P1").patient
    assert (patient.family_name, patient.given_name, patient.height_cm) == (
        "Holloway",
        "Ingrid",
        Decimal(166),
    )
    assert (patient.birth_date, patient.sex) == (PartialDate(1958, 3, 12), Sex.FEMALE)
    assert done.undo is not None
    done.undo()
    assert record(desk, "P1").patient.given_name == ""
    assert record(desk, "P1").tests == ()


def test_a_file_that_contradicts_itself_loses_all_rows_of_that_patient(desk: Desk, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        HEADER
        + "P1,A,,1958,,2024-05-06,2.5,,\nP1,A,,1958-03,,2024-08-06,2.4,,\nP1,A,,1958-04,,2024-09-06,2.4,,\n"
        + "P2,C,,1960,F,2024-05-06,2.0,,\n",
    )
    report = run(desk, path, accept_valid_rows=True)
    assert {remark.row for remark in report.rejected} == {2, 3, 4}
    assert report.rejected[0].reason == "the file gives this MRN two different birth dates (rows 3 and 4)"
    assert mrns(desk) == ["P2"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("fvc_l", "2310", "fvc"),
        ("fvc_l", "0.29", "fvc"),
        ("fvc_percent_predicted", "0.74", "fvc"),
        ("fev1_l", "9.5", "fev1"),
        ("hb_g_dl", "128", "hb"),
        ("spo2_rest", "0.96", "spo"),
        ("height_cm", "1.65", "height"),
        ("test_date", "2026-03-13", ""),
        ("test_date", "1958-03-11", ""),
    ],
)
def test_impossible_values_and_dates_reject_the_row_with_the_reason(
    desk: Desk, tmp_path: Path, column: str, value: str, said: str
) -> None:
    cells = {
        "mrn": "P1",
        "birth_date": "1958-03-12",
        "test_date": "2026-03-12",
        "fvc_l": "2.5",
        column: value,
    }
    path = write(tmp_path, f"{','.join(cells)}\n{','.join(cells.values())}\n")
    report = run(desk, path)
    assert report.rejected
    assert all(remark.row == 2 and remark.reason for remark in report.rejected)
    assert (column, value) in [(remark.column, remark.value) for remark in report.rejected]
    assert said in report.rejected[0].reason.casefold() or said in report.rejected[0].column
    assert not report.imported
    assert mrns(desk) == []


def test_an_unlikely_value_is_imported_and_told(desk: Desk, tmp_path: Path) -> None:
    report = run(desk, write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,0.75\n"))
    assert report.tests_added == 1
    assert [(remark.row, remark.column, remark.value) for remark in report.warnings] == [(2, "fvc_l", "0.75")]


def test_mmrc_goes_to_the_visit_of_the_day_and_never_over_another(desk: Desk, tmp_path: Path) -> None:
    patient = Patient(id=new_id(), mrn="P1")
    visits = (
        Visit(id=new_id(), date=dt.date(2024, 5, 6), mmrc=1),
        Visit(id=new_id(), date=dt.date(2024, 8, 6)),
    )
    fill(desk, PatientRecord(patient=patient, visits=visits))
    path = write(
        tmp_path, "mrn,test_date,fvc_l,mmrc\nP1,2024-05-06,2.5,2\nP1,2024-08-06,2.4,2\nP1,2024-09-06,2.4,3\n"
    )
    done = imports.run_import(desk, [path])
    assert [(visit.date.month, visit.mmrc) for visit in record(desk, "P1").visits] == [(5, 1), (8, 2), (9, 3)]
    assert [(remark.row, remark.column) for remark in done.value.files[0].warnings] == [(2, "mmrc")]
    assert imports.run_import(desk, [path]).undo is None
    assert done.undo is not None
    done.undo()
    assert [(visit.date.month, visit.mmrc) for visit in record(desk, "P1").visits] == [(5, 1), (8, None)]


def test_a_recorded_diagnosis_stands_and_a_changing_one_gives_views(desk: Desk, tmp_path: Path) -> None:
    patient = Patient(id=new_id(), mrn="P1")
    view = Diagnosis(id=new_id(), date=PartialDate(2020), ctd="RA")
    fill(desk, PatientRecord(patient=patient, diagnoses=(view,)))
    path = write(
        tmp_path,
        "mrn,diagnosis,test_date,fvc_l\nP1,SSc,2024-05-06,2.5\nP2,UCTD,2023-05-06,2.5\nP2,UCTD,2023-09-06,2.5\n"
        "P2,SSc,2024-05-06,2.4\n",
    )
    report = run(desk, path)
    assert [found.ctd for found in record(desk, "P1").diagnoses] == ["RA"]
    assert [(remark.row, remark.column, remark.value) for remark in report.warnings] == [
        (2, "diagnosis", "SSc")
    ]
    assert [(str(found.date), found.ctd) for found in record(desk, "P2").diagnoses] == [
        ("2023-05-06", "UCTD"),
        ("2024-05-06", "SSc"),
    ]


def test_rows_of_other_patients_are_rejected_when_one_is_chosen(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.5\nP2,2024-05-06,2.5\n")
    report = imports.preview_import(desk, [path], patient_mrn="P2").files[0]
    assert [(remark.row, remark.value) for remark in report.rejected] == [(2, "P1")]
    assert report.tests_added == 1


def test_a_preview_shows_what_would_change_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + f"P1,Holloway,Ingrid,1960,F,2024-05-06,2.51,12.0,{UNIT}\nP2,,,,,,2.0,,\n")
    before = desk.registry.head()
    preview = imports.preview_import(desk, [path])
    (report,) = preview.files
    assert (report.tests_added, report.patients_added, report.imported) == (1, 1, False)
    assert not preview.clean
    (row,) = report.rows
    assert (row.row, row.mrn, row.name, row.effect, row.new_patient) == (
        2,
        "P1",
        "HOLLOWAY, Ingrid",
        "new test",
        True,
    )
    assert row.text == "06.05.2024: FVC 2.51 L, DLCO 12.0 mL/min/mmHg"
    assert desk.registry.head() == before
    path.unlink()
    done = imports.import_previewed(desk, preview, accept_valid_rows=True)
    assert done.value.files[0].tests_added == 1
    assert mrns(desk) == ["P1"]


def test_several_files_follow_one_another_and_are_undone_together(desk: Desk, tmp_path: Path) -> None:
    first = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n", "a.csv")
    second = write(
        tmp_path,
        f"mrn,sex,test_date,fvc_l,dlco,dlco_unit\nP1,F,2024-05-06,2.51,12.0,{UNIT}\nP1,F,2024-09-06,2.4,,\n",
        "b.csv",
    )
    preview = imports.preview_import(desk, [first, second])
    assert [(report.tests_added, report.tests_updated) for report in preview.files] == [(1, 0), (1, 1)]
    assert [report.patients_added for report in preview.files] == [1, 0]
    done = imports.import_previewed(desk, preview)
    assert [(r.tests_added, r.tests_updated) for r in done.value.files] == [(1, 0), (1, 1)]
    whole = record(desk, "P1")
    assert done.undo is not None
    undone = done.undo()
    assert mrns(desk) == []
    assert undone.undo is not None
    again = undone.undo()
    back = record(desk, "P1")
    assert [replace(test, version=1) for test in back.tests] == [
        replace(test, version=1) for test in whole.tests
    ]
    assert replace(back.patient, version=1) == replace(whole.patient, version=1)
    assert again.undo is not None
    again.undo()
    assert mrns(desk) == []
    assert desk.registry.verify()["ok"]


def test_one_file_is_left_out_and_the_other_imported(desk: Desk, tmp_path: Path) -> None:
    good = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n", "good.csv")
    bad = write(tmp_path, "mrn,test_date,fvc_l\nP2,2024-05-06,2.51\nP3,2024-05-06,x\n", "bad.csv")
    done = imports.run_import(desk, [bad, good])
    assert [report.imported for report in done.value.files] == [False, True]
    assert not done.value.ok
    assert (
        done.message == "Imported 1 new test, 1 new patient. Not imported because of rejected rows: bad.csv."
    )
    assert mrns(desk) == ["P1"]


def test_an_unreadable_file_stops_everything_before_anything_is_written(desk: Desk, tmp_path: Path) -> None:
    good = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n", "good.csv")
    bad = write(tmp_path, "mrn,fvc_l\nP2,2.51\n", "bad.csv")
    with pytest.raises(FormatError, match=r"bad\.csv has no column test_date"):
        imports.run_import(desk, [good, bad])
    assert mrns(desk) == []


def test_an_import_is_one_audit_batch_with_its_reason(desk: Desk, tmp_path: Path) -> None:
    with desk.registry.read() as session:
        seals = session.scalar(select(func.count()).select_from(SealRow))
    run(desk, write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\nP2,2024-05-06,2.51\n"))
    with desk.registry.read() as session:
        assert session.scalar(select(func.count()).select_from(SealRow)) == (seals or 0) + 1
        rows = session.execute(
            select(AuditRow.batch, AuditRow.reason).where(AuditRow.table_name == "pft")
        ).all()
    assert len(rows) == 2
    assert len({row.batch for row in rows}) == 1
    assert {row.reason for row in rows} == {"Import of tests.csv"}


def test_undo_is_refused_when_something_was_built_upon_the_import(desk: Desk, tmp_path: Path) -> None:
    done = imports.run_import(desk, [write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n")])
    patient = record(desk, "P1").patient
    visit = Visit(id=new_id(), date=dt.date(2024, 5, 7))
    with desk.registry.write(desk.login) as session:
        desk.store.insert(session, patient.id, visit)
    assert done.undo is not None
    with pytest.raises(RefusedError, match="other records"):
        done.undo()
    assert len(record(desk, "P1").tests) == 1


def test_undo_is_refused_when_an_imported_test_was_changed(desk: Desk, tmp_path: Path) -> None:
    done = imports.run_import(desk, [write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n")])
    (test,) = record(desk, "P1").tests
    with desk.registry.write(desk.login) as session:
        desk.store.update(session, replace(test, fvc_l=Decimal("2.15")), user=desk.login, at=desk.clock())
    assert done.undo is not None
    with pytest.raises(RefusedError, match="changed since"):
        done.undo()
    assert mrns(desk) == ["P1"]


@pytest.mark.parametrize("role", ["viewer", "recorder", "clinician"])
def test_only_coordinators_and_administrators_import(desk: Desk, tmp_path: Path, role: str) -> None:
    path = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n")
    other = as_user(desk, "other", "O. Other", role)
    with pytest.raises(RefusedError, match="role"):
        imports.run_import(other, [path])
    with pytest.raises(RefusedError, match="role"):
        imports.preview_import(other, [path])


def test_mappings_are_saved_by_name_and_loaded_by_name_or_file(desk: Desk, tmp_path: Path) -> None:
    mapping = imports.read_mapping(DATA / "trial_mapping.toml")
    imports.save_mapping(desk, mapping)
    imports.save_mapping(desk, Mapping(name="another", columns={"mrn": "id"}))
    imports.save_mapping(desk, Mapping(name="another", columns={"mrn": "nr"}))
    assert imports.saved_mappings(desk) == ("another", "Trial sample")
    assert imports.load_mapping(desk, "Trial sample") == mapping
    assert imports.load_mapping(desk, "another").columns == {"mrn": "nr"}
    assert imports.load_mapping(desk, DATA / "trial_mapping.toml") == mapping
    with pytest.raises(RefusedError, match="no saved mapping and no file named nothing"):
        imports.load_mapping(desk, "nothing")
    with pytest.raises(RefusedError, match="name"):
        imports.save_mapping(desk, Mapping())
    latin = tmp_path / "latin.toml"
    latin.write_bytes('name = "Müller"'.encode("cp1252"))
    with pytest.raises(FormatError, match="UTF-8"):
        imports.read_mapping(latin)


def test_a_file_can_be_looked_at_before_it_is_mapped() -> None:
    look = imports.look_at(DATA / "trial_sample.csv", samples=2)
    assert look.columns == ("id", "month", "fvc_pct", "baseline_fvc_pct_centred", "arm", "event")
    assert len(look.samples) == 2
    assert look.samples[0][:2] == ("1", "6")


def test_a_trial_table_comes_in_through_a_mapping(desk: Desk) -> None:
    mapping = imports.read_mapping(DATA / "trial_mapping.toml")
    rows = (DATA / "trial_sample.csv").read_text().splitlines()[1:]
    patients = {row.split(",")[0] for row in rows}
    report = imports.run_import(desk, [DATA / "trial_sample.csv"], mapping).value.files[0]
    assert (report.patients_added, report.tests_added) == (len(patients), len(rows))
    unread = [remark.column for remark in report.warnings if remark.row == 1]
    assert unread == ["baseline_fvc_pct_centred", "arm", "event"]
    first = record(desk, "TR-1")
    number, month, value = rows[0].split(",")[:3]
    assert (number, month) == ("1", "6")
    assert first.tests[0].date == dt.date(2001, 3, 1)
    assert str(first.tests[0].fvc_pct_pred) == value
    assert first.diagnoses[0].ctd == "SSc"
    again = imports.run_import(desk, [DATA / "trial_sample.csv"], mapping).value.files[0]
    assert (again.tests_added, again.tests_unchanged) == (0, len(rows))


def test_the_sample_that_comes_with_the_program_is_clean(desk: Desk) -> None:
    demo = resources() / "demo"
    mapping = imports.read_mapping(demo / "sample_mapping.toml")
    report = imports.run_import(desk, [demo / "sample_tests.csv"], mapping).value.files[0]
    assert report.rejected == ()
    assert report.patients_added == 8
    assert report.tests_added == report.rows_read == 39
    assert [(remark.column, remark.value) for remark in report.warnings if remark.value] == [("DLCO", "NA")]


def real_file(name: str) -> Path:
    folder = Path(os.environ.get("CTDILD_REAL_FILES") or Path(__file__).parents[3] / "shared" / "real")
    if not (folder / name).is_file():
        pytest.skip(f"{name} is not there; set CTDILD_REAL_FILES to the folder that holds it")
    return folder / name


@pytest.mark.real_files
def test_the_scleroderma_lung_study_gives_140_patients_and_715_tests(desk: Desk) -> None:
    path = real_file("scleroderma_lung_study.csv")
    mapping = replace(imports.read_mapping(DATA / "trial_mapping.toml"), prefix={"mrn": "SLS-"})
    report = imports.run_import(desk, [path], mapping).value.files[0]
    assert (report.rows_read, report.patients_added, report.tests_added) == (715, 140, 715)
    assert report.rejected == ()
    again = imports.run_import(desk, [path], mapping).value.files[0]
    assert (again.tests_added, again.patients_added, again.tests_unchanged) == (0, 0, 715)


def test_two_thousand_rows_come_in_within_seconds(desk: Desk, tmp_path: Path) -> None:
    chance = random.Random(1)
    lines = ["mrn,birth_date,sex,height_cm,test_date,fvc_l,dlco,dlco_unit,mmrc"]
    for patient in range(200):
        level = chance.uniform(2.0, 3.6)
        for year in range(10):
            fvc = level - 0.05 * year
            day = dt.date(2014 + year, 1 + patient % 12, 1 + patient % 28)
            lines.append(f"P{patient},1960-05-06,F,165,{day},{fvc:.2f},{fvc * 5:.1f},{UNIT},{year % 4}")
    path = write(tmp_path, "\n".join(lines) + "\n")
    start = time.monotonic()
    assert imports.preview_import(desk, [path]).files[0].tests_added == 2000
    assert time.monotonic() - start < 5
    report = run(desk, path)
    assert time.monotonic() - start < 30
    assert (report.tests_added, report.patients_added, report.rejected) == (2000, 200, ())
