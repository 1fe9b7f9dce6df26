"""Counting the seconds that a person has to wait after too many wrong attempts."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal


class Countdown(QObject):
    """``counted`` tells the seconds that are left, second by second; ``over`` that there are none."""

    counted = Signal(int)
    over = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.left = 0
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)

    def start(self, seconds: int) -> None:
        """Begin to count."""
        self.left = seconds
        self._timer.start()
        self.counted.emit(seconds)

    def stop(self) -> None:
        """Count no more, without a word."""
        self._timer.stop()
        self.left = 0

    def tick(self) -> None:
        """A second has passed."""
        self.left -= 1
        if self.left > 0:
            self.counted.emit(self.left)
        else:
            self.stop()
            self.over.emit()
