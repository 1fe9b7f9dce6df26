"""Painting of lines and markers: in every panel, on the screen and in saved pictures."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from ctdild_desktop.figures.layout import DateAxis
from ctdild_desktop.figures.scene import Series
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.inks import Ink, ink_of
from ctdild_desktop.ui.widgets import glyphs

MARKER = 8.5
PREVIEW_MARKER = 10.5


def paint_series(
    painter: QPainter, series: Series, axis: DateAxis, y: Callable[[float], float], marker: float = MARKER
) -> None:
    """Draw the lines of a measure, then its marks: filled where used, hollow where not."""
    ink = ink_of(series.measure)
    places = [QPointF(axis.x(point.date), y(point.value)) for point in series.points]
    colour = theme.color(ink.line)
    for run in series.runs if ink.joined else ():
        solid = [index for index in run if not series.points[index].preview]
        painter.setPen(glyphs.pen(colour, 1.8, ink.dashes))
        painter.setBrush(glyphs.NO_BRUSH)
        painter.drawPolyline(QPolygonF([places[index] for index in solid]))
        painter.setPen(glyphs.pen(colour, 1.8, (2, 3)))
        for before, after in itertools.pairwise(run):
            if series.points[before].preview or series.points[after].preview:
                painter.drawLine(QLineF(places[before], places[after]))
    for point, place in zip(series.points, places, strict=True):
        size = PREVIEW_MARKER if point.preview else marker
        paint_marker(painter, place, ink, size, filled=point.used and not point.preview)


def paint_marker(
    painter: QPainter, middle: QPointF, ink: Ink, size: float = MARKER, *, filled: bool = True
) -> None:
    """Draw the mark of a measure; a hollow one has the ground's colour inside."""
    reach = size / 2
    colour = theme.color(ink.line)
    painter.setPen(glyphs.pen(colour, 0.5 if filled else 1.6))
    painter.setBrush(colour if filled else theme.color("base"))
    if ink.symbol in ("+", "x"):
        painter.setPen(glyphs.pen(colour, 1.8 if filled else 1.0))
        for x, y in ((1, 0), (0, 1)) if ink.symbol == "+" else ((0.75, 0.75), (0.75, -0.75)):
            arm = QPointF(reach * x, reach * y)
            painter.drawLine(QLineF(middle - arm, middle + arm))
    elif ink.symbol == "s":
        painter.drawRect(QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach))
    elif ink.symbol == "o":
        painter.drawEllipse(middle, reach, reach)
    else:
        corners = ((-1, -1), (1, -1), (0, 1)) if ink.symbol == "t" else ((0, -1), (1, 0), (0, 1), (-1, 0))
        painter.drawPolygon(QPolygonF([middle + QPointF(reach * a, reach * b) for a, b in corners]))
