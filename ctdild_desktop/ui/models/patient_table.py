"""The registered patients as a table, whose rows are read when they come in sight."""

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
from ctdild_desktop.language import say, say_in
from ctdild_desktop.services.patients import Column, PatientSummary
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

COLUMNS = tuple(column.value for column in Column)
PAGE = 100
"""Rows that are read at once."""
_IN_SIGHT = 2
"""Pages that can be in sight at once; what was scrolled past is not read."""
_MOST = 5_000
"""Rows that are held; the oldest are read again when they come back in sight."""
_NOT_READ = "…"
_RIGHT = ("birth_date", "last_test", "fvc", "dlco", "tests")


def _words(column: str) -> str:
    def tr(text: str) -> str:
        return QCoreApplication.translate("PatientTable", text)

    return {
        "name": tr("Name"),
        "mrn": tr("MRN"),
        "sex": tr("Sex"),
        "birth_date": tr("Birth date"),
        "diagnosis": tr("CTD"),
        "pattern": tr("ILD pattern"),
        "last_test": tr("Last test"),
        "fvc": tr("FVC"),
        "dlco": tr("DLCO"),
        "tests": tr("Tests"),
        "missing": tr("Incomplete"),
    }[column]


class PatientTable(QAbstractTableModel):
    """One row per patient; ID is the patient's id. Sorting is asked for by ``order_wanted``."""

    ID = Qt.ItemDataRole.UserRole
    wanted = Signal(object)
    """Ids of the patients whose rows came in sight and were not read yet; answer with :meth:`fill`."""
    order_wanted = Signal(str, bool)
    """Name of a column, and whether the largest comes first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[str, ...] = ()
        self._held: dict[str, PatientSummary | None] = {}
        self._asked: dict[int, None] = {}
        self._waiting = False
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(0)
        self._asking.timeout.connect(self._ask)

    def show_patients(self, ids: Sequence[str], rows: Sequence[PatientSummary]) -> None:
        """Replace who is listed; ``rows`` are those that were read already."""
        self.beginResetModel()
        self._ids = tuple(ids)
        self._held = {row.id: row for row in rows}
        self._asked.clear()
        self._waiting = False
        self.endResetModel()

    def fill(self, ids: Sequence[str], rows: Sequence[PatientSummary]) -> None:
        """Show the rows of these patients; one without a row is no longer registered and not asked again."""
        self._waiting = False
        listed = {patient_id: self.row_of(patient_id) for patient_id in ids}
        while len(self._held) > _MOST:
            del self._held[next(iter(self._held))]
        self._held.update((patient_id, None) for patient_id, row in listed.items() if row >= 0)
        self._held.update((row.id, row) for row in rows if row.id in self._held)
        places = [row for row in listed.values() if row >= 0]
        if places:
            self.dataChanged.emit(self.index(min(places), 0), self.index(max(places), len(COLUMNS) - 1))
        if self._asked:
            self._asking.start()

    def holds(self, patient_id: str) -> bool:
        """Whether the row of a patient was read."""
        return patient_id in self._held

    def row_of(self, patient_id: str) -> int:
        """The row of a patient, or -1."""
        return self._ids.index(patient_id) if patient_id in self._ids else -1

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for another order; the rows stay as they are until it is there."""
        if 0 <= column < len(COLUMNS):
            self.order_wanted.emit(COLUMNS[column], order == Qt.SortOrder.DescendingOrder)

    def _ask(self) -> None:
        """Ask for the pages that came in sight last, one question at a time."""
        if self._waiting or not self._asked:
            return
        pages = list(self._asked)[-_IN_SIGHT:]
        self._asked.clear()
        ids = [
            patient_id
            for page in pages
            for patient_id in self._ids[page * PAGE : (page + 1) * PAGE]
            if patient_id not in self._held
        ]
        if ids:
            self._waiting = True
            self.wanted.emit(tuple(ids))

    def _row(self, place: int) -> PatientSummary | None:
        patient_id = self._ids[place]
        if patient_id not in self._held:
            self._asked.pop(place // PAGE, None)
            self._asked[place // PAGE] = None
            if not self._waiting and not self._asking.isActive():
                self._asking.start()
        return self._held.get(patient_id)

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """One row per patient."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """The columns of :data:`COLUMNS`."""
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
            return _NOT_READ if column == "name" and role == Qt.ItemDataRole.DisplayRole else None
        text = _text(row, column)
        return text if role == Qt.ItemDataRole.DisplayRole else tip(text) or None


def _alignment(column: str) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _text(row: PatientSummary, column: str) -> str:
    texts = {
        "name": row.name or "—",
        "mrn": row.mrn,
        "sex": say_in("sex", row.sex),
        "birth_date": wording.partial(row.birth_date) if row.birth_date else "",
        "diagnosis": row.diagnosis,
        "pattern": row.pattern,
        "last_test": wording.day(row.last_test) if row.last_test else "",
        "fvc": row.last_fvc,
        "dlco": row.last_dlco,
        "tests": str(row.n_tests),
    }
    if column == "missing":
        if not row.missing:
            return ""
        words = QCoreApplication.translate("PatientTable", "no {things}")
        return words.format(things=", ".join(map(say, row.missing)))
    return texts[column]
