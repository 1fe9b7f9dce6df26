"""Two desks change one record: nothing is overwritten, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from sqlalchemy import update

from ctdild_desktop.clinical.records import AdverseEvent, Diagnosis, Hrct, Pft, TherapyLine, Visit
from ctdild_desktop.registry.models import UserRow
from ctdild_desktop.services import adverse_events, drafts, hrct, patients, pft, therapy, visits
from ctdild_desktop.services.acts import find_in, standing
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.conflict_sheet import ConflictSheet
from ctdild_desktop.ui.dialogs.pick_tile import PickTile
from ctdild_desktop.ui.dialogs.saved_sheet import SavedSheet
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import LOGIN, as_user, fill
from tests.support.holloway import record as holloway

PATIENT = holloway().patient.id


@pytest.fixture
def opened(bench: Workbench, desk: Desk) -> Workbench:
    fill(desk, holloway())
    bench.open_patient(PATIENT)
    return bench


@pytest.fixture
def second(opened: Workbench, desk: Desk) -> Desk:
    return as_user(desk, "brandt", "B. Brandt", "clinician")


def saved(desk: Desk, kind: type[Any]) -> Any:
    record = patients.load(desk, PATIENT)
    held = (*record.diagnoses, *record.visits, *record.tests, *record.hrct, *record.therapy)
    return next(item for item in reversed((*held, *record.adverse_events)) if isinstance(item, kind))


def form(bench: Workbench, kind: str, record_id: str) -> SavedSheet:
    """The form of a saved record; of a line of therapy the one that corrects it."""
    bench.open_record(kind, record_id)
    sheet = bench.patient.sheet
    if not isinstance(sheet, SavedSheet):
        sheet.correction_requested.emit(record_id)
        sheet = bench.patient.sheet
    assert isinstance(sheet, SavedSheet)
    return sheet


def panel(bench: Workbench) -> ConflictSheet:
    (found,) = (one for one in bench.patient.sheet.findChildren(ConflictSheet) if one.isVisible())
    return found


def tile(bench: Workbench, name: str) -> PickTile:
    found = panel(bench).findChild(PickTile, f"pick_{name}")
    assert found is not None
    return found


def change_visit(desk: Desk, **values: Any) -> Visit:
    """Another desk's change of the last visit."""
    return visits.amend_visit(desk, replace(saved(desk, Visit), **values), confirmed=("mmrc",)).value


Case = tuple[str, type[Any], Callable[[Desk, Any], Any], dict[str, Any], tuple[str, str]]
CASES: tuple[Case, ...] = (
    ("diagnosis", Diagnosis, patients.amend_diagnosis, {"basis": "referral"}, ("note", "seen again")),
    ("visit", Visit, visits.amend_visit, {"weight_kg": Decimal("70.5")}, ("note", "seen again")),
    ("test", Pft, pft.amend_pft, {"laboratory": "Room 4"}, ("comment", "seen again")),
    ("hrct", Hrct, hrct.amend_hrct, {"emphysema": True}, ("note", "seen again")),
    ("therapy", TherapyLine, therapy.amend_line, {"indication": "extrathoracic"}, ("note", "seen again")),
    (
        "adverse_event",
        AdverseEvent,
        adverse_events.amend_adverse_event,
        {"causality": "conditional"},
        ("note", "seen again"),
    ),
)


