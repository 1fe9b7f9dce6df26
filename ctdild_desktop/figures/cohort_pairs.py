"""A measure before and after a drug: each patient as a line, the median with its quartiles beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.wording import signed
from ctdild_desktop.figures.chart import (
    Axis,
    Chart,
    Dot,
    Guide,
    KeyEntry,
    Line,
    Mark,
    Meaning,
    Sign,
    Span,
    Tick,
)
from ctdild_desktop.figures.cohort_axes import beyond, value_axis
from ctdild_desktop.figures.cohort_columns import FEW
from ctdild_desktop.language import say

_BEFORE, _AFTER = 1.0, 2.0
_ASIDE = 0.1
"""The median stands so far outside of the patients."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The changes of one patient in per cent; None where it is not known."""

    patient_id: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quartiles:
    """Median and quartiles of those of whom the change is known."""

    n: int
    median: float | None
    q1: float | None
    q3: float | None


def before_and_after(
    title: str,
    pairs: Sequence[Pair],
    before: Quartiles,
    after: Quartiles,
    *,
    label: str,
    start_text: str,
    limit: float,
    measure: Meaning,
    published: Sequence[tuple[bool, float, str]] = (),
    published_text: str = "",
    empty_text: str,
) -> Chart:
    """Relative changes on the way to a drug and after its start; the limit as a guide to both sides.

    Args:
        start_text: what happens between: ``first infusion``.
        published: whether it is after, the value and what is written beside it.
    """
    marks: list[Mark] = [Guide(limit, level=True), Guide(-limit, level=True), Guide(0.0, level=True)]
    marks += [mark for pair in pairs for mark in _patient(pair)]
    marks += _middles(before, after, measure)
    marks += [
        Dot((_AFTER + 2.6 * _ASIDE if later else _BEFORE - 2.6 * _ASIDE, value), Meaning.PUBLISHED, text=text)
        for later, value, text in published
    ]
    values = [value for pair in pairs for value in (pair.before, pair.after) if value is not None]
    others = [value for _later, value, _text in published]
    key = [KeyEntry(Meaning.PATIENT, say("one patient (n = {n})", n=len(pairs)))]
    if before.n >= FEW or after.n >= FEW:
        key.append(
            KeyEntry(
                measure, say("median, quartiles (n = {before}; {after})", before=before.n, after=after.n)
            )
        )
    if published:
        key.append(KeyEntry(Meaning.PUBLISHED, published_text, Sign.POINT))
    key.append(KeyEntry(None, say("± {limit} %", limit=f"{limit:.0f}")))
    ticks = (Tick(_BEFORE, say("before {start}", start=start_text)), Tick(_AFTER, say("after it")))
    return Chart(
        title=title,
        x=Axis("", _BEFORE - 0.5, _AFTER + 0.5, ticks),
        y=value_axis(label, [*values, *others, *beyond(limit)], least_span=2.5 * limit, change=True),
        marks=tuple(marks),
        key=tuple(key),
        empty_text="" if values else empty_text,
        description=_described(title, before, after) if values else empty_text,
        measure=measure,
    )


def _patient(pair: Pair) -> list[Mark]:
    told = say("before {before}, after {after}", before=_percent(pair.before), after=_percent(pair.after))
    if pair.before is not None and pair.after is not None:
        points = ((_BEFORE, pair.before), (_AFTER, pair.after))
        return [Line(points, Meaning.PATIENT, dots=True, patient_id=pair.patient_id, read_out=told)]
    at, value = (_BEFORE, pair.before) if pair.before is not None else (_AFTER, pair.after)
    if value is None:
        return []
    return [Dot((at, value), Meaning.PATIENT, patient_id=pair.patient_id, read_out=told)]


def _middles(before: Quartiles, after: Quartiles, measure: Meaning) -> list[Mark]:
    made: list[Mark] = []
    points: list[tuple[float, float]] = []
    for told, at in ((before, _BEFORE - _ASIDE), (after, _AFTER + _ASIDE)):
        if told.n < FEW or told.median is None or told.q1 is None or told.q3 is None:
            continue
        points.append((at, told.median))
        made.append(Span((at, told.q1), (at, told.q3), measure))
        made.append(Dot((at, told.median), measure, text=_percent(told.median)))
    if len(points) > 1:
        made.insert(0, Line(tuple(points), measure))
    return made


def _percent(value: float | None) -> str:
    return say("not known") if value is None else say("{value} %", value=signed(value, 1))


def _described(title: str, before: Quartiles, after: Quartiles) -> str:
    return say(
        "{title}: median {before} before (n = {n_before}) and {after} after (n = {n_after}).",
        title=title,
        before=_percent(before.median),
        n_before=before.n,
        after=_percent(after.median),
        n_after=after.n,
    )
