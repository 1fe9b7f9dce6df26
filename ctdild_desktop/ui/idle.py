"""Whether anybody is at the keyboard: warns before the time is over, then says that it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QMouseEvent

WARNING_SECONDS: Final = 30
SHORTEST_MINUTES: Final = 1
LONGEST_MINUTES: Final = 30
_JITTER_PX: Final = 3
"""A mouse on a trolley moves by itself; less than this is nobody."""
_USED: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.InputMethod,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
        QEvent.Type.NativeGesture,
        QEvent.Type.DragMove,
        QEvent.Type.Drop,
    }
)


def seconds_since_start() -> float:
    """A clock that never goes back and, where the system has one, goes on while the computer sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class IdleWatch(QObject):
    """Hears every key, click and touch of the application, whichever window or dialog it goes to.

    Args:
        application: the one whose events are heard.
        minutes: how long nobody may be there; from 1 to 30.
        clock: seconds that never go back; tests pass their own.
    """

    used = Signal()
    """Somebody pressed, clicked or touched something."""
    warned = Signal(int)
    """Whole seconds that are left; each second of the last thirty."""
    warning_over = Signal()
    """The warning need not be shown any more."""
    expired = Signal()
    """Nobody was there for the whole time. The watch has stopped."""

    def __init__(
        self,
        application: QCoreApplication,
        *,
        minutes: int,
        clock: Callable[[], float] = seconds_since_start,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._clock = clock
        self._seconds = 60 * min(max(minutes, SHORTEST_MINUTES), LONGEST_MINUTES)
        self._since = clock()
        self._mouse = QPoint()
        self._warning = False
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.look)

    @property
    def running(self) -> bool:
        """Whether it watches."""
        return self._timer.isActive()

    def start(self) -> None:
        """Begin to watch; from now on the time counts."""
        self._since = self._clock()
        self._warning = False
        if not self.running:
            self._application.installEventFilter(self)
            self._timer.start()

    def stop(self) -> None:
        """Watch no more and take a warning back."""
        self._application.removeEventFilter(self)
        self._timer.stop()
        self._end_warning()

    def look(self) -> None:
        """Look at the clock: warn, or say that the time is over. Called each second while it watches."""
        if not self.running:
            return
        left = self._seconds - (self._clock() - self._since)
        if left <= 0:
            self.stop()
            self.expired.emit()
        elif left <= WARNING_SECONDS:
            self._warning = True
            self.warned.emit(int(-(-left // 1)))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take note of a sign of life; nothing is kept from whom it is for."""
        kind = event.type()
        if kind in _USED or (kind == QEvent.Type.MouseMove and self._moved(event)):
            self._since = self._clock()
            self._end_warning()
            self.used.emit()
        return False

    def _moved(self, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        at = event.globalPosition().toPoint()
        moved = (at - self._mouse).manhattanLength() > _JITTER_PX
        if moved:
            self._mouse = at
        return moved

    def _end_warning(self) -> None:
        if self._warning:
            self._warning = False
            self.warning_over.emit()
