"""The window before anybody is signed in: first run, recovery code, or unlock."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from ctdild_desktop.config import SiteSettings
from ctdild_desktop.place import Place, is_there
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.card import Card
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.start.one_window import OneWindow
from ctdild_desktop.ui.start.unlock_card import UnlockCard
from ctdild_desktop.ui.widgets.naming import named

if TYPE_CHECKING:
    from ctdild_desktop.services.desk import Desk
    from ctdild_desktop.ui.start.practice_card import PracticeCard
    from ctdild_desktop.ui.start.upgrade_card import OlderRegistry


class StartWindow(QWidget):
    """Shows one card, and loads no other; ``opened`` carries the desk when somebody is signed in.

    ``note`` says that the registry was locked, by what, and whose work waits behind it; ``recent`` are
    registries that were opened here before; ``door`` sees to it that one window has a registry.
    """

    opened = Signal(object)
    painted = Signal()
    """It is in sight: what can wait may begin. Emitted once, at the latest when it goes."""
    help_requested = Signal()
    """F1: the manual, at the page about the card in sight."""
    practice_wanted = Signal()
    """Somebody wants to learn with invented patients."""

    def __init__(
        self,
        runner: Runner,
        ask: Ask,
        registry: Path | Place,
        *,
        login: str = "",
        site: SiteSettings | None = None,
        note: str = "",
        recent: Sequence[Place] = (),
        door: OneWindow | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._note = note
        self._recent = tuple(recent)
        self._door = door
        self.setObjectName("start_window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("CTD-ILD Desktop")
        self._runner = runner
        self._ask = ask
        self._site = site
        self._login = login
        self._place = QGridLayout(self)
        self._card: Card | None = None
        self._in_sight = False
        bundle = named(QPushButton(self.tr("&Diagnostic bundle…")), "start_bundle")
        bundle.setProperty("link", True)
        bundle.setAutoDefault(False)
        bundle.clicked.connect(self.show_bundle)
        self._place.setRowStretch(0, 1)
        self._place.addWidget(bundle, 1, 0, Qt.AlignmentFlag.AlignRight)
        QShortcut(QKeySequence("F1"), self).activated.connect(self.help_requested)
        self.learn = named(QPushButton(self.tr("Learn with invented patients")), "start_learn")
        self.learn.setProperty("link", True)
        self.learn.clicked.connect(self.practice_wanted)
        self._place.addWidget(self.learn, 1, 0, Qt.AlignmentFlag.AlignCenter)
        self._place.setRowStretch(0, 1)
        self.resize(900, 620)
        self._registry = registry
        self.show_clinic()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say that it is painted, the first time."""
        super().paintEvent(event)
        self._let_begin()

    def hideEvent(self, event: QHideEvent) -> None:
        """Who unlocks by a file may be gone before it was painted, or never have looked at it."""
        super().hideEvent(event)
        self._let_begin()

    def _let_begin(self) -> None:
        if not self._in_sight:
            self._in_sight = True
            self.painted.emit()

    @property
    def card(self) -> Card:
        """The card in sight."""
        assert self._card is not None
        return self._card

    def tell(self, error: Exception, place: Place, login: str, passphrase: str) -> None:
        """Say on the card in sight why the registry was not opened and how long to wait where it is that, or
        ask whether one of an older version may be brought up to date.
        """
        from ctdild_desktop.services.errors import asks_to_upgrade, sentence_of

        asked = asks_to_upgrade(error)
        if asked is not None:
            from ctdild_desktop.ui.start.upgrade_card import OlderRegistry

            self.show_upgrade(OlderRegistry(place, login, passphrase, *asked))
        elif isinstance(self._card, UnlockCard):
            self._card.answer(error, self._card.passphrase)
        else:
            self.card.refuse(sentence_of(error) or "")

    def show_bundle(self) -> None:
        """Show what could be sent to whoever helps; it needs no registry that opens."""
        from ctdild_desktop.ui.support.bundle_sheet import BundleSheet

        card = self._card
        place, trouble = (card.typed_place(), card.trouble) if isinstance(card, UnlockCard) else (None, "")
        BundleSheet(self._runner, self._ask, place=place, trouble=trouble, parent=self).open()

    def show_unlock(self, registry: Path | Place | None) -> None:
        """Ask who opens this registry; None for one whose address is to be typed."""
        card = UnlockCard(
            self._runner,
            self._ask,
            registry,
            login=self._login,
            site=self._site,
            note=self._note,
            recent=self._recent,
            door=self._door,
        )
        card.entering.shown_elsewhere.connect(self.close)
        card.opened.connect(self.opened)
        card.new_requested.connect(self.show_first_run)
        card.lost_requested.connect(self.show_recover)
        card.temporary.connect(self.show_own_passphrase)
        card.restore_requested.connect(self.show_restore)
        card.older.connect(self.show_upgrade)
        self.show_card(card, learn=True)
        card.focus_first()

    def show_upgrade(self, older: OlderRegistry) -> None:
        """Say what will be done with a registry of an older version, and do it when the person wants it."""
        from ctdild_desktop.ui.start.upgrade_card import UpgradeCard

        self._login = older.login
        card = UpgradeCard(self._runner, older, site=self._site)
        card.opened.connect(self.opened)
        card.left.connect(lambda: self.show_unlock(older.place))
        self.show_card(card)
        card.focus_first()

    @property
    def practice_card(self) -> PracticeCard | None:
        """The card of the practice registry, when it is the one in sight."""
        from ctdild_desktop.ui.start.practice_card import PracticeCard

        return self._card if isinstance(self._card, PracticeCard) else None

    def show_practice(self, *, locked: bool = False) -> PracticeCard:
        """Say what the practice registry is, and open it when the person wants it."""
        from ctdild_desktop.ui.start.practice_card import PracticeCard

        card = PracticeCard(locked=locked)
        card.wanted.connect(self.practice_wanted)
        card.left.connect(self.show_clinic)
        self.show_card(card)
        card.focus_first()
        return card

    def show_clinic(self) -> None:
        """Ask who opens the clinic's registry, or set it up where there is none."""
        path = self._registry.path if isinstance(self._registry, Place) else self._registry
        if path is None or is_there(path):
            self.show_unlock(self._registry)
        else:
            self.show_first_run(path)

    def show_first_run(self, registry: Path) -> None:
        """Ask for the first user of a new registry."""
        from ctdild_desktop.ui.start.first_run_card import FirstRunCard

        card = FirstRunCard(self._runner, self._ask, registry, site=self._site)
        card.created.connect(self.show_code)
        card.existing_requested.connect(self.show_unlock)
        card.restore_requested.connect(self.show_restore)
        self.show_card(card, learn=True)
        card.focus_first()

    def show_recover(self, registry: Path | Place, login: str = "") -> None:
        """Ask for the recovery code and a new passphrase."""
        from ctdild_desktop.ui.start.recover_card import RecoverCard

        card = RecoverCard(self._runner, registry, login=login, site=self._site, door=self._door)
        card.entering.shown_elsewhere.connect(self.close)
        card.recovered.connect(self.show_code)
        card.left.connect(lambda: self.show_unlock(registry))
        self.show_card(card)
        card.focus_first()

    def show_own_passphrase(self, registry: Path | Place, login: str, given: str) -> None:
        """Ask for an own passphrase in place of a temporary one."""
        from ctdild_desktop.ui.start.own_passphrase_card import OwnPassphraseCard

        card = OwnPassphraseCard(self._runner, registry, login=login, given=given, site=self._site)
        card.opened.connect(self.opened)
        card.left.connect(lambda: self.show_unlock(registry))
        self.show_card(card)
        card.focus_first()

    def show_restore(self, registry: Path, login: str = "") -> None:
        """Ask for a backup and what opens it."""
        from ctdild_desktop.ui.start.restore_card import RestoreCard

        card = RestoreCard(self._runner, self._ask, registry, login=login, site=self._site, door=self._door)
        card.entering.shown_elsewhere.connect(self.close)
        card.opened.connect(self.opened)
        card.recovered.connect(self.show_code)
        card.left.connect(
            lambda: self.show_unlock(registry) if is_there(registry) else self.show_first_run(registry)
        )
        self.show_card(card)
        card.focus_first()

    def show_code(self, desk: Desk, code: str) -> None:
        """Show a new recovery code once; the desk is opened when it is noted."""
        from ctdild_desktop.ui.start.recovery_card import RecoveryCard

        card = RecoveryCard(code)
        card.noted.connect(lambda: self.opened.emit(desk))
        self.show_card(card)
        card.focus_first()

    def show_card(self, card: Card, *, learn: bool = False) -> None:
        """Put a card in the place of the one in sight; ``learn``: offer the practice registry below it."""
        if self._card is not None:
            self._place.removeWidget(self._card)
            self._card.hide()
            self._card.deleteLater()
        self._card = card
        self.learn.setVisible(learn)
        self._place.addWidget(card, 0, 0, Qt.AlignmentFlag.AlignCenter)
        card.show()
