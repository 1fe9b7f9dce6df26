"""The patients of a question as a table, whose rows are worked out when they come in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.cohort.fields import FIELDS, PARTS
from ctdild_desktop.language import say, say_in
from ctdild_desktop.services.cohort.finding import FoundRow
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
PAGE = 100
"""Rows that are asked for at once."""
COLUMNS = ("name", "mrn", "sex", "age", "diagnosis", "pattern", "fvc", "dlco", "last_test", "needs")
COLUMNS_OF_UNKNOWN = frozenset({"name", "mrn", "diagnosis", "pattern", "last_test", "needs"})
"""What is shown of those of whom it cannot be told."""
_RIGHT = frozenset({"age", "fvc", "dlco", "last_test"})


def _words(column: str) -> str:
    def tr(text: str) -> str:
        return QCoreApplication.translate("FoundModel", text)

    return {
        "name": tr("Name"),
        "mrn": tr("MRN"),
        "sex": tr("Sex"),
        "age": tr("Age"),
        "diagnosis": tr("CTD"),
        "pattern": tr("ILD pattern"),
        "fvc": tr("FVC %"),
        "dlco": tr("DLCO %"),
        "last_test": tr("Last test"),
        "needs": tr("Not recorded"),
    }[column]


class FoundModel(QAbstractTableModel):
    """One row per patient; ID is the patient's id."""

    ID = Qt.ItemDataRole.UserRole
    wanted = Signal(object)
    """Ids of patients whose rows came in sight; answer with :meth:`fill`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[str, ...] = ()
        self._held: dict[str, FoundRow] = {}
        self._asked: set[int] = set()
        self._pages: set[int] = set()
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(0)
        self._asking.timeout.connect(self._ask)

    @property
    def ids(self) -> tuple[str, ...]:
        """Who is listed."""
        return self._ids

    def show_patients(self, ids: Sequence[str]) -> None:
        """Replace who is listed."""
        self.beginResetModel()
        self._ids = tuple(ids)
        self._held.clear()
        self._asked.clear()
        self._pages.clear()
        self.endResetModel()

    def fill(self, rows: Sequence[FoundRow]) -> None:
        """Show these rows."""
        self._held.update((row.id, row) for row in rows)
        if self._ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(COLUMNS) - 1))

    def _ask(self) -> None:
        for page in sorted(self._pages):
            self.wanted.emit(self._ids[page * PAGE : (page + 1) * PAGE])
        self._pages.clear()

    def _row(self, place: int) -> FoundRow | None:
        row, page = self._held.get(self._ids[place]), place // PAGE
        if row is None and page not in self._asked:
            self._asked.add(page)
            self._pages.add(page)
            self._asking.start()
        return row

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """One row per patient."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """What is shown of each."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The words above a column."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(COLUMNS[section])
        return _alignment(COLUMNS[section]) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts for display, the patient's id."""
        if not index.isValid():
            return None
        column = COLUMNS[index.column()]
        if role == self.ID:
            return self._ids[index.row()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.FontRole and column == "name":
            return theme.font(bold=True)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = self._row(index.row())
        if row is None:
            return "…" if column == "name" and role == Qt.ItemDataRole.DisplayRole else None
        text = _text(row, column)
        return text if role == Qt.ItemDataRole.DisplayRole else tip(text) or None


def _alignment(column: str) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _text(row: FoundRow, column: str) -> str:
    if column == "sex":
        return say_in("sex", row.sex)
    if column == "last_test":
        return wording.day(row.last_test) if row.last_test else ""
    if column == "needs":
        return "; ".join(say((FIELDS.get(name) or PARTS[name]).label) for name in row.needs)
    if column == "name":
        return row.name or "—"
    return str(getattr(row, column))
