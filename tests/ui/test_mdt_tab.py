"""What came of the team's decisions: asked at the visit, done from the tab and from the work list."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from ctdild_desktop.services import agenda, decisions, mdt_actions, meetings, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.today.today_page import Group
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import Clock
from tests.support.mdt import ACTION, ID, SECOND, agenda_item, meeting, planned, written
from tests.ui.conftest import Keyboard


def test_a_decision_is_answered_for_at_the_visit_and_its_action_done_by_one_key(
    bench: Workbench, desk: Desk, keyboard: Keyboard, clock: Clock
) -> None:
    _meeting, (item,) = planned(desk)
    signed = decisions.sign_decision(desk, written(desk, item, ACTION).id).value
    clock.forward(days=7)
    bench.open_patient(ID)
    keyboard.ctrl(Qt.Key.Key_V, shift=True)
    sheet = bench.patient.sheet
    assert sheet is not None
    sheet.fields["implemented_0"].setFocus()
    keyboard.type("n")
    assert keyboard.focus() == "not_implemented_0", "why it was not carried out is asked"
    keyboard.press(Qt.Key.Key_Down)
    keyboard.ctrl(Qt.Key.Key_Return)
    record = patients.load(desk, ID)
    (answered,) = record.decisions
    assert (answered.implemented, answered.not_implemented) == ("no", "patient_declined")
    assert record.visits[-1].date == desk.today()
    bench.window.undo()
    record = patients.load(desk, ID)
    assert record.decisions[0].implemented is None, "visit and answer are one act"
    assert record.visits[-1].date != desk.today()

    bench.patient.show_tab("mdt")
    bench.patient_room.decided.actions_tab.table.setFocus()
    keyboard.press(Qt.Key.Key_Space)
    assert [one.status for one in patients.load(desk, ID).actions] == ["done"]
    bench.window.undo()
    assert [one.status for one in patients.load(desk, ID).actions] == ["open"]
    bench.patient_room.decided.decisions.table.setFocus()
    asked: list[str] = []
    bench.patient_room.decided.page_requested.disconnect()
    bench.patient_room.decided.page_requested.connect(asked.append)
    keyboard.enter()
    assert asked == [signed.id]

    bench.window.show_room("today")
    bench.today.page.choose(Group.ACTIONS)
    bench.today.page.view.choose_first()
    keyboard.ctrl(Qt.Key.Key_D)
    assert [one.status for one in patients.load(desk, ID).actions] == ["done"]
    bench.window.undo()
    keyboard.enter()
    assert bench.patient.tab == "mdt"
    assert keyboard.focus() == "action_table"


def test_an_answer_in_a_draft_never_goes_to_another_decision(
    bench: Workbench, desk: Desk, keyboard: Keyboard, clock: Clock
) -> None:
    _meeting, (item,) = planned(desk)
    first = decisions.sign_decision(desk, written(desk, item, ACTION).id).value
    clock.forward(days=7)
    later = meetings.plan_meeting(desk, meeting(3, 19)).value
    again = agenda.add_to_agenda(desk, agenda_item(later)).value
    second = decisions.sign_decision(desk, written(desk, again, ACTION).id).value
    clock.forward(days=7)
    bench.open_patient(ID)
    asked = []
    for _time in range(2):
        keyboard.ctrl(Qt.Key.Key_V, shift=True)
        sheet = bench.patient.sheet
        assert sheet is not None
        asked.append([sheet.text(f"implemented_{number}") for number in range(2)])
        sheet.fields["implemented_0"].setFocus()
        keyboard.type("n")
        keyboard.press(Qt.Key.Key_Escape)
    assert asked == [["", ""], ["no", ""]], "the draft comes back"
    decisions.answer_carried_out(desk, first.id, implemented="yes")  # at another desk
    bench.open_patient(ID)
    keyboard.ctrl(Qt.Key.Key_V, shift=True)
    sheet = bench.patient.sheet
    assert sheet is not None
    assert [one.id for one in decisions.unanswered(patients.load(desk, ID), desk.today())] == [second.id]
    assert sheet.text("implemented_0") == ""


def test_the_reason_for_cancelling_outlives_a_refusal_and_never_goes_to_another_patient(
    bench: Workbench, desk: Desk, keyboard: Keyboard
) -> None:
    _meeting, items = planned(desk, ID, SECOND)
    for item in items:
        decisions.sign_decision(desk, written(desk, item, ACTION, verdict_reason="HRCT").id)
    bench.open_patient(ID)
    bench.patient.show_tab("mdt")
    bench.patient_room.decided.actions_tab.button("cancel_action").click()
    assert keyboard.focus() == "cancel_reason"
    keyboard.type("done elsewhere")
    (action,) = patients.load(desk, ID).actions
    taken_back = mdt_actions.finish_action(desk, action.id, desk.today()).undo  # at another desk
    keyboard.enter()
    assert [one.status for one in patients.load(desk, ID).actions] == ["done"]
    assert (keyboard.focus(), bench.patient_room.decided.reason.text()) == ("cancel_reason", "done elsewhere")
    assert taken_back is not None
    taken_back()
    bench.open_patient(SECOND)
    bench.patient.show_tab("mdt")
    bench.patient_room.decided.actions_tab.button("cancel_action").click()
    assert bench.patient_room.decided.reason.text() == ""
    keyboard.type("not wanted")
    keyboard.enter()
    assert keyboard.focus() == "action_table"
    found = (patients.load(desk, one).actions[0] for one in (ID, SECOND))
    assert [(one.status, "not wanted" in one.note) for one in found] == [("open", False), ("cancelled", True)]


def test_a_reason_cancels_the_action_it_was_asked_of(
    bench: Workbench, desk: Desk, keyboard: Keyboard
) -> None:
    _meeting, (item,) = planned(desk)
    other = replace(ACTION, what="HRCT", due=None)
    decisions.sign_decision(desk, written(desk, item, ACTION, other).id)
    bench.open_patient(ID)
    bench.patient.show_tab("mdt")
    table = bench.patient_room.decided.actions_tab.table
    bench.patient_room.decided.actions_tab.button("cancel_action").click()
    keyboard.type("not wanted")
    table.selectRow(1)
    keyboard.enter()
    states = {one.what: one.status for one in patients.load(desk, ID).actions}
    assert states == {"Repeat FVC and DLCO": "cancelled", "HRCT": "open"}
