"""The room of the evidence at one desk: the library, and the way from a patient to it and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.clinical.evidence_search import Asked
from ctdild_desktop.ui.actions import When
from ctdild_desktop.ui.evidence.evidence_page import EvidencePage
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.patient.patient_page import PatientPage


class Doors(Protocol):
    """What the workbench opens."""

    def open_patient(
        self, patient_id: str, then: Callable[[], None] | None = None, *, where: str = ""
    ) -> None:
        """Show a patient, then do something with them."""


class EvidenceRoom(QObject):
    """Puts the page on the rail. It reads nothing of the registry."""

    study_requested = Signal(str)
    """Id of a claim whose design shall be run on the registry."""

    def __init__(
        self, doors: Doors, patient: PatientPage, *, window: MainWindow, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._doors, self._patient, self._window = doors, patient, window
        self._of_patient = ""
        self.page = EvidencePage()
        window.add_room("evidence", self.tr("Evidence"), "evidence", self.page)
        window.room_chosen.connect(self._on_room)
        self.page.said.connect(window.inform)
        self.page.left.connect(self._back)
        self.page.study_requested.connect(self._run)
        patient.reasons.library_requested.connect(self.look_up)

    def look_up(self, asked: Asked, claim_id: str = "") -> None:
        """Show what the library has on what a patient's page asked for, and one claim of it.

        Raises:
            KeyError: the library has no claim of this id.
        """
        self._of_patient = self._patient.patient_id
        self.page.ask(asked, back=True)
        if claim_id:
            self.page.show_claim(claim_id)
        self._window.set_available(When.PATIENT, on=False)
        self._window.show_page("evidence", "evidence")
        self.page.focus_first()

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
        self._doors.open_patient(self._of_patient, self._patient.show_evidence, where="evidence")
