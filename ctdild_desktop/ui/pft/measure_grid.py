"""The columns of the log sheet: field, unit, last value, % predicted, z, change to last and to reference."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QLabel

from ctdild_desktop.clinical.derived import DerivedValue
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.pft.read_outs import change_words, read_outs
from ctdild_desktop.ui.widgets.field_note import FieldNote
from ctdild_desktop.ui.widgets.fields import Field, FieldState
from ctdild_desktop.ui.widgets.plain import tip

_READ_OUTS = ("last", "percent", "z", "to_last", "to_reference")
_WIDTHS = {"last": 50, "percent": 46, "z": 44, "to_last": 52, "to_reference": 52}
_FIRST = 3
"""Column of the first read-out; before it stand caption, field and unit."""


class MeasureGrid:
    """Lays the rows of the sheet into one grid, so that all numbers stand in columns."""

    def __init__(self) -> None:
        self.layout = QGridLayout()
        self.layout.setHorizontalSpacing(6)
        self.layout.setVerticalSpacing(1)
        self.layout.setColumnMinimumWidth(0, theme.scaled(80))
        self.layout.setColumnMinimumWidth(2, theme.scaled(80))
        self.layout.setColumnStretch(2, 1)
        self._row = 1
        self.heads: dict[str, QLabel] = {}
        self._cells: dict[str, dict[str, QLabel]] = {}
        self._units: dict[str, QLabel] = {}
        self._captions: dict[str, QLabel] = {}
        words = {
            "last": _tr("Last"),
            "percent": _tr("% pred"),
            "z": _tr("z"),
            "to_last": _tr("to last %"),
            "to_reference": _tr("to ref %"),
        }
        for at, name in enumerate(_READ_OUTS):
            head = _number(words[name])
            head.setProperty("secondary", True)
            head.setFont(theme.font(-1))
            head.setMinimumWidth(theme.scaled(_WIDTHS[name]))
            self.layout.addWidget(head, 0, _FIRST + at)
            self.heads[name] = head

    def add_measure(self, caption: str, field: FormField, unit: str, note: FieldNote) -> None:
        """A row with a narrow field; its message takes the place of the read-outs, so that nothing moves."""
        name = field.objectName()
        self._add_caption(caption, field)
        field.setFont(theme.font(1))
        day = QFontMetrics(theme.font(1)).horizontalAdvance("00.00.0000")
        field.setFixedWidth(max(theme.scaled(88), day + theme.scaled(20)))
        self.layout.addWidget(field, self._row, 1)
        self._units[name] = plain_label(unit, name=f"{name}_unit", secondary=True)
        self.layout.addWidget(self._units[name], self._row, 2)
        cells = {}
        for at, read_out in enumerate(_READ_OUTS):
            cell = _number("")
            cell.setObjectName(f"{name}_{read_out}")
            if read_out == "last":
                cell.setProperty("secondary", True)
            self.layout.addWidget(cell, self._row, _FIRST + at)
            cells[read_out] = cell
        self._cells[name] = cells
        self.layout.addWidget(note, self._row, _FIRST - 1, 1, len(_READ_OUTS) + 1)
        note.hide()
        unit_label = self._units[name]

        def show_one() -> None:
            speaks = field.state in (FieldState.REFUSED, FieldState.UNLIKELY)
            note.setVisible(speaks and not field.isHidden())
            unit_label.setVisible(not speaks)
            for cell in cells.values():
                cell.setVisible(not speaks)

        field.note_changed.connect(show_one)
        self.layout.setRowMinimumHeight(self._row, theme.scaled(26))
        self._row += 1

    def add_wide(self, caption: str, field: FormField, note: FieldNote) -> None:
        """A row whose field takes the whole width; its message stands below it."""
        self._add_caption(caption, field)
        self.layout.addWidget(field, self._row, 1, 1, _FIRST + len(_READ_OUTS) - 1)
        self.layout.addWidget(note, self._row + 1, 1, 1, _FIRST + len(_READ_OUTS) - 1)
        note.setVisible(False)
        field.note_changed.connect(lambda: note.setVisible(bool(note.words())))
        self._row += 2

    def show_row(self, name: str, field: FormField, *, shown: bool) -> None:
        """Show or hide a field with its caption."""
        field.setVisible(shown)
        self._captions[name].setVisible(shown)

    def set_unit(self, name: str, text: str) -> None:
        """The words right of a field."""
        self._units[name].setText(text)

    def set_last(self, name: str, text: str) -> None:
        """The last value of a row."""
        self._cells[name]["last"].setText(text)

    def set_values(
        self, name: str, value: DerivedValue | None, to_last: Decimal | None, to_reference: Decimal | None
    ) -> None:
        """The derived values of a row; empty where nothing can be said."""
        cells = self._cells[name]
        for read_out, text in read_outs(value, to_last).items():
            cells[read_out].setText(text)
        cells["to_reference"].setText(change_words(to_reference))
        for read_out in ("percent", "to_reference"):
            cells[read_out].setFont(theme.font(bold=True))
        why = value.why_not if value is not None else ""
        for cell in cells.values():
            cell.setToolTip(tip(why))

    def texts(self, name: str) -> Sequence[str]:
        """The read-outs of a row from left to right."""
        return tuple(self._cells[name][read_out].text() for read_out in _READ_OUTS)

    def _add_caption(self, caption: str, field: FormField) -> None:
        label = QLabel(caption)
        label.setBuddy(field)
        label.setMinimumHeight(theme.scaled(26))
        top = Qt.AlignmentFlag.AlignVCenter if isinstance(field, Field) else Qt.AlignmentFlag.AlignTop
        self.layout.addWidget(label, self._row, 0, top | Qt.AlignmentFlag.AlignLeft)
        self._captions[field.objectName()] = label


def _number(text: str) -> QLabel:
    label = plain_label(text)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _tr(text: str) -> str:
    return QCoreApplication.translate("MeasureGrid", text)
