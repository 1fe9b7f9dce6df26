"""The fields of a test that are folded away, in two columns with the words below each."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.pft.pft_fields import more_fields
from ctdild_desktop.ui.widgets.field_note import FieldNote


class MoreFields(QWidget):
    """Lays out what the laboratory may also give; the sheet takes the fields into its order and checks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: list[FormField] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 6)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        for at, (caption, field) in enumerate(more_fields()):
            row, column = divmod(at, 2)
            label = QLabel(caption)
            label.setBuddy(field)
            self._grid.addWidget(label, 2 * row, 2 * column)
            self._grid.addWidget(field, 2 * row, 2 * column + 1)
            self.fields.append(field)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)

    def add_note(self, field: FormField, note: FieldNote) -> None:
        """Put the words of a field below it; they take room only while there are any."""
        row, column = divmod(self.fields.index(field), 2)
        note.hide()
        self._grid.addWidget(note, 2 * row + 1, 2 * column, 1, 2)
        field.note_changed.connect(lambda: note.setVisible(bool(note.words())))
