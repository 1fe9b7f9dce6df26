"""The room of the evidence at one desk: the library, and the way from a patient to it and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.clinical.evidence_search import Asked
from ctdild_desktop.cohort.published import designs
from ctdild_desktop.ui.actions import When
from ctdild_desktop.ui.evidence.evidence_page import EvidencePage
from ctdild_desktop.ui.main_window import MainWindow

if TYPE_CHECKING:
    from ctdild_desktop.ui.patient.patient_page import PatientPage


class Doors(Protocol):
    """What the workbench has and opens."""

    @property
    def patient(self) -> PatientPage:
        """The screen of one patient."""

    def open_patient(
        self, patient_id: str, then: Callable[[], None] | None = None, *, where: str = ""
    ) -> None:
        """Show a patient, then do something with them."""


class EvidenceRoom(QObject):
    """Leads to the page and back. It reads nothing of the registry."""

    study_requested = Signal(str)
    """Id of a claim whose design shall be run on the registry."""

    def __init__(self, doors: Doors, *, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._doors, self._window = doors, window
        self._of_patient = ""
        self.page = EvidencePage()
        self.page.set_designs(one for one, design in designs().items() if not design.not_run)
        window.room_chosen.connect(self._on_room)
        self.page.said.connect(window.inform)
        self.page.left.connect(self._back)
        self.page.study_requested.connect(self._run)

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        self.page.focus_first()

    def look_up(self, asked: Asked, claim_id: str = "") -> None:
        """Show what the library has on what a patient's page asked for, and one claim of it.

        Raises:
            KeyError: the library has no claim of this id.
        """
        self._of_patient = self._doors.patient.patient_id
        self.page.ask(asked, back=True)
        if claim_id:
            self.page.show_claim(claim_id)
        self._window.set_available(When.PATIENT, on=False)
        self._window.show_page("evidence", "evidence")
        self.page.focus_first()

    def show_claim(self, claim_id: str) -> None:
        """Show the room and a claim of the library.

        Raises:
            KeyError: the library has no claim of this id.
        """
        self._window.show_room("evidence")
        self.page.show_claim(claim_id)

    def _on_room(self, room: str) -> None:
        if room == "evidence":
            self.page.ask(self.page.asked(), back=False)

    def _run(self, claim_id: str) -> None:
        self.study_requested.emit(claim_id)
        self._window.inform(
            self.tr("Asked for by {id} of the evidence.").format(id=claim_id),
            follow=(self.tr("Back to the evidence  Ctrl+5"), lambda: self._window.show_room("evidence")),
        )

    def _back(self) -> None:
        self._doors.open_patient(self._of_patient, self._doors.patient.show_evidence, where="evidence")
