"""Pictures of own numbers beside published ones: a line for each patient, and rows with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.figures.chart import (
    Axis,
    Chart,
    Dot,
    Guide,
    KeyEntry,
    Line,
    Mark,
    Meaning,
    Span,
    Tick,
)
from ctdild_desktop.figures.cohort_axes import beyond, category_axis, value_axis

_ASIDE = 0.22
"""How far the median stands outside the lines of the patients, and the published value outside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """A middle value with its interval, where there is one."""

    value: float
    text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """A measure before and after: of each patient, in the middle, and as published."""

    title: str
    measure: Meaning
    label: str
    pairs: Sequence[tuple[str, float | None, float | None]]
    """Id of the patient, the change before and the change after."""
    own: tuple[Middle | None, Middle | None]
    published: tuple[Middle | None, Middle | None]
    limit: float
    """The change that counts, drawn on either side of zero."""
    limit_text: str
    places: tuple[str, str]
    """What the two places are called."""
    patient_text: str
    own_text: str
    published_text: str
    empty_text: str = ""


def before_after(told: BeforeAfter) -> Chart:
    """A line for each patient who has both changes, a dot for who has one; published values are hollow."""
    marks: list[Mark] = [Guide(sign * told.limit, level=True) for sign in (-1, 1)]
    values = [*beyond(told.limit)]
    for patient, before, after in told.pairs:
        points = tuple((float(at), value) for at, value in ((0, before), (1, after)) if value is not None)
        values += [value for _at, value in points]
        if len(points) == 2:
            marks.append(Line(points, Meaning.PATIENT, dots=True, patient_id=patient))
        else:
            marks += [Dot(point, Meaning.PATIENT, patient_id=patient) for point in points]
    aside = (-_ASIDE, 1 + _ASIDE)
    middles = [(x, one) for x, one in zip(aside, told.own, strict=True) if one is not None]
    if len(middles) == 2:
        marks.append(Line(tuple((x, one.value) for x, one in middles), told.measure))
    for x, one in middles:
        marks += _middle(x, one, told.measure)
        values += _values(one)
    for x, given in zip((-2 * _ASIDE, 1 + 2 * _ASIDE), told.published, strict=True):
        if given is not None:
            marks += _middle(x, given, Meaning.PUBLISHED)
            values += _values(given)
    key = [KeyEntry(Meaning.PATIENT, told.patient_text), KeyEntry(told.measure, told.own_text)]
    if any(told.published):
        key.append(KeyEntry(Meaning.PUBLISHED, told.published_text))
    return Chart(
        title=told.title,
        x=Axis("", -1.4, 2.1, (Tick(0.0, told.places[0]), Tick(1.0, told.places[1]))),
        y=value_axis(told.label, values, least_span=20.0, from_zero=True, change=True),
        marks=tuple(marks),
        key=(*key, KeyEntry(None, told.limit_text)),
        empty_text="" if told.pairs else told.empty_text,
        description=". ".join([told.title, *(one.text for _x, one in middles)]),
        measure=told.measure,
    )


def _middle(x: float, one: Middle, meaning: Meaning) -> list[Mark]:
    made: list[Mark] = []
    if one.low is not None and one.high is not None:
        made.append(Span((x, one.low), (x, one.high), meaning))
    return [*made, Dot((x, one.value), meaning, one.text)]


def _values(one: Middle) -> list[float]:
    return [value for value in (one.value, one.low, one.high) if value is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One row: the own value above the published one, either may lack."""

    name: str
    own: Middle | None = None
    published: Middle | None = None


def forest(
    title: str,
    rows: Sequence[Beside],
    *,
    label: str,
    least_span: float,
    change: bool,
    own_text: str,
    published_text: str,
    empty_text: str = "",
) -> Chart:
    """Rows from the top, each with its own value and interval and the published value, hollow, below it."""
    marks: list[Mark] = [Guide(0.0, level=False)] if change else []
    values: list[float] = []
    for place, row in enumerate(rows, start=1):
        for one, meaning, aside in (
            (row.own, Meaning.FIRST, -0.14),
            (row.published, Meaning.PUBLISHED, 0.14),
        ):
            if one is None:
                continue
            y = place + (aside if row.own is not None and row.published is not None else 0.0)
            if one.low is not None and one.high is not None:
                marks.append(Span((one.low, y), (one.high, y), meaning))
            marks.append(Dot((one.value, y), meaning, one.text))
            values += _values(one)
    key = []
    if any(row.own for row in rows):
        key.append(KeyEntry(Meaning.FIRST, own_text))
    if any(row.published for row in rows):
        key.append(KeyEntry(Meaning.PUBLISHED, published_text))
    return Chart(
        title=title,
        x=value_axis(label, values, least_span=least_span, from_zero=True, change=change),
        y=category_axis([row.name for row in rows]),
        marks=tuple(marks),
        key=tuple(key),
        empty_text="" if values else empty_text,
        description=". ".join(
            [title, *(f"{row.name}: {one.text}" for row in rows for one in (row.own, row.published) if one)]
        ),
    )
