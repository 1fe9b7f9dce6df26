"""Above the agenda: which meeting it is, who leads it, the quorum, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.services.meetings import MeetingView
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.mdt import words
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets.naming import named

_IN_HEAD = (
    "present",
    "mdt_pack",
    "mdt_minutes",
    "sign_minutes",
    "mdt_letters",
    "edit_meeting",
)


class AgendaHead(QFrame):
    """``asked`` carries the id of an action."""

    asked = Signal(str)

    def __init__(self, permits: Permits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agenda_head")
        self.title = plain_label(name="meeting_title", bold=4)
        self._people = plain_label(name="meeting_people", secondary=True)
        self._quorum = plain_label(name="meeting_quorum")
        self._state = plain_label(name="meeting_state", secondary=True)
        for label in (self.title, self._people):
            label.setWordWrap(True)
        self.buttons: dict[str, QPushButton] = {}
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.scaled(6))
        texts = {
            "present": self.tr("Present  F5"),
            "mdt_pack": self.tr("Pack…  F6"),
            "mdt_minutes": self.tr("Minutes…  F7"),
            "sign_minutes": self.tr("Sign minutes"),
            "mdt_letters": self.tr("Letters…  F8"),
            "edit_meeting": self.tr("Meeting…"),
        }
        for name in _IN_HEAD:
            button = named(QPushButton(texts[name]), f"agenda_{name}")
            button.setProperty("primary", name == "present")
            button.clicked.connect(lambda _checked=False, name=name: self.asked.emit(name))
            permits.fit(button, name)
            buttons.addWidget(button)
            self.buttons[name] = button
        buttons.addStretch(1)
        first = QHBoxLayout()
        first.addWidget(self.title, 1)
        first.addWidget(self._state)
        second = QHBoxLayout()
        second.addWidget(self._people, 1)
        second.addWidget(self._quorum)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.scaled(12), theme.scaled(7), theme.scaled(12), theme.scaled(7))
        column.setSpacing(theme.scaled(4))
        for row in (first, second, buttons):
            column.addLayout(row)

    def show_view(self, view: MeetingView) -> None:
        """Say what is known of a meeting."""
        meeting = view.meeting
        told = (
            (self.title, words.title(meeting)),
            (self._people, words.people(meeting)),
            (self._quorum, words.quorum(view.quorum)),
            (self._state, words.status(meeting)),
        )
        for label, text in told:
            label.setText(text)
            label.setAccessibleName(text)
        self._quorum.setFont(theme.font(bold=not view.quorum.met))
        self._people.setVisible(bool(self._people.text()))
        closed = meeting.status == "closed"
        self.buttons["sign_minutes"].setText(self.tr("Open minutes…") if closed else self.tr("Sign minutes"))

    def forget(self) -> None:
        """Let go of the meeting."""
        for label in (self.title, self._people, self._quorum, self._state):
            label.setText("")
            label.setAccessibleName("")
