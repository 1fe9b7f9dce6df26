from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from sqlalchemy import update

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import HrctResult, PatientRecord, SymptomChange
from ctdild_desktop.registry.models import UserRow
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.patients.patient_form import PatientForm
from ctdild_desktop.ui.therapy.line_act_sheet import LineActSheet
from ctdild_desktop.ui.therapy.line_sheet import LineSheet
from ctdild_desktop.ui.widgets.fields import FieldState
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import fill
from tests.support.holloway import record as holloway


@pytest.fixture
def opened(bench: Workbench, desk: Desk) -> Workbench:
    record = holloway()
    fill(desk, record)
    bench.open_patient(record.patient.id)
    return bench


def now(bench: Workbench) -> PatientRecord:
    return patients.load(bench.desk, bench.patient.patient_id)


def test_a_visit_is_typed_by_keyboard(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_V, shift=True)
    assert keyboard.focus() == "date"
    keyboard.line("10.3")
    keyboard.enter()
    keyboard.type("3wn")
    keyboard.line("66,5")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None
    visit = next(visit for visit in now(opened).visits if visit.date == dt.date(2026, 3, 10))
    assert (visit.mmrc, visit.symptom_change) == (3, SymptomChange.WORSE)
    assert visit.alternative_explanation is False
    assert visit.weight_kg == Decimal("66.5")


def test_a_scan_with_its_signs(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_H, shift=True)
    keyboard.line("11.3")
    keyboard.enter()
    keyboard.type("y")
    sheet = opened.patient.sheet
    sheet.fields["compared_with"].setFocus()
    keyboard.line("18.11.2024")
    keyboard.type("p")
    keyboard.type("16")
    keyboard.enter()
    keyboard.type("n")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, sheet.problem.text()
    scan = now(opened).hrct[-1]
    assert scan.date == dt.date(2026, 3, 11)
    assert (scan.fibrosis, scan.result) == (True, HrctResult.PROGRESSION)
    assert scan.signs == ("traction_bronchiectasis_increased", "lobar_volume_loss_increased")
    assert scan.compared_with == dt.date(2024, 11, 18)
    assert scan.alternative_explanation is False
    assert "MET" in opened.window.said


def test_a_scan_compared_with_a_later_one_is_refused(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_H, shift=True)
    sheet = opened.patient.sheet
    keyboard.line("1.3")
    sheet.fields["compared_with"].setFocus()
    keyboard.line("5.3")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is sheet
    assert sheet.fields["compared_with"].state is FieldState.REFUSED


def test_an_adverse_event_with_the_suspected_line(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_E, shift=True)
    keyboard.type("shing")
    keyboard.enter()
    keyboard.line("02.2026")
    keyboard.type("2")
    assert opened.patient.sheet.notes["grade"].words()
    keyboard.type("n")
    sheet = opened.patient.sheet
    assert not sheet.fields["seriousness"].isEnabled()
    rituximab = next(line for line in now(opened).therapy if line.drug == "rituximab")
    sheet.fields["suspected_lines"].set_text(rituximab.id)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None
    event = now(opened).adverse_events[-1]
    assert event.term == "shingles"
    assert event.onset == PartialDate(2026, 2)
    assert (event.grade, event.serious, event.suspected_lines) == (2, False, (rituximab.id,))
    assert event.category == "infection"


def test_an_event_needs_its_term(opened: Workbench, keyboard) -> None:
    before = len(now(opened).adverse_events)
    keyboard.ctrl(Qt.Key.Key_E, shift=True)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet.fields["term"].state is FieldState.REFUSED
    assert len(now(opened).adverse_events) == before


def test_a_drug_brings_its_usual_dose_and_keeps_another_one_typed(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_T, shift=True)
    sheet = opened.patient.sheet
    assert isinstance(sheet, LineSheet)
    keyboard.type("ninte")
    keyboard.enter()
    assert (sheet.text("dose"), sheet.text("dose_unit"), sheet.text("frequency")) == ("150", "mg", "bd")
    assert (sheet.text("route"), sheet.text("role")) == ("PO", "antifibrotic")
    keyboard.line("2026")
    keyboard.line("100")
    keyboard.ctrl(Qt.Key.Key_Return)
    line = next(line for line in now(opened).therapy if line.drug == "nintedanib")
    assert (line.start, line.dose, line.dose_unit) == (PartialDate(2026), Decimal(100), "mg")
    keyboard.ctrl(Qt.Key.Key_Z)
    assert all(line.drug != "nintedanib" for line in now(opened).therapy)


