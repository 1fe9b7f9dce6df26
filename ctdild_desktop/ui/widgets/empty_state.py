"""What stands where there is nothing yet: what this place is for and what to do first."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.ui import theme


class EmptyState(QFrame):
    """A title, one sentence, and the buttons that begin the work; ``chosen`` carries the button's code."""

    chosen = Signal(str)

    def __init__(
        self,
        title: str,
        text: str = "",
        actions: Iterable[tuple[str, str]] = (),
        parent: QWidget | None = None,
        *,
        upright: bool = False,
    ) -> None:
        """``upright`` puts each button on a line of its own."""
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.buttons: dict[str, QPushButton] = {}
        """The buttons by their code."""
        self.title = QLabel(title, self)
        self.title.setFont(theme.font(1, bold=True))
        self.text = QLabel(text, self)
        self.text.setWordWrap(True)
        self.text.setVisible(bool(text))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addWidget(self.text)
        row = QVBoxLayout() if upright else QHBoxLayout()
        row.setContentsMargins(0, 6, 0, 0)
        row.setSpacing(6)
        for code, words in actions:
            button = QPushButton(words, self)
            button.setObjectName(f"empty_{code}")
            button.setProperty("code", code)
            button.clicked.connect(self._on_clicked)
            self.buttons[code] = button
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(f"{title}. {text}" if text else title)

    def set_title(self, title: str) -> None:
        """Say something else above it."""
        self.title.setText(title)

    def set_text(self, text: str) -> None:
        """Say something else to do."""
        self.text.setText(text)
        self.text.setVisible(bool(text))
        title = self.title.text().rstrip(".")
        self.setAccessibleName(f"{title}. {text}" if text else title)

    def _on_clicked(self) -> None:
        self.chosen.emit(str(self.sender().property("code")))
