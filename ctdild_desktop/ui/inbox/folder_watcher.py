"""Looks at the watched folder now and then while somebody is signed in, beside their work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from ctdild_desktop.config import InboxSettings
from ctdild_desktop.services import inbox, watched_folder
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.inbox import Received
from ctdild_desktop.services.permissions import may
from ctdild_desktop.services.watched_folder import Found, WatchedFolder
from ctdild_desktop.ui.jobs import Runner, while_alive

T = TypeVar("T")
EVERY_MS = 10_000


class FolderWatcher(QObject):
    """One per desk; nothing happens before :meth:`watch`.

    The share is waited for beside everything else; what was read is kept in the order of all acts.
    """

    received = Signal(object)
    """The act by which messages came into the inbox."""
    said = Signal(str)
    """What is to be said, once."""

    def __init__(self, desk: Desk, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._runner = desk, runner
        self._folder: WatchedFolder | None = None
        self._running = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)

    @property
    def watching(self) -> bool:
        """Whether a folder is looked at."""
        return self._timer.isActive()

    def watch(self, settings: InboxSettings) -> None:
        """Look at this folder from now on, or at none."""
        self.stop()
        if settings.watching and settings.folder is not None and may(self._desk, inbox.receive):
            self._folder = WatchedFolder(settings.folder)
            self._timer.start()

    def stop(self) -> None:
        """Look no more; what was read and is not kept yet stays in the folder."""
        self._timer.stop()
        self._folder = None

    def look(self) -> None:
        """Look once; two looks are needed for a new file."""
        folder = self._folder
        if folder is None or self._running:
            return
        self._running = True
        self._beside(folder.look, lambda found: self._on_found(folder, found))

    def _on_found(self, folder: WatchedFolder, found: Found) -> None:
        self._tell(found.said)
        if self._folder is not folder or not found.finished:
            self._running = False
            return
        if not found.sources:
            self._put_away(folder, found, None)
            return
        desk, sources = self._desk, found.sources
        self._runner.run(
            lambda: inbox.receive(desk, sources, "folder"),
            while_alive(self, lambda done: self._on_received(folder, found, done)),
            while_alive(self, lambda error: self._on_refused(folder, error)),
        )

    def _on_received(self, folder: WatchedFolder, found: Found, done: Done[Received]) -> None:
        folder.came_right()
        if done.value.new:
            self.received.emit(done)
        self._put_away(folder, found, done.value)

    def _on_refused(self, folder: WatchedFolder, error: Exception) -> None:
        self._running = False
        words = sentence_of(error)
        if words is None:
            raise error
        self._tell(folder.tell(words))

    def _put_away(self, folder: WatchedFolder, found: Found, received: Received | None) -> None:
        goes = watched_folder.destinations(found, received)
        self._beside(lambda: folder.put_away(goes), self._on_put_away)

    def _on_put_away(self, said: tuple[str, ...]) -> None:
        self._running = False
        self._tell(said)

    def _beside(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self._runner.run(work, while_alive(self, then), while_alive(self, self._on_bug), upkeep=True)

    def _on_bug(self, error: Exception) -> None:
        self._running = False
        raise error

    def _tell(self, said: tuple[str, ...]) -> None:
        for words in said:
            self.said.emit(words)
