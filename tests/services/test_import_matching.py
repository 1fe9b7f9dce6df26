"""Whom and what a row of a file belongs to: the patient, the test of the day, the visit, the diagnosis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Diagnosis, Patient, PatientRecord, Sex, Visit
from ctdild_desktop.interchange.records import Remark
from ctdild_desktop.services import imports
from ctdild_desktop.services.desk import Desk, new_id
from tests.support.desks import copied_desk, fill
from tests.support.importing import HEADER, UNIT, known, mrns, record, run, write


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    made = copied_desk(template, tmp_path)
    yield made
    made.close()


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
        ("P1,Holloway,Ingrid,1958-03-13,F", "birth_date", "another birth date in the registry (12.03.1958)"),
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
