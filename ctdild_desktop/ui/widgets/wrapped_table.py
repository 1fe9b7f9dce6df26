"""A table whose cells wrap: rows as high as their words need, the selected one marked."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextLayout,
    QTextOption,
)
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
from ctdild_desktop.ui.widgets.focus_ring import draw_focus_ring
from ctdild_desktop.ui.widgets.table_view import TableView

Index = QModelIndex | QPersistentModelIndex
_AIR = 6
_MOST_LINES = 6


def wrapped(text: str, font: QFont, width: int) -> list[str]:
    """The words in lines of at most this width, broken between words wherever that can be."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    lines: list[str] = []
    for part in text.split("\n"):
        layout = QTextLayout(part, font)
        layout.setTextOption(option)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            lines.append(part[line.textStart() : line.textStart() + line.textLength()].rstrip())
        layout.endLayout()
    return lines


class _WrappedCell(QStyledItemDelegate):
    """Draws words over as many lines as they need, up to a few."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The height of the wrapped words in the width of their column."""
        view = self.parent()
        assert isinstance(view, QTableView)
        width = view.columnWidth(index.column()) - 2 * _AIR
        lines = wrapped(str(index.data() or ""), theme.font(), max(width, 20))
        spacing = QFontMetrics(theme.font()).lineSpacing()
        return QSize(width, min(max(len(lines), 1), _MOST_LINES) * spacing + theme.scaled(6))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text, shown.text = shown.text, ""
        shown.state &= ~QStyle.StateFlag.State_HasFocus
        shown.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        selected = bool(shown.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setFont(shown.font)
        painter.setPen(theme.color("text") if selected else shown.palette.color(QPalette.ColorRole.Text))
        room = shown.rect.adjusted(_AIR, theme.scaled(3), -_AIR, -theme.scaled(2))
        lines = wrapped(text, shown.font, max(room.width(), 20))
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1] + "…"]
        right = bool(shown.displayAlignment & Qt.AlignmentFlag.AlignRight)
        for number, line in enumerate(lines):
            top = room.top() + number * shown.fontMetrics.lineSpacing()
            free = room.width() - shown.fontMetrics.horizontalAdvance(line) if right else 0
            painter.drawText(room.left() + max(free, 0), top + shown.fontMetrics.ascent(), line)
        if selected and index.column() == 0:
            painter.fillRect(
                shown.rect.left(), shown.rect.top(), 3, shown.rect.height(), theme.color("accent")
            )
        painter.restore()


class WrappedTable(TableView):
    """Rows of a model; ``stretch`` takes the room that the other columns, given in characters, leave."""

    row_selected = Signal(int)
    row_opened = Signal(int)

    def __init__(
        self, name: str, label: str, model: QAbstractItemModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setModel(model)
        self.setItemDelegate(_WrappedCell(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.verticalHeader().setMinimumSectionSize(theme.scaled(22))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setFixedHeight(theme.scaled(24))
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.doubleClicked.connect(lambda index: self.row_opened.emit(index.row()))
        self.selectionModel().currentRowChanged.connect(lambda now, _was: self.row_selected.emit(now.row()))

    def set_widths(self, widths: Mapping[int, int]) -> None:
        """Width of columns in pixels at the usual font; a column with 0 takes the room that is left."""
        head = self.horizontalHeader()
        for section, width in widths.items():
            if width:
                head.setSectionResizeMode(section, QHeaderView.ResizeMode.Fixed)
                self.setColumnWidth(section, theme.scaled(width))
            else:
                head.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_opened.emit(self.currentIndex().row())
            event.accept()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, and the focus ring around the whole table."""
        super().paintEvent(event)
        draw_focus_ring(self)
