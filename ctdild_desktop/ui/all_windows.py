"""Everything that the toolkit shows or holds, without the danger of asking for it.

While the toolkit's list becomes one of ours, memory is taken, and then garbage may be looked for: a window
that nobody held any more would be destroyed and read a moment later.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget


def windows() -> list[QWidget]:
    """Every window, dialog and menu, hidden ones too."""
    return _undisturbed(QApplication.topLevelWidgets)


def widgets() -> list[QWidget]:
    """Every widget of every window."""
    return _undisturbed(QApplication.allWidgets)


def _undisturbed(ask: Callable[[], list[QWidget]]) -> list[QWidget]:
    collecting = gc.isenabled()
    gc.disable()
    try:
        return ask()
    finally:
        if collecting:
            gc.enable()
