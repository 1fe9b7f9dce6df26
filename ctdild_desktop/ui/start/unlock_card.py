"""Unlocking: which registry, who, and the passphrase."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from ctdild_desktop import config
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.place import Place, PlaceError
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.start.entering import Entering
from ctdild_desktop.ui.start.one_window import OneWindow
from ctdild_desktop.ui.start.waiting import WaitingCard
from ctdild_desktop.ui.widgets.naming import named

if TYPE_CHECKING:
    from ctdild_desktop.services.desk import Desk


class UnlockCard(WaitingCard):
    """``opened`` carries the desk. A refusal is one sentence; what was typed stays."""

    opened = Signal(object)
    new_requested = Signal(object)
    """A path where a new registry shall be made."""
    lost_requested = Signal(object, str)
    """The registry and login whose passphrase is lost."""
    temporary = Signal(object, str, str)
    """Registry, login and a temporary passphrase, which must be replaced first."""
    older = Signal(object)
    """An OlderRegistry, which a person has to let be brought up to date first."""
    restore_requested = Signal(object, str)
    """The registry that shall come out of a backup, and the login."""

    def __init__(
        self,
        runner: Runner,
        ask: Ask,
        registry: Path | Place | None,
        *,
        login: str = "",
        site: SiteSettings | None = None,
        note: str = "",
        recent: Sequence[Place] = (),
        door: OneWindow | None = None,
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
        self.place = self.add_line(_tr("&Registry"), "unlock_registry", str(registry or ""))
        self.place.setPlaceholderText(_tr("a file, or postgresql+psycopg://server/database"))
        self.entering = Entering(self, door)
        self.entering.again.connect(self._on_go)
        self._recent_button = self._make_recent(recent)
        self.login = self.add_line(_tr("&Login"), "unlock_login", login)
        self.passphrase = self.add_line(_tr("&Passphrase"), "unlock_passphrase", secret=True)
        choose = named(QPushButton(_tr("Other file…")), "unlock_choose")
        choose.clicked.connect(self._on_choose)
        new = named(QPushButton(_tr("New registry…")), "unlock_new")
        new.clicked.connect(self._on_new)
        lost = named(QPushButton(_tr("Passphrase lost…")), "unlock_lost")
        lost.clicked.connect(self._on_lost)
        restore = named(QPushButton(_tr("Restore a backup…")), "unlock_restore")
        restore.clicked.connect(self._on_restore)
        self.add_links(self._recent_button, choose, new, lost, restore)
        self.go.clicked.connect(self._on_go)
        self.add_help(self.passphrase)
        self.chain(self.place, self.login, self.passphrase)
        for line in (self.place, self.login):
            line.textEdited.connect(self.wait_no_more)
        self.passphrase.returnPressed.connect(self._on_go)

    def focus_first(self) -> None:
        """The first field that is still empty."""
        lines = (self.place, self.login)
        first = next((line for line in lines if not line.text()), self.passphrase)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def chosen(self) -> Place | None:
        """The registry that is typed; None after it was said why it is none."""
        text = self.place.text().strip()
        if not text:
            self.refuse(self.tr("A file or the address of a server is needed."), self.place)
            return None
        try:
            return Place.parse(text)
        except PlaceError as error:
            self.refuse(str(error), self.place)
            return None

    def typed_place(self) -> Place | None:
        """The registry that is typed, if it can be one; nothing is said."""
        try:
            return Place.parse(self.place.text().strip()) if self.place.text().strip() else None
        except PlaceError:
            return None

    def _chosen_file(self) -> Path | None:
        """The file that is typed; None after it was said that a server's registry has none."""
        place = self.chosen()
        if place is not None and place.path is None:
            self.refuse(
                self.tr("This is for a registry in a file; one on a server is looked after on the server."),
                self.place,
            )
        return place.path if place is not None else None

    def _make_recent(self, recent: Sequence[Place]) -> QPushButton:
        """What was opened here before, at the press of a button; hidden when there is nothing else."""
        button = named(QPushButton(_tr("Recen&t…")), "unlock_recent")
        menu = named(QMenu(button), "unlock_recent_menu")
        for place in recent:
            if str(place) != self.place.text():
                menu.addAction(str(place).replace("&", "&&")).setData(str(place))
        menu.triggered.connect(self._on_recent)
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(button.rect().bottomLeft())))
        button.setVisible(not menu.isEmpty())
        return button

    def _on_recent(self, chosen: QAction) -> None:
        self.place.setText(str(chosen.data()))
        self.wait_no_more()
        self.focus_first()

    def _on_go(self) -> None:
        if not self.go.isEnabled():
            return
        login, passphrase = self.login.text().strip(), self.passphrase.text()
        if not login or not passphrase:
            self.refuse(
                self.tr("The login and the passphrase are needed."), self.passphrase if login else self.login
            )
            return
        place, site = self.chosen(), self._site
        if place is None or not self.entering.may(place):
            return
        from ctdild_desktop.services import access

        self.refuse("")
        self.set_busy(busy=True)
        self._runner.run(
            lambda: access.unlock(
                place,
                login=login,
                passphrase=passphrase,
                settings=site,
                check=False,
                upgrading=access.asking_first(),
            ),
            while_alive(self, self._on_opened),
            while_alive(self, self._on_refused),
        )

    def _on_opened(self, desk: Desk) -> None:
        self.passphrase.clear()
        self.set_busy(busy=False)
        self.opened.emit(desk)

    def _on_refused(self, error: Exception) -> None:
        from ctdild_desktop.services.errors import asks_to_upgrade, wants_own_passphrase

        asked, place = asks_to_upgrade(error), self.chosen()
        if asked is not None and place is not None:
            from ctdild_desktop.ui.start.upgrade_card import OlderRegistry

            self.set_busy(busy=False)
            self.older.emit(OlderRegistry(place, self.login.text().strip(), self.passphrase.text(), *asked))
        elif wants_own_passphrase(error):
            self.set_busy(busy=False)
            self.temporary.emit(self.chosen(), self.login.text().strip(), self.passphrase.text())
        else:
            self.answer(error, self.passphrase)

    def _on_lost(self) -> None:
        place = self.chosen()
        if place is not None:
            self.lost_requested.emit(place, self.login.text().strip())

    def _on_restore(self) -> None:
        path = self._chosen_file()
        if path is not None:
            self.restore_requested.emit(path, self.login.text().strip())

    def _on_choose(self) -> None:
        self._ask.open_files(
            self.tr("Open registry"),
            self.tr("Registries (*.ctdild)"),
            lambda paths: self.place.setText(str(paths[0])),
            several=False,
        )

    def _beside(self) -> Path:
        """Where a new file is suggested: beside the one that is typed."""
        text = self.place.text().strip()
        known = config.default_registry_path() if "://" in text or not text else Path(text).expanduser()
        return known.with_name("registry.ctdild")

    def _on_new(self) -> None:
        self._ask.save_file(
            self.tr("New registry"),
            self._beside(),
            self.tr("Registries (*.ctdild)"),
            self.new_requested.emit,
        )


def _tr(text: str) -> str:
    return QCoreApplication.translate("UnlockCard", text)
