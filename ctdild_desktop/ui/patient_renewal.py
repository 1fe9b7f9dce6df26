"""Reads the patient in sight anew when something of them has changed."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ctdild_desktop.services import patients
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import ChangeSet, Desk, RefusedError
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.actions import When
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.patient.patient_page import PatientPage


class PatientRenewal(QObject):
    """Hears of every change; a patient who is gone gives way to the list."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        page: PatientPage,
        *,
        window: MainWindow,
        changes: ChangeBus,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._page, self._window = desk, runner, page, window
        changes.changed.connect(self._on_changed)

    def renew(self) -> None:
        """Read the patient in sight anew."""
        desk, patient_id = self._desk, self._page.patient_id

        def show(view: PatientView) -> None:
            if self._page.patient_id == patient_id:
                self._page.show_view(view)

        self._runner.run(
            lambda: patients.view(desk, patient_id),
            while_alive(self, show),
            while_alive(self, self._on_refused),
        )

    def _on_changed(self, changes: ChangeSet) -> None:
        shown = self._page.patient_id
        if shown and self._window.shown == "patient" and changes.patient_id in (None, shown):
            self.renew()

    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, RefusedError):
            self._window.set_available(When.PATIENT, on=False)
            self._window.show_room("patients")
            return
        words = sentence_of(error)
        if words is None:
            raise error
        self._window.inform(words)
