"""The papers of a meeting by keyboard: the pack, minutes, letters and their texts, what was carried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import Action, AgendaItem, Meeting, Patient, PatientRecord
from ctdild_desktop.services import agenda, decisions, letter_templates, meetings
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import fill
from tests.support.fake_ask import FakeAsk

INGRID = holloway.record().patient.id
QUILL = Patient(id="c" * 32, mrn="T-77", family_name="Quill", given_name="Barnaby")
WORDS = "Course 4 after the HRCT; echocardiogram."


@pytest.fixture
def held(bench: Workbench, desk: Desk) -> Workbench:
    """A meeting that was held on two patients, the first of whom is decided on and signed."""
    fill(desk, holloway.record(), PatientRecord(patient=QUILL))
    day = dt.date(2026, 3, 12)
    meeting = meetings.plan_meeting(desk, Meeting(id="", date=day, kind="ild_mdt", chair="Dr Croft")).value
    for patient_id, question in ((INGRID, "Course 4?"), (QUILL.id, "Second HRCT opinion?")):
        item = AgendaItem(id="", meeting_id=meeting.id, patient_id=patient_id, position=0, question=question)
        agenda.add_to_agenda(desk, item)
    first = meetings.meeting_view(desk, meeting.id).cases[0].item
    drawn = decisions.draft_decision(desk, first.id)
    decided = replace(
        drawn,
        team_verdict="progressing",
        recommendations=("start", "more_tests"),
        recommendation=WORDS,
        verdict_reason="as the team sees it",
    )
    todo = Action(id="", decision_id="", what="HRCT", owner="Dr Croft", due=dt.date(2026, 4, 2))
    kept = decisions.keep_decision(desk, decided, (todo,)).value
    decisions.sign_decision(desk, kept.id)
    bench.window.show_room("mdt")
    return bench


def told(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.fixture
def saved(qtbot: QtBot, held: Workbench, keyboard: Any, ask: FakeAsk, tmp_path: Path) -> Callable[[], str]:
    """Save the preview that is coming up, and read it."""

    def save() -> str:
        qtbot.waitUntil(lambda: keyboard.focus() == "sheet_view")
        path = tmp_path / "paper.pdf"
        ask.saves = [path]
        keyboard.ctrl(Qt.Key.Key_S)
        assert held.window.said == "Written, not encrypted: paper.pdf."
        with qtbot.waitActive(held.window):
            held.window.activateWindow()  # the offscreen platform activates no window by itself
        return told(path)

    return save


def test_the_pack_of_chosen_cases_with_pseudonyms_says_no_name(
    held: Workbench, keyboard: Any, ask: FakeAsk, saved: Callable[[], str]
) -> None:
    keyboard.press(Qt.Key.Key_F6)
    keyboard.type("nn")
    keyboard.ctrl(Qt.Key.Key_Return)
    whole = saved()
    assert "HOLLOWAY, Ingrid" in whole
    assert "QUILL, Barnaby" in whole
    assert held.mdt.page.sheet is None
    assert ask.suggested[-1].name == "mdt-pack-2026-03-12.pdf"
    keyboard.press(Qt.Key.Key_F6)
    keyboard.type("yn2")
    keyboard.ctrl(Qt.Key.Key_Return)
    part = saved()
    for word in ("HOLLOWAY", "Ingrid", "QUILL", "DEMO-0417", "18.09.1970", "Course 4", "echocardiogram"):
        assert word.casefold() not in part.casefold(), word


def test_the_page_of_a_patient_on_an_agenda_begins_with_the_question_of_the_case(
    held: Workbench, desk: Desk, keyboard: Any, saved: Callable[[], str]
) -> None:
    """The first case is signed: it waits no more, and its question is not asked again."""
    second = meetings.meeting_view(desk, held.mdt.meeting.id).cases[1].item
    agenda.amend_agenda_item(desk, replace(second, requested_by="Dr Croft (rheumatology)"))
    held.open_patient(QUILL.id, where="mdt")
    keyboard.ctrl(Qt.Key.Key_P)
    asked = [held.patient.sheet.text(name) for name in ("question", "asked_by", "meeting")]
    assert asked == ["Second HRCT opinion?", "Dr Croft (rheumatology)", "12.03.2026"]
    keyboard.ctrl(Qt.Key.Key_Return)
    page = saved()
    assert "Second HRCT opinion?" in page
    assert "Dr Croft (rheumatology)" in page
    assert "MDT 12.03.2026" in page
    held.open_patient(INGRID, where="mdt")
    keyboard.ctrl(Qt.Key.Key_P)
    asked = [held.patient.sheet.text(name) for name in ("question", "asked_by", "meeting")]
    assert asked == ["", desk.display_name, ""]


def test_minutes_letters_and_their_text_are_printed_and_what_was_sent_is_noted(
    held: Workbench, desk: Desk, keyboard: Any, saved: Callable[[], str]
) -> None:
    keyboard.press(Qt.Key.Key_F7)
    assert WORDS in saved().replace("\r\n", " ")
    keyboard.press(Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert held.window.said == "A case of this meeting is neither signed nor put off to another meeting."
    keyboard.press(Qt.Key.Key_F8)
    keyboard.type("p")
    keyboard.ctrl(Qt.Key.Key_Return)
    letter = saved()
    assert "Ingrid" in letter
    assert "They have got worse." in letter
    keyboard.ctrl(Qt.Key.Key_Return, shift=True)
    case = meetings.meeting_view(desk, held.mdt.meeting.id).cases[0]
    assert (case.decision.letter_to, case.decision.letter_sent) == (("patient",), dt.date(2026, 3, 12))
    keyboard.press(Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert keyboard.focus() == "text"
    keyboard.ctrl(Qt.Key.Key_A)
    keyboard.type("On {name}: {diagnose}")
    assert held.mdt.page.sheet.notes["text"].words() == "{diagnose} is not a word that is filled in."
    keyboard.ctrl(Qt.Key.Key_A)
    keyboard.type("On {name}: {recommendation}")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert letter_templates.template(desk, "referrer") == "On {name}: {recommendation}"
    keyboard.press(Qt.Key.Key_F8)
    keyboard.ctrl(Qt.Key.Key_Return)
    own = saved()
    assert "On Ingrid" in own
    keyboard.press(Qt.Key.Key_Escape)
    keyboard.press(Qt.Key.Key_F8)
    held.mdt.page.agenda.selectRow(1)
    held.act("mdt_letters")
    assert held.window.said == "Letters are written on a signed case; choose one."


def test_minutes_are_signed_and_opened_again_with_a_reason(
    held: Workbench, desk: Desk, keyboard: Any
) -> None:
    second = meetings.meeting_view(desk, held.mdt.meeting.id).cases[1].item
    agenda.remove_from_agenda(desk, second.id, "not ready")
    keyboard.press(Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert held.window.said == "Signed the minutes of the meeting 12.03.2026."
    assert held.mdt.meeting.status == "closed"
    assert held.mdt.page.head.buttons["sign_minutes"].text() == "Open minutes…"
    keyboard.press(Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    keyboard.line("a name was wrong")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert held.mdt.meeting.status == "held"
    keyboard.ctrl(Qt.Key.Key_Z)
    assert held.mdt.meeting.status == "closed"


def test_what_was_carried_out_is_counted_with_the_decisions_behind_each_number(
    held: Workbench, desk: Desk, keyboard: Any, saved: Callable[[], str]
) -> None:
    case = meetings.meeting_view(desk, held.mdt.meeting.id).cases[0]
    decisions.answer_carried_out(desk, case.decision.id, implemented="partly", not_implemented="access")
    keyboard.press(Qt.Key.Key_F9)
    page = held.papers.report
    assert keyboard.focus() == "carried_out_counts"
    shown = page.counts.model()
    rows = [[shown.index(row, column).data() for column in range(7)] for row in range(shown.rowCount())]
    assert [row[1:] for row in rows] == [["0", "1", "0", "0", "0", "0.0 %"]] * 4
    assert [row[0] for row in rows[1:3]] == ["recommended: start", "recommended: more tests"]
    keyboard.press(Qt.Key.Key_Down)
    assert page.decisions.model().index(0, 1).data() == "HOLLOWAY, Ingrid · DEMO-0417"
    keyboard.ctrl(Qt.Key.Key_P)
    assert "more tests" in saved()
    page.since.set_text("13.3.26")
    page.refresh()
    assert page.problem.text() != ""
    page.since.set_text("11.3.26")
    page.refresh()
    page.counts.setFocus()
    keyboard.enter()
    keyboard.press(Qt.Key.Key_Home)
    page.decisions.selectRow(0)
    keyboard.enter()
    assert (held.window.shown, held.patient.patient_id) == ("patient", INGRID)
