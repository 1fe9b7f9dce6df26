"""The axes that the pictures of an analysis share: round ticks, whole numbers for categories."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ctdild_desktop.clinical.wording import number, signed
from ctdild_desktop.figures.chart import Axis, Tick
from ctdild_desktop.figures.layout import round_step
from ctdild_desktop.language import say

MOST_TICKS = 6
_YEAR = 365.25
_LONG = 730
"""Days; what is longer is shown in years."""


def value_axis(
    label: str,
    values: Iterable[float],
    *,
    least_span: float,
    from_zero: bool = False,
    change: bool = False,
    most: int = MOST_TICKS,
) -> Axis:
    """An axis that holds all values with round ticks at its ends and between.

    Args:
        label: what is measured, with its unit.
        least_span: it is never shorter, so that noise does not look like a course.
        from_zero: zero is on it.
        change: ticks above zero have their sign.
    """
    held = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(held), max(held)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    lacking = least_span - (high - low)
    if lacking > 0:
        below = 0.0 if from_zero and low == 0 else lacking if from_zero and high == 0 else lacking / 2
        low, high = low - below, high + lacking - below
    step = round_step(high - low, most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    told = signed if change else number
    at = [round(index * step, 10) for index in range(first, last + 1)]
    return Axis(label, at[0], at[-1], tuple(Tick(value, told(value, places)) for value in at))


def beyond(limit: float) -> tuple[float, float]:
    """Values a little outside a limit to both sides, so that its guide is not the edge of the picture."""
    return -1.1 * limit, 1.1 * limit


def category_axis(names: Sequence[str], *, label: str = "", downward: bool = True) -> Axis:
    """An axis of categories, the first at 1."""
    ticks = tuple(Tick(float(place), name) for place, name in enumerate(names, start=1))
    return Axis(label, 0.5, max(len(names), 1) + 0.5, ticks, downward=downward)


def time_axis(days: float, zero: str) -> tuple[Axis, float]:
    """An axis of time that holds so many days from time zero, and the days of its unit: years, or months."""
    if days > _LONG:
        axis = value_axis(
            say("years since {zero}", zero=zero), (0.0, days / _YEAR), least_span=1.0, from_zero=True
        )
        return axis, _YEAR
    months = max(days * 12 / _YEAR, 3.0)
    step = next((one for one in (1, 2, 3) if months / one <= MOST_TICKS), 6)
    count = max(1, math.ceil(months / step - 1e-9))
    ticks = tuple(Tick(float(at * step), str(at * step)) for at in range(count + 1))
    return Axis(say("months since {zero}", zero=zero), 0.0, float(count * step), ticks), _YEAR / 12
