"""The signals by which the system or a terminal asks the program to end."""

from __future__ import annotations

import signal
from types import FrameType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication


def end_on_signals(app: QApplication) -> None:
    """End as by closing the window when the system or Ctrl+C in a terminal asks to."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        app.quit()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    # Python sees a signal only while it runs: a pulse lets it look now and then.
    pulse = QTimer(app)
    pulse.setInterval(300)
    pulse.timeout.connect(lambda: None)
    pulse.start()
