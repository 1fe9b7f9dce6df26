"""The epochs of therapy on the time-line: how FVC went between therapy changes, in words and as a line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.trajectory import LEAST_TESTS, Epoch, Slope, Trajectory
from ctdild_desktop.figures.scene import EpochRow, EpochSpan, Scale
from ctdild_desktop.language import marked, say, say_n

NOT_KNOWN = marked("No epochs: a therapy started or stopped on a date that is known to the year only.")
NO_TESTS = marked("No epochs: no test with FVC.")


def build_epochs(course: Trajectory, scale: Scale, today: dt.date) -> EpochRow:
    """The row of epochs; mL a year on the litre scale, else points of % predicted a year.

    Args:
        course: the epochs and the series of FVC that they rest on.
        scale: of the panel; a fitted line is drawn on the scale that the slope is in.
        today: where the last epoch ends on the picture when nothing was recorded since.
    """
    litres = scale is Scale.LITRES
    name = say("FVC slope, mL/y") if litres else say("FVC slope, pts/y")
    if not course.epochs:
        seen = course.ml is not None or course.percent is not None
        return EpochRow(name=name, spans=(), empty_text=say(NOT_KNOWN if seen else NO_TESTS))
    drawn = course.ml if litres else course.percent
    first = drawn.first.date if drawn is not None else None
    spans = [
        span
        for epoch in course.epochs
        if (span := _span(epoch, course, litres=litres, drawn=scale is not Scale.Z, first=first)) is not None
    ]
    last = course.epochs[-1]
    slope = last.ml if litres else last.percent
    now = say("too few tests")
    if slope is not None:
        unit = say("mL/y") if litres else say("pts/y")
        now = f"{_amount(slope, litres=litres)} {unit}"
    if spans and spans[-1].end == course.as_of < today:
        spans[-1] = replace(spans[-1], end=today)
    return EpochRow(name=name, spans=tuple(spans), now_text=now)


def _span(
    epoch: Epoch, course: Trajectory, *, litres: bool, drawn: bool, first: dt.date | None
) -> EpochSpan | None:
    start = epoch.start or first
    if start is None or start >= epoch.end:
        return None
    slope, count = (epoch.ml, epoch.n_ml) if litres else (epoch.percent, epoch.n_percent)
    names = ", ".join(_short(code) for code in epoch.drugs)
    tests = say_n("{n} test", "{n} tests", count)
    unit = say("mL a year") if litres else say("points of % predicted a year")
    head = say(
        "{start} to {end}, {value}",
        start=wording.day(start),
        end=wording.day(epoch.end),
        value=names or say("no therapy"),
    )
    if slope is None:
        few = (
            say("{tests}, too few for a slope ({LEAST_TESTS} needed)", tests=tests, LEAST_TESTS=LEAST_TESTS)
            if count
            else say("no test")
        )
        words = (few, tests, f"n {count}") if count else (say("no test"),)
        return EpochSpan(start=start, end=epoch.end, words=words, sentence=f"{head}: {few}.", known=False)
    amount, interval = _amount(slope, litres=litres), _interval(slope, litres=litres)
    own = course.ml if litres else course.percent
    line = None
    if drawn and own is not None and not own.series.recomputed:
        line = _line(slope, litres=litres)
    return EpochSpan(
        start=start,
        end=epoch.end,
        words=(
            f"{amount} ({interval}), {tests}",
            f"{amount} ({interval}), n {count}",
            f"{amount}, n {count}",
        ),
        sentence=say(
            "{head}: FVC {amount} {unit}, 95 % interval {interval}, {tests}.",
            head=head,
            amount=amount,
            unit=unit,
            interval=interval,
            tests=tests,
        ),
        known=True,
        line=line,
    )


def _line(slope: Slope, *, litres: bool) -> tuple[tuple[dt.date, float], tuple[dt.date, float]] | None:
    if slope.at_first is None or slope.at_last is None:
        return None
    share = 1000 if litres else 1
    return (slope.first, float(slope.at_first / share)), (slope.last, float(slope.at_last / share))


def _amount(slope: Slope, *, litres: bool) -> str:
    return wording.signed(slope.per_year, 0 if litres else 1)


def _interval(slope: Slope, *, litres: bool) -> str:
    if slope.low is None or slope.high is None:
        return say("not known")
    places = 0 if litres else 1
    return say(
        "{low} to {high}", low=wording.signed(slope.low, places), high=wording.signed(slope.high, places)
    )


def _short(code: str) -> str:
    drug = drugs().get(code)
    return drug.short if drug is not None else code


def sentences(row: EpochRow) -> Sequence[str]:
    """Every epoch in words, oldest first."""
    return [span.sentence for span in row.spans] or ([row.empty_text] if row.empty_text else [])
