"""Time to an event: Kaplan-Meier steps with their interval and numbers at risk, and cumulative incidence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.wording import number
from ctdild_desktop.figures.chart import (
    Area,
    Axis,
    BelowRow,
    Chart,
    KeyEntry,
    Line,
    Mark,
    Meaning,
    Place,
    Sign,
    Strokes,
)
from ctdild_desktop.figures.cohort_axes import time_axis, value_axis
from ctdild_desktop.figures.cohort_columns import FEW
from ctdild_desktop.language import joined, say

GROUP_INKS = (Meaning.FIRST, Meaning.SECOND, Meaning.THIRD, Meaning.FOURTH)
"""So many groups can be told apart in one picture; of more, the largest are drawn."""
_APART = 2
"""So many curves have intervals and strokes that can be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The course of one group, in days.

    ``steps`` are (day, share, low, high) from each event on; ``ends`` the days on which the observation of
    somebody without the event ended; ``last`` the last day of anybody.
    """

    name: str
    n: int
    events: int
    steps: Sequence[tuple[float, float, float | None, float | None]]
    ends: Sequence[float]
    last: float
    leaving: Sequence[float]
    """The days on which somebody leaves, by the event or without it."""

    late: Sequence[float] = ()
    """The days on which those come who were first seen after time zero."""

    def followed_at(self, day: float) -> int:
        """How many are followed just before a day."""
        return sum(one >= day for one in self.leaving) - sum(one >= day for one in self.late)

    def shares_at(self, days: Sequence[float]) -> list[float]:
        """The shares that are free of the event on some days."""
        held, shares = [step[0] for step in self.steps], (1.0, *(step[1] for step in self.steps))
        return [shares[bisect_right(held, day)] for day in days]

    @property
    def at_end(self) -> float:
        """The share that is free of the event at the last observation."""
        return self.shares_at((self.last,))[0]


def kaplan_meier(title: str, curves: Sequence[Curve], *, label: str, zero: str, empty_text: str) -> Chart:
    """Steps in per cent with the interval as an area where at least five are followed."""
    shown = sorted(curves, key=lambda one: (-one.n, one.name))[: len(GROUP_INKS)]
    shown = [one for one in curves if one in shown and one.last > 0]
    axis, unit = time_axis(max((one.last for one in shown), default=0.0), zero)
    areas: list[Mark] = []
    lines: list[Mark] = []
    for curve, ink in zip(shown, GROUP_INKS, strict=False):
        if curve.n >= FEW and len(shown) <= _APART:
            areas.append(Area(_edges(curve, unit), ink))
        points = ((0.0, 100.0), *((day / unit, 100 * share) for day, share, _low, _high in curve.steps))
        lines.append(
            Line(
                (*points, (curve.last / unit, 100 * curve.at_end)),
                ink,
                step=True,
                read_out=say("{name}, n = {n}", name=curve.name, n=curve.n),
            )
        )
        days = sorted(set(curve.ends))
        shares = curve.shares_at(days)
        ends = tuple((day / unit, 100 * share) for day, share in zip(days, shares, strict=True))
        if ends and len(shown) <= _APART:
            lines.append(Strokes(ends, ink))
    return Chart(
        title=title,
        x=axis,
        y=value_axis(label, (0.0, 100.0), least_span=100.0, from_zero=True, most=5),
        marks=(*areas, *lines),
        key=_key(
            shown, areas=bool(areas), strokes=len(shown) <= _APART and any(curve.ends for curve in shown)
        ),
        below_title=say("followed at this time"),
        below=_below(shown, axis, unit),
        empty_text="" if shown else empty_text,
        description=_described(title, shown) if shown else empty_text,
    )


def _edges(curve: Curve, unit: float) -> tuple[tuple[float, float, float], ...]:
    """From the first event with an interval on, as far as somebody is followed."""
    edges = [
        (day / unit, 100 * low, 100 * high)
        for day, _share, low, high in curve.steps
        if low is not None and high is not None
    ]
    return (*edges, (curve.last / unit, *edges[-1][1:])) if edges else ()


def _key(curves: Sequence[Curve], *, areas: bool, strokes: bool) -> tuple[KeyEntry, ...]:
    made = [
        KeyEntry(ink, say("{name}: {events} of {n}", name=one.name, events=one.events, n=one.n), Sign.LINE)
        for one, ink in zip(curves, GROUP_INKS, strict=False)
    ]
    if areas:
        made += [
            KeyEntry(ink, say("95 % interval"), Sign.AREA)
            for _one, ink in zip(curves, GROUP_INKS, strict=False)
        ]
    if strokes:
        made.append(KeyEntry(Meaning.FIRST, say("end of an observation"), Sign.STROKE))
    return tuple(made)


def _below(curves: Sequence[Curve], axis: Axis, unit: float) -> tuple[BelowRow, ...]:
    return tuple(
        BelowRow(one.name, ink, tuple(str(one.followed_at(tick.value * unit)) for tick in axis.ticks))
        for one, ink in zip(curves, GROUP_INKS, strict=False)
    )


def _described(title: str, curves: Sequence[Curve]) -> str:
    told = joined(
        (
            say(
                "{name}: {events} of {n} had the event, {percent} % were free of it at the end",
                name=one.name,
                events=one.events,
                n=one.n,
                percent=number(100 * one.at_end, 0),
            )
            for one in curves
        ),
        "; ",
    )
    return say("{title}. {told}.", title=title, told=told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidence:
    """How often one of several competing events has happened by each day."""

    name: str
    points: Sequence[Place]
    """(day, share) from each event on."""
    last: float


def cumulative_incidence(
    title: str, events: Sequence[Incidence], *, label: str, zero: str, empty_text: str
) -> Chart:
    """Steps of the shares to whom each event has happened, from zero."""
    axis, unit = time_axis(max((one.last for one in events), default=0.0), zero)
    lines = [
        Line(
            (
                (0.0, 0.0),
                *((day / unit, 100 * share) for day, share in one.points),
                (one.last / unit, 100 * (one.points[-1][1] if one.points else 0.0)),
            ),
            ink,
            step=True,
            read_out=one.name,
        )
        for one, ink in zip(events, GROUP_INKS, strict=False)
    ]
    ends = [line.points[-1][1] for line in lines]
    nothing = not any(one.last > 0 for one in events)
    told = joined(
        (
            say("{name} {percent} %", name=one.name, percent=number(end, 1))
            for one, end in zip(events, ends, strict=False)
        ),
        "; ",
    )
    return Chart(
        title=title,
        x=axis,
        y=value_axis(label, ends, least_span=20.0, from_zero=True, most=5),
        marks=() if nothing else tuple(lines),
        key=tuple(KeyEntry(ink, one.name, Sign.LINE) for one, ink in zip(events, GROUP_INKS, strict=False)),
        empty_text=empty_text if nothing else "",
        description=empty_text if nothing else say("{title}, at the end: {told}.", title=title, told=told),
    )
