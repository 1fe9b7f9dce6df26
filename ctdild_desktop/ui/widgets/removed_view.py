"""Removed records or patients: what each said, who removed it and why, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.services.removed import Removed
from ctdild_desktop.ui.widgets.acts_view import details
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.wrapped_table import WrappedTable


class RemovedView(QWidget):
    """Lists what was removed; ``restore_requested`` carries the one that shall come back, and why."""

    restore_requested = Signal(object, str)

    def __init__(
        self,
        name: str,
        label: str,
        *,
        empty: tuple[str, str],
        may_restore: bool,
        why_not: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._items: tuple[Removed, ...] = ()
        self._may = may_restore
        self._rows = QStandardItemModel(0, 4, self)
        self._rows.setHorizontalHeaderLabels(
            [self.tr("Removed"), self.tr("When"), self.tr("By"), self.tr("Why")]
        )
        self.table = WrappedTable(f"{name}_table", label, self._rows)
        self.table.set_widths({0: 0, 1: 122, 2: 130, 3: 220})
        self.table.row_selected.connect(self._on_selected)
        self.table.row_opened.connect(lambda _row: self.restore.setFocus())
        self.detail = details(f"{name}_detail", self.tr("What the chosen one says"))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState(*empty))
        self._stack.addWidget(split)
        self._foot = QWidget()
        self._foot.setLayout(self._make_foot(name, why_not))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self._foot)
        self.show_items(())

    def _make_foot(self, name: str, why_not: str) -> QHBoxLayout:
        self.reason = TextField(f"{name}_reason", self.tr("Why it comes back"))
        self.reason.setPlaceholderText(self.tr("why it comes back (may stay empty)"))
        self.restore = named(QPushButton(self.tr("Re&store")), f"{name}_restore")
        self.restore.clicked.connect(self._on_restore)
        self.reason.accepted.connect(self.restore.setFocus)
        words = QLabel(why_not)
        words.setProperty("hint", True)
        for part in (self.reason, self.restore):
            part.setVisible(self._may)
        words.setVisible(not self._may)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 5, 10, 5)
        foot.addWidget(self.reason, 1)
        foot.addWidget(self.restore)
        foot.addWidget(words, 1)
        return foot

    @property
    def items(self) -> tuple[Removed, ...]:
        """What is listed."""
        return self._items

    def show_items(self, items: Sequence[Removed]) -> None:
        """Replace what is listed; the first is chosen."""
        self._items = tuple(items)
        self._rows.removeRows(0, self._rows.rowCount())
        for item in self._items:
            cells = [QStandardItem(text) for text in (item.name, item.when, item.who, item.reason)]
            cells[0].setAccessibleText(", ".join((item.name, item.when, item.who, item.reason)))
            for made in cells:
                made.setEditable(False)
            self._rows.appendRow(cells)
        self._stack.setCurrentIndex(1 if self._items else 0)
        self._foot.setVisible(bool(self._items))
        self.reason.set_text("")
        self.detail.clear()
        if self._items:
            self.table.selectRow(0)

    def clear(self) -> None:
        """Hold nothing any more."""
        self.show_items(())

    def chosen(self) -> Removed | None:
        """The one that is chosen."""
        row = self.table.currentIndex().row()
        return self._items[row] if 0 <= row < len(self._items) else None

    def focus_first(self) -> None:
        """Put the focus where reading begins."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_selected(self, row: int) -> None:
        if 0 <= row < len(self._items):
            item = self._items[row]
            lines = (f"    {label}: {words}" for label, words in item.values)
            self.detail.setPlainText("\n".join((item.name, *lines)))

    def _on_restore(self) -> None:
        item = self.chosen()
        if item is not None:
            self.restore_requested.emit(item, self.reason.text_value())
