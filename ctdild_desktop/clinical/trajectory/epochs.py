"""Slopes between therapy changes: one epoch for each stretch in which the same lines ran.

What ends an epoch is a decision of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.dates import PartialDate, Precision
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.clinical.trajectory.comparable import Series
from ctdild_desktop.clinical.trajectory.slopes import Slope, slope


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """A stretch of time between two therapy changes. It describes the course; it does not say why."""

    start: dt.date | None
    """The change that began it; None before the first one."""
    end: dt.date
    """The next change, or the as-of date."""
    drugs: tuple[str, ...]
    """Codes of the lines that ran, in the order of their start."""
    n_ml: int
    ml: Slope | None
    """mL per year; None with fewer than three tests."""
    n_percent: int
    percent: Slope | None
    """Points of % predicted per year; None with fewer than three comparable tests."""


def epochs(ml: Series, percent: Series, therapy: Sequence[TherapyLine], as_of: dt.date) -> tuple[Epoch, ...]:
    """The slopes between therapy changes up to a date, oldest epoch first.

    A therapy change is the start or the stop of a line; a change of dose, an interruption or a further
    infusion is none. A date known to the month counts as its first day. A line whose start, or whose stop, is
    known only to the year makes no epochs at all (nothing is guessed), and an empty answer is given. A test
    on the day of a change belongs to both sides: it ends the one epoch and is the baseline of the next.
    Without any line there is one epoch, from the first test on.
    """
    begun = [line for line in therapy if line.start.earliest <= as_of]
    dates = [line.start for line in begun]
    dates += [line.stop for line in begun if line.stop is not None]
    if any(date.precision is Precision.YEAR for date in dates):
        return ()
    changes = sorted({date.earliest for date in dates if date.earliest <= as_of})
    tests = [reading.date for reading in (*ml.readings, *percent.readings)]
    starts: list[dt.date | None] = [*changes]
    if tests and (not changes or min(tests) < changes[0]):
        starts.insert(0, None)
    ends = [*(start for start in starts[1:] if start is not None), as_of]
    return (
        tuple(
            _epoch(ml, percent, begun, start, end)
            for start, end in zip(starts, ends, strict=True)
            if start is None or start < end
        )
        if starts
        else ()
    )


def _epoch(
    ml: Series, percent: Series, lines: Sequence[TherapyLine], start: dt.date | None, end: dt.date
) -> Epoch:
    inside = [
        [point for point in series.points if (start is None or start <= point[0]) and point[0] <= end]
        for series in (ml, percent)
    ]
    running = sorted(
        (line for line in lines if start is not None and _runs(line, start)),
        key=lambda line: line.start.earliest,
    )
    return Epoch(
        start=start,
        end=end,
        drugs=tuple(dict.fromkeys(line.drug for line in running)),
        n_ml=len(inside[0]),
        ml=slope(inside[0]),
        n_percent=len(inside[1]),
        percent=slope(inside[1]),
    )


def _runs(line: TherapyLine, on: dt.date) -> bool:
    """Whether a line runs from a change on: the day of its stop is not on it."""
    stop: PartialDate | None = line.stop
    return line.start.earliest <= on and (stop is None or stop.earliest > on)
