"""The part of the tour that shows the room of meetings: empty, planned, crowded and past, and its papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from ctdild_desktop import __version__
from ctdild_desktop.clinical.records import AgendaItem, Attendee, Decision, Meeting
from ctdild_desktop.services import meetings
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.letter_words import PLACEHOLDERS
from ctdild_desktop.services.meetings import Case, MeetingLine, MeetingView
from ctdild_desktop.services.suggestions import Suggestion
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.form_sheet import FormSheet
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.mdt.mdt_page import MdtPage
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]
_USUAL_DAY = dt.datetime(2026, 3, 12, 9, 0, tzinfo=dt.UTC)
NAMES = (
    "FEATHERSTONEHAUGH-CHOLMONDELEY, Wilhelmina Alexandrina",
    "O'NEILL, Sé",
    "ÅNGSTRÖM-PAPADOPOULOU, Ελένη",
    "DE LA CRUZ Y MONTENEGRO, María de los Ángeles",
)
QUESTION = (
    "FVC falling 7 months after rituximab course 3, on MMF 1.5 g. Course 4, a switch, or an antifibrotic "
    "beside it, and who speaks with the patient about transplant?"
)
PEOPLE = ("Dr Amberley (rheumatology, St Invented)", "Dr Croft", "R. Amsel")
IDENTITY = "F · 55 y · 18.09.1970 · SAMPLE-0417"
PLACE = "Invented seminar room 2, third floor"
REASONS = ("PPF 2022: newly MET on 11.03.2026", "HRCT, overdue since 02.03.2026")
TYPED = (*NAMES, QUESTION, *PEOPLE, IDENTITY, PLACE, *REASONS)
"""What the crowded meeting shows, typed here."""
SAME_IN_ALL = ("Ins", "Letter", "MCID", " ".join(f"{{{word}}}" for word in PLACEHOLDERS))
"""A key, a size of paper, a short name and the words that a letter fills in: the same in every language."""


def draw_meetings(desk: Desk, runner: Runner, ask: Ask, take: Take, size: QSize) -> None:
    """The room of the invented meetings on a usual day, its sheets and its papers."""
    there = replace(desk, clock=lambda: _USUAL_DAY)
    _draw_apart(there, take, size)
    bench = Workbench(there, runner, ask, version=__version__)
    bench.window.resize(size)
    bench.window.show()
    bench.window.activateWindow()
    bench.window.show_room("mdt")
    take(bench.window, "mdt-planned")
    page = bench.mdt.page
    if page.view is not None:
        _draw_planned(bench, take)
    closed = [line.meeting for line in meetings.meetings(there) if line.meeting.status == "closed"]
    if closed:
        bench.mdt.choose(closed[0].id)
        take(bench.window, "mdt-past")
        for act, name in (
            ("edit_meeting", "mdt-meeting-closed"),
            ("mdt_letters", "mdt-letters"),
            ("letter_texts", "mdt-letter-text"),
            ("sign_minutes", "mdt-reopen"),
        ):
            bench.act(act)
            take(bench.window, name)
            _leave()
        bench.act("mdt_minutes")
        take(bench.window, "mdt-minutes-preview")
        _leave()
    bench.act("carried_out")
    take(bench.window, "mdt-carried-out")
    bench.window.hide()
    bench.window.deleteLater()
    bench.deleteLater()


def _draw_planned(bench: Workbench, take: Take) -> None:
    page = bench.mdt.page
    for act, name in (
        ("new_meeting", "mdt-new-meeting"),
        ("edit_meeting", "mdt-edit-meeting"),
        ("mdt_pack", "mdt-pack"),
    ):
        bench.act(act)
        take(bench.window, name)
        sheet = page.sheet
        if act == "mdt_pack" and isinstance(sheet, FormSheet):
            sheet.save()
            take(bench.window, "mdt-pack-preview")
            _leave()
        bench.window.activateWindow()
        page.close_sheet()
    page.agenda.setFocus()
    QTest.keyClick(page.agenda, Qt.Key.Key_Space)
    take(bench.window, "mdt-case")
    page.close_sheet()
    page.start_search()
    QTest.keyClicks(page.search, "ho")
    take(bench.window, "mdt-search")
    QTest.keyClick(page.search, Qt.Key.Key_Escape)


def _draw_apart(desk: Desk, take: Take, size: QSize) -> None:
    """A room without meetings, a meeting without patients, and one with twenty of long names."""
    day = _USUAL_DAY.date()
    planned = Meeting(
        id="1",
        date=day + dt.timedelta(days=7),
        starts="14:00",
        ends="15:30",
        kind="ild_mdt",
        place=PLACE,
        chair=PEOPLE[1],
        coordinator=PEOPLE[2],
        attendees=(Attendee(name=PEOPLE[1], role="respiratory"),),
    )
    cases = tuple(_case(planned, number) for number in range(1, 21))
    suggested = (Suggestion("p", NAMES[1], IDENTITY, REASONS, QUESTION),)
    quorum = meetings.quorum_of(planned)
    for name, view in (
        ("mdt-no-meeting", None),
        ("mdt-no-patient", MeetingView(planned, (), quorum)),
        ("mdt-crowded", MeetingView(planned, cases, quorum)),
    ):
        search = QLineEdit()
        search.setAccessibleName("SAMPLE, Ada")
        page = MdtPage(desk, Permits(desk), search)
        page.resize(size)
        lines = (
            [MeetingLine(planned, len(view.cases), *((3, 9) if view.cases else (0, 0)))]
            if view is not None
            else []
        )
        page.show_meetings(lines, view)
        page.show_suggestions(suggested if view is not None else ())
        page.show()
        page.focus_first()
        take(page, name)
        page.close()
        page.deleteLater()


def _case(meeting: Meeting, number: int) -> Case:
    item = AgendaItem(
        id=str(number),
        meeting_id=meeting.id,
        patient_id=str(number),
        position=number,
        question=QUESTION,
        requested_by=PEOPLE[number % len(PEOPLE)],
        urgency="urgent" if number % 5 == 0 else "routine",
        minutes=10,
        hrct_ready=number % 2 == 0,
        pft_ready=number % 3 != 0,
        serology_ready=True,
        pathology_ready=number % 7 != 0,
    )
    decision = Decision(
        id=str(number),
        meeting_id=meeting.id,
        patient_id=str(number),
        date=meeting.date,
        question=QUESTION,
        signed_by="amsel" if number < 4 else "",
    )
    return Case(
        item=item,
        number=number,
        name=NAMES[number % len(NAMES)],
        identity=IDENTITY,
        mrn="SAMPLE-0417",
        decision=decision if number < 5 else None,
        lacks=meetings.lacking(item),
    )


def _leave() -> None:
    """Leave the sheet or the dialog that has the keyboard."""
    QApplication.processEvents()
    focus = QApplication.focusWidget()
    if focus is not None:
        QTest.keyClick(focus, Qt.Key.Key_Escape)
    QApplication.processEvents()
