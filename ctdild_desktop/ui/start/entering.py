"""Before a card opens a registry: whether another window has it, and what can be done then."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ctdild_desktop.place import Place
from ctdild_desktop.ui.dialogs.card import Card
from ctdild_desktop.ui.start.one_window import Holder, OneWindow
from ctdild_desktop.ui.widgets.naming import named


class Entering(QObject):
    """Belongs to a card; ``door`` may be missing where only one window can be, as in tests of a card."""

    again = Signal()
    """The registry is held here now: try once more."""
    shown_elsewhere = Signal()
    """The other window came to the front; this one is not needed."""

    def __init__(self, card: Card, door: OneWindow | None) -> None:
        super().__init__(card)
        self._card = card
        self._door = door
        self._holder: Holder | None = None
        self._offers = named(QWidget(), "start_offers")
        self._show = named(QPushButton(_tr("Show that window")), "start_show_other")
        self._open = named(QPushButton(_tr("Open it here")), "start_open_here")
        row = QHBoxLayout(self._offers)
        row.setContentsMargins(0, 0, 0, 0)
        for button, slot in ((self._show, self._on_show), (self._open, self._on_open)):
            button.setProperty("link", True)
            button.clicked.connect(slot)
            row.addWidget(button)
        row.addStretch(1)
        self._offers.hide()
        card.column.insertWidget(card.column.indexOf(card.problem) + 1, self._offers)

    def may(self, place: Place) -> bool:
        """Hold the registry for this window; when another one has it, say so on the card."""
        self._holder = self._door.take(place) if self._door is not None else None
        self._offers.hide()
        if self._holder is None:
            return True
        self._card.refuse(self._holder.words)
        self._show.setVisible(self._holder.here)
        self._open.setVisible(not self._holder.here)
        self._offers.show()
        first = self._show if self._holder.here else self._open
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        return False

    def _on_show(self) -> None:
        if self._door is None or self._holder is None:
            return
        if self._door.show_other(self._holder.place):
            self.shown_elsewhere.emit()
        else:
            self._card.refuse(
                _tr("The other window does not answer. Close it, then try again: {holder}").format(
                    holder=self._holder.words
                )
            )

    def _on_open(self) -> None:
        if self._door is None or self._holder is None:
            return
        self._offers.hide()
        if self._door.take_over(self._holder.place) is None:
            self._card.refuse("")
            self.again.emit()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Entering", text)
