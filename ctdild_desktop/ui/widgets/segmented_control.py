"""A row of joined buttons of which exactly one is on."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

_SIDES = 18
"""Padding and edges of a button beside its words."""


class SegmentedControl(QFrame):
    """Choose one of a few (code, words) pairs; ``chosen`` carries the code that the person chose."""

    chosen = Signal(str)

    def __init__(
        self, name: str, label: str, choices: Iterable[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("segments")
        self.setAccessibleName(label)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(1)
        for code, words in choices:
            button = QToolButton(self)
            button.setText(words)
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setObjectName(f"{name}_{code}")
            button.setAccessibleName(f"{label}: {words}")
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
            button.setMinimumHeight(theme.scaled(20))
            room = QFontMetrics(theme.font(bold=True)).horizontalAdvance(words)
            button.setMinimumWidth(room + theme.scaled(_SIDES))  # the words are bold when it is on
            self._group.addButton(button)
            self._buttons[code] = button
            row.addWidget(button)
        self._group.buttonClicked.connect(self._on_clicked)

    def current(self) -> str:
        """The code that is on."""
        return next((code for code, button in self._buttons.items() if button.isChecked()), "")

    def set_current(self, code: str) -> None:
        """Turn one on without emitting; raises KeyError for an unknown code."""
        self._buttons[code].setChecked(True)

    def set_possible(self, code: str, possible: bool, reason: str = "") -> None:
        """Allow or disable one; the reason becomes its tool tip."""
        self._buttons[code].setEnabled(possible)
        self._buttons[code].setToolTip(tip("" if possible else reason))

    def set_words(self, code: str, words: str) -> None:
        """Call one differently; raises KeyError for an unknown code."""
        self._buttons[code].setText(words)
        self._buttons[code].setAccessibleName(f"{self.accessibleName()}: {words}")

    def set_hint(self, code: str, hint: str) -> None:
        """Name the key of one in its tool tip."""
        self._buttons[code].setToolTip(tip(hint))

    def _on_clicked(self) -> None:
        self.chosen.emit(self.current())
