"""Several of a few codes, each with its own box: signs on a scan, criteria of seriousness."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ctdild_desktop.clinical.plausibility import Fix, Issue
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.fields import FieldState, state_of
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip


class ChecksField(QWidget):
    """Boxes that Space or their digit ticks; Up and Down move between them, Enter goes on to the next field.

    Same signals and methods as the typed fields.
    """

    changed = Signal(str)
    left = Signal()
    accepted = Signal()
    note_changed = Signal()

    def __init__(
        self,
        name: str,
        label: str,
        choices: Iterable[tuple[str, str]],
        *,
        columns: int = 1,
        none_words: str = "",
        elides: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.label = label
        self.state = FieldState.NORMAL
        self.message = ""
        self.fix: Fix | None = None
        self._boxes: dict[str, CheckBox] = {}
        self.setObjectName(name)
        self.setAccessibleName(label)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 3, 0, 3)
        grid.setVerticalSpacing(3)
        for at, (code, words) in enumerate(choices):
            box = named(CheckBox(words), f"{name}_{code}")
            box.setAccessibleName(f"{label}: {words}")
            if elides:
                box.elides = True
                box.setToolTip(tip(words))
            box.toggled.connect(self._on_toggled)
            box.installEventFilter(self)
            grid.addWidget(box, at // columns, at % columns)
            self._boxes[code] = box
        if not self._boxes and none_words:
            grid.addWidget(QLabel(none_words), 0, 0)
        first = next(iter(self._boxes.values()), None)
        if first is not None:
            self.setFocusProxy(first)
        else:
            self.setEnabled(False)

    def value(self) -> tuple[str, ...]:
        """The ticked codes in their order."""
        return tuple(code for code, box in self._boxes.items() if box.isChecked())

    def text_value(self) -> str:
        """The ticked codes joined by blanks, for drafts."""
        return " ".join(self.value())

    def set_text(self, text: str) -> None:
        """Tick these codes (joined by blanks) and no other."""
        wanted = set(text.split())
        for code, box in self._boxes.items():
            box.setChecked(code in wanted)

    def problem(self) -> str:
        """Boxes can always be read."""
        return ""

    def show_issue(self, issue: Issue | None) -> None:
        """Keep what is wrong for the words beside the field."""
        self.message = issue.text if issue is not None else ""
        self.state = state_of(issue)
        self.setAccessibleDescription(self.message)
        self.note_changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on; Up, Down and digits work on the group; leaving a box reports it."""
        if event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(watched, event)
        return super().eventFilter(watched, event)

    def _on_key(self, watched: QObject, event: QKeyEvent) -> bool:
        boxes = list(self._boxes.values())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier != Qt.KeyboardModifier.NoModifier:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
            self.accepted.emit()
            return True
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            at = next(i for i, box in enumerate(boxes) if box is watched)
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            boxes[max(0, min(at + step, len(boxes) - 1))].setFocus(Qt.FocusReason.TabFocusReason)
            return True
        number = int(event.text()) if event.text() in tuple("123456789") else 0
        if 1 <= number <= len(boxes):
            boxes[number - 1].toggle()
            return True
        return False

    def _on_toggled(self) -> None:
        self.changed.emit(self.text_value())
