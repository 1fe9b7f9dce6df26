"""Typed fields of all forms: they keep what was typed, say what is wrong, and never block the keyboard.

A field reads its text with the parsers of :mod:`ctdild_desktop.clinical.entry`. Enter commits: a refused
value keeps the focus, an unlikely one asks once (a second Enter on the same text keeps it), anything else
goes on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.entry import EntryError, parse_date_entry, parse_number, parse_partial
from ctdild_desktop.clinical.plausibility import Fix, Issue, Severity
from ctdild_desktop.clinical.typed_text import as_shown


class FieldState(StrEnum):
    """How a field presents its content."""

    NORMAL = "normal"
    REFUSED = "refused"
    UNLIKELY = "unlikely"
    CARRIED = "carried"


def state_of(issue: Issue | None) -> FieldState:
    """How a field stands of which the checks say this."""
    if issue is None:
        return FieldState.NORMAL
    return FieldState.REFUSED if issue.severity is Severity.HARD else FieldState.UNLIKELY


def mark(field: QWidget, state: FieldState, message: str) -> None:
    """Let the style sheet and a screen reader know how a field stands."""
    field.setProperty("fieldState", state.value)
    field.setAccessibleDescription(message)
    field.style().unpolish(field)
    field.style().polish(field)


class Field(QLineEdit):
    """A line of text with a state, a message and the keys of a form; the base of the typed fields.

    ``name`` becomes the object name, ``label`` (with the unit) the accessible name.
    """

    changed = Signal(str)
    """The person typed; carries the text."""
    left = Signal()
    """The content is final for now: focus left, or Enter was pressed."""
    accepted = Signal()
    """Enter on content that may stand: go to the next field."""
    confirmed = Signal()
    """Enter a second time on an unlikely value: it is meant."""
    note_changed = Signal()
    """State or message are new; a :class:`FieldNote` listens."""
    fix_elsewhere = Signal(str, str)
    """The offered correction belongs to another field: its name and the text to put there."""
    fix_key = Qt.Key.Key_F2
    """Takes the offered correction."""

    def __init__(self, name: str, label: str = "", *, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = label or name
        self.unit = unit
        self.state = FieldState.NORMAL
        self.message = ""
        self.fix: Fix | None = None
        self._asked = ""
        self._kept = ""
        self.setObjectName(name)
        self.setAccessibleName(f"{self.label}, {unit}" if unit else self.label)
        self.setProperty("fieldState", FieldState.NORMAL.value)
        self.textEdited.connect(self._on_edited)

    def text_value(self) -> str:
        """The text as typed, without surrounding blanks."""
        return self.text().strip()

    def value(self) -> Any:
        """What the text says, in the type of the field; raises EntryError when it cannot be read."""
        return self.text_value()

    def set_text(self, text: str) -> None:
        """Put a text in, as if typed: state and message go back to normal. What was kept is never cut."""
        self.setMaxLength(max(self.maxLength(), len(text)))
        self.setText(text)
        self._on_edited(text)

    def set_carried(self, text: str, since: str) -> None:
        """Show a value taken over from an earlier visit; ``since`` says from when."""
        self.setText(text)
        self._show(FieldState.CARRIED, since)

    @property
    def kept_unlikely(self) -> bool:
        """Whether the present text was confirmed although unlikely."""
        return bool(self._kept) and self._kept == self.text_value()

    def problem(self) -> str:
        """Why the text cannot be read, as one sentence; empty when it can."""
        return ""

    def show_issue(self, issue: Issue | None) -> None:
        """Show what is wrong with the value, or nothing. Text that cannot be read outranks the issue."""
        unread = self.problem()
        if unread:
            self._show(FieldState.REFUSED, unread)
        elif issue is None:
            if self.state is not FieldState.CARRIED:
                self._show(FieldState.NORMAL, "")
        else:
            self._show(state_of(issue), issue.text, issue.fix)

    def apply_fix(self) -> None:
        """Take the correction that the message offers, when it offers one."""
        if self.fix is None:
            return
        if self.fix.field in ("", self.objectName()):
            self.set_text(self.fix.text)
        else:
            self.fix_elsewhere.emit(self.fix.field, self.fix.text)
        self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the content on arrival by keyboard."""
        super().focusInEvent(event)
        if event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason):
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Report that the field was left."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._commit()

    def event(self, event: QEvent) -> bool:
        """Keep the fix key from the menu while a correction is offered."""
        asked = event.type() == QEvent.Type.ShortcutOverride and self.fix is not None
        if asked and isinstance(event, QKeyEvent) and _plain(event) and event.key() == self.fix_key:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter commits, the fix key takes the offered correction; all other keys edit."""
        plain = _plain(event)
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_enter(held=event.isAutoRepeat())
            event.accept()
        elif plain and event.key() == self.fix_key and self.fix is not None and not self.isReadOnly():
            self.apply_fix()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _commit(self) -> None:
        unread = self.problem()
        if unread:
            self._show(FieldState.REFUSED, unread)
        self.left.emit()

    def _on_enter(self, *, held: bool = False) -> None:
        """A key that is only held down keeps no unlikely value: nobody has read yet why it is."""
        self._commit()
        text = self.text_value()
        if self.state is FieldState.REFUSED:
            return
        if self.state is FieldState.UNLIKELY and self._kept != text:
            if self._asked != text or held:
                self._asked = text
                return
            self._kept = text
            self.confirmed.emit()
        self.accepted.emit()

    def _on_edited(self, text: str) -> None:
        if (shown := as_shown(text)) != text:
            place = self.cursorPosition()
            self.setText(shown)
            self.setCursorPosition(place)
            text = shown
        self._asked = self._kept = ""
        self._show(FieldState.NORMAL, "")
        self.changed.emit(text)

    def _show(self, state: FieldState, message: str, fix: Fix | None = None) -> None:
        if (state, message, fix) == (self.state, self.message, self.fix):
            return
        self.state, self.message, self.fix = state, message, fix
        mark(self, state, message)
        self.note_changed.emit()


class TextField(Field):
    """A line of free text; ``required`` refuses an empty one."""

    def __init__(
        self,
        name: str,
        label: str = "",
        *,
        required: bool = False,
        max_length: int = 500,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, label, parent=parent)
        self._required = required
        self.setMaxLength(max_length)

    def value(self) -> str:
        """The text without surrounding blanks."""
        return self.text_value()

    def problem(self) -> str:
        """Says that a required text is missing."""
        if self._required and not self.text_value():
            return self.tr("{label} is needed").format(label=self.label)
        return ""


class NumberField(Field):
    """An exact decimal, right-aligned; accepts comma and point; empty means not measured."""

    fix_key = Qt.Key.Key_F

    def __init__(self, name: str, label: str = "", unit: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(name, label, unit=unit, parent=parent)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setMaxLength(24)

    def value(self) -> Decimal | None:
        """The number, or None when empty; raises EntryError when the text is no number."""
        text = self.text_value()
        return parse_number(text) if text else None

    def problem(self) -> str:
        """Why the text is no number."""
        return _reason(self.value)


class DateField(Field):
    """A day; understands ``t``, ``-1``, ``12.3``, ``1203``, full dates and ISO dates against today's date."""

    def __init__(
        self, name: str, label: str, today: Callable[[], dt.date], *, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, label, parent=parent)
        self._today = today
        self.setMaxLength(24)

    def value(self) -> dt.date | None:
        """The day, or None when empty; raises EntryError when the text is no date."""
        text = self.text_value()
        return parse_date_entry(text, today=self._today(), month_first=_month_first()) if text else None

    def problem(self) -> str:
        """Why the text is no date."""
        return _reason(self.value)


class PartialDateField(Field):
    """A date known to the day, the month or the year."""

    def __init__(
        self, name: str, label: str, today: Callable[[], dt.date], *, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, label, parent=parent)
        self._today = today
        self.setMaxLength(24)

    def value(self) -> PartialDate | None:
        """The date as exactly as it was given, or None when empty; raises EntryError when it is no date."""
        text = self.text_value()
        return parse_partial(text, today=self._today(), month_first=_month_first()) if text else None

    def problem(self) -> str:
        """Why the text is no date."""
        return _reason(self.value)


def _month_first() -> bool:
    return wording.style().date.startswith("mm")


def _reason(read: Callable[[], object]) -> str:
    try:
        read()
    except EntryError as error:
        return str(error)
    return ""


def _plain(event: QKeyEvent) -> bool:
    return event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
