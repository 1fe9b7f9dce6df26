"""How fast FVC changes: the slope over a stretch of time, before and on a therapy line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.clinical.dates import Precision, add_months
from ctdild_desktop.clinical.derived import decimal
from ctdild_desktop.clinical.records import Patient, Pft, TherapyLine
from ctdild_desktop.clinical.series import fvc_visits

LEAST_TESTS = 3
"""Fewer tests give no slope."""
_BEFORE_MONTHS = 12
_BASELINE_MONTHS = 6
_LAG_DAYS = 28
_YEAR_DAYS = Fraction(1461, 4)


@dataclass(frozen=True, slots=True)
class Slope:
    """A slope with what it rests on."""

    per_year: Decimal
    """In the unit of the points per year of 365.25 days; mL for :func:`line_slopes`."""
    n: int
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class LineSlopes:
    """FVC in mL per year before and on a line; None where there are too few tests."""

    before: Slope | None
    on: Slope | None


def slope(points: Sequence[tuple[dt.date, Decimal]]) -> Slope | None:
    """Ordinary least squares of value on days, in exact rational arithmetic.

    Returns:
        None with fewer than three points or when all lie on one day.
    """
    if len(points) < LEAST_TESTS:
        return None
    ordered = sorted(points)
    origin = ordered[0][0]
    days = [Fraction((day - origin).days) for day, _value in ordered]
    values = [Fraction(value) for _day, value in ordered]
    mean_day, mean_value = (sum(column, Fraction(0)) / len(column) for column in (days, values))
    spread = sum(((day - mean_day) ** 2 for day in days), Fraction(0))
    if spread == 0:
        return None
    shared = sum(
        ((day - mean_day) * (value - mean_value) for day, value in zip(days, values, strict=True)),
        Fraction(0),
    )
    return Slope(decimal(shared / spread * _YEAR_DAYS), len(ordered), origin, ordered[-1][0])


def line_slopes(tests: Sequence[Pft], patient: Patient, line: TherapyLine, as_of: dt.date) -> LineSlopes:
    """FVC in mL per year in the 12 months before a line and on it, from usable tests with litres.

    "On" begins with the latest test of the 6 months up to the start, as baseline, and ends 28 days after the
    stop (the as-of date for a running line). A start known only to the year tells nothing. The figure
    describes the course; it does not say what caused it.
    """
    if line.start.precision is Precision.YEAR:
        return LineSlopes(None, None)
    start = line.start.earliest
    end = min(as_of, line.stop.latest + dt.timedelta(days=_LAG_DAYS)) if line.stop is not None else as_of
    points = [
        (visit.date, decimal(visit.litres * 1000))
        for visit in fvc_visits(tests, patient, as_of)
        if visit.litres is not None
    ]
    before = [point for point in points if add_months(start, -_BEFORE_MONTHS) <= point[0] <= start]
    baseline = [point for point in points if add_months(start, -_BASELINE_MONTHS) <= point[0] <= start][-1:]
    during = [point for point in points if start < point[0] <= end]
    return LineSlopes(slope(before), slope(baseline + during))
