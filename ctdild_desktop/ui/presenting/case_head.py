"""Whose case it is, of which meeting, and the way out: the line on top of everything."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import Meeting
from ctdild_desktop.services.meetings import Case
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.widgets.fitting_label import FittingLabel
from ctdild_desktop.ui.widgets.naming import named


class CaseHead(QFrame):
    """Name and identity are never cut: where they do not stand side by side they take lines of their own.

    The meeting is said in fewer words where room is short.
    """

    print_requested = Signal()
    leave_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case_head")
        self.name = plain_label(name="case_name")
        self.identity = plain_label(name="case_identity")
        self.meeting = FittingLabel()
        self.meeting.setObjectName("case_meeting")
        self.meeting.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.print = named(QPushButton(self.tr("Print page  Ctrl+P")), "case_print")
        self.leave = named(QPushButton(self.tr("Leave presenting  F5")), "leave_presenting")
        self.print.clicked.connect(self.print_requested)
        self.leave.clicked.connect(self.leave_requested)
        self._who = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for label in (self.name, self.identity):
            self._who.addWidget(label)
        self._who.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.addLayout(self._who, 1)
        self._row.addWidget(self.meeting)
        self._row.addWidget(self.print)
        self._row.addWidget(self.leave)
        self._fit()

    def show_case(self, meeting: Meeting, case: Case, count: int) -> None:
        """Say whose case of which meeting is shown."""
        self.name.setText(case.name)
        self.identity.setText(case.identity)
        kind = wording.capital(codes.label("meeting_kind", meeting.kind) or self.tr("MDT"))
        day = wording.day(meeting.date)
        number = self.tr("case {number} of {count}").format(number=case.number, count=count)
        short = self.tr("{number} of {count}").format(number=case.number, count=count)
        self.meeting.set_wordings((f"{kind}, {day} · {number}", f"{day} · {number}", number, short))
        self._arrange()

    def clear(self) -> None:
        """Name nobody."""
        self.name.setText("")
        self.identity.setText("")
        self.meeting.set_wordings(())

    def changeEvent(self, event: QEvent) -> None:
        """Grow the edges with the type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def event(self, event: QEvent) -> bool:
        """Arrange anew when a part of it needs another width."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return handled

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange name, identity and meeting anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Name beside identity where both fit on a line, else above it; the meeting takes what is left."""
        gap = self._row.spacing()
        edges = self._row.contentsMargins().left() + self._row.contentsMargins().right()
        room = self.width() - edges - self.print.sizeHint().width() - self.leave.sizeHint().width() - 3 * gap
        name, identity = (_width_of(label) for label in (self.name, self.identity))
        least = self.meeting.least_width + 2
        beside = name + gap + identity <= room - least
        self._who.setDirection(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        )
        self._who.setSpacing(gap if beside else 0)
        for label in (self.name, self.identity):
            label.setWordWrap(not beside)
            label.setSizePolicy(_one_line() if beside else _several_lines())
        taken = name + gap + identity if beside else max(name, identity)
        self.meeting.setFixedWidth(min(max(room - taken, least), self.meeting.sizeHint().width()))

    def _fit(self) -> None:
        edge = theme.scaled_in(self, 14)
        self._row.setContentsMargins(edge, theme.scaled_in(self, 6), theme.scaled_in(self, 8), edge // 2)
        self._row.setSpacing(edge)
        self._arrange()


def _one_line() -> QSizePolicy:
    return QSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)


def _several_lines() -> QSizePolicy:
    wrapping = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    wrapping.setHeightForWidth(True)
    return wrapping


def _width_of(label: QWidget) -> int:
    """The width of a label's text on one line."""
    text = label.property("text")
    return QFontMetrics(label.font()).horizontalAdvance(str(text)) + 4
