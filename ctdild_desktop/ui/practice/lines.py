"""The lists of lessons and of steps: a text in each row, and a tick where something can be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import QFrame, QStyledItemDelegate

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.line_view import LineView

_ROW = 22
_Index = QModelIndex | QPersistentModelIndex


class Lines(QAbstractListModel):
    """Texts, each with whether it is ticked; None where nothing can be."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[tuple[str, bool | None], ...] = ()

    def show(self, lines: Sequence[tuple[str, bool | None]]) -> None:
        """Replace all lines, or tell anew what changed in as many."""
        same = len(lines) == len(self._lines)
        if same:
            self._lines = tuple(lines)
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
        else:
            self.beginResetModel()
            self._lines = tuple(lines)
            self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt has this default
        """One for each line."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text, the tick and the height of a line."""
        text, ticked = self._lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text
        if role == Qt.ItemDataRole.CheckStateRole and ticked is not None:
            return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, theme.scaled(_ROW))
        return None


def line_list(name: str, label: str, lines: Lines, rows: int) -> LineView:
    """A list that shows so many rows."""
    view = LineView(name, label, lines, QStyledItemDelegate())
    view.setFixedHeight(rows * theme.scaled(_ROW) + 6)
    view.setFrameShape(QFrame.Shape.NoFrame)
    return view
