"""Before an older registry is opened: what will be done with it, how long it takes, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from ctdild_desktop.config import SiteSettings
from ctdild_desktop.place import Place
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.start.progress_card import ProgressCard

if TYPE_CHECKING:
    from ctdild_desktop.services.desk import Desk

_BYTES_A_MINUTE = 300_000_000
"""Of backup, its check and tables that are made anew, on a slow disk."""


@dataclass(frozen=True, slots=True)
class OlderRegistry:
    """A registry that an older program made, and who unlocked it."""

    place: Place
    login: str
    passphrase: str = field(repr=False)
    backups: Path = Path()
    """Where the backup will be."""
    size_bytes: int = 0


class UpgradeCard(ProgressCard):
    """``opened`` carries the desk of a registry that is up to date; ``left`` means that nothing was done."""

    opened = Signal(object)

    def __init__(
        self,
        runner: Runner,
        older: OlderRegistry,
        *,
        site: SiteSettings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _tr("This registry is of an older version"),
            _explained(older),
            _tr("Bring it up to date  Enter"),
            name="upgrade",
            back=_tr("Back"),
            stop=_tr("Cancel"),
            progress=_tr("Progress"),
            parent=parent,
        )
        self._runner = runner
        self._older: OlderRegistry | None = older
        self._site = site
        self.go.clicked.connect(self._on_go)
        self.told.connect(self._on_step)
        self.left.connect(self._forget)

    def _forget(self) -> None:
        self._older = None

    def _on_go(self) -> None:
        older = self._older
        if older is None or not self.go.isEnabled():
            return
        from ctdild_desktop.services import access

        progress, site = self.begin(), self._site
        self._runner.run(
            lambda: access.unlock_and_upgrade(
                older.place,
                login=older.login,
                passphrase=older.passphrase,
                settings=site,
                progress=progress,
            ),
            while_alive(self, self._on_opened),
            while_alive(self, self._on_refused),
        )

    def _on_step(self, done: int, _of: int, what: str) -> None:
        self.step.setText(what)
        self.step.setAccessibleName(what)
        self.back.setEnabled(done == 0)

    def _on_opened(self, desk: Desk) -> None:
        self._forget()
        self.tell("")
        self.opened.emit(desk)

    def _on_refused(self, error: Exception) -> None:
        from ctdild_desktop.services.errors import sentence_of

        words = sentence_of(error)
        self.tell(words or "")
        if words is None:
            raise error


def _explained(older: OlderRegistry) -> str:
    minutes = -(-older.size_bytes // _BYTES_A_MINUTE)
    words = _tr(
        "{name} was made by an older version of this program and is changed for the present one.\n\n"
        "1. A backup is made and checked. It is put into {folder}.\n"
        "2. The tables are changed, all in one step. If anything goes wrong, the registry stays as it was."
        "\n\n{length} Afterwards an older version does not open this registry any more: update the program "
        "on every computer that uses it."
    )
    if minutes <= 1:
        length = _tr("This takes less than a minute.")
    else:
        length = _tr("This can take {n} minutes.").format(n=minutes)
    return words.format(name=older.place.name, folder=older.backups, length=length)


def _tr(text: str) -> str:
    return QCoreApplication.translate("UpgradeCard", text)
