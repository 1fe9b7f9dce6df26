"""The end of a program that a test began."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from ctdild_desktop.app.program import Program
from ctdild_desktop.ui.opening import close_window


def settle() -> None:
    """Let what was closed go."""
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def end(program: Program) -> None:
    """End a program as quitting does, and close what it shows: no later test may meet it again."""
    if program.bench is not None:
        close_window(program.bench)
    if program.start is not None:
        program.start.close()
        program.start.deleteLater()
    program.end()
    settle()
