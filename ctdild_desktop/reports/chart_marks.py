"""The marks of a picture of an analysis on paper, and the texts beside them, each where it is free."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ctdild_desktop.figures.chart import (
    Area,
    Axis,
    Chart,
    Column,
    Dot,
    Guide,
    Line,
    Mark,
    Place,
    Span,
    Strokes,
)
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.chart_inks import LOOKS, Look, draw_mark
from ctdild_desktop.reports.paper import Grey, Paper
from ctdild_desktop.reports.patterns import draw_fill
from ctdild_desktop.reports.stage import corners
from ctdild_desktop.reports.typesetting import Face, text_box

CAP = 2.2
"""Half of the end of a bar."""
DOTTED = (0.8, 2.2)
_FINE = 0.3
GAP = 5.0
"""Between the picture and a text at its side."""


@dataclass(slots=True)
class Plot:
    """Where the two axes stand on the sheet."""

    box: Box
    x_axis: Axis
    y_axis: Axis
    point: float
    """Radius of the point of one patient."""
    taken: list[Box] = field(default_factory=list)
    drawn: set[tuple[int, int, str]] = field(default_factory=set)
    """Where a patient's point lies already: of a national registry most points lie over one another."""

    def x(self, value: float) -> float:
        """Where a value of the level axis stands."""
        axis, box = self.x_axis, self.box
        return box.x0 + (value - axis.low) / (axis.high - axis.low) * (box.x1 - box.x0)

    def y(self, value: float) -> float:
        """Where a value of the upright axis stands."""
        axis, box = self.y_axis, self.box
        share = (value - axis.low) / (axis.high - axis.low)
        return box.y0 + (share if axis.downward else 1 - share) * (box.y1 - box.y0)

    def at(self, place: Place) -> tuple[float, float]:
        """Where a place stands."""
        return self.x(place[0]), self.y(place[1])


def around(box: Box, by: float) -> Box:
    """A box that is larger by so much at each side."""
    return Box(box.x0 - by, box.y0 - by, box.x1 + by, box.y1 + by)


def _steps(points: Sequence[Place]) -> Iterator[Place]:
    """Corners of steps that change at the later place."""
    before: Place | None = None
    for point in points:
        if before is not None and before[1] != point[1]:
            yield (point[0], before[1])
        yield point
        before = point


def _draw_line(paper: Paper, plot: Plot, mark: Mark) -> None:
    assert isinstance(mark, Line)
    look = LOOKS[mark.meaning]
    points = [plot.at(place) for place in (_steps(mark.points) if mark.step else mark.points)]
    if len(points) > 1:
        paper.polyline(points, weight=look.weight, ink=look.ink, dash=look.dash)
    if mark.dots:
        for place in mark.points:
            draw_mark(paper, *plot.at(place), look)


def _draw_dot(paper: Paper, plot: Plot, mark: Mark) -> None:
    assert isinstance(mark, Dot)
    x, y = plot.at(mark.at)
    if mark.patient_id:
        here = (round(x / _FINE), round(y / _FINE), mark.meaning.value)
        if here not in plot.drawn:
            plot.drawn.add(here)
            draw_mark(paper, x, y, LOOKS[mark.meaning], radius=plot.point)
    else:
        draw_mark(paper, x, y, LOOKS[mark.meaning])
        plot.taken.append(around(Box(x, y, x, y), 4.0))


def _draw_span(paper: Paper, plot: Plot, mark: Mark) -> None:
    assert isinstance(mark, Span)
    look = LOOKS[mark.meaning]
    ink = Grey.BLACK if look.ink is Grey.LINE else look.ink
    (x0, y0), (x1, y1) = plot.at(mark.start), plot.at(mark.end)
    paper.line(x0, y0, x1, y1, weight=0.9, ink=ink)
    across = (0.0, CAP) if abs(y0 - y1) < abs(x0 - x1) else (CAP, 0.0)
    for x, y in ((x0, y0), (x1, y1)):
        paper.line(x - across[0], y - across[1], x + across[0], y + across[1], weight=0.9, ink=ink)
    plot.taken.append(around(Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), 2.0))


def _draw_column(paper: Paper, plot: Plot, mark: Mark) -> None:
    assert isinstance(mark, Column)
    if mark.level:
        half = abs(plot.y(mark.at + 0.34) - plot.y(mark.at))
        ends = sorted((plot.x(0.0), plot.x(mark.value)))
        box = Box(ends[0], plot.y(mark.at) - half, ends[1], plot.y(mark.at) + half)
    else:
        half = abs(plot.x(mark.at + 0.34) - plot.x(mark.at))
        ends = sorted((plot.y(0.0), plot.y(mark.value)))
        box = Box(plot.x(mark.at) - half, ends[0], plot.x(mark.at) + half, ends[1])
    if box.x1 - box.x0 > 0.2 and box.y1 - box.y0 > 0.2:
        draw_fill(paper, corners(box), LOOKS[mark.meaning].fill)