def act_sheet(bench: Workbench, drug: str) -> LineActSheet:
    line = next(line for line in now(bench).therapy if line.drug == drug)
    bench.open_record("therapy", line.id)
    sheet = bench.patient.sheet
    assert isinstance(sheet, LineActSheet)
    return sheet


def line_of(bench: Workbench, drug: str):
    return next(line for line in now(bench).therapy if line.drug == drug)


def test_a_dose_change_an_interruption_and_its_end(opened: Workbench, keyboard) -> None:
    act_sheet(opened, "mycophenolate")
    keyboard.type("d")
    keyboard.enter()
    keyboard.line("1.3")
    keyboard.line("2")
    keyboard.ctrl(Qt.Key.Key_Return)
    change = line_of(opened, "mycophenolate").dose_changes[-1]
    assert (change.date, change.dose) == (PartialDate(2026, 3, 1), Decimal(2))
    act_sheet(opened, "mycophenolate")
    keyboard.type("i")
    keyboard.enter()
    keyboard.line("5.3")
    keyboard.line("infection")
    keyboard.ctrl(Qt.Key.Key_Return)
    gap = line_of(opened, "mycophenolate").interruptions[-1]
    assert (gap.start, gap.stop, gap.reason) == (PartialDate(2026, 3, 5), None, "infection")
    sheet = act_sheet(opened, "mycophenolate")
    assert "interrupted" in sheet.findChild(type(sheet.problem), "line_history").text()
    keyboard.type("r")
    keyboard.enter()
    keyboard.line("10.3")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert line_of(opened, "mycophenolate").interruptions[-1].stop == PartialDate(2026, 3, 10)


def test_an_infusion_needs_its_day(opened: Workbench, keyboard) -> None:
    before = len(line_of(opened, "rituximab").infusions)
    sheet = act_sheet(opened, "rituximab")
    keyboard.type("n")
    keyboard.enter()
    keyboard.line("02.2026")
    keyboard.line("1000")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert sheet.fields["date"].state is FieldState.REFUSED
    assert len(line_of(opened, "rituximab").infusions) == before
    sheet.fields["date"].set_text("10.03.2026")
    keyboard.ctrl(Qt.Key.Key_Return)
    given = line_of(opened, "rituximab").infusions[-1]
    assert (given.date, given.dose_mg) == (dt.date(2026, 3, 10), Decimal(1000))


def test_stopping_with_its_reason_and_only_what_is_asked_is_shown(opened: Workbench, keyboard) -> None:
    sheet = act_sheet(opened, "prednisolone")
    assert not sheet.fields["dose"].isVisible()
    keyboard.type("s")
    assert sheet.fields["stop_reason"].isVisible()
    assert not sheet.fields["dose"].isVisible()
    sheet.fields["stop_reason"].set_text("completed")
    keyboard.ctrl(Qt.Key.Key_Return)
    line = line_of(opened, "prednisolone")
    assert (line.stop, line.stop_reason) == (PartialDate(2026, 3, 12), "completed")


def test_a_line_can_be_corrected_from_what_happened_to_it(opened: Workbench, keyboard) -> None:
    sheet = act_sheet(opened, "mycophenolate")
    changes = line_of(opened, "mycophenolate").dose_changes
    sheet.findChild(QPushButton, "correct_line").click()
    form = opened.patient.sheet
    assert isinstance(form, LineSheet)
    form.fields["note"].set_text("tablets")
    keyboard.ctrl(Qt.Key.Key_Return)
    line = line_of(opened, "mycophenolate")
    assert line.note == "tablets"
    assert line.dose_changes == changes


