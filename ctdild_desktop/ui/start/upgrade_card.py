"""Before an older registry is opened: what will be done with it, how long it takes, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget

from ctdild_desktop.config import SiteSettings
from ctdild_desktop.place import Place
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.start.waiting import WaitingCard
from ctdild_desktop.ui.widgets.naming import named

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


class UpgradeCard(WaitingCard):
    """``opened`` carries the desk of a registry that is up to date; ``left`` means that nothing was done."""

    opened = Signal(object)
    left = Signal()
    _told = Signal(int, int, str)

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
            parent,
        )
        self._runner = runner
        self._older: OlderRegistry | None = older
        self._site = site
        self._progress: Progress | None = None
        self.step = named(QLabel(), "upgrade_step")
        self.step.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = named(QProgressBar(), "upgrade_progress")
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(_tr("Progress"))
        at = self.column.indexOf(self.foot)
        for place, widget in enumerate((self.step, self.bar)):
            widget.hide()
            self.column.insertWidget(at + place, widget)
        self.back = named(QPushButton(_tr("Back")), "upgrade_back")
        self.back.setProperty("link", True)
        self.back.clicked.connect(self._on_back)
        self.foot.insertWidget(0, self.back)
        self.go.clicked.connect(self._on_go)
        self._told.connect(self._on_step)

    def focus_first(self) -> None:
        """The main button: nothing has to be typed."""
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Enter goes on, Esc goes back."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go.click()
        elif event.key() == Qt.Key.Key_Escape:
            self.back.click()
        else:
            super().keyPressEvent(event)

    def _on_back(self) -> None:
        if self._progress is None:
            self._older = None
            self.left.emit()
        else:
            self._progress.cancel()
            self.back.setEnabled(False)

    def _on_go(self) -> None:
        older = self._older
        if older is None or not self.go.isEnabled():
            return
        from ctdild_desktop.services import access

        told: Callable[[int, int, str], None] = self._told.emit
        progress, site = Progress(told), self._site
        self._progress = progress
        self.refuse("")
        self._show_busy(busy=True)
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
        self._older = None
        self._show_busy(busy=False)
        self.opened.emit(desk)

    def _on_refused(self, error: Exception) -> None:
        from ctdild_desktop.services.errors import sentence_of

        self._show_busy(busy=False)
        words = sentence_of(error)
        if words is None:
            raise error
        self.refuse(words)
        self.focus_first()

    def _show_busy(self, *, busy: bool) -> None:
        self.set_busy(busy=busy)
        for widget in (self.step, self.bar):
            widget.setVisible(busy)
        self.back.setText(_tr("Cancel") if busy else _tr("Back"))
        self.back.setEnabled(True)
        if busy:
            self.back.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._progress = None


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
