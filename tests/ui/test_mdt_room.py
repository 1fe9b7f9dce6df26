"""The room of the team's meetings: a meeting is planned and its agenda made, all of it by keyboard."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import AgendaItem, Attendee, Meeting, Patient, PatientRecord
from ctdild_desktop.services import agenda, meetings
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.mdt.meeting_list import in_order
from ctdild_desktop.ui.widgets.attendees_field import AttendeesField
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import as_user, fill

INGRID = holloway.record().patient.id
NAMES = ("Quill", "Estévez", "Oyelaran")
ALT = Qt.KeyboardModifier.AltModifier


def someone(number: int) -> PatientRecord:
    return PatientRecord(
        patient=Patient(id=f"{number:032x}", mrn=f"M-{number}", family_name=NAMES[number], given_name="Ada")
    )


@pytest.fixture
def room(bench: Workbench, desk: Desk) -> Workbench:
    fill(desk, holloway.record(), *(someone(number) for number in range(len(NAMES))))
    return bench


def meeting_of(desk: Desk, day: dt.date = dt.date(2026, 3, 19), **values: Any) -> Meeting:
    planned = Meeting(id="", date=day, kind="ild_mdt", starts="14:00", **values)
    return meetings.plan_meeting(desk, planned, confirmed=("date",)).value


def with_cases(desk: Desk, count: int = 3) -> Meeting:
    planned = meeting_of(desk)
    for number in range(count):
        item = AgendaItem(
            id="",
            meeting_id=planned.id,
            patient_id=f"{number:032x}",
            position=0,
            question=f"Question {number}?",
        )
        agenda.add_to_agenda(desk, item)
    return planned


def names(bench: Workbench) -> list[str]:
    view = bench.mdt.page.view
    return [case.name.split(",")[0] for case in view.cases] if view is not None else []


def test_a_meeting_is_planned_and_a_patient_put_on_its_agenda_by_keyboard(
    room: Workbench, desk: Desk, keyboard: Any
) -> None:
    keyboard.ctrl(Qt.Key.Key_3)
    (empty,) = (one for one in room.mdt.page.findChildren(EmptyState) if one.isVisible())
    assert empty.title.text() == "No meetings yet"
    keyboard.ctrl(Qt.Key.Key_M)
    for text in ("19.3", "14:00", "15:30", "", "Room 2", "Dr Croft", ""):
        keyboard.line(text)
    keyboard.enter()
    for text in ("Dr Amberley", "", "", "Dr Petit"):
        keyboard.line(text)
    sheet = room.mdt.page.sheet
    sheet.fields["attendees"].set_text("Dr Amberley\trheumatology\tpresent\nDr Petit\tradiology\tapology")
    keyboard.ctrl(Qt.Key.Key_Return)
    (line,) = meetings.meetings(desk)
    assert (line.meeting.date, line.meeting.starts, line.meeting.place) == (
        dt.date(2026, 3, 19),
        "14:00",
        "Room 2",
    )
    assert [one.presence for one in line.meeting.attendees] == ["present", "apology"]
    assert room.mdt.page.head.title.text() == "Meeting, Thursday 19.03.2026, 14:00–15:30"
    assert keyboard.focus() == "meeting_list"
    keyboard.enter()
    assert keyboard.focus() == "agenda_search"
    room.mdt.page.list.setFocus()
    keyboard.press(Qt.Key.Key_Insert)
    assert keyboard.focus() == "agenda_search"
    keyboard.line("quill")
    assert keyboard.focus() == "question"
    keyboard.line("Second HRCT opinion?")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert room.window.said == "Saved case QUILL, Ada of the meeting 19.03.2026."
    assert names(room) == ["QUILL"]
    assert keyboard.focus() == "agenda"
    keyboard.ctrl(Qt.Key.Key_Z)
    assert names(room) == []


def test_the_agenda_is_ordered_by_keys_and_by_dragging_and_taken_back(
    room: Workbench, desk: Desk, keyboard: Any
) -> None:
    with_cases(desk)
    keyboard.ctrl(Qt.Key.Key_3)
    assert (names(room), keyboard.focus()) == (["QUILL", "ESTÉVEZ", "OYELARAN"], "agenda")
    keyboard.press(Qt.Key.Key_Up, ALT)
    assert room.window.said == "", "the first stays the first"
    keyboard.press(Qt.Key.Key_Down, ALT)
    assert names(room) == ["ESTÉVEZ", "QUILL", "OYELARAN"]
    assert room.mdt.page.case.name == "QUILL, Ada", "the case in hand goes with it"
    keyboard.press(Qt.Key.Key_Down, ALT)
    assert names(room) == ["ESTÉVEZ", "OYELARAN", "QUILL"]
    model = room.mdt.page.model
    dragged = model.mimeData([model.index(2, 0), model.index(2, 1)])
    assert not dragged.hasText(), "nothing of a patient is dragged out of the program"
    model.dropMimeData(dragged, Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    assert names(room) == ["QUILL", "ESTÉVEZ", "OYELARAN"]
    keyboard.ctrl(Qt.Key.Key_Z)
    assert names(room) == ["ESTÉVEZ", "OYELARAN", "QUILL"]
    keyboard.type("o")
    assert room.mdt.page.case.name == "OYELARAN, Ada"


def test_a_case_is_changed_put_off_and_taken_off_the_agenda(
    room: Workbench, desk: Desk, keyboard: Any
) -> None:
    with_cases(desk)
    later = meeting_of(desk, dt.date(2026, 4, 16))
    keyboard.ctrl(Qt.Key.Key_3)
    keyboard.press(Qt.Key.Key_Space)
    assert keyboard.focus() == "question"
    assert "QUILL, Ada" in room.mdt.page.sheet.accessibleName()
    keyboard.ctrl(Qt.Key.Key_A)
    keyboard.line("Biopsy?")
    keyboard.press(Qt.Key.Key_Escape)
    keyboard.press(Qt.Key.Key_Space)
    assert room.mdt.page.sheet.text("question") == "Biopsy?", "the draft is found again"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert room.mdt.page.view.cases[0].item.question == "Biopsy?"
    keyboard.ctrl(Qt.Key.Key_O)
    assert "QUILL, Ada" in room.mdt.page.sheet.accessibleName()
    keyboard.ctrl(Qt.Key.Key_Return)
    assert room.window.said == "Put QUILL, Ada off to 16.04.2026."
    assert names(room) == ["ESTÉVEZ", "OYELARAN"]
    assert [case.item.question for case in meetings.meeting_view(desk, later.id).cases] == ["Biopsy?"]
    keyboard.press(Qt.Key.Key_Delete)
    assert keyboard.focus() == "removal_reason"
    keyboard.line("not ready")
    assert names(room) == ["OYELARAN"]
    keyboard.ctrl(Qt.Key.Key_Z)
    assert names(room) == ["ESTÉVEZ", "OYELARAN"]


def test_a_patient_in_sight_is_put_on_an_agenda_by_one_key(
    room: Workbench, desk: Desk, keyboard: Any
) -> None:
    room.open_patient(INGRID)
    keyboard.ctrl(Qt.Key.Key_M, shift=True)
    assert room.window.said == "No meeting is planned. Plan one in the MDT room (Ctrl+3)."
    first, second = meeting_of(desk), meeting_of(desk, dt.date(2026, 4, 16))
    keyboard.ctrl(Qt.Key.Key_M, shift=True)
    sheet = room.patient.sheet
    assert (keyboard.focus(), sheet.text("meeting_id")) == ("question", first.id)
    assert (sheet.text("pft_ready"), sheet.text("pathology_ready")) == ("yes", "")
    keyboard.type("Course 4?")
    sheet.fields["meeting_id"].set_text(second.id)
    keyboard.ctrl(Qt.Key.Key_Return)
    (case,) = meetings.meeting_view(desk, second.id).cases
    assert (case.name, case.item.question, case.item.pft_ready) == ("HOLLOWAY, Ingrid", "Course 4?", True)


def test_enter_asks_to_present_the_case_and_signed_minutes_are_for_reading(
    room: Workbench, desk: Desk, keyboard: Any
) -> None:
    asked: list[tuple[str, str]] = []
    planned = with_cases(desk, 1)
    room.mdt.present_requested.connect(lambda meeting, item: asked.append((meeting, item)))
    keyboard.ctrl(Qt.Key.Key_3)
    item = room.mdt.page.case.item
    for key in (Qt.Key.Key_Return, Qt.Key.Key_F5):
        keyboard.press(key)
        assert room.window.shown == "presenting"
        keyboard.press(Qt.Key.Key_F5)
        assert (room.window.shown, keyboard.focus()) == ("mdt", "agenda")
    assert asked == [(planned.id, item.id)] * 2
    agenda.remove_from_agenda(desk, item.id, "not ready")
    earlier = replace(meetings.meeting_of(desk, planned.id), date=dt.date(2026, 3, 5))
    meetings.amend_meeting(desk, earlier, confirmed=("date",))
    room.announce(meetings.close_meeting(desk, planned.id))
    room.act("edit_meeting")
    assert room.mdt.page.sheet.notice.text.startswith("For reading. The minutes of this meeting are signed.")


def test_who_may_not_plan_is_told_so_and_news_of_another_desk_is_marked(
    room: Workbench, desk: Desk, keyboard: Any
) -> None:
    planned = with_cases(desk, 1)
    other = as_user(desk, "brandt", "B. Brandt", "clinician")
    keyboard.ctrl(Qt.Key.Key_3)
    room.act("edit_meeting")
    changed = meetings.amend_meeting(other, replace(meetings.meeting_of(desk, planned.id), place="Room 9"))
    room.changes.announce(changed.changes)
    assert "B. Brandt" in room.mdt.page.sheet.notice.text
    assert room.mdt.page.sheet.text("place") == "Room 9"
    keyboard.press(Qt.Key.Key_Escape)
    desk.role = "viewer"
    room.permits.renew()
    keyboard.ctrl(Qt.Key.Key_M)
    assert room.mdt.page.sheet is None
    assert not room.mdt.page.new_button.isEnabled()


def test_meetings_to_come_stand_first_the_next_one_on_top(desk: Desk) -> None:
    days = (dt.date(2026, 4, 16), dt.date(2026, 3, 19), dt.date(2026, 1, 8), dt.date(2026, 2, 12))
    for day in days:
        meeting_of(desk, day)
    listed = in_order(meetings.meetings(desk), dt.date(2026, 3, 12))
    assert [line if isinstance(line, str) else line.meeting.date for line in listed] == [
        "coming", days[1], days[0], "past", days[3], days[2],
    ]  # fmt: skip


def test_people_of_a_meeting_are_typed_line_by_line(qtbot: QtBot, keyboard: Any) -> None:
    page = QWidget()
    field = AttendeesField(
        "who",
        "Attendees",
        [("nurse", "nurse"), ("other", "other")],
        [("present", "present"), ("apology", "apology")],
    )
    field.setParent(page)
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
    left: list[bool] = []
    field.accepted.connect(lambda: left.append(True))
    field.setFocus()
    keyboard.line("R. Amsel")
    keyboard.enter(2)
    keyboard.line("A. Falke")
    assert field.value() == (
        Attendee(name="R. Amsel", role="other"),
        Attendee(name="A. Falke", role="other"),
    )
    keyboard.enter(2)
    assert (keyboard.focus(), left) == ("attendee_name_2", [])
    keyboard.enter()
    assert left == [True]
    field.set_text("R. Amsel\tnurse\tapology")
    assert field.value() == (Attendee(name="R. Amsel", role="nurse", presence="apology"),)
    assert field.text_value() == "R. Amsel\tnurse\tapology"
    field._remove(0)
    assert field.value() == ()
    assert QApplication.focusWidget().objectName() == "attendee_name_0"
