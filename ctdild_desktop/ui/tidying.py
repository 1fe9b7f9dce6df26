"""Looking for garbage between two acts of a person, in place of Python, which does so in the midst of one.

Python looks whenever so many objects were made: while the toolkit walks through its windows, which may then
be destroyed under its feet, or for a hundredth of a second while somebody waits for a page.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_LOOK_MS = 1000
_YOUNG = 2000
"""So many more objects are worth looking for those among them that nobody holds."""
_WHOLE_EVERY = 60
"""After so many looks everything is looked through; what is there for good is left out (``gc.freeze``)."""


class Tidying(QObject):
    """Collects garbage on the main thread, when an event is over."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    @property
    def active(self) -> bool:
        """Whether it looks, and Python does not."""
        return self._timer.isActive()

    def begin(self) -> None:
        """Take the looking over from Python."""
        gc.disable()
        self._timer.start()

    def look(self) -> None:
        """Collect what the objects of the last second left, and everything now and then."""
        young, _middle, _old = gc.get_count()
        if young < _YOUNG:
            return
        self._looks += 1
        gc.collect(2 if self._looks % _WHOLE_EVERY == 0 else 1)

    def end(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()
