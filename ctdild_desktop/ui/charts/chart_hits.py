"""Which mark of a picture of an analysis a pointer means, and which a keyboard walks to."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from PySide6.QtCore import QPointF

from ctdild_desktop.figures.chart import Dot, Line
from ctdild_desktop.ui.charts.chart_layout import Layout
from ctdild_desktop.ui.charts.paint_chart_marks import places_of

Told: TypeAlias = Line | Dot
_REACH = 7.0
_NONE = np.empty(0)


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


class Hits:
    """Finds the mark at a point: a dot before a line, of equals the one drawn last."""

    def __init__(self, reached: tuple[Reached, ...]) -> None:
        pieces: list[tuple[float, float, float, float]] = []
        owners: list[int] = []
        for index, one in enumerate(reached):
            places = one.places if len(one.places) > 1 else one.places * 2
            for first, last in itertools.pairwise(places):
                pieces.append((first.x(), first.y(), last.x() - first.x(), last.y() - first.y()))
                owners.append(index)
        self._pieces = np.array(pieces, dtype=float).reshape(-1, 4)
        self._owners = np.array(owners, dtype=int)
        dots = [isinstance(one.mark, Dot) for one in reached]
        self._weights = np.where(np.array(dots, dtype=bool)[self._owners], 0.5, 1.0) if owners else _NONE

    def nearest(self, at: QPointF) -> int:
        """Place of the mark among those that can be pointed at; -1 for none."""
        if not len(self._owners):
            return -1
        x, y, along_x, along_y = self._pieces.T
        long = along_x**2 + along_y**2
        share = ((at.x() - x) * along_x + (at.y() - y) * along_y) / np.where(long > 0, long, 1.0)
        share = np.clip(np.where(long > 0, share, 0.0), 0.0, 1.0)
        away = (at.x() - x - share * along_x) ** 2 + (at.y() - y - share * along_y) ** 2
        away *= self._weights
        best = float(away.min())
        if best > _REACH**2:
            return -1
        return int(self._owners[np.flatnonzero(away <= best)[-1]])
