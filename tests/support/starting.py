"""The start window in sight."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from ctdild_desktop.ui.start.start_window import StartWindow


def show(qtbot: QtBot, window: StartWindow) -> StartWindow:
    """The start window in sight, with the keyboard in its first field."""
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    window.card.focus_first()
    return window
