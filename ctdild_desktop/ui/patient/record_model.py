"""Records as rows of texts for a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = int(Qt.ItemDataRole.UserRole)
KIND_ROLE = ID_ROLE + 1


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``number`` aligns right, ``strong`` is semibold, ``stretch`` takes the room left over."""

    title: str
    number: bool = False
    strong: bool = False
    quiet: bool = False
    stretch: bool = False
    hint: str = ""
    drop: int = 0
    """Goes when the table is narrow: 1 first, then 2 ...; 0 always stays."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: what opens it, its cells, and whether it is left out by the criteria."""

    kind: str
    id: str
    cells: tuple[str, ...]
    quiet: bool = False
    tip: str = ""
    strong_cells: frozenset[int] = field(default=frozenset())


class Cell(NamedTuple):
    """What is drawn in a cell."""

    text: str
    strong: bool
    ink: str
    """A token of the theme."""
    alignment: int


class RecordModel(QAbstractTableModel):
    """Serves prepared rows; kind and id of a row's record are in ``KIND_ROLE`` and ``ID_ROLE``."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._rows: tuple[Row, ...] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace all rows.

        Raises:
            ValueError: a row has not one cell per column.
        """
        if any(len(row.cells) != len(self.columns) for row in rows):
            raise ValueError("a row needs one cell per column")
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def cell(self, row: int, section: int) -> Cell:
        """What the roles of a cell say, in one answer."""
        shown, column = self._rows[row], self.columns[section]
        return Cell(
            shown.cells[section], _strong(shown, column, section), _ink(shown, column), _alignment(column)
        )

    def texts_of(self, section: int) -> set[str]:
        """The different texts of a column."""
        return {row.cells[section] for row in self._rows}

    def row_of(self, record_id: str) -> int:
        """The row of a record; -1 when it is not shown."""
        return next((index for index, row in enumerate(self._rows) if row.id == record_id), -1)

    def is_strong(self, section: int) -> bool:
        """Whether anything in a column is semibold."""
        return self.columns[section].strong or any(section in row.strong_cells for row in self._rows)

    def rowCount(self, parent: Index | None = None) -> int:
        """Rows at the top level."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Columns at the top level."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles, their alignment and hints."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.hint or None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, alignment, weight and ink of a cell, and the record behind it."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        read = _ROLES.get(role)
        if read is None:
            return None
        at = index.column()
        return read(self._rows[index.row()], self.columns[at], at)


def _alignment(column: Column) -> int:
    return _RIGHT if column.number else _LEFT


def _strong(row: Row, column: Column, at: int) -> bool:
    return column.strong or at in row.strong_cells


def _ink(row: Row, column: Column) -> str:
    return "text2" if row.quiet or column.quiet else "text"


_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_ROLES: dict[int, Callable[[Row, Column, int], Any]] = {
    int(Qt.ItemDataRole.DisplayRole): lambda row, _column, at: row.cells[at],
    int(Qt.ItemDataRole.TextAlignmentRole): lambda _row, column, _at: _alignment(column),
    int(Qt.ItemDataRole.ToolTipRole): lambda row, _column, at: tip(row.tip or row.cells[at]) or None,
    int(Qt.ItemDataRole.AccessibleTextRole): lambda row, column, at: f"{column.title}: {row.cells[at]}",
    int(Qt.ItemDataRole.FontRole): lambda row, column, at: theme.font(bold=_strong(row, column, at)),
    int(Qt.ItemDataRole.ForegroundRole): lambda row, column, _at: theme.color(_ink(row, column)),
    ID_ROLE: lambda row, _column, _at: row.id,
    KIND_ROLE: lambda row, _column, _at: row.kind,
}
"""How a cell answers each role; a table asks for thousands while it is painted."""
