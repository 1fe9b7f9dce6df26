"""What Linux desktops say on D-Bus when a session is locked, a screen saver comes, or the computer sleeps."""

from __future__ import annotations

import os
from typing import Final, cast

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusInterface, QDBusMessage, QDBusObjectPath

_LOGIN: Final = "org.freedesktop.login1"
_MANAGER: Final = f"{_LOGIN}.Manager"
_SESSION: Final = f"{_LOGIN}.Session"
_SAVERS: Final = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)
_ANSWER_MS: Final = 500
# The bindings take the text of SLOT(), although they declare bytes.
_ON_LOCK: Final = cast("bytes", SLOT("on_lock()"))
_ON_ACTIVE: Final = cast("bytes", SLOT("on_active(bool)"))


class BusWatch(QObject):
    """``left`` follows when the session is locked or the computer goes to sleep.

    Args:
        system: the bus of the computer; tests pass one of their own.
        session: the bus of the person.
    """

    left = Signal()

    def __init__(
        self,
        system: QDBusConnection | None = None,
        session: QDBusConnection | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        system = QDBusConnection.systemBus() if system is None else system
        session = QDBusConnection.sessionBus() if session is None else session
        if system.isConnected():
            own = own_session(system)
            system.connect(_LOGIN, own, _SESSION, "Lock", self, _ON_LOCK)
            system.connect(_LOGIN, "", _MANAGER, "PrepareForSleep", self, _ON_ACTIVE)
        if session.isConnected():
            for saver in _SAVERS:
                session.connect("", "", saver, "ActiveChanged", self, _ON_ACTIVE)

    @Slot()
    def on_lock(self) -> None:
        """The session was locked."""
        self.left.emit()

    @Slot(bool)
    def on_active(self, active: bool) -> None:
        """The screen saver came (or went), the computer goes to sleep (or woke)."""
        if active:
            self.left.emit()


def own_session(system: QDBusConnection) -> str:
    """The object of the session that this process is in.

    Empty, which stands for every session, when the system does not tell: to lock too often does no harm.
    """
    manager = QDBusInterface(_LOGIN, "/org/freedesktop/login1", _MANAGER, system)
    if not manager.isValid():
        return ""
    manager.setTimeout(_ANSWER_MS)
    answer = manager.call("GetSessionByPID", os.getpid())
    found = answer.arguments()
    if answer.type() == QDBusMessage.MessageType.ReplyMessage and found:
        path = found[0]
        return str(path.path() if isinstance(path, QDBusObjectPath) else path)
    return ""
