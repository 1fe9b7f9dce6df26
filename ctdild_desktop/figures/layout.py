"""Where things stand in a picture: dates to x, round ticks, labels that keep apart, marks that merge.

Lengths are in whatever unit the caller draws in (pixels on screen, points on paper). The screen and the paper
use the same functions, so that both place the same things alike.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MERGE_REACH = 16.0
"""More than two marks within this width are drawn as one, with their number."""

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DateAxis:
    """A straight line from dates to x.

    Raises:
        ValueError: the end is not after the start.
    """

    start: dt.date
    end: dt.date
    left: float
    right: float

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a date axis needs an end after its start")

    @property
    def per_day(self) -> float:
        """Length of one day."""
        return (self.right - self.left) / (self.end - self.start).days

    def x(self, date: dt.date) -> float:
        """Where a date stands; outside of ``left`` to ``right`` for a date that is not shown."""
        return self.left + (date - self.start).days * self.per_day

    def date(self, x: float) -> dt.date:
        """The day nearest to an x."""
        return self.start + dt.timedelta(days=round((x - self.left) / self.per_day))

    def shows(self, date: dt.date) -> bool:
        """Whether a date lies on the axis."""
        return self.start <= date <= self.end

    def clip(self, first: dt.date, last: dt.date) -> tuple[float, float] | None:
        """The part of a span that is shown, as two x; None when none of it is."""
        if last < self.start or first > self.end:
            return None
        return self.x(max(first, self.start)), self.x(min(last, self.end))


@dataclass(frozen=True, slots=True)
class GridDate:
    """A vertical of the grid; ``major`` for the first of January."""

    date: dt.date
    major: bool


@dataclass(frozen=True, slots=True)
class AxisLabel:
    """A text below the axis, centred on x."""

    x: float
    text: str


def grid_dates(axis: DateAxis) -> tuple[GridDate, ...]:
    """The verticals: quarters when a year is wide, half-years, or years alone when the axis is crowded."""
    year = axis.per_day * 365.25
    step = 3 if year >= 240 else 6 if year >= 24 else 12
    dates = []
    for number in range(axis.start.year, axis.end.year + 1):
        for month in range(1, 13, step):
            date = dt.date(number, month, 1)
            if axis.start < date < axis.end:
                dates.append(GridDate(date, month == 1))
    return tuple(dates)


def year_labels(axis: DateAxis, width: float) -> tuple[AxisLabel, ...]:
    """The years, each centred on the part of it that is shown, as many as stand apart.

    ``width`` is the width of four digits with the space around them.
    """
    labels: list[AxisLabel] = []
    for number in range(axis.start.year, axis.end.year + 1):
        shown = axis.clip(dt.date(number, 1, 1), dt.date(number + 1, 1, 1) - _DAY)
        if shown is None or shown[1] - shown[0] < width * 0.6:
            continue
        middle = min(max((shown[0] + shown[1]) / 2, axis.left + width / 2), axis.right - width / 2)
        if not labels or middle - labels[-1].x >= width:
            labels.append(AxisLabel(middle, str(number)))
    return tuple(labels)


def round_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5, 10 ... (and their tenths) that divides a span into at most ``most`` parts."""
    if span <= 0 or most < 1:
        raise ValueError("a step needs a positive span and at least one part")
    power = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1.0, 2.0, 5.0, 10.0):
        if span / (factor * power) <= most + 1e-9:
            return factor * power
    return 10.0 * power


def value_ticks(
    values: Iterable[float], *, step: float, least_span: float, most: int = 6
) -> tuple[float, float, tuple[float, ...]]:
    """Ends and ticks of a vertical axis that holds all values and is never shorter than ``least_span``.

    The step grows to the next round one when ticks would be more than ``most`` and one.
    """
    shown = list(values)
    if not shown:
        raise ValueError("an axis needs a value")
    low, high = min(shown), max(shown)
    if (high - low) / step > most:
        step = max(step, round_step(high - low, most))
    first, last = math.floor(low / step), math.ceil(high / step)
    least = math.ceil(least_span / step - 1e-9)
    while last - first < least:
        if (low - first * step <= last * step - high and first > 0) or low < 0:
            first -= 1
        else:
            last += 1
    return first * step, last * step, tuple(round(index * step, 10) for index in range(first, last + 1))


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> tuple[float, ...]:
    """Centres of labels in a column, near to where they belong, in that order, never overlapping.

    When all of them together are longer than the column, they are stacked from ``low`` on.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    edge = low
    for index in order:
        placed[index] = max(wanted[index], edge + sizes[index] / 2)
        edge = placed[index] + sizes[index] / 2
    edge = high
    for index in reversed(order):
        placed[index] = min(placed[index], edge - sizes[index] / 2)
        edge = placed[index] - sizes[index] / 2
    if order and edge < low:
        edge = low
        for index in order:
            placed[index] = edge + sizes[index] / 2
            edge += sizes[index]
    return tuple(placed)


@dataclass(frozen=True, slots=True)
class Mark:
    """One drawn mark: where, and which of the given ones it stands for (more than one: ``×n``)."""

    x: float
    members: tuple[int, ...]


def merge_marks(positions: Sequence[float], reach: float = MERGE_REACH) -> tuple[Mark, ...]:
    """Merge marks of which more than two stand within ``reach``; two neighbours are both drawn."""
    order = sorted(range(len(positions)), key=lambda index: (positions[index], index))
    marks: list[Mark] = []
    at = 0
    while at < len(order):
        first = positions[order[at]]
        group = [index for index in order[at:] if positions[index] - first <= reach]
        if len(group) <= 2:
            group = group[:1]
        marks.append(Mark(sum(positions[index] for index in group) / len(group), tuple(group)))
        at += len(group)
    return tuple(marks)


class Box(NamedTuple):
    """An upright rectangle; y may grow upward or downward, ``y0`` is the smaller."""

    x0: float
    y0: float
    x1: float
    y1: float

    def meets(self, other: Box) -> bool:
        """Whether two boxes have an area in common."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def inside(self, other: Box, slack: float = 0.0) -> bool:
        """Whether this box lies within the other, give or take ``slack``."""
        return (
            self.x0 >= other.x0 - slack
            and self.x1 <= other.x1 + slack
            and self.y0 >= other.y0 - slack
            and self.y1 <= other.y1 + slack
        )


def first_free(candidates: Iterable[Box], taken: Iterable[Box], within: Box) -> Box | None:
    """The first candidate that lies within a frame and meets nothing that is there already."""
    obstacles = list(taken)
    for box in candidates:
        if box.inside(within) and not _any_meets(box, obstacles):
            return box
    return None


def _any_meets(box: Box, others: Sequence[Box]) -> bool:
    """Whether a box meets any of others; a picture asks it of thousands."""
    left, top, right, bottom = box
    return any(left < x1 and x0 < right and top < y1 and y0 < bottom for x0, y0, x1, y1 in others)
