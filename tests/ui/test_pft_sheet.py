from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import DlcoUnit, Patient, Pft, SymptomChange
from ctdild_desktop.services import drafts, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.pft.pft_sheet import PftSheet
from ctdild_desktop.ui.widgets.fields import FieldState
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import fill
from tests.support.holloway import record as holloway

TODAY = dt.date(2026, 3, 12)


@pytest.fixture
def opened(bench: Workbench, desk: Desk) -> Workbench:
    """The invented patient without the test of today, on the screen."""
    record = holloway()
    tests = tuple(test for test in record.tests if test.date < TODAY)
    visits = tuple(visit for visit in record.visits if visit.date < TODAY)
    fill(desk, replace(record, tests=tests, visits=visits))
    bench.open_patient(record.patient.id)
    return bench


@pytest.fixture
def sheet(opened: Workbench, keyboard) -> PftSheet:
    keyboard.ctrl(Qt.Key.Key_T)
    made = opened.patient.sheet
    assert isinstance(made, PftSheet)
    return made


def recorded(bench: Workbench) -> tuple[Pft, ...]:
    return patients.load(bench.desk, bench.patient.patient_id).tests


def test_the_typical_test_takes_at_most_35_keys_with_finding_the_patient(
    opened: Workbench, desk: Desk, keyboard
) -> None:
    patients.add_patient(desk, Patient(id="", mrn="T-2", family_name="Holm", given_name="Vera"))
    opened.window.show_room("patients")
    before = len(recorded(opened))
    keyboard.count = 0
    keyboard.press(Qt.Key.Key_F3)
    keyboard.type("in")
    keyboard.press(Qt.Key.Key_F2)
    keyboard.enter()
    for value in ("2.31", "1.94", "10.3", "128", "95", "87"):
        keyboard.line(value)
    keyboard.enter()
    keyboard.type("2w")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert keyboard.count == 35
    assert opened.patient.sheet is None
    saved = recorded(opened)
    assert len(saved) == before + 1
    test = saved[-1]
    assert test.date == TODAY
    assert (test.fvc_l, test.fev1_l, test.dlco) == (Decimal("2.31"), Decimal("1.94"), Decimal("10.3"))
    assert (test.hb_g_l, test.spo2_rest, test.spo2_nadir) == (Decimal(128), Decimal(95), Decimal(87))
    assert test.dlco_unit is DlcoUnit.TRADITIONAL
    visit = patients.load(opened.desk, opened.patient.patient_id).visits[-1]
    assert (visit.date, visit.mmrc, visit.symptom_change) == (TODAY, 2, SymptomChange.WORSE)
    assert "FVC 2.31 L" in opened.window.said
    assert "MET" in opened.window.said


def test_ctrl_t_in_the_search_logs_for_the_patient_who_is_marked_and_not_for_the_open_one(
    opened: Workbench, desk: Desk, keyboard
) -> None:
    other = patients.add_patient(desk, Patient(id="", mrn="T-2", family_name="Holm", given_name="Vera")).value
    keyboard.ctrl(Qt.Key.Key_K)
    keyboard.type("ver")
    keyboard.ctrl(Qt.Key.Key_T)
    assert opened.patient.patient_id == other.id
    sheet = opened.patient.sheet
    assert isinstance(sheet, PftSheet)
    assert sheet.record.patient.id == other.id


def test_ctrl_t_in_the_search_without_anybody_found_logs_for_nobody(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_K)
    keyboard.type("qqq")
    keyboard.ctrl(Qt.Key.Key_T)
    assert opened.patient.sheet is None


def test_derived_values_stand_beside_what_is_typed(sheet: PftSheet, keyboard) -> None:
    keyboard.enter()
    for value in ("2.31", "1.94", "10.3"):
        keyboard.line(value)
    last, percent, z, to_last, to_reference = sheet.measures.texts("fvc_l")
    assert (last, percent, z) == ("2.41", "64.4", "−2.23")
    assert (to_last, to_reference) == ("−3.9", "−11.6")
    assert sheet.measures.texts("dlco")[1:3] == ("46.7", "−4.59")
    lines = {line.title: line.word for line in sheet.saved_now.lines}
    assert lines["FVC fall > 10 %"] == "becomes MET"
    assert sheet.saved_now.lines[0].title == "FVC fall > 10 %"
    assert lines["PPF 2022"].endswith("CANNOT TELL")


def test_what_is_typed_is_a_hollow_point_until_it_is_saved(sheet: PftSheet, keyboard, qtbot: QtBot) -> None:
    keyboard.enter()
    with qtbot.waitSignal(sheet.preview_changed) as told:
        keyboard.line("2.31")
    assert told.args[0].fvc.value == Decimal("2.31")


