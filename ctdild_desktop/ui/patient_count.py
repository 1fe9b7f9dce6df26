"""How many patients there are, at the right of the status bar and for whoever shows it elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Change, ChangeSet, Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow


class PatientCount(QObject):
    """Counts anew whenever a patient may have come or gone."""

    counted = Signal(int)

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        *,
        window: MainWindow,
        changes: ChangeBus,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._window = desk, runner, window
        self.number: int | None = None
        """What was counted last."""
        changes.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Count."""
        desk = self._desk
        self._runner.run(
            lambda: patients.count(desk),
            while_alive(self, self._show),
            while_alive(self, self._refuse),
        )

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.kinds & {Change.PATIENT, Change.IMPORT}:
            self.refresh()

    def _show(self, number: int) -> None:
        self.number = number
        self.counted.emit(number)
        words = self.tr("Encrypted registry · 1 patient")
        if number != 1:
            words = self.tr("Encrypted registry · {count} patients").format(count=number)
        self._window.set_registry_note(words)

    def _refuse(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._window.inform(words)
