"""The course of one measure in each patient, and which of its visits an analysis takes.

Months in windows are calendar months; a month in a change at k months has 8 weeks either side. Windows are
decisions of the registry unless a source is named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from ctdild_desktop.clinical.dates import add_months

EITHER_SIDE = dt.timedelta(days=56)
"""How far from its month a follow-up visit may lie."""
BASELINE_MONTHS = 6
"""How long before the start of a drug its baseline may lie."""


class Visit(NamedTuple):
    """One usable visit: the day, and the value in the unit of the measure."""

    date: dt.date
    value: Decimal
    exact: Fraction | None = None
    """The value where it has more than 28 digits; limits are decided on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The usable visits of one patient on one scale, oldest first."""

    patient: str
    """Id of the patient."""
    visits: tuple[Visit, ...]
    zero: dt.date | None = None
    """Time zero of the analysis; None for the first visit."""
    group: str = ""
    """What the patient is compared by, where something is."""

    @property
    def baseline(self) -> Visit | None:
        """The first visit on or after time zero."""
        return next((visit for visit in self.visits if self.zero is None or visit.date >= self.zero), None)

    @property
    def later(self) -> tuple[Visit, ...]:
        """The visits after the baseline."""
        start = self.baseline
        return () if start is None else tuple(visit for visit in self.visits if visit.date > start.date)


@dataclass(frozen=True, slots=True)
class Change:
    """From one visit to another."""

    before: Visit
    after: Visit

    @property
    def absolute(self) -> Fraction:
        """In the unit of the measure, exact; negative for a loss."""
        return _exact(self.after) - _exact(self.before)

    @property
    def relative(self) -> Fraction | None:
        """In per cent of the value before, exact; None of nothing."""
        before = _exact(self.before)
        return (_exact(self.after) - before) / before * 100 if before > 0 else None


def _exact(visit: Visit) -> Fraction:
    return Fraction(visit.value) if visit.exact is None else visit.exact


def nearest(visits: Iterable[Visit], day: dt.date, first: dt.date, last: dt.date) -> Visit | None:
    """The visit nearest to a day of those within a window, both ends inside; of two the earlier."""
    inside = [visit for visit in visits if first <= visit.date <= last]
    return min(inside, key=lambda visit: (abs(visit.date - day), visit.date), default=None)


def change_at(course: Course, months: int) -> Change | None:
    """From the baseline to the visit nearest to so many months later, within 8 weeks of it."""
    return change_from(course.baseline, course.visits, months)


def change_from(start: Visit | None, visits: Iterable[Visit], months: int) -> Change | None:
    """From one visit to the visit nearest to so many months later, within 8 weeks of it."""
    if start is None:
        return None
    day = add_months(start.date, months)
    later = (visit for visit in visits if visit.date > start.date)
    after = nearest(later, day, day - EITHER_SIDE, day + EITHER_SIDE)
    return None if after is None else Change(start, after)


def drug_baseline(visits: Iterable[Visit], start: dt.date, months: int = BASELINE_MONTHS) -> Visit | None:
    """The latest visit within some months up to the start of a drug, its day included."""
    inside = [visit for visit in visits if add_months(start, -months) <= visit.date <= start]
    return max(inside, default=None)


def around(visits: tuple[Visit, ...], start: dt.date) -> tuple[Change | None, Change | None]:
    """The change before and the change after a drug's start, each against the baseline at the start.

    Before: from the visit nearest to 9 months before, 6 to 12 months before. After: to the visit nearest to 9
    months after, 6 to 12 months after. The 6 to 12 months are those of Keir et al., Respirology 2014;19:353.
    """
    baseline = drug_baseline(visits, start)
    if baseline is None:
        return None, None
    before_it = [visit for visit in visits if visit.date < baseline.date]
    earlier = nearest(before_it, add_months(start, -9), add_months(start, -12), add_months(start, -6))
    later = nearest(visits, add_months(start, 9), add_months(start, 6), add_months(start, 12))
    before = Change(earlier, baseline) if earlier is not None else None
    return before, Change(baseline, later) if later is not None else None
