"""How fast FVC changes: the slope over a stretch of time with its interval, before and on a therapy line.

Ordinary least squares with the interval after Student 1908. The stretches before and on a line are decisions
of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

from ctdild_desktop.clinical.dates import Precision, add_months
from ctdild_desktop.clinical.derived import decimal
from ctdild_desktop.clinical.records import Patient, Pft, TherapyLine
from ctdild_desktop.clinical.series import fvc_visits
from ctdild_desktop.clinical.student import quantile

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
    low: Decimal | None = None
    """Lower end of the 95 % confidence interval, in the unit of ``per_year``."""
    high: Decimal | None = None
    at_first: Decimal | None = None
    """Height of the fitted line on the day ``first``, in the unit of the points."""
    at_last: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineSlopes:
    """FVC in mL per year before and on a line; None where there are too few tests."""

    before: Slope | None
    on: Slope | None


def slope(points: Sequence[tuple[dt.date, Decimal]]) -> Slope | None:
    """Ordinary least squares of value on days with the 95 % confidence interval of the slope.

    The slope is exact rational arithmetic: b = Σ(x − x̄)(y − ȳ) / Σ(x − x̄)², times 365.25. The interval is
    b ± t(0.975; n − 2) · s / √Σ(x − x̄)² with s² = Σ(y − ȳ − b(x − x̄))² / (n − 2), Student's t with n − 2
    degrees of freedom (Draper and Smith, Applied Regression Analysis, 3rd ed. 1998, section 1.4). It
    describes the scatter of these tests about a straight line. Points exactly on a line give an interval
    without width; two points lie on a line always and give no slope here.

    Returns:
        None with fewer than three points or when all lie on one day.
    """
    if len(points) < LEAST_TESTS:
        return None
    ordered = sorted(points)
    origin, end = ordered[0][0], ordered[-1][0]
    if origin == end:
        return None
    # In whole numbers: days, and values over one denominator.
    parts = [value.as_integer_ratio() for _day, value in ordered]
    under = lcm(*(part for _top, part in parts))
    xs = [(day - origin).days for day, _value in ordered]
    ys = [top * (under // part) for top, part in parts]
    n, sum_x, sum_y = len(ordered), sum(xs), sum(ys)
    n_xx = n * sum(x * x for x in xs) - sum_x**2
    n_xy = n * sum(x * y for x, y in zip(xs, ys, strict=True)) - sum_x * sum_y
    n_yy = n * sum(y * y for y in ys) - sum_y**2
    a_year = Fraction(n_xy, n_xx * under) * _YEAR_DAYS
    spread = Fraction(n_xx, n) / _YEAR_DAYS**2
    left = (n_yy - Fraction(n_xy**2, n_xx)) / (n * under**2)
    freedom = n - 2
    half = Decimal(repr(quantile(0.975, freedom))) * decimal(left / freedom / spread).sqrt()
    per_year = decimal(a_year)
    at_first = Fraction(sum_y * n_xx - n_xy * sum_x, n * n_xx * under)
    return Slope(
        per_year,
        n,
        origin,
        end,
        low=per_year - half,
        high=per_year + half,
        at_first=decimal(at_first),
        at_last=decimal(at_first + Fraction(n_xy * xs[-1], n_xx * under)),
    )


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
