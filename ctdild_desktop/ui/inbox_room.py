"""The inbox at one desk: its page, the watched folder, and how many messages wait."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.config import InboxSettings
from ctdild_desktop.services.desk import Change, ChangeSet, Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.inbox_waiting import waiting
from ctdild_desktop.ui.actions import When
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow

if TYPE_CHECKING:
    from ctdild_desktop.ui.inbox.folder_watcher import FolderWatcher
    from ctdild_desktop.ui.inbox.inbox_page import InboxPage

_CONCERNS = frozenset({Change.INBOX, Change.PATIENT, Change.IMPORT})
"""What changes who a message may be of."""


class Doors(Protocol):
    """What the workbench opens."""

    def announce(self, done: Done[Any]) -> None:
        """Say what was done, and tell every screen."""


class InboxRoom(QObject):
    """Makes page and watcher when they are first wanted; ``counted`` carries how many messages wait."""

    counted = Signal(int)
    settings_changed = Signal(object)
    """What shall be watched, to be remembered."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        ask: Ask,
        doors: Doors,
        *,
        window: MainWindow,
        changes: ChangeBus,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._ask, self._doors = desk, runner, ask, doors
        self._window, self._changes = window, changes
        self.page: InboxPage | None = None
        changes.changed.connect(self._on_changed)

    def by_id(self) -> dict[str, Callable[[], None]]:
        """The acts that the menus call, by the id of their action."""
        return {"inbox": self.show}

    @cached_property
    def watcher(self) -> FolderWatcher:
        """What looks at the folder; most workstations have none."""
        from ctdild_desktop.ui.inbox.folder_watcher import FolderWatcher

        watcher = FolderWatcher(self._desk, self._runner, self)
        watcher.received.connect(self._on_received)
        watcher.said.connect(self._window.inform)
        return watcher

    def start(self) -> None:
        """Watch the folder from now on."""
        if self._desk.inbox.watching:
            self.watcher.watch(self._desk.inbox)

    def stop(self) -> None:
        """Watch nothing more; the registry is about to be closed."""
        if "watcher" in vars(self):
            self.watcher.stop()

    def show(self) -> None:
        """Show the page, and let it read."""
        if self.page is None:
            from ctdild_desktop.ui.inbox.inbox_page import InboxPage

            page = InboxPage(self._desk, self._runner, self._ask)
            page.done.connect(self._doors.announce)
            page.refused.connect(self._window.inform)
            page.folder.chosen.connect(self._on_folder)
            self.page = page
            self._window.add_page("inbox", page)
        self._window.set_available(When.PATIENT, on=False)
        self._window.show_page("inbox", "today")
        self.page.start()

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        if self.page is not None:
            self.page.focus_first()

    def clear(self) -> None:
        """Let go of everything that was read from the registry."""
        if self.page is not None:
            self.page.clear()

    def count(self) -> None:
        """Count what waits."""
        desk = self._desk
        self._runner.run(
            lambda: waiting(desk),
            while_alive(self, self.counted.emit),
            while_alive(self, self._refuse),
            aside=True,
        )

    def _on_changed(self, changes: ChangeSet) -> None:
        if Change.INBOX in changes.kinds:
            self.count()
        if self.page is not None and self._window.shown == "inbox" and changes.kinds & _CONCERNS:
            self.page.refresh()

    def _on_received(self, done: Done[Any]) -> None:
        """Tell every screen; what the person did last stays what can be taken back."""
        self._window.inform(done.message)
        self._changes.announce(done.changes)

    def _on_folder(self, settings: InboxSettings) -> None:
        self.watcher.watch(settings)
        self.settings_changed.emit(settings)

    def _refuse(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._window.inform(words)
