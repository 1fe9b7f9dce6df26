"""Reads what is due of the patient in sight beside the work, a moment after the page shows."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from ctdild_desktop.services import patient_due
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.patient_due import PatientDue
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.patient.patient_page import PatientPage
from ctdild_desktop.ui.today_room import TodayRoom

_AFTER_MS = 150
"""The page is drawn first; who leafs through patients does not wait for the rules of each."""


class PatientDueReader(QObject):
    """Fills the due list and the next meeting of the patient screen, and leads from a row to its work."""

    def __init__(
        self, desk: Desk, runner: Runner, page: PatientPage, room: TodayRoom, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._page = desk, runner, page
        self._timer = QTimer(page)  # goes with the window, not with who made it
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self.read_now)
        page.reasons.renewed.connect(self._timer.start)
        page.reasons.due.opened.connect(room.begin)

    def read_now(self) -> None:
        """Read what is due of the patient in sight."""
        self._timer.stop()
        desk, patient_id = self._desk, self._page.patient_id
        if not patient_id:
            return

        def show(found: PatientDue | None) -> None:
            if found is not None and found.patient_id == self._page.patient_id:
                self._page.reasons.due.show_due(found)
                self._page.overview.set_meeting(found.meeting)

        def refused(error: Exception) -> None:
            words = sentence_of(error)  # locked meanwhile, or the server is away
            if words is None:
                raise error
            self._page.reasons.due.say(words)

        self._runner.run(
            lambda: patient_due.due_of(desk, patient_id),
            while_alive(self._page, show),
            while_alive(self._page, refused),
        )
