"""Makes backups and the weekly check by itself while somebody is signed in, beside their work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from ctdild_desktop.services import backups, upkeep
from ctdild_desktop.services.backups import Why
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of, tells_damage
from ctdild_desktop.ui.jobs import Runner, while_alive

_SETTLE_MS = 5000
"""The first look waits until the window is in use."""


class BackupKeeper(QObject):
    """One per desk; nothing happens before :meth:`start`."""

    made = Signal(object)
    """A backup that was made: the act, with its message."""
    failed = Signal(str)
    """Why a backup was not made, in one sentence."""
    checked = Signal(object)
    """The report of the weekly check."""
    damaged = Signal(str)
    """The file is damaged, in one sentence."""

    def __init__(self, desk: Desk, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._runner = desk, runner
        self._stop = threading.Event()
        self._running = False
        self._timer = QTimer(self)
        self._timer.setInterval(desk.upkeep.backup_minutes * 60_000)
        self._timer.timeout.connect(lambda: self._keep(Why.REGULAR))
        self._first = QTimer(self)
        self._first.setSingleShot(True)
        self._first.setInterval(_SETTLE_MS)
        self._first.timeout.connect(self.look_over)

    def start(self) -> None:
        """Look soon, and then every so many minutes as the settings say."""
        self._first.start()
        self._timer.start()

    def stop(self) -> None:
        """Make nothing more; a backup that is being made ends early and leaves nothing."""
        self._first.stop()
        self._timer.stop()
        self._stop.set()

    def look_over(self) -> None:
        """Read the whole file once, which unlocking did not wait for, before a backup is made of it."""
        if self._running or self._stop.is_set():
            return
        self._running = True
        desk, stopped = self._desk, self._stop.is_set
        self._runner.run(
            lambda: upkeep.check_file(desk, stopped),
            while_alive(self, self._on_looked_over),
            while_alive(self, self._on_fault),
            upkeep=True,
        )

    def _on_looked_over(self, whole: bool) -> None:
        self._running = False
        if not whole and not self._stop.is_set():
            self._first.start()
        self._keep(Why.AT_START)

    def _on_fault(self, error: Exception) -> None:
        self._running = False
        words = sentence_of(error)
        if words is None:
            raise error
        if self._stop.is_set():
            return
        if tells_damage(error):
            self.damaged.emit(words)
        else:
            self._keep(Why.AT_START)

    def _keep(self, why: Why) -> None:
        if self._running or self._stop.is_set():
            return
        self._running = True
        desk, stopped = self._desk, self._stop.is_set
        self._runner.run(
            lambda: backups.back_up_if_changed(desk, why, stopped),
            while_alive(self, self._on_kept),
            while_alive(self, self._on_failed),
            upkeep=True,
        )

    def _on_kept(self, done: Done[Path] | None) -> None:
        self._running = False
        if done is not None:
            self.made.emit(done)
        self._check()

    def _on_failed(self, error: Exception) -> None:
        self._running = False
        words = sentence_of(error)
        if words is None:
            raise error
        if not self._stop.is_set():
            self.failed.emit(words)
            self._check()

    def _check(self) -> None:
        if self._stop.is_set():
            return
        desk = self._desk

        def check() -> upkeep.VerifyReport | None:
            return upkeep.verify(desk) if upkeep.check_is_due(desk) else None

        self._runner.run(
            check, while_alive(self, self._on_checked), while_alive(self, self._on_no_check), upkeep=True
        )

    def _on_checked(self, report: upkeep.VerifyReport | None) -> None:
        if report is not None:
            self.checked.emit(report)

    def _on_no_check(self, error: Exception) -> None:
        if sentence_of(error) is None:
            raise error


class ClosingBackup(QObject):
    """The backup that is made while the window closes; ``finished`` or ``failed`` follows, never both."""

    finished = Signal()
    failed = Signal(str)

    def __init__(self, desk: Desk, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._runner = desk, runner
        self._stop = threading.Event()
        self._over = False

    def start(self) -> None:
        """Make the backup when something changed."""
        desk, stopped = self._desk, self._stop.is_set
        self._runner.run(
            lambda: backups.back_up_if_changed(desk, Why.ON_CLOSE, stopped),
            while_alive(self, lambda _done: self._end(self.finished.emit)),
            while_alive(self, self._on_failed),
            upkeep=True,
        )

    def skip(self) -> None:
        """Close at once; the backup is made at the next start."""
        self._stop.set()
        self._end(self.finished.emit)

    def _on_failed(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            self._end(self.finished.emit)
            raise error
        self._end(lambda: self.failed.emit(words))

    def _end(self, tell: Callable[[], None]) -> None:
        if not self._over:
            self._over = True
            tell()
