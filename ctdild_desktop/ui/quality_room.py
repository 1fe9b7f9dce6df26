"""The report of quality at one desk: its page, the way to a record and back, paper and file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject

from ctdild_desktop.clinical.quality.report import Behind, Report
from ctdild_desktop.services import quality_files
from ctdild_desktop.services.desk import Change, ChangeSet, Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.printed import PrintedBy
from ctdild_desktop.ui.actions import When
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.patient.patient_page import PatientPage
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.quality.printout import printout_of
from ctdild_desktop.ui.quality.quality_page import Printable, QualityPage

_NOT_COUNTED = frozenset({Change.DRAFT, Change.SETTINGS, Change.PEOPLE, Change.SNOOZE})
_OPENED_AS = {"infusion": "therapy"}
"""Records that are opened with another one."""


class Doors(Protocol):
    """What the workbench opens."""

    printing: Printing

    @property
    def patient(self) -> PatientPage:
        """The screen of one patient."""

    def act(self, action_id: str) -> None:
        """Do what the action of this id means."""

    def open_patient(
        self, patient_id: str, then: Callable[[], None] | None = None, *, where: str = ""
    ) -> None:
        """Show a patient, then do something with them."""

    def open_record(self, kind: str, record_id: str) -> None:
        """Open the sheet of a record of the patient in sight."""


class QualityRoom(QObject):
    """Shows the page within the room of the registry."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        ask: Ask,
        doors: Doors,
        *,
        window: MainWindow,
        changes: ChangeBus,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._ask = desk, runner, ask
        self._doors, self._window = doors, window
        self.page = QualityPage(desk, runner)
        window.add_page("quality", self.page)
        self.page.left.connect(lambda: window.show_room("registry"))
        self.page.refused.connect(window.inform)
        self.page.record_requested.connect(self._open)
        self.page.print_requested.connect(self._print)
        self.page.file_requested.connect(self._write)
        changes.changed.connect(self._on_changed)

    def by_id(self) -> dict[str, Callable[[], None]]:
        """The acts that the menus call, by the id of their action."""
        return {"quality": self.show}

    def show(self) -> None:
        """Show the page as it was left; the first time it reads the registry."""
        self._window.set_available(When.PATIENT, on=False)
        self._window.show_page("quality", "registry")
        self.page.start()

    def clear(self) -> None:
        """Let go of everything that was read."""
        self.page.clear()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.kinds - _NOT_COUNTED:
            self.page.mark_outdated()

    def _open(self, one: Behind, asked_of: str) -> None:
        """Open what lacks something where it is entered; the way back stands in the status bar."""

        def then() -> None:
            if one.kind == "decision":
                self._doors.patient.show_tab("mdt")
            elif one.kind != "patient":
                self._doors.open_record(_OPENED_AS.get(one.kind, one.kind), one.record_id)
            elif asked_of == "patient":
                self._doors.act("edit_patient")
            else:
                self._doors.patient.focus_chart()
            self._window.inform(
                self.tr("Opened from the report of quality."),
                follow=(self.tr("Back to the report  F4"), self.show),
            )

        self._doors.open_patient(one.person.id, then, where="quality")

    def _print(self, data: Printable) -> None:
        desk = self._desk
        self._run(
            lambda: quality_files.for_paper(desk, data.found, names=data.names),
            partial(self._preview, data, desk.today()),
        )

    def _preview(self, data: Printable, day: dt.date, by: PrintedBy) -> None:
        self._doors.printing.show(printout_of(data, by, day))

    def _write(self, report: Report) -> None:
        desk = self._desk
        suggested = Path.home() / f"quality-{desk.today():%Y-%m-%d}.csv"
        self._ask.save_file(
            self.tr("Numbers of the report"),
            suggested,
            self.tr("Table (*.csv)"),
            lambda path: self._run(
                lambda: quality_files.counts_into_file(desk, report, path),
                self._doors.printing.written.emit,
            ),
        )

    def _run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._runner.run(work, while_alive(self, then), while_alive(self, self._on_refused))

    def _on_refused(self, error: Exception) -> None:
        told = sentence_of(error)
        if told is None:
            raise error
        self._window.inform(told)
