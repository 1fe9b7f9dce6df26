"""Exposure to drugs, adverse events per 100 patient-years with an exact interval, and small counts.

A line exposes from its start (included) to its stop (excluded) and 28 days more; each rituximab infusion
exposes for 274 days. Intervals of one drug are merged, an open line ends on the as-of date or the date of
death. Years are days / 365.25. The interval of a rate is Garwood's: Garwood F, Biometrika 1936;28:437.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import AdverseEvent, TherapyLine

DAYS_PER_YEAR = Fraction(36525, 100)
RELATED = frozenset({"certain", "probable", "possible"})
"""WHO-UMC categories that reports count as related."""
SMALL_COUNT = 5
_DIGITS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureSettings:
    """How long a drug is taken to act after it was given; the defaults are this program's choice."""

    rituximab_days: int = 274
    """After each infusion: 274 days (9 months), or 183 (6 months)."""
    washout_days: int = 28
    """After the stop of any other line."""


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Days from ``start`` (included) to ``stop`` (excluded)."""

    start: dt.date
    stop: dt.date

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.stop - self.start).days

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies inside."""
        return self.start <= day < self.stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The exposure of one patient to one drug."""

    drug: str
    intervals: tuple[Interval, ...] = ()
    """Merged, oldest first."""
    untold: tuple[str, ...] = ()
    """Ids of lines left out because a date of theirs is not known to the day, or an infusion is missing."""

    @property
    def days(self) -> int:
        """All exposed days."""
        return sum(interval.days for interval in self.intervals)

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies in the exposure: what an event's onset is attributed by."""
        return any(interval.holds(day) for interval in self.intervals)

    def covers(self, day: PartialDate) -> bool | None:
        """Whether every possible day of a date lies in the exposure; None when only some do."""
        return _covered(self.intervals, day)


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Intervals without overlap, oldest first; those that touch become one, empty ones vanish."""
    made: list[Interval] = []
    for interval in sorted(one for one in intervals if one.days > 0):
        if made and interval.start <= made[-1].stop:
            made[-1] = Interval(made[-1].start, max(made[-1].stop, interval.stop))
        else:
            made.append(interval)
    return tuple(made)


def exposure_of(
    lines: Iterable[TherapyLine],
    drug: str,
    as_of: dt.date,
    *,
    death: PartialDate | None = None,
    settings: ExposureSettings | None = None,
) -> Exposure:
    """A patient's exposure to a drug up to a date (decisions of this registry).

    The as-of date itself is not counted, nor is the date of death; a death not known to the day ends exposure
    on its first possible day. A line whose start or stop is not known to the day is left out and named.
    """
    chosen = settings or ExposureSettings()
    end = as_of if death is None else min(as_of, death.earliest)
    found: list[Interval] = []
    untold: list[str] = []
    for line in lines:
        if line.drug != drug:
            continue
        spans = _infused(line, end, chosen) if drug == "rituximab" else _taken(line, end, chosen)
        if spans is None:
            untold.append(line.id)
        else:
            found += spans
    return Exposure(drug=drug, intervals=merged(found), untold=tuple(untold))


def _infused(line: TherapyLine, end: dt.date, settings: ExposureSettings) -> list[Interval] | None:
    if not line.infusions:
        return None
    lasts = dt.timedelta(days=settings.rituximab_days)
    return [Interval(given.date, min(given.date + lasts, end)) for given in line.given_infusions]


def _taken(line: TherapyLine, end: dt.date, settings: ExposureSettings) -> list[Interval] | None:
    start = line.start.exact
    if start is None or (line.stop is not None and line.stop.exact is None):
        return None
    stop = line.stop.exact if line.stop is not None else None
    last = end if stop is None else min(end, stop + dt.timedelta(days=settings.washout_days))
    return [Interval(start, last)]


def person_years(days: int) -> Fraction:
    """Years of so many days: days / 365.25."""
    return days / DAYS_PER_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Events per 100 patient-years with the exact 95 % interval; no rate without exposure."""

    events: int
    years: Fraction
    per_100: Fraction | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def exposed(self) -> bool:
        """Whether there was any exposure to count in."""
        return self.per_100 is not None

    @property
    def ci95(self) -> tuple[float, float] | None:
        """Both ends of the interval, per 100 patient-years; None without exposure."""
        return None if self.low is None or self.high is None else (float(self.low), float(self.high))


