"""Rows of results in columns that stand below one another, with the words on a field below its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.widgets.field_note import FieldNote
from ctdild_desktop.ui.widgets.fields import FieldState
from ctdild_desktop.ui.widgets.plain import tip

_SPEAKING = (FieldState.REFUSED, FieldState.UNLIKELY)


class ResultGrid(QWidget):
    """A caption, then what a row consists of. A note is made when its field first has something to say."""

    def __init__(
        self,
        widths: Sequence[int],
        heads: Sequence[str],
        make_note: Callable[[FormField], FieldNote],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._make_note = make_note
        self._row = 0
        self._columns = len(widths)
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(6)
        self.grid.setVerticalSpacing(1)
        self._widths = [theme.scaled(width) for width in widths]
        for column, width in enumerate(self._widths):
            self.grid.setColumnMinimumWidth(column, width)
        self.grid.setColumnStretch(self._columns - 1, 1)
        if any(heads):
            for column, text in enumerate(heads):
                head = plain_label(text, secondary=True)
                head.setFont(theme.font(-1))
                self.grid.addWidget(head, 0, column)
            self._row = 1

    def add_group(self, title: str) -> None:
        """A quiet heading between rows."""
        label = plain_label(title, bold=0)
        label.setContentsMargins(0, 5, 0, 0)
        self.grid.addWidget(label, self._row, 0, 1, self._columns)
        self._row += 1

    def add_row(
        self, caption: str | FormField, parts: Sequence[FormField | QLabel | None], hint: str = ""
    ) -> None:
        """A row: its caption (or a field in its place) and one part for each further column."""
        row = self._row
        self._row += 1 + len(parts) + 1
        if isinstance(caption, str):
            label = plain_label(caption)
            label.setToolTip(tip(hint or caption))
            label.setMaximumWidth(self._widths[0])
            self.grid.addWidget(label, row, 0)
            first = next((part for part in parts if part is not None), None)
            if isinstance(label, QLabel) and first is not None:
                label.setBuddy(first)
        else:
            self._place(caption, row, 0, row + 1)
        for column, part in enumerate(parts, start=1):
            if part is not None:
                self._place(part, row, column, row + 1 + column)

    def _place(self, part: FormField | QLabel, row: int, column: int, note_row: int) -> None:
        if isinstance(part, QLabel):
            self.grid.addWidget(part, row, column)
            return
        part.setFixedWidth(self._widths[column])
        self.grid.addWidget(part, row, column)
        notes: list[FieldNote] = []

        def tell() -> None:
            if not notes and part.state in _SPEAKING:
                notes.append(self._make_note(part))
                notes[0].set_read_out("")
                self.grid.addWidget(notes[0], note_row, 1, 1, self._columns - 1)
            for note in notes:
                note.setVisible(part.state in _SPEAKING)

        part.note_changed.connect(tell)


def read_out(name: str, *, secondary: bool = False, right: bool = False) -> QLabel:
    """An empty label of a row, to be filled as results are typed."""
    label = plain_label(name=name, secondary=secondary)
    if right:
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label
