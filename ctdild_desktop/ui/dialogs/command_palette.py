"""Every command of the program by a few letters of its name: typed, chosen, done."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.actions import ActionSpec
from ctdild_desktop.ui.menus import menu_words
from ctdild_desktop.ui.models.line_model import LineModel
from ctdild_desktop.ui.widgets.naming import named

_ROWS = 12


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it is offered; ``why_not`` is empty when it can be done now."""

    spec: ActionSpec
    why_not: str = ""

    @property
    def words(self) -> str:
        """Its menu and its text."""
        return f"{menu_words(self.spec.menu).replace('&', '')}: {self.spec.plain}"

    @property
    def keys(self) -> str:
        """The first key, as this platform writes it."""
        if not self.spec.keys:
            return ""
        return QKeySequence(self.spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)


def _words(text: str) -> list[str]:
    """The words of a text without accents and capitals, to compare what was typed with them."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()
    return re.findall(r"\w+", bare)


def matching(commands: Sequence[Command], typed: str) -> tuple[Command, ...]:
    """The commands in which every typed word begins a word; what can be done now comes first."""

    def fits(command: Command) -> bool:
        words = _words(command.words)
        return all(any(word.startswith(part) for word in words) for part in _words(typed))

    return tuple(sorted(filter(fits, commands), key=lambda command: bool(command.why_not)))


class _CommandModel(LineModel[Command]):
    """Commands, one in a line."""

    COMMAND = Qt.ItemDataRole.UserRole

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The words; everything for whoever is read to."""
        if not index.isValid():
            return None
        command = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return command.words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (command.words, command.keys, command.why_not) if part)
        return command if role == self.COMMAND else None


class _CommandDelegate(QStyledItemDelegate):
    """Words at the left, key or reason at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Rows of 26 px at the usual font."""
        return QSize(super().sizeHint(option, index).width(), theme.scaled(26))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one command."""
        command: Command = index.data(_CommandModel.COMMAND)
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        ground = QPalette.ColorRole.Highlight if chosen else QPalette.ColorRole.Base
        painter.fillRect(option.rect, option.palette.color(ground))
        if chosen:
            edge = QRect(option.rect.left(), option.rect.top(), 3, option.rect.height())
            painter.fillRect(edge, theme.color("accent"))
        area = option.rect.adjusted(10, 0, -10, 0)
        painter.setFont(theme.font())
        painter.setPen(theme.color("text2" if command.why_not else "text"))
        room = painter.fontMetrics().horizontalAdvance(command.words)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, command.words)
        painter.setPen(theme.color("text2"))
        rest = area.adjusted(room + 16, 0, 0, 0)
        at_right = command.why_not or command.keys
        shown = painter.fontMetrics().elidedText(at_right, Qt.TextElideMode.ElideRight, max(rest.width(), 0))
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, shown)
        painter.restore()


class CommandPalette(QDialog):
    """Up and Down choose, Enter does it, Esc leaves; ``chosen`` carries the id of the action."""

    chosen = Signal(str)

    def __init__(self, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("command_palette")
        self.setWindowTitle(self.tr("Commands"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._commands = tuple(commands)
        self._text = named(QLineEdit(), "command_text")
        self._text.setPlaceholderText(self.tr("A few letters of a command"))
        self._text.setAccessibleName(self.tr("Find a command"))
        self._model = _CommandModel(self)
        self._list = named(QListView(), "commands_found")
        self._list.setModel(self._model)
        self._list.setItemDelegate(_CommandDelegate(self._list))
        self._list.setAccessibleName(self.tr("Commands found"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFixedSize(theme.scaled(560), theme.scaled(26) * _ROWS)
        self._none = QLabel(self.tr("No command has these letters."))
        self._none.setProperty("secondary", True)
        column = QVBoxLayout(self)
        column.addWidget(self._text)
        column.addWidget(self._none)
        column.addWidget(self._list)
        self._text.textEdited.connect(self._look_up)
        self._text.installEventFilter(self)
        self._list.clicked.connect(self._do)
        self._look_up("")

    @property
    def found(self) -> tuple[str, ...]:
        """Ids of the commands that are listed."""
        rows = range(self._model.rowCount())
        return tuple(self._model.index(row).data(_CommandModel.COMMAND).spec.id for row in rows)

    @property
    def chosen_id(self) -> str:
        """Id of the command that Enter would do; empty without any."""
        index = self._list.currentIndex()
        return str(index.data(_CommandModel.COMMAND).spec.id) if index.isValid() else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field keeps the focus; keys that move go to the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: _ROWS - 1,
                Qt.Key.Key_PageUp: 1 - _ROWS,
            }
            step = steps.get(Qt.Key(event.key()))
            if step is not None:
                self._move(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do(self._list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _look_up(self, typed: str) -> None:
        found = matching(self._commands, typed)
        self._model.show_lines(found)
        self._none.setVisible(not found)
        if found:
            self._list.setCurrentIndex(self._model.index(0))

    def _move(self, step: int) -> None:
        rows = self._model.rowCount()
        if rows:
            row = min(max(self._list.currentIndex().row() + step, 0), rows - 1)
            self._list.setCurrentIndex(self._model.index(row))

    def _do(self, index: QModelIndex) -> None:
        command = index.data(_CommandModel.COMMAND) if index.isValid() else None
        if isinstance(command, Command) and not command.why_not:
            self.accept()
            self.chosen.emit(command.spec.id)
