"""The screen of one patient with its tabs, wired: what is read there, shown, and asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt

from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.ui.case_pages import CasePages
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.patient.documents_tab import DocumentsTab
from ctdild_desktop.ui.patient.history_tab import HistoryTab
from ctdild_desktop.ui.patient.mdt_tab import MdtTab
from ctdild_desktop.ui.patient.patient_page import PatientPage
from ctdild_desktop.ui.patient.picture_acts import PictureActs
from ctdild_desktop.ui.patient_due import PatientDueReader
from ctdild_desktop.ui.patient_renewal import PatientRenewal
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.today_room import TodayRoom

_OPENED = ("log_pft", "add_therapy", "add_adverse_event", "add_hrct", "add_visit", "add_diagnosis")
"""The acts for which the page has a request of their own."""


class Doors(Protocol):
    """What the workbench opens."""

    def act(self, action_id: str) -> None:
        """Do what the action of this id means."""

    def open_record(self, kind: str, record_id: str) -> None:
        """Open the sheet of a record of the patient in sight."""

    def announce(self, done: Done[Any]) -> None:
        """Say what was done, and tell every screen."""

    def tell_written(self, words: str, path: Path) -> None:
        """Say that a file was written, and offer its folder."""


class PatientRoom(QObject):
    """Makes the page and its tabs; ``page`` shows one patient or nobody."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        ask: Ask,
        printing: Printing,
        doors: Doors,
        *,
        window: MainWindow,
        changes: ChangeBus,
        permits: Permits,
        pages: CasePages,
        today: TodayRoom,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._doors = window, doors
        page = self.page = PatientPage(permits)
        self.documents = DocumentsTab(desk, runner, ask, permits)
        page.add_tab("documents", self.tr("Documents {count}"), self.documents, count=DocumentsTab.count)
        self.decided = MdtTab(desk, runner)
        page.add_tab("mdt", self.tr("MDT {count}"), self.decided, count=MdtTab.count)
        self.history = HistoryTab(desk, runner)
        page.add_tab("history", self.tr("History"), self.history)
        self.pictures = PictureActs(desk, runner, ask, printing, page.overview)
        self.renewal = PatientRenewal(desk, runner, page, window=window, changes=changes, parent=self)
        self.due = PatientDueReader(desk, runner, page, today, self)
        self._connect(pages)

    def _connect(self, pages: CasePages) -> None:
        page, window, doors = self.page, self._window, self._doors
        for name in _OPENED:
            getattr(page, f"{name}_requested").connect(partial(doors.act, name))
        page.add_requested.connect(doors.act)
        page.edit_patient_requested.connect(partial(doors.act, "edit_patient"))
        page.print_requested.connect(partial(doors.act, "print_page"))
        page.open_record_requested.connect(doors.open_record)
        page.overview.bar.set_picture_actions([window.qaction(name) for name in self.pictures.by_id()])
        for tab in (self.history, self.documents, self.decided):
            tab.done.connect(doors.announce)
        for telling in (self.documents.said, self.decided.said, self.history.refused, self.pictures.said):
            telling.connect(window.inform)
        for tab in (self.documents, self.decided):
            tab.record_requested.connect(doors.open_record)
        self.documents.exported.connect(
            partial(doors.tell_written, self.tr("Written, not encrypted: {name}."))
        )
        self.documents.add_requested.connect(doors.act)
        self.decided.page_requested.connect(pages.show_signed)
        self.pictures.saved.connect(partial(doors.tell_written, self.tr("Time-line saved: {name}")))

    def by_id(self) -> dict[str, Callable[[], None]]:
        """The acts that the menus call, by the id of their action."""
        return {
            "attach_files": lambda: self.with_view(lambda _view: self._attach_files()),
            "history": lambda: self.with_view(lambda _view: self._show_history()),
            **self.pictures.by_id(),
        }

    def with_view(self, do: Callable[[PatientView], None]) -> None:
        """Do something with the patient in sight, if there is one."""
        view = self.page.view
        if view is not None and self._window.shown == "patient":
            do(view)

    def focus_first(self) -> None:
        """Put the focus where work goes on: in the open sheet, else on the time-line."""
        if self.page.sheet is not None:
            self.page.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.page.focus_chart()

    def clear(self) -> None:
        """Let go of what the tabs have read."""
        for tab in (self.history, self.documents, self.decided):
            tab.clear()

    def _attach_files(self) -> None:
        self.page.show_tab("documents")
        self.documents.choose_files()

    def _show_history(self) -> None:
        self.page.show_tab("history")
        self.history.focus_first()
