"""The work list in sight: kinds of reason as lines across, rows under them, all by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QElapsedTimer, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ctdild_desktop.services.today import Group, Place, State, TodayRow
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.due import row_marks, words
from ctdild_desktop.ui.today.work_model import COLUMNS, WorkModel, column_titles
from ctdild_desktop.ui.widgets.focus_ring import draw_focus_ring
from ctdild_desktop.ui.widgets.table_view import TreeView

_ROW = 25
_WIDTHS = {
    "mark": 30,
    "reason": 0,
    "patient": 164,
    "age": 58,
    "disease": 116,
    "due": 78,
    "state": 114,
    "opens": 74,
}
_REASON = 240
"""Where the reason would have less, the disease makes room for it."""
_WIDE_REASON = 460
"""What the reason has before names get more than their width, and how much more at most."""
_MORE_NAME = 120
_RIGHT = ("due", "state")
_QUIET = ("disease", "opens")
_CTRL = Qt.KeyboardModifier.ControlModifier
_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_Index = QModelIndex | QPersistentModelIndex


def _widths() -> dict[str, int]:
    """The columns of one width: no less than what may stand in them takes in the language and font in use."""
    plain, bold = QFontMetrics(theme.font()), QFontMetrics(theme.font(bold=True))
    late, other_states = words.longest_states()
    longest = {
        "age": map(plain.horizontalAdvance, words.longest_who()),
        "due": (plain.horizontalAdvance("00.00.0000"),),
        "state": (*map(bold.horizontalAdvance, late), *map(plain.horizontalAdvance, other_states)),
        "opens": map(plain.horizontalAdvance, map(words.place_name, Place)),
    }
    titles = {name: plain.horizontalAdvance(title) for name, title in column_titles().items()}
    wide = {name: theme.scaled(width) for name, width in _WIDTHS.items() if width}
    return wide | {
        name: max(wide[name], max(titles[name], *texts) + theme.scaled(14)) for name, texts in longest.items()
    }


class _RowDelegate(QStyledItemDelegate):
    """Draws both kinds of line; on the selected one everything is in the colour of text."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All lines are equally high."""
        del option, index
        return QSize(theme.scaled(40), theme.scaled(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell, or the whole line of a group."""
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        row = index.data(WorkModel.ROW)
        painter.save()
        if row is None:
            self._draw_group(painter, option.rect, index, chosen=chosen)
        else:
            ground = "sel" if chosen else "alt" if hovered else "base"
            painter.fillRect(option.rect, theme.color(ground))
            painter.setPen(theme.color("grid"))
            painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
            if COLUMNS[index.column()] == "mark":
                self._draw_mark(painter, option.rect, row)
            else:
                self._draw_text(painter, option.rect, index, row, chosen=chosen)
        if chosen and not index.column():
            edge = QRect(option.rect.left(), option.rect.top(), 3, option.rect.height())
            painter.fillRect(edge, theme.color("accent"))
        painter.restore()

    def _draw_group(self, painter: QPainter, room: QRect, index: _Index, *, chosen: bool) -> None:
        painter.fillRect(room, theme.color("sel" if chosen else "header"))
        painter.setPen(theme.color("line"))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        title, _gap, count = str(index.data()).rpartition("  ")
        place = room.adjusted(theme.scaled(8), 0, -theme.scaled(8), 0)
        for text, bold in ((title, True), (count, False)):
            face = theme.font(bold=bold)
            painter.setFont(face)
            painter.setPen(theme.color("text" if bold or chosen else "text2"))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
            place.setLeft(place.left() + QFontMetrics(face).horizontalAdvance(text) + theme.scaled(8))

    def _draw_mark(self, painter: QPainter, room: QRect, row: TodayRow) -> None:
        side = theme.scaled(13)
        box = QRectF(0, 0, side, side)
        box.moveCenter(QRectF(room).center())
        row_marks.draw(painter, box, row)

    def _draw_text(
        self, painter: QPainter, room: QRect, index: _Index, row: TodayRow, *, chosen: bool
    ) -> None:
        column = COLUMNS[index.column()]
        late = column == "state" and row.state is State.OVERDUE and row.snooze is None
        face = theme.font(bold=late or column == "patient")
        ink = "text" if chosen or not (late or column in _QUIET) else "over" if late else "text2"
        painter.setFont(face)
        painter.setPen(theme.color(ink))
        place = room.adjusted(theme.scaled(6), 0, -theme.scaled(6), 0)
        text = str(index.data())
        if column in ("reason", "patient", "disease"):
            text = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)


class WorkView(TreeView):
    """Enter and a double click open a row; letters jump to a name; the line of a group shows all of it."""

    opened = Signal(object)
    """A ``TodayRow``."""
    unfolding = Signal(object, bool)
    """A ``Group``, and whether all of its rows shall be shown."""
    typed = Signal(str)
    """Letters typed one soon after the other."""
    pressed_space = Signal(object)
    """A ``TodayRow``."""
    pressed_done = Signal(object)
    """A ``TodayRow`` whose work was done without any form."""

    def __init__(self, model: WorkModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letters = ""
        self._since_letter = QElapsedTimer()
        self.work = model
        self.setObjectName("work_list")
        self.setAccessibleName(self.tr("Work list of today"))
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(self))
        self.setUniformRowHeights(True)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(0)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fit_header()
        model.rowsInserted.connect(self._on_inserted)
        self.doubleClicked.connect(self._open)
        self.clicked.connect(self._on_clicked)

    def _fit_header(self) -> None:
        head = self.header()
        head.setSectionsMovable(False)
        head.setSectionsClickable(False)
        head.setStretchLastSection(False)
        head.setMinimumSectionSize(theme.scaled(24))
        head.setFixedHeight(theme.scaled(24))
        wide = _widths()
        for place, name in enumerate(COLUMNS):
            if name in wide:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
                head.resizeSection(place, wide[name])
            else:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the reason its room, and long names some of what is left over.

        The disease gives way first: it is also on the patient's page.
        """
        super().resizeEvent(event)
        wide = _widths()
        left = self.viewport().width() - sum(wide.values())
        self.setColumnHidden(COLUMNS.index("disease"), left < theme.scaled(_REASON))
        more = max(0, min((left - theme.scaled(_WIDE_REASON)) // 2, theme.scaled(_MORE_NAME)))
        self.header().resizeSection(COLUMNS.index("patient"), wide["patient"] + more)

    @contextmanager
    def keeping_place(self) -> Iterator[None]:
        """Change the model so that the current row stays where it is in sight."""
        before = self.visualRect(self.currentIndex())
        seen = before.isValid() and self.viewport().rect().intersects(before)
        yield
        self.executeDelayedItemsLayout()
        after = self.visualRect(self.currentIndex())
        if seen and after.isValid() and before.top() != after.top():
            bar = self.verticalScrollBar()
            step = max(after.height(), 1) if self.verticalScrollMode() is _PER_ITEM else 1
            bar.setValue(bar.value() + round((after.top() - before.top()) / step))

    def current_row(self) -> TodayRow | None:
        """The row in hand; None on the line of a group."""
        found = self.currentIndex().siblingAtColumn(0).data(WorkModel.ROW)
        return found if isinstance(found, TodayRow) else None

    def choose(self, index: QModelIndex) -> None:
        """Take a row in hand."""
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def choose_first(self) -> None:
        """Take the first row in hand when nothing is."""
        if not self.selectionModel().hasSelection():
            self.go_to_first()

    def go_to_first(self) -> None:
        """Take the first row in hand."""
        first = self.model().index(0, 0, self.model().index(0, 0))
        if first.isValid():
            self.setCurrentIndex(first)
        self.scrollToTop()

    # keyboard and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Space puts off, right and left show all of a group and its first rows."""
        index, row, key = self.currentIndex(), self.current_row(), event.key()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _OPENING and plain and index.isValid():
            self._open(index)
        elif key == Qt.Key.Key_Space and plain and self._goes_on():
            self.keyboardSearch(" ")
        elif key == Qt.Key.Key_Space and plain and row is not None:
            self.pressed_space.emit(row)
        elif key == Qt.Key.Key_D and event.modifiers() == _CTRL and row is not None:
            self.pressed_done.emit(row)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Left) and plain and index.isValid():
            self._unfold(index, whole=key == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Collect the letters of a name."""
        self._letters = self._letters + search if self._goes_on() else search
        self._since_letter.start()
        if self._letters.strip():
            self.typed.emit(self._letters)

    def _goes_on(self) -> bool:
        held = self._since_letter.isValid() and bool(self._letters)
        return held and self._since_letter.elapsed() <= QApplication.keyboardInputInterval()

    def _open(self, index: QModelIndex) -> None:
        row = index.siblingAtColumn(0).data(WorkModel.ROW)
        if isinstance(row, TodayRow):
            self.opened.emit(row)
        elif index.isValid():
            self._unfold(index, whole=self.work.is_folded(index))

    def _unfold(self, index: QModelIndex, *, whole: bool) -> None:
        """Show all rows of the group at an index, or its first ones; from a row within it too."""
        line = index.parent() if index.parent().isValid() else index.siblingAtColumn(0)
        if not whole and index.parent().isValid():
            self.setCurrentIndex(line)
        self.unfolding.emit(Group(line.data(WorkModel.GROUP)), whole)

    def _on_clicked(self, index: QModelIndex) -> None:
        if not index.parent().isValid():
            self._unfold(index, whole=self.work.is_folded(index))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click on the line of a group is no click of its own."""
        index = self.indexAt(event.position().toPoint())
        if index.parent().isValid():
            super().mouseDoubleClickEvent(event)

    def _on_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        if not parent.isValid():
            for place in range(first, last + 1):
                self.setFirstColumnSpanned(place, QModelIndex(), True)
                self.expand(self.model().index(place, 0))

    # focus

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever comes by keyboard finds a row in hand."""
        self.choose_first()
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, and the focus ring around the whole list."""
        super().paintEvent(event)
        draw_focus_ring(self)


_PER_ITEM = QAbstractItemView.ScrollMode.ScrollPerItem
