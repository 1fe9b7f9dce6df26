"""The room of the team's meetings at one desk: reads what it shows, opens its sheets, does its acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.clinical.records import Meeting
from ctdild_desktop.services import agenda, meetings, suggestions
from ctdild_desktop.services.acts import CHANGE_OF
from ctdild_desktop.services.desk import Change, ChangeSet, Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.services.meetings import MeetingLine, MeetingView
from ctdild_desktop.services.suggestions import Suggestion
from ctdild_desktop.ui.actions import When
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.dialogs.comparing import newer
from ctdild_desktop.ui.dialogs.form_sheet import FormSheet
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.mdt import starting
from ctdild_desktop.ui.mdt.case_sheet import CaseSheet
from ctdild_desktop.ui.mdt.mdt_page import MdtPage
from ctdild_desktop.ui.mdt.meeting_list import in_order
from ctdild_desktop.ui.mdt.meeting_sheet import MeetingSheet
from ctdild_desktop.ui.mdt.put_off_sheet import PutOffSheet
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.search.patient_search import PatientSearch

_SHOWN = {Change.MEETING, Change.DECISION, Change.ACTION, Change.PATIENT, Change.IMPORT}
"""What changes the lists of the room."""
_NO_REASON = {Change.MEETING, Change.DRAFT, Change.SNOOZE, Change.PEOPLE}
"""What gives nobody a reason to be discussed."""


class Doors(Protocol):
    """What the workbench opens."""

    def announce(self, done: Done[Any]) -> None:
        """Say what was done, and tell every screen."""


class MdtRoom(QObject):
    """Answers what the page asks for. Presenting and papers are opened by whoever hears its signals."""

    present_requested = Signal(str, str)
    """Ids of a meeting and of a case of it."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        doors: Doors,
        *,
        window: MainWindow,
        changes: ChangeBus,
        permits: Permits,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._doors, self._window = desk, runner, doors, window
        self._wanted = ""
        """Id of the meeting that shall be in hand; empty for the next one."""
        self._lines: tuple[MeetingLine, ...] = ()
        self._asked = 0
        self._looked = ""
        """Id of the meeting for which the suggestions were looked for."""
        self._suggested: tuple[Suggestion, ...] | None = None
        search = PatientSearch(desk, runner, hint="Ins")
        search.setObjectName("agenda_search")
        search.setPlaceholderText(self.tr("Name, MRN or birth date"))
        search.setAccessibleName(self.tr("Add a patient to the agenda by name, MRN or birth date"))
        search.set_may_add(may=False)
        self._search = search
        self.page = MdtPage(desk, permits, search)
        search.chosen.connect(self.add)
        search.left.connect(self.page.focus_agenda)
        search.refused.connect(window.inform)
        page = self.page
        page.meeting_chosen.connect(self.choose)
        page.action_requested.connect(window.triggered)
        page.present_requested.connect(self._present)
        page.case_requested.connect(self._open_case)
        page.removal_requested.connect(lambda item_id: self._open_case(item_id, removing=True))
        page.suggestion_taken.connect(lambda found: self.add(found.patient_id, found))
        page.moved.connect(self._move)
        page.shown.connect(self._on_shown)
        changes.changed.connect(self._on_changed)

    def by_id(self) -> dict[str, Callable[[], None]]:
        """The acts that the menus call, by the id of their action."""
        return {
            "new_meeting": self._new_meeting,
            "edit_meeting": self._edit_meeting,
            "put_off_case": self._put_off,
            "present": self._present_in_hand,
        }

    # reading

    @property
    def meeting(self) -> Meeting | None:
        """The meeting in hand."""
        view = self.page.view
        return view.meeting if view is not None else None

    def choose(self, meeting_id: str) -> None:
        """Take a meeting in hand."""
        self._wanted = meeting_id
        self.refresh()

    def refresh(self) -> None:
        """Read the meetings and the agenda of the one in hand; then who might be added."""
        desk, wanted = self._desk, self._wanted
        self._asked += 1
        number = self._asked

        def read() -> tuple[tuple[MeetingLine, ...], MeetingView | None]:
            lines = meetings.meetings(desk)
            ids = [line.meeting.id for line in lines]
            chosen = wanted if wanted in ids else _first(lines, desk)
            return lines, meetings.meeting_view(desk, chosen) if chosen else None

        def show(found: tuple[tuple[MeetingLine, ...], MeetingView | None]) -> None:
            if number != self._asked:
                return  # another meeting was chosen meanwhile
            lines, view = found
            self._lines = lines
            self.page.show_meetings(lines, view)
            self._wanted = view.meeting.id if view is not None else ""
            self._offer()
            if view is not None and view.meeting.status != "closed":
                self._suggest(view)

        self._runner.run(read, while_alive(self, show), while_alive(self, self._on_refused))

    def _suggest(self, view: MeetingView) -> None:
        """Show who might be added; looked for anew when there may be other reasons than before.

        It reads everybody, so that it runs beside the acts and not between them.
        """
        desk, meeting_id = self._desk, view.meeting.id
        if self._looked == meeting_id:
            self._show_suggestions()
            return
        self._looked, self._suggested = meeting_id, None
        self._show_suggestions()

        def show(found: tuple[Suggestion, ...]) -> None:
            if self._looked == meeting_id:
                self._suggested = found
                self._show_suggestions()

        self._runner.run(
            lambda: suggestions.suggestions(desk, meeting_id),
            while_alive(self, show),
            while_alive(self, self._on_refused),
            aside=True,
        )

    def _show_suggestions(self) -> None:
        there = {case.item.patient_id for case in self._cases()}
        found = self._suggested
        self.page.show_suggestions(
            None if found is None else tuple(one for one in found if one.patient_id not in there)
        )

    def _on_shown(self, shown: bool) -> None:
        self._offer()
        if shown:
            self.refresh()

    def _offer(self) -> None:
        there = self.page.isVisible() and self.meeting is not None
        self._window.set_available(When.MEETING, on=there)

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.kinds - _NO_REASON:
            self._looked = ""
        if changes.kinds & _SHOWN and self.page.isVisible():
            self.refresh()
        sheet = self.page.sheet
        record = sheet.shown_record() if isinstance(sheet, FormSheet) else None
        if record is None or CHANGE_OF.get(type(record)) not in changes.kinds:
            return
        desk, marked = self._desk, sheet
        assert isinstance(marked, FormSheet)
        self._runner.run(
            lambda: newer(desk, record),
            while_alive(marked, lambda found: marked.mark_elsewhere(found) if found is not None else None),
            while_alive(marked, self._on_refused),
        )

    # meetings

    def _new_meeting(self) -> None:
        self._window.show_room("mdt")
        known = [line.meeting for line in self._lines]
        like = max(known, key=lambda one: one.date, default=None)
        self._open(MeetingSheet(self._desk, self._runner, others=known, like=like))

    def _edit_meeting(self) -> None:
        meeting = self.meeting
        if meeting is None:
            return
        known = [line.meeting for line in self._lines]
        sheet = MeetingSheet(self._desk, self._runner, others=known, saved=meeting)
        self._open(sheet, reading=self._closed())

    def _closed(self) -> str:
        meeting = self.meeting
        closed = meeting is not None and meeting.status == "closed"
        return self.tr("The minutes of this meeting are signed.") if closed else ""

    # cases

    def add(self, patient_id: str, suggested: Suggestion | None = None) -> None:
        """Open the sheet of a new case on the agenda in hand."""
        desk, meeting = self._desk, self.meeting
        self._open_case_of(lambda: starting.new_case(desk, patient_id, meeting, suggested))

    def _open_case(self, item_id: str, *, removing: bool = False) -> None:
        desk = self._desk
        self._open_case_of(lambda: starting.saved_case(desk, item_id), removing=removing)

    def _open_case_of(self, read: Callable[[], Any], *, removing: bool = False) -> None:
        def show(start: Any) -> None:
            sheet = CaseSheet(self._desk, self._runner, start)
            case = next((one for one in self._cases() if one.item == start.saved), None)
            signed = self.tr("The decision on this case is signed.") if case and case.signed else ""
            self._open(sheet, reading=signed or self._closed())
            if removing and not sheet.reading:
                sheet.removal.ask()

        self._runner.run(read, while_alive(self, show), while_alive(self, self._on_refused))

    def _cases(self) -> tuple[meetings.Case, ...]:
        return self.page.view.cases if self.page.view is not None else ()

    def _move(self, row: int, before: int) -> None:
        """Let a row stand before another one."""
        desk, meeting, ids = self._desk, self.meeting, [case.item.id for case in self._cases()]
        if meeting is None or not 0 <= row < len(ids) or not 0 <= before <= len(ids):
            return
        moved = ids.pop(row)
        ids.insert(before - (before > row), moved)
        if ids == [case.item.id for case in self._cases()]:
            return

        def announce(done: Done[Any]) -> None:
            self._doors.announce(done)
            self.page.choose_case(moved)

        self._runner.run(
            lambda: agenda.order_agenda(desk, meeting.id, ids),
            while_alive(self, announce),
            while_alive(self, self._on_refused),
        )

    def _put_off(self) -> None:
        case, meeting = self.page.case, self.meeting
        if case is None or meeting is None:
            self._window.inform(self.tr("Choose a case of the agenda first."))
            return
        desk, here = self._desk, meeting.id

        def show(found: tuple[Meeting, ...]) -> None:
            others = [one for one in found if one.id != here]
            if not others:
                self._window.inform(self.tr("No other meeting is planned. Plan one first (Ctrl+M)."))
                return
            sheet = PutOffSheet(desk, self._runner, case, others)
            signed = self.tr("The decision on this case is signed.") if case.signed else ""
            self._open(sheet, reading=signed or self._closed())

        self._runner.run(
            lambda: starting.coming(desk), while_alive(self, show), while_alive(self, self._on_refused)
        )

    # presenting

    def _present(self, item_id: str) -> None:
        if self.meeting is not None:
            self.keep_drafts()
            self.present_requested.emit(self.meeting.id, item_id)

    def _present_in_hand(self) -> None:
        case = self.page.case
        if case is None:
            self._window.inform(self.tr("Nobody is on the agenda yet."))
        else:
            self._present(case.item.id)

    # sheets

    def open_sheet(self, sheet: FormSheet) -> None:
        """Open a sheet beside the agenda; the room answers to what it does."""
        self._open(sheet)

    def _open(self, sheet: FormSheet, *, reading: str = "") -> None:
        self.keep_drafts()

        def on_saved(done: Done[Any]) -> None:
            self.page.close_sheet()
            self.page.await_focus()
            if isinstance(done.value, Meeting):
                self._wanted = done.value.id
            self._doors.announce(done)

        sheet.said.connect(self._window.inform)
        sheet.closed.connect(self.page.close_sheet)
        sheet.outdated.connect(self.refresh)
        sheet.saved.connect(on_saved)
        self.page.open_sheet(sheet)
        if reading:
            sheet.show_for_reading(reading)
        else:
            sheet.start()

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        self.page.focus_first()

    def keep_drafts(self) -> None:
        """Keep what is typed in the open sheet."""
        if isinstance(self.page.sheet, FormSheet):
            self.page.sheet.keep_draft()

    def leave(self) -> tuple[Typed, ...]:
        """What is typed in the open sheet, for whoever takes the window away."""
        sheet = self.page.sheet
        typed = sheet.leave() if isinstance(sheet, FormSheet) else None
        return (typed,) if typed is not None else ()

    def clear(self) -> None:
        """Let go of everything that was read."""
        self._lines, self._looked, self._suggested = (), "", None
        self._search.forget()
        self.page.forget()

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._window.inform(words)


def _first(lines: tuple[MeetingLine, ...], desk: Desk) -> str:
    """The meeting that is shown when none was chosen: the next one, else the latest."""
    listed = in_order(lines, desk.today())
    return next((line.meeting.id for line in listed if isinstance(line, MeetingLine)), "")
