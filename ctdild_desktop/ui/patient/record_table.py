"""A table of records, opened by Enter or a double click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.record_model import ID_ROLE, KIND_ROLE, Column, Index, RecordModel, Row
from ctdild_desktop.ui.widgets.focus_ring import draw_focus_ring
from ctdild_desktop.ui.widgets.table_view import TableView

_WIDEST = 260
_AIR = 6
_LEAST_STRETCH = 84
_MOST_MEASURED = 5000
_LINE = "\u2028"
"""What the toolkit writes for the end of a line within a cell."""
_BY_STYLE = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver


class _Cell(QStyledItemDelegate):
    """Draws a cell with some air at its sides; on a selected row everything is in the ink of numbers.

    The style has nothing to draw in a cell that is neither selected nor under the pointer, and asking it
    takes longer than everything else: such a cell is written at once.
    """

    def __init__(self, records: RecordModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._records = records

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if option.state & _BY_STYLE:
            self._paint_by_style(painter, option, index)
            return
        cell = self._records.cell(index.row(), index.column())
        if not cell.text:
            return
        room = option.rect.adjusted(_AIR, 0, -_AIR, 0)
        face, metrics = theme.measured_font(bold=cell.strong)
        painter.setFont(face)
        painter.setPen(theme.color(cell.ink))
        text = cell.text
        if "\n" in text or metrics.horizontalAdvance(text) > room.width() + 1:
            text = text.replace("\n", _LINE)
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width() + 1)
        painter.drawText(room, cell.alignment, text)

    def _paint_by_style(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text, shown.text = shown.text, ""
        shown.state &= ~QStyle.StateFlag.State_HasFocus
        shown.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        selected = bool(shown.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setFont(shown.font)
        ink = theme.color("text") if selected else shown.palette.color(QPalette.ColorRole.Text)
        painter.setPen(ink)
        room = shown.rect.adjusted(_AIR, 0, -_AIR, 0)
        short = shown.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width() + 1)
        painter.drawText(room, shown.displayAlignment, short)
        if selected and index.column() == 0:
            painter.fillRect(
                shown.rect.left(), shown.rect.top(), 3, shown.rect.height(), theme.color("accent")
            )
        painter.restore()


class RecordTable(TableView):
    """Rows of a :class:`RecordModel`."""

    record_activated = Signal(str, str)
    record_selected = Signal(str, str)

    def __init__(
        self, name: str, label: str, columns: Sequence[Column], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._widths: dict[int, int] = {}
        self._measured: dict[tuple[str, bool], float] = {}
        """Widths of texts, which patients have in common: most are short numbers."""
        self._fitted = True
        self._records = RecordModel(columns, self)
        self.setModel(self._records)
        self.setItemDelegate(_Cell(self._records, self))
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
        """Replace the rows, keep the selected record selected, and fit the columns, when they are seen."""
        kept = self.current_record()
        blocked = self.selectionModel().blockSignals(True)
        self._records.set_rows(rows)
        self._fitted = False
        if self.isVisible():
            self._fit_columns()
        self.selectionModel().blockSignals(blocked)
        self.select_record(kept[1] if kept is not None else "")
        if self.isVisible():
            self.executeDelayedItemsLayout()  # else it is laid out after the first painting, for a second

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
        draw_focus_ring(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the columns of rows that came while nobody saw them: measuring every tab takes long."""
        super().showEvent(event)
        if not self._fitted:
            self._fit_columns()

    def changeEvent(self, event: QEvent) -> None:
        """Another font gives other widths."""
        self._measured.clear()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide or show the columns that may go."""
        super().resizeEvent(event)
        self._drop_columns()

    def _drop_columns(self) -> None:
        columns = self._records.columns
        fixed = [index for index, column in enumerate(columns) if not column.stretch]
        need = sum(self._widths.get(index, 0) for index in fixed)
        need += theme.scaled(_LEAST_STRETCH) * (len(columns) - len(fixed))
        for index in sorted((i for i in fixed if columns[i].drop), key=lambda i: columns[i].drop):
            gone = need > self.viewport().width()
            self.setColumnHidden(index, gone)
            if gone:
                need -= self._widths.get(index, 0)

    def _fit_columns(self) -> None:
        """Each column as wide as its widest text; measured here, the style's own hint is too generous."""
        self._fitted = True
        head = self.horizontalHeader()
        titles, plain = QFontMetricsF(theme.font(-1)), QFontMetricsF(theme.font())
        strong = QFontMetricsF(theme.font(bold=True))
        head.blockSignals(True)  # else the table paints each column again, after the first painting
        for section, column in enumerate(self._records.columns):
            if column.stretch:
                head.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
                continue
            bold = self._records.is_strong(section)
            metrics = strong if bold else plain
            texts = self._records.texts_of(section)
            widest = max((self._width_of(text, metrics, bold) for text in texts), default=0.0)
            width = max(widest, titles.horizontalAdvance(column.title)) + theme.scaled(13)
            self._widths[section] = min(round(width), theme.scaled(_WIDEST))
            self.setColumnWidth(section, self._widths[section])
        head.blockSignals(False)
        self.updateGeometries()
        self.viewport().update()
        self._drop_columns()

    def _width_of(self, text: str, metrics: QFontMetricsF, bold: bool) -> float:
        known = self._measured.get((text, bold))
        if known is None:
            if len(self._measured) > _MOST_MEASURED:
                self._measured.clear()
            known = self._measured[(text, bold)] = metrics.horizontalAdvance(text)
        return known

    def _on_opened(self, index: Index) -> None:
        self.record_activated.emit(str(index.data(KIND_ROLE)), str(index.data(ID_ROLE)))

    def _on_current(self, index: QModelIndex, _previous: QModelIndex) -> None:
        if index.isValid():
            self.record_selected.emit(str(index.data(KIND_ROLE)), str(index.data(ID_ROLE)))
