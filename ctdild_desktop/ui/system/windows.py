"""What Windows says when a session is locked or left, or the computer sleeps.

The decoding is a pure function of the numbers in a message, so that it is tested on every system; asking
Windows for the messages happens on Windows alone.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Final

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QObject, Signal
from PySide6.QtGui import QGuiApplication, QWindow

WM_WTSSESSION_CHANGE: Final = 0x02B1
WM_POWERBROADCAST: Final = 0x0218
_PBT_APMSUSPEND: Final = 0x0004
_SESSION_LEFT: Final = frozenset({0x2, 0x4, 0x6, 0x7})
"""Console or remote connection gone, log-off, lock (WTS_* of WtsApi32.h)."""
_NOTIFY_FOR_THIS_SESSION: Final = 0
_EVENTS: Final = (b"windows_generic_MSG", b"windows_dispatcher_MSG")


class Message(ctypes.Structure):
    """The MSG structure of WinUser.h, up to what is read of it."""

    _fields_ = (
        ("hwnd", ctypes.c_void_p),
        ("message", ctypes.c_uint32),
        ("w_param", ctypes.c_size_t),
        ("l_param", ctypes.c_ssize_t),
    )


def means_left(message: int, w_param: int) -> bool:
    """Whether a message says that the person left or that the computer goes to sleep."""
    if message == WM_WTSSESSION_CHANGE:
        return w_param in _SESSION_LEFT
    return message == WM_POWERBROADCAST and w_param == _PBT_APMSUSPEND


class _Filter(QAbstractNativeEventFilter):
    def __init__(self, watch: WindowsWatch) -> None:
        super().__init__()
        self._watch = watch

    def nativeEventFilter(
        self, event_type: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> tuple[bool, int]:
        """Look at a message and let it pass."""
        if _named(event_type) in _EVENTS:
            told = Message.from_address(int(message))
            if means_left(told.message, told.w_param):
                self._watch.left.emit()
        return False, 0


def _named(event_type: QByteArray | bytes | bytearray | memoryview) -> bytes:
    return bytes(event_type.data() if isinstance(event_type, QByteArray) else event_type)


class WindowsWatch(QObject):
    """``left`` follows when the session is locked or left, or the computer goes to sleep."""

    left = Signal()

    def __init__(self, application: QGuiApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._filter = _Filter(self)
        application.installNativeEventFilter(self._filter)
        application.aboutToQuit.connect(self._stop)
        self._application = application
        self._window: QWindow | None = None
        if sys.platform == "win32":
            # The window is never shown: it is where Windows sends its messages to.
            self._window = QWindow()
            self._window.create()
            _wts().WTSRegisterSessionNotification(int(self._window.winId()), _NOTIFY_FOR_THIS_SESSION)

    def _stop(self) -> None:
        self._application.removeNativeEventFilter(self._filter)
        if sys.platform == "win32" and self._window is not None:
            _wts().WTSUnRegisterSessionNotification(int(self._window.winId()))


def _wts() -> Any:
    library = vars(ctypes)["WinDLL"]("wtsapi32")
    library.WTSRegisterSessionNotification.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
    library.WTSUnRegisterSessionNotification.argtypes = (ctypes.c_void_p,)
    return library
