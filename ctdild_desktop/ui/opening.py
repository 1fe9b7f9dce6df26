"""The window of a desk, made and taken away, and what it needs loaded before somebody waits for it."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from ctdild_desktop import __version__
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.ask import Ask, WindowAsk
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.tidying import Tidying

if TYPE_CHECKING:
    from ctdild_desktop.services.desk import Desk
    from ctdild_desktop.ui.workbench import Workbench

_FIRST = (
    "ctdild_desktop.services.practice",
    "ctdild_desktop.ui.workbench",
    "ctdild_desktop.ui.system.watch",
    "ctdild_desktop.services.lists",
    "ctdild_desktop.services.watch",
)
"""What is in sight when a registry was unlocked, and what is done then."""
_SOON = (
    "ctdild_desktop.services.today_due",
    "ctdild_desktop.services.today_team",
    "ctdild_desktop.services.verdicts",
    "ctdild_desktop.clinical.fast.judge",
    "ctdild_desktop.ui.patient_room",
    "ctdild_desktop.ui.charts.timeline_chart",
    "ctdild_desktop.ui.side_sheets",
    "ctdild_desktop.ui.pft.pft_sheet",
)
"""What is needed a moment later: the rows of Today, a patient, a test to type."""


def build_window(desk: Desk, runner: Runner, ask: Ask | None = None) -> Workbench:
    """The workbench of a desk, with its window not yet shown; tests and the tour use the same.

    Keep the workbench as long as the window is needed, and call :func:`close_window` at the end.
    """
    from ctdild_desktop.ui.workbench import Workbench

    if ask is not None:
        return Workbench(desk, runner, ask, version=__version__)
    door = WindowAsk()
    bench = Workbench(desk, runner, door, version=__version__)
    door.set_parent(bench.window)
    return bench


def close_window(bench: Workbench) -> None:
    """Keep drafts and take the window away; the desk stays open."""
    bench.keep_drafts()
    bench.window.hide()
    bench.window.deleteLater()
    bench.deleteLater()


def open_help(window: QWidget, runner: Runner, ask: Ask) -> None:
    """Open the manual over a window that has no menu, at the part that has the keyboard."""
    from ctdild_desktop.ui.help.opening import open_manual

    open_manual(window, runner, ask)


def dress(app: QApplication, site: SiteSettings) -> None:
    """Give the application its fonts and theme."""
    theme.ensure_font(app)
    theme.apply(app, "contrast" if site.theme == "high_contrast" else site.theme)


def load_beside(runner: Runner, tidying: Tidying) -> None:
    """Load what unlocking needs while the passphrase is typed, and then what is needed a moment later.

    Args:
        tidying: begins in between.
    """

    def go_on(_loaded: None) -> None:
        tidying.begin()
        runner.run(load_soon, upkeep=True, aside=True)

    runner.run(load_ahead, go_on, files=True)


def load_ahead() -> None:
    """Load what unlocking and Today need.

    From then on Python collects garbage again. What is loaded by then is left out of every search: to look
    through it again and again would stop the window for a tenth of a second now and then.
    """
    from ctdild_desktop.services import access

    try:
        access.load_ahead()
        for name in _FIRST:
            import_module(name)
        gc.freeze()
    finally:
        gc.enable()


def load_soon() -> None:
    """Load what is needed a moment later, at leisure: who has pressed Enter meanwhile goes first."""
    from ctdild_desktop.services.leisure import pause

    for name in _SOON:
        pause()
        import_module(name)
    gc.freeze()
