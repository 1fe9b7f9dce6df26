"""Haemoglobin in the unit of the site; every text and value outside the field is in g/L, as it is kept."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.entry import EntryError, parse_number
from ctdild_desktop.ui.widgets.fields import NumberField


class HaemoglobinField(NumberField):
    """Typed and shown as the site does. A draft says g/L, so that it stays right when the unit is changed."""

    def __init__(self, name: str, label: str, *, parent: QWidget | None = None) -> None:
        super().__init__(name, label, wording.haemoglobin_unit(), parent=parent)

    def text_value(self) -> str:
        """The number in g/L; what is no number as it was typed."""
        text = super().text_value()
        try:
            return wording.as_typed(wording.in_grams_per_litre(parse_number(text))) if text else ""
        except EntryError:
            return text

    def set_text(self, text: str) -> None:
        """Put in a text that is in g/L."""
        try:
            shown = wording.haemoglobin(parse_number(text)) if text.strip() else ""
        except EntryError:
            shown = text
        super().set_text(shown)
