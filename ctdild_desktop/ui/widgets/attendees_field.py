"""Who takes part in a meeting: a line for each person with name, role and presence, and an empty one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from ctdild_desktop.clinical.plausibility import Fix, Issue
from ctdild_desktop.clinical.records import Attendee
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import FieldState, TextField, state_of
from ctdild_desktop.ui.widgets.naming import named

Choices = tuple[tuple[str, str], ...]

_BESIDE_WORDS = 36
"""Edges, padding and arrow of a choice."""


class AttendeesField(QWidget):
    """Enter goes through a line and on to the next; in the empty line at the end it leaves.

    A line whose name is cleared is left out. Same signals and methods as the typed fields; as text each
    person is one line of name, role and presence, parted by tabs.
    """

    changed = Signal(str)
    left = Signal()
    accepted = Signal()
    note_changed = Signal()

    def __init__(
        self,
        name: str,
        label: str,
        roles: Iterable[tuple[str, str]],
        presences: Iterable[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.label = label
        self.state = FieldState.NORMAL
        self.message = ""
        self.fix: Fix | None = None
        self._roles: Choices = tuple(roles)
        self._presences: Choices = tuple(presences)
        self._lines: list[tuple[TextField, ChoiceField, ChoiceField]] = []
        self._filling = False
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)
        self._grow()

    # values

    def value(self) -> tuple[Attendee, ...]:
        """Everybody with a name, or with a role that waits for one."""
        found = (
            Attendee(
                name=name.text_value().replace("\t", " "),
                role=role.value() or "other",
                presence=presence.value() or "present",
            )
            for name, role, presence in self._lines
            if name.text_value() or role.value()
        )
        return tuple(found)

    def text_value(self) -> str:
        """The people as lines of text, for drafts."""
        return as_lines(self.value())

    def set_text(self, text: str) -> None:
        """Show these people in place of others."""
        self._filling = True
        people = [(*line.split("\t"), "", "")[:3] for line in text.split("\n") if line.strip()]
        while len(self._lines) <= len(people):
            self._grow()
        for at, (name, role, presence) in enumerate(self._lines):
            known = people[at] if at < len(people) else ("", "", "present")
            name.set_text(known[0])
            role.set_text(known[1])
            presence.set_text(known[2] or "present")
            name.setCursorPosition(0)
            self._show_line(at, shown=at <= len(people))
        self._filling = False
        self.show_issue(None)
        self.changed.emit(self.text_value())

    def problem(self) -> str:
        """People can always be read; what is wrong with them is for the checks to say."""
        return ""

    def show_issue(self, issue: Issue | None) -> None:
        """Keep what is wrong for the words below."""
        self.message = issue.text if issue is not None else ""
        self.state = state_of(issue)
        self.setAccessibleDescription(self.message)
        self.note_changed.emit()

    # lines

    def _grow(self) -> None:
        at = len(self._lines)
        person = self.tr("Person {number}").format(number=at + 1)
        name = TextField(f"attendee_name_{at}", f"{person}: {self.tr('name')}", max_length=120)
        name.setPlaceholderText(self.tr("name"))
        role = ChoiceField(f"attendee_role_{at}", f"{person}: {self.tr('role')}", self._roles)
        presence = ChoiceField(
            f"attendee_presence_{at}", f"{person}: {self.tr('presence')}", self._presences, empty=None
        )
        presence.set_text("present")
        remove = named(QToolButton(), f"attendee_remove_{at}")
        remove.setText("×")
        remove.setAutoRaise(True)
        remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        remove.setAccessibleName(self.tr("Remove {person}").format(person=person))
        remove.clicked.connect(lambda: self._remove(at))
        for column, part in enumerate((name, role, presence, remove)):
            self._grid.addWidget(part, at, column)
            if isinstance(part, ChoiceField):
                part.setMinimumContentsLength(8)
                part.setMinimumWidth(self._room_of(part))
        if not at:
            self.setFocusProxy(name)
        for before, after in pairwise((*(self._lines[-1][2:] if at else ()), name, role, presence)):
            QWidget.setTabOrder(before, after)
        self._lines.append((name, role, presence))
        for field in (name, role, presence):
            field.changed.connect(self._on_changed)
            field.left.connect(self.left)
        name.accepted.connect(lambda: self._on_name(at))
        role.accepted.connect(lambda: self._go(presence))
        presence.accepted.connect(lambda: self._on_presence(at))

    def _room_of(self, choice: ChoiceField) -> int:
        """So wide that the longest word can be read beside the arrow."""
        words = (choice.itemText(at) for at in range(choice.count()))
        longest = max(map(self.fontMetrics().horizontalAdvance, words), default=0)
        return longest + theme.scaled(_BESIDE_WORDS)

    def _show_line(self, at: int, *, shown: bool) -> None:
        for column in range(4):
            item = self._grid.itemAtPosition(at, column)
            part = item.widget() if item is not None else None
            if part is not None:
                part.setVisible(shown)

    def _on_changed(self) -> None:
        if self._filling:
            return
        if self._said(len(self._lines) - 1):
            self._grow()
        last = max((at for at in range(len(self._lines)) if self._said(at)), default=-1)
        self._show_line(last + 1, shown=True)
        if self.state is not FieldState.NORMAL:
            self.show_issue(None)
        self.changed.emit(self.text_value())

    def _on_name(self, at: int) -> None:
        name, role, _presence = self._lines[at]
        if name.text_value():
            self._go(role)
        else:
            self.accepted.emit()

    def _on_presence(self, at: int) -> None:
        if at + 1 < len(self._lines):
            self._show_line(at + 1, shown=True)
            self._go(self._lines[at + 1][0])
        else:
            self.accepted.emit()

    def _go(self, field: QWidget) -> None:
        field.setFocus(Qt.FocusReason.TabFocusReason)

    def _remove(self, at: int) -> None:
        kept = [as_lines((one,)) for one in self.value()]
        wanted = [line for line in range(len(self._lines)) if self._said(line)]
        if at in wanted:
            del kept[wanted.index(at)]
        self.set_text("\n".join(kept))
        self._lines[min(at, len(self._lines) - 1)][0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _said(self, at: int) -> bool:
        name, role, _presence = self._lines[at]
        return bool(name.text_value() or role.value())


def as_lines(people: Iterable[Attendee]) -> str:
    """People as :class:`AttendeesField` writes them."""
    return "\n".join(f"{one.name}\t{one.role}\t{one.presence}" for one in people)
