"""A measure by month of follow-up: the mean of each group with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.wording import number
from ctdild_desktop.figures.chart import Axis, Chart, KeyEntry, Line, Mark, Span, Tick
from ctdild_desktop.figures.cohort_axes import value_axis
from ctdild_desktop.figures.cohort_columns import FEW
from ctdild_desktop.figures.cohort_times import GROUP_INKS
from ctdild_desktop.language import joined, say

_ASIDE = 0.012
"""Groups stand beside each other by so much of the axis, so that intervals are told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """One group at one month; None of nobody, and of one there is no interval."""

    month: int
    n: int
    mean: float | None
    low: float | None
    high: float | None


def means(
    title: str,
    groups: Sequence[tuple[str, Sequence[Mean]]],
    *,
    label: str,
    places: int,
    least_span: float,
    empty_text: str,
) -> Chart:
    """Each group as a line through its means; intervals of five patients or more."""
    largest = sorted(groups, key=lambda one: -max((mean.n for mean in one[1]), default=0))[: len(GROUP_INKS)]
    shown = [one for one in groups if one in largest]
    months = sorted({mean.month for _name, held in shown for mean in held})
    last = max(months, default=0) or 1
    marks: list[Mark] = []
    values: list[float] = []
    for order, ((name, held), ink) in enumerate(zip(shown, GROUP_INKS, strict=False)):
        aside = (order - (len(shown) - 1) / 2) * _ASIDE * last
        points = []
        for one in held:
            if one.mean is None:
                continue
            at = one.month + aside
            points.append((at, one.mean))
            values.append(one.mean)
            if one.n >= FEW and one.low is not None and one.high is not None:
                marks.append(Span((at, one.low), (at, one.high), ink))
                values += [one.low, one.high]
        if points:
            marks.append(Line(tuple(points), ink, dots=True, read_out=name))
    return Chart(
        title=title,
        x=Axis(say("months"), -0.04 * last, 1.04 * last, tuple(Tick(float(one), str(one)) for one in months)),
        y=value_axis(label, values, least_span=least_span),
        marks=tuple(marks),
        key=_key(shown),
        empty_text="" if values else empty_text,
        description=_described(title, shown, places) if values else empty_text,
    )


def _key(groups: Sequence[tuple[str, Sequence[Mean]]]) -> tuple[KeyEntry, ...]:
    return tuple(
        KeyEntry(
            ink,
            say("{name}, mean, 95 % interval (n = {n})", name=name, n="; ".join(str(one.n) for one in held)),
        )
        for (name, held), ink in zip(groups, GROUP_INKS, strict=False)
    )


def _described(title: str, groups: Sequence[tuple[str, Sequence[Mean]]], places: int) -> str:
    told = joined(
        (say("{name} {means}", name=name, means=_words(held, places)) for name, held in groups),
        "; ",
    )
    return say("{title}: {told}.", title=title, told=told)


def _words(held: Sequence[Mean], places: int) -> str:
    return joined(
        say("month {month}: {mean}", month=one.month, mean=number(one.mean, places))
        for one in held
        if one.mean is not None
    )
