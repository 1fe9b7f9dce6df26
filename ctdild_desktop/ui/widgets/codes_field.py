"""Several codes of one list: typed and found one after the other, shown in words below."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ctdild_desktop.clinical.plausibility import Fix, Issue
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import FieldState
from ctdild_desktop.ui.widgets.naming import named


class CodesField(QWidget):
    """Enter adds the entry that was typed, or goes on when nothing was; Backspace takes the last away."""

    changed = Signal(str)
    left = Signal()
    accepted = Signal()
    note_changed = Signal()

    def __init__(
        self, name: str, label: str, choices: Iterable[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.label = label
        self.fix: Fix | None = None
        self._words = dict(choices)
        self._codes: list[str] = []
        self.setObjectName(name)
        self._pick = ChoiceField(f"{name}_pick", label, self._words.items(), searchable=True)
        self._chosen = named(QLabel(), f"{name}_chosen")
        self._chosen.setTextFormat(Qt.TextFormat.PlainText)
        self._chosen.setWordWrap(True)
        self._chosen.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self._pick)
        column.addWidget(self._chosen)
        self.setFocusProxy(self._pick)
        self._pick.accepted.connect(self._on_accepted)
        self._pick.left.connect(self.left)
        self._pick.note_changed.connect(self.note_changed)
        self._pick.activated.connect(self._on_activated)
        line = self._pick.lineEdit()
        if line is not None:
            line.setPlaceholderText(self.tr("type to find, Enter adds"))
            line.installEventFilter(self)

    @property
    def state(self) -> FieldState:
        """How the field presents its content."""
        return self._pick.state

    @property
    def message(self) -> str:
        """What is wrong, or empty."""
        return self._pick.message

    def value(self) -> tuple[str, ...]:
        """The chosen codes in the order they were chosen."""
        return tuple(self._codes)

    def text_value(self) -> str:
        """The chosen codes joined by blanks, for drafts."""
        return " ".join(self._codes)

    def set_text(self, text: str) -> None:
        """Choose these codes (joined by blanks) in place of the present ones."""
        self._codes = text.split()
        self._tell()

    def problem(self) -> str:
        """Words that were typed and are in no entry of the list."""
        return self._pick.problem()

    def show_issue(self, issue: Issue | None) -> None:
        """Show what is wrong with the choice, or nothing."""
        self._pick.show_issue(issue)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Backspace in the empty line takes the last code away."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Backspace
            and not self._pick.currentText()
            and self._codes
        ):
            self._codes.pop()
            self._tell()
            return True
        return super().eventFilter(watched, event)

    def _on_accepted(self) -> None:
        if self._take():
            return
        self.accepted.emit()

    def _on_activated(self, _index: int) -> None:
        self._take()

    def _take(self) -> bool:
        code = self._pick.value()
        if code is None:
            return False
        if code not in self._codes:
            self._codes.append(code)
        self._pick.setCurrentIndex(0)
        self._pick.setEditText("")
        self._tell()
        return True

    def _tell(self) -> None:
        words = ", ".join(self._words.get(code, code) for code in self._codes)
        self._chosen.setText(words)
        self._chosen.setVisible(bool(self._codes))
        self._pick.setAccessibleDescription(words)
        self.changed.emit(self.text_value())
