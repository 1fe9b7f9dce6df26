"""What helps with a line that hides what is typed: seeing it, and hearing how good a passphrase is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.naming import named


class ShowSecrets(CheckBox):
    """Shows what is typed into some lines while it is ticked."""

    def __init__(self, words: str, name: str, *lines: QLineEdit) -> None:
        super().__init__(words)
        named(self, name)
        self._lines = lines
        self.toggled.connect(self._on_toggled)

    def _on_toggled(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        for line in self._lines:
            line.setEchoMode(mode)


class Strength(QLabel):
    """Says in words how good the passphrase in a line is, as it is typed."""

    def __init__(self, line: QLineEdit, told: Callable[[str], str]) -> None:
        super().__init__()
        named(self, f"{line.objectName()}_strength")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("secondary", True)
        self._line, self._told = line, told
        line.textChanged.connect(self._on_changed)

    def _on_changed(self, text: str) -> None:
        words = self._told(text) if text else ""
        self.setText(words)
        self._line.setAccessibleDescription(words)
