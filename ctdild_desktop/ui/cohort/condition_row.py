"""One condition of a question: a field, how it is compared, and with what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.cohort.fields import Field, Kind
from ctdild_desktop.cohort.query import Comparison
from ctdild_desktop.cohort.query_words import comparisons, value_words
from ctdild_desktop.cohort.question_rows import Row
from ctdild_desktop.language import say
from ctdild_desktop.ui import icons, theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import DateField, NumberField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip

ValueField = ChoiceField | DateField | NumberField
_SEARCHED = 12
"""A longer list of codes is found by typing a part of the words."""


def value_field(name: str, label: str, field: Field, today: Callable[[], dt.date], empty: str) -> ValueField:
    """What takes a value of a field."""
    if field.kind is Kind.NUMBER:
        return NumberField(name, label)
    if field.kind is Kind.DATE:
        return DateField(name, label, today)
    listed = [(code, field.words(code)) for code in field.codes()]
    return listed_field(name, label, listed, empty)


def listed_field(name: str, label: str, listed: Sequence[tuple[str, str]], empty: str) -> ChoiceField:
    """One of a list; a long one is found by typing, and ``empty`` is then no text that stands in the way."""
    searched = len(listed) > _SEARCHED
    made = ChoiceField(name, label, listed, empty="" if searched else empty, searchable=searched)
    made.setMinimumContentsLength(6)
    line = made.lineEdit()
    if line is not None:
        line.setPlaceholderText(empty)
    return made


def value_of(widget: ValueField) -> str:
    """The value as a query writes it; empty while there is none that can be read."""
    try:
        value = widget.value()
    except EntryError:
        return ""
    return "" if value is None else str(value)


def show_value(widget: ValueField, field: Field, value: str) -> None:
    """Show a value as the forms write it."""
    shown = value_words(field, value) if value and not isinstance(widget, ChoiceField) else value
    widget.set_text(shown)
    line = widget.lineEdit() if isinstance(widget, ChoiceField) else None
    if line is not None:
        line.setCursorPosition(0)  # of words that do not fit, the beginning is read


class ConditionRow(QWidget):
    """``changed`` says that another condition stands here, ``removed`` that it shall go."""

    changed = Signal()
    removed = Signal()

    def __init__(
        self, fields: Mapping[str, Field], today: Callable[[], dt.date], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._fields, self._today = fields, today
        tr = self.tr
        self.field = ChoiceField(
            "cohort_field", tr("Field"), [(one.name, say(one.label)) for one in fields.values()], empty=None
        )
        self.how = ChoiceField("cohort_how", tr("Comparison"), empty=None)
        self.how.setMinimumContentsLength(4)
        self.how.setFixedWidth(theme.scaled(84))
        self.remove = remove_button(tr("Remove this condition"))
        self.remove.clicked.connect(self.removed)
        self._problem = plain_label(name="cohort_row_problem", secondary=True)
        self._problem.setWordWrap(True)
        self._problem.hide()
        self.value: ValueField = self._make_value()
        above, self._below = QHBoxLayout(), QHBoxLayout()
        above.setSpacing(4)
        above.addWidget(self.field, 1)
        above.addWidget(self.remove)
        self._below.setSpacing(4)
        self._below.addWidget(self.how)
        self._below.addWidget(self.value, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(3)
        column.addLayout(above)
        column.addLayout(self._below)
        column.addWidget(self._problem)
        self.field.setMinimumContentsLength(8)
        self._fit_how()
        self.field.changed.connect(lambda _name: self._on_field())
        self.how.changed.connect(lambda _how: self.changed.emit())

    def row(self) -> Row:
        """The condition; without a value while none can be read."""
        return Row(self.field.text_value(), Comparison(self.how.text_value()), value_of(self.value))

    def show_row(self, row: Row) -> None:
        """Show a condition."""
        self.field.set_text(row.field)
        self.how.set_text(row.how)
        show_value(self.value, self._asked, row.value)

    @property
    def _asked(self) -> Field:
        return self._fields[self.field.text_value()]

    def _on_field(self) -> None:
        self._fit_how()
        before, self.value = self.value, self._make_value()
        self._below.replaceWidget(before, self.value)
        before.hide()
        before.deleteLater()
        self._say_problem()
        self.changed.emit()

    def _fit_how(self) -> None:
        self.how.set_choices([(how.value, words) for how, words in comparisons(self._asked.kind)])

    def _make_value(self) -> ValueField:
        label = self.tr("Value of {field}").format(field=say(self._asked.label))
        made = value_field("cohort_value", label, self._asked, self._today, self.tr("choose"))
        made.changed.connect(lambda _text: self.changed.emit())
        made.note_changed.connect(self._say_problem)
        return made

    def _say_problem(self) -> None:
        self._problem.setText(self.value.message)
        self._problem.setVisible(bool(self.value.message))


def remove_button(words: str) -> QToolButton:
    """A small cross that takes something away."""
    made = named(QToolButton(), "cohort_remove")
    made.setIcon(icons.icon("close"))
    made.setAutoRaise(True)
    made.setFixedSize(theme.scaled(24), theme.scaled(24))
    made.setAccessibleName(words)
    made.setToolTip(tip(words))
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made
