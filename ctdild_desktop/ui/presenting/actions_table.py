"""The table of actions: Enter goes from cell to cell, and from the last one to a new row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QCompleter,
    QFrame,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ctdild_desktop.clinical.records import Action
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.presenting.actions_model import DUE, OWNER, WHAT, ActionsModel
from ctdild_desktop.ui.widgets.table_view import TableView

_Index = QModelIndex | QPersistentModelIndex
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOST_LINES = 8


class _CellDelegate(QStyledItemDelegate):
    """Cells that are typed into; the owner is completed from who is at the meeting."""

    def __init__(self, table: ActionsTable) -> None:
        super().__init__(table)
        self._table = table
        self.owners: tuple[str, ...] = ()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """A line of text."""
        del option
        line = QLineEdit(parent)
        line.setObjectName("action_cell")
        line.setFrame(False)
        model = index.model()
        line.setAccessibleName(str(model.headerData(index.column(), Qt.Orientation.Horizontal)))
        line.textEdited.connect(self._table.typing)
        if index.column() == OWNER and self.owners:
            finder = QCompleter(list(self.owners), line)
            finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            finder.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
            line.setCompleter(finder)
        return line

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter takes the cell at once; the base class would only do it later."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _ENTER:
            if isinstance(editor, QWidget):
                self.commitData.emit(editor)
                self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.SubmitModelCache)
            return True
        return super().eventFilter(editor, event)


class ActionsTable(TableView):
    """Typing begins a cell, Delete takes a row out, Ctrl+Z brings it back, Space says a carried one done.

    Signals as those of a field: ``changed``, ``left`` and ``accepted`` (Enter in an empty new row).
    """

    changed = Signal(str)
    left = Signal()
    accepted = Signal()
    typing = Signal()
    """Letters are being typed into a cell."""
    done_requested = Signal(str)
    """Id of an action of an earlier meeting that is done."""

    def __init__(self, today: Callable[[], dt.date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("actions")
        self.setAccessibleName(self.tr("Actions"))
        self.rows = ActionsModel(today, self)
        self._cells = _CellDelegate(self)
        self._removed = ""
        self.setModel(self.rows)
        self.setItemDelegate(self._cells)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.verticalHeader().sectionResized.connect(self.updateGeometry)
        head = self.horizontalHeader()
        head.setSectionsClickable(False)
        head.setHighlightSections(False)
        head.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        for column in (OWNER, DUE):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        self.rows.typed.connect(lambda: self.changed.emit(self.rows.text_value()))
        self.rows.modelReset.connect(self._fit)
        self.rows.rowsInserted.connect(self._fit)
        self.rows.rowsRemoved.connect(self._fit)
        self._fit()

    def show_actions(
        self, actions: Sequence[Action], carried: Sequence[Action] = (), owners: Sequence[str] = ()
    ) -> None:
        """Show these rows; ``owners`` are names that an owner is completed from."""
        self._cells.owners = tuple(owners)
        self.rows.show_actions(actions, carried)

    def settle(self) -> None:
        """Take what stands in the cell that is being typed into, which stays open."""
        index = self.currentIndex()
        cell = self.indexWidget(index) if index.isValid() else None
        if isinstance(cell, QLineEdit) and self.state() == QAbstractItemView.State.EditingState:
            self.rows.setData(index, cell.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter types into the cell, or goes on from the empty new row."""
        index, key = self.currentIndex(), event.key()
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if plain and key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            event.ignore()
        elif plain and key in _ENTER:
            self._on_enter(index)
        elif plain and key == Qt.Key.Key_Delete and index.isValid():
            self._remove(index.row())
        elif plain and key == Qt.Key.Key_Space and index.isValid() and self.rows.is_carried(index.row()):
            self.done_requested.emit(self.rows.carried(index.row()).id)
        elif self._brings_back(event):
            self.rows.set_text(self._removed)
            self._removed = ""
            self.changed.emit(self.rows.text_value())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the new row."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() or event.reason() == Qt.FocusReason.TabFocusReason:
            self.setCurrentIndex(self.rows.index(self.rows.rowCount() - 1, WHAT))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Report that the table was left."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """After Enter go on to the next cell, and from the last one to a new row."""
        index = self.currentIndex()
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.left.emit()
        if hint in (
            QAbstractItemDelegate.EndEditHint.SubmitModelCache,
            QAbstractItemDelegate.EndEditHint.EditNextItem,
        ):
            self._go_on(index)
        elif hint == QAbstractItemDelegate.EndEditHint.EditPreviousItem and index.column() > WHAT:
            self._type_into(self.rows.index(index.row(), index.column() - 1))

    def sizeHint(self) -> QSize:
        """As high as its rows, up to eight lines."""
        rows = sum(max(self.rowHeight(row), self._line()) for row in range(self.rows.rowCount()))
        high = min(rows, self._line() * _MOST_LINES) + self._head() + 2
        return QSize(theme.scaled_in(self, 240), high)

    def minimumSizeHint(self) -> QSize:
        """Never less than its rows."""
        return QSize(theme.scaled_in(self, 160), self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Grow the rows with the type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._fit()

    def _on_enter(self, index: QModelIndex) -> None:
        if not index.isValid() or (self.rows.is_new(index.row()) and index.column() == WHAT):
            self.left.emit()
            self.accepted.emit()
        elif self.rows.is_carried(index.row()):
            self.setCurrentIndex(self.rows.index(index.row() + 1, WHAT))
        else:
            self._type_into(index)

    def _go_on(self, index: QModelIndex) -> None:
        if self.rows.is_new(index.row()) and index.column() == WHAT:
            return
        if index.column() < DUE:
            self._type_into(self.rows.index(index.row(), index.column() + 1))
        else:
            self.setCurrentIndex(self.rows.index(index.row() + 1, WHAT))

    def _type_into(self, index: QModelIndex) -> None:
        self.setCurrentIndex(index)
        self.edit(index)

    def _remove(self, row: int) -> None:
        if not self.rows.is_carried(row) and not self.rows.is_new(row):
            self._removed = self.rows.remove(row)
            self.left.emit()

    def _brings_back(self, event: QKeyEvent) -> bool:
        undo = Qt.KeyboardModifier.ControlModifier
        return bool(self._removed) and event.key() == Qt.Key.Key_Z and event.modifiers() == undo

    def _line(self) -> int:
        return theme.scaled_in(self, 24)

    def _head(self) -> int:
        return theme.scaled_in(self, 22)

    def _fit(self) -> None:
        self.verticalHeader().setMinimumSectionSize(self._line())
        self.horizontalHeader().setFixedHeight(self._head())
        self.setColumnWidth(OWNER, max(theme.scaled_in(self, 84), round(self.width() * 0.24)))
        self.setColumnWidth(DUE, theme.scaled_in(self, 86))
        self.updateGeometry()
