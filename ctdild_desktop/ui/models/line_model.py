"""Things in a list, one in a line: what every list of the program that is no table shares."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
T = TypeVar("T")


class LineModel(QAbstractListModel, Generic[T]):
    """Holds the things; a subclass says what is read of each in ``data``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[T, ...] = ()

    def show_lines(self, lines: tuple[T, ...]) -> None:
        """Replace what is listed; the same again leaves the selection alone."""
        if lines == self.lines:
            return
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """One row for each."""
        return 0 if parent.isValid() else len(self.lines)