def test_a_comma_is_a_decimal_mark_and_a_thousands_separator_is_refused(sheet: PftSheet, keyboard) -> None:
    keyboard.enter()
    keyboard.line("2,31")
    assert sheet.read("fvc_l") == Decimal("2.31")
    keyboard.press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    keyboard.line("1.234,5")
    assert sheet.fields["fvc_l"].state is FieldState.REFUSED
    assert keyboard.focus() == "fvc_l"
    assert sheet.text("fvc_l") == "1.234,5"


def test_what_cannot_be_is_refused_where_it_is_typed(opened: Workbench, sheet: PftSheet, keyboard) -> None:
    before = len(recorded(opened))
    keyboard.enter()
    keyboard.line("2.31")
    keyboard.line("2.84")
    assert sheet.fields["fev1_l"].state is FieldState.REFUSED
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is sheet
    assert len(recorded(opened)) == before


def test_a_date_to_come_is_refused(sheet: PftSheet, keyboard) -> None:
    keyboard.line("01.01.2030")
    assert sheet.fields["date"].state is FieldState.REFUSED
    assert keyboard.focus() == "date"


def test_an_unlikely_value_is_asked_once_and_kept_with_the_row(
    opened: Workbench, sheet: PftSheet, keyboard
) -> None:
    keyboard.enter()
    keyboard.line("0.75")
    assert sheet.fields["fvc_l"].state is FieldState.UNLIKELY
    assert keyboard.focus() == "fvc_l"
    keyboard.enter()
    assert keyboard.focus() == "fev1_l"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert recorded(opened)[-1].confirmed_unusual == ("fvc_l",)


def test_saving_asks_once_about_what_was_not_confirmed(opened: Workbench, sheet: PftSheet, keyboard) -> None:
    keyboard.enter()
    keyboard.type("0.75")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is sheet
    assert "again" in opened.window.said
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None
    assert recorded(opened)[-1].fvc_l == Decimal("0.75")


def test_millilitres_are_recognised_and_set_right_by_one_key(sheet: PftSheet, keyboard) -> None:
    keyboard.enter()
    keyboard.line("2310")
    assert sheet.fields["fvc_l"].state is FieldState.REFUSED
    keyboard.type("f")
    assert sheet.read("fvc_l") == Decimal("2.310")
    assert sheet.fields["fvc_l"].state is not FieldState.REFUSED


def test_u_changes_the_unit_of_dlco(sheet: PftSheet, keyboard) -> None:
    sheet.fields["dlco"].setFocus()
    assert sheet.text("dlco_unit") == "mL/min/mmHg"
    keyboard.type("u")
    assert sheet.text("dlco_unit") == "mmol/min/kPa"
    keyboard.type("3.4")
    assert sheet.text("dlco") == "3.4"
    sheet.refresh()
    assert sheet.preview().draft.dlco_unit is DlcoUnit.SI
    assert sheet.measures.texts("dlco")[0] == ""


def test_n_says_not_done_with_its_reason_by_one_letter(opened: Workbench, sheet: PftSheet, keyboard) -> None:
    keyboard.enter()
    keyboard.line("2.31")
    sheet.fields["dlco"].setFocus()
    keyboard.type("n")
    assert keyboard.focus() == "not_done_dlco"
    keyboard.type("c")
    assert keyboard.focus() == "hb_g_l"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert recorded(opened)[-1].not_done_dlco == "cannot_perform"


def test_a_test_without_any_value_is_none(opened: Workbench, sheet: PftSheet, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_Return)
    assert sheet.fields["fvc_l"].state is FieldState.REFUSED
    assert keyboard.focus() == "fvc_l"


def test_esc_keeps_a_draft_that_comes_back(opened: Workbench, sheet: PftSheet, keyboard, clock) -> None:
    keyboard.enter()
    keyboard.line("2.31")
    keyboard.type("1.9")
    keyboard.press(Qt.Key.Key_Escape)
    assert opened.patient.sheet is None
    assert "Draft" in opened.window.said
    clock.forward(minutes=5)
    keyboard.ctrl(Qt.Key.Key_T)
    again = opened.patient.sheet
    assert isinstance(again, PftSheet)
    assert (again.text("fvc_l"), again.text("fev1_l")) == ("2.31", "1.9")
    assert "restored" in again.notice.text
    keyboard.ctrl(Qt.Key.Key_Z, shift=True)
    assert again.text("fvc_l") == ""
    assert drafts.load_draft(opened.desk, "pft", opened.patient.patient_id) is None


def test_every_field_left_is_in_the_draft_at_once(opened: Workbench, sheet: PftSheet, keyboard) -> None:
    keyboard.enter()
    keyboard.line("2.31")
    kept = drafts.load_draft(opened.desk, "pft", opened.patient.patient_id)
    assert kept is not None
    assert kept.payload == {"fvc_l": "2.31"}


def test_saving_takes_the_draft_away(opened: Workbench, sheet: PftSheet, keyboard) -> None:
    keyboard.enter()
    keyboard.line("2.31")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None
    assert drafts.load_draft(opened.desk, "pft", opened.patient.patient_id) is None


