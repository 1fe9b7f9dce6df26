"""A small dialog for one act: some lines, one button; a refusal is one sentence and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.services.desk import Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.dialogs.card import Card
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.help_key import helps
from ctdild_desktop.ui.widgets.naming import named

Act = Callable[[], Done[Any]]


class ActDialog(QDialog):
    """``acted`` carries what was done, and the dialog is closed then. Open it with :meth:`begin`.

    Enter goes from line to line and in the last one acts; Esc leaves.
    """

    acted = Signal(object)

    def __init__(
        self,
        name: str,
        runner: Runner,
        *,
        title: str,
        text: str,
        button: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        helps(self)
        self._runner = runner
        self._busy = False
        self._checks: list[Callable[[], tuple[str, QWidget] | None]] = []
        self._lines: list[QLineEdit] = []
        self._make: Callable[[], Act] | None = None
        self.card = named(Card(title, text, button), f"{name}_card")
        leave = named(QPushButton(self.tr("Cancel  Esc")), f"{name}_leave")
        leave.clicked.connect(self.reject)
        self.card.foot.insertWidget(1, leave)
        for push in (self.card.go, leave):
            push.setAutoDefault(False)
            push.setDefault(False)
        self.card.go.clicked.connect(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)

    # parts

    def add_line(
        self, caption: str, name: str, text: str = "", *, secret: bool = False, missing: str = ""
    ) -> QLineEdit:
        """Add a line; ``missing`` is said when it is left empty."""
        line = self.card.add_line(caption, name, text, secret=secret)
        self._lines.append(line)
        if missing:
            self._checks.append(lambda: None if line.text().strip() else (missing, line))
        return line

    def add_choice(
        self, caption: str, name: str, choices: Iterable[tuple[str, str]], chosen: str
    ) -> ChoiceField:
        """Add a choice of one thing."""
        field = ChoiceField(name, caption.replace("&", ""), choices, empty=None)
        field.set_text(chosen)
        label = QLabel(caption)
        label.setBuddy(field)
        self.card.form.addRow(label, field)
        return field

    def add_same(self, line: QLineEdit, again: QLineEdit, words: str) -> None:
        """Say ``words`` when two lines differ."""
        self._checks.append(lambda: None if line.text() == again.text() else (words, again))

    def on_go(self, make: Callable[[], Act]) -> None:
        """What the button does: ``make`` reads the lines and answers the act, which runs elsewhere."""
        self._make = make

    # use

    def begin(self) -> None:
        """Show the dialog, ready for typing."""
        self.card.chain(*self._lines)
        if self._lines:
            self._lines[-1].returnPressed.connect(self.go)
        else:
            self.card.go.setAutoDefault(True)
        self.open()
        empty = [line for line in self._lines if not line.text()]
        first = (*empty, *self._lines, self.card.go)[0]
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(first, QLineEdit):
            first.selectAll()

    def go(self) -> None:
        """Do it, unless something is missing."""
        if self._busy or self._make is None:
            return
        for check in self._checks:
            problem = check()
            if problem is not None:
                words, line = problem
                self.card.refuse(words, line if isinstance(line, QLineEdit) else None)
                return
        self.card.refuse("")
        self._set_busy(busy=True)
        self._runner.run(self._make(), while_alive(self, self._on_done), while_alive(self, self._on_refused))

    def reject(self) -> None:
        """Leave, but not while it is being done."""
        if not self._busy:
            super().reject()

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.card.set_busy(busy=busy)

    def _on_done(self, done: Done[Any]) -> None:
        self._set_busy(busy=False)
        self.accept()
        self.acted.emit(done)

    def _on_refused(self, error: Exception) -> None:
        self._set_busy(busy=False)
        words = sentence_of(error)
        if words is None:
            raise error
        self.card.refuse(words, self._lines[0] if self._lines else None)
