"""Painting of the marks of a picture of an analysis, in their order."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from ctdild_desktop.figures.chart import Area, Column, Dot, Guide, Line, Meaning, Place, Sign, Span, Strokes
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.chart_inks import dot_size, ink_for, is_filled, size_of
from ctdild_desktop.ui.charts.chart_layout import Layout
from ctdild_desktop.ui.charts.paint_series import paint_marker
from ctdild_desktop.ui.widgets import glyphs

_CAP = 4.0
_STROKE = 3.5
"""Half the height of the end of an observation."""
_WIDEST = 20
_PALE = 0.2
_INTERSECT, _REPLACE = Qt.ClipOperation.IntersectClip, Qt.ClipOperation.ReplaceClip


def paint_marks(painter: QPainter, layout: Layout) -> None:
    """Draw every mark; guides first, since a threshold stands behind what it is held against."""
    thick = column_width(layout)
    for mark in layout.chart.marks:
        if isinstance(mark, Guide):
            _paint_guide(painter, layout, mark)
    for mark in layout.chart.marks:
        if isinstance(mark, Area):
            _paint_area(painter, layout, mark)
        elif isinstance(mark, Column):
            fill_column(painter, column_box(layout, mark, thick), mark.meaning)
        elif isinstance(mark, Line):
            paint_line(painter, layout, mark)
        elif isinstance(mark, Span):
            _paint_span(painter, layout, mark)
        elif isinstance(mark, Strokes):
            _paint_strokes(painter, layout, mark)
        elif isinstance(mark, Dot):
            ink, filled = ink_for(mark.meaning), is_filled(mark.meaning)
            paint_marker(painter, layout.at(mark.at), ink, dot_size(mark), filled=filled)


def places_of(layout: Layout, line: Line) -> list[QPointF]:
    """The corners of a line, those of its steps included."""
    if not line.step:
        return [layout.at(place) for place in line.points]
    return _stepped(layout, line.points)


def _stepped(layout: Layout, points: tuple[Place, ...]) -> list[QPointF]:
    made = [layout.at(points[0])] if points else []
    for before, after in itertools.pairwise(points):
        made += [layout.at((after[0], before[1])), layout.at(after)]
    return made


def paint_line(painter: QPainter, layout: Layout, line: Line, *, grown: bool = False) -> None:
    """Draw one line with its dots; ``grown`` as the one that is pointed at."""
    ink, patient = ink_for(line.meaning), line.meaning is Meaning.PATIENT
    colour = theme.color("accent" if grown else ink.line)
    painter.setPen(glyphs.pen(colour, 2.4 if grown else 1.0 if patient else 1.8, ink.dashes))
    painter.setBrush(glyphs.NO_BRUSH)
    painter.drawPolyline(QPolygonF(places_of(layout, line)))
    if line.dots:
        size = size_of(line.meaning) + (2 if grown else 0)
        for place in line.points:
            paint_marker(painter, layout.at(place), ink, size, filled=is_filled(line.meaning))


def _paint_area(painter: QPainter, layout: Layout, area: Area) -> None:
    if not area.edges:
        return
    lows = tuple((x, low) for x, low, _high in area.edges)
    highs = tuple((x, high) for x, _low, high in area.edges)
    upper = _stepped(layout, highs) if area.step else [layout.at(place) for place in highs]
    lower = _stepped(layout, lows) if area.step else [layout.at(place) for place in lows]
    colour = theme.color(ink_for(area.meaning).line)
    painter.setPen(glyphs.NO_PEN)
    painter.setBrush(pale_of(area.meaning))
    painter.drawPolygon(QPolygonF([*upper, *reversed(lower)]))
    painter.setPen(glyphs.pen(colour, 0.8, (1, 2)))
    painter.setBrush(glyphs.NO_BRUSH)
    for edge in (upper, lower):
        painter.drawPolyline(QPolygonF(edge))


def pale_of(meaning: Meaning) -> QColor:
    """The filling of an area."""
    pale = theme.color(ink_for(meaning).line)
    pale.setAlphaF(_PALE)
    return pale


def _paint_span(painter: QPainter, layout: Layout, span: Span) -> None:
    start, end = layout.at(span.start), layout.at(span.end)
    painter.setPen(glyphs.pen(theme.color(ink_for(span.meaning).line), 1.8))
    painter.drawLine(QLineF(start, end))
    level = abs(start.y() - end.y()) < abs(start.x() - end.x())
    cap = QPointF(0, _CAP) if level else QPointF(_CAP, 0)
    for place in (start, end):
        painter.drawLine(QLineF(place - cap, place + cap))


def _paint_strokes(painter: QPainter, layout: Layout, strokes: Strokes) -> None:
    painter.setPen(glyphs.pen(theme.color(ink_for(strokes.meaning).line), 1.2))
    for place in strokes.at:
        at = layout.at(place)
        painter.drawLine(QLineF(at.x(), at.y() - _STROKE, at.x(), at.y() + _STROKE))


def _paint_guide(painter: QPainter, layout: Layout, guide: Guide) -> None:
    plot = layout.plot
    painter.setPen(glyphs.pen(theme.color("text2"), 1.2, (1, 3)))
    if guide.level:
        y = layout.y(guide.value)
        painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
    else:
        x = layout.x(guide.value)
        painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))


def column_width(layout: Layout) -> float:
    """How thick the bars are: most of the way from one to the next."""
    columns = [mark for mark in layout.chart.marks if isinstance(mark, Column)]
    if not columns:
        return 0.0
    places = sorted({layout.y(one.at) if one.level else layout.x(one.at) for one in columns})
    apart = min((b - a for a, b in itertools.pairwise(places)), default=float(theme.scaled(_WIDEST)))
    return max(min(apart * 0.72, float(theme.scaled(_WIDEST))), 2.0)


def column_box(layout: Layout, column: Column, thick: float) -> QRectF:
    """Where a bar stands."""
    if column.level:
        y, start, end = layout.y(column.at), layout.x(0), layout.x(column.value)
        return QRectF(min(start, end), y - thick / 2, abs(end - start), thick)
    x, start, end = layout.x(column.at), layout.y(0), layout.y(column.value)
    return QRectF(x - thick / 2, min(start, end), thick, abs(end - start))


def fill_column(painter: QPainter, box: QRectF, meaning: Meaning) -> None:
    """Fill a bar: solid, or with the lines of its meaning, so that grey eyes tell them apart."""
    colour = theme.color(ink_for(meaning).line)
    painter.save()
    lines = _hatch(box, meaning)
    painter.fillRect(box, colour if lines is None else theme.color("base"))
    if lines:
        painter.setClipRect(box, _INTERSECT if painter.hasClipping() else _REPLACE)
        painter.setPen(glyphs.pen(colour, 1.6))
        painter.drawLines(lines)
    painter.restore()
    painter.setPen(glyphs.pen(colour, 1.2))
    painter.setBrush(glyphs.NO_BRUSH)
    painter.drawRect(box)


def _hatch(box: QRectF, meaning: Meaning) -> list[QLineF] | None:
    """The lines within a bar; None for a solid one."""
    high, step = box.height(), 5
    count = int((box.width() + high) / step) + 1
    if meaning in (Meaning.SECOND, Meaning.DLCO):
        lefts = [box.left() - high + step * at for at in range(count)]
        return [QLineF(left, box.bottom(), left + high, box.top()) for left in lefts]
    if meaning is Meaning.THIRD:
        count = int(box.width() / step) + 1
        return [
            QLineF(x, box.top(), x, box.bottom()) for x in (box.left() + step * at for at in range(count))
        ]
    return None if is_filled(meaning) and meaning is not Meaning.FOURTH else []


def paint_sign(painter: QPainter, sign: Sign, meaning: Meaning, box: QRectF) -> None:
    """Draw one sign of a meaning alone, for the key."""
    ink, middle = ink_for(meaning), box.center()
    pen = glyphs.pen(theme.color(ink.line), 1.0 if meaning is Meaning.PATIENT else 1.8, ink.dashes)
    if sign is Sign.AREA:
        painter.fillRect(box.adjusted(2, 2, -2, -2), pale_of(meaning))
    elif sign is Sign.POINT:
        paint_marker(painter, middle, ink, size_of(meaning), filled=is_filled(meaning))
    elif sign is Sign.SPAN:
        painter.setPen(glyphs.pen(theme.color(ink.line), 1.8))
        painter.drawLine(QLineF(box.left() + 4, middle.y(), box.right() - 4, middle.y()))
        for x in (box.left() + 4, box.right() - 4):
            painter.drawLine(QLineF(x, middle.y() - _CAP, x, middle.y() + _CAP))
    else:
        painter.setPen(pen)
        painter.drawLine(QLineF(box.left(), middle.y(), box.right(), middle.y()))
        if sign is Sign.STROKE:
            painter.setPen(glyphs.pen(theme.color(ink.line), 1.2))
            painter.drawLine(QLineF(middle.x(), middle.y() - _STROKE, middle.x(), middle.y() + _STROKE))