def test_a_test_of_the_same_day_is_recognised(opened: Workbench, sheet: PftSheet, keyboard) -> None:
    keyboard.enter()
    keyboard.line("2.31")
    keyboard.ctrl(Qt.Key.Key_Return)
    saved = recorded(opened)[-1]
    keyboard.ctrl(Qt.Key.Key_T)
    second = opened.patient.sheet
    assert isinstance(second, PftSheet)
    assert "exists" in second.notice.text
    keyboard.enter()
    keyboard.line("2.35")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is second
    second.notice.findChildren(type(second.save_button))[0].click()
    opened_again = opened.patient.sheet
    assert isinstance(opened_again, PftSheet)
    assert opened_again.old.id == saved.id


def test_both_tests_of_a_day_are_kept_when_wanted(opened: Workbench, sheet: PftSheet, keyboard) -> None:
    keyboard.enter()
    keyboard.line("2.31")
    keyboard.ctrl(Qt.Key.Key_Return)
    before = len(recorded(opened))
    keyboard.ctrl(Qt.Key.Key_T)
    second = opened.patient.sheet
    second.notice.findChildren(type(second.save_button))[1].click()
    assert second.notice.text == ""
    keyboard.line("2.35")
    keyboard.ctrl(Qt.Key.Key_Return)
    if opened.patient.sheet is second:  # a soft finding about the second value of the day
        keyboard.ctrl(Qt.Key.Key_Return)
    assert len(recorded(opened)) == before + 1


def test_a_saved_test_can_be_corrected_and_the_correction_taken_back(opened: Workbench, keyboard) -> None:
    test = recorded(opened)[-1]
    opened.open_record("test", test.id)
    sheet = opened.patient.sheet
    assert isinstance(sheet, PftSheet)
    assert sheet.text("fvc_l") == "2.41"
    sheet.fields["fvc_l"].setFocus(Qt.FocusReason.TabFocusReason)
    keyboard.line("2.42")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert recorded(opened)[-1].fvc_l == Decimal("2.42")
    keyboard.ctrl(Qt.Key.Key_Z)
    assert recorded(opened)[-1].fvc_l == Decimal("2.41")


def test_a_saved_test_is_removed_with_a_reason_and_comes_back_by_undo(opened: Workbench, keyboard) -> None:
    before = recorded(opened)
    opened.open_record("test", before[-1].id)
    sheet = opened.patient.sheet
    sheet.removal.ask()
    keyboard.enter()
    assert recorded(opened) == before
    keyboard.line("entered twice")
    assert len(recorded(opened)) == len(before) - 1
    keyboard.ctrl(Qt.Key.Key_Z)
    assert [test.id for test in recorded(opened)] == [test.id for test in before]


def test_height_is_carried_and_a_carried_weight_is_not_saved(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_T)
    sheet = opened.patient.sheet
    assert isinstance(sheet, PftSheet)
    height = sheet.fields["height_cm"]
    assert height.state is FieldState.CARRIED
    assert sheet.read("height_cm") == Decimal(172)
    sheet.fields["weight_kg"].set_carried("67.5", "carried from 10.11.2025")
    keyboard.enter()
    keyboard.line("2.31")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert recorded(opened)[-1].weight_kg is None
    assert recorded(opened)[-1].height_cm == Decimal(172)


def test_save_and_next_goes_to_the_search(opened: Workbench, sheet: PftSheet, keyboard) -> None:
    keyboard.enter()
    keyboard.line("2.31")
    keyboard.ctrl(Qt.Key.Key_Return, shift=True)
    assert opened.patient.sheet is None
    assert keyboard.focus() == "patient_search"


def test_more_unfolds_by_key_and_its_fields_are_saved(opened: Workbench, sheet: PftSheet, keyboard) -> None:
    keyboard.enter()
    keyboard.line("2.31")
    keyboard.press(Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    assert keyboard.focus() == "height_cm"
    sheet.fields["tlc_l"].setFocus()
    keyboard.line("3.9")
    sheet.fields["excluded"].set_text("yes")
    sheet.fields["exclusion_reason"].set_text("lung infection")
    keyboard.ctrl(Qt.Key.Key_Return)
    saved = recorded(opened)[-1]
    assert saved.tlc_l == Decimal("3.9")
    assert (saved.excluded, saved.exclusion_reason) == (True, "lung infection")


@pytest.mark.parametrize("size", [(1366, 728), (1280, 690)])
def test_the_sheet_is_whole_without_scrolling(opened: Workbench, sheet: PftSheet, size, qtbot: QtBot) -> None:
    opened.window.resize(*size)
    qtbot.waitUntil(lambda: opened.window.width() == size[0])
    bar = sheet.area.verticalScrollBar()
    assert sheet.save_button.visibleRegion().boundingRect().width() == sheet.save_button.width()
    assert sheet.width() >= sheet.minimumWidth()
    comment = sheet.fields["comment"]
    assert comment.visibleRegion().boundingRect().size() == comment.size()
    qtbot.waitUntil(lambda: bar.maximum() == 0)
