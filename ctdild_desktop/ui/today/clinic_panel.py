"""Beside the work list: who comes to the clinic with what to ask, and what is known of the next meeting."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.services.today import ClinicDay, ClinicRow, NextMeeting
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.due import words
from ctdild_desktop.ui.models.line_model import LineModel
from ctdild_desktop.ui.widgets.line_view import LineView
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ROW, _LINES = 39, 2
_LONG = 100
"""How much more of the column the list may take than what is left under the meeting."""


class ClinicModel(LineModel[ClinicRow]):
    """The patients of one clinic."""

    ROW = Qt.ItemDataRole.UserRole
    DETAIL = Qt.ItemDataRole.UserRole + 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The name for display, what to ask as DETAIL, both for a screen reader."""
        if not index.isValid():
            return None
        row = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.person.shown
        if role == self.ROW:
            return row
        if role == self.DETAIL:
            return self._detail(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.person.shown}, {self._detail(row)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip("\n".join((words.who_full(row.person), *row.asks)))
        return None

    def _detail(self, row: ClinicRow) -> str:
        if row.done:
            return self.tr("visit recorded")
        return "; ".join(row.asks) if row.asks else self.tr("nothing to ask")


class _ClinicDelegate(QStyledItemDelegate):
    """Two lines: who, and what to ask; grey when the visit is recorded."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All rows are equally high."""
        del option, index
        return QSize(theme.scaled(60), theme.scaled(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one patient."""
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        row: ClinicRow = index.data(ClinicModel.ROW)
        painter.save()
        painter.fillRect(option.rect, theme.color("sel" if chosen else "alt" if hovered else "base"))
        painter.setPen(theme.color("grid"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        if chosen:
            edge = option.rect.adjusted(0, 0, 3 - option.rect.width(), 0)
            painter.fillRect(edge, theme.color("accent"))
        room = option.rect.adjusted(theme.scaled(10), theme.scaled(3), -theme.scaled(8), -theme.scaled(3))
        half = room.height() // _LINES
        for text, bold, top in (
            (str(index.data()), not row.done, room.top()),
            (str(index.data(ClinicModel.DETAIL)), False, room.top() + half),
        ):
            face = theme.font(0 if bold or top == room.top() else -1, bold=bold)
            painter.setFont(face)
            painter.setPen(theme.color("text" if chosen or bold else "text2"))
            short = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room.left(), top, room.width(), half, side, short)
        painter.restore()


class ClinicView(LineView):
    """Enter and a double click open the patient."""

    opened = Signal(str)

    def __init__(self, model: ClinicModel, parent: QWidget | None = None) -> None:
        super().__init__("clinic_list", self.tr("Patients of the clinic"), model, _ClinicDelegate(), parent)
        self.setUniformItemSizes(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.row_opened.connect(self._open)

    def _open(self, index: QModelIndex) -> None:
        row = index.data(ClinicModel.ROW)
        if isinstance(row, ClinicRow):
            self.opened.emit(row.person.id)


class ClinicPanel(QFrame):
    """The right column; what is not known is not shown, and it hides itself when nothing is."""

    opened = Signal(str)
    """Id of a patient."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("clinic_panel")
        self.model = ClinicModel(self)
        self.view = ClinicView(self.model)
        self.view.opened.connect(self.opened)
        self._clinic_head = SectionHeader("")
        self._meeting_head = SectionHeader("")
        self._meeting = named(QFrame(), "next_meeting")
        self._form = QFormLayout(self._meeting)
        self._form.setContentsMargins(theme.scaled(10), 6, theme.scaled(10), 8)
        self._form.setHorizontalSpacing(theme.scaled(18))
        self._form.setVerticalSpacing(5)
        self._fields: dict[str, QLabel] = {}
        for name, title in (
            ("agenda", self.tr("Agenda")),
            ("not_ready", self.tr("Not ready")),
            ("actions", self.tr("Open actions")),
        ):
            caption, field = QLabel(title), named(QLabel(), f"meeting_{name}")
            caption.setProperty("secondary", True)
            field.setTextFormat(Qt.TextFormat.PlainText)
            field.setWordWrap(True)
            self._fields[name] = field
            self._form.addRow(caption, field)
        self._no_meeting = named(QLabel(self.tr("No meeting is planned.")), "no_meeting")
        self._no_meeting.setProperty("secondary", True)
        self._no_meeting.setContentsMargins(theme.scaled(10), 6, theme.scaled(10), 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._clinic_head)
        column.addWidget(self.view, _LONG)
        for part in (self._meeting_head, self._no_meeting, self._meeting):
            column.addWidget(part)
        column.addStretch(1)
        self.setFixedWidth(theme.scaled(284))
        self.hide()

    def show_clinic(self, clinics: tuple[ClinicDay, ...], today: Any) -> None:
        """Show the clinic of today, or the next one."""
        clinic = clinics[0] if clinics else None
        for part in (self._clinic_head, self.view):
            part.setVisible(clinic is not None)
        self.model.show_lines(clinic.rows if clinic is not None else ())
        if clinic is None:
            return
        count = len(clinic.rows)
        self.view.setMaximumHeight(count * theme.scaled(_ROW))
        several = self.tr("1 patient") if count == 1 else self.tr("{count} patients").format(count=count)
        if clinic.day == today:
            done = self.tr("{count} done").format(count=clinic.done)
            title, detail = self.tr("Clinic today"), f"{several}, {done}" if clinic.done else several
        else:
            title, detail = self.tr("Next clinic"), f"{wording.day(clinic.day)}, {several}"
        self._clinic_head.set_texts(title, detail)

    def show_meeting(self, meeting: NextMeeting | None, *, open_actions: int, overdue: int) -> None:
        """Show the next meeting, and what is left to be done after earlier ones."""
        planned = meeting is not None
        self._meeting.setVisible(planned)
        self._no_meeting.setVisible(not planned)
        when = f"{wording.day(meeting.date)} {meeting.starts}".strip() if meeting is not None else ""
        self._meeting_head.set_texts(self.tr("Next MDT"), when)
        if meeting is not None:
            self._tell("agenda", words.agenda_words(meeting))
            self._tell("not_ready", words.not_ready_words(meeting))
            told = self.tr("{count} open").format(count=open_actions - overdue)
            if overdue:
                told = self.tr("{overdue} overdue, {rest}").format(overdue=overdue, rest=told)
            self._tell("actions", told if open_actions else "")

    def _tell(self, name: str, text: str) -> None:
        field = self._fields[name]
        field.setText(text)
        field.setAccessibleName(text)
        self._form.setRowVisible(field, bool(text))

    def forget(self) -> None:
        """Let go of everybody."""
        self.model.show_lines(())
        self.hide()
