"""A count: a number without decimals."""

from __future__ import annotations

from ctdild_desktop.clinical.entry import EntryError, parse_number
from ctdild_desktop.ui.widgets.fields import Field, NumberField


class WholeField(NumberField):
    """A whole number of nights, cycles or the like; empty means not recorded."""

    def count(self) -> int | None:
        """The count, or None when empty; raises EntryError when the text is no whole number."""
        text = self.text_value()
        if not text:
            return None
        number = parse_number(text)
        if number != number.to_integral_value():
            raise EntryError("A whole number is needed.")
        return int(number)

    def problem(self) -> str:
        """Why the text is no whole number."""
        try:
            self.count()
        except EntryError as error:
            return str(error)
        return Field.problem(self)
