"""The messages of the inbox as a table: when, from where, who it says it is, its tests, and why it waits."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ctdild_desktop.clinical import codes
from ctdild_desktop.services.history_words import moment
from ctdild_desktop.services.inbox_messages import Message, tests_in_words
from ctdild_desktop.services.inbox_waiting import State
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
COLUMNS = ("received", "from", "says", "tests", "state")


class InboxRows(QAbstractTableModel):
    """One line for each message."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.messages: tuple[Message, ...] = ()

    def show_messages(self, messages: tuple[Message, ...]) -> None:
        """Replace what is listed."""
        self.beginResetModel()
        self.messages = messages
        self.endResetModel()

    def row_of(self, message_id: str) -> int:
        """Where a message stands; -1 when it is not listed."""
        return next((row for row, one in enumerate(self.messages) if one.id == message_id), -1)

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """One for each message."""
        return 0 if parent.isValid() else len(self.messages)

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """The columns of :data:`COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The words above a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("Received"),
                self.tr("From"),
                self.tr("Says it is"),
                self.tr("Tests"),
                self.tr("State"),
            )[section]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tool tip with the whole text, and ink by state; the words say the state as well."""
        if not index.isValid():
            return None
        message = self.messages[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            cell = self._cell(message, COLUMNS[index.column()])
            return tip(cell) if role == Qt.ItemDataRole.ToolTipRole else cell
        if role == Qt.ItemDataRole.ForegroundRole and COLUMNS[index.column()] == "state":
            return theme.color("over") if message.state.open and not message.ready else None
        return None

    def _cell(self, message: Message, column: str) -> str:
        if column == "received":
            return moment(message.received_at)
        if column == "from":
            origin = codes.label("inbox_from", message.received_from)
            return f"{origin} · {message.said.name}"
        if column == "says":
            return message.said.who or self.tr("nobody")
        if column == "tests":
            return tests_in_words(message.said)
        return self.state_words(message)

    def state_words(self, message: Message) -> str:
        """What became of a message, or why it waits."""
        if message.state is State.TAKEN:
            return self.tr("taken by {who}, {when}").format(who=message.decided_by, when=_decided(message))
        if message.state is State.SET_ASIDE:
            return self.tr("set aside by {who}, {when}: {why}").format(
                who=message.decided_by,
                when=_decided(message),
                why=codes.label("inbox_reason", message.reason),
            )
        if message.state is State.UNREADABLE:
            return self.tr("cannot be read: {why}").format(why=message.why)
        if message.ready:
            return self.tr("beyond doubt: {who}").format(who=message.goes_to)
        return self.tr("waits: {why}").format(why=message.why)


def _decided(message: Message) -> str:
    return moment(message.decided_at) if message.decided_at is not None else ""
