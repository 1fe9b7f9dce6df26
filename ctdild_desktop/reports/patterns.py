"""The fills that tell drug classes apart on paper: dots, hatches and bars as lines clipped to a shape.

They are the same classes and directions as on screen, in black and greys.
"""

from __future__ import annotations

from collections.abc import Sequence

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.figures.scene import LaneStyle
from ctdild_desktop.reports.paper import Grey, Paper

Shape = Sequence[tuple[float, float]]


def bounds(shape: Shape) -> Box:
    """The upright rectangle around a shape."""
    return Box(
        min(x for x, _ in shape), min(y for _, y in shape), max(x for x, _ in shape), max(y for _, y in shape)
    )


def draw_fill(paper: Paper, shape: Shape, style: LaneStyle, *, possible: bool = False) -> None:
    """Fill a shape and draw its edge as its drug class asks.

    ``possible`` is the open hatch with a dashed edge of the months in which B cells may still be depleted.
    """
    if style is LaneStyle.CONVENTIONAL:
        paper.polygon(shape, fill=Grey.CONVENTIONAL, edge=Grey.LANE)
        return
    if style in {LaneStyle.TICKS_ONLY, LaneStyle.OUTLINE_ONLY}:
        paper.polygon(shape, edge=Grey.TEXT2)
        return
    with paper.clipped(shape):
        _pattern(paper, bounds(shape), style, possible)
    edge = Grey.EDGE if style is LaneStyle.GLUCOCORTICOID else Grey.LANE
    paper.polygon(shape, edge=edge, weight=0.6, dash=(2.2, 1.5) if possible else ())


def _pattern(paper: Paper, box: Box, style: LaneStyle, possible: bool) -> None:
    if style is LaneStyle.GLUCOCORTICOID:
        _dots(paper, box, pitch=3.0, radius=0.6)
    elif style is LaneStyle.ANTI_CD20 and possible:
        _slanted(paper, box, pitch=6.0, weight=0.7, forward=True)
    elif style is LaneStyle.ANTI_CD20:
        _slanted(paper, box, pitch=3.75, weight=1.1, forward=True)
    elif style is LaneStyle.CYCLOPHOSPHAMIDE:
        _slanted(paper, box, pitch=4.5, weight=1.0, forward=False)
    elif style is LaneStyle.ANTIFIBROTIC:
        _level(paper, box, pitch=3.0)
    else:
        _upright(paper, box, pitch=3.0 if style is LaneStyle.OTHER_BIOLOGIC else 3.75)
        if style is LaneStyle.JAK:
            _level(paper, box, pitch=3.75)


def _dots(paper: Paper, box: Box, *, pitch: float, radius: float) -> None:
    y, row = box.y1 - pitch / 2, 0
    while y > box.y0 - radius:
        start = box.x0 + (pitch / 2 if row % 2 else 0)
        paper.dots(start, box.x1 + pitch, y, pitch=pitch, radius=radius, ink=Grey.EDGE)
        y -= pitch / 2
        row += 1


def _slanted(paper: Paper, box: Box, *, pitch: float, weight: float, forward: bool) -> None:
    height = box.y1 - box.y0
    step = pitch * 2**0.5
    x = box.x0 - height
    while x < box.x1 + height:
        low, high = (x, x + height) if forward else (x + height, x)
        paper.line(low, box.y1, high, box.y0, weight=weight, ink=Grey.TEXT2)
        x += step


def _level(paper: Paper, box: Box, *, pitch: float) -> None:
    y = box.y0 + pitch / 2
    while y < box.y1:
        paper.line(box.x0, y, box.x1, y, weight=0.8, ink=Grey.TEXT2)
        y += pitch


def _upright(paper: Paper, box: Box, *, pitch: float) -> None:
    x = box.x0 + pitch / 2
    while x < box.x1:
        paper.line(x, box.y0, x, box.y1, weight=0.8, ink=Grey.TEXT2)
        x += pitch
