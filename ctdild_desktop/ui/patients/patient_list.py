"""The room of patients: everybody who is registered, sorted as wanted, and what to do while nobody is."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Change, ChangeSet, Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.patients import PatientSummary
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.models.patient_table import COLUMNS, PatientTable
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.table_view import TableView

_SHOWN = frozenset({Change.PATIENT, Change.DIAGNOSIS, Change.TEST, Change.IMPORT})
_SIDE_WIDTH = 460


class _Table(TableView):
    """Enter opens the row as a double click does."""

    opened = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter; everything else moves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class PatientListPage(QWidget):
    """The list, with a place at its right for the form of a new patient."""

    open_requested = Signal(str)
    """Id of a patient."""
    refused = Signal(str)
    """Why the list was not read."""
    action_requested = Signal(str)
    """Id of an action: ``new_patient``, ``import`` or ``open_demo``."""

    def __init__(self, desk: Desk, runner: Runner, changes: ChangeBus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = runner
        self.setObjectName("patient_list_page")
        self.model = PatientTable(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(PatientTable.SORT)
        self._sorted.setSortLocaleAware(True)
        self._header = SectionHeader(self.tr("Patients"))
        self.table = self._make_table()
        self._empty = EmptyState(
            self.tr("No patients yet"),
            self.tr("Add the first patient, or import a table of tests: each row names its patient."),
            (
                ("new_patient", self.tr("New patient  Ctrl+N")),
                ("import", self.tr("Import a table  Ctrl+I")),
                ("open_demo", self.tr("Look at the demonstration")),
            ),
        )
        self._empty.chosen.connect(self.action_requested)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._stack, 1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addLayout(column, 1)
        self._sheet: QWidget | None = None
        changes.changed.connect(self._on_changed)

    def _make_table(self) -> _Table:
        table = _Table()
        table.setObjectName("patient_table")
        table.setAccessibleName(self.tr("Registered patients"))
        table.setModel(self._sorted)
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.scaled(24))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        for at, name in enumerate(COLUMNS[:-1]):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(at, theme.scaled(_WIDTHS[name]))
        table.doubleClicked.connect(self._on_opened)
        table.opened.connect(self._on_opened)
        return table

    def fit(self, permits: Permits) -> None:
        """Offer what a role may do: who may not add patients is told whom to ask."""
        for code in ("new_patient", "import"):
            permits.fit(self._empty.buttons[code], code)
        if permits.refusal("new_patient"):
            self._empty.set_text(self.tr("Ask a recorder or clinician to add the first patient."))

    def refresh(self) -> None:
        """Read the list again."""
        desk = self._desk
        self._runner.run(
            lambda: patients.list_patients(desk),
            while_alive(self, self._show),
            while_alive(self, self._refuse),
        )

    def _refuse(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.refused.emit(words)

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        if self._sheet is None:
            (self.table if self.model.rowCount() else self._empty).setFocus(Qt.FocusReason.OtherFocusReason)

    def select(self, patient_id: str) -> None:
        """Mark the row of a patient."""
        row = self.model.row_of(patient_id)
        if row >= 0:
            self.table.setCurrentIndex(self._sorted.mapFromSource(self.model.index(row, 0)))

    @property
    def sheet(self) -> QWidget | None:
        """The form at the right of the list."""
        return self._sheet

    def open_sheet(self, sheet: QWidget) -> None:
        """Put a form at the right of the list."""
        self.close_sheet()
        sheet.setMaximumWidth(theme.scaled(_SIDE_WIDTH))
        self._sheet = sheet
        self._row.addWidget(sheet)
        sheet.show()

    def close_sheet(self) -> None:
        """Take the form away."""
        if self._sheet is not None:
            self._row.removeWidget(self._sheet)
            self._sheet.hide()
            self._sheet.deleteLater()
            self._sheet = None
            self.focus_first()

    def _show(self, rows: tuple[PatientSummary, ...]) -> None:
        chosen = self.table.currentIndex().data(PatientTable.ID)
        self.model.show_patients(rows)
        incomplete = sum(1 for row in rows if row.missing)
        remark = self.tr("%n incomplete", "", incomplete) if incomplete else ""
        self._header.set_texts(self.tr("Patients"), str(len(rows)), remark)
        self._stack.setCurrentWidget(self.table if rows else self._empty)
        if rows:
            self.table.setCurrentIndex(self._sorted.index(0, 0))
            if chosen:
                self.select(str(chosen))

    def _on_opened(self, index: QModelIndex) -> None:
        self.open_requested.emit(str(index.data(PatientTable.ID)))

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.kinds & _SHOWN:
            self.refresh()


_WIDTHS = {
    "name": 210,
    "mrn": 110,
    "sex": 40,
    "birth_date": 90,
    "diagnosis": 90,
    "pattern": 110,
    "last_test": 90,
    "fvc": 70,
    "dlco": 70,
    "tests": 50,
}
