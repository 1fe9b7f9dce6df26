"""Estimates with their intervals in a line each: rates by drug, and balance before and after matching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.wording import number
from ctdild_desktop.figures.chart import Chart, Dot, Guide, KeyEntry, Mark, Meaning, Sign, Span
from ctdild_desktop.figures.cohort_axes import category_axis, value_axis
from ctdild_desktop.language import joined, say

_REACH = 3.0
"""An interval is drawn up to so many times the greatest estimate; beyond it goes on, and is said to."""
_OFFSET = 0.18


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One line: its name, the value and the interval; None where there is none."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    meaning: Meaning = Meaning.FIRST


def rates(
    title: str,
    rows: Sequence[tuple[str, Sequence[Estimate]]],
    *,
    label: str,
    key: Sequence[tuple[Meaning, str]],
    places: int = 1,
    least_span: float = 5.0,
    change: bool = False,
    points: Mapping[str, Sequence[tuple[str, float]]] | None = None,
    points_text: str = "",
    empty_text: str,
) -> Chart:
    """Several estimates of each row, one below the other, each with its interval.

    Args:
        rows: what stands at the side, and its estimates in the same order as the key.
        change: the values are changes or differences, with a guide at zero.
        points: what lies behind the estimates, by row: the patient and the value.
    """
    behind = points or {}
    known = [one for _name, estimates in rows for one in estimates if one.value is not None]
    single = [value for held in behind.values() for _patient, value in held]
    reach = max((abs(value) for value in (*(one.value or 0.0 for one in known), *single)), default=0.0)
    ends = [end for one in known for end in (one.value, one.low, one.high) if end is not None]
    limit = reach * _REACH
    x = value_axis(
        label,
        [min(max(end, -limit), limit) for end in (*ends, *single)],
        least_span=least_span,
        from_zero=True,
        change=change,
    )
    marks: list[Mark] = [Guide(0.0, level=False)] if change else []
    for place, (name, _estimates) in enumerate(rows, start=1):
        marks += [
            Dot((value, place + _OFFSET), Meaning.PATIENT, patient_id=patient, read_out=number(value, places))
            for patient, value in behind.get(name, ())
        ]
    cut = False
    for place, (_name, estimates) in enumerate(rows, start=1):
        for order, one in enumerate(estimates):
            if one.value is None:
                continue
            y = place + _OFFSET * (2 * order - len(estimates) + (0 if single else 1))
            if one.low is not None and one.high is not None:
                cut |= one.high > x.high or one.low < x.low
                inside = (max(one.low, x.low), min(one.high, x.high))
                marks.append(Span((inside[0], y), (inside[1], y), one.meaning))
            marks.append(Dot((one.value, y), one.meaning, read_out=_told(one, places)))
    entries = [KeyEntry(meaning, text) for meaning, text in key]
    if single:
        entries.append(KeyEntry(Meaning.PATIENT, points_text, Sign.POINT))
    if cut:
        entries.append(KeyEntry(Meaning.PATIENT, say("an interval that reaches the edge goes on"), Sign.SPAN))
    told = joined((_told(one, places) for one in known), "; ")
    return Chart(
        title=title,
        x=x,
        y=category_axis([name for name, _estimates in rows]),
        marks=tuple(marks),
        key=tuple(entries),
        empty_text="" if known or single else empty_text,
        description=say("{title}: {told}.", title=title, told=told) if known or single else empty_text,
    )


def _told(one: Estimate, places: int) -> str:
    value = number(one.value or 0.0, places)
    if one.low is None or one.high is None:
        return say("{name} {value}", name=one.name, value=value)
    return say(
        "{name} {value} ({low} to {high})",
        name=one.name,
        value=value,
        low=number(one.low, places),
        high=number(one.high, places),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """How far two groups are apart in one covariate, in standard deviations; None where it is not known."""

    name: str
    before: float | None
    after: float | None


def balance(title: str, rows: Sequence[Balance], *, limit: float, limit_text: str, empty_text: str) -> Chart:
    """Standardised differences before matching (hollow) and after it (filled), the limit as a guide."""
    marks: list[Mark] = [Guide(0.0, level=False), *(Guide(end, level=False) for end in (-limit, limit))]
    values = []
    for place, row in enumerate(rows, start=1):
        for value, meaning in ((row.before, Meaning.BEFORE_MATCHING), (row.after, Meaning.FIRST)):
            if value is not None:
                values.append(value)
                told = say("{name} {value}", name=row.name, value=number(value, 2))
                marks.append(Dot((value, float(place)), meaning, read_out=told))
    told = joined(
        (
            say(
                "{name} {before}, then {after}",
                name=row.name,
                before=number(row.before, 2),
                after=number(row.after, 2),
            )
            for row in rows
            if row.before is not None and row.after is not None
        ),
        "; ",
    )
    return Chart(
        title=title,
        x=value_axis(
            say("standardised difference"), [*values, -limit, limit], least_span=4 * limit, change=True
        ),
        y=category_axis([row.name for row in rows]),
        marks=tuple(marks),
        key=(
            KeyEntry(Meaning.BEFORE_MATCHING, say("before matching"), Sign.POINT),
            KeyEntry(Meaning.FIRST, say("after matching"), Sign.POINT),
            KeyEntry(None, limit_text),
        ),
        empty_text="" if values else empty_text,
        description=say("{title}: {told}.", title=title, told=told) if values else empty_text,
    )
