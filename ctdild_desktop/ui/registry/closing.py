"""Closing the window: it stays until the backup is made, skipped by a key, or refused and left so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDialog, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.ask import Ask, Choice
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.registry.backup_keeper import ClosingBackup
from ctdild_desktop.ui.widgets.help_key import helps
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip

_SHOW_AFTER_MS = 300
"""A backup that takes no longer is made without a word."""


class ClosingDialog(QDialog):
    """Says that the backup is being written; leaving it by Esc skips the backup."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("closing_dialog")
        helps(self)
        self.setWindowTitle(self.tr("Closing"))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        words = named(QLabel(self.tr("Writing and checking the backup…")), "closing_words")
        words.setMinimumWidth(theme.scaled(320))
        bar = named(QProgressBar(), "closing_progress")
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName(self.tr("Backup being written"))
        skip = named(QPushButton(self.tr("Close without it  Esc")), "closing_skip")
        skip.setToolTip(tip(self.tr("The backup is made at the next start.")))
        skip.clicked.connect(self.reject)
        for part in (words, bar, skip):
            column.addWidget(part)


class Closing(QObject):
    """Answers whether a window may close now, and closes it when it may."""

    def __init__(self, window: QWidget, desk: Desk, runner: Runner, ask: Ask) -> None:
        super().__init__(window)
        self._window, self._desk, self._runner, self._ask = window, desk, runner, ask
        self._backup: ClosingBackup | None = None
        self._dialog: ClosingDialog | None = None
        self._free = False
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_SHOW_AFTER_MS)
        self._wait.timeout.connect(self._show)

    def may_close(self) -> bool:
        """Whether the window may close; if not yet, it is closed as soon as the backup is made."""
        if not self._free and self._backup is None:
            self._backup = ClosingBackup(self._desk, self._runner, self)
            self._backup.finished.connect(self._close)
            self._backup.failed.connect(self._on_failed)
            self._wait.start()
            self._backup.start()
        return self._free

    def stop(self) -> None:
        """The registry is being closed: make no backup any more, and ask nothing."""
        backup, self._backup = self._backup, None
        self._free = True
        self._hide()
        if backup is not None:
            backup.blockSignals(True)
            backup.skip()

    def _show(self) -> None:
        if self._backup is not None and not self._free:
            self._dialog = ClosingDialog(self._window)
            self._dialog.rejected.connect(self._backup.skip)
            self._dialog.setWindowModality(Qt.WindowModality.WindowModal)
            self._dialog.open()

    def _hide(self) -> None:
        self._wait.stop()
        if self._dialog is not None:
            self._dialog.blockSignals(True)
            self._dialog.hide()
            self._dialog.deleteLater()
            self._dialog = None

    def _close(self) -> None:
        self._free = True
        self._hide()
        self._window.close()

    def _on_failed(self, words: str) -> None:
        self._hide()
        self._backup = None
        answers: dict[str, Callable[[], None]] = {"close": self._close}
        self._ask.question(
            self.tr("Close without a backup?"),
            self.tr("No backup was made: {words}").format(words=words),
            (
                Choice("close", self.tr("Close without a backup")),
                Choice("stay", self.tr("Stay"), default=True),
            ),
            lambda answer: answers.get(answer, lambda: None)(),
        )
