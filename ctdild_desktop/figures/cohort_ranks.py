"""One value of each patient, sorted: changes and slopes, from the greatest loss to the greatest gain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.wording import signed
from ctdild_desktop.figures.chart import Area, Axis, Chart, Dot, Guide, KeyEntry, Mark, Meaning, Sign, Tick
from ctdild_desktop.figures.cohort_axes import value_axis
from ctdild_desktop.figures.cohort_columns import FEW
from ctdild_desktop.language import say


@dataclass(frozen=True, slots=True)
class Ranked:
    """The value of one patient."""

    patient_id: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """What is told of all of them, with its interval or quartiles."""

    text: str
    value: float
    low: float
    high: float


def ranks(
    title: str,
    values: Sequence[Ranked],
    *,
    label: str,
    unit: str,
    places: int,
    least_span: float,
    limits: Sequence[float] = (),
    limits_text: str = "",
    middle: Middle | None = None,
    measure: Meaning | None = None,
    empty_text: str,
) -> Chart:
    """Each patient as a point in the order of the values, the limits as guides, the middle as an area.

    Args:
        limits: values at which a guide stands, as at zero.
        middle: drawn with five patients or more.
    """
    ordered = sorted(values, key=lambda one: (one.value, one.patient_id))
    n = len(ordered)
    shown = middle if n >= FEW else None
    marks: list[Mark] = []
    if shown is not None:
        edges = ((0.5, shown.low, shown.high), (n + 0.5, shown.low, shown.high))
        marks.append(Area(edges, measure or Meaning.FIRST, step=False))
    marks += [Guide(limit, level=True) for limit in (0.0, *limits)]
    marks += [
        Dot(
            (float(place), one.value),
            measure or Meaning.FIRST,
            patient_id=one.patient_id,
            read_out=say("{value} {unit}", value=signed(one.value, places), unit=unit).strip(),
        )
        for place, one in enumerate(ordered, start=1)
    ]
    held = [one.value for one in ordered]
    ends = [shown.low, shown.high] if shown is not None else []
    inside = [limit for limit in limits if held and min(held) <= limit * 1.2 and limit <= max(held) * 1.2]
    key = [KeyEntry(measure or Meaning.FIRST, say("one patient (n = {n})", n=n), Sign.POINT)]
    if shown is not None:
        key.append(KeyEntry(measure or Meaning.FIRST, shown.text, Sign.AREA))
    if limits_text:
        key.append(KeyEntry(None, limits_text))
    y = value_axis(label, [*held, *ends, *inside, 0.0], least_span=least_span, change=True)
    return Chart(
        title=title,
        x=_patients(n),
        y=y,
        marks=tuple(mark for mark in marks if not isinstance(mark, Guide) or y.low <= mark.value <= y.high),
        key=tuple(key),
        empty_text="" if ordered else empty_text,
        description=_described(title, held, shown, unit, places) if ordered else empty_text,
        measure=measure,
    )


def _patients(n: int) -> Axis:
    ticks = (Tick(1.0, "1"), Tick(float(n), str(n))) if n > 1 else (Tick(1.0, "1"),)
    return Axis(say("patients in the order of their change"), 0.5, max(n, 1) + 0.5, ticks)


def _described(title: str, held: Sequence[float], middle: Middle | None, unit: str, places: int) -> str:
    told = say(
        "{title}: {n} patients, from {low} to {high} {unit}, {lost} below zero.",
        title=title,
        n=len(held),
        low=signed(held[0], places),
        high=signed(held[-1], places),
        unit=unit,
        lost=sum(value < 0 for value in held),
    )
    return told if middle is None else f"{told} {middle.text}."
