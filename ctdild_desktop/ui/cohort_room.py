"""The room of the cohort at one desk: its page, the way to a patient and back, and what is handed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.services.desk import Change, ChangeSet, Desk, Done
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.cohort.cohort_page import CohortPage
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.printing.sheets import Printout

_NOT_ASKED = frozenset({Change.DRAFT, Change.SETTINGS, Change.PEOPLE, Change.SNOOZE, Change.INBOX})
"""What changes no answer."""


class Doors(Protocol):
    """What the workbench opens."""

    printing: Printing

    def open_patient(
        self, patient_id: str, then: Callable[[], None] | None = None, *, where: str = ""
    ) -> None:
        """Show a patient, then do something with them."""

    def announce(self, done: Done[Any]) -> None:
        """Say what was done, and tell every screen."""


class CohortRoom(QObject):
    """Answers what the page asks for."""

    export_wanted = Signal(object)
    """Ids of the patients that shall be exported."""
    evidence_wanted = Signal(str)
    """Id of a claim of the library."""

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
        self._doors, self._window = doors, window
        self.page = CohortPage(desk, runner, ask)
        self.page.patient_requested.connect(self._open)
        self.page.export_requested.connect(self.export_wanted)
        self.page.evidence_requested.connect(self.evidence_wanted)
        self.page.done.connect(doors.announce)
        self.page.refused.connect(window.inform)
        self.page.written.connect(doors.printing.written)
        self.page.print_requested.connect(self._print)
        changes.changed.connect(self._on_changed)

    def start(self) -> None:
        """The room came in sight."""
        self.page.start()

    def run_study(self, claim_id: str) -> None:
        """Show the room and run a study of the evidence."""
        self._window.show_room("cohort")
        self.page.run_study(claim_id)

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        self.page.focus_first()

    def keep_drafts(self) -> None:
        """Keep the question as it stands."""
        self.page.keep_drafts()

    def leave(self) -> tuple[Typed, ...]:
        """What is typed, for whoever takes the window away."""
        return self.page.leave()

    def clear(self) -> None:
        """Let go of everything that was read from the registry."""
        self.page.clear()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.kinds - _NOT_ASKED:
            self.page.mark_outdated()
        if Change.SETTINGS in changes.kinds and self._window.shown == "cohort":
            self.page.question.saved.refresh()

    def _print(self, printout: Printout) -> None:
        self._doors.printing.show(printout)

    def _open(self, patient_id: str) -> None:
        """Open a patient; the way back stands in the status bar."""

        def then() -> None:
            self._window.inform(
                self.tr("Opened from the cohort."),
                follow=(self.tr("Back to the cohort  Ctrl+4"), lambda: self._window.show_room("cohort")),
            )

        self._doors.open_patient(patient_id, then, where="cohort")