def rate(events: int, years: Fraction) -> Rate:
    """Events per 100 patient-years with Garwood's exact 95 % interval (Biometrika 1936;28:437).

    No events have the two-sided interval too: from 0 to 3.689 events. Without exposure there is no rate.

    Raises:
        ValueError: a count or a time is negative.
    """
    if events < 0 or years < 0:
        raise ValueError("events and years cannot be negative")
    if years == 0:
        return Rate(events=events, years=years)
    low, high = garwood(events)
    with localcontext(prec=_DIGITS):
        scale = Decimal(100 * years.denominator) / Decimal(years.numerator)
        bounds = low * scale, high * scale
    return Rate(events=events, years=years, per_100=100 * events / years, low=bounds[0], high=bounds[1])


@cache
def garwood(events: int, tail: Decimal = Decimal("0.025")) -> tuple[Decimal, Decimal]:
    """The exact two-sided interval of a Poisson mean from a count (Garwood 1936), to about 20 digits.

    The lower end is the mean under which so many events or more have the probability ``tail``, the upper end
    that under which so many or fewer have it; these are half of chi-square quantiles with 2d and 2d + 2
    degrees of freedom. Both are found by halving on the exact sum of Poisson terms.
    """
    if events < 0:
        raise ValueError("a count cannot be negative")
    with localcontext(prec=_DIGITS):
        spread = 12 * Decimal(events + 1).sqrt() + 12
        high = _halved(events, tail, Decimal(events), events + spread)
        if events == 0:
            return Decimal(0), high
        low = _halved(events - 1, 1 - tail, max(Decimal(0), events - spread), Decimal(events))
        return low, high


def _halved(events: int, wanted: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """The mean at which ``events`` or fewer have the wanted probability; it falls as the mean grows."""
    for _step in range(90):
        middle = (low + high) / 2
        if _at_most(events, middle) > wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(events: int, mean: Decimal) -> Decimal:
    """The Poisson probability of so many events or fewer."""
    term = total = (-mean).exp()
    for count in range(1, events + 1):
        term = term * mean / count
        total += term
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCount:
    """One patient's contribution to a table of rates for one drug."""

    days: int
    """All exposed days."""
    events: tuple[AdverseEvent, ...]
    """Events with their onset in the exposure."""
    days_to_first: int
    """Exposed days up to the first event, its day not counted; all exposed days when there is none."""
    undated: tuple[AdverseEvent, ...] = ()
    """Events whose onset is not known to the day, where that matters."""


def count_patient(
    exposure: Exposure, events: Iterable[AdverseEvent], *, related: bool = False
) -> PatientCount:
    """The events of a patient that fall in an exposure, whatever the cause; or those judged related only.

    Related is certain, probable or possible by WHO-UMC. An event is attributed by its onset; one that is not
    known to the day counts when every possible day lies inside, and is set apart when only some do.
    """
    inside: list[AdverseEvent] = []
    undated: list[AdverseEvent] = []
    first: dt.date | None = None
    for event in events:
        if related and event.causality not in RELATED:
            continue
        covered = _covered(exposure.intervals, event.onset)
        if covered is None:
            undated.append(event)
        elif covered:
            inside.append(event)
            first = event.onset.earliest if first is None else min(first, event.onset.earliest)
    before = exposure.days if first is None else _days_until(exposure.intervals, first)
    return PatientCount(
        days=exposure.days, events=tuple(inside), days_to_first=before, undated=tuple(undated)
    )


def _covered(intervals: Sequence[Interval], onset: PartialDate) -> bool | None:
    after = onset.latest + dt.timedelta(days=1)
    if any(one.start <= onset.earliest and after <= one.stop for one in intervals):
        return True
    touched = any(one.start < after and onset.earliest < one.stop for one in intervals)
    return None if touched else False


def _days_until(intervals: Sequence[Interval], day: dt.date) -> int:
    return sum(max(0, (min(one.stop, day) - one.start).days) for one in intervals)


def pooled(counts: Iterable[PatientCount]) -> tuple[Rate, Rate]:
    """The rate of all events and the rate of first events of several patients, each per 100 patient-years."""
    known = list(counts)
    every = rate(sum(len(one.events) for one in known), person_years(sum(one.days for one in known)))
    firsts = sum(1 for one in known if one.events)
    return every, rate(firsts, person_years(sum(one.days_to_first for one in known)))


def small_count(count: int) -> str:
    """A count as it may leave the clinic: 1 to 4 are written ``< 5``."""
    return f"< {SMALL_COUNT}" if 1 <= count < SMALL_COUNT else str(count)
