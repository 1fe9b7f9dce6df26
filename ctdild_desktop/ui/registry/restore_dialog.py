"""Choosing a backup to restore, and the passphrase or recovery code that opens it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.services import restoring
from ctdild_desktop.services.backups import Generation
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.history_words import moment
from ctdild_desktop.services.restoring import Offered
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.registry.generation_list import GenerationList
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.help_key import helps
from ctdild_desktop.ui.widgets.naming import named


@dataclass(frozen=True, slots=True)
class RestoreOrder:
    """Which backup shall be restored, and what opens it."""

    backup: Path
    passphrase: str = field(repr=False)
    """Of the day of the backup; with a recovery code, the new one."""
    recovery_code: str = field(default="", repr=False)


class RestoreDialog(QDialog):
    """``ordered`` carries a :class:`RestoreOrder`. Open it with ``open()``; Esc changes nothing."""

    ordered = Signal(object)

    def __init__(
        self, desk: Desk, runner: Runner, wanted: Generation | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("restore_dialog")
        helps(self)
        self.setWindowTitle(self.tr("Restore a backup"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._wanted, self._busy = wanted, False
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(self._text("restore_text", self._explanation()))
        self._skipped = self._text("restore_skipped", "")
        self._skipped.setFont(theme.font(bold=True))
        column.addWidget(self._skipped)
        self.list = GenerationList()
        self.list.setMinimumWidth(theme.scaled(620))
        column.addWidget(self.list)
        column.addLayout(self._make_form())
        self._problem = self._text("restore_problem", "")
        self._problem.setFont(theme.font(bold=True))
        column.addWidget(self._problem)
        column.addLayout(self._make_foot())
        self.list.opened.connect(lambda _one: self.passphrase.setFocus(Qt.FocusReason.TabFocusReason))
        self.list.selection_changed.connect(self._set_enabled)
        self._with_code(on=False)
        self._say(self._skipped, self.tr("Reading the newest backup from end to end…"))
        self._set_enabled()
        runner.run(
            lambda: restoring.offered(desk),
            while_alive(self, self._on_offered),
            while_alive(self, self._on_refused),
            upkeep=True,
        )

    def refuse(self, words: str) -> None:
        """Say why it was not restored; what was typed stays."""
        self._busy = False
        self._say(self._problem, words)
        self._set_enabled()
        line = self.code if self.lost.isChecked() else self.passphrase
        line.setFocus(Qt.FocusReason.OtherFocusReason)
        line.selectAll()

    def reject(self) -> None:
        """Leave; not while the registry is being exchanged."""
        if not self._busy:
            super().reject()

    def _explanation(self) -> str:
        return self.tr(
            "The registry goes back to how it was at that moment. The present one is backed up and moved "
            "aside, with unfinished entries; nothing is overwritten. Users and passphrases are those of that "
            "day."
        )

    def _text(self, name: str, words: str) -> QLabel:
        label = named(QLabel(), name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self._say(label, words)
        return label

    def _say(self, label: QLabel, words: str) -> None:
        label.setText(words)
        label.setAccessibleName(words)
        label.setVisible(bool(words))

    def _make_form(self) -> QFormLayout:
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(12)
        self.passphrase = self._line("restore_passphrase", self.tr("Your &passphrase on that day"))
        self.lost = named(CheckBox(self.tr("It is &lost: use the recovery code of that day")), "restore_lost")
        self.lost.toggled.connect(lambda on: self._with_code(on=on))
        self._form.addRow("", self.lost)
        self.code = self._line("restore_code", self.tr("Recovery &code"), secret=False)
        self.fresh = self._line("restore_new_passphrase", self.tr("&New passphrase"))
        self.again = self._line("restore_again", self.tr("A&gain"))
        return self._form

    def _line(self, name: str, caption: str, *, secret: bool = True) -> QLineEdit:
        line = named(QLineEdit(), name)
        line.setAccessibleName(caption.replace("&", ""))
        line.setMaxLength(1000)
        if secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        label = QLabel(caption)
        label.setBuddy(line)
        self._form.addRow(label, line)
        line.returnPressed.connect(self._on_go)
        return line

    def _make_foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = named(QPushButton(self.tr("Cancel  Esc")), "restore_cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go = named(QPushButton(self.tr("Restore  Enter")), "restore_go")
        self.go.setProperty("primary", True)
        self.go.setAutoDefault(False)
        self.go.clicked.connect(self._on_go)
        row.addWidget(cancel)
        row.addWidget(self.go)
        return row

    def _with_code(self, *, on: bool) -> None:
        self._form.setRowVisible(self.passphrase, not on)
        for line in (self.code, self.fresh, self.again):
            self._form.setRowVisible(line, on)
        (self.code if on else self.passphrase).setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_offered(self, found: Offered) -> None:
        wanted = next(
            (one for one in found.generations if self._wanted and one.path == self._wanted.path), None
        )
        chosen = wanted if wanted is not None and not wanted.problem else found.suggested
        words = list(found.skipped)
        if chosen is None:
            words.append(self.tr("No backup here can be restored."))
        elif words:
            words.append(self.tr("The one of {moment} is offered.").format(moment=moment(chosen.made_at)))
        self._say(self._skipped, " ".join(words))
        self.list.show_generations(found.generations, chosen)
        self._set_enabled()
        self.adjustSize()

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._say(self._skipped, "")
        self._say(self._problem, words)

    def _on_go(self) -> None:
        chosen = self.list.selected
        if chosen is None or not self.go.isEnabled():
            return
        missing = self._missing()
        if missing is not None:
            words, line = missing
            self._say(self._problem, words)
            line.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._busy = True
        self._say(self._problem, self.tr("Checking the backup and restoring it…"))
        self._set_enabled()
        if self.lost.isChecked():
            order = RestoreOrder(chosen.path, self.fresh.text(), self.code.text().strip())
        else:
            order = RestoreOrder(chosen.path, self.passphrase.text())
        self.ordered.emit(order)

    def _missing(self) -> tuple[str, QLineEdit] | None:
        if not self.lost.isChecked():
            words = self.tr("The passphrase of that day is needed.")
            return None if self.passphrase.text() else (words, self.passphrase)
        if not self.code.text().strip():
            return self.tr("The recovery code is needed."), self.code
        if not self.fresh.text():
            return self.tr("A new passphrase is needed."), self.fresh
        if self.fresh.text() != self.again.text():
            return self.tr("The two passphrases differ."), self.again
        return None

    def _set_enabled(self) -> None:
        chosen = self.list.selected
        self.go.setEnabled(chosen is not None and not chosen.problem and not self._busy)
        self.list.setEnabled(not self._busy)
