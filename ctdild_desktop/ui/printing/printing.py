"""The way from a screen to paper: opens the preview of a printout over the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.printing.sheets import Printout


class Printing(QObject):
    """One for a window; screens call :meth:`show`."""

    said = Signal(str)
    written = Signal(object)
    """The file that was written; it is not encrypted."""

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._runner, self._ask, self._window = desk, runner, ask, window

    def show(self, printout: Printout, then: Callable[[], None] | None = None) -> None:
        """Show the preview; ``then`` is called when it was printed or written."""
        from ctdild_desktop.ui.printing.print_dialog import PrintDialog

        dialog = PrintDialog(self._desk, self._runner, self._ask, printout, self._window)
        dialog.said.connect(self.said)
        dialog.written.connect(self.written)
        if then is not None:
            dialog.delivered.connect(then)
        dialog.begin()
