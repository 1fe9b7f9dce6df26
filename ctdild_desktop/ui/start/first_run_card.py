"""The first run: the registry's place and its first user, an administrator; no default password."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from ctdild_desktop.config import SiteSettings
from ctdild_desktop.services import access, upkeep
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.card import Card
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.naming import named


class FirstRunCard(Card):
    """``created`` carries the desk and the recovery code, which is shown once."""

    created = Signal(object, str)
    existing_requested = Signal(object)
    """A registry that shall be unlocked instead; None for one on a server whose address is to be typed."""
    restore_requested = Signal(object, str)
    """The place of a registry that shall come out of a backup, and a login."""

    def __init__(
        self,
        runner: Runner,
        ask: Ask,
        registry: Path,
        *,
        site: SiteSettings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _tr("Set up the registry"),
            _tr(
                "The registry is made here, encrypted, with you as its first user and administrator. "
                "The passphrase needs eight characters or more and is not the login; several words are "
                "easy to remember and hard to guess. Nobody can look it up later: without it only the "
                "recovery code opens the registry."
            ),
            _tr("Make the registry  Enter"),
            parent,
        )
        self._runner = runner
        self._ask = ask
        self._site = site
        self.place = self.add_line(_tr("&File"), "first_registry", str(registry))
        self.display_name = self.add_line(_tr("Your &name"), "first_name")
        self.login = self.add_line(_tr("&Login"), "first_login")
        self.passphrase = self.add_line(_tr("&Passphrase"), "first_passphrase", secret=True)
        self.again = self.add_line(_tr("&Again"), "first_again", secret=True)
        server = named(QPushButton(_tr("Registry on a server…")), "first_server")
        server.clicked.connect(lambda: self.existing_requested.emit(None))
        existing = named(QPushButton(_tr("Open an existing registry…")), "first_existing")
        existing.clicked.connect(self._on_existing)
        restore = named(QPushButton(_tr("Restore a backup…")), "first_restore")
        restore.clicked.connect(lambda: self.restore_requested.emit(self._path(), self.login.text().strip()))
        self.add_links(existing, server, restore)
        self._warned_of: Path | None = None
        self.go.clicked.connect(self._on_go)
        self.add_help(self.passphrase, self.again, told=self.passphrase)
        self.chain(self.place, self.display_name, self.login, self.passphrase, self.again)
        self.again.returnPressed.connect(self._on_go)

    def focus_first(self) -> None:
        """The name: the place is usually right."""
        self.display_name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _problem(self) -> tuple[str, QLineEdit] | None:
        passphrase, login = self.passphrase.text(), self.login.text().strip()
        if not self.place.text().strip():
            return self.tr("A file is needed."), self.place
        if "://" in self.place.text():
            words = self.tr(
                "A registry on a server is made by the owner of the database on the command line "
                "(ctdild init); it is opened here then."
            )
            return words, self.place
        if not self.display_name.text().strip():
            return self.tr("Your name is needed: it stands in the audit trail."), self.display_name
        if not login:
            return self.tr("A login is needed."), self.login
        if not passphrase:
            return self.tr("A passphrase is needed."), self.passphrase
        if passphrase != self.again.text():
            return self.tr("The two passphrases differ."), self.again
        return None

    def _path(self) -> Path:
        return Path(self.place.text().strip()).expanduser()

    def _on_go(self) -> None:
        if not self.go.isEnabled():
            return
        problem = self._problem()
        if problem is not None:
            self.refuse(*problem)
            return
        path = self._path()
        warning = upkeep.place_warning(path) if path != self._warned_of else ""
        if warning:
            self._warned_of = path
            again = self.tr("{warning} Choose another folder, or press Enter again to make it here.")
            self.refuse(again.format(warning=self.tr(warning)), self.place)
            return
        self.refuse("")
        self.set_busy(busy=True)
        login, name = self.login.text().strip(), self.display_name.text().strip()
        passphrase, site = self.passphrase.text(), self._site
        self._runner.run(
            lambda: access.create_registry(
                path, login=login, display_name=name, passphrase=passphrase, settings=site
            ),
            while_alive(self, self._on_created),
            while_alive(self, self._on_refused),
        )

    def _on_created(self, made: tuple[Desk, str]) -> None:
        self.passphrase.clear()
        self.again.clear()
        self.set_busy(busy=False)
        self.created.emit(*made)

    def _on_refused(self, error: Exception) -> None:
        self.set_busy(busy=False)
        words = sentence_of(error)
        if words is None:
            raise error
        self.refuse(words, self.place)

    def _on_existing(self) -> None:
        self._ask.open_files(
            self.tr("Open registry"),
            self.tr("Registries (*.ctdild)"),
            lambda paths: self.existing_requested.emit(paths[0]),
            several=False,
        )


def _tr(text: str) -> str:
    return QCoreApplication.translate("FirstRunCard", text)