def _derived(record: Any) -> dict[str, Any]:
    """What the form itself writes out: the category of an event's term."""
    return {"category": record.category} if isinstance(record, AdverseEvent) else {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_changes_of_different_things_are_both_kept(
    opened: Workbench, second: Desk, keyboard: Any, case: Case
) -> None:
    kind, record, amend, theirs, (name, text) = case
    before = saved(second, record)
    sheet = form(opened, kind, before.id)
    amend(second, replace(before, **theirs))
    sheet.fields[name].set_text(text)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert "Changed by B. Brandt on 12.03.2026" in panel(opened).findChild(QLabel, "conflict_words").text()
    ((their_field, their_value),) = theirs.items()
    assert tile(opened, f"{their_field}_theirs").isChecked()
    assert tile(opened, f"{name}_mine").isChecked()
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, opened.window.said
    now = saved(second, record)
    assert getattr(now, their_field) == their_value
    assert getattr(now, name) == text
    expected = replace(before, version=before.version + 2, **theirs, **{name: text})
    assert replace(now, **_derived(now)) == replace(expected, **_derived(now))


def test_the_details_of_a_patient_are_compared_too(opened: Workbench, second: Desk, keyboard: Any) -> None:
    opened.act("edit_patient")
    known = patients.load(second, PATIENT).patient
    patients.edit_patient(second, replace(known, height_cm=Decimal(171)))
    sheet = opened.patient.sheet
    sheet.fields["alert_note"].set_text("latex allergy")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert panel(opened).findChild(QLabel, "conflict_height_cm_was").text() == "172 cm"
    keyboard.ctrl(Qt.Key.Key_Return)
    now = patients.load(second, PATIENT).patient
    assert (now.height_cm, now.alert_note) == (Decimal(171), "latex allergy")


def test_what_both_changed_has_to_be_chosen_by_keyboard(
    opened: Workbench, second: Desk, keyboard: Any
) -> None:
    before = saved(second, Visit)
    sheet = form(opened, "visit", before.id)
    change_visit(second, mmrc=1, note="theirs")
    sheet.fields["mmrc"].set_text("4")
    sheet.fields["note"].set_text("mine")
    keyboard.ctrl(Qt.Key.Key_Return)
    shown = panel(opened)
    assert shown.picks() == {}
    assert keyboard.focus() == "pick_mmrc_mine"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert "mMRC: choose" in shown.problem.text()
    keyboard.press(Qt.Key.Key_Right)
    assert keyboard.focus() == "pick_mmrc_theirs"
    keyboard.enter()
    assert keyboard.focus() == "pick_note_mine"
    keyboard.enter()
    assert keyboard.focus() == "conflict_save"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None
    now = saved(second, Visit)
    assert (now.mmrc, now.note) == (1, "mine")


def test_a_record_that_changed_again_is_compared_again(
    opened: Workbench, second: Desk, keyboard: Any
) -> None:
    before = saved(second, Visit)
    sheet = form(opened, "visit", before.id)
    change_visit(second, mmrc=1)
    sheet.fields["note"].set_text("mine")
    keyboard.ctrl(Qt.Key.Key_Return)
    change_visit(second, note="theirs")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert panel(opened).picks() == {}
    assert panel(opened).findChild(QLabel, "conflict_note_was").text() == (before.note or "–")
    tile(opened, "note_mine").click()
    keyboard.ctrl(Qt.Key.Key_Return)
    now = saved(second, Visit)
    assert (now.mmrc, now.note) == (1, "mine")


def test_the_same_change_twice_needs_no_choice(opened: Workbench, second: Desk, keyboard: Any) -> None:
    before = saved(second, Visit)
    sheet = form(opened, "visit", before.id)
    change_visit(second, note="seen")
    sheet.fields["note"].set_text("seen")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert panel(opened).findChildren(PickTile) == []
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None
    assert saved(second, Visit).note == "seen"


def test_theirs_can_stay_and_my_text_waits_as_a_draft(opened: Workbench, second: Desk, keyboard: Any) -> None:
    before = saved(second, Visit)
    sheet = form(opened, "visit", before.id)
    change_visit(second, note="theirs")
    sheet.fields["note"].set_text("mine")
    keyboard.ctrl(Qt.Key.Key_Return)
    panel(opened).findChild(QPushButton, "conflict_theirs").click()
    assert opened.patient.sheet is None
    assert saved(second, Visit).note == "theirs"
    assert opened.patient.view.record.visits[-1].note == "theirs"
    again = form(opened, "visit", before.id)
    assert again.text("note") == "mine"
    assert "changed since then" in again.notice.text
    keyboard.ctrl(Qt.Key.Key_Return)
    assert panel(opened).picks() == {}
    keyboard.press(Qt.Key.Key_Escape)
    assert opened.patient.sheet is None
    assert saved(second, Visit).note == "theirs"
    third = form(opened, "visit", before.id)
    keyboard.ctrl(Qt.Key.Key_Z, shift=True)
    assert third.text("note") == "theirs"
    assert drafts.load_draft(opened.desk, f"visit:{before.id}", PATIENT) is None
    third.fields["mmrc"].set_text("2")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None
    assert (saved(second, Visit).note, saved(second, Visit).mmrc) == ("theirs", 2)


def test_a_draft_of_an_earlier_version_overwrites_nothing(
    opened: Workbench, second: Desk, keyboard: Any
) -> None:
    """The sheet was closed with a draft, somebody else saved, and it is opened again."""
    before = saved(second, Visit)
    sheet = form(opened, "visit", before.id)
    sheet.fields["note"].set_text("mine")
    keyboard.press(Qt.Key.Key_Escape)
    change_visit(second, note="theirs", weight_kg=Decimal("70.5"))
    opened.open_patient(PATIENT)
    again = form(opened, "visit", before.id)
    assert again.text("note") == "mine"
    again.notice.focus_first()
    keyboard.press(Qt.Key.Key_Space)
    assert panel(opened).picks() == {}
    tile(opened, "note_theirs").click()
    keyboard.ctrl(Qt.Key.Key_Return)
    now = saved(second, Visit)
    assert (now.note, now.weight_kg) == ("theirs", Decimal("70.5"))


def test_the_visit_behind_a_test_is_compared(opened: Workbench, second: Desk, keyboard: Any) -> None:
    record = patients.load(second, PATIENT)
    test = next(t for t in reversed(record.tests) if any(v.date == t.date for v in record.visits))
    visit = next(v for v in record.visits if v.date == test.date)
    sheet = form(opened, "test", test.id)
    other = 1 if visit.mmrc != 1 else 2
    visits.amend_visit(second, replace(visit, mmrc=other), confirmed=("mmrc",))
    sheet.fields["comment"].set_text("seen again")
    sheet.fields["mmrc"].set_text("4")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert panel(opened).picks() == {}
    tile(opened, "mmrc_theirs").click()
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, opened.window.said
    now = patients.load(second, PATIENT)
    assert find_in(now, Visit, visit.id).mmrc == other
    assert find_in(now, Pft, test.id).comment == "seen again"


def test_a_removed_record_comes_back_with_my_values(opened: Workbench, second: Desk, keyboard: Any) -> None:
    before = saved(second, Visit)
    sheet = form(opened, "visit", before.id)
    visits.remove_visit(second, before.id, "entered twice")
    sheet.fields["note"].set_text("mine")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert "Removed by B. Brandt" in panel(opened).findChild(QLabel, "conflict_words").text()
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None
    assert find_in(patients.load(second, PATIENT), Visit, before.id).note == "mine"
    keyboard.ctrl(Qt.Key.Key_Z)
    assert find_in(patients.load(second, PATIENT), Visit, before.id) is None


def test_the_text_about_a_removed_record_can_stay_a_draft(
    opened: Workbench, second: Desk, keyboard: Any
) -> None:
    before = saved(second, Visit)
    sheet = form(opened, "visit", before.id)
    visits.remove_visit(second, before.id, "entered twice")
    sheet.fields["note"].set_text("mine")
    keyboard.ctrl(Qt.Key.Key_Return)
    keyboard.press(Qt.Key.Key_Escape)
    assert opened.patient.sheet is None
    found = drafts.load_draft(opened.desk, f"visit:{before.id}", PATIENT)
    assert found is not None
    assert found.payload == {"note": "mine"}
    assert found.version == before.version


def test_a_recorder_is_not_offered_to_bring_a_patient_back(
    opened: Workbench, second: Desk, keyboard: Any
) -> None:
    with opened.desk.registry.write(LOGIN) as session:
        session.execute(update(UserRow).where(UserRow.login == LOGIN).values(role="recorder"))
    opened.act("edit_patient")
    patients.remove_patient(second, PATIENT, "registered twice")
    opened.patient.sheet.fields["alert_note"].set_text("mine")
    keyboard.ctrl(Qt.Key.Key_Return)
    button = panel(opened).findChild(QPushButton, "conflict_restore")
    assert not button.isEnabled()
    keyboard.ctrl(Qt.Key.Key_Return)
    assert panel(opened) is not None


def test_an_unlikely_value_among_the_chosen_is_still_asked_about(
    opened: Workbench, second: Desk, keyboard: Any
) -> None:
    before = saved(second, Pft)
    sheet = form(opened, "test", before.id)
    pft.amend_pft(second, replace(before, comment="theirs"))
    sheet.fields["hb_g_l"].set_text("75")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert "again keeps" in opened.window.said
    keyboard.ctrl(Qt.Key.Key_Return)
    assert sheet.comparing_now
    keyboard.ctrl(Qt.Key.Key_Return)
    assert not sheet.comparing_now
    assert "again keeps" in opened.window.said
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, sheet.problem.text()
    now = saved(second, Pft)
    assert (now.hb_g_l, now.comment) == (Decimal(75), "theirs")
    assert "hb_g_l" in now.confirmed_unusual


def test_an_open_sheet_says_that_another_desk_changed_its_record(
    opened: Workbench, second: Desk, keyboard: Any
) -> None:
    before = saved(second, Visit)
    sheet = form(opened, "visit", before.id)
    change_visit(second, note="theirs")
    sheet.mark_elsewhere(standing(second, Visit, before.id))
    assert sheet.text("note") == "theirs"
    assert sheet.notice.text.startswith("Changed at another desk by B. Brandt at ")
    sheet.fields["note"].set_text("mine")
    change_visit(second, note="theirs again")
    sheet.mark_elsewhere(standing(second, Visit, before.id))
    assert sheet.text("note") == "mine"
    sheet.notice.focus_first()
    keyboard.press(Qt.Key.Key_Space)
    assert panel(opened).findChild(QLabel, "conflict_note_was").text() == "theirs"
    visits.remove_visit(second, before.id, "entered twice")
    keyboard.press(Qt.Key.Key_Escape)


def test_the_comparison_fits_beside_the_patient_and_needs_no_sideways_scrolling(
    opened: Workbench, second: Desk, keyboard: Any
) -> None:
    before = saved(second, Visit)
    sheet = form(opened, "visit", before.id)
    words = "a long note that goes on " * 12
    change_visit(second, note=f"theirs: {words}")
    sheet.fields["note"].set_text(f"mine: {words}"[:400])
    keyboard.ctrl(Qt.Key.Key_Return)
    shown = panel(opened)
    body = shown._area.widget()
    assert body.width() <= shown._area.viewport().width()
    mine = tile(opened, "note_mine")
    assert mine.height() >= mine.heightForWidth(mine.width())
    assert sheet.width() <= opened.window.width() // 2 + 4
