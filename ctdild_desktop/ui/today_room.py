"""The room of the day at one desk: each row of the work list opens where its work is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.today import Place, TodayRow
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.patient.patient_page import PatientPage
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.today.today_page import ACTION_OF, TodayPage

_WHERE = "today"
"""What the audit trail says of where a patient was opened from."""


class Doors(Protocol):
    """What the workbench opens."""

    patient: PatientPage

    def act(self, action_id: str) -> None:
        """Do what the action of this id means."""

    def open_patient(
        self, patient_id: str, then: Callable[[], None] | None = None, *, where: str = ""
    ) -> None:
        """Show a patient, then do something with them."""

    def open_record(self, kind: str, record_id: str) -> None:
        """Open the sheet of a record of the patient in sight."""


class TodayRoom(QObject):
    """Puts the page on the rail, and leads from its rows to the patient, the sheet or the tab."""

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
        self._doors = doors
        self.page = TodayPage(desk, runner, changes, permits)
        self.page.open_requested.connect(self.open_row)
        self.page.patient_requested.connect(lambda one: doors.open_patient(one, where=_WHERE))
        self.page.action_requested.connect(doors.act)
        self.page.refused.connect(window.inform)
        window.add_room("today", self.tr("Today"), "today", self.page)

    def open_row(self, row: TodayRow) -> None:
        """Open the patient of a row, and there what its work needs."""
        self._doors.open_patient(row.person.id, self._then(row), where=_WHERE)

    def come_back(self) -> None:
        """The room is in sight: look again at whom the person worked with."""
        patient_id = self._doors.patient.patient_id
        if patient_id:
            self.page.reader.read_again((patient_id,))
        self.page.focus_first()

    def _then(self, row: TodayRow) -> Callable[[], None] | None:
        doors, place = self._doors, self.page.leads_to(row.place)
        if place is Place.TEST:
            return lambda: doors.open_record("test", row.record_id)
        if place is Place.THERAPY:
            return lambda: self._show_therapy(doors.patient)
        action = ACTION_OF.get(place)
        return None if action is None else lambda: doors.act(action)

    def _show_therapy(self, page: PatientPage) -> None:
        page.show_tab("therapy")
        part = page.findChild(QWidget, "therapy_tab")
        if part is not None:
            part.setFocus(Qt.FocusReason.OtherFocusReason)
            part.focusNextChild()
