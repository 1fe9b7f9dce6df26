"""How a start card answers a refusal: one sentence, or a wait that counts down."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from ctdild_desktop.ui.dialogs.card import Card
from ctdild_desktop.ui.start.countdown import Countdown


class WaitingCard(Card):
    """A card whose attempt may come too early; what was typed stays while the seconds are counted."""

    def __init__(self, title: str, text: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__(title, text, button, parent)
        self.trouble = ""
        """The kind of the last error, for whoever helps."""
        self.countdown = Countdown(self)
        self.countdown.counted.connect(self._on_counted)
        self.countdown.over.connect(self._on_over)

    def answer(self, error: Exception, field: QLineEdit) -> None:
        """Say why it did not go on, in ``field``; an error that is a bug is raised."""
        from ctdild_desktop.services.errors import sentence_of, wait_of

        self.set_busy(busy=False)
        self.trouble = type(error).__name__
        words = sentence_of(error)
        if words is None:
            raise error
        seconds = wait_of(error)
        self.refuse(words, field)
        if seconds:
            self.go.setEnabled(False)
            self.countdown.start(seconds)

    def wait_no_more(self) -> None:
        """Another login or registry was typed, which need not wait."""
        if self.countdown.left:
            self.countdown.stop()
            self.go.setEnabled(True)
            self.refuse("")

    def _on_counted(self, seconds: int) -> None:
        words = _tr("Too many wrong attempts. You may try again in {seconds} s.").format(seconds=seconds)
        self.problem.setText(words)
        if seconds in {1, 2, 5} or seconds % 10 == 0:
            self.problem.setAccessibleName(words)

    def _on_over(self) -> None:
        self.go.setEnabled(True)
        self.refuse(_tr("You may try again now."))


def _tr(text: str) -> str:
    return QCoreApplication.translate("WaitingCard", text)
