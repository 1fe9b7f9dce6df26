"""A table of records, opened by Enter or a double click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.record_model import ID_ROLE, KIND_ROLE, Column, Index, RecordModel, Row
from ctdild_desktop.ui.widgets import glyphs


class _Cell(QStyledItemDelegate):
    """Text on a selected row is drawn in the ink of numbers, whatever its own is; no dotted cell focus."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus
        if option.state & QStyle.StateFlag.State_Selected:
            option.palette.setColor(QPalette.ColorRole.HighlightedText, QColor(theme.tokens().text))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if index.column() == 0 and option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(
                option.rect.left(), option.rect.top(), 3, option.rect.height(), theme.color("accent")
            )


class RecordTable(QTableView):
    """Rows of a :class:`RecordModel`."""

    record_activated = Signal(str, str)
    record_selected = Signal(str, str)

    def __init__(
        self, name: str, label: str, columns: Sequence[Column], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._records = RecordModel(columns, self)
        self.setModel(self._records)
        self.setItemDelegate(_Cell(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.scaled(22))
        self.verticalHeader().setMinimumSectionSize(theme.scaled(22))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setFixedHeight(theme.scaled(24))
        head.setMinimumSectionSize(theme.scaled(26))
        self.doubleClicked.connect(self._on_opened)
        self.selectionModel().currentRowChanged.connect(self._on_current)

    @property
    def records(self) -> RecordModel:
        """The model."""
        return self._records

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Replace the rows, keep the selected record selected, and fit the columns."""
        kept = self.current_record()
        blocked = self.selectionModel().blockSignals(True)
        self._records.set_rows(rows)
        self._fit_columns()
        self.selectionModel().blockSignals(blocked)
        self.select_record(kept[1] if kept is not None else "")

    def current_record(self) -> tuple[str, str] | None:
        """Kind and id of the selected row."""
        index = self.currentIndex()
        if not index.isValid():
            return None
        return str(index.data(KIND_ROLE)), str(index.data(ID_ROLE))

    def select_record(self, record_id: str) -> None:
        """Select the row of a record without emitting; nothing when it is not shown."""
        row = self._records.row_of(record_id)
        blocked = self.selectionModel().blockSignals(True)
        if row < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.selectRow(row)
        self.selectionModel().blockSignals(blocked)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_opened(self.currentIndex())
            event.accept()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, and the focus ring around the whole table."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(glyphs.pen(theme.color("focus"), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def _fit_columns(self) -> None:
        head = self.horizontalHeader()
        self.resizeColumnsToContents()
        for section, column in enumerate(self._records.columns):
            if column.stretch:
                head.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
            else:
                self.setColumnWidth(section, self.columnWidth(section) + theme.scaled(2))

    def _on_opened(self, index: Index) -> None:
        self.record_activated.emit(str(index.data(KIND_ROLE)), str(index.data(ID_ROLE)))

    def _on_current(self, index: QModelIndex, _previous: QModelIndex) -> None:
        if index.isValid():
            self.record_selected.emit(str(index.data(KIND_ROLE)), str(index.data(ID_ROLE)))
