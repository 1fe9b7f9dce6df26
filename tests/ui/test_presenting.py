"""The meeting's screen: a case is decided by keyboard, nothing typed is lost, and nobody is mistaken."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import dress
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import AgendaItem, Attendee, Meeting, PatientRecord
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.services import access, agenda, decisions, drafts, meetings
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.meetings import Case
from ctdild_desktop.ui.jobs import ImmediateRunner, Runner
from ctdild_desktop.ui.presenting.decided_view import DecidedView
from ctdild_desktop.ui.presenting.decision_form import DecisionForm
from ctdild_desktop.ui.presenting.presenting_page import PresentingPage
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import LOGIN, PASSPHRASE, fill
from tests.support.holloway import record as holloway
from tests.support.late_runner import LateRunner
from tests.support.mdt import written
from tests.ui.conftest import Keyboard
from tests.ui.test_killed_typing import killed_now


def sample() -> PatientRecord:
    """A second patient, of whom nothing is recorded."""
    known = holloway().patient
    other = replace(known, id="5a" * 16, mrn="DEMO-2", family_name="Sample", given_name="Ada")
    return PatientRecord(patient=other)


@pytest.fixture
def meeting(desk: Desk) -> Meeting:
    """A meeting of today with two cases."""
    fill(desk, holloway(), sample())
    there = (("Dr Croft", "respiratory"), ("Dr Amberley", "rheumatology"), ("Dr Ng", "radiology"))
    planned = meetings.plan_meeting(
        desk,
        Meeting(
            id="",
            date=desk.today(),
            kind="ild_mdt",
            attendees=tuple(Attendee(name=name, role=role) for name, role in there),
        ),
    ).value
    for record in (holloway(), sample()):
        item = AgendaItem(
            id="",
            meeting_id=planned.id,
            patient_id=record.patient.id,
            question=f"What next for {record.patient.given_name}?",
            position=0,
            requested_by="Dr Amberley",
        )
        agenda.add_to_agenda(desk, item)
    return meetings.meeting_of(desk, planned.id)


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication, desk: Desk, meeting: Meeting) -> PresentingPage:
    dress(qapp, SiteSettings(theme="light"))
    made = shown(qtbot, desk, ImmediateRunner())
    made.show_case(meeting.id)
    return made


def shown(qtbot: QtBot, desk: Desk, runner: Runner) -> PresentingPage:
    made = PresentingPage(desk, runner)
    qtbot.addWidget(made)
    made.done.connect(lambda done: made.hear(done.changes))
    made.resize(1366, 740)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    return made


def case(desk: Desk, meeting: Meeting, number: int) -> Case:
    return meetings.meeting_view(desk, meeting.id).cases[number - 1]


def test_a_case_is_decided_and_signed_by_keyboard(
    page: PresentingPage, desk: Desk, meeting: Meeting, keyboard: Keyboard
) -> None:
    assert (page.head.name.text(), keyboard.focus()) == ("HOLLOWAY, Ingrid", "presenter")
    keyboard.enter(3)
    keyboard.type("7")
    keyboard.enter()
    keyboard.type("m")
    keyboard.enter()
    keyboard.type("p")
    keyboard.enter()
    assert keyboard.focus() == "recommendations_start", "the team agrees with the criteria: no reason asked"
    keyboard.type("6")
    keyboard.enter()
    keyboard.line("Continue mycophenolate 1.5 g.")
    keyboard.line("Prefers infusions")
    keyboard.enter()
    for text in ("HRCT", "Dr Cr", "2.4.2026"):
        keyboard.line(text)
    keyboard.enter()
    keyboard.line("16.4.2026")
    keyboard.line("HRCT is read")
    keyboard.press(Qt.Key.Key_PageDown)
    assert page.head.name.text() == "SAMPLE, Ada"
    kept = case(desk, meeting, 1)
    assert kept.decision is not None
    assert not kept.signed
    keyboard.press(Qt.Key.Key_PageUp)
    keyboard.ctrl(Qt.Key.Key_Return)
    found = case(desk, meeting, 1)
    decision = found.decision
    assert decision is not None
    assert (found.signed, decision.confidence, decision.behaviour, decision.team_verdict) == (
        True,
        "high",
        "progressive_may_stabilise",
        "progressing",
    )
    assert (decision.recommendations, decision.recommendation) == (
        ("continue",),
        "Continue mycophenolate 1.5 g.",
    )
    assert (decision.preference, decision.next_trigger) == ("Prefers infusions", "HRCT is read")
    assert decision.next_date == PartialDate(2026, 4, 16)
    assert [(one.what, one.owner, one.due) for one in found.actions] == [
        ("HRCT", "Dr Croft", dt.date(2026, 4, 2))
    ]
    assert drafts.load_draft(desk, f"decision:{found.item.id}", found.item.patient_id) is None


def test_a_refused_sign_off_names_what_lacks(
    page: PresentingPage, desk: Desk, meeting: Meeting, keyboard: Keyboard
) -> None:
    told: list[str] = []
    page.said.connect(told.append)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert keyboard.focus() == "team_verdict"
    assert "verdict of the team" in told[-1]
    assert "recommend" in told[-1]
    keyboard.type("s")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert keyboard.focus() == "verdict_reason", "stable is not what the criteria say"
    assert "not the computed one" in told[-1]
    assert not case(desk, meeting, 1).signed


def test_what_is_typed_on_a_case_is_there_after_a_kill_and_after_the_window_was_taken_away(
    page: PresentingPage, desk: Desk, meeting: Meeting, keyboard: Keyboard, tmp_path: Path
) -> None:
    keyboard.line("Dr Ng")
    copy = killed_now(desk, tmp_path / "killed")
    kind, patient_id = f"decision:{case(desk, meeting, 1).item.id}", holloway().patient.id
    again = access.unlock(copy, login=LOGIN, passphrase=PASSPHRASE, clock=desk.clock)
    kept = drafts.load_draft(again, kind, patient_id)
    again.close()
    assert kept is not None
    assert kept.payload["presenter"] == "Dr Ng"
    form = page.deciding.part
    assert isinstance(form, DecisionForm)
    form.todo.setFocus(Qt.FocusReason.TabFocusReason)  # a cell that nobody has left yet
    keyboard.type("CD19")
    typed = page.leave()
    assert [(one.kind, one.patient_id) for one in typed] == [(kind, patient_id)]
    assert typed[0].payload is not None
    assert "CD19" in typed[0].payload["actions"]


def test_never_stands_the_former_patient_under_the_name_of_the_next_one(
    qtbot: QtBot, desk: Desk, meeting: Meeting, keyboard: Keyboard
) -> None:
    runner = LateRunner(all_wait=True)
    page = shown(qtbot, desk, runner)
    cases = meetings.meeting_view(desk, meeting.id).cases
    owner = {one.name: one.item.patient_id for one in cases}

    def nobody_is_mistaken() -> None:
        named = owner.get(page.head.name.text(), "")
        part = page.deciding.part
        assert page.case.patient_id in ("", named)
        assert part is None or part.shown.view.record.patient.id == named
        chart = page.case.chart
        assert (chart.read_out is None) or page.case.patient_id == named
        assert bool(chart.accessibleDescription()) == bool(page.case.patient_id)

    page.show_case(meeting.id)
    for presses in (0, 1, 1, 2, 3, 1):
        for _ in range(presses):
            keyboard.press(Qt.Key.Key_PageDown if page.place[1] == cases[0].item.id else Qt.Key.Key_PageUp)
            nobody_is_mistaken()
        for _ in range(4):
            if runner.waiting:
                runner.go_on()
            nobody_is_mistaken()
    while runner.waiting:
        runner.go_on()
        nobody_is_mistaken()
    assert page.case.patient_id == owner[page.head.name.text()]


@pytest.mark.parametrize("refused", [False, True])
def test_what_comes_of_signing_belongs_to_that_case_when_the_next_one_is_in_sight(
    qtbot: QtBot, desk: Desk, meeting: Meeting, keyboard: Keyboard, refused: bool
) -> None:
    first, second = meetings.meeting_view(desk, meeting.id).cases
    kept = written(desk, first.item)
    runner, told = LateRunner(all_wait=True), list[str]()
    page = shown(qtbot, desk, runner)
    page.said.connect(told.append)
    page.show_case(meeting.id)
    runner.go_on_to_the_end()
    keyboard.type("Dr Ng")
    if refused:
        decisions.sign_decision(desk, kept.id)  # at another desk
    keyboard.ctrl(Qt.Key.Key_Return)
    keyboard.press(Qt.Key.Key_PageDown)
    form = page.deciding.part
    assert isinstance(form, DecisionForm)
    assert form.shown.case.item.id == second.item.id
    keyboard.type("Dr Croft")
    runner.go_on_to_the_end()
    assert case(desk, meeting, 1).signed
    assert [words.partition(":")[0] for words in told] == (["HOLLOWAY, Ingrid"] if refused else [])
    assert form.problem.isHidden()
    (typed,) = page.leave()
    assert (typed.patient_id, typed.payload) == (second.item.patient_id, {"presenter": "Dr Croft"})


def test_who_is_there_is_ticked_as_fast_as_people_come_in(
    qtbot: QtBot, desk: Desk, meeting: Meeting, keyboard: Keyboard
) -> None:
    runner, told = LateRunner(all_wait=True), list[str]()
    page = shown(qtbot, desk, runner)
    page.said.connect(told.append)
    page.show_case(meeting.id)
    runner.go_on_to_the_end()
    form = page.deciding.part
    assert isinstance(form, DecisionForm)
    for box in form.present.boxes[:2]:
        box.click()
    runner.go_on_to_the_end()
    assert told == []
    left = [one.presence for one in meetings.meeting_of(desk, meeting.id).attendees]
    assert left == ["apology", "apology", "present"]
    assert [box.isChecked() for box in form.present.boxes] == [False, False, True]
    form.present.name.set_text("Dr Late")
    form.present.role.setCurrentIndex(1)
    form.present.role.accepted.emit()
    runner.go_on_to_the_end()
    assert (len(form.present.boxes), form.present.name.text_value()) == (4, "")
    form.present.name.set_text("Dr Later")
    for one in meetings.meeting_view(desk, meeting.id).cases:  # at another desk
        decisions.sign_decision(desk, written(desk, one.item, verdict_reason="HRCT").id)
    meetings.close_meeting(desk, meeting.id)
    form.present.boxes[2].click()
    runner.go_on_to_the_end()
    assert len(told) == 1
    assert form.present.boxes[2].isChecked(), "what was refused is not shown as if it were kept"
    form.present.role.setCurrentIndex(1)
    form.present.role.accepted.emit()
    runner.go_on_to_the_end()
    assert (len(told), len(form.present.boxes), form.present.name.text_value()) == (2, 4, "Dr Later")


def test_an_addendum_that_is_refused_stays_typed(
    page: PresentingPage, desk: Desk, meeting: Meeting, keyboard: Keyboard
) -> None:
    saved = written(desk, case(desk, meeting, 1).item)
    decisions.sign_decision(desk, saved.id)
    page.show_case(meeting.id, case(desk, meeting, 1).item.id)
    view = page.deciding.part
    assert isinstance(view, DecidedView)
    keyboard.ctrl(Qt.Key.Key_Return)
    keyboard.type("HRCT read again")
    decisions.reopen_decision(desk, saved.id, "at another desk")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert view.addendum.text_value() == "HRCT read again"
    view.addendum.setFocus()
    keyboard.type("!")
    (typed,) = page.leave()
    assert typed.payload == {"addendum": "HRCT read again!"}


def test_f5_gives_the_case_the_whole_screen_and_leaving_it_keeps_what_is_written(
    bench: Workbench, desk: Desk, meeting: Meeting, keyboard: Keyboard
) -> None:
    window = bench.window
    window.show_room("mdt")
    bench.mdt.choose(meeting.id)
    bench.mdt.page.focus_first()
    keyboard.press(Qt.Key.Key_F5)
    assert (window.shown, window.isFullScreen()) == ("presenting", True)
    assert not window.findChild(QWidget, "top_bar").isVisible()
    assert keyboard.focus() == "presenter"
    keyboard.press(Qt.Key.Key_F11)
    assert not window.isFullScreen()
    assert window.findChild(QWidget, "top_bar").isVisible()
    keyboard.line("Dr Ng")
    place = bench.place()
    assert [one.kind for one in bench.leave()] == [f"decision:{case(desk, meeting, 1).item.id}"]
    bench.presenting.present(*place.case)
    assert keyboard.focus() == "presenter", "unlocking leads back to the case"
    keyboard.line("Dr Croft")
    keyboard.press(Qt.Key.Key_F5)
    assert (window.shown, window.isFullScreen()) == ("mdt", False)
    decision = case(desk, meeting, 1).decision
    assert decision is not None
    assert (decision.presenter, decision.signed) == ("Dr Croft", False)
    window.undo()
    assert case(desk, meeting, 1).decision is None
