"""A meeting of the team on twenty invented patients, through the real window, hands on the keyboard.

Planned, put in order, printed, decided case by case, signed, told to the patient, and met again: what was
agreed in March is on the list until it is done, and stands on the page of the next meeting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import build_window, close_window, dress
from ctdild_desktop.clinical.records import Patient, PatientRecord, Visit
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.services import meetings, snapshots, visits
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.today import Group
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import Clock, fill, make_desk
from tests.support.fake_ask import FakeAsk
from tests.ui.conftest import Keyboard

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
NAMES = (
    "Holloway", "Petrakis", "Silva-Mota", "Quill", "Estévez", "Linden-Hall", "Mårtensson", "Oyelaran",
    "Kowalczyk", "Ndiaye-Roth", "Trembath", "Abbasi", "Brook", "Çelik", "Dvořák", "Farouk", "Grün",
    "Ivanova", "Jansen", "Zuñiga",
)  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    made = make_desk(tmp_path, clock)
    others = (
        PatientRecord(patient=Patient(id=f"{at:032x}", mrn=f"M-{at:03}", family_name=name, given_name="Ada"))
        for at, name in enumerate(NAMES[1:], start=1)
    )
    fill(made, holloway.record(), *others)
    yield made
    made.close()


class Room:
    """The window, and two hands that do the same thing again and again."""

    def __init__(self, qtbot: QtBot, bench: Workbench, ask: FakeAsk, folder: Path) -> None:
        self.qtbot, self.bench, self.ask, self.folder = qtbot, bench, ask, folder
        self.keys = Keyboard()

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition)

    def until(self, field: str) -> None:
        """Enter until a field has the focus."""
        for _ in range(20):
            if self.field() == field:
                return
            self.keys.enter()
        raise AssertionError(f"{field} is not reached by Enter; the focus is in {self.field()}")

    def field(self) -> str:
        """Name of the field with the focus, or of the group of boxes that it stands in."""
        widget: QWidget | None = self.keys.target()
        name = widget.objectName() if widget is not None else ""
        return "recommendations" if name.startswith("recommendations_") else name

    def paper(self) -> list[str]:
        """Save the preview that is coming up; the text of each of its pages."""
        self.wait(lambda: self.field() == "sheet_view")
        self.ask.saves = [self.folder / "paper.pdf"]
        self.keys.ctrl(Qt.Key.Key_S)
        with self.qtbot.waitActive(self.bench.window):
            self.bench.window.activateWindow()
        with pypdfium2.PdfDocument(self.folder / "paper.pdf") as document:
            return [page.get_textpage().get_text_bounded() for page in document]

    def said(self) -> str:
        return self.bench.window.said


@pytest.fixture
def room(qtbot: QtBot, qapp: QApplication, desk: Desk, tmp_path: Path) -> Iterator[Room]:
    dress(qapp, SiteSettings(theme="light"))
    ask = FakeAsk()
    bench = build_window(desk, ImmediateRunner(), ask)
    bench.window.resize(1366, 740)
    bench.window.show()
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    yield Room(qtbot, bench, ask, tmp_path)
    close_window(bench)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def plan(room: Room, day: str) -> None:
    """A meeting with somebody from each specialty that it needs."""
    keys = room.keys
    keys.ctrl(Qt.Key.Key_M)
    keys.line(day)
    for text in ("14:00", "15:30", "", "Room 2", "Dr Croft", "", ""):
        keys.line(text)
    for name, role in (("Dr Croft", "resp"), ("Dr Amberley", "rheu"), ("Dr Ng", "radiol")):
        keys.line(name)
        keys.type(role)
        keys.enter(2)
    keys.ctrl(Qt.Key.Key_Return)


def put_on_the_agenda(room: Room, name: str, question: str) -> None:
    keys = room.keys
    keys.press(Qt.Key.Key_Return if room.field() == "meeting_list" else Qt.Key.Key_Insert)
    assert room.field() == "agenda_search"
    keys.line(name)
    assert room.field() == "question", name
    keys.type(question)
    keys.ctrl(Qt.Key.Key_Return)


def decide(room: Room, verdict: str, words: str, action: tuple[str, str, str] | None = None) -> None:
    """Fill the form of the case in sight and sign it off."""
    keys = room.keys
    room.until("confidence")
    keys.type("7")
    room.until("team_verdict")
    keys.type(verdict)
    room.until("recommendations")
    keys.type("1")
    room.until("recommendation")
    keys.line(words)
    if action is not None:
        keys.enter(2)
        for text in action:
            keys.line(text)
    keys.ctrl(Qt.Key.Key_Return)


def test_a_meeting_of_twenty_is_run_from_the_agenda_to_the_next_one(
    room: Room, desk: Desk, clock: Clock
) -> None:
    bench, keys = room.bench, room.keys
    keys.ctrl(Qt.Key.Key_3)
    plan(room, "t")
    first = bench.mdt.meeting
    assert first is not None
    assert meetings.quorum_of(first).met
    for name in NAMES:
        put_on_the_agenda(room, name.casefold()[:6], f"What next for {name}?")
    page = bench.mdt.page
    assert [case.name.split(",")[0] for case in page.view.cases] == [name.upper() for name in NAMES]

    keys.press(Qt.Key.Key_Home, CTRL)
    keys.press(Qt.Key.Key_Down, ALT)
    assert page.view.cases[1].name == "HOLLOWAY, Ingrid"
    keys.press(Qt.Key.Key_Up, ALT)

    keys.press(Qt.Key.Key_F6)
    keys.ctrl(Qt.Key.Key_Return)
    pack = room.paper()
    assert len(pack) == 2 + 20, "a cover of two sheets, and one page for each"
    assert "What next for Zuñiga?" in pack[-1]

    keys.press(Qt.Key.Key_Home, CTRL)
    keys.enter()
    assert bench.window.shown == "presenting"
    decide(room, "p", "Course 4 after the HRCT.", ("HRCT", "Dr Cr", "2.4.2026"))
    for name in NAMES[1:]:
        keys.press(Qt.Key.Key_PageDown)
        assert bench.presenting.page.head.name.text() == f"{name.upper()}, Ada"
        decide(room, "c", f"Observe {name}.")
    view = meetings.meeting_view(desk, first.id)
    assert all(case.signed for case in view.cases), [case.name for case in view.cases if not case.signed]
    assert view.cases[0].decision.diagnosis is not None

    keys.press(Qt.Key.Key_F5)
    assert bench.window.shown == "mdt"
    keys.press(Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert room.said() == "Signed the minutes of the meeting 12.03.2026."
    keys.press(Qt.Key.Key_F7)
    minutes = " ".join(room.paper())
    assert "Course 4 after the HRCT." in minutes
    assert "Observe Zuñiga." in minutes

    page.agenda.setFocus()
    keys.press(Qt.Key.Key_Home, CTRL)
    keys.press(Qt.Key.Key_F8)
    keys.type("p")
    keys.ctrl(Qt.Key.Key_Return)
    assert "Course 4 after the HRCT." in " ".join(room.paper())
    keys.ctrl(Qt.Key.Key_Return, shift=True)
    decision = meetings.meeting_view(desk, first.id).cases[0].decision
    assert (decision.letter_to, decision.letter_sent) == (("patient",), dt.date(2026, 3, 12))

    clock.forward(days=35)
    weigh(desk, clock.now.date())
    assert snapshots.changed_since(desk, decision.id) == ()
    keys.ctrl(Qt.Key.Key_1)
    bench.today.page.reader.refresh()
    rows = bench.today.page.reader.work.shown(Group.ACTIONS, ())[0].rows
    assert [(row.person.name, "HRCT" in row.reason) for row in rows] == [("HOLLOWAY, Ingrid", True)]

    keys.ctrl(Qt.Key.Key_3)
    plan(room, "t")
    suggested = {one.patient_id: one for one in page.suggested.lines}
    assert any("HRCT" in reason for reason in suggested[holloway.record().patient.id].reasons)
    page.suggestions.setFocus()
    page.suggestions.setCurrentIndex(
        page.suggested.index(list(suggested).index(holloway.record().patient.id))
    )
    keys.enter()
    assert room.field() == "question"
    keys.ctrl(Qt.Key.Key_A)
    keys.type("HRCT is still not there: what now?")
    keys.ctrl(Qt.Key.Key_Return)
    keys.press(Qt.Key.Key_F6)
    keys.ctrl(Qt.Key.Key_Return)
    cover, sheet = room.paper()
    assert "HRCT is still not there" in cover
    assert "SINCE LAST MDT, 12.03.2026" in sheet
    assert "Course 4 after the HRCT." in sheet


def weigh(desk: Desk, day: dt.date) -> None:
    """Something is recorded after the meeting: it changes nothing of the page that was signed."""
    visits.record_visit(desk, holloway.record().patient.id, Visit(id="", date=day, mmrc=3))
