"""The program from its start screen to the window of a registry, and back again on lock.

What the start screen does not need is loaded while the passphrase is typed.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from ctdild_desktop import config
from ctdild_desktop.app.practising import Practising
from ctdild_desktop.app.telling import tell_bug
from ctdild_desktop.config import InboxSettings, Settings, SettingsError, SiteSettings, UpkeepSettings
from ctdild_desktop.ui.clearing import ClipboardGuard, destroy_windows, hide_windows
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.idle import IdleWatch, seconds_since_start
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.opening import build_window, close_window, dress, open_help
from ctdild_desktop.ui.speaking import regional, speak
from ctdild_desktop.ui.start.one_window import OneWindow
from ctdild_desktop.ui.start.start_window import StartWindow
from ctdild_desktop.ui.start.unlock_card import UnlockCard

if TYPE_CHECKING:
    from ctdild_desktop.services.desk import Desk
    from ctdild_desktop.services.leaving import Sealed, Typed
    from ctdild_desktop.services.restoring import Restored
    from ctdild_desktop.ui.elsewhere import Watch
    from ctdild_desktop.ui.places import Place
    from ctdild_desktop.ui.registry.restore_dialog import RestoreOrder
    from ctdild_desktop.ui.system.watch import SystemWatch
    from ctdild_desktop.ui.workbench import Workbench

_log = logging.getLogger(__name__)
SETTLE_MS = 20
"""The rest of the start and of the program begins when the start screen has been painted and takes typing."""


class Program(QObject):
    """From the start screen to the workbench and back again on lock; one per process."""

    bug_met = Signal(str)
    """A bug was logged; carries the words to show. Emitted on any thread, delivered on the main one."""

    def __init__(
        self,
        app: QApplication,
        settings: Settings,
        runner: Runner,
        ask: WindowAsk,
        *,
        clock: Callable[[], float] = seconds_since_start,
        watch: Watch | None = None,
    ) -> None:
        super().__init__()
        self._watch = watch
        self._app = app
        self._settings = settings
        self._runner = runner
        self._ask = ask
        self.start: StartWindow | None = None
        self.bench: Workbench | None = None
        self._places: dict[tuple[str, str], Place] = {}
        self._sealed: tuple[Sealed, ...] = ()
        self.idle = IdleWatch(app, minutes=settings.upkeep.lock_minutes, clock=clock, parent=self)
        self.idle.warned.connect(self._on_idle)
        self.idle.warning_over.connect(self._on_warning_over)
        self.idle.expired.connect(self._on_expired)
        self._clipboard = ClipboardGuard(app.clipboard(), self)
        self.door = OneWindow(self)
        self.door.asked_to_show.connect(self._on_asked_to_show)
        self.practising = Practising(self, runner, lambda: self._settings, self)
        self.practising.door.asked_to_show.connect(self._on_asked_to_show)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SETTLE_MS)
        self._soon.timeout.connect(self._on_settled)
        self.bug_met.connect(self._on_bug, Qt.ConnectionType.QueuedConnection)

    def begin(self, *, login: str = "", passphrase: str = "") -> None:
        """Show the start screen; with login and passphrase unlock at once, or say there why not."""
        start = self._show_start(login or self._settings.login)
        place, site = self._settings.place, self._settings.site
        if not (login and passphrase):
            start.painted.connect(self._soon.start, Qt.ConnectionType.QueuedConnection)
        elif not isinstance(start.card, UnlockCard) or start.card.entering.may(place):
            from ctdild_desktop.services import access

            self._runner.run(
                lambda: access.unlock(
                    place,
                    login=login,
                    passphrase=passphrase,
                    settings=site,
                    check=False,
                    upgrading=access.asking_first(),
                ),
                while_alive(self, self._on_opened),
                while_alive(self, lambda error: self._on_refused(error, login, passphrase)),
            )

    def _on_settled(self) -> None:
        """Hold the registry that is offered, or say that another window has it; remove left-overs."""
        from ctdild_desktop.services import private_copies

        self._runner.run(private_copies.clear_left_overs, files=True)
        card = self.start.card if self.start is not None else None
        if isinstance(card, UnlockCard) and card.place.text() == str(self._settings.place):
            card.entering.may(self._settings.place)

    @cached_property
    def system(self) -> SystemWatch:
        """What tells that this computer is left; only a window of a registry has to know."""
        from ctdild_desktop.ui.system.watch import SystemWatch

        made = SystemWatch(self._app, self)
        made.left.connect(self._on_system_left)
        return made

    def end(self) -> None:
        """Keep drafts, close the registry after everything that was given to it; nothing locks after that."""
        self.idle.stop()
        self._soon.stop()
        bench, self.bench = self.bench, None
        if bench is not None:
            self._leave(bench)
        self._clipboard.clear()
        self._runner.close()
        self.door.release()
        self.practising.door.release()

    def _on_asked_to_show(self) -> None:
        """A second window of the same registry was opened: come to the front in its place."""
        window = self.bench.window if self.bench is not None else self.start
        if window is not None:
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
            window.show()
            window.raise_()
            window.activateWindow()

    # locking

    def lock(self, why: str = "", *, to_clinic: bool = False) -> None:
        """Keep what is typed, take everything out of sight and memory, and ask who is there.

        Every step is done even when one before it fails: a bug must not leave a registry open.

        Args:
            why: a sentence for the lock screen; empty when the person locked it.
            to_clinic: the person leaves the practice registry.
        """
        bench, self.bench = self.bench, None
        if bench is None:
            return
        desk = bench.desk
        self.idle.stop()
        note = self.tr(
            "{who} was signed in; what was typed is kept. Somebody else may sign in with another login."
        ).format(who=desk.display_name)
        if desk.practice and bench.practice is not None:
            bench.practice.locking(left=to_clinic)
        steps: tuple[Callable[[], None], ...] = (
            lambda: self._places.update({(str(desk.registry.place), desk.login): bench.place()}),
            lambda: self._show_locked(desk, f"{why} {note}".strip(), to_clinic=to_clinic),
            lambda: hide_windows(but=self.start),
            bench.news.stop,
            lambda: self._leave(bench, locked=True),
            self._clipboard.clear,
            bench.forget,
            lambda: destroy_windows(but=self.start),
            bench.deleteLater,
        )
        for step in steps:
            try:
                step()
            except Exception as error:
                sys.excepthook(type(error), error, error.__traceback__)

    def _leave(self, bench: Workbench, *, locked: bool = False) -> None:
        """Keep what is typed and close the registry, after everything that was given to it before."""
        from ctdild_desktop.services import leaving

        desk = bench.desk
        typed: tuple[Typed, ...] = ()
        try:
            typed = bench.leave()
        finally:
            self._runner.run(
                lambda: leaving.leave(desk, typed, locked=locked), while_alive(self, self._on_left)
            )

    def _on_left(self, sealed: tuple[Sealed, ...]) -> None:
        self._sealed += sealed
        if sealed and self.start is not None:
            self.start.card.refuse(
                self.tr(
                    "The registry did not take what was typed last. This window keeps it, encrypted, until "
                    "you unlock; do not close it."
                )
            )

    def _on_idle(self, seconds: int) -> None:
        if self.bench is not None:
            self.bench.window.warn_of_lock(seconds)

    def _on_warning_over(self) -> None:
        if self.bench is not None:
            self.bench.window.end_lock_warning()

    def _on_expired(self) -> None:
        minutes = self._settings.upkeep.lock_minutes
        self.lock(self.tr("Locked after %n minutes without a key or a click.", "", minutes))

    def _on_system_left(self) -> None:
        self.lock(self.tr("Locked together with this computer."))

    # opening

    def _show_start(self, login: str, note: str = "") -> StartWindow:
        self._leave_start()
        start = StartWindow(
            self._runner,
            self._ask,
            self._settings.place,
            login=login,
            site=self._settings.site,
            note=note,
            recent=self._settings.recent,
            door=self.door,
        )
        start.opened.connect(self._on_opened)
        start.help_requested.connect(self._on_help)
        start.practice_wanted.connect(self.practising.open)
        self.start = start
        self._ask.set_parent(start)
        start.show()
        return start

    def _leave_start(self) -> None:
        if self.start is not None:
            self.start.close()
            self.start.deleteLater()
            self.start = None

    def _on_help(self) -> None:
        if self.start is not None:
            open_help(self.start, self._runner, self._ask)

    def _show_locked(self, desk: Desk, note: str, *, to_clinic: bool) -> None:
        if not desk.practice:
            self._show_start(desk.login, note)
            return
        start = self._show_start(self._settings.login)
        if not to_clinic:
            start.show_practice(locked=True)

    def _on_refused(self, error: Exception, login: str, passphrase: str) -> None:
        if _sentence_of(error) is None:
            raise error
        if self.start is not None:
            self.start.tell(error, self._settings.place, login, passphrase)

    def _on_opened(self, desk: Desk) -> None:
        from ctdild_desktop.services import access, leaving, private_copies
        from ctdild_desktop.ui.places import Place

        self._runner.run(private_copies.clear_left_overs, files=True)
        _watch = self.system  # is made with the first window
        self.practising.equip(desk, self.door)
        access.use_settings(regional(self._settings.site))
        bench = self._work_at(desk)
        self._leave_start()
        self._remember(desk)
        self.idle.start()
        if self._sealed and not desk.practice:
            sealed, self._sealed = self._sealed, ()
            self._runner.run(lambda: leaving.come_back(desk, sealed), while_alive(self, self._on_come_back))
        bench.go_to(self._places.pop((str(desk.registry.place), desk.login), Place()))
        upgraded = desk.registry.upgraded
        if upgraded is not None:
            bench.tell_written(
                self.tr("The registry was brought up to date. The backup of before: {name}."), upgraded.backup
            )

    def _work_at(self, desk: Desk) -> Workbench:
        """Show a new window of a desk."""
        bench = build_window(desk, self._runner, self._ask)
        bench.locked.connect(self.lock)
        self.practising.listen(bench)
        bench.plot = self._settings.plot
        bench.plot_chosen.connect(self._on_plot)
        bench.safekeeping.restore_ordered.connect(self._on_restore)
        bench.safekeeping.damaged.connect(self.lock)
        bench.safekeeping.start()
        if not desk.practice:
            bench.safekeeping.settings_changed.connect(self._on_upkeep)
            bench.inbox.settings_changed.connect(self._on_inbox)
        bench.inbox.start()
        self.bench = bench
        self._ask.set_parent(bench.window)
        bench.setting_chosen.connect(self._on_site)
        bench.window.show()
        self._listen(bench)
        return bench

    def _listen(self, bench: Workbench) -> None:
        from ctdild_desktop.services.watch import watch

        bench.news.listen(self._watch or watch)

    def _on_come_back(self, left: tuple[Sealed, ...]) -> None:
        self._sealed += left

    def _on_plot(self, shown: tuple[str, ...]) -> None:
        self._settings = replace(self._settings, plot=shown)
        self._save_settings()

    def _on_site(self, site: SiteSettings, changed: str) -> None:
        """Apply settings at once: the window is made anew in their language, with what is typed in it."""
        from ctdild_desktop.services import access

        self._settings = replace(self._settings, site=site)
        self._save_settings()
        speak(site)
        dress(self._app, site)
        old = self.bench
        if old is None:
            return
        access.use_settings(regional(site))
        old.desk.settings = site
        place, shape = old.place(), old.window.saveGeometry()
        old.keep_drafts()
        old.leave()
        new = self._work_at(old.desk)
        new.window.restoreGeometry(shape)
        new.window.activateWindow()
        new.go_to(place)
        new.act("settings")
        new.registry.page.show_settings(changed)
        new.take_over(old)
        close_window(old)

    # backups

    def _on_upkeep(self, upkeep: UpkeepSettings) -> None:
        self._settings = replace(self._settings, upkeep=upkeep)
        self._save_settings()

    def _on_inbox(self, inbox: InboxSettings) -> None:
        self._settings = replace(self._settings, inbox=inbox)
        self._save_settings()

    def _on_restore(self, order: RestoreOrder) -> None:
        """Put a backup in the place of the open registry; until that is done the window stays as it is."""
        from ctdild_desktop.services import restoring

        bench = self.bench
        if bench is None:
            return
        desk, left = bench.desk, threading.Event()
        self.idle.stop()
        bench.keep_drafts()
        bench.news.stop()
        self._runner.run(
            lambda: restoring.restore_over(
                desk,
                order.backup,
                passphrase=order.passphrase,
                recovery_code=order.recovery_code,
                on_leaving=left.set,
            ),
            while_alive(self, self._on_restored),
            while_alive(self, lambda error: self._on_not_restored(error, gone=left.is_set())),
        )

    def _on_restored(self, restored: Restored) -> None:
        bench, self.bench = self.bench, None
        words = " ".join((self.tr("The backup was restored."), *restored.notes))
        if bench is None:  # it was locked meanwhile
            self._runner.run(restored.desk.close)
            if self.start is not None:
                self.start.card.refuse(words)
            return
        bench.leave()
        if restored.recovery_code:
            self._show_start(restored.desk.login).show_code(restored.desk, restored.recovery_code)
        else:
            self._on_opened(restored.desk)
        if self.bench is not None:
            self.bench.window.inform(words)
        hide_windows(but=self.start or (self.bench.window if self.bench is not None else None))
        bench.forget()
        bench.window.deleteLater()
        bench.deleteLater()

    def _on_not_restored(self, error: Exception, *, gone: bool) -> None:
        words = _sentence_of(error) or self.tr("Something went wrong in the program; nothing was lost.")
        bench = self.bench
        if bench is not None and gone:
            self.lock(words)
        elif bench is not None:
            bench.safekeeping.refuse_restore(words)
            self._listen(bench)
            self.idle.start()
        if _sentence_of(error) is None:
            raise error

    def change_to(self, desk: Desk) -> None:
        """Work at another desk; of the one that is left everything is kept."""
        bench, self.bench = self.bench, None
        if bench is not None:
            self._leave(bench)
        self._on_opened(desk)
        if bench is not None:
            close_window(bench)

    def _remember(self, desk: Desk) -> None:
        """Offer this registry and login the next time; a folder that cannot be written does not matter."""
        if desk.demo:
            return
        self._settings = replace(self._settings.opened(desk.registry.place), login=desk.login)
        self._save_settings()

    def _save_settings(self) -> None:
        try:
            config.save(self._settings)
        except SettingsError:
            _log.info("the settings could not be saved")

    def _on_bug(self, words: str) -> None:
        tell_bug(words, self.bench, self.start, self._runner, self._ask)


def _sentence_of(error: Exception) -> str | None:
    from ctdild_desktop.services.errors import sentence_of

    return sentence_of(error)
