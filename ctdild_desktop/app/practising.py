"""The way into the practice registry and out of it again, which leaves everything of the clinic as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from ctdild_desktop.config import Settings
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.start.one_window import OneWindow
from ctdild_desktop.ui.start.start_window import StartWindow

if TYPE_CHECKING:
    from ctdild_desktop.services.desk import Desk
    from ctdild_desktop.services.progress import Progress
    from ctdild_desktop.ui.workbench import Workbench


class Frame(Protocol):
    """The program: what is in sight now, and how it changes."""

    start: StartWindow | None
    bench: Workbench | None

    def lock(self, why: str = "", *, to_clinic: bool = False) -> None:
        """Close the registry and show the start screen."""

    def change_to(self, desk: Desk) -> None:
        """Work at another desk."""


class Practising(QObject):
    """Opens, makes and removes it off the main thread; one window of this computer has it at a time."""

    def __init__(
        self, frame: Frame, runner: Runner, settings: Callable[[], Settings], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._frame, self._runner, self._settings = frame, runner, settings
        self.door = OneWindow(self)

    def listen(self, bench: Workbench) -> None:
        """Answer what a window asks for."""
        bench.demo_requested.connect(self.open)
        if bench.practice is not None:
            bench.practice.leave_requested.connect(self.leave)
            bench.practice.anew_requested.connect(self.begin_anew)
            bench.practice.removal_requested.connect(self.remove)

    def equip(self, desk: Desk, door: OneWindow) -> None:
        """Hold the registry of a desk, and give it this workstation's folders where it is the clinic's."""
        from ctdild_desktop.services import practice

        settings = self._settings()
        if practice.claim(desk, settings.upkeep):
            door.release()
            self.door.take(desk.registry.place)
        else:
            desk.upkeep, desk.inbox = settings.upkeep, settings.inbox
            self.door.release()
            door.take(desk.registry.place)

    def open(self) -> None:
        """Open it, from the start screen or in the place of an open registry."""
        start = self._frame.start
        if start is None:
            self._open(None, anew=False)
        else:
            self._open((start.practice_card or start.show_practice()).begin(), anew=False)

    def begin_anew(self) -> None:
        """Close it and make a fresh one."""
        self._frame.lock()
        start = self._frame.start
        card = start.practice_card if start is not None else None
        if card is not None:
            self._open(card.begin(), anew=True)

    def leave(self) -> None:
        """Go back to where the clinic's registry is opened."""
        self._frame.lock(to_clinic=True)
        self.door.release()

    def remove(self) -> None:
        """Take all of it away, after it was closed."""
        from ctdild_desktop.services import practice

        self.leave()
        said = self.tr("The practice data are removed.")
        self._runner.run(
            practice.remove,
            while_alive(self, lambda _nothing: self._tell(said)),
            while_alive(self, self._on_refused),
        )

    def _open(self, progress: Progress | None, *, anew: bool) -> None:
        from ctdild_desktop.services import practice

        holder = self.door.take(practice.place()) if practice.is_there() else None
        if holder is not None:
            self.door.show_other(practice.place())
            self._tell(self.tr("The practice registry is open in another window."))
            return
        settings = self._settings()
        if anew:
            self.door.release()  # the file that holds it goes with the folder
        self._runner.run(
            lambda: practice.open_practice(settings.site, progress, anew=anew, upkeep=settings.upkeep),
            while_alive(self, self._on_opened),
            while_alive(self, self._on_refused),
        )

    def _on_opened(self, desk: Desk) -> None:
        self._frame.change_to(desk)

    def _on_refused(self, error: Exception) -> None:
        from ctdild_desktop.services.errors import sentence_of

        self.door.release()
        words = sentence_of(error)
        if words is None:
            raise error
        self._tell(words)

    def _tell(self, words: str) -> None:
        start, bench = self._frame.start, self._frame.bench
        if start is not None and start.practice_card is not None:
            start.practice_card.tell(words)
        elif start is not None:
            start.card.refuse(words)
        elif bench is not None:
            bench.window.inform(words)
