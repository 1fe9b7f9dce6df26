"""One case after the other before the whole team: agenda, case and decision side by side in large type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ctdild_desktop.clinical.records import Attendee, Meeting
from ctdild_desktop.services import meetings, patients
from ctdild_desktop.services.desk import Change, ChangeSet, Desk, Done, RefusedError
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.services.meetings import Case, MeetingView
from ctdild_desktop.services.presenting import CaseShown, case_shown
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.presenting.agenda_list import NARROW, AgendaList
from ctdild_desktop.ui.presenting.case_clock import CaseClock
from ctdild_desktop.ui.presenting.case_head import CaseHead
from ctdild_desktop.ui.presenting.case_view import CaseView
from ctdild_desktop.ui.presenting.deciding import Deciding
from ctdild_desktop.ui.presenting.large_type import growth_for, rules
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_AGENDA, _FORM, _NARROW_FORM, _WIDE = 212, 436, 416, 1120
_WHERE = "mdt"
"""What the audit trail says of where a patient was opened from."""
_TEAM = frozenset({Change.MEETING, Change.DECISION, Change.ACTION, Change.PATIENT})


class PresentingPage(QWidget):
    """Shows a case and takes its decision. PgDn and PgUp change the case, Ctrl+Enter signs, F5 leaves."""

    done = Signal(object)
    """The ``Done`` of an act."""
    said = Signal(str)
    left = Signal()
    """The person leaves presenting."""
    full_screen_asked = Signal()
    print_requested = Signal(str)
    """Id of the agenda item whose page shall be printed."""

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("presenting_page")
        self._desk, self._runner = desk, runner
        self._meeting: MeetingView | None = None
        self._wanted = ("", "")
        """The meeting and the case that shall be in sight."""
        self._ahead: dict[str, CaseShown] = {}
        """Cases that were read before they are asked for."""
        self._growth = 0.0
        self._wide, self._counts = True, ("", "")
        self._left, self._body = QFrame(), QWidget()
        self._empty = EmptyState(
            self.tr("No cases on this agenda"),
            self.tr("Leave presenting (F5) and put patients on the agenda in the MDT room."),
        )
        self.head = CaseHead()
        self.agenda = AgendaList()
        self.case = CaseView()
        self.deciding = Deciding(desk, runner)
        self.clock = CaseClock(self)
        self._lay_out()
        self._connect()
        self._add_keys()

    # what is shown

    @property
    def place(self) -> tuple[str, str]:
        """The meeting and the case in sight."""
        return self._wanted

    def show_case(self, meeting_id: str, item_id: str = "") -> None:
        """Show a case of a meeting; without an id the first that is not signed."""
        self.deciding.leave_case()
        self._wanted = (meeting_id, item_id)
        if self._meeting is None or self._meeting.meeting.id != meeting_id:
            self._meeting = None
            self._ahead.clear()
            self._blank()
        self._read_meeting()

    def next_case(self) -> None:
        """Keep what is written, unsigned, and show the next case."""
        self._step(1)

    def previous_case(self) -> None:
        """Keep what is written, unsigned, and show the case before."""
        self._step(-1)

    def hear(self, changes: ChangeSet) -> None:
        """Something was changed, here or at another desk: read again what is in sight."""
        if not self._wanted[0]:
            return
        for item_id, shown in tuple(self._ahead.items()):
            if changes.patient_id in (None, shown.case.item.patient_id):
                del self._ahead[item_id]
        if not self.isVisible():
            return
        if changes.kinds & _TEAM:
            self._read_meeting()
        case = self._case(self._wanted[1])
        if case is not None and changes.patient_id in (None, case.item.patient_id):
            self._read(case.item.id)

    def focus_first(self) -> None:
        """Put the focus where typing begins."""
        self.deciding.focus_first()

    # leaving

    def keep_drafts(self) -> None:
        """Keep what is typed."""
        self.deciding.keep_draft()

    def leave(self) -> tuple[Typed, ...]:
        """What is typed, for whoever takes the window away; nothing is kept from here any more."""
        return self.deciding.leave()

    def close_case(self) -> None:
        """Keep what is written and show nobody: the person leaves presenting."""
        self.deciding.leave_case()
        self.clock.stop()
        self.forget()

    def forget(self) -> None:
        """Let go of everybody."""
        self._wanted = ("", "")
        self._meeting = None
        self._ahead.clear()
        self.agenda.show_cases((), "")
        self._blank()

    # reading

    def _read_meeting(self) -> None:
        desk, meeting_id = self._desk, self._wanted[0]
        self._runner.run(
            lambda: meetings.meeting_view(desk, meeting_id),
            while_alive(self, self._on_meeting),
            while_alive(self, self._on_refused),
        )

    def _on_meeting(self, view: MeetingView) -> None:
        meeting_id, item_id = self._wanted
        if view.meeting.id != meeting_id:
            return
        self._meeting = view
        known = next((case for case in view.cases if case.item.id == item_id), None)
        if known is None:
            unsigned = (case for case in view.cases if not case.signed)
            known = next(unsigned, view.cases[0] if view.cases else None)
        self._empty.setVisible(known is None)
        self._body.setVisible(known is not None)
        signed = sum(case.signed for case in view.cases)
        count = len(view.cases)
        self._counts = (
            self.tr("{signed} of {count} signed").format(signed=signed, count=count),
            f"{signed}/{count}",
        )
        self._tell_counts()
        self.deciding.show_meeting(view)
        self.agenda.show_cases(view.cases, known.item.id if known is not None else "")
        if known is None:
            self._blank()
        elif self.deciding.item_id != known.item.id:
            self._go(known)
        else:
            self.head.show_case(view.meeting, known, count)
            self.case.show_question(known.item)

    def _go(self, case: Case) -> None:
        """Show a case: its name at once, with nothing of the case before beside it."""
        assert self._meeting is not None, "a case is one of a meeting that was read"
        self.deciding.leave_case()
        self._wanted = (self._meeting.meeting.id, case.item.id)
        self._blank()
        self.head.show_case(self._meeting.meeting, case, len(self._meeting.cases))
        self.case.show_question(case.item)
        self.agenda.show_cases(self._meeting.cases, case.item.id)
        self.clock.start(case.item.id, case.item.minutes)
        desk, patient_id = self._desk, case.item.patient_id
        known = self._ahead.pop(case.item.id, None)
        if known is not None:
            self._show(known)
        else:
            self._read(case.item.id)
        self._runner.run(
            lambda: patients.note_opened(desk, patient_id, _WHERE),
            on_error=while_alive(self, self._on_refused),
        )

    def _read(self, item_id: str) -> None:
        desk = self._desk
        self._runner.run(
            lambda: case_shown(desk, item_id),
            while_alive(self, self._show),
            while_alive(self, self._on_refused),
        )

    def _show(self, shown: CaseShown) -> None:
        """Show what was read, unless another case was asked for meanwhile."""
        if shown.case.item.id != self._wanted[1] or self._meeting is None:
            return
        self.case.show_case(shown.view, shown.meeting, shown.since)
        self.deciding.show_case(replace(shown, meeting=self._meeting.meeting))
        self.deciding.set_clock(self.clock.words())
        self._read_ahead()

    def _read_ahead(self) -> None:
        """Read the next case and the one before, before they are asked for."""
        for case in (self._neighbour(1), self._neighbour(-1)):
            if case is not None and case.item.id not in self._ahead:
                self._read_beside(case.item.id, self._wanted[0])

    def _read_beside(self, item_id: str, meeting_id: str) -> None:
        desk = self._desk

        def keep(shown: CaseShown) -> None:
            if self._wanted[0] == meeting_id and self._wanted[1] != item_id:  # in sight it grows old
                self._ahead[item_id] = shown

        self._runner.run(
            lambda: case_shown(desk, item_id), while_alive(self, keep), while_alive(self, _unread)
        )

    def _blank(self) -> None:
        self.head.clear()
        self.case.clear()
        self.deciding.clear()

    def _case(self, item_id: str) -> Case | None:
        cases = self._meeting.cases if self._meeting is not None else ()
        return next((case for case in cases if case.item.id == item_id), None)

    def _neighbour(self, step: int) -> Case | None:
        here, cases = self._case(self._wanted[1]), self._meeting.cases if self._meeting is not None else ()
        if here is None:
            return None
        at = cases.index(here) + step
        return cases[at] if 0 <= at < len(cases) else None

    def _step(self, step: int) -> None:
        case = self._neighbour(step)
        if case is not None:
            self._go(case)
        elif self._meeting is not None:
            self.deciding.keep()
            self.said.emit(
                self.tr("This is the last case.") if step > 0 else self.tr("This is the first case.")
            )

    def _on_chosen(self, item_id: str) -> None:
        case = self._case(item_id)
        if case is not None and item_id != self._wanted[1]:
            self._go(case)

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.said.emit(words)

    def _on_attendees(self, attendees: tuple[Attendee, ...]) -> None:
        if self._meeting is None:
            return
        desk, seen = self._desk, self._meeting.meeting
        self._runner.run(
            lambda: _amended(desk, seen, attendees),
            while_alive(self, self.done.emit),
            while_alive(self, self._on_not_kept),
        )

    def _on_not_kept(self, error: Exception) -> None:
        self._on_refused(error)
        self._read_meeting()

    # parts

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the type grow with the window, and the agenda give way where it is narrow."""
        super().resizeEvent(event)
        growth = growth_for(event.size())
        if growth != self._growth:
            self._growth = growth
            self.setStyleSheet(rules(growth))
            self.case.grow(growth)
        wide = self.width() >= theme.scaled(_WIDE) * growth
        self._left.setFixedWidth(round(theme.scaled(_AGENDA if wide else NARROW) * growth))
        self.deciding.setFixedWidth(round(theme.scaled(_FORM if wide else _NARROW_FORM) * growth))
        self._wide = wide
        self._tell_counts()

    def _tell_counts(self) -> None:
        full, short = self._counts
        if self._wide:
            self._agenda_head.set_texts(self.tr("Agenda"), full)
        else:
            self._agenda_head.set_texts(short)

    def _lay_out(self) -> None:
        self._agenda_head = SectionHeader(self.tr("Agenda"))
        named(self._left, "presenting_left")
        column = QVBoxLayout(self._left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._agenda_head)
        column.addWidget(self.agenda, 1)
        named(self._body, "presenting_body")
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._left)
        row.addWidget(self.case, 1)
        row.addWidget(self.deciding)
        self._empty.hide()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.head)
        page.addWidget(self._body, 1)
        page.addWidget(self._empty, 1)

    def _connect(self) -> None:
        self.head.leave_requested.connect(self.left)
        self.head.print_requested.connect(self._on_print)
        self.agenda.chosen.connect(self._on_chosen)
        self.clock.ticked.connect(self.deciding.set_clock)
        self.deciding.done.connect(self.done)
        self.deciding.said.connect(self.said)
        self.deciding.next_requested.connect(self.next_case)
        self.deciding.attendees_changed.connect(self._on_attendees)
        self.deciding.read_again.connect(self._read)

    def _add_keys(self) -> None:
        keys: tuple[tuple[str, Callable[[], None]], ...] = (
            ("PgDown", self.next_case),
            ("PgUp", self.previous_case),
            ("F5", self.left.emit),
            ("F11", self.full_screen_asked.emit),
            ("Ctrl+Return", self.deciding.sign),
            ("Ctrl+Enter", self.deciding.sign),
            ("Ctrl+P", self._on_print),
        )
        for key, slot in keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _on_print(self) -> None:
        if self._wanted[1]:
            self.print_requested.emit(self._wanted[1])


def _amended(desk: Desk, seen: Meeting, attendees: tuple[Attendee, ...]) -> Done[Meeting]:
    """Keep what was changed of who is there, whatever else was changed since it was seen.

    That somebody is named twice is asked of nobody while the team waits.
    """
    changed = {(one.name, one.role): one for one in attendees if one not in seen.attendees}
    now = meetings.meeting_of(desk, seen.id)
    there = tuple(changed.pop((one.name, one.role), one) for one in now.attendees)
    meeting = replace(now, attendees=(*there, *changed.values()))
    try:
        return meetings.amend_meeting(desk, meeting)
    except RefusedError as error:
        if not error.issues or any(issue.hard for issue in error.issues):
            raise
        return meetings.amend_meeting(desk, meeting, confirmed={issue.code for issue in error.issues})


def _unread(error: Exception) -> None:
    """A case that is not in sight was not read: it is read when it is asked for, and says why then."""
    if sentence_of(error) is None:
        raise error
