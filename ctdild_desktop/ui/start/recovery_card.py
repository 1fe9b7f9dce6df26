"""The recovery code, shown once: copy it, print it, or write it down; then go on."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ctdild_desktop.ui.dialogs.card import Card
from ctdild_desktop.ui.widgets.recovery_code import RecoveryCode


class RecoveryCard(Card):
    """``noted`` follows when the person says that the code is kept."""

    noted = Signal()

    def __init__(self, code: str, parent: QWidget | None = None) -> None:
        super().__init__(
            _tr("Keep this recovery code"),
            _tr(
                "It opens the registry when a passphrase is lost. It is shown this once and kept nowhere "
                "in the program. Keep it on paper, locked away, not on this workstation."
            ),
            _tr("Go on  Enter"),
            parent,
        )
        self.code = RecoveryCode(code)
        self.code.kept.connect(self.go.setEnabled)
        self.column.insertWidget(2, self.code)
        self.go.setEnabled(False)
        self.go.clicked.connect(self.noted)
        QWidget.setTabOrder(self.code.tick, self.go)

    def focus_first(self) -> None:
        """The tick: Space sets it, Enter goes on."""
        self.code.focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on from anywhere in the card, as its button says, once the code is kept."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go.click()
        else:
            super().keyPressEvent(event)


def _tr(text: str) -> str:
    return QCoreApplication.translate("RecoveryCard", text)