def test_a_new_view_of_the_diagnosis_begins_with_the_present_one(opened: Workbench, keyboard) -> None:
    before = now(opened).diagnoses
    keyboard.ctrl(Qt.Key.Key_D, shift=True)
    sheet = opened.patient.sheet
    assert sheet.text("ctd") == "ASyS"
    sheet.fields["antibodies"].setFocus()
    keyboard.type("PL-7")
    keyboard.enter()
    keyboard.ctrl(Qt.Key.Key_Return)
    views = now(opened).diagnoses
    assert len(views) == len(before) + 1
    newest = max(views, key=lambda view: view.date.earliest)
    assert newest.antibodies == (*max(before, key=lambda view: view.date.earliest).antibodies, "PL7")
    assert newest.date == PartialDate(2026, 3, 12)


# the patient's own data


def test_an_mrn_alone_makes_a_patient(bench: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_N)
    assert keyboard.focus() == "family_name"
    keyboard.enter(2)
    keyboard.type("55-100")
    keyboard.ctrl(Qt.Key.Key_Return)
    record = patients.by_mrn(bench.desk, "55-100")
    assert record is not None
    assert bench.patient.patient_id == record.patient.id
    assert bench.window.shown == "patient"


def test_a_surname_alone_gets_a_local_number(bench: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_N)
    keyboard.line("Ödegård")
    keyboard.ctrl(Qt.Key.Key_Return)
    (hit,) = patients.find(bench.desk, "odegard")
    assert hit.mrn.startswith("LOCAL-")
    assert hit.incomplete


def test_nothing_typed_is_no_patient(bench: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_N)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert patients.count(bench.desk) == 0
    assert keyboard.focus() == "mrn"


def test_a_full_patient_by_keyboard(bench: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_N)
    for text in ("Weidenkätz", "Ida", "55-101", "12.03.1961"):
        keyboard.line(text)
    keyboard.type("f")
    keyboard.line("164,5")
    keyboard.ctrl(Qt.Key.Key_Return)
    patient = patients.by_mrn(bench.desk, "55-101").patient
    assert (patient.family_name, patient.given_name, str(patient.sex)) == ("Weidenkätz", "Ida", "F")
    assert (patient.birth_date, patient.height_cm) == (PartialDate(1961, 3, 12), Decimal("164.5"))
    assert patient.missing == ()


def test_a_twin_is_pointed_out_before_saving_and_kept_when_meant(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_N)
    for text in ("Holloway", "Ingrid", "77-1", "18.09.1970"):
        keyboard.line(text)
    keyboard.type("f")
    form = opened.patients.findChild(PatientForm)
    assert "DEMO" in form.fields["family_name"].message
    keyboard.ctrl(Qt.Key.Key_Return)
    assert patients.count(opened.desk) == 1
    keyboard.ctrl(Qt.Key.Key_Return)
    assert patients.count(opened.desk) == 2


def test_a_used_mrn_is_refused(opened: Workbench, keyboard) -> None:
    mrn = now(opened).patient.mrn
    keyboard.ctrl(Qt.Key.Key_N)
    keyboard.line("Other")
    keyboard.enter()
    keyboard.type(mrn)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert patients.count(opened.desk) == 1
    form = opened.patients.findChild(PatientForm)
    assert form.fields["mrn"].state is FieldState.REFUSED


def test_details_are_edited_and_the_patient_removed_and_brought_back(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_E)
    form = opened.patient.sheet
    assert isinstance(form, PatientForm)
    form.fields["height_cm"].set_text("171")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert now(opened).patient.height_cm == Decimal(171)
    opened.act("remove_patient")
    keyboard.line("registered by mistake")
    assert patients.count(opened.desk) == 0
    assert opened.window.shown == "patients"
    keyboard.ctrl(Qt.Key.Key_Z)
    assert patients.count(opened.desk) == 1


def test_a_draft_that_is_not_kept_says_so_and_the_text_stays(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_V, shift=True)
    sheet = opened.patient.sheet
    assert sheet is not None
    said: list[str] = []
    sheet.said.connect(said.append)
    with opened.desk.registry.write(opened.desk.login) as session:
        session.execute(update(UserRow).values(role="viewer"))
    keyboard.line("10.3")
    assert said[0].startswith("Your role (viewer) does not allow this: recording needs")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is sheet
    assert "10.03.2026" in sheet.payload()["date"]
