"""The backups of one desk, wired together: the section of the Registry room, what is done by itself,
closing, and restoring.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.services import backups, upkeep
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.registry.backup_keeper import BackupKeeper
from ctdild_desktop.ui.registry.closing import Closing

if TYPE_CHECKING:
    from ctdild_desktop.ui.registry.backup_panel import BackupPanel
    from ctdild_desktop.ui.registry.restore_dialog import RestoreDialog


class Safekeeping(QObject):
    """One per desk. It does nothing by itself before :meth:`start`."""

    settings_changed = Signal(object)
    """The upkeep settings that shall be remembered."""
    restore_ordered = Signal(object)
    """What the person chose to restore; answer by :meth:`refuse_restore` or by another desk."""
    verified = Signal(object)
    """The report of a check, asked for or weekly."""
    damaged = Signal(str)
    """The file is damaged, in one sentence: nothing more may be written to it."""
    backed_up = Signal(str)
    """What was said of a backup to a chosen place."""
    kept = Signal()
    """A backup or a check was made, or could not be."""

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, window: MainWindow) -> None:
        super().__init__(window)
        self._desk, self._runner, self._ask, self._window = desk, runner, ask, window
        self._dialog: RestoreDialog | None = None
        self._closing: Closing | None = None
        self.report: upkeep.VerifyReport | None = None
        """Of the last check since unlocking."""
        self.keeper = BackupKeeper(desk, runner, self)
        self.keeper.made.connect(self._on_made)
        self.keeper.failed.connect(self._on_failed)
        self.keeper.checked.connect(self._on_checked)
        self.keeper.damaged.connect(self.damaged)

    @cached_property
    def panel(self) -> BackupPanel:
        """The section of the Registry room, made when that is."""
        from ctdild_desktop.ui.registry.backup_panel import BackupPanel

        panel = BackupPanel(self._desk, self._runner, self._ask)
        panel.done.connect(self._on_done)
        panel.said.connect(self._window.inform)
        panel.copy_folder_chosen.connect(self._on_copy_folder)
        panel.restore_requested.connect(self.open_restore)
        self.kept.connect(panel.refresh)
        return panel

    def start(self) -> None:
        """Make backups by itself from now on, and one when the window is closed."""
        self.keeper.start()
        self._closing = Closing(self._window, self._desk, self._runner, self._ask)
        self._window.set_close_guard(self._closing.may_close)

    def stop(self) -> None:
        """Do nothing more by itself; the registry is about to be closed."""
        self.keeper.stop()
        if self._closing is not None:
            self._closing.stop()

    def back_up_to(self) -> None:
        """Let the person choose where to write a backup."""
        place = self._desk.registry.place
        if place.path is None:
            self._window.inform(self.tr(backups.ON_SERVER))
            return
        suggested = place.path.parent / f"{place.path.stem}-{self._desk.today():%Y-%m-%d}"
        self._ask.save_file(
            self.tr("Back up registry"),
            suggested.with_suffix(upkeep.BACKUP_SUFFIX),
            self.tr("Backups (*{suffix})").format(suffix=upkeep.BACKUP_SUFFIX),
            self._write,
        )

    def verify(self) -> None:
        """Check everything now."""
        desk = self._desk
        self._window.inform(self.tr("Checking the registry…"))
        self._runner.run(
            lambda: upkeep.verify(desk),
            while_alive(self, self._on_verified),
            while_alive(self, self._refused),
            upkeep=True,
        )

    def open_restore(self, wanted: Any = None) -> None:
        """Let the person choose a backup to restore."""
        from ctdild_desktop.ui.registry.restore_dialog import RestoreDialog

        dialog = RestoreDialog(self._desk, self._runner, wanted, self._window)
        dialog.ordered.connect(self.restore_ordered)
        dialog.finished.connect(self._on_dialog_left)
        self._dialog = dialog
        dialog.open()

    def refuse_restore(self, words: str) -> None:
        """Say in the dialog why it was not restored."""
        if self._dialog is not None:
            self._dialog.refuse(words)
        else:
            self._window.inform(words)

    def _write(self, path: Path) -> None:
        desk = self._desk
        self._window.inform(self.tr("Writing and checking the backup…"))
        self._runner.run(
            lambda: upkeep.backup(desk, path),
            while_alive(self, self._on_written),
            while_alive(self, self._refused),
            upkeep=True,
        )

    def _on_written(self, done: Done[Path]) -> None:
        self.backed_up.emit(done.message)
        self._on_done(done)
        self.kept.emit()

    def _on_verified(self, report: upkeep.VerifyReport) -> None:
        self.report = report
        self.verified.emit(report)
        self.kept.emit()
        self._window.say(
            self.tr("Registry verified: all checks passed.")
            if report.ok
            else self.tr("Registry verified: not all checks passed, see the Registry room.")
        )

    def _refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._window.inform(words)

    def _on_dialog_left(self) -> None:
        self._dialog = None

    def _on_done(self, done: Done[Any]) -> None:
        folder = done.value.parent if isinstance(done.value, Path) else None
        follow = (self.tr("Open folder"), lambda: self._ask.show_folder(folder)) if folder else None
        self._window.say(done.message, follow=follow)

    def _on_copy_folder(self, folder: Path) -> None:
        self._desk.upkeep = replace(self._desk.upkeep, copy_folder=folder)
        self.settings_changed.emit(self._desk.upkeep)

    def _on_made(self, done: Done[Path]) -> None:
        self._window.inform(done.message)
        self.kept.emit()

    def _on_failed(self, words: str) -> None:
        self._window.inform(self.tr("No backup was made: {words}").format(words=words))
        self.kept.emit()

    def _on_checked(self, report: upkeep.VerifyReport) -> None:
        if not report.ok:
            self._window.inform(
                self.tr("The weekly check did not pass: {failed}. See the Registry room.").format(
                    failed=", ".join(report.failed)
                )
            )
        self.report = report
        self.verified.emit(report)
        self.kept.emit()
