"""Calendar arithmetic of the clinical rules, and dates known only to the month or the year.

The month arithmetic and the closed windows follow the rule that the registry's criteria share:
some months before or after a day is the same day of that month, or its last day where it is shorter. The
publications say "months" without more; this reading is a decision of the registry.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_ISO_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")


class Precision(StrEnum):
    """How exactly a clinical date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, the month or the year, as clinical memory has it.

    Raises:
        ValueError: the parts are not a date, or a day is given without a month.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day needs a month")
        dt.date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def of(cls, date: dt.date) -> PartialDate:
        """The partial date that is exactly this day."""
        return cls(date.year, date.month, date.day)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read ``2019``, ``2019-03`` or ``2019-03-12``; raises ValueError for anything else."""
        found = _ISO_PARTIAL.match(text.strip())
        if found is None:
            raise ValueError(f"not a date: {text!r}")
        year, month, day = found.groups()
        return cls(int(year), int(month) if month else None, int(day) if day else None)

    @property
    def precision(self) -> Precision:
        """How exactly the date is known."""
        if self.day is not None:
            return Precision.DAY
        return Precision.MONTH if self.month is not None else Precision.YEAR

    @property
    def exact(self) -> dt.date | None:
        """The day, when it is known; else None, never a guess."""
        if self.month is None or self.day is None:
            return None
        return dt.date(self.year, self.month, self.day)

    @property
    def earliest(self) -> dt.date:
        """The first day that the date may mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> dt.date:
        """The last day that the date may mean."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def middle(self) -> dt.date:
        """The day half way between the earliest and the latest; of two such days the earlier."""
        return self.earliest + (self.latest - self.earliest) // 2

    def __str__(self) -> str:
        if self.month is None:
            return f"{self.year:04d}"
        if self.day is None:
            return f"{self.year:04d}-{self.month:02d}"
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"


@lru_cache(maxsize=4096)
def add_months(date: dt.date, months: int) -> dt.date:
    """The date ``months`` later (earlier when negative), clipped to the month's last day."""
    index = date.year * 12 + date.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def months_between(first: dt.date, last: dt.date) -> int:
    """Completed calendar months from ``first`` to ``last``."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if add_months(first, months) <= last else months - 1


def completed_years(birth: dt.date, on: dt.date) -> int:
    """Age in completed years."""
    return months_between(birth, on) // 12
