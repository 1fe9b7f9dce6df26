"""The room of patients: everybody who is registered, sorted as wanted, and what to do while nobody is."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.language import say_in
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Change, ChangeSet, Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.patients import Column, PatientHit, PatientSummary, Roster
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.models.patient_table import COLUMNS, PAGE, PatientTable
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.page_stack import PageStack
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.table_view import TableView, show_whole_rows

_SHOWN = frozenset({Change.PATIENT, Change.DIAGNOSIS, Change.TEST, Change.IMPORT})
_OF_TESTS = (Column.LAST_TEST, Column.FVC, Column.DLCO, Column.TESTS)
"""Columns that a test may change."""
_SIDE_WIDTH = 460


class _Table(TableView):
    """Enter opens the row as a double click does; letters are told, to go to whom they mean."""

    opened = Signal(QModelIndex)
    typed = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter; everything else moves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Tell the letters: the toolkit would read every row to find them."""
        self.typed.emit(search)


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
        self._order: tuple[Column, bool] = (Column.NAME, False)
        self._asked = 0
        self._outdated = True
        """Whether it shall be read when it comes in sight: at first nothing was read."""
        self._chosen = ""
        """Whose row shall be marked when the list is there."""
        self._letters = ""
        self._since_letter = QElapsedTimer()
        self._header = SectionHeader(self.tr("Patients"))
        self.table = self._make_table()
        self._empty = EmptyState(
            self.tr("No patients yet"),
            self.tr("Add the first patient, or import a table of tests: each row names its patient."),
            (
                ("new_patient", self.tr("New patient  Ctrl+N")),
                ("import", self.tr("Import a table  Ctrl+I")),
                ("open_demo", self.tr("Learn with invented patients")),
            ),
        )
        self._empty.chosen.connect(self.action_requested)
        self._stack = PageStack()
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
        table.setModel(self.model)
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.model.order_wanted.connect(self._on_order)
        self.model.wanted.connect(self._read)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        show_whole_rows(table, 24)
        header = table.horizontalHeader()
        sexes = max(table.fontMetrics().horizontalAdvance(say_in("sex", sex)) for sex in ("F", "M"))
        for at, name in enumerate(COLUMNS[:-1]):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Interactive)
            least = sexes + theme.scaled(14) if name == "sex" else 0
            header.resizeSection(at, max(theme.scaled(_WIDTHS[name]), header.sectionSizeHint(at), least))
        table.doubleClicked.connect(self._on_opened)
        table.opened.connect(self._on_opened)
        table.typed.connect(self._on_typed)
        return table

    def fit(self, permits: Permits) -> None:
        """Offer what a role may do: who may not add patients is told whom to ask."""
        for code in ("new_patient", "import"):
            permits.fit(self._empty.buttons[code], code)
        if permits.refusal("new_patient"):
            self._empty.set_text(self.tr("Ask a recorder or clinician to add the first patient."))

    def refresh(self) -> None:
        """Read again who is listed and in which order."""
        desk, (by, descending) = self._desk, self._order
        self._outdated = False
        self._asked += 1
        number = self._asked

        def read() -> tuple[Roster, tuple[PatientSummary, ...]]:
            roster = patients.roster(desk, by, descending=descending)
            return roster, patients.summaries(desk, roster.ids[:PAGE])

        self._runner.run(
            read,
            while_alive(self, lambda found: self._show(number, *found)),
            while_alive(self, self._refuse),
        )

    def forget(self) -> None:
        """Let go of everybody who is listed."""
        self._asked += 1
        self.model.show_patients((), ())

    def _read(self, ids: tuple[str, ...]) -> None:
        """Read the rows of patients who came in sight or were changed."""
        desk = self._desk
        self._runner.run(
            lambda: patients.summaries(desk, ids),
            while_alive(self, lambda rows: self.model.fill(ids, rows)),
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
        """Mark the row of a patient, now or when the list is there."""
        row = self.model.row_of(patient_id)
        self._chosen = patient_id if row < 0 else ""
        if row >= 0:
            self.table.setCurrentIndex(self.model.index(row, 0))

    def showEvent(self, event: QShowEvent) -> None:
        """Read the list when it was changed while it was out of sight."""
        super().showEvent(event)
        if self._outdated:
            self.refresh()

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

    def _show(self, number: int, roster: Roster, first: tuple[PatientSummary, ...]) -> None:
        if number != self._asked:
            return  # another order was asked for meanwhile, or nobody is looking any more
        marked = self._chosen or self.table.currentIndex().data(PatientTable.ID) or ""
        self.model.show_patients(roster.ids, first)
        remark = self.tr("%n incomplete", "", roster.incomplete) if roster.incomplete else ""
        self._header.set_texts(self.tr("Patients"), str(len(roster.ids)), remark)
        self._stack.bring(self.table if roster.ids else self._empty)
        if roster.ids:
            self.table.setCurrentIndex(self.model.index(0, 0))
            self.select(str(marked))
        self._chosen = ""

    def _on_order(self, column: str, descending: bool) -> None:
        if (order := (Column(column), descending)) != self._order:
            self._order = order
            self.refresh()

    def _on_typed(self, letters: str) -> None:
        """Go to whom the letters mean that were typed one soon after the other."""
        waited = self._since_letter.elapsed() if self._since_letter.isValid() else 0
        if waited > QApplication.keyboardInputInterval():
            self._letters = ""
        self._since_letter.start()
        self._letters += letters
        desk, text = self._desk, self._letters
        self._runner.run(
            lambda: patients.find(desk, text, 1) if text.strip() else (),
            while_alive(self, lambda hits: self._go_to(text, hits)),
            while_alive(self, self._refuse),
        )

    def _go_to(self, letters: str, hits: tuple[PatientHit, ...]) -> None:
        row = self.model.row_of(hits[0].id) if hits and letters == self._letters else -1
        if row >= 0:
            self.table.setCurrentIndex(self.model.index(row, 0))

    def _on_opened(self, index: QModelIndex) -> None:
        self.open_requested.emit(str(index.data(PatientTable.ID)))

    def _on_changed(self, changes: ChangeSet) -> None:
        if not changes.kinds & _SHOWN:
            return
        patient_id = changes.patient_id
        if patient_id and changes.kinds & _SHOWN == {Change.TEST} and self._order[0] not in _OF_TESTS:
            if self.model.holds(patient_id):
                self._read((patient_id,))
        elif self.isVisible():
            self.refresh()
        else:
            self._outdated = True


_WIDTHS = {
    "name": 210,
    "mrn": 110,
    "sex": 40,
    "birth_date": 90,
    "diagnosis": 90,
    "pattern": 110,
    "last_test": 90,
    "fvc": 70,
    "dlco": 122,
    "tests": 50,
}
