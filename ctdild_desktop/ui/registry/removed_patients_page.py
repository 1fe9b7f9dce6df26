"""The patients that were removed, and the way back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ctdild_desktop.services import removed
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.permissions import may
from ctdild_desktop.services.removed import Removed
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.removed_view import RemovedView
from ctdild_desktop.ui.widgets.section_header import SectionHeader


class RemovedPatientsPage(Later):
    """Lists removed patients; ``done`` carries a restoring act, so that the frame can offer its undo."""

    done = Signal(object)
    refused = Signal(str)

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("removed_patients_page")
        self._desk, self._runner = desk, runner

    def _make_inside(self) -> None:
        self.gone = RemovedView(
            "removed_patients",
            self.tr("Removed patients"),
            empty=(
                self.tr("No patient was removed"),
                self.tr("A patient who is removed stays here with everything recorded and can be restored."),
            ),
            may_restore=may(self._desk, removed.restore_removed_patient),
            why_not=self.tr("Your role may look but not restore."),
        )
        self.gone.restore_requested.connect(self._restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(SectionHeader(self.tr("Removed patients")))
        column.addWidget(self.gone, 1)

    def start(self) -> None:
        """Read what was removed."""
        self.refresh()
        self.gone.focus_first()

    def refresh(self) -> None:
        """Read the removed patients anew."""
        desk = self._desk
        self._runner.run(
            lambda: removed.removed_patients(desk),
            while_alive(self, self.gone.show_items),
            while_alive(self, self._on_refused),
        )

    def clear(self) -> None:
        """Hold nothing any more."""
        if self.made:
            self.gone.clear()

    def _restore(self, item: Removed, reason: str) -> None:
        desk = self._desk
        self._runner.run(
            lambda: removed.restore_removed_patient(desk, item.id, reason),
            while_alive(self, self.done.emit),
            while_alive(self, self._on_refused),
        )

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.refused.emit(words)
