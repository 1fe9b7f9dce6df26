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

from ctdild_desktop.clinical import wording
from ctdild_desktop.interchange.clinic_fields import TABLES
from ctdild_desktop.interchange.records import ClinicRow, Remark, TestRow, TestTable
from ctdild_desktop.services.import_matching import Choices, Undecided
from ctdild_desktop.services.import_plan import PlannedRow, readings_of
from ctdild_desktop.services.import_tests import Effect
from ctdild_desktop.services.imports import FileReport, ImportReport
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.imports.row_panel import RowDetail
from ctdild_desktop.ui.imports.table_kinds import kind_words
from ctdild_desktop.ui.widgets.plain import tip

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

COLUMNS = ("file", "table", "row", "what", "patient", "content", "reason")
ACCEPTED, REJECTED, WARNING, ASKS = "accepted", "rejected", "warning", "asks"


_COUNTED = frozenset({"patients", "pft"})
"""Tables whose new records have counts of their own."""
_INKS = {REJECTED: "over", ASKS: "over", WARNING: "unk"}


@dataclass(frozen=True, slots=True)
class _Line:
    kind: str
    number: int
    cells: tuple[str, ...]
    sha256: str = ""
    source: PlannedRow | TestRow | ClinicRow | Undecided | None = None
    chosen: str = ""

    @property
    def table(self) -> str:
        """The table of a file with several."""
        return self.cells[COLUMNS.index("table")]

    @property
    def detail(self) -> RowDetail | None:
        """What the panel shows; made when a row is looked at, because a file may have very many."""
        source = self.source
        if isinstance(source, PlannedRow | TestRow | ClinicRow):
            values = source.readings if isinstance(source, PlannedRow) else readings_of(source)
            return RowDetail(self.sha256, source.row, values, asks=bool(self.chosen), chosen=self.chosen)
        if source is None:
            return None
        return RowDetail(
            source.sha256,
            source.row,
            source.readings,
            asks=True,
            said=source.said,
            reason=source.reason,
            sought=next(iter(source.candidates), source.family_name),
        )


def _tr(text: str) -> str:
    return QCoreApplication.translate("ImportRows", text)


def _words(column: str) -> str:
    return {
        "file": _tr("File"),
        "table": _tr("Table"),
        "row": _tr("Row"),
        "what": _tr("What happens"),
        "patient": _tr("Patient"),
        "content": _tr("Content"),
        "reason": _tr("Reason"),
    }[column]


def _effect(effect: Effect, kind: str) -> str:
    if kind != "pft":
        return {
            Effect.NEW: _tr("new: {kind}"),
            Effect.FILLED: _tr("adds to: {kind}"),
        }.get(effect, _tr("already there")).format(kind=table_words(kind))
    return {
        Effect.NEW: _tr("new test"),
        Effect.FILLED: _tr("fills a recorded test"),
        Effect.KNOWN: _tr("already there"),
        Effect.NO_TEST: _tr("no test"),
    }[effect]


def _named(table: str) -> str:
    """The title of a sheet as it is, or what a file of this kind holds."""
    return kind_words(table) if table in TABLES else table


def table_words(kind: str) -> str:
    """What one row of a table of this kind is."""
    return {
        "patients": _tr("patient"),
        "pft": _tr("test"),
        "therapy": _tr("line of therapy"),
        "infusions": _tr("infusion"),
        "adverse_events": _tr("adverse event"),
        "hrct": _tr("HRCT"),
        "labs": _tr("blood result"),
        "visits": _tr("visit"),
        "outcomes": _tr("outcome"),
        "diagnoses": _tr("diagnosis"),
        "serology": _tr("antibody test"),
        "pros": _tr("questionnaire"),
        "heart_tests": _tr("heart test"),
        "procedures": _tr("procedure"),
        "consents": _tr("consent"),
    }.get(kind, kind)


