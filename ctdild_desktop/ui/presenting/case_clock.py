"""How long each case of a meeting has been discussed, against the time that it has."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

_SECOND_MS = 1000


class CaseClock(QObject):
    """Counts while a case is in sight; a case that comes back goes on from where it was left."""

    ticked = Signal(str)
    """``6:40 of 10 min``."""

    def __init__(self, parent: QObject | None = None, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._now = now
        self._spent: dict[str, float] = {}
        self._item = ""
        self._since = 0.0
        self._minutes: int | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_SECOND_MS)
        self._timer.timeout.connect(self._tell)

    def start(self, item_id: str, minutes: int | None) -> None:
        """Count for this case, which has so many minutes."""
        self.stop()
        self._item, self._minutes, self._since = item_id, minutes, self._now()
        self._timer.start()
        self._tell()

    def stop(self) -> None:
        """Count no more."""
        if self._item:
            self._spent[self._item] = self._seconds()
        self._item = ""
        self._timer.stop()

    def words(self) -> str:
        """What the clock says."""
        minutes, seconds = divmod(int(self._seconds()), 60)
        spent = f"{minutes}:{seconds:02d}"
        if self._minutes is None:
            return spent
        return self.tr("{spent} of {minutes} min").format(spent=spent, minutes=self._minutes)

    def _seconds(self) -> float:
        running = self._now() - self._since if self._item else 0.0
        return self._spent.get(self._item, 0.0) + running

    def _tell(self) -> None:
        self.ticked.emit(self.words())
