"""Who answers to the question, of whom it cannot be told, or whom an analysis names; Enter opens one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.services.cohort.finding import Found, FoundRow
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.cohort.found_model import COLUMNS, COLUMNS_OF_UNKNOWN, FoundModel
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl
from ctdild_desktop.ui.widgets.table_view import row_table

FOUND, CANNOT_TELL, LISTED = "found", "cannot_tell", "listed"
_WIDTHS = (190, 96, 40, 44, 190, 150, 56, 62, 84)
_NEEDS = len(_WIDTHS)


class FoundPane(QWidget):
    """A choice of the list, the list, and what may be done with those in it."""

    patient_requested = Signal(str)
    export_requested = Signal(object)
    """Ids of the patients in sight."""
    rows_wanted = Signal(object)
    """Ids whose rows came in sight; answer with :meth:`fill`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Found | None = None
        self._listed: tuple[tuple[str, ...], str] = ((), "")
        tr = self.tr
        self._head = SectionHeader(tr("Patients"))
        self.which = SegmentedControl(
            "cohort_list",
            tr("Which patients"),
            ((FOUND, tr("Those found")), (CANNOT_TELL, tr("Cannot be told")), (LISTED, tr("Of the result"))),
        )
        self.which.set_current(FOUND)
        self.which.chosen.connect(lambda _code: self._show())
        self.export_button = named(QPushButton(tr("Export these patients…")), "cohort_export")
        self.export_button.clicked.connect(self._on_export)
        self.model = FoundModel(self)
        self.model.wanted.connect(self.rows_wanted)
        self.table = row_table("cohort_patients", self.model, _WIDTHS, 22)
        self.table.setAccessibleName(tr("Patients of the question"))
        self.table.activated.connect(self._on_opened)
        self._empty = EmptyState("")
        line = QHBoxLayout()
        line.setContentsMargins(theme.scaled(10), 4, theme.scaled(10), 4)
        line.addWidget(self.which)
        line.addStretch(1)
        line.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addLayout(line)
        column.addWidget(self.table, 1)
        column.addWidget(self._empty, 1)
        self._show()

    def show_found(self, found: Found | None) -> None:
        """Show who answers to a question now; None when that is not known."""
        self._found = found
        if found is None:
            self.drop_listed()
        self._show()

    def drop_listed(self) -> None:
        """Forget the patients whom a result named: another question is asked."""
        if self.which.current() == LISTED:
            self.which.set_current(FOUND)
        self._listed = ((), "")

    def show_listed(self, ids: Sequence[str], why: str) -> None:
        """Show some patients whom a result names, under a title that says why."""
        self._listed = (tuple(ids), why)
        self.which.set_current(LISTED)
        self._show()

    def fill(self, rows: Sequence[FoundRow]) -> None:
        """Show these rows."""
        self.model.fill(rows)

    def focus_first(self) -> None:
        """Put the focus on the list."""
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        found, which = self._found, self.which.current()
        listed, why = self._listed
        known = {FOUND: found.ids, CANNOT_TELL: found.cannot_tell} if found is not None else {}
        ids = known.get(which, listed if which == LISTED else ())
        self.which.set_possible(LISTED, bool(why), self.tr("No result has named patients yet."))
        self.model.show_patients(ids)
        for at, column in enumerate(COLUMNS):
            unknown = which == CANNOT_TELL
            self.table.setColumnHidden(at, unknown and column not in COLUMNS_OF_UNKNOWN)
        self.table.setColumnHidden(_NEEDS, which != CANNOT_TELL)
        self.table.setVisible(bool(ids))
        self.export_button.setEnabled(bool(ids))
        title = why if which == LISTED else self.tr("Patients")
        self._head.set_texts(title, str(len(ids)) if found is not None else "")
        self._empty.setVisible(not ids)
        self._empty.set_title(self._nobody(found, which))
        if ids:
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _nobody(self, found: Found | None, which: str) -> str:
        if found is None:
            return self.tr("Nothing was read yet.")
        if not found.registry:
            return self.tr("The registry has no patients yet: nobody can be asked about.")
        if which == CANNOT_TELL:
            return self.tr("Of everybody it can be told whether they belong.")
        return self.tr("Nobody in the registry answers to this question.")

    def _on_export(self) -> None:
        self.export_requested.emit(self.model.ids)

    def _on_opened(self, index: QModelIndex) -> None:
        self.patient_requested.emit(str(index.data(FoundModel.ID)))
