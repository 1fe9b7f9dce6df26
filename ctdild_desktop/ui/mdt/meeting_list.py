"""The meetings of the team: those to come, the next one first, then those that were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ctdild_desktop.services.meetings import MeetingLine
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.mdt import rows, words
from ctdild_desktop.ui.models.line_model import LineModel
from ctdild_desktop.ui.widgets.line_view import LineView
from ctdild_desktop.ui.widgets.plain import tip

_Index = QModelIndex | QPersistentModelIndex
_ROW, _HEADING = 43, 24


def in_order(lines: Sequence[MeetingLine], today: dt.date) -> tuple[MeetingLine | str, ...]:
    """Meetings to come from the next one on, then past ones from the latest back, each part with its
    heading's name.
    """
    coming = [line for line in lines if line.meeting.date >= today and line.meeting.status != "closed"]
    past = [line for line in lines if line not in coming]

    def key(line: MeetingLine) -> tuple[dt.date, str]:
        return line.meeting.date, line.meeting.starts

    found: list[MeetingLine | str] = []
    if coming:
        found += ["coming", *sorted(coming, key=key)]
    if past:
        found += ["past", *sorted(past, key=key, reverse=True)]
    return tuple(found)


class MeetingModel(LineModel[MeetingLine | str]):
    """Headings and meetings."""

    LINE = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """When the meeting is for display, everything for a screen reader."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == self.LINE:
            return line
        if isinstance(line, str):
            heading = self.tr("To come") if line == "coming" else self.tr("Past")
            return heading if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return words.when(line.meeting)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            told = ", ".join((words.title(line.meeting), words.counts(line), words.status(line.meeting)))
            return told if role == Qt.ItemDataRole.AccessibleTextRole else tip(told)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """A heading cannot be chosen."""
        line = self.lines[index.row()] if index.isValid() else ""
        return super().flags(index) if isinstance(line, MeetingLine) else Qt.ItemFlag.NoItemFlags

    def place_of(self, meeting_id: str) -> QModelIndex:
        """Where a meeting is listed; invalid when it is not."""
        for at, line in enumerate(self.lines):
            if isinstance(line, MeetingLine) and line.meeting.id == meeting_id:
                return self.index(at)
        return QModelIndex()


class _MeetingDelegate(QStyledItemDelegate):
    """When, and below it the kind, the cases and how far it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Headings are lower."""
        del option
        heading = isinstance(index.data(MeetingModel.LINE), str)
        return QSize(theme.scaled(60), theme.scaled(_HEADING if heading else _ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one line."""
        line = index.data(MeetingModel.LINE)
        painter.save()
        side = theme.scaled(10)
        if isinstance(line, str):
            painter.fillRect(option.rect, theme.color("header"))
            room = option.rect.adjusted(side, 0, -side, 0)
            rows.draw_text(painter, room, str(index.data()), ink="text2", smaller=True)
            painter.restore()
            return
        chosen = rows.draw_ground(painter, option, mark=True)
        meeting = line.meeting
        quiet = "text" if chosen else "text2"
        half = option.rect.height() // 2
        above = QRect(
            option.rect.left() + side, option.rect.top() + 3, option.rect.width() - 2 * side, half - 2
        )
        below = above.translated(0, half - 3)
        rows.draw_text(painter, above, str(index.data()), bold=meeting.status != "closed", ink="text")
        state = words.status(meeting) if meeting.status != "planned" else ""
        taken = rows.draw_text(painter, below, state, ink=quiet, smaller=True, side=rows.RIGHT)
        room = below.adjusted(0, 0, -(taken + theme.scaled(8) if taken else 0), 0)
        told = f"{words.kind(meeting)} · {words.counts(line)}"
        rows.draw_text(painter, room, told, ink=quiet, smaller=True)
        painter.restore()


class MeetingView(LineView):
    """Choosing a meeting shows it; Enter goes on to its agenda, Space opens it, Insert adds a patient."""

    chosen = Signal(str)
    """Id of the meeting that is in hand now."""
    entered = Signal()
    edit_asked = Signal()
    add_asked = Signal()

    def __init__(self, model: MeetingModel, parent: QWidget | None = None) -> None:
        super().__init__("meeting_list", self.tr("Meetings"), model, _MeetingDelegate(), parent)
        self.row_opened.connect(lambda _index: self.edit_asked.emit())

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Tell which meeting is in hand."""
        super().currentChanged(current, previous)
        line = current.data(MeetingModel.LINE) if current.isValid() else None
        if isinstance(line, MeetingLine):
            self.chosen.emit(line.meeting.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Space and Insert; everything else moves."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key == Qt.Key.Key_Space:
            self.edit_asked.emit()
        elif key == Qt.Key.Key_Insert:
            self.add_asked.emit()
        else:
            super().keyPressEvent(event)