def _draw_area(paper: Paper, plot: Plot, mark: Mark) -> None:
    assert isinstance(mark, Area)
    if len(mark.edges) < 2:
        return
    low = [(x, one) for x, one, _other in mark.edges]
    high = [(x, other) for x, _one, other in mark.edges]
    outline = [*(_steps(low) if mark.step else low), *reversed(list(_steps(high) if mark.step else high))]
    shape = [plot.at(place) for place in outline]
    draw_area(paper, shape, LOOKS[mark.meaning])


def draw_area(paper: Paper, shape: Sequence[tuple[float, float]], look: Look) -> None:
    """A pale area; of a dashed line only its edge, so that two can lie over one another."""
    if look.dash:
        paper.polygon(shape, edge=Grey.LINE, weight=0.4, dash=(1.5, 1.5))
    else:
        paper.polygon(shape, fill=Grey.BAND, edge=None)


def _draw_strokes(paper: Paper, plot: Plot, mark: Mark) -> None:
    assert isinstance(mark, Strokes)
    ink = LOOKS[mark.meaning].ink
    for place in mark.at:
        x, y = plot.at(place)
        paper.line(x, y - 2.5, x, y + 2.5, weight=0.6, ink=ink)


def _draw_guide(paper: Paper, plot: Plot, mark: Mark) -> None:
    assert isinstance(mark, Guide)
    box = plot.box
    if mark.level:
        y = plot.y(mark.value)
        paper.line(box.x0, y, box.x1, y, weight=0.7, ink=Grey.EDGE, dash=DOTTED)
    else:
        x = plot.x(mark.value)
        paper.line(x, box.y0, x, box.y1, weight=0.7, ink=Grey.EDGE, dash=DOTTED)


def draw_chart_mark(paper: Paper, plot: Plot, mark: Mark) -> None:
    """Draw one mark; its text is written when all are drawn."""
    _DRAW[type(mark)](paper, plot, mark)


_DRAW: dict[type, Callable[[Paper, Plot, Mark], None]] = {
    Line: _draw_line,
    Dot: _draw_dot,
    Span: _draw_span,
    Column: _draw_column,
    Area: _draw_area,
    Strokes: _draw_strokes,
    Guide: _draw_guide,
}


def write_texts(paper: Paper, plot: Plot, chart: Chart, frame: Box) -> None:
    """Texts beside marks, each at the first place that is free."""
    for mark in chart.marks:
        if isinstance(mark, Column) and mark.level and mark.text:
            paper.text(plot.box.x1 + GAP, plot.y(mark.at) + 3, mark.text)
        elif isinstance(mark, Column) and mark.text:
            x = plot.x(mark.at)
            _place(paper, plot, ((x, plot.y(mark.value) - 3, "centre"),), mark.text, frame)
        elif isinstance(mark, Dot) and mark.text:
            _place(paper, plot, _beside(plot, mark.at), mark.text, frame, face=Face.BOLD)
        elif isinstance(mark, Guide) and mark.text:
            _place(paper, plot, _at_end(plot, mark), mark.text, frame, ink=Grey.TEXT2)


def _beside(plot: Plot, at: Place) -> tuple[tuple[float, float, str], ...]:
    """Outside first: left of what stands in the left half, right of the rest."""
    x, y = plot.at(at)
    left, right = (x - 6, y + 3, "right"), (x + 6, y + 3, "left")
    outside = (left, right) if x < (plot.box.x0 + plot.box.x1) / 2 else (right, left)
    higher = [(one, baseline + by, align) for by in (-10, 10, -19, 19) for one, baseline, align in outside]
    return (*outside, *higher)


def _at_end(plot: Plot, mark: Guide) -> tuple[tuple[float, float, str], ...]:
    if mark.level:
        y = plot.y(mark.value)
        return ((plot.box.x1 - 2, y - 2.5, "right"), (plot.box.x1 - 2, y + 8.5, "right"))
    x = plot.x(mark.value)
    return ((x + 3, plot.box.y0 + 8, "left"), (x - 3, plot.box.y0 + 8, "right"))


def _place(
    paper: Paper,
    plot: Plot,
    spots: Sequence[tuple[float, float, str]],
    text: str,
    frame: Box,
    *,
    face: Face = Face.REGULAR,
    ink: Grey = Grey.BLACK,
) -> None:
    """Write at the first free spot inside the picture; a text without a free spot stands in the table."""
    for x, baseline, align in spots:
        box = text_box(x, baseline, text, face=face, align=align)
        if not box.inside(frame, 0.5) or any(box.meets(other) for other in plot.taken):
            continue
        paper.rectangle(around(box, 0.8), fill=Grey.WHITE, edge=None)
        paper.text(x, baseline, text, face=face, align=align, ink=ink)
        plot.taken.append(box)
        return
