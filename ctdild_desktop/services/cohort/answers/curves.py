"""Curves of time to an event as tables at the days that were asked for, and as what is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ctdild_desktop.clinical.wording import number
from ctdild_desktop.cohort import survival
from ctdild_desktop.figures import cohort_times
from ctdild_desktop.language import say
from ctdild_desktop.services.cohort.answer import Cell, Column, Result
from ctdild_desktop.services.cohort.answers.parts import count_cell, interval_cell, number_cell


def curve_tables(
    title: str, curves: Mapping[str, survival.Curve], days: Sequence[int], *, first: str, event: str
) -> tuple[Result, ...]:
    """How often it happened in each group, and at each day how many are followed and free of it."""
    whole = Result(
        title=title,
        columns=(
            Column(first, number=False),
            *(Column(head) for head in (say("patients"), event, say("median, days"))),
        ),
        rows=tuple(
            (
                Cell(name),
                count_cell(curve.n),
                count_cell(curve.events),
                Cell(_median(curve.median), curve.median),
            )
            for name, curve in curves.items()
        ),
        method=say("The median is the first day on which half or fewer are free of the event."),
    )
    at_days = Result(
        title=say("{title}, at some days", title=title),
        columns=(
            Column(first, number=False),
            *(Column(head) for head in (say("day"), say("followed then"), say("%"), say("95 % interval, %"))),
        ),
        rows=tuple(_at(name, curve.at(day)) for name, curve in curves.items() for day in days),
        method=say(
            "Kaplan-Meier, Greenwood, log(−log) interval. Nothing is told beyond the last observation."
        ),
    )
    return (whole, at_days)


def _at(name: str, at: survival.At) -> tuple[Cell, ...]:
    return (
        Cell(name),
        count_cell(int(at.time)),
        count_cell(at.at_risk),
        number_cell(_percent(at.survival), 1),
        interval_cell(None if at.ci95 is None else (100 * at.ci95[0], 100 * at.ci95[1]), 1),
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _median(days: float | None) -> str:
    return say("not reached") if days is None else number(days, 0)


def drawn_curve(
    name: str, curve: survival.Curve, codes: frozenset[int] = frozenset({1})
) -> cohort_times.Curve:
    """A curve as its picture takes it.

    Args:
        codes: which events end the time; the others end an observation.
    """
    steps = [(step.time, step.survival, *(step.ci95 or (None, None))) for step in curve.steps]
    leaving = sorted(one.time for one in curve.people)
    ends = [one.time for one in curve.people if one.event not in codes]
    return cohort_times.Curve(
        name=name,
        n=curve.n,
        events=curve.events,
        steps=steps,
        ends=ends,
        last=max(leaving, default=0.0),
        leaving=leaving,
        late=[one.entry for one in curve.people if one.entry > 0],
    )
