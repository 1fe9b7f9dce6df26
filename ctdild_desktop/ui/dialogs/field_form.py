"""Fields in clinical order: what they say, what is wrong with them, how Enter goes through them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.plausibility import Issue, Severity
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.menus import menu_letters
from ctdild_desktop.ui.mnemonics import freely_marked, mark_of
from ctdild_desktop.ui.widgets.checks_field import ChecksField
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.codes_field import CodesField
from ctdild_desktop.ui.widgets.field_note import AnyField, FieldNote
from ctdild_desktop.ui.widgets.fields import DateField, Field, FieldState, PartialDateField
from ctdild_desktop.ui.widgets.option_field import OptionField

FormField = AnyField
_CHOSEN = (ChoiceField, OptionField, CodesField, ChecksField)


class FieldForm(QFrame):
    """The fields of a form and their checks; a subclass answers ``build`` and ``issues_of``.

    Nothing is checked or told before ``ready`` is set, so that filling the form makes no noise.
    """

    typed = Signal()
    """Something was changed."""
    field_left = Signal()
    """A field was left: its text is final for now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ready = False
        self.fields: dict[str, FormField] = {}
        self.notes: dict[str, FieldNote] = {}
        self.required: set[str] = set()
        self.order: list[FormField] = []
        self._captions: dict[str, QLabel] = {}
        self._of_menus = menu_letters()
        self._below: set[str] = set()
        self._visited: set[str] = set()
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(6)
        self.grid.setVerticalSpacing(3)
        self.grid.setColumnMinimumWidth(0, theme.scaled(92))
        self.grid.setColumnStretch(2, 1)

    # what a subclass answers

    @abstractmethod
    def build(self) -> Any:
        """The record that the fields say; called only when :meth:`readable`."""

    @abstractmethod
    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """Everything implausible about the record, for the words beside the fields; fast and pure."""

    def refresh(self) -> None:
        """Show what follows from the fields as they are; called after each change of a field."""

    def refresh_typing(self) -> None:
        """As :meth:`refresh`, while a text is being typed: a form may wait for a pause."""
        self.refresh()

    @abstractmethod
    def show_problem(self, text: str) -> None:
        """Say what belongs to no field, or nothing."""

    @abstractmethod
    def after_last(self) -> QWidget:
        """Where Enter goes from the last field."""

    @abstractmethod
    def show_field(self, field: FormField) -> None:
        """Bring a field into sight."""

    # building

    def add_field(
        self, caption: str, field: FormField, *, unit: str = "", wide: bool = False, required: bool = False
    ) -> None:
        """Add a field with its caption (``&`` marks the Alt key) and the words beside it."""
        row = self.grid.rowCount()
        letters = frozenset(mark_of(known.text()) for known in self._captions.values())
        label = QLabel(freely_marked(caption, letters | self._of_menus))
        label.setBuddy(field)
        label.setMinimumHeight(theme.scaled(26))
        self._captions[field.objectName()] = label
        self.grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        note = self.make_note(field)
        note.set_read_out(unit)
        name = field.objectName()
        if wide or isinstance(field, _CHOSEN):
            self.grid.addWidget(field, row, 1, 1, 2)
            self.grid.addWidget(note, row + 1, 1, 1, 2)
            self._below.add(name)
            note.setVisible(bool(unit))
            field.note_changed.connect(lambda: note.setVisible(bool(note.words())))
        else:
            field.setFixedWidth(theme.scaled(112))
            self.grid.addWidget(field, row, 1)
            self.grid.addWidget(note, row, 2)
        self.register(field, required=required)

    def make_note(self, field: FormField) -> FieldNote:
        """The words beside a field."""
        note = FieldNote(field)
        self.notes[field.objectName()] = note
        return note

    def read_out(self, name: str, text: str) -> None:
        """What stands beside (or below) a field while nothing is wrong with it."""
        note = self.notes[name]
        note.set_read_out(text)
        if name in self._below:
            note.setVisible(bool(note.words()))

    def register(self, field: FormField, *, required: bool = False) -> None:
        """Take a field into the Enter order, the draft and the checks."""
        name = field.objectName()
        self.fields[name] = field
        self.order.append(field)
        if required:
            self.required.add(name)
        field.changed.connect(lambda _text: self._on_changed(field))
        field.left.connect(lambda: self._on_left(field))
        field.accepted.connect(lambda: self.go_on(field))
        if isinstance(field, Field):
            field.fix_elsewhere.connect(self._on_fix_elsewhere)

    def add_section(self, title: str) -> QLabel:
        """A quiet heading between groups of fields; a form may hide it with its group."""
        label = QLabel(title)
        label.setFont(theme.font(bold=True))
        label.setContentsMargins(0, 8, 0, 2)
        self.grid.addWidget(label, self.grid.rowCount(), 0, 1, 3)
        return label

    def show_row(self, name: str, *, shown: bool) -> None:
        """Show or hide a field with its caption and the words beside it."""
        self.fields[name].setVisible(shown)
        self._captions[name].setVisible(shown)
        self.notes[name].setVisible(shown and (name not in self._below or bool(self.notes[name].words())))

    # values

    def payload(self) -> dict[str, str]:
        """Every field as text."""
        return {name: field.text_value() for name, field in self.fields.items()}

    def restore(self, payload: dict[str, str]) -> None:
        """Put texts back into the fields, as if typed."""
        for name, text in payload.items():
            if name in self.fields and self.text(name) != text:
                self.fields[name].set_text(text)
        self.touch([name for name, text in payload.items() if text])
        self.refresh_issues()
        self.refresh()

    def text(self, name: str) -> str:
        """The text of one field."""
        return self.fields[name].text_value()

    def read(self, name: str) -> Any:
        """The value of one field; None when it is empty or cannot be read."""
        field = self.fields[name]
        try:
            return field.value()
        except EntryError:
            return None

    def readable(self) -> bool:
        """Whether every text can be read and no required field is empty."""
        return not any(field.problem() for field in self.fields.values()) and all(
            self.text(name) for name in self.required
        )

    @property
    def confirmed(self) -> frozenset[str]:
        """Names of the fields whose unlikely value was confirmed by a second Enter."""
        return frozenset(
            name for name, field in self.fields.items() if isinstance(field, Field) and field.kept_unlikely
        )

    # issues

    def touch(self, names: Iterable[str]) -> None:
        """Count these fields as visited: their issues are shown even before they are left."""
        self._visited.update(names)

    def show_issues(self, issues: Collection[Issue], *, all_fields: bool = False) -> None:
        """Put each issue beside its field; one that belongs to no field goes below the fields."""
        for name, field in self.fields.items():
            if all_fields or name in self._visited:
                mine = sorted((i for i in issues if i.field == name), key=lambda issue: not issue.hard)
                field.show_issue(mine[0] if mine else None)
        homeless = [issue.text for issue in issues if issue.field not in self.fields]
        self.show_problem(" ".join(homeless) if all_fields else "")

    def refresh_issues(self) -> None:
        """Check what can be checked by now and show it beside the visited fields."""
        if self.readable():
            self.show_issues(self.issues_of(self.build()))

    def refuse(self, name: str, words: str) -> None:
        """Refuse a field for a reason of the form, and go there."""
        field = self.fields[name]
        self.show_field(field)
        # Leaving the field before checks everything once more: so the focus goes first, the words after it.
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.show_issue(Issue(field=name, severity=Severity.HARD, code="MISSING", text=words))

    def complete(self) -> bool:
        """Whether every field can be read and none is missing; else the first wrong one has the focus."""
        self.touch(self.fields)
        for name, field in self.fields.items():
            field.show_issue(None)
            if name in self.required and not self.text(name) and field.state is not FieldState.REFUSED:
                words = self.tr("{label} is needed").format(label=field.label)
                field.show_issue(Issue(field=name, severity=Severity.HARD, code="MISSING", text=words))
        wrong = next((field for field in self.order if field.state is FieldState.REFUSED), None)
        if wrong is not None:
            self.show_field(wrong)
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
        return wrong is None

    # going on

    def go_on(self, field: FormField) -> None:
        """Move to the next field that can be reached; after the last one to Save."""
        at = self.order.index(field) + 1
        for following in self.order[at:]:
            if following.isVisibleTo(self) and following.isEnabled():
                following.setFocus(Qt.FocusReason.TabFocusReason)
                self.show_field(following)
                return
        self.after_last().setFocus(Qt.FocusReason.TabFocusReason)

    def _on_fix_elsewhere(self, name: str, text: str) -> None:
        if name in self.fields:
            self.fields[name].set_text(text)

    def _on_changed(self, field: FormField) -> None:
        if not self.ready:
            return
        if isinstance(field, _CHOSEN):
            self.touch([field.objectName()])
            self.refresh_issues()
            self.refresh()
        else:
            self.refresh_typing()
        self.typed.emit()

    def _on_left(self, field: FormField) -> None:
        if not self.ready:
            return
        if field.text_value():
            self.touch([field.objectName()])
        _write_out(field)
        self.refresh_issues()
        self.refresh()
        self.field_left.emit()


def _write_out(field: FormField) -> None:
    """Show a short date entry as the date that it was taken for."""
    if field.problem():
        return
    words = field.text_value()
    if isinstance(field, DateField):
        day = field.value()
        words = wording.day(day) if day else ""
    elif isinstance(field, PartialDateField):
        partial = field.value()
        words = wording.partial(partial) if partial else ""
    if words != field.text_value() and isinstance(field, Field):
        field.setText(words)
