"""The program with its window: settings, theme, the start screen, the workbench, and its bugs."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from ctdild_desktop import __version__, config
from ctdild_desktop.app.program import SETTLE_MS, Program
from ctdild_desktop.bundled import resources
from ctdild_desktop.place import Place
from ctdild_desktop.ui.allocator import hold_little
from ctdild_desktop.ui.bugs import catch_bugs, log_to_file
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.jobs import JobRunner
from ctdild_desktop.ui.opening import build_window, close_window, dress, load_beside
from ctdild_desktop.ui.speaking import speak
from ctdild_desktop.ui.system.signals import end_on_signals
from ctdild_desktop.ui.tidying import Tidying

__all__ = [
    "Program",
    "build_window",
    "catch_bugs",
    "close_window",
    "dress",
    "log_to_file",
    "program_icon",
    "run",
]

_NAME = "ctdild-desktop"
"""Of the program's entry in a menu and of its icon, as the package for Debian installs them."""


def run(
    registry: Place | None = None,
    login: str | None = None,
    passphrase: str | None = None,
    *,
    stay: Callable[[QApplication], int] = lambda app: app.exec(),
) -> int:
    """Open the window and return the exit status when it is closed.

    Args:
        registry: the registry to open, in place of the one of the settings.
        login: who opens it; with ``passphrase`` the unlock screen is passed.
        passphrase: from a file or the environment, never from the command line.
        stay: handles events until the program shall end.
    """
    app = QApplication(sys.argv[:1])
    app.setApplicationName("CTD-ILD Desktop")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName(_NAME)
    app.setWindowIcon(program_icon())
    settings = config.start()
    if registry is not None:
        settings = settings.at(registry)
    log_to_file()
    speak(settings.site)
    dress(app, settings.site)
    hold_little()  # before the first thread, which would begin a heap of its own
    runner = JobRunner(app)
    tidying = Tidying(app)
    program = Program(app, settings, runner, WindowAsk())
    program.idle.used.connect(runner.give_way)
    catch_bugs(program.bug_met.emit)
    end_on_signals(app)
    program.begin(login=login or "", passphrase=passphrase or "")
    if program.start is not None:
        if settings.notes:
            program.start.card.refuse(" ".join(map(str, settings.notes)))
        program.start.painted.connect(
            lambda: QTimer.singleShot(SETTLE_MS, lambda: load_beside(runner, tidying)),
            Qt.ConnectionType.QueuedConnection,
        )
    status = stay(app)
    program.end()
    tidying.end()
    return status


def program_icon() -> QIcon:
    """The icon of the program, each size from its own picture."""
    made = QIcon()
    for picture in (resources() / "icons" / "program").glob("*.png"):
        made.addFile(str(picture))
    return made
