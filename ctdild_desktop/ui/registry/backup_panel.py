"""The section "Backup" of the Registry room: how safe the registry is, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.services import backups, restoring
from ctdild_desktop.services.backups import Generation, Standing
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.history_words import moment
from ctdild_desktop.services.permissions import may
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.texts import size_words
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.registry import backup_words
from ctdild_desktop.ui.registry.generation_list import GenerationList
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip


class BackupPanel(Later):
    """Shows how backups stand. Long work runs beside the registry's queue, so that saving never waits."""

    done = Signal(object)
    """An act that was done, with its message."""
    said = Signal(str)
    restore_requested = Signal(object)
    """A backup that shall be restored."""
    copy_folder_chosen = Signal(object)
    """The folder that gets copies from now on."""

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("backup_panel")
        self._desk, self._runner, self._ask = desk, runner, ask
        self._facts: dict[str, QLabel] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._may = {
            "now": may(desk, backups.back_up_now),
            "copy": may(desk, backups.copy_newest),
            "folder": may(desk, backups.copy_newest),
            "rehearse": may(desk, restoring.rehearse),
            "restore": may(desk, restoring.restore_over),
        }
        self._busy = False

    def _make_inside(self) -> None:
        self.list = GenerationList()
        self._empty = named(QLabel(), "backup_empty")
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setWordWrap(True)
        self._words = named(QLabel(), "backup_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._reminder = named(QLabel(), "backup_reminder")
        self._reminder.setTextFormat(Qt.TextFormat.PlainText)
        self._reminder.setWordWrap(True)
        self._reminder.setFont(theme.font(bold=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 14)
        column.setSpacing(8)
        column.addWidget(self._reminder)
        self._form = self._make_facts()
        column.addLayout(self._form)
        column.addLayout(self._make_buttons())
        column.addWidget(self._words)
        column.addWidget(self._empty)
        column.addWidget(self.list)
        self.list.opened.connect(self._on_restore)
        self.list.selection_changed.connect(self._set_enabled)
        self.setFocusProxy(self._buttons["now"])
        self._show_none(self.tr("Looking at the backups…"))

    @property
    def may_back_up(self) -> bool:
        """Whether its first button takes the keyboard; it is made when the panel is first seen."""
        now = self._buttons.get("now")
        return now is None or now.isEnabled()

    def refresh(self) -> None:
        """Look at the backups again, if anybody has seen them."""
        if not self.made:
            return
        desk = self._desk
        self._runner.run(
            lambda: backups.standing(desk),
            while_alive(self, self.show_standing),
            while_alive(self, self._refused),
            upkeep=True,
        )

    def show_standing(self, found: Standing | None) -> None:
        """Show how backups stand; None says that the registry is on a server."""
        if found is None:
            for button in self._buttons.values():
                button.hide()
            self._form_visible(on=False)
            self._reminder.hide()
            self._show_none(self.tr(backups.ON_SERVER))
            return
        self._say(self._reminder, found.reminder)
        now = self._desk.clock()
        for name, words in self._told(found, now).items():
            self._facts[name].setText(words)
            self._facts[name].setToolTip(tip(words))
            self._facts[name].setAccessibleName(words)
        if found.generations:
            self.list.show_generations(found.generations)
            self._empty.hide()
            self.list.show()
        else:
            self._show_none(
                self.tr(
                    "No backup yet. The program makes one when something changed: at start, now and then, "
                    "and when the window is closed."
                )
            )
        self._set_enabled()

    def back_up_now(self) -> None:
        """Make a backup in the folder of backups."""
        self.make()
        desk = self._desk
        self._do(self.tr("Writing and checking the backup…"), lambda: backups.back_up_now(desk))

    def focus_first(self) -> None:
        """The button that is wanted most."""
        self._buttons["now"].setFocus(Qt.FocusReason.OtherFocusReason)

    # parts

    def _make_facts(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(20)
        form.setVerticalSpacing(4)
        for name, caption in (
            ("last", self.tr("Last backup")),
            ("where", self.tr("Where")),
            ("copies", self.tr("Copies")),
            ("checked", self.tr("Last full check")),
            ("rehearsed", self.tr("Last rehearsal")),
        ):
            label = named(QLabel(), f"backup_{name}")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            label.setMinimumHeight(label.fontMetrics().height() + 3)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            caption_label = QLabel(caption)
            caption_label.setProperty("secondary", True)
            form.addRow(caption_label, label)
            self._facts[name] = label
        return form

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        acts: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("now", self.tr("&Back up now"), self.back_up_now),
            ("copy", self.tr("&Copy the newest"), self._on_copy),
            ("folder", self.tr("Choose copy fo&lder…"), self._on_folder),
            ("rehearse", self.tr("Rehe&arse restore"), self._on_rehearse),
            ("restore", self.tr("Rest&ore…"), lambda: self._on_restore(self.list.selected)),
            ("open", self.tr("Open fol&der"), self._on_open),
        )
        for name, text, act in acts:
            button = named(QPushButton(text), f"backup_{name}_button")
            button.clicked.connect(act)
            row.addWidget(button)
            self._buttons[name] = button
        row.addStretch(1)
        return row

    def _form_visible(self, *, on: bool) -> None:
        for row in range(self._form.rowCount()):
            self._form.setRowVisible(row, on)

    def _show_none(self, words: str) -> None:
        self._empty.setText(words)
        self._empty.setAccessibleName(words)
        self._empty.show()
        self.list.hide()
        self._set_enabled()

    def _say(self, label: QLabel, words: str) -> None:
        label.setText(words)
        label.setAccessibleName(words)
        label.setVisible(bool(words))

    def _told(self, found: Standing, now: Any) -> dict[str, str]:
        last = found.last
        told = self.tr("none yet")
        if last is not None:
            told = self.tr("{age} ({moment}), {size}, {state}").format(
                age=backup_words.age(last.made_at, now),
                moment=moment(last.made_at),
                size=size_words(last.size),
                state=backup_words.state(last),
            )
            if found.changed:
                told = self.tr("{told}; something changed since").format(told=told)
        return {
            "last": told,
            "where": str(found.folder),
            "copies": self._told_copies(found, now),
            "checked": self._told_check(found, now),
            "rehearsed": self._told_rehearsal(found, now),
        }

    def _told_copies(self, found: Standing, now: Any) -> str:
        if found.copy_folder is None:
            return self.tr("no folder chosen")
        told = str(found.copy_folder)
        if not found.copy_reachable:
            told = self.tr("{folder} (not connected)").format(folder=told)
        if found.copied_at is None:
            return self.tr("{folder}, nothing copied yet").format(folder=told)
        return self.tr("{folder}, copied {age}").format(
            folder=told, age=backup_words.age(found.copied_at, now)
        )

    def _told_check(self, found: Standing, now: Any) -> str:
        if found.verified_at is None:
            return self.tr("none yet")
        age = backup_words.age(found.verified_at, now)
        if found.verified_ok:
            return self.tr("{age}, all checks passed").format(age=age)
        return self.tr("{age}, did not pass: {failed}").format(age=age, failed=found.verified_failed)

    def _told_rehearsal(self, found: Standing, now: Any) -> str:
        if found.rehearsed_at is None:
            return self.tr("none yet")
        age = backup_words.age(found.rehearsed_at, now)
        if found.rehearsed_ok:
            return self.tr("{age}, {file} can be restored").format(age=age, file=found.rehearsed_file)
        return self.tr("{age}, {file} cannot be restored").format(age=age, file=found.rehearsed_file)

    # acts

    def _do(self, words: str, act: Callable[[], Done[Any]]) -> None:
        self._busy = True
        self._set_enabled()
        self._say(self._words, words)
        self.said.emit(words)
        self._runner.run(act, while_alive(self, self._on_done), while_alive(self, self._refused), upkeep=True)

    def _on_done(self, done: Done[Any]) -> None:
        self._busy = False
        self._say(self._words, done.message)
        self.done.emit(done)
        self.refresh()

    def _refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        busy, self._busy = self._busy, False
        self._set_enabled()
        self._say(self._words, words)
        self.said.emit(words)
        if busy:
            self.refresh()

    def _on_copy(self) -> None:
        desk = self._desk
        self._do(self.tr("Copying the newest backup…"), lambda: backups.copy_newest(desk))

    def _on_folder(self) -> None:
        self._ask.open_folder(self.tr("Folder for copies of backups"), self._take_folder)

    def _take_folder(self, folder: Path) -> None:
        if folder == backups.folder_of(self._desk):
            self._say(self._words, self.tr("The backups lie there already: copies need another folder."))
            return
        self.copy_folder_chosen.emit(folder)
        if self.list.selected is not None:
            self._on_copy()
        else:
            self.refresh()

    def _on_rehearse(self) -> None:
        chosen = self.list.selected
        if chosen is not None:
            desk, path = self._desk, chosen.path
            words = self.tr("Trying {file}; nothing is changed…").format(file=path.name)
            self._do(words, lambda: restoring.rehearse(desk, path))

    def _on_restore(self, chosen: Generation | None) -> None:
        if chosen is not None and self._buttons["restore"].isEnabled():
            self.restore_requested.emit(chosen)

    def _on_open(self) -> None:
        chosen = self.list.selected
        if chosen is not None:
            self._ask.show_folder(chosen.path.parent)

    def _set_enabled(self) -> None:
        there = not self.list.isHidden() and self.list.selected is not None
        wants = {
            "now": True,
            "copy": there,
            "folder": True,
            "rehearse": there,
            "restore": there,
            "open": there,
        }
        for name, button in self._buttons.items():
            button.setEnabled(wants[name] and self._may.get(name, True) and not self._busy)
