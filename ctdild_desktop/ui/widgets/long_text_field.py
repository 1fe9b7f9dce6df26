"""A text of several lines that behaves like the other fields of a form."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ctdild_desktop.clinical.plausibility import Fix, Issue
from ctdild_desktop.ui.widgets.fields import FieldState, mark, state_of

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LongTextField(QPlainTextEdit):
    """Words that wrap. Enter goes on to the next field, Shift+Enter begins a new line, Tab leaves.

    Same signals and methods as the typed fields.
    """

    changed = Signal(str)
    left = Signal()
    accepted = Signal()
    note_changed = Signal()

    def __init__(self, name: str, label: str, *, lines: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = label
        self.state = FieldState.NORMAL
        self.message = ""
        self.fix: Fix | None = None
        self._lines = lines
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setProperty("fieldState", FieldState.NORMAL.value)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fit()
        self.textChanged.connect(self._on_typed)

    def value(self) -> str:
        """The words without surrounding blanks."""
        return self.text_value()

    def text_value(self) -> str:
        """The words without surrounding blanks."""
        return self.toPlainText().strip()

    def set_text(self, text: str) -> None:
        """Put words in, as if typed."""
        self.setPlainText(text)

    def problem(self) -> str:
        """Words can always be read."""
        return ""

    def show_issue(self, issue: Issue | None) -> None:
        """Show what is wrong with the words, or nothing."""
        self._show(state_of(issue), issue.text if issue is not None else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on; all other keys edit."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if plain and event.key() in _ENTER:
            self.left.emit()
            self.accepted.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Report that the field was left."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the number of lines in sight when the type grows."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        frame = 2 * (self.frameWidth() + 4) + 2 * round(self.document().documentMargin())
        self.setFixedHeight(self.fontMetrics().lineSpacing() * self._lines + frame)

    def _on_typed(self) -> None:
        self._show(FieldState.NORMAL, "")
        self.changed.emit(self.toPlainText())

    def _show(self, state: FieldState, message: str) -> None:
        if (state, message) == (self.state, self.message):
            return
        self.state, self.message = state, message
        mark(self, state, message)
        self.note_changed.emit()
