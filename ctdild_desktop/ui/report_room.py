"""Reports in text from wherever they come, opened beside their patients to be confirmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from ctdild_desktop.services import report_sources
from ctdild_desktop.services.report_sources import Report
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.patient.patient_page import PatientPage
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.pft.report_sheet import ReportSheet
from ctdild_desktop.ui.registry_room import RegistryRoom
from ctdild_desktop.ui.side_sheets import SideSheets


class Doors(Protocol):
    """What the workbench has and opens."""

    ask: Ask
    window: MainWindow
    permits: Permits

    @property
    def patient(self) -> PatientPage:
        """The screen of one patient."""

    @property
    def sheets(self) -> SideSheets:
        """The sheets beside it."""

    @property
    def registry(self) -> RegistryRoom:
        """The room of the registry."""

    def act(self, action_id: str) -> None:
        """Do what the action of this id means."""

    def open_patient(
        self, patient_id: str, then: Callable[[], None] | None = None, *, where: str = ""
    ) -> None:
        """Show a patient."""


class ReportRoom(QObject):
    """Answers *Paste report*, and what the import page and the sheet ask for."""

    def __init__(self, doors: Doors, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._doors = doors

    def by_id(self) -> dict[str, Callable[[], None]]:
        """The acts that the menus call, by the id of their action."""
        return {"paste_report": self.paste}

    def paste(self) -> None:
        """Take the text of the clipboard for the patient in sight; without one, on the import page."""
        doors = self._doors
        view = doors.patient.view
        if view is None or doors.window.shown != "patient":
            self._paste_on_import_page()
            return
        sheet = doors.patient.sheet
        if isinstance(sheet, ReportSheet):
            sheet.text_view.paste_now()
            return
        text = QApplication.clipboard().text()
        make = (lambda: report_sources.pasted(text)) if report_sources.holds_values(text) else None
        doors.sheets.confirm_report(view, make)

    def _paste_on_import_page(self) -> None:
        reason = self._doors.permits.refusal("import")
        if reason:
            self._doors.window.inform(
                self.tr("Open the patient first: a report is confirmed beside the patient whose it is.")
            )
            return
        self._doors.act("import")
        self._doors.registry.paste_report()

    def open(self, patient_id: str, report: Report) -> None:
        """Confirm a report beside its patient."""

        def confirm() -> None:
            view = self._doors.patient.view
            if view is not None:
                self._doors.sheets.confirm_report(view, lambda: report)

        self._doors.open_patient(patient_id, confirm, where="import")

    def choose_file(self, sheet: Any) -> None:
        """Let the person choose the file of the report for a sheet."""
        self._doors.ask.open_files(
            self.tr("Open a report"),
            self.tr("Reports (*.pdf *.txt);;All files (*)"),
            lambda paths: sheet.open_file(paths[0]),
            several=False,
        )
