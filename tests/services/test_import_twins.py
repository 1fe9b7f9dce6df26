"""A table with a new MRN of somebody who is recorded under another one: told, before and after the import."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, Sex
from ctdild_desktop.interchange.records import Remark
from ctdild_desktop.services import imports, patients
from ctdild_desktop.services.desk import Desk
from tests.support.desks import in_a_file
from tests.support.importing import HEADER, known, mrns, write
from tests.support.old_workbook import write_tables

BORN = PartialDate(1958, 3, 12)
WHO = {"family_name": "Müller", "given_name": "Ana", "birth_date": BORN, "sex": Sex.FEMALE}
TWIN = "this MRN is not recorded, but the same person is, with MRN {}; a second patient is made"


def muller(desk: Desk) -> Patient:
    return known(desk, **WHO)


def notices(desk: Desk, *paths: Path) -> list[Remark]:
    """What is told of the files in the preview; the import tells the same."""
    shown = [it for file in imports.preview_import(desk, paths).files for it in file.warnings]
    done = imports.run_import(desk, paths).value
    assert [it for file in done.files for it in file.warnings] == shown
    assert done.ok
    return shown


def test_a_row_of_somebody_recorded_under_another_mrn_is_told_once(desk: Desk, tmp_path: Path) -> None:
    muller(desk)
    who = "P9,MUELLER,ANA,1958-03-12,F"
    path = write(tmp_path, HEADER + f"{who},2024-05-06,2.51,,\n{who},2025-05-06,2.44,,\n")
    assert notices(desk, path) == [Remark(2, "mrn", "P9", TWIN.format("P1"))]
    assert mrns(desk) == ["P1", "P9"]
    assert notices(desk, path) == []


@in_a_file
def test_who_is_not_certainly_the_same_person_is_no_twin(desk: Desk, tmp_path: Path) -> None:
    muller(desk)
    rows = (
        "D1,Müller,Ana,1958-03-13,F",
        "D2,Müller,Ana,1958-03-12,M",
        "D3,Müller,Eva,1958-03-12,F",
        "D4,Miller,Ana,1958-03-12,F",
        "D5,Müller,Ana,1958-03,F",
        "D6,Müller,,1958-03-12,F",
        "D7,Müller,Ana,1958-03-12,",
        "P1,Müller,Ana,1958-03-12,F",
    )
    text = HEADER + "".join(f"{who},2024-05-06,2.51,,\n" for who in rows)
    assert notices(desk, write(tmp_path, text)) == []
    assert len(mrns(desk)) == len(rows)


def test_a_table_of_patients_tells_it_at_the_patient_s_row(desk: Desk, tmp_path: Path) -> None:
    muller(desk)
    tables = {
        "patients": "mrn,family_name,given_name,birth_date,sex\n"
        "A1,Holm,Ada,1949-01-02,F\nP9,Müller,Ana,1958-03-12,F\n",
        "labs": "mrn,date,test,value,unit\nP9,2024-05-06,Hb,131,g/L\n",
    }
    (told,) = notices(desk, *write_tables(tmp_path, tables))
    assert (told.table, told.row, told.column, told.reason) == ("patients", 3, "mrn", TWIN.format("P1"))


@in_a_file
def test_the_person_may_come_with_an_earlier_file_of_the_same_import(desk: Desk, tmp_path: Path) -> None:
    rows = (f"{mrn},Müller,Ana,1958-03-12,F,2024-05-06,2.51,,\n" for mrn in ("P1", "P9"))
    paths = [write(tmp_path, HEADER + row, f"{place}.csv") for place, row in enumerate(rows)]
    assert notices(desk, *paths) == [Remark(2, "mrn", "P9", TWIN.format("P1"))]


@in_a_file
def test_a_removed_patient_and_a_rejected_row_make_no_twin(desk: Desk, tmp_path: Path) -> None:
    patient = muller(desk)
    future = write(tmp_path, HEADER + "P9,Müller,Ana,1958-03-12,F,2031-05-06,2.51,,\n")
    (report,) = imports.preview_import(desk, [future]).files
    assert (len(report.rejected), report.warnings) == (1, ())
    patients.remove_patient(desk, patient.id, "entered twice")
    assert notices(desk, write(tmp_path, HEADER + "P9,Müller,Ana,1958-03-12,F,2024-05-06,2.51,,\n")) == []


@in_a_file
@pytest.mark.parametrize("people", [3, 1100])
def test_the_registry_is_asked_once_for_all_rows(desk: Desk, tmp_path: Path, people: int) -> None:
    muller(desk)
    rows = "".join(
        f"N{n},Müller,Ana,{1930 + n // 336}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02},F,2024-05-06,2.51,,\n"
        for n in range(people)
    )
    path = write(tmp_path, HEADER + rows + "P9,Müller,Ana,1958-03-12,F,2024-05-06,2.51,,\n")
    asked: list[str] = []
    with desk.registry.read() as session:
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        (report,) = imports.preview_import(desk, [path]).files
    assert [(it.row, it.reason) for it in report.warnings] == [(people + 2, TWIN.format("P1"))]
    assert sum("family_name" in sql and "FROM patient " in sql for sql in asked) == 1
