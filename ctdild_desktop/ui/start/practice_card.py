"""Making, opening and coming back to the practice registry, which needs no passphrase."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget

from ctdild_desktop.services.progress import Progress
from ctdild_desktop.ui.dialogs.card import Card
from ctdild_desktop.ui.widgets.naming import named


class PracticeCard(Card):
    """``wanted`` asks for the practice registry; ``left`` for the clinic's own."""

    wanted = Signal()
    left = Signal()
    _told = Signal(int, int, str)

    def __init__(self, *, locked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(
            _tr("Practice is locked") if locked else _tr("Learn with invented patients"),
            _tr(
                "A registry of its own for practising, with forty invented patients and short lessons. "
                "Nothing in it is real, so it opens without a passphrase: that lies beside it in the clear. "
                "Never enter a real patient there. It is apart from the clinic's registry, which stays as it "
                "is."
            ),
            _tr("Go on practising  Enter") if locked else _tr("Open it  Enter"),
            parent,
        )
        self._progress: Progress | None = None
        self.step = named(QLabel(), "practice_step")
        self.step.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = named(QProgressBar(), "practice_progress")
        self.bar.setAccessibleName(_tr("Progress"))
        at = self.column.indexOf(self.foot)
        for place, widget in enumerate((self.step, self.bar)):
            widget.hide()
            self.column.insertWidget(at + place, widget)
        self.back = named(QPushButton(_tr("To the clinic's registry")), "practice_to_clinic")
        self.back.setProperty("link", True)
        self.back.clicked.connect(self._on_back)
        self.foot.insertWidget(0, self.back)
        self.go.clicked.connect(self.wanted)
        self._told.connect(self._on_told)

    def focus_first(self) -> None:
        """The main button."""
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self) -> Progress:
        """It is being made or opened: show how far, and offer to stop."""
        self._progress = Progress(self._told.emit)
        self.refuse("")
        self.set_busy(busy=True)
        self.bar.setRange(0, 0)
        for widget in (self.step, self.bar):
            widget.show()
        self.back.setText(_tr("Cancel"))
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)
        return self._progress

    def tell(self, words: str) -> None:
        """Say why it was not opened."""
        self._progress = None
        self.set_busy(busy=False)
        for widget in (self.step, self.bar):
            widget.hide()
        self.back.setText(_tr("To the clinic's registry"))
        self.back.setEnabled(True)
        self.refuse(words)
        self.focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens it, Esc goes to the clinic's registry."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go.click()
        elif event.key() == Qt.Key.Key_Escape:
            self.back.click()
        else:
            super().keyPressEvent(event)

    def _on_back(self) -> None:
        if self._progress is None:
            self.left.emit()
        else:
            self._progress.cancel()
            self.back.setEnabled(False)

    def _on_told(self, done: int, of: int, _what: str) -> None:
        self.step.setText(_tr("Inventing patients"))
        self.bar.setRange(0, of)
        self.bar.setValue(done)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PracticeCard", text)
