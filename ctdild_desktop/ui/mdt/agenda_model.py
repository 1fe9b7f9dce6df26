"""The agenda of one meeting as a table whose rows can be dragged to another place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from ctdild_desktop.services.meetings import Case
from ctdild_desktop.ui.mdt import words
from ctdild_desktop.ui.widgets.plain import tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_TYPE = "application/x-ctdild-agenda-row"
COLUMNS = ("number", "patient", "question", "asked", "material", "state")


class AgendaModel(QAbstractTableModel):
    """One row for each case; CASE is the case."""

    CASE = Qt.ItemDataRole.UserRole
    BELOW = Qt.ItemDataRole.UserRole + 1
    """The quieter text under the first one."""
    dropped = Signal(int, int)
    """A row was dragged, and before which row it was let go."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cases: tuple[Case, ...] = ()
        self.movable = False
        """Whether the order may be changed."""

    def show_cases(self, cases: Sequence[Case]) -> None:
        """Replace what is listed; the same again leaves the selection alone."""
        if tuple(cases) == self.cases:
            return
        self.beginResetModel()
        self.cases = tuple(cases)
        self.endResetModel()

    def place_of(self, item_id: str) -> QModelIndex:
        """Where a case is listed; invalid when it is not."""
        for at, case in enumerate(self.cases):
            if case.item.id == item_id:
                return self.index(at, 0)
        return QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """One row for each case."""
        return 0 if parent.isValid() else len(self.cases)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """See :data:`COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The names of the columns."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            "number": "",
            "patient": self.tr("Patient"),
            "question": self.tr("Question to the team"),
            "asked": self.tr("Asked by"),
            "material": self.tr("Material"),
            "state": self.tr("State"),
        }[COLUMNS[section]]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a cell; everything about the case for a screen reader."""
        if not index.isValid():
            return None
        case, column = self.cases[index.row()], COLUMNS[index.column()]
        if role == self.CASE:
            return case
        if role == Qt.ItemDataRole.DisplayRole:
            return self._above(case, column)
        if role == self.BELOW:
            return self._below(case, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(self._told(case))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip("\n".join(self._told(case)))
        return None

    def _above(self, case: Case, column: str) -> str:
        item = case.item
        return {
            "number": str(case.number),
            "patient": case.name,
            "question": item.question,
            "asked": item.requested_by,
            "material": words.material(item, case.lacks),
            "state": case.state,
        }[column]

    def _below(self, case: Case, column: str) -> str:
        if column == "patient":
            return case.identity
        if column == "asked":
            return " · ".join(filter(None, (words.urgency(case.item), words.slot(case.item))))
        return ""

    def _told(self, case: Case) -> list[str]:
        cells = [self._above(case, column) for column in COLUMNS]
        cells[2:2] = [case.identity]
        return [cell for cell in (*cells, self._below(case, "asked"), case.item.note) if cell]

    # dragging

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows are dragged, and let go between rows."""
        kept = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not self.movable:
            return kept
        return kept | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        """A row is moved."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """A row of this program's own."""
        return [_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The number of the row; nothing of the patient leaves the program by a drag."""
        data = QMimeData()
        data.setData(_TYPE, str(min(index.row() for index in indexes)).encode())
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Say where the row was let go; the registry's answer moves it."""
        del column
        if action != Qt.DropAction.MoveAction or not data.hasFormat(_TYPE):
            return False
        target = row if row >= 0 else parent.row() if parent.isValid() else len(self.cases)
        self.dropped.emit(int(bytes(data.data(_TYPE).data()).decode()), target)
        return False
