"""A tab with one kind of record: what to add, and the table or what to do first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ctdild_desktop.ui.patient.record_model import Column, Row
from ctdild_desktop.ui.patient.record_table import RecordTable
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.fitting_label import FittingLabel


class RecordTab(QWidget):
    """Shows rows of one kind; emits when one is to be opened or a new one added."""

    record_activated = Signal(str, str)
    add_requested = Signal()

    def __init__(
        self,
        name: str,
        label: str,
        columns: Sequence[Column],
        *,
        add_words: str,
        empty: tuple[str, str],
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}_tab")
        self.table = RecordTable(f"{name}_table", label, columns, self)
        self.table.setAlternatingRowColors(True)
        self.table.record_activated.connect(self.record_activated)
        self._empty = EmptyState(empty[0], empty[1], parent=self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        self._add = QPushButton(add_words, self)
        self._add.setObjectName(f"add_{name}")
        self._add.clicked.connect(self.add_requested)
        self._head = QHBoxLayout()
        self._remark = QLabel(self)
        self._remark.setObjectName(f"{name}_remark")
        self._remark.setTextFormat(Qt.TextFormat.PlainText)
        self._remark.setWordWrap(True)
        self._remark.setContentsMargins(10, 0, 10, 5)
        self._remark.hide()
        told = FittingLabel(self)
        told.set_wordings((hint or self.tr("Enter opens the row"),))
        self._head.setContentsMargins(10, 5, 10, 5)
        self._head.setSpacing(8)
        self._head.addWidget(self._add)
        self._head.addWidget(told, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self._remark)
        column.addWidget(self._stack, 1)

    def fit(self, permits: Permits, action_id: str) -> None:
        """Offer what a role may do: who may not add is told whom to ask."""
        permits.fit(self._add, action_id)
        if permits.refusal(action_id):
            self._empty.set_text(self.tr("Ask a recorder or clinician to add the first one."))

    def add_button(self, name: str, words: str, clicked: Callable[[], None]) -> QPushButton:
        """A further button beside the first, where the tab lists records of two kinds."""
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.clicked.connect(clicked)
        self._head.insertWidget(self._head.count() - 1, button)
        return button

    def set_remark(self, text: str) -> None:
        """A sentence above the rows; an empty one takes it away."""
        self._remark.setText(text)
        self._remark.setVisible(bool(text))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Replace the rows; without any, say what to do first."""
        self.table.show_rows(rows)
        self._stack.setCurrentWidget(self.table if rows else self._empty)
