"""A line that says how far long work is, with a button that stops it."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from ctdild_desktop.services.progress import Progress
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.naming import named


class ProgressStrip(QWidget):
    """Hidden until :meth:`begin`; Cancel and Esc stop the work that was begun.

    Args:
        page: where Esc counts, which is where the work was started.
    """

    _told = Signal(object, int, int, str)

    def __init__(self, name: str, page: QWidget) -> None:
        super().__init__(page)
        self.setObjectName(name)
        self._progress: Progress | None = None
        self._words = named(QLabel(), f"{name}_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setMinimumWidth(theme.scaled(180))
        self._bar = named(QProgressBar(), f"{name}_bar")
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("How far it is"))
        self._cancel = named(QPushButton(self.tr("Cancel  Esc")), f"{name}_cancel")
        self._cancel.clicked.connect(self.cancel)
        page.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(8)
        row.addWidget(self._words)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        self._told.connect(self._show)
        self.end()

    @property
    def working(self) -> bool:
        """Whether work was begun and has not ended."""
        return self._progress is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc anywhere on the page stops what is under way."""
        if (
            self.working
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        ):
            self.cancel()
            return True
        return super().eventFilter(watched, event)

    def begin(self, words: str) -> Progress:
        """Show the line; what is returned goes with the work."""

        def tell(done: int, of: int, what: str) -> None:
            with suppress(RuntimeError):  # a window that is gone must not stop the work
                self._told.emit(made, done, of, what)

        made = Progress(tell)
        self._progress = made
        self._cancel.setEnabled(True)
        self._show(made, 0, 0, words)
        self.show()
        return made

    def take_focus(self) -> None:
        """Let Enter, Space or Esc stop it, where nothing else can be done meanwhile."""
        self._cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def cancel(self) -> None:
        """Let the work stop at its next step; the line stays until it has."""
        if self._progress is None:
            return
        self._progress.cancel()
        self._cancel.setEnabled(False)
        self._words.setText(self.tr("Stopping…"))

    def end(self) -> None:
        """Hide the line: the work is done, or it was refused."""
        self._progress = None
        self.hide()

    def _show(self, progress: Progress, done: int, of: int, words: str) -> None:
        if progress is not self._progress or progress.cancelled:
            return
        self._bar.setRange(0, of)
        self._bar.setValue(done)
        if words:
            self._words.setText(words)
