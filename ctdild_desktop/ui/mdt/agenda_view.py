"""The agenda in sight: presented by Enter, ordered by Alt with the arrows or by dragging."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ctdild_desktop.language import code
from ctdild_desktop.services.meetings import Case
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.mdt import rows
from ctdild_desktop.ui.mdt.agenda_model import COLUMNS, AgendaModel, Index
from ctdild_desktop.ui.widgets.focus_ring import draw_focus_ring
from ctdild_desktop.ui.widgets.table_view import TableView
from ctdild_desktop.ui.widgets.wrapped_table import wrapped

_ROW = 43
_LONGER = {"patient": 34}
"""What other languages need besides."""
_WIDTHS = {"number": 30, "patient": 216, "asked": 112, "material": 92, "state": 80}
_TIGHT = {"patient": 168, "asked": 92, "state": 70}
"""What is narrower where the question would have less than ``_QUESTION``."""
_QUESTION = 150
_WIDE_QUESTION = 420
"""What the question has before names get more than their width, and how much more at most."""
_MORE_NAME = 200


class _CaseDelegate(QStyledItemDelegate):
    """Two lines in each cell; the question wraps over both."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        del option, index
        return QSize(theme.scaled(30), theme.scaled(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell; what is signed is quiet."""
        column = COLUMNS[index.column()]
        case: Case = index.data(AgendaModel.CASE)
        painter.save()
        chosen = rows.draw_ground(painter, option, mark=not index.column())
        side, half = theme.scaled(6), (option.rect.height() - 6) // 2
        above = QRect(option.rect.left() + side, option.rect.top() + 3, option.rect.width() - 2 * side, half)
        below = above.translated(0, half)
        quiet = "text" if chosen else "text2"
        lacking = column == "material" and bool(case.lacks) and not case.signed
        text, under = str(index.data()), str(index.data(AgendaModel.BELOW))
        if column in ("question", "material"):
            ink = (
                "over" if lacking and not chosen else quiet if case.signed or column == "material" else "text"
            )
            face = theme.font(bold=lacking)
            for at, line in enumerate(_two_lines(text, face, above.width())):
                rows.draw_text(painter, (above, below)[at], line, ink=ink, bold=lacking)
        else:
            name = column == "patient"
            ink = "text" if chosen or (name and not case.signed) else "text2"
            rows.draw_text(painter, above, text, ink=ink, bold=name and not case.signed)
            urgent = column == "asked" and case.item.urgency == "urgent" and not case.signed
            ink = "text" if chosen else "over" if urgent else "text2"
            rows.draw_text(painter, below, under, ink=ink, bold=urgent, smaller=True)
        painter.restore()


def _widths() -> dict[str, int]:
    """The columns of one width, in the language in use."""
    longer = _LONGER if code() != "en" else {}
    return {name: theme.scaled(width + longer.get(name, 0)) for name, width in _WIDTHS.items()}


def _two_lines(text: str, face: QFont, width: int) -> list[str]:
    lines = wrapped(text, face, max(width, 1))
    if len(lines) <= 2:
        return lines
    rest = " ".join(lines[1:])
    return [lines[0], QFontMetrics(face).elidedText(rest, Qt.TextElideMode.ElideRight, width)]


class AgendaView(TableView):
    """Enter presents a case, Space opens its sheet, Insert adds one, Delete takes it off the agenda."""

    presented = Signal(str)
    """Id of a case."""
    edit_asked = Signal(str)
    add_asked = Signal()
    remove_asked = Signal(str)
    moved = Signal(int, int)
    """A row, and before which row it shall stand."""

    def __init__(self, model: AgendaModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.agenda = model
        self._letters = ""
        self.setObjectName("agenda")
        self.setAccessibleName(self.tr("Agenda"))
        self.setModel(model)
        self.setItemDelegate(_CaseDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.scaled(_ROW))
        head = self.horizontalHeader()
        head.setSectionsClickable(False)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setFixedHeight(theme.scaled(24))
        for at, name in enumerate(COLUMNS):
            fixed = name in _WIDTHS
            head.setSectionResizeMode(
                at, QHeaderView.ResizeMode.Fixed if fixed else QHeaderView.ResizeMode.Stretch
            )
        self._fit()
        model.dropped.connect(self.moved)
        self.doubleClicked.connect(lambda index: self.edit_asked.emit(self._id(index)))

    def _fit(self) -> None:
        """Leave the question its room: other columns are cut first, and names have what is over."""
        wide = _widths()
        left = self.viewport().width() - sum(wide.values())
        tight = left < theme.scaled(_QUESTION)
        wide["patient"] += max(0, min((left - theme.scaled(_WIDE_QUESTION)) // 2, theme.scaled(_MORE_NAME)))
        for at, name in enumerate(COLUMNS):
            if name in wide:
                least = theme.scaled(_TIGHT.get(name, 10_000)) if tight else wide[name]
                self.horizontalHeader().resizeSection(at, min(wide[name], least))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._fit()

    @property
    def case(self) -> Case | None:
        """The case in hand."""
        found = self.currentIndex().data(AgendaModel.CASE) if self.currentIndex().isValid() else None
        return found if isinstance(found, Case) else None

    def choose(self, item_id: str, *, otherwise: int = 0) -> None:
        """Take a case in hand; when it is not there any more, the one at its place."""
        index = self.agenda.place_of(item_id)
        if not index.isValid() and self.agenda.cases:
            index = self.agenda.index(min(otherwise, len(self.agenda.cases) - 1), 0)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the agenda; letters go to a name."""
        case, key = self.case, event.key()
        alone = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        alt = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.AltModifier
        if key == Qt.Key.Key_Insert and alone:
            self.add_asked.emit()
        elif case is not None and alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            at = self.currentIndex().row()
            self.moved.emit(at, at - 1 if key == Qt.Key.Key_Up else at + 2)
        elif case is not None and alone and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.presented.emit(case.item.id)
        elif case is not None and alone and key == Qt.Key.Key_Space:
            self.edit_asked.emit(case.item.id)
        elif case is not None and alone and key == Qt.Key.Key_Delete:
            self.remove_asked.emit(case.item.id)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Go to the next name that begins with the letters."""
        found = [case.name.casefold() for case in self.agenda.cases]
        start = self.currentIndex().row() + 1
        for at in (*range(start, len(found)), *range(start)):
            if at < len(found) and found[at].startswith(search.casefold()):
                self.setCurrentIndex(self.agenda.index(at, 0))
                return

    def _id(self, index: QModelIndex) -> str:
        case = index.data(AgendaModel.CASE)
        return case.item.id if isinstance(case, Case) else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, and the focus ring around the whole table."""
        super().paintEvent(event)
        draw_focus_ring(self)
