"""The values of a report, one line for each: as printed, as it will be saved, what follows, and its state."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from ctdild_desktop.clinical.derived import DerivedValue
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.pft.read_outs import read_outs
from ctdild_desktop.ui.pft.report_answers import Said
from ctdild_desktop.ui.widgets.field_note import FieldNote
from ctdild_desktop.ui.widgets.fields import FieldState
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip

_READ_OUTS = ("percent", "z", "to_last")
_WIDE = "date"
"""The field that takes the place of its unit too."""
_FIRST = 4
_STATE = _FIRST + len(_READ_OUTS)
_WIDTHS = {"percent": 42, "z": 32, "to_last": 48}


def words_of(said: Said) -> str:
    """The state in words."""
    return {
        Said.OPEN: _tr("confirm"),
        Said.CONFIRMED: _tr("confirmed"),
        Said.CORRECTED: _tr("corrected"),
        Said.LEFT_OUT: _tr("left out"),
        Said.UNREAD: _tr("not read"),
    }[said]


class ReportRows(QWidget):
    """Lays the lines out; ``toggled`` carries the name of the line whose state was clicked."""

    toggled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("report_rows")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(1)
        self._grid.setColumnMinimumWidth(0, theme.scaled(70))
        self._grid.setColumnStretch(1, 1)
        self._parts: dict[str, list[QWidget]] = {}
        self._printed: dict[str, QLabel] = {}
        self._units: dict[str, QLabel] = {}
        self._cells: dict[str, dict[str, QLabel]] = {}
        self._states: dict[str, QPushButton] = {}
        self._shown: set[str] = set()
        heads = {
            1: _tr("In the report"),
            2: _tr("Saved as"),
            _FIRST: _tr("% pred"),
            _FIRST + 1: _tr("z"),
            _FIRST + 2: _tr("to last %"),
        }
        for column, words in heads.items():
            head = plain_label(words, secondary=True)
            head.setFont(theme.font(-1))
            if column >= _FIRST:
                head.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(head, 0, column)
        for at, name in enumerate(_READ_OUTS):
            self._grid.setColumnMinimumWidth(_FIRST + at, theme.scaled(_WIDTHS[name]))
        self._grid.setColumnMinimumWidth(_STATE, theme.scaled(68))

    def add(self, caption: str, field: FormField, unit: str, note: FieldNote) -> None:
        """A line; its message takes the place of what follows from it, so that nothing moves."""
        name, row = field.objectName(), self._grid.rowCount()
        label = QLabel(caption)
        label.setBuddy(field)
        label.setMinimumHeight(theme.scaled(26))
        printed = plain_label(name=f"{name}_printed")
        units = plain_label(unit, name=f"{name}_unit", secondary=True)
        for small in (printed, units):
            small.setFont(theme.font(-1))
        field.setFixedWidth(theme.scaled(88 if name == _WIDE else 64))
        cells = {read_out: plain_label(name=f"{name}_{read_out}") for read_out in _READ_OUTS}
        state = named(QPushButton(), f"{name}_state")
        state.setProperty("link", True)
        state.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        state.clicked.connect(lambda: self.toggled.emit(name))
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(printed, row, 1)
        self._grid.addWidget(field, row, 2, 1, 2 if name == _WIDE else 1)
        self._grid.addWidget(units, row, 3)
        for at, cell in enumerate(cells.values()):
            cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(cell, row, _FIRST + at)
        self._grid.addWidget(note, row, 3, 1, _STATE - 3)
        self._grid.addWidget(state, row, _STATE)
        note.hide()

        def show_one() -> None:
            here = name in self._shown
            speaks = here and field.state in (FieldState.REFUSED, FieldState.UNLIKELY)
            note.setVisible(speaks)
            units.setVisible(here and not speaks and name != _WIDE)
            for cell in cells.values():
                cell.setVisible(here and not speaks)

        field.note_changed.connect(show_one)
        self._parts[name] = [label, printed, field, state]
        self._printed[name], self._units[name] = printed, units
        self._cells[name], self._states[name] = cells, state
        self.show_line(name, shown=False)

    def show_line(self, name: str, *, shown: bool) -> None:
        """Show or hide a line."""
        (self._shown.add if shown else self._shown.discard)(name)
        for part in (*self._parts[name], *self._cells[name].values()):
            part.setVisible(shown)
        self._units[name].setVisible(shown and name != _WIDE)

    def shows(self, name: str) -> bool:
        """Whether a line is shown."""
        return name in self._shown

    def set_printed(self, name: str, text: str, why: str = "") -> None:
        """What the report says, or why it was not read."""
        label = self._printed[name]
        label.setText(text)
        label.setToolTip(tip(why or text))
        label.setProperty("secondary", bool(why))
        label.style().unpolish(label)
        label.style().polish(label)

    def set_unit(self, name: str, text: str) -> None:
        """The unit in which the value is saved."""
        self._units[name].setText(text)

    def set_state(self, name: str, said: Said, label: str) -> None:
        """What was said of a line."""
        button = self._states[name]
        button.setText(f"✓ {words_of(said)}" if said in (Said.CONFIRMED, Said.CORRECTED) else words_of(said))
        button.setAccessibleName(f"{label}: {words_of(said)}")
        button.setFont(theme.font(-1, bold=said is Said.OPEN))

    def state_words(self, name: str) -> str:
        """What is shown of the state of a line."""
        return self._states[name].text()

    def printed(self, name: str) -> str:
        """What is shown as the report's own words."""
        return self._printed[name].text()

    def set_values(self, name: str, value: DerivedValue | None, to_last: Decimal | None) -> None:
        """What follows from the value; empty where nothing can be said."""
        for read_out, text in read_outs(value, to_last).items():
            self._cells[name][read_out].setText(text)


def enter_in(field: FormField) -> None:
    """Press Enter in a field, for a key that means the same."""
    field.keyPressEvent(QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier))


def _tr(text: str) -> str:
    return QCoreApplication.translate("ReportRows", text)
