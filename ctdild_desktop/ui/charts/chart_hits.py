"""Which mark of a picture of an analysis a pointer means, and which a keyboard walks to."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QPointF

from ctdild_desktop.figures.chart import Dot, Line
from ctdild_desktop.ui.charts.chart_layout import Layout
from ctdild_desktop.ui.charts.paint_chart_marks import places_of

Told: TypeAlias = Line | Dot
_REACH = 7.0


@dataclass(frozen=True, slots=True)
class Reached:
    """A mark with something to say or somebody to open, and its corners in pixels."""

    mark: Told
    places: tuple[QPointF, ...]

    @property
    def end(self) -> QPointF:
        """Where its read-out stands: its last place."""
        return self.places[-1]


def reached_of(layout: Layout) -> tuple[Reached, ...]:
    """The marks that can be pointed at, in the order in which they are drawn."""
    made = []
    for mark in layout.chart.marks:
        if isinstance(mark, Line | Dot) and (mark.read_out or mark.patient_id):
            places = places_of(layout, mark) if isinstance(mark, Line) else [layout.at(mark.at)]
            if places:
                made.append(Reached(mark, tuple(places)))
    return tuple(made)


def stops_of(reached: tuple[Reached, ...]) -> tuple[int, ...]:
    """Places in ``reached`` of what a patient belongs to: from left to right, then from the top down."""
    mine = [index for index, one in enumerate(reached) if one.mark.patient_id]
    return tuple(sorted(mine, key=lambda index: (round(reached[index].end.x()), reached[index].end.y())))


def nearest(reached: tuple[Reached, ...], at: QPointF) -> int:
    """Place of the mark at a point: a dot before a line, of equals the one drawn last; -1 for none."""
    best, found = _REACH**2, -1
    for index, one in enumerate(reached):
        away = _away(one, at)
        if isinstance(one.mark, Dot):
            away *= 0.5
        if away <= best:
            best, found = away, index
    return found


def _away(one: Reached, at: QPointF) -> float:
    if len(one.places) == 1:
        return _between(one.places[0], at)
    return min(_to_segment(first, last, at) for first, last in itertools.pairwise(one.places))


def _between(first: QPointF, last: QPointF) -> float:
    apart = last - first
    return apart.x() ** 2 + apart.y() ** 2


def _to_segment(first: QPointF, last: QPointF, at: QPointF) -> float:
    along, long = last - first, _between(first, last)
    if not long:
        return _between(first, at)
    share = ((at.x() - first.x()) * along.x() + (at.y() - first.y()) * along.y()) / long
    return _between(first + along * min(max(share, 0.0), 1.0), at)
