"""Which period an entry belongs to. A date that is not exact enough for the answer has none, and says so.

Calendar years, halves and quarters; a decision of the registry.
"""

from __future__ import annotations

import datetime as dt
from array import array
from dataclasses import dataclass

from ctdild_desktop.clinical.quality.lines import Entries
from ctdild_desktop.language import say

PARTS = {"year": 1, "half": 2, "quarter": 4}
"""How many periods a year has, by the name of the division."""
VAGUE, UNDECIDED, OUTSIDE = -1, -2, -3
"""Places of entries without a period: within the report, not known whether within it, outside it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The span that is reported, both days included (None: open), and how it is divided.

    Raises:
        ValueError: the division is not one of :data:`PARTS`, or the last day lies before the first.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    by: str = ""

    def __post_init__(self) -> None:
        if self.by and self.by not in PARTS:
            raise ValueError(f"not a division of the year: {self.by!r}")
        if self.since is not None and self.until is not None and self.until < self.since:
            raise ValueError("the last day lies before the first")


def period_of(day: dt.date, by: str) -> int:
    """The number of the period of a day; 0 without a division. Periods that follow one another are numbered
    one after the other.
    """
    parts = PARTS.get(by)
    return 0 if parts is None else day.year * parts + (day.month - 1) * parts // 12


def key_of(period: int, by: str) -> str:
    """A period as data has it: ``2025``, ``2025-H1``, ``2025-Q3``; empty for the dates that are not exact."""
    if period < 0 or by not in PARTS:
        return ""
    year, part = divmod(period, PARTS[by])
    return {"year": f"{year}", "half": f"{year}-H{part + 1}", "quarter": f"{year}-Q{part + 1}"}[by]


def words_of(period: int, by: str) -> str:
    """A period in words."""
    if period < 0:
        return say("no exact date")
    if by not in PARTS:
        return say("whole period")
    year, part = divmod(period, PARTS[by])
    if by == "half":
        return say("{year}, half-year {n}", year=year, n=part + 1)
    return say("{year}, quarter {n}", year=year, n=part + 1) if by == "quarter" else str(year)


def places_of(entries: Entries, asked: Asked) -> array[int]:
    """The period of each entry, or why it has none."""
    since = asked.since.toordinal() if asked.since is not None else 1
    until = asked.until.toordinal() if asked.until is not None else dt.date.max.toordinal()
    bounded = asked.since is not None or asked.until is not None
    known: dict[tuple[int, int], int] = {}
    found = array("i")
    for days in zip(entries.first, entries.last, strict=True):
        place = known.get(days)
        if place is None:
            place = known[days] = _place(*days, since=since, until=until, bounded=bounded, by=asked.by)
        found.append(place)
    return found


def _place(first: int, last: int, *, since: int, until: int, bounded: bool, by: str) -> int:
    if not first:
        return UNDECIDED if bounded else VAGUE if by else 0
    if last < since or first > until:
        return OUTSIDE
    if first < since or last > until:
        return UNDECIDED
    periods = {period_of(dt.date.fromordinal(day), by) for day in (first, last)}
    return periods.pop() if len(periods) == 1 else VAGUE
