"""Unlocking: which registry, who, and the passphrase."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from ctdild_desktop.config import SiteSettings
from ctdild_desktop.services import access
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import wants_own_passphrase
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.start.waiting import WaitingCard
from ctdild_desktop.ui.widgets.naming import named


class UnlockCard(WaitingCard):
    """``opened`` carries the desk. A refusal is one sentence; what was typed stays."""

    opened = Signal(object)
    new_requested = Signal(object)
    """A path where a new registry shall be made."""
    lost_requested = Signal(object, str)
    """The registry and login whose passphrase is lost."""
    temporary = Signal(object, str, str)
    """Registry, login and a temporary passphrase, which must be replaced first."""
    restore_requested = Signal(object, str)
    """The registry that shall come out of a backup, and the login."""

    def __init__(
        self,
        runner: Runner,
        ask: Ask,
        registry: Path,
        *,
        login: str = "",
        site: SiteSettings | None = None,
        note: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _tr("Locked") if note else _tr("Unlock the registry"),
            note or _tr("Everything in it is encrypted; it opens with your own passphrase."),
            _tr("Unlock  Enter"),
            parent,
        )
        self._runner = runner
        self._ask = ask
        self._site = site
        self.place = self.add_line(_tr("&Registry"), "unlock_registry", str(registry))
        self.login = self.add_line(_tr("&Login"), "unlock_login", login)
        self.passphrase = self.add_line(_tr("&Passphrase"), "unlock_passphrase", secret=True)
        choose = named(QPushButton(_tr("Other file…")), "unlock_choose")
        choose.setProperty("link", True)
        choose.clicked.connect(self._on_choose)
        new = named(QPushButton(_tr("New registry…")), "unlock_new")
        new.setProperty("link", True)
        new.clicked.connect(self._on_new)
        lost = named(QPushButton(_tr("Passphrase lost…")), "unlock_lost")
        lost.setProperty("link", True)
        lost.clicked.connect(self._on_lost)
        restore = named(QPushButton(_tr("Restore a backup…")), "unlock_restore")
        restore.setProperty("link", True)
        restore.clicked.connect(self._on_restore)
        for at, button in enumerate((choose, new, lost, restore)):
            self.foot.insertWidget(at, button)
        self.go.clicked.connect(self._on_go)
        self.add_help(self.passphrase)
        self.chain(self.place, self.login, self.passphrase)
        for line in (self.place, self.login):
            line.textEdited.connect(self.wait_no_more)
        self.passphrase.returnPressed.connect(self._on_go)

    def focus_first(self) -> None:
        """The first field that is still empty."""
        first = self.passphrase if self.login.text() else self.login
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_go(self) -> None:
        if not self.go.isEnabled():
            return
        login, passphrase = self.login.text().strip(), self.passphrase.text()
        if not login or not passphrase:
            self.refuse(
                self.tr("The login and the passphrase are needed."), self.passphrase if login else self.login
            )
            return
        path, site = Path(self.place.text().strip()).expanduser(), self._site
        self.refuse("")
        self.set_busy(busy=True)
        self._runner.run(
            lambda: access.unlock(path, login=login, passphrase=passphrase, settings=site),
            while_alive(self, self._on_opened),
            while_alive(self, self._on_refused),
        )

    def _on_opened(self, desk: Desk) -> None:
        self.passphrase.clear()
        self.set_busy(busy=False)
        self.opened.emit(desk)

    def _on_refused(self, error: Exception) -> None:
        if wants_own_passphrase(error):
            self.set_busy(busy=False)
            path, login = Path(self.place.text().strip()).expanduser(), self.login.text().strip()
            self.temporary.emit(path, login, self.passphrase.text())
        else:
            self.answer(error, self.passphrase)

    def _on_lost(self) -> None:
        self.lost_requested.emit(Path(self.place.text().strip()).expanduser(), self.login.text().strip())

    def _on_restore(self) -> None:
        self.restore_requested.emit(Path(self.place.text().strip()).expanduser(), self.login.text().strip())

    def _on_choose(self) -> None:
        self._ask.open_files(
            self.tr("Open registry"),
            self.tr("Registries (*.ctdild)"),
            lambda paths: self.place.setText(str(paths[0])),
            several=False,
        )

    def _on_new(self) -> None:
        self._ask.save_file(
            self.tr("New registry"),
            Path(self.place.text()).with_name("registry.ctdild"),
            self.tr("Registries (*.ctdild)"),
            self.new_requested.emit,
        )


def _tr(text: str) -> str:
    return QCoreApplication.translate("UnlockCard", text)
