"""A field whose words are looked for while they are typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit


class SearchField(QLineEdit):
    """Enter and Down go on to what was found."""

    went_on = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Everything but these is typed."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.went_on.emit()
        else:
            super().keyPressEvent(event)
