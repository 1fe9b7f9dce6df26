"""The message in hand: whose it says it is, its tests, what happens to each, and the search for a patient."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.import_matching import said_of
from ctdild_desktop.services.inbox_messages import Look
from ctdild_desktop.services.inbox_waiting import State
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.imports.import_rows import ASKS, ImportRows
from ctdild_desktop.ui.imports.import_rows import COLUMNS as TEST_COLUMNS
from ctdild_desktop.ui.imports.row_panel import RowDetail, RowPanel
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.table_view import row_table

_TEST_WIDTHS = {"row": 44, "what": 130, "patient": 230, "content": 300}
"""Columns of the tests of a message; the file and its tables are said above."""
_ROW, _EFFECT, _REASON = (TEST_COLUMNS.index(name) for name in ("row", "what", "reason"))


class MessagePane(QWidget):
    """Shows one message at a time; ``chosen`` carries a test and the MRN of the patient it is given to."""

    chosen = Signal(object, str)

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inbox_message")
        self._look: Look | None = None
        self.tests = ImportRows(self)
        self._says, self._state = plain_label(name="inbox_says", bold=0), plain_label(name="inbox_state")
        for label in (self._says, self._state):
            label.setWordWrap(True)
        widths = [_TEST_WIDTHS.get(name, 0) for name in TEST_COLUMNS[:-1]]
        self.parts = row_table("inbox_tests", self.tests, widths, 24)
        for place, width in enumerate(widths):
            self.parts.setColumnHidden(place, not width)
        self.parts.setMinimumHeight(theme.scaled(110))
        self.parts.setAccessibleName(self.tr("Tests of the message and what happens to each"))
        self.parts.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.parts.selectionModel().currentRowChanged.connect(lambda now, _before: self._on_part(now))
        self.panel = RowPanel(desk, runner)
        self.parts.activated.connect(lambda _index: self.panel.start())
        self.panel.chosen.connect(self.chosen)
        words = QVBoxLayout()
        words.setContentsMargins(10, 6, 10, 6)
        words.setSpacing(2)
        words.addWidget(self._says)
        words.addWidget(self._state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(words)
        column.addWidget(self.parts, 2)
        column.addWidget(self.panel, 3)
        column.addStretch(0)

    def show_look(self, look: Look | None, state_words: str) -> None:
        """Show a message, or none; ``state_words`` say what became of it, or why it waits."""
        other = look is None or self._look is None or look.message.id != self._look.message.id
        self._look = look
        self.tests.show_report(look.report if look is not None else None)
        self.parts.setVisible(bool(self.tests.rowCount()))
        if other:
            self.panel.show_row(None)
        self.setVisible(look is not None)
        for column in (_EFFECT, _REASON):  # of what was decided, nothing happens any more
            self.parts.setColumnHidden(column, look is not None and not look.message.state.open)
        numbers = {self.tests.index(row, _ROW).data() for row in range(self.tests.rowCount())}
        self.parts.setColumnHidden(_ROW, len(numbers - {""}) < 2)
        self._state.setText(state_words)
        if look is None:
            self._says.setText("")
        else:
            who = look.message.said.who or self.tr("nobody")
            self._says.setText(self.tr("The message says: {who}").format(who=who))
            self._choose_part()

    def _choose_part(self) -> None:
        """Mark the first test that waits for its patient, else the first with values."""
        with_values = -1
        for row in range(self.tests.rowCount()):
            index = self.tests.index(row, 0)
            if index.data(ImportRows.KIND) == ASKS:
                self.parts.selectRow(row)
                return
            detail = index.data(ImportRows.DETAIL)
            if with_values < 0 and isinstance(detail, RowDetail) and detail.readings:
                with_values = row
        if with_values >= 0:
            self.parts.selectRow(with_values)
        else:
            self.panel.show_row(None)

    def _on_part(self, index: QModelIndex) -> None:
        detail = index.data(ImportRows.DETAIL) if index.isValid() else None
        self.panel.show_row(self._asking(detail) if isinstance(detail, RowDetail) else None)

    def _asking(self, detail: RowDetail) -> RowDetail:
        """A test of somebody new may be given to somebody who is recorded; nothing is asked once decided."""
        look = self._look
        if look is None or look.file is None or look.message.state is not State.WAITING:
            return replace(detail, asks=False)
        new = next((row for row in look.file.rows if row.row == detail.row and row.new_patient), None)
        if new is None or new.source is None or detail.asks:
            return detail
        said = said_of(new.source.patient)
        return replace(
            detail, asks=True, said=said, reason=look.message.why, sought=new.source.patient.family_name
        )
