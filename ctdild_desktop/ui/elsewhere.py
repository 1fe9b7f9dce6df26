"""What other desks change, brought to the main thread: and that the registry was lost and is back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from ctdild_desktop.services.desk import ChangeSet, Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.jobs import Runner, while_alive

Watch = Callable[
    [Desk, Callable[[ChangeSet], None], Callable[[str], None] | None, Callable[[], None] | None],
    Callable[[], None],
]
"""``services.watch.watch``: calls back on a thread of its own until what it returned is called."""


class Elsewhere(QObject):
    """Listens for one desk from :meth:`start` to :meth:`stop`; after that nothing is told any more."""

    changed = Signal(object)
    """A ``ChangeSet`` of another window, desk or program."""
    lost = Signal()
    """The registry cannot be reached; it is being tried again."""
    back = Signal()
    """It can be reached again; that everything may have changed is told next."""

    _heard = Signal(object)
    _lost_there = Signal()
    _back_there = Signal()

    def __init__(self, desk: Desk, runner: Runner, watch: Watch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = runner
        self._watch = watch
        self._stop: Callable[[], None] | None = None
        self._over = False
        queued = Qt.ConnectionType.QueuedConnection
        self._heard.connect(self._on_heard, queued)
        self._lost_there.connect(self._on_lost, queued)
        self._back_there.connect(self._on_back, queued)

    def start(self) -> None:
        """Begin to listen; a registry that cannot be read yet is no error here."""
        desk, watch = self._desk, self._watch

        def begin() -> None:
            stop = watch(
                desk,
                self._heard.emit,
                lambda _words: self._lost_there.emit(),
                self._back_there.emit,
            )
            self._stop = stop  # at once: the program may end before the main thread hears of it
            if self._over:
                stop()

        self._runner.run(begin, on_error=while_alive(self, self._on_refused))

    def stop(self) -> None:
        """Listen no more."""
        self._over = True
        stop, self._stop = self._stop, None
        if stop is not None:
            stop()

    def _on_refused(self, error: Exception) -> None:
        if sentence_of(error) is None:
            raise error
        self._on_lost()

    @Slot(object)
    def _on_heard(self, changes: ChangeSet) -> None:
        if not self._over:
            self.changed.emit(changes)

    @Slot()
    def _on_lost(self) -> None:
        if not self._over:
            self.lost.emit()

    @Slot()
    def _on_back(self) -> None:
        if not self._over:
            self.back.emit()
