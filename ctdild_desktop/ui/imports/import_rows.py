"""The rows of an import as a table: what each would do, which are rejected, and what is to be noticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from ctdild_desktop.interchange.records import Remark
from ctdild_desktop.services.import_plan import PlannedRow
from ctdild_desktop.services.import_tests import Effect
from ctdild_desktop.services.imports import ImportReport
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

COLUMNS = ("file", "row", "what", "patient", "content", "reason")
ACCEPTED, REJECTED, WARNING = "accepted", "rejected", "warning"


@dataclass(frozen=True, slots=True)
class _Line:
    kind: str
    number: int
    cells: tuple[str, ...]


def _tr(text: str) -> str:
    return QCoreApplication.translate("ImportRows", text)


def _words(column: str) -> str:
    return {
        "file": _tr("File"),
        "row": _tr("Row"),
        "what": _tr("What happens"),
        "patient": _tr("Patient"),
        "content": _tr("Content"),
        "reason": _tr("Reason"),
    }[column]


def _effect(effect: Effect) -> str:
    return {
        Effect.NEW: _tr("new test"),
        Effect.FILLED: _tr("fills a recorded test"),
        Effect.KNOWN: _tr("already there"),
        Effect.NO_TEST: _tr("no test"),
    }[effect]


class ImportRows(QAbstractTableModel):
    """One line per accepted row, rejected cell and warning, file by file; KIND is for filtering."""

    KIND = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[_Line] = []

    def show_report(self, report: ImportReport | None) -> None:
        """Replace what is listed."""
        self.beginResetModel()
        self._lines = []
        for file in report.files if report is not None else ():
            lines = [_accepted(file.file, row) for row in file.rows]
            lines += [_remark(REJECTED, _tr("rejected"), file.file, remark) for remark in file.rejected]
            lines += [_remark(WARNING, _tr("notice"), file.file, remark) for remark in file.warnings]
            lines.sort(key=lambda line: line.number)
            self._lines += lines
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """One per line."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """The columns of :data:`COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The words above a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _words(COLUMNS[section])
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tool tip with the whole text, and ink by kind; the words say the kind as well."""
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(line.cells[index.column()])
        if role == self.KIND:
            return line.kind
        if role == Qt.ItemDataRole.ForegroundRole and COLUMNS[index.column()] == "what":
            return {REJECTED: theme.color("over"), WARNING: theme.color("unk")}.get(line.kind)
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[index.column()] == "row":
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def _accepted(file: str, row: PlannedRow) -> _Line:
    who = "  ".join(part for part in (row.mrn, row.name) if part)
    if row.new_patient:
        who = _tr("{who} (new)").format(who=who)
    return _Line(ACCEPTED, row.row, (file, str(row.row), _effect(row.effect), who, row.text, ""))


def _remark(kind: str, words: str, file: str, remark: Remark) -> _Line:
    number = "" if remark.row is None else str(remark.row)
    content = f"{remark.column}: {remark.value}" if remark.column and remark.value else remark.column
    return _Line(kind, remark.row or 0, (file, number, words, "", content, remark.reason))
