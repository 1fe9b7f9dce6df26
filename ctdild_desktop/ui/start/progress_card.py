"""A card that explains long work before it begins, shows how far it is, and goes back or stops it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget

from ctdild_desktop.services.progress import Progress
from ctdild_desktop.ui.dialogs.card import Card
from ctdild_desktop.ui.widgets.naming import named


class ProgressCard(Card):
    """``left`` means that somebody went back before anything was begun.

    Args:
        name: what the parts are called, as ``NAME_step``.
        back: the words on the way back.
        stop: the words on it while the work goes on.
        progress: what the bar is called for whoever does not see it.
    """

    left = Signal()
    told = Signal(int, int, str)
    """How far the work is: done, of, and what is done."""

    def __init__(
        self,
        title: str,
        text: str,
        button: str,
        *,
        name: str,
        back: str,
        stop: str,
        progress: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, text, button, parent)
        self._back_words, self._stop_words = back, stop
        self._progress: Progress | None = None
        self.step = named(QLabel(), f"{name}_step")
        self.step.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = named(QProgressBar(), f"{name}_progress")
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(progress)
        at = self.column.indexOf(self.foot)
        for place, widget in enumerate((self.step, self.bar)):
            widget.hide()
            self.column.insertWidget(at + place, widget)
        self.back = named(QPushButton(back), f"{name}_back")
        self.back.setProperty("link", True)
        self.back.clicked.connect(self._on_back)
        self.foot.insertWidget(0, self.back)

    def focus_first(self) -> None:
        """The main button: nothing has to be typed."""
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self) -> Progress:
        """The work begins: show how far it is, and offer to stop it."""
        self._progress = Progress(self.told.emit)
        self.refuse("")
        self.bar.setRange(0, 0)
        self._show_busy(busy=True)
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)
        return self._progress

    def tell(self, words: str) -> None:
        """The work ended; the words say why it came to nothing."""
        self._progress = None
        self._show_busy(busy=False)
        self.refuse(words)
        self.focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Esc goes back."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go.click()
        elif event.key() == Qt.Key.Key_Escape:
            self.back.click()
        else:
            super().keyPressEvent(event)

    def _show_busy(self, *, busy: bool) -> None:
        self.set_busy(busy=busy)
        for widget in (self.step, self.bar):
            widget.setVisible(busy)
        self.back.setText(self._stop_words if busy else self._back_words)
        self.back.setEnabled(True)

    def _on_back(self) -> None:
        if self._progress is None:
            self.left.emit()
        else:
            self._progress.cancel()
            self.back.setEnabled(False)
