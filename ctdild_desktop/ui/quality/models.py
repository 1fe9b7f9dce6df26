"""The tables of the report of quality, as the views ask for them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ctdild_desktop.clinical.quality.report import Behind, Counts
from ctdild_desktop.ui.widgets.plain import tip

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
COUNTS = Qt.ItemDataRole.UserRole
"""The counts of a row, for whoever draws them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of final texts, with the counts that its bar shows."""

    texts: tuple[str, ...]
    counts: Counts | None = None


class _Model(QAbstractTableModel):
    """Rows below heads; columns from ``right_from`` to before ``right_to`` are numbers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.heads: tuple[str, ...] = ()
        self.right_from = self.right_to = 0

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """One for each head."""
        return 0 if parent.isValid() else len(self.heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The heads; those of numbers stand right, as the numbers do."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.heads):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section]
        return self._aligned(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _aligned(self, section: int) -> Any:
        side = Qt.AlignmentFlag.AlignLeft
        if self.right_from <= section < self.right_to:
            side = Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, and the whole row for a voice."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._aligned(index.column())
        texts = self._texts(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return texts[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(texts[index.column()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            told = zip(self.heads, texts, strict=True)
            return ", ".join(f"{head} {text}".strip() for head, text in told if text)
        return self._counts(index.row()) if role == COUNTS else None

    @abstractmethod
    def _texts(self, row: int) -> tuple[str, ...]:
        """The final texts of a row, one for each head."""

    def _counts(self, row: int) -> Counts | None:
        del row
        return None


class NumbersModel(_Model):
    """Lines, or the periods of one line: texts, counts and a bar."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Shown] = ()

    def show_rows(self, heads: tuple[str, ...], right_from: int, rows: Sequence[Shown]) -> None:
        """Replace what is shown; the last column has the bar and no text."""
        self.beginResetModel()
        self.heads, self._rows = heads, rows
        self.right_from, self.right_to = right_from, len(heads) - 1
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """One for each row."""
        return 0 if parent.isValid() else len(self._rows)

    def _texts(self, row: int) -> tuple[str, ...]:
        return self._rows[row].texts

    def _counts(self, row: int) -> Counts | None:
        return self._rows[row].counts


class RecordsModel(_Model):
    """The records behind a number; texts are made when a row comes in sight."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.records: tuple[Behind, ...] = ()
        self._told: Callable[[Behind], tuple[str, ...]] = lambda _one: ()

    def show_records(
        self,
        heads: tuple[str, ...],
        records: tuple[Behind, ...],
        told: Callable[[Behind], tuple[str, ...]],
    ) -> None:
        """Replace what is shown."""
        self.beginResetModel()
        self.heads, self.records, self._told = heads, records, told
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """One for each record."""
        return 0 if parent.isValid() else len(self.records)

    def _texts(self, row: int) -> tuple[str, ...]:
        return self._told(self.records[row])
