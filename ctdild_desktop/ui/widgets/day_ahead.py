"""A day that is still to come, typed in few letters."""

from __future__ import annotations

import datetime as dt

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.entry import EntryError, parse_day_ahead
from ctdild_desktop.ui.widgets.fields import DateField


class DayAheadField(DateField):
    """A coming day: ``+14``, ``20.3`` for the next 20 March, or a full date."""

    def value(self) -> dt.date | None:
        """The day, or None when empty; raises EntryError when the text is no date."""
        text = self.text_value()
        month_first = wording.style().date.startswith("mm")
        return parse_day_ahead(text, today=self._today(), month_first=month_first) if text else None

    def problem(self) -> str:
        """Why the text is no date."""
        try:
            self.value()
        except EntryError as error:
            return str(error)
        return ""
