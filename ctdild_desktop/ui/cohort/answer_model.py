"""One table of an answer as a view asks for it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ctdild_desktop.services.cohort.answer import Result
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class AnswerModel(QAbstractTableModel):
    """Rows of final texts; ``heads`` may be in lines of their own."""

    def __init__(self, result: Result, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.result = result
        self.heads = tuple(column.label for column in result.columns)
        self._pale = False

    def set_pale(self, *, on: bool) -> None:
        """Write in the ink of hints: the numbers are of an older question."""
        if on != self._pale:
            self._pale = on
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.ForegroundRole])

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """One for each row."""
        return 0 if parent.isValid() else len(self.result.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """One for each column."""
        return 0 if parent.isValid() else len(self.result.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The heads; those of numbers stand right, as the numbers do."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.heads):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self.result.columns[section].label)
        return self._side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _side(self, section: int) -> Any:
        number = self.result.columns[section].number
        side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, and the whole row for a voice."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.result.rows[index.row()][index.column()].text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        if role == Qt.ItemDataRole.ForegroundRole and self._pale:
            return theme.color("text3")
        if role == Qt.ItemDataRole.FontRole:
            return theme.font()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            row = self.result.rows[index.row()]
            told = zip(self.result.columns, row, strict=False)
            return ", ".join(f"{head.label} {cell.text}".strip() for head, cell in told if cell.text)
        return None
