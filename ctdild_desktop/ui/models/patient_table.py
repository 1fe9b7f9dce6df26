"""The registered patients as a table."""

from __future__ import annotations

import datetime as dt
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.services.patients import PatientSummary
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

COLUMNS = (
    "name",
    "mrn",
    "sex",
    "birth_date",
    "diagnosis",
    "pattern",
    "last_test",
    "fvc",
    "dlco",
    "tests",
    "missing",
)
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
    """One row per patient; ID is the patient's id, SORT the value to order by."""

    ID = Qt.ItemDataRole.UserRole
    SORT = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[PatientSummary, ...] = ()

    def show_patients(self, rows: tuple[PatientSummary, ...]) -> None:
        """Replace what is listed."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row_of(self, patient_id: str) -> int:
        """The row of a patient, or -1."""
        return next((at for at, row in enumerate(self._rows) if row.id == patient_id), -1)

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """One row per patient."""
        return 0 if parent.isValid() else len(self._rows)

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
        """Texts for display, values for sorting, the patient's id."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column)
        if role == self.SORT:
            return _sort_key(row, column)
        if role == self.ID:
            return row.id
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.FontRole and column == "name":
            return theme.font(bold=True)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(_text(row, column)) or None
        return None


def _alignment(column: str) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _text(row: PatientSummary, column: str) -> str:
    texts = {
        "name": row.name or "—",
        "mrn": row.mrn,
        "sex": row.sex,
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
        return words.format(things=", ".join(row.missing))
    return texts[column]


def _sort_key(row: PatientSummary, column: str) -> str | int:
    if column == "birth_date":
        return (row.birth_date.earliest if row.birth_date else dt.date.min).toordinal()
    if column == "last_test":
        return (row.last_test or dt.date.min).toordinal()
    if column == "tests":
        return row.n_tests
    if column == "missing":
        return len(row.missing)
    if column in ("fvc", "dlco"):
        number = _text(row, column).split(" ")[0].replace(",", ".")
        whole, _, part = number.partition(".")
        return int(whole) * 1000 + int((part + "000")[:3]) if whole.isdigit() else -1
    return _text(row, column).casefold()
