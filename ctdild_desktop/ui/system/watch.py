"""One signal for everything by which the operating system says that the person left."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from ctdild_desktop.ui.system.dbus import BusWatch

_AWAY = (Qt.ApplicationState.ApplicationSuspended, Qt.ApplicationState.ApplicationHidden)


class SystemWatch(QObject):
    """``left`` follows when the session is locked or switched, the program hidden, or the computer sleeps.

    A system that tells nothing is no error: the window still locks when nobody uses it.
    """

    left = Signal()

    def __init__(self, application: QGuiApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        application.applicationStateChanged.connect(self._on_state)
        if sys.platform == "win32":
            from ctdild_desktop.ui.system.windows import WindowsWatch

            windows = WindowsWatch(application, self)
            windows.left.connect(self.left)
        elif sys.platform == "linux":
            bus = BusWatch(parent=self)
            bus.left.connect(self.left)

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state in _AWAY:
            self.left.emit()
