"""Presenting at one desk: the meeting's screen over the whole window, and the way back from it."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.services.desk import ChangeSet, Desk, Done
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.ui.actions import When
from ctdild_desktop.ui.case_pages import CasePages
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.places import PRESENTING
from ctdild_desktop.ui.presenting.presenting_page import PresentingPage

_ROOM = "mdt"


class Doors(Protocol):
    """What the workbench opens."""

    def announce(self, done: Done[Any]) -> None:
        """Say what was done, and tell every screen."""


class PresentingRoom(QObject):
    """Makes the page when somebody presents for the first time, and gives it the whole screen."""

    left = Signal(str)
    """Id of the case that was in sight when somebody left presenting."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        doors: Doors,
        *,
        window: MainWindow,
        changes: ChangeBus,
        pages: CasePages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._doors = desk, runner, doors
        self._window, self._pages = window, pages
        self._page: PresentingPage | None = None
        changes.changed.connect(self._on_changed)
        window.page_shown.connect(self._on_page_shown)

    @property
    def page(self) -> PresentingPage:
        """The screen of the meeting."""
        if self._page is None:
            page = PresentingPage(self._desk, self._runner)
            page.done.connect(self._doors.announce)
            page.said.connect(self._window.inform)
            page.left.connect(self.leave_presenting)
            page.full_screen_asked.connect(self._window.switch_full_screen)
            page.print_requested.connect(self._pages.show_case)
            self._window.add_page(PRESENTING, page)
            self._page = page
        return self._page

    @property
    def place(self) -> tuple[str, str]:
        """The meeting and the case in sight."""
        return self._page.place if self._page is not None else ("", "")

    def present(self, meeting_id: str, item_id: str = "") -> None:
        """Show a case of a meeting on the whole screen."""
        page = self.page
        for when in (When.PATIENT, When.MEETING):
            self._window.set_available(when, on=False)
        self._window.show_page(PRESENTING, _ROOM)
        self._window.present(on=True)
        page.show_case(meeting_id, item_id)

    def leave_presenting(self) -> None:
        """Keep what is written on the case and go back to the room."""
        item_id = self.place[1]
        self._window.show_room(_ROOM)
        self.left.emit(item_id)

    def _on_page_shown(self, shown: str) -> None:
        """Whatever leads away from the case keeps what is written on it."""
        if self._page is not None and shown != PRESENTING and self._page.place != ("", ""):
            self._window.present(on=False)
            self._page.close_case()

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._page is not None:
            self._page.hear(changes)

    def focus_first(self) -> None:
        """Put the focus where typing begins."""
        self.page.focus_first()

    def keep_drafts(self) -> None:
        """Keep what is typed."""
        if self._page is not None:
            self._page.keep_drafts()

    def leave(self) -> tuple[Typed, ...]:
        """What is typed, for whoever takes the window away."""
        return self._page.leave() if self._page is not None else ()

    def clear(self) -> None:
        """Let go of everybody."""
        if self._page is not None:
            self._page.forget()
