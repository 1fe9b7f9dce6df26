"""Shares and counts as columns from zero, their categories down the side: responders, declines, a cohort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.wording import number
from ctdild_desktop.figures.chart import Chart, Column, KeyEntry, Mark, Meaning, Sign, Span
from ctdild_desktop.figures.cohort_axes import category_axis, value_axis
from ctdild_desktop.language import joined, say

FEW = 5
"""Of fewer, points and numbers are shown and no interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One category: how many of how many, in per cent with its interval."""

    name: str
    count: int
    of: int
    low: float | None = None
    high: float | None = None

    @property
    def percent(self) -> float | None:
        """The share; None of nobody."""
        return 100 * self.count / self.of if self.of else None


def shares(
    title: str,
    bars: Sequence[Bar],
    *,
    label: str,
    empty_text: str,
    interval_text: str = "",
    measure: Meaning | None = None,
) -> Chart:
    """Each category as a column of its share, its interval on it, and the count written out."""
    known = [bar for bar in bars if bar.percent is not None]
    marks: list[Mark] = []
    meaning = measure or Meaning.FIRST
    intervals = False
    for place, bar in enumerate(bars, start=1):
        if bar.percent is None:
            continue
        share = number(bar.percent, 1 if 0 < bar.percent < 1 else 0)
        told = say("{count} of {of}, {percent} %", count=bar.count, of=bar.of, percent=share)
        marks.append(Column(float(place), bar.percent, meaning, text=told))
        if bar.low is not None and bar.high is not None and bar.of >= FEW:
            intervals = True
            marks.append(Span((bar.low, float(place)), (bar.high, float(place)), Meaning.PATIENT))
    highest = [max(bar.percent or 0.0, (bar.high or 0.0) if bar.of >= FEW else 0.0) for bar in known]
    told = joined(
        (say("{name} {count} of {of}", name=bar.name, count=bar.count, of=bar.of) for bar in known),
        "; ",
    )
    return Chart(
        title=title,
        x=value_axis(label, highest, least_span=20.0, from_zero=True),
        y=category_axis([bar.name for bar in bars]),
        marks=tuple(marks),
        key=(KeyEntry(Meaning.PATIENT, interval_text, Sign.SPAN),) if intervals and interval_text else (),
        empty_text="" if known else empty_text,
        description=say("{title}: {told}.", title=title, told=told) if known else empty_text,
        measure=measure,
    )
