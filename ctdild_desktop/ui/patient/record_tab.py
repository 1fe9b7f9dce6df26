"""A tab with one kind of record: what to add, and the table or what to do first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.ui.patient.record_model import Column, Row
from ctdild_desktop.ui.patient.record_table import RecordTable
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.fitting_label import FittingLabel
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.page_stack import PageStack


class RecordTab(Later):
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
        self._name, self._label, self._columns = name, label, columns
        self._add_words, self._empty_words, self._hint = add_words, empty, hint
        self._further: list[tuple[str, str, Callable[[], None], str]] = []
        self._permits: tuple[Permits, str] | None = None
        self._rows: Sequence[Row] | Callable[[], Sequence[Row]] = ()
        self._told = ""
        self._marked = ""
        """The record that was marked when the rows went."""

    @property
    def table(self) -> RecordTable:
        """The rows."""
        self.make()
        if callable(self._rows):
            self._show()
        return self._table

    def fit(self, permits: Permits, action_id: str) -> None:
        """Offer what a role may do: who may not add is told whom to ask."""
        self._permits = (permits, action_id)
        if self.made:
            self._offer()

    def add_button(self, name: str, words: str, clicked: Callable[[], None], action_id: str = "") -> None:
        """A further button beside the first, where the tab lists records of two kinds.

        Args:
            action_id: the action that it stands for; empty for none.
        """
        self._further.append((name, words, clicked, action_id))
        if self.made:
            self._make_button(*self._further[-1])

    def button(self, name: str) -> QPushButton:
        """A further button; KeyError for another name."""
        self.make()
        return self._buttons[name]

    @property
    def first_button(self) -> QPushButton:
        """The button that adds a record."""
        self.make()
        return self._add

    def set_remark(self, text: str) -> None:
        """A sentence above the rows; an empty one takes it away."""
        self._told = text
        if self.made:
            self._remark.setText(text)
            self._remark.setVisible(bool(text))

    def show_rows(self, rows: Sequence[Row] | Callable[[], Sequence[Row]]) -> None:
        """Replace the rows; without any, say what to do first.

        Args:
            rows: or what makes them, which is asked when somebody looks.
        """
        self._rows = rows
        if not self.made:
            return
        if callable(rows) and not self.isVisible():
            marked = self._table.current_record()
            self._marked = marked[1] if marked is not None else self._marked
            self._table.show_rows(())  # nothing of another patient stays behind
        else:
            self._show()

    def _show(self) -> None:
        if callable(self._rows):
            self._rows = self._rows()
        self._table.show_rows(self._rows)
        if self._marked:
            self._table.select_record(self._marked)
            self._marked = ""
        self._stack.bring(self._table if self._rows else self._empty)

    def setVisible(self, visible: bool) -> None:
        """Make the rows for whoever looks."""
        if visible and self.made and callable(self._rows):
            self._show()
        super().setVisible(visible)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the rows also when the whole page comes in sight."""
        super().showEvent(event)
        if callable(self._rows):
            self._show()

    def _make_inside(self) -> None:
        name = self._name
        self._buttons: dict[str, QPushButton] = {}
        self._stack = PageStack(self)
        self._table = RecordTable(f"{name}_table", self._label, self._columns, self._stack)
        self._table.setAlternatingRowColors(True)
        self._table.record_activated.connect(self.record_activated)
        self._empty = EmptyState(*self._empty_words, parent=self._stack)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._table)
        self._add = QPushButton(self._add_words, self)
        self._add.setObjectName(f"add_{name}")
        self._add.clicked.connect(self.add_requested)
        self._head = QHBoxLayout()
        self._remark = QLabel(self)
        self._remark.setObjectName(f"{name}_remark")
        self._remark.setTextFormat(Qt.TextFormat.PlainText)
        self._remark.setWordWrap(True)
        self._remark.setContentsMargins(10, 0, 10, 5)
        told = FittingLabel(self)
        told.set_wordings((self._hint or self.tr("Enter opens the row"),))
        self._head.setContentsMargins(10, 5, 10, 5)
        self._head.setSpacing(8)
        self._head.addWidget(self._add)
        self._head.addWidget(told, 1)
        for further in self._further:
            self._make_button(*further)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self._remark)
        column.addWidget(self._stack, 1)
        self._offer()
        self.set_remark(self._told)
        self._show()

    def _make_button(self, name: str, words: str, clicked: Callable[[], None], action_id: str) -> None:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.clicked.connect(clicked)
        self._head.insertWidget(self._head.count() - 1, button)
        self._buttons[name] = button
        if self._permits is not None and action_id:
            self._permits[0].fit(button, action_id)

    def _offer(self) -> None:
        if self._permits is None:
            return
        permits, action_id = self._permits
        permits.fit(self._add, action_id)
        if permits.refusal(action_id):
            self._empty.set_text(self.tr("Ask a recorder or clinician to add the first one."))
