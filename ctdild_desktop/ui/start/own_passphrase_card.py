"""The first unlocking with a temporary passphrase: the person sets one of their own before anything else."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from ctdild_desktop.config import SiteSettings
from ctdild_desktop.place import Place
from ctdild_desktop.services import access
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.start.waiting import WaitingCard
from ctdild_desktop.ui.widgets.naming import named


class OwnPassphraseCard(WaitingCard):
    """``opened`` carries the desk; the temporary passphrase opens nothing any more then."""

    opened = Signal(object)
    left = Signal()

    def __init__(
        self,
        runner: Runner,
        registry: Path | Place,
        *,
        login: str,
        given: str,
        site: SiteSettings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _tr("Set your own passphrase"),
            _tr(
                "An administrator gave you a passphrase for this one time. Set one that only you know: eight "
                "characters or more; several words are easy to remember and hard to guess."
            ),
            _tr("Set the passphrase  Enter"),
            parent,
        )
        self._runner = runner
        self._registry = registry
        self._login = login
        self._given = given
        self._site = site
        self.passphrase = self.add_line(_tr("New &passphrase"), "own_passphrase", secret=True)
        self.again = self.add_line(_tr("&Again"), "own_again", secret=True)
        self.add_help(self.passphrase, self.again, told=self.passphrase)
        back = named(QPushButton(_tr("Back")), "own_back")
        back.setProperty("link", True)
        back.clicked.connect(self.left)
        self.foot.insertWidget(0, back)
        self.chain(self.passphrase, self.again)
        self.again.returnPressed.connect(self._on_go)
        self.go.clicked.connect(self._on_go)

    def focus_first(self) -> None:
        """The new passphrase."""
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def _problem(self) -> tuple[str, QLineEdit] | None:
        if not self.passphrase.text():
            return self.tr("A passphrase is needed."), self.passphrase
        if self.passphrase.text() != self.again.text():
            return self.tr("The two passphrases differ."), self.again
        return None

    def _on_go(self) -> None:
        if not self.go.isEnabled():
            return
        problem = self._problem()
        if problem is not None:
            self.refuse(*problem)
            return
        self.refuse("")
        self.set_busy(busy=True)
        path, login, given, site = self._registry, self._login, self._given, self._site
        new = self.passphrase.text()
        self._runner.run(
            lambda: access.unlock(
                path, login=login, passphrase=given, new_passphrase=new, settings=site, check=False
            ),
            while_alive(self, self._on_opened),
            while_alive(self, self._on_refused),
        )

    def _on_opened(self, desk: Desk) -> None:
        self._given = ""
        for line in (self.passphrase, self.again):
            line.clear()
        self.set_busy(busy=False)
        self.opened.emit(desk)

    def _on_refused(self, error: Exception) -> None:
        self.answer(error, self.passphrase)


def _tr(text: str) -> str:
    return QCoreApplication.translate("OwnPassphraseCard", text)
