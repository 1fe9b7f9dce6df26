"""The room of the day at one desk: each row of the work list opens where its work is done."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from ctdild_desktop.services import events, mdt_actions, snoozes
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.services.today import Place, TodayRow
from ctdild_desktop.services.today_drafts import DETAILS
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.today.today_page import ACTION_OF, TodayPage

if TYPE_CHECKING:
    from ctdild_desktop.reports.work_list import PrintedList
    from ctdild_desktop.ui.patient.patient_page import PatientPage
    from ctdild_desktop.ui.today.snooze_sheet import SnoozeSheet

_WHERE = "today"
"""What the audit trail says of where a patient was opened from."""


class Doors(Protocol):
    """What the workbench has and opens."""

    @property
    def patient(self) -> PatientPage:
        """The screen of one patient."""

    @property
    def patient_id(self) -> str:
        """Id of the patient who was opened last; empty before the first one."""

    def act(self, action_id: str) -> None:
        """Do what the action of this id means."""

    def open_patient(
        self, patient_id: str, then: Callable[[], None] | None = None, *, where: str = ""
    ) -> None:
        """Show a patient, then do something with them."""

    def open_record(self, kind: str, record_id: str) -> None:
        """Open the sheet of a record of the patient in sight."""

    def announce(self, done: Done[Any]) -> None:
        """Say what was done, and tell every screen."""


class TodayRoom(QObject):
    """Leads from its rows to the patient, the sheet or the tab."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        printing: Printing,
        doors: Doors,
        *,
        window: MainWindow,
        changes: ChangeBus,
        permits: Permits,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._window, self._doors = desk, runner, window, doors
        self._printing = printing
        self.page = TodayPage(desk, runner, changes, permits)
        self.page.open_requested.connect(self.open_row)
        self.page.patient_requested.connect(lambda one: doors.open_patient(one, where=_WHERE))
        self.page.action_requested.connect(doors.act)
        self.page.snooze_requested.connect(self.put_off)
        self.page.done_requested.connect(self.finish)
        self.page.print_requested.connect(self.print_list)
        self.page.refused.connect(window.inform)

    def open_row(self, row: TodayRow) -> None:
        """Open the patient of a row, and there what its work needs."""
        self._doors.open_patient(row.person.id, self._then(row), where=_WHERE)

    def begin(self, row: TodayRow) -> None:
        """Do the work of a row of the patient who is in sight already."""
        (self._then(row) or self._doors.patient.focus_chart)()

    def go_on(self, *, otherwise: Callable[[], None]) -> None:
        """Log a test of the patient who follows the one in sight in today's clinic, by name."""
        here = self._doors.patient_id
        clinics = (clinic for clinic in self.page.reader.work.clinics if clinic.day == self._desk.today())
        row = next((clinic.following(here) for clinic in clinics), None)
        if row is None:
            otherwise()
        else:
            self._doors.open_patient(row.person.id, lambda: self._doors.act("log_pft"), where=_WHERE)

    def put_off(self, row: TodayRow) -> None:
        """Ask until when and why a row can wait; one that was put off is shown again."""
        desk, held = self._desk, row.snooze
        reason = why_not(desk, snoozes.put_off)
        if reason:
            self._window.inform(reason)
        elif held is None:
            from ctdild_desktop.ui.today.snooze_sheet import SnoozeSheet

            self._open(SnoozeSheet(desk, self._runner, row))
        else:
            self._runner.run(
                lambda: snoozes.show_again(desk, held.id),
                while_alive(self, self._doors.announce),
                while_alive(self, self._on_refused),
            )

    def finish(self, row: TodayRow) -> None:
        """Say that an action of a meeting was done today; other rows are done where they open."""
        desk, action_id = self._desk, row.record_id
        reason = why_not(desk, mdt_actions.finish_action)
        if row.place is not Place.MDT:
            self._window.inform(self.tr("Enter opens where this is done."))
        elif reason:
            self._window.inform(reason)
        else:
            self._runner.run(
                lambda: mdt_actions.finish_action(desk, action_id, desk.today()),
                while_alive(self, self._doors.announce),
                while_alive(self, self._on_refused),
            )

    def _open(self, sheet: SnoozeSheet) -> None:
        self.keep_drafts()

        def on_saved(done: Done[Any]) -> None:
            self.page.close_sheet()
            self._doors.announce(done)

        sheet.said.connect(self._window.inform)
        sheet.closed.connect(self.page.close_sheet)
        sheet.saved.connect(on_saved)
        self.page.open_sheet(sheet)
        sheet.start()

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._window.inform(words)

    def print_list(self, data: PrintedList) -> None:
        """Note who is on the list, and show it as it will be printed."""
        desk, count = self._desk, len({row.identity for group in data.groups for row in group.rows})
        self._runner.run(
            lambda: events.note(desk, "listed", what="work list", patients=str(count)),
            while_alive(self, lambda _noted: self._preview(data)),
            while_alive(self, self._on_refused),
        )

    def _preview(self, data: PrintedList) -> None:
        from ctdild_desktop.ui.printing import sheets
        from ctdild_desktop.ui.printing.sheets import Printout

        def make(size: str, wanted: tuple[int, ...]) -> bytes:
            from ctdild_desktop.reports.work_list import write_work_list

            held = io.BytesIO()
            write_work_list(held, data, page_size=size)
            return sheets.only(held.getvalue(), wanted) if wanted else held.getvalue()

        self._printing.show(
            Printout(
                title=self.tr("Work list"),
                file_name=f"work-list-{self._desk.today():%Y-%m-%d}.pdf",
                make=make,
            )
        )

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        self.page.focus_first()

    def keep_drafts(self) -> None:
        """Keep what is typed in the open sheet."""
        if self.page.sheet is not None:
            self.page.sheet.keep_draft()

    def leave(self) -> tuple[Typed, ...]:
        """What is typed in the open sheet, for whoever takes the window away."""
        sheet = self.page.sheet
        typed = sheet.leave() if sheet is not None else None
        return (typed,) if typed is not None else ()

    def come_back(self) -> None:
        """The room is in sight: look again at whom the person worked with."""
        patient_id = self._doors.patient_id
        if patient_id:
            self.page.reader.read_again((patient_id,))
        self.page.focus_first()

    def _then(self, row: TodayRow) -> Callable[[], None] | None:
        doors, place = self._doors, self.page.leads_to(row.place)
        if place is Place.TEST:
            return lambda: doors.open_record("test", row.record_id)
        if place is Place.DRAFT:
            return lambda: self._resume(*row.record_id.split(":"))
        if place is Place.THERAPY:
            return lambda: self._show_therapy(doors.patient)
        if place is Place.MDT:
            return lambda: self._show_action(doors.patient, row.record_id)
        action = ACTION_OF.get(place)
        return None if action is None else lambda: doors.act(action)

    def _resume(self, kind: str, record_id: str) -> None:
        if kind == DETAILS:
            self._doors.act("edit_patient")
        else:
            self._doors.open_record(kind, record_id)

    def _show_action(self, page: PatientPage, action_id: str) -> None:
        from ctdild_desktop.ui.patient.mdt_tab import MdtTab

        page.show_tab("mdt")
        tab = page.findChild(MdtTab)
        if tab is not None:
            tab.choose_action(action_id)

    def _show_therapy(self, page: PatientPage) -> None:
        page.show_tab("therapy")
        part = page.findChild(QWidget, "therapy_tab")
        if part is not None:
            part.setFocus(Qt.FocusReason.OtherFocusReason)
            part.focusNextChild()
