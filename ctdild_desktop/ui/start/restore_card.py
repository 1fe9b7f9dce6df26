"""A registry out of a backup, when the registry itself is damaged, lost, or was never on this computer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from ctdild_desktop.config import SiteSettings
from ctdild_desktop.place import Place
from ctdild_desktop.services import restoring, upkeep
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.card import Card
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.start.entering import Entering
from ctdild_desktop.ui.start.one_window import OneWindow
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.naming import named


class RestoreCard(Card):
    """``opened`` carries the desk; ``recovered`` carries it with a new recovery code."""

    opened = Signal(object)
    recovered = Signal(object, str)
    left = Signal()

    def __init__(
        self,
        runner: Runner,
        ask: Ask,
        registry: Path,
        *,
        login: str = "",
        site: SiteSettings | None = None,
        door: OneWindow | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _tr("Restore a backup"),
            _tr(
                "The backup is checked from end to end and becomes the registry. One that is there already "
                "is moved aside, never overwritten. Login and passphrase are those of the day of the backup."
            ),
            _tr("Restore  Enter"),
            parent,
        )
        self.entering = Entering(self, door)
        self.entering.again.connect(self._on_go)
        self._runner, self._ask, self._site = runner, ask, site
        self.backup = self.add_line(_tr("&Backup"), "restore_backup")
        self.place = self.add_line(_tr("&Registry"), "restore_registry", str(registry))
        self.login = self.add_line(_tr("&Login"), "restore_login", login)
        self.passphrase = self.add_line(_tr("&Passphrase"), "restore_passphrase", secret=True)
        self.lost = named(CheckBox(_tr("It is l&ost: use the recovery code of that day")), "restore_lost")
        self.lost.toggled.connect(lambda on: self._with_code(on=on))
        self.form.addRow("", self.lost)
        self.code = self.add_line(_tr("Recovery &code"), "restore_code")
        self.fresh = self.add_line(_tr("&New passphrase"), "restore_new_passphrase", secret=True)
        self.again = self.add_line(_tr("A&gain"), "restore_again", secret=True)
        back = named(QPushButton(_tr("Back")), "restore_back")
        choose = named(QPushButton(_tr("Choose backup…")), "restore_choose")
        for at, (button, slot) in enumerate(((back, self.left.emit), (choose, self._on_choose))):
            button.setProperty("link", True)
            button.clicked.connect(slot)
            self.foot.insertWidget(at, button)
        self.chain(self.backup, self.place, self.login, self.passphrase)
        self.chain(self.code, self.fresh, self.again)
        self.passphrase.returnPressed.connect(self._on_go)
        self.again.returnPressed.connect(self._on_go)
        self.go.clicked.connect(self._on_go)
        self._with_code(on=False)
        runner.run(
            lambda: restoring.newest_beside(registry),
            while_alive(self, self._on_found),
            while_alive(self, self._on_refused),
            upkeep=True,
        )

    def focus_first(self) -> None:
        """The backup, or the first field that is still empty after it."""
        lines = (self.backup, self.login, self.passphrase)
        first = next((line for line in lines if not line.text()), self.passphrase)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _with_code(self, *, on: bool) -> None:
        self.form.setRowVisible(self.passphrase, not on)
        for line in (self.code, self.fresh, self.again):
            self.form.setRowVisible(line, on)
        if on:
            self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_found(self, found: tuple[Path | None, str]) -> None:
        path, words = found
        if path is not None and not self.backup.text():
            self.backup.setText(str(path))
        self.refuse(words)

    def _on_choose(self) -> None:
        self._ask.open_files(
            self.tr("Choose a backup"),
            self.tr("Backups (*{suffix})").format(suffix=upkeep.BACKUP_SUFFIX),
            lambda paths: self.backup.setText(str(paths[0])),
            several=False,
        )

    def _problem(self) -> tuple[str, QLineEdit] | None:
        wanted = [
            (self.backup, self.tr("A backup is needed.")),
            (self.place, self.tr("A file for the registry is needed.")),
            (self.login, self.tr("A login is needed.")),
        ]
        if self.lost.isChecked():
            wanted.append((self.code, self.tr("The recovery code is needed.")))
            wanted.append((self.fresh, self.tr("A new passphrase is needed.")))
        else:
            wanted.append((self.passphrase, self.tr("The passphrase of that day is needed.")))
        for line, words in wanted:
            if not line.text().strip():
                return words, line
        if "://" in self.place.text():
            return self.tr("A backup becomes a registry in a file, not on a server."), self.place
        if self.lost.isChecked() and self.fresh.text() != self.again.text():
            return self.tr("The two passphrases differ."), self.again
        return None

    def _on_go(self) -> None:
        if not self.go.isEnabled():
            return
        problem = self._problem()
        if problem is not None:
            self.refuse(*problem)
            return
        backup = Path(self.backup.text().strip()).expanduser()
        path = Path(self.place.text().strip()).expanduser()
        if not self.entering.may(Place(path=path)):
            return
        self.refuse("")
        self.set_busy(busy=True)
        login, passphrase, site = self.login.text().strip(), self.passphrase.text(), self._site
        if self.lost.isChecked():
            code, fresh = self.code.text().strip(), self.fresh.text()
            self._runner.run(
                lambda: upkeep.restore_by_code(
                    backup,
                    path,
                    recovery_code=code,
                    login=login,
                    passphrase=fresh,
                    replace=True,
                    settings=site,
                ),
                while_alive(self, self._on_recovered),
                while_alive(self, self._on_refused),
            )
        else:
            self._runner.run(
                lambda: upkeep.restore(
                    backup, path, login=login, passphrase=passphrase, replace=True, settings=site
                ),
                while_alive(self, self._on_opened),
                while_alive(self, self._on_refused),
            )

    def _forget(self) -> None:
        for line in (self.code, self.passphrase, self.fresh, self.again):
            line.clear()
        self.set_busy(busy=False)

    def _on_opened(self, desk: Desk) -> None:
        self._forget()
        self.opened.emit(desk)

    def _on_recovered(self, made: tuple[Desk, str]) -> None:
        self._forget()
        self.recovered.emit(*made)

    def _on_refused(self, error: Exception) -> None:
        self.set_busy(busy=False)
        words = sentence_of(error)
        if words is None:
            raise error
        self.refuse(words, self.code if self.lost.isChecked() else self.passphrase)


def _tr(text: str) -> str:
    return QCoreApplication.translate("RestoreCard", text)
