"""When a check opens, is due and is overdue: the calendar of the due list.

Months are calendar months, days and weeks are exact. The window of a rule with a single interval opens 7 days
before the due day (intervals up to 31 days) or 14 days before (longer ones); a check that is due becomes
overdue after 3 days of grace (intervals up to 31 days) or 14 days (longer ones). These widths are decisions
of the registry and can be edited in the rule table; the intervals themselves carry their own source there.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.language import say, say_n

_INTERVAL = re.compile(r"(\d{1,3})([dwmy])\Z")
_DAYS = {"d": 1, "w": 7}
_MONTHS = {"m": 1, "y": 12}
SHORT_DAYS = 31


class State(StrEnum):
    """Where an item of the due list stands on a day, or what kind of statement it is."""

    OVERDUE = "OVERDUE"
    NEVER_DONE = "NEVER_DONE"
    WARNING = "WARNING"
    DUE = "DUE"
    PROMPT = "PROMPT"
    RECOMMEND = "RECOMMEND"
    CONSIDER = "CONSIDER"
    WINDOW_OPEN = "WINDOW_OPEN"
    CANNOT_ASSESS = "CANNOT_ASSESS"
    NOT_DUE = "NOT_DUE"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True, slots=True)
class Interval:
    """A length of calendar time: ``14d``, ``12w``, ``3m`` or ``2y``."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Interval:
        """Read an interval; raises ValueError for anything else."""
        found = _INTERVAL.match(text.strip())
        if found is None:
            raise ValueError(f"not an interval like 14d, 12w, 3m or 1y: {text!r}")
        return cls(int(found[1]), found[2])

    def after(self, date: dt.date) -> dt.date:
        """The day this much later; months keep the day number or take the month's last day."""
        if self.unit in _MONTHS:
            return add_months(date, self.count * _MONTHS[self.unit])
        return date + dt.timedelta(days=self.count * _DAYS[self.unit])

    def before(self, date: dt.date) -> dt.date:
        """The day this much earlier."""
        return Interval(-self.count, self.unit).after(date)

    @property
    def short(self) -> bool:
        """Whether the interval is at most 31 days; one month is."""
        if self.unit in _MONTHS:
            return self.count * _MONTHS[self.unit] <= 1
        return self.count * _DAYS[self.unit] <= SHORT_DAYS

    def __str__(self) -> str:
        return {
            "d": say_n("{n} day", "{n} days", self.count),
            "w": say_n("{n} week", "{n} weeks", self.count),
            "m": say_n("{n} month", "{n} months", self.count),
            "y": say_n("{n} year", "{n} years", self.count),
        }[self.unit]


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the greatest interval of a rule; equal when the source gives one number."""

    least: Interval
    most: Interval

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read ``3m-6m`` or ``12m``; raises ValueError for anything else, or when the parts are reversed."""
        first, dash, last = text.partition("-")
        span = cls(Interval.parse(first), Interval.parse(last if dash else first))
        day = dt.date(2001, 1, 1)
        if span.least.after(day) > span.most.after(day):
            raise ValueError(f"the shorter interval comes first: {text!r}")
        return span

    def __str__(self) -> str:
        if self.least == self.most:
            return str(self.most)
        if self.least.unit == self.most.unit:
            return say("{low} to {high}", low=self.least.count, high=self.most)
        return say("{low} to {high}", low=self.least, high=self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The window of one check. ``never``: no result is on record, and ``due`` is the anchor date."""

    opens: dt.date
    due: dt.date
    grace: int
    """Days after ``due`` on which the check is still due and not yet overdue."""
    last: dt.date | None = None
    never: bool = False


def grace_days(interval: Interval) -> int:
    """Days of grace after the due day: 3 up to 31 days, else 14."""
    return 3 if interval.short else 14


def window_after(last: dt.date, span: Span, grace: int | None = None) -> Timing:
    """The window that follows a check: opens after the least interval, is due after the greatest."""
    due = span.most.after(last)
    opens = span.least.after(last)
    if span.least == span.most:
        opens = due - dt.timedelta(days=7 if span.most.short else 14)
    return Timing(opens=opens, due=due, grace=grace_days(span.most) if grace is None else grace, last=last)


def never_done(anchor: dt.date) -> Timing:
    """The window of a check without any result: due since the anchor date."""
    return Timing(opens=anchor, due=anchor, grace=0, never=True)


def state_on(timing: Timing, day: dt.date) -> State:
    """Where a check stands on a day."""
    if timing.never:
        return State.NEVER_DONE if day >= timing.due else State.NOT_DUE
    if day < timing.opens:
        return State.NOT_DUE
    if day < timing.due:
        return State.WINDOW_OPEN
    return State.DUE if (day - timing.due).days <= timing.grace else State.OVERDUE


def days_overdue(timing: Timing, day: dt.date) -> int:
    """Days since the due day; 0 before it."""
    return max((day - timing.due).days, 0)
