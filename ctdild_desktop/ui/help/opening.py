"""Opens the manual over a window, at what is said about the place where the person is."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

from ctdild_desktop.clinical.criteria import CRITERIA
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.help.context import OF_CRITERIA, PAGES, PARTS, START
from ctdild_desktop.ui.help.help_window import HelpWindow
from ctdild_desktop.ui.jobs import Runner


def open_manual(window: QWidget, runner: Runner, ask: Ask, page: str = "") -> HelpWindow:
    """Open it, or bring the open one to the front; ``page`` is the id of the page of the window in sight."""
    address = _about(QApplication.focusWidget()) or PAGES.get(page, START)
    over = QApplication.activeModalWidget() or window
    manual = over.findChild(HelpWindow) or HelpWindow(runner, ask, over)
    manual.open_at(address)
    return manual


_CRITERIA = {one.id for one in CRITERIA}


def _about(widget: QWidget | None) -> str:
    """Where the innermost part around a widget is explained that the manual knows; empty when none is."""
    while widget is not None:
        part, _, criterion = widget.objectName().partition("_")
        if part in {"chip", "why"} and criterion in _CRITERIA:
            return f"{OF_CRITERIA}#{criterion.lower()}"
        for kind in type(widget).__mro__:
            if kind.__name__ in PARTS:
                return PARTS[kind.__name__]
        widget = widget.parentWidget()
    return ""