class ImportRows(QAbstractTableModel):
    """One line per accepted row, rejected cell, warning and test that waits for its patient, file by file.

    KIND is for filtering; DETAIL is what the panel shows of a row.
    """

    KIND = Qt.ItemDataRole.UserRole
    DETAIL = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[_Line] = []

    def show_report(self, report: ImportReport | None) -> None:
        """Replace what is listed."""
        self.beginResetModel()
        self._lines = []
        if report is not None:
            for file, table in zip(report.files, report.tables, strict=False):
                self._lines += _lines_of(file, table, report.choices)
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
        if role == self.DETAIL:
            return line.detail
        if role == Qt.ItemDataRole.ForegroundRole and COLUMNS[index.column()] == "what":
            return _INKS.get(line.kind) and theme.color(_INKS[line.kind])
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[index.column()] == "row":
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def _accepted(file: FileReport, row: PlannedRow, chosen: str) -> _Line:
    who = "  ".join(part for part in (row.mrn, row.name) if part)
    if row.new_patient:
        who = _tr("{who} (new)").format(who=who)
    table = _named(row.source.table) if row.source is not None else ""
    cells = (file.file, table, str(row.row), _effect(row.effect, row.kind), who, row.text, "")
    return _Line(ACCEPTED, row.row, cells, file.sha256, row, chosen)


def _asking(file: str, waiting: Undecided) -> _Line:
    cells = (
        file,
        "",
        str(waiting.row),
        _tr("whose test?"),
        waiting.said,
        wording.day(waiting.date),
        waiting.reason,
    )
    return _Line(ASKS, waiting.row, cells, waiting.sha256, waiting)


def _lines_of(file: FileReport, table: TestTable, choices: Choices) -> list[_Line]:
    """The lines of one file in the order of its rows."""
    waiting = {each.row: each for each in file.undecided}
    read: dict[tuple[str, int], TestRow | ClinicRow] = {(row.table, row.row): row for row in table.rows}
    read |= {(row.table, row.row): row for row in table.clinic}
    chosen = {row: mrn for (sha256, row), mrn in choices.items() if sha256 == file.sha256}

    def remark(kind: str, words: str, found: Remark) -> _Line:
        number = found.row or 0
        content = f"{found.column}: {found.value}" if found.column and found.value else found.column
        source = waiting.get(number) or read.get((found.table, number))
        place = str(number) if number else ""
        cells = (file.file, _named(found.table), place, words, "", content, found.reason)
        return _Line(kind, number, cells, file.sha256, source, chosen.get(number, ""))

    lines = [_accepted(file, row, chosen.get(row.row, "")) for row in file.rows]
    lines += [_asking(file.file, each) for each in file.undecided]
    lines += [
        remark(REJECTED, _tr("rejected"), found)
        for found in file.rejected
        if not (found.column == "patient" and found.row in waiting)
    ]
    lines += [remark(WARNING, _tr("notice"), found) for found in file.warnings]
    order = {_named(row.table): TABLES.index(row.kind) for row in table.clinic if row.kind in TABLES}
    order |= {_named(row.table): TABLES.index("pft") for row in table.rows[:1]}
    return sorted(lines, key=lambda line: (order.get(line.table, -1), line.table, line.number))


def counted(report: ImportReport) -> str:
    """What the files hold and what would become of it, in one line."""
    files = report.files
    others = [
        kind for kind in dict.fromkeys(k for f in files for k in f.records_added) if kind not in _COUNTED
    ]
    counts = (
        (sum(file.rows_read for file in files), _tr("1 row"), _tr("{n} rows")),
        (
            sum(file.patients_added for file in files),
            _tr("1 new patient"),
            _tr("{n} new patients"),
        ),
        (sum(file.tests_added for file in files), _tr("1 new test"), _tr("{n} new tests")),
        (
            sum(file.tests_updated for file in files),
            _tr("1 test filled"),
            _tr("{n} tests filled"),
        ),
        (
            sum(f.records_added.get(kind, 0) for f in files for kind in others),
            _tr("1 other new record"),
            _tr("{n} other new records"),
        ),
        (
            sum(f.records_filled.get(kind, 0) for f in files for kind in (*others, "patients")),
            _tr("1 record filled"),
            _tr("{n} records filled"),
        ),
        (
            sum(f.tests_unchanged for f in files)
            + sum(f.records_unchanged.get(kind, 0) for f in files for kind in (*others, "patients")),
            _tr("1 already there"),
            _tr("{n} already there"),
        ),
        (
            sum(
                len({(r.table, r.row) for r in f.rejected} - {("", each.row) for each in f.undecided})
                for f in files
            ),
            _tr("1 rejected"),
            _tr("{n} rejected"),
        ),
        (
            sum(len(file.undecided) for file in files),
            _tr("1 test waits for its patient"),
            _tr("{n} tests wait for their patients"),
        ),
        (sum(len(file.warnings) for file in files), _tr("1 notice"), _tr("{n} notices")),
    )
    words = [one if n == 1 else many.format(n=n) for n, one, many in counts if n]
    return "   ·   ".join(words) or _tr("The file has no rows below its header.")
