"""Making, opening and coming back to the practice registry, which needs no passphrase."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from ctdild_desktop.ui.start.progress_card import ProgressCard


class PracticeCard(ProgressCard):
    """``wanted`` asks for the practice registry; ``left`` for the clinic's own."""

    wanted = Signal()

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
            name="practice",
            back=_tr("To the clinic's registry"),
            stop=_tr("Cancel"),
            progress=_tr("Progress"),
            parent=parent,
        )
        self.go.clicked.connect(self.wanted)
        self.told.connect(self._on_told)

    def _on_told(self, done: int, of: int, _what: str) -> None:
        self.step.setText(_tr("Inventing patients"))
        self.bar.setRange(0, of)
        self.bar.setValue(done)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PracticeCard", text)
