"""What is due of the patient: what, since when, why, and where its work is done, under the reasons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.services.patient_due import PatientDue
from ctdild_desktop.services.today import State, TodayRow
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.due import row_marks, words
from ctdild_desktop.ui.models.line_model import LineModel
from ctdild_desktop.ui.widgets.line_view import LineView
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_ROW = 22
_MOST, _MOST_ON_LOW = 6, 4
"""Rows in sight; further ones are scrolled to."""
_LOW = 820
"""A window of this height is low: the reasons above need their room."""
_LATE = frozenset({State.OVERDUE, State.GATE})
_ASKED = frozenset({State.DUE, State.NEVER, State.WARNING})
_Index = QModelIndex | QPersistentModelIndex
_Roles = Qt.ItemDataRole
ROW = int(_Roles.UserRole)


class DueModel(LineModel[TodayRow]):
    """One row for each thing to do."""

    def data(self, index: _Index, role: int = _Roles.DisplayRole) -> object:
        """What a row says, its whole reason as a tip, and the row itself."""
        if not index.isValid():
            return None
        row = self.lines[index.row()]
        if role == ROW:
            return row
        if role == _Roles.DisplayRole:
            return row.reason
        if role == _Roles.AccessibleTextRole:
            place = words.place_name(row.place)
            return ", ".join(part for part in (row.reason, words.state_words(row), place) if part)
        if role == _Roles.ToolTipRole:
            opens = self.tr("Enter opens: {place}").format(place=words.place_name(row.place))
            return tip("\n".join((row.reason, *row.detail, opens)))
        return None


class _Delegate(QStyledItemDelegate):
    """A mark, the reason, and how it stands at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All rows are equally high."""
        del option, index
        return QSize(theme.scaled(60), theme.scaled(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row; on the selected one everything is in the colour of text."""
        row: TodayRow = index.data(ROW)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.fillRect(option.rect, theme.color("sel" if chosen else "alt" if hovered else "base"))
        painter.setPen(theme.color("grid"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        side = theme.scaled(13)
        box = QRectF(option.rect.left() + theme.scaled(12), 0, side, side)
        box.moveTop(option.rect.center().y() - side / 2)
        row_marks.draw(painter, box, row)
        room = option.rect.adjusted(theme.scaled(35), 0, -theme.scaled(10), 0)
        late = row.state in _LATE
        state = words.state_words(row)
        for text, bold, ink, flag in (
            (state, late, "over" if late else "text2", Qt.AlignmentFlag.AlignRight),
            (row.reason, False, "text", Qt.AlignmentFlag.AlignLeft),
        ):
            face = theme.font(bold=bold)
            painter.setFont(face)
            painter.setPen(theme.color("text" if chosen else ink))
            metrics = QFontMetrics(face)
            short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, flag | Qt.AlignmentFlag.AlignVCenter, short)
            room.setRight(room.right() - metrics.horizontalAdvance(state) - theme.scaled(10))
        painter.restore()


class DueList(LineView):
    """Enter and a double click open a row."""

    opened = Signal(object)
    """A ``TodayRow``."""

    def __init__(self, model: DueModel, parent: QWidget | None = None) -> None:
        super().__init__("due_list", self.tr("What is due of this patient"), model, _Delegate(), parent)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(LineView.ScrollMode.ScrollPerItem)
        self.row_opened.connect(self._open)

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(ROW))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever comes by keyboard finds a row in hand."""
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.model().index(0, 0))
        super().focusInEvent(event)


class DuePanel(QWidget):
    """The list under its header, or one line that says why it is empty."""

    opened = Signal(object)
    """A ``TodayRow``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("due_panel")
        self._header = SectionHeader(self.tr("Due"))
        self._model = DueModel(self)
        self.view = DueList(self._model, self)
        self._empty = QLabel(self)
        self._empty.setObjectName("due_empty")
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(theme.scaled(10), 4, theme.scaled(10), 6)
        self._empty.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._header, self.view, self._empty):
            column.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.view.opened.connect(self.opened)
        theme.state().changed.connect(self.view.viewport().update)
        self.wait()

    def wait(self) -> None:
        """Another patient is in sight, of whom nothing is known yet."""
        self._model.show_lines(())
        self._header.set_texts(self.tr("Due"))
        self.say(self.tr("Looking at what is due…"))

    def show_due(self, due: PatientDue) -> None:
        """Show what is due of a patient."""
        held = self.view.currentIndex()
        self._model.show_lines(tuple(due.rows))
        if held.isValid() and held.row() < len(due.rows):
            self.view.setCurrentIndex(self._model.index(held.row(), 0))
        self._header.set_texts(self.tr("Due"), self._counts(due.rows))
        self.say("" if due.rows else self._nothing(due))
        self.fit()

    def say(self, text: str) -> None:
        """Say this in place of rows; nothing to show the rows."""
        self._empty.setText(text)
        self._empty.setVisible(bool(text))
        self.view.setVisible(not text)

    def fit(self) -> None:
        """Give the list the height of its rows, as far as the window has room."""
        most = _MOST_ON_LOW if self.window().height() < theme.scaled(_LOW) else _MOST
        rows = min(self._model.rowCount(), most)
        self.view.setFixedHeight(max(rows, 1) * theme.scaled(_ROW))

    @property
    def text(self) -> str:
        """The header and what is said where there is no row."""
        return f"{self._header.accessibleName()}. {self._empty.text()}".strip()

    def _counts(self, rows: Sequence[TodayRow]) -> str:
        late = sum(row.state in _LATE for row in rows)
        asked = sum(row.state in _ASKED for row in rows)
        told = [self.tr("%n overdue", "", late)] if late else []
        told += [self.tr("%n due", "", asked)] if asked else []
        return ", ".join(told)

    def _nothing(self, due: PatientDue) -> str:
        if due.left == "died":
            return self.tr("Nothing is asked: the patient has died.")
        if due.left:
            return self.tr("Nothing is asked: consent to the registry was withdrawn.")
        if due.following is None:
            return self.tr("Nothing is due.")
        day, what = due.following
        return self.tr("Nothing is due. Next: {what} on {date}.").format(what=what, date=wording.day(day))
