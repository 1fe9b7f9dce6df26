"""The agenda beside the case: who was decided on, who is next, and what is not ready."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ctdild_desktop.services.meetings import Case
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.models.line_model import LineModel
from ctdild_desktop.ui.widgets.plain import tip

_Index = QModelIndex | QPersistentModelIndex
_ROW, _NUMBER = 43, 32
NARROW = 56
"""Width at which the numbers alone stand there."""
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft | _MIDDLE, Qt.AlignmentFlag.AlignRight | _MIDDLE


class AgendaModel(LineModel[Case]):
    """The cases of one meeting in their order."""

    CASE = Qt.ItemDataRole.UserRole

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The name for display, the case itself as CASE, all words for a screen reader."""
        if not index.isValid():
            return None
        case = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return case.name
        if role == self.CASE:
            return case
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join((str(case.number), *self._words(case)))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip("\n".join(self._words(case)))
        return None

    def state(self, case: Case) -> str:
        """``signed``, or what is not ready: ``HRCT?``."""
        if case.signed:
            return self.tr("signed")
        return " ".join(f"{word}?" for word in case.lacks)

    def _words(self, case: Case) -> tuple[str, ...]:
        lacks = self.tr("not ready: {what}").format(what=", ".join(case.lacks)) if case.lacks else ""
        state = self.tr("signed") if case.signed else lacks
        return tuple(part for part in (case.name, case.item.question, state) if part)


class _AgendaDelegate(QStyledItemDelegate):
    """Number, name and question; grey once it is signed. A narrow list shows number and state alone."""

    def __init__(self, view: QListView, model: AgendaModel) -> None:
        super().__init__(view)
        self._view, self._model = view, model

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All rows are equally high."""
        del option, index
        return QSize(theme.scaled_in(self._view, NARROW - 8), theme.scaled_in(self._view, _ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one case."""
        view, case = self._view, index.data(AgendaModel.CASE)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.fillRect(option.rect, theme.color("sel" if chosen else "alt" if hovered else "base"))
        painter.setPen(theme.color("grid"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        if chosen:
            bar = option.rect.adjusted(0, 0, 0, 0)
            bar.setWidth(max(3, theme.scaled_in(view, 3)))
            painter.fillRect(bar, theme.color("accent"))
            if view.hasFocus():
                painter.setPen(theme.color("focus"))
                painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
        edge = theme.scaled_in(view, 3)
        room = option.rect.adjusted(theme.scaled_in(view, 9), edge, -theme.scaled_in(view, 7), -edge)
        quiet = theme.color("text" if chosen else "text3" if case.signed else "text2")
        if room.width() < theme.scaled_in(view, 2 * NARROW):
            self._paint_narrow(painter, room, case, chosen=chosen)
        else:
            painter.setFont(theme.font_in(view))
            painter.setPen(quiet)
            half = room.height() // 2
            painter.drawText(QRect(room.left(), room.top(), room.width(), half), _LEFT, str(case.number))
            room.setLeft(option.rect.left() + theme.scaled_in(view, _NUMBER))
            self._paint_words(painter, room, case, chosen=chosen)
        painter.restore()

    def _paint_narrow(self, painter: QPainter, room: QRect, case: Case, *, chosen: bool) -> None:
        half = room.height() // 2
        painter.setFont(theme.font_in(self._view, 1, bold=not case.signed))
        painter.setPen(theme.color("text" if chosen or not case.signed else "text3"))
        painter.drawText(QRect(room.left(), room.top(), room.width(), half), _LEFT, str(case.number))
        face = theme.font_in(self._view, -1)
        painter.setFont(face)
        words = self._model.state(case)
        short = QFontMetrics(face).elidedText(words, Qt.TextElideMode.ElideRight, room.width() + 4)
        painter.drawText(QRect(room.left(), room.top() + half, room.width() + 4, half), _LEFT, short)

    def _paint_words(self, painter: QPainter, room: QRect, case: Case, *, chosen: bool) -> None:
        """Name and state share the first line; a state without room there goes to the second."""
        view, half = self._view, room.height() // 2
        bold, small = theme.font_in(view, bold=not case.signed), theme.font_in(view, -1)
        state_face = theme.font_in(view, -1, bold=not case.signed)
        state = self._model.state(case)
        gap = theme.scaled_in(view, 6)
        state_width = QFontMetrics(state_face).horizontalAdvance(state) + 1 if state else 0
        above = QFontMetrics(bold).horizontalAdvance(case.name) + gap + state_width <= room.width()
        upper = QRect(room.left(), room.top(), room.width(), half)
        lower = upper.translated(0, half)
        lines = (
            (upper, bold, case.name, "text" if chosen or not case.signed else "text3", above),
            (lower, small, case.item.question, "text" if chosen else "text2", not above),
        )
        for line, face, text, ink, shared in lines:
            wide = line.width() - (state_width + gap if shared and state else 0)
            painter.setFont(face)
            painter.setPen(theme.color("text3" if case.signed and not chosen else ink))
            short = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, wide)
            painter.drawText(line, _LEFT, short)
        if state:
            painter.setFont(state_face)
            painter.setPen(theme.color("text2" if case.signed else "text" if chosen else "over"))
            painter.drawText(upper if above else lower, _RIGHT, state)


class AgendaList(QListView):
    """Up, Down and a click choose a case; ``chosen`` carries the id of its agenda item."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("presenting_agenda")
        self.setAccessibleName(self.tr("Agenda"))
        self._agenda = AgendaModel(self)
        self._told = True
        self.setModel(self._agenda)
        self.setItemDelegate(_AgendaDelegate(self, self._agenda))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases shown."""
        return self._agenda.lines

    def show_cases(self, cases: tuple[Case, ...], item_id: str) -> None:
        """List the cases and mark one of them, without emitting."""
        self._told = False
        self._agenda.show_lines(cases)
        at = next((row for row, case in enumerate(cases) if case.item.id == item_id), -1)
        if at >= 0:
            self.setCurrentIndex(self._agenda.index(at))
            self.scrollTo(self.currentIndex())
        else:
            self.clearSelection()
        self._told = True

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Say which case was chosen."""
        super().currentChanged(current, previous)
        if self._told and current.isValid():
            self.chosen.emit(current.data(AgendaModel.CASE).item.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the keys that change the case to the page."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            event.ignore()
        else:
            super().keyPressEvent(event)
