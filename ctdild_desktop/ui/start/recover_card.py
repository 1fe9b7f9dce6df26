"""A new passphrase by means of the recovery code, for a person who lost the old one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from ctdild_desktop.config import SiteSettings
from ctdild_desktop.place import Place
from ctdild_desktop.services import access
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.start.entering import Entering
from ctdild_desktop.ui.start.one_window import OneWindow
from ctdild_desktop.ui.start.waiting import WaitingCard
from ctdild_desktop.ui.widgets.naming import named


class RecoverCard(WaitingCard):
    """``recovered`` carries the desk and the new recovery code; the old code opens nothing any more."""

    recovered = Signal(object, str)
    left = Signal()

    def __init__(
        self,
        runner: Runner,
        registry: Path | Place,
        *,
        login: str = "",
        site: SiteSettings | None = None,
        door: OneWindow | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _tr("Use the recovery code"),
            _tr("The code gives one login a new passphrase. A new code is shown then; this one is used up."),
            _tr("Set the passphrase  Enter"),
            parent,
        )
        self.entering = Entering(self, door)
        self.entering.again.connect(self._on_go)
        self._runner = runner
        self._registry = registry
        self._site = site
        self.code = self.add_line(_tr("&Code"), "recover_code")
        self.login = self.add_line(_tr("&Login"), "recover_login", login)
        self.passphrase = self.add_line(_tr("New &passphrase"), "recover_passphrase", secret=True)
        self.again = self.add_line(_tr("&Again"), "recover_again", secret=True)
        back = named(QPushButton(_tr("Back")), "recover_back")
        back.setProperty("link", True)
        back.clicked.connect(self.left)
        self.foot.insertWidget(0, back)
        self.add_help(self.passphrase, self.again, told=self.passphrase)
        self.chain(self.code, self.login, self.passphrase, self.again)
        self.again.returnPressed.connect(self._on_go)
        self.go.clicked.connect(self._on_go)

    def focus_first(self) -> None:
        """The code."""
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _problem(self) -> tuple[str, QLineEdit] | None:
        if not self.code.text().strip():
            return self.tr("The recovery code is needed."), self.code
        if not self.login.text().strip():
            return self.tr("A login is needed."), self.login
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
        path, site = self._registry, self._site
        if not self.entering.may(path if isinstance(path, Place) else Place(path=path)):
            return
        self.refuse("")
        self.set_busy(busy=True)
        code, login, passphrase = self.code.text().strip(), self.login.text().strip(), self.passphrase.text()
        self._runner.run(
            lambda: access.recover(
                path, recovery_code=code, login=login, passphrase=passphrase, settings=site
            ),
            while_alive(self, self._on_recovered),
            while_alive(self, self._on_refused),
        )

    def _on_recovered(self, made: tuple[Desk, str]) -> None:
        for line in (self.code, self.passphrase, self.again):
            line.clear()
        self.set_busy(busy=False)
        self.recovered.emit(*made)

    def _on_refused(self, error: Exception) -> None:
        self.answer(error, self.code)


def _tr(text: str) -> str:
    return QCoreApplication.translate("RecoverCard", text)
