"""A choice from a coded list that behaves like the other fields of a form."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget

from ctdild_desktop.clinical.plausibility import Fix, Issue
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.fields import FieldState, mark, state_of


class ChoiceField(QComboBox):
    """One of some (code, words) pairs, or nothing; ``searchable`` finds by part of the words or the code.

    Same signals as the typed fields; Enter goes on, Alt+Down or typing chooses.
    """

    changed = Signal(str)
    left = Signal()
    accepted = Signal()
    note_changed = Signal()

    def __init__(
        self,
        name: str,
        label: str,
        choices: Iterable[tuple[str, str]] = (),
        *,
        empty: str | None = "",
        searchable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.label = label
        self.state = FieldState.NORMAL
        self.message = ""
        self.fix: Fix | None = None
        self._empty = empty
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setProperty("fieldState", FieldState.NORMAL.value)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setMaxVisibleItems(16)
        if searchable:
            self._make_searchable()
        self.set_choices(choices)
        self.activated.connect(self._on_chosen)
        self.installEventFilter(self)

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Replace the list; the first entry is the empty one unless ``empty`` is None."""
        self.clear()
        if self._empty is not None:
            self.addItem(self._empty, "")
        for code, words in choices:
            self.addItem(words, code)
        self.setCurrentIndex(0 if self.count() else -1)

    def value(self) -> str | None:
        """The chosen code, or None when nothing is chosen."""
        code = self._code()
        return code or None

    def text_value(self) -> str:
        """The chosen code as text for drafts; empty when nothing is chosen."""
        return self._code()

    def set_text(self, code: str) -> None:
        """Choose a code; an unknown code is added so that it is shown and not lost."""
        at = self.findData(code)
        if at < 0:
            self.addItem(code, code)
            at = self.count() - 1
        self.setCurrentIndex(at)
        self.show_issue(None)
        self.changed.emit(code)

    def problem(self) -> str:
        """Says that the typed words are not in the list."""
        if self.isEditable() and self.currentText().strip() and self._typed_index() < 0:
            return self.tr("not in the list: choose one")
        return ""

    def show_issue(self, issue: Issue | None) -> None:
        """Show what is wrong with the choice, or nothing."""
        unread = self.problem()
        if unread:
            self._show(FieldState.REFUSED, unread)
        else:
            self._show(state_of(issue), issue.text if issue is not None else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Turn Enter into ``accepted`` and the loss of focus into ``left``."""
        if event.type() == QEvent.Type.FocusOut and not self.view().isVisible():
            self._commit()
        elif (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        ):
            self._on_enter()
            return True
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the wheel move the sheet: turned over a closed list it would choose another entry unseen."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field and the arrow that tells it from a line of text; the style sheet leaves it out."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("text2" if self.isEnabled() else "text3"), 1.4))
        middle, right = self.height() / 2, self.width() - theme.scaled(9)
        wing = theme.scaled(4)
        tip = QPointF(right - wing, middle + wing / 2)
        painter.drawPolyline([tip + QPointF(-wing, -wing), tip, tip + QPointF(wing, -wing)])

    def _make_searchable(self) -> None:
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        finder = QCompleter(self.model(), self)
        finder.setFilterMode(Qt.MatchFlag.MatchContains)
        finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        finder.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(finder)
        line = self.lineEdit()
        if line is not None:
            line.setAccessibleName(self.label)
            line.textEdited.connect(self._on_typed)
            line.returnPressed.connect(self._on_enter)  # while the list of what was found is open
            line.installEventFilter(self)

    def _typed_index(self) -> int:
        """The entry that is meant: by its words, its short name, or the only one with these words in it."""
        typed = self.currentText().strip().casefold()
        words = [self.itemText(i).casefold() for i in range(self.count())]
        shorts = [str(self.itemData(i) or "").casefold().replace("_", " ") for i in range(self.count())]
        for names in (words, shorts):
            if typed in names:
                return names.index(typed)
        found = [i for i, text in enumerate(words) if typed and typed in text]
        return found[0] if len(found) == 1 else -1

    def _code(self) -> str:
        index = self._typed_index() if self.isEditable() else self.currentIndex()
        return str(self.itemData(index) or "") if index >= 0 else ""

    def _commit(self) -> None:
        if self.isEditable():
            index = self._typed_index()
            if index >= 0 and self.itemText(index) != self.currentText():
                self.setCurrentIndex(index)
                self.setEditText(self.itemText(index))
        unread = self.problem()
        if unread:
            self._show(FieldState.REFUSED, unread)
        self.left.emit()

    def _on_enter(self) -> None:
        self._commit()
        if self.state is not FieldState.REFUSED:
            self.accepted.emit()

    def _on_chosen(self, _index: int) -> None:
        self._show(FieldState.NORMAL, "")
        self.changed.emit(self._code())

    def _on_typed(self, _text: str) -> None:
        self._show(FieldState.NORMAL, "")
        self.changed.emit(self._code())

    def _show(self, state: FieldState, message: str) -> None:
        if (state, message) == (self.state, self.message):
            return
        self.state, self.message = state, message
        mark(self, state, message)
        self.note_changed.emit()
