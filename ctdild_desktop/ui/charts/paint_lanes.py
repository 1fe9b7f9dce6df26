"""Painting of the therapy lanes."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPolygonF

from ctdild_desktop.figures.layout import Box, DateAxis, first_free
from ctdild_desktop.figures.scene import Lane, LaneBlock, LaneStyle, Timeline
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts import patterns
from ctdild_desktop.ui.charts.geometry import Geometry
from ctdild_desktop.ui.widgets import glyphs

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | _MIDDLE
_RIGHT = Qt.AlignmentFlag.AlignRight | _MIDDLE
_TICK_WIDTH = {LaneStyle.CYCLOPHOSPHAMIDE: 2.2, LaneStyle.ANTI_CD20: 2.6}


def paint_lanes(painter: QPainter, timeline: Timeline, geometry: Geometry) -> None:
    """Draw all lanes with their names at the left and their present state at the right."""
    small = theme.font(-1)
    painter.setFont(small)
    if not timeline.lanes:
        painter.setPen(theme.color("text2"))
        painter.drawText(geometry.lanes[0].adjusted(10, 0, 0, 0), _LEFT, timeline.empty_lanes_text)
        return
    for lane, row in zip(timeline.lanes, geometry.lanes, strict=True):
        painter.setPen(theme.color("text"))
        _elided(painter, geometry.gutter(row), lane.name, _RIGHT)
        painter.setPen(theme.color("text" if lane.running else "text2"))
        _elided(painter, geometry.now(row), lane.now_text, _LEFT)
        painter.save()
        painter.setClipRect(row.adjusted(0, 0, geometry.width - row.right(), 0) & geometry.body)
        _paint_lane(painter, lane, row, geometry.axis)
        painter.restore()
        painter.setPen(glyphs.pen(theme.color("grid")))
        painter.drawLine(row.bottomLeft(), row.bottomRight())


def paint_folded(painter: QPainter, timeline: Timeline, geometry: Geometry) -> None:
    """Say below the names how many stopped drugs are not drawn."""
    if timeline.folded_lanes:
        painter.setFont(theme.font(-1))
        painter.setPen(theme.color("accent"))
        words = QCoreApplication.translate("TimelineChart", "+ {count} earlier drugs")
        painter.drawText(geometry.gutter(geometry.years), _RIGHT, words.format(count=timeline.folded_lanes))


def _elided(painter: QPainter, box: QRectF, text: str, flags: Qt.AlignmentFlag) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(box, flags, shown)


def _paint_lane(painter: QPainter, lane: Lane, row: QRectF, axis: DateAxis) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inner = row.adjusted(0, 2.5, 0, -2.5)
    for block in lane.blocks:
        _paint_block(painter, block, lane.style, inner, axis)
    _paint_gaps(painter, lane, inner, axis)
    ink = theme.color(patterns.EDGE_INK[lane.style])
    painter.setPen(glyphs.pen(ink, _TICK_WIDTH.get(lane.style, 2.2)))
    for tick in lane.ticks:
        if axis.shows(tick):
            x = axis.x(tick)
            painter.drawLine(QLineF(x, row.top() + 1.5, x, row.bottom() - 1.5))
    if lane.running and lane.blocks and not lane.blocks[-1].possible:
        _paint_arrow(painter, lane, inner, axis)
    _paint_words(painter, lane, row, inner, axis)


def _box(block: LaneBlock, inner: QRectF, axis: DateAxis) -> QRectF | None:
    span = axis.clip(block.start, block.end)
    if span is None:
        return None
    least = 2.5 / inner.height()
    height = inner.height() * max(min(block.height, 1.0), least)
    return QRectF(span[0], inner.bottom() - height, max(span[1] - span[0], 1.0), height)


def _paint_block(
    painter: QPainter, block: LaneBlock, style: LaneStyle, inner: QRectF, axis: DateAxis
) -> None:
    box = _box(block, inner, axis)
    if box is None or style is LaneStyle.TICKS_ONLY:
        return
    patterns.fill(painter, box, style, possible=block.possible)
    patterns.edge(painter, box, style, possible=block.possible)
    for span in (block.start_uncertain, block.end_uncertain):
        if span is not None:
            _paint_uncertain(painter, span, style, box, axis)


def _paint_uncertain(
    painter: QPainter,
    span: tuple[dt.date, dt.date],
    style: LaneStyle,
    box: QRectF,
    axis: DateAxis,
) -> None:
    """The edge of a month- or year-precise date: a dashed line across the whole span that is possible."""
    ends = axis.clip(*span)
    if ends is None:
        return
    painter.setPen(glyphs.pen(theme.color(patterns.EDGE_INK[style]), 1.4, (3, 2)))
    painter.setBrush(glyphs.NO_BRUSH)
    middle = box.center().y()
    painter.drawLine(QPointF(ends[0], middle), QPointF(ends[1], middle))
    for x in ends:
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))


def _paint_gaps(painter: QPainter, lane: Lane, inner: QRectF, axis: DateAxis) -> None:
    for start, end in lane.gaps:
        span = axis.clip(start, end)
        if span is None:
            continue
        hole = QRectF(span[0], inner.top() - 1, max(span[1] - span[0], 6.0), inner.height() + 2)
        painter.fillRect(hole, theme.color("base"))
        painter.setPen(glyphs.pen(theme.color("text"), 1.2))
        for shift in (-1.6, 1.6):
            x = hole.center().x() + shift
            painter.drawLine(QLineF(x, inner.top() + 1, x, inner.bottom() - 1))


def _paint_arrow(painter: QPainter, lane: Lane, inner: QRectF, axis: DateAxis) -> None:
    box = _box(lane.blocks[-1], inner, axis)
    if box is None or not axis.shows(lane.blocks[-1].end):
        return
    y = box.center().y()
    head = QPolygonF([QPointF(box.right(), y - 4), QPointF(box.right() + 6, y), QPointF(box.right(), y + 4)])
    painter.setPen(glyphs.NO_PEN)
    painter.setBrush(theme.color(patterns.EDGE_INK[lane.style]))
    painter.drawPolygon(head)


def _paint_words(painter: QPainter, lane: Lane, row: QRectF, inner: QRectF, axis: DateAxis) -> None:
    """Doses where they change: inside a tall block, else above or before it, or nowhere without room."""
    metrics = QFontMetricsF(painter.font())
    digits = metrics.capHeight() + 1
    painter.setPen(theme.color("text"))
    boxes = [_box(block, inner, axis) for block in lane.blocks]
    shown = [box for box in boxes if box is not None]
    taken = [Box(box.left(), box.top(), box.right(), box.bottom()) for box in shown]
    frame = Box(row.left() + 1, row.top() - 1, row.right(), row.bottom())
    for block, box in zip(lane.blocks, boxes, strict=True):
        if box is None or not block.text:
            continue
        width = metrics.horizontalAdvance(block.text)
        left = _after_uncertain(block, box, axis)
        if box.height() >= digits + 1 and left + width <= box.right() - 2:
            if lane.style not in (LaneStyle.CONVENTIONAL, LaneStyle.OUTLINE_ONLY):
                ground = QRectF(left - 2, box.center().y() - digits / 2 - 1.5, width + 4, digits + 3)
                painter.fillRect(ground, theme.color("base"))
            painter.drawText(QRectF(left, box.top(), width + 2, box.height()), _LEFT, block.text)
            continue
        x, y = box.left(), box.top() - 0.5
        above = [Box(x + shift, y - digits, x + shift + width, y) for shift in (1, 1 - width / 2)]
        low = row.bottom() - 3
        before = Box(x - width - 3, low - digits, x - 3, low)
        free = first_free((*above, before), taken, frame)
        if free is not None:
            taken.append(Box(free.x0 - 4, free.y0, free.x1 + 4, free.y1))
            painter.drawText(QPointF(free.x0, free.y1 - 0.5), block.text)
    _paint_side_words(painter, lane, row, axis, metrics)


def _after_uncertain(block: LaneBlock, box: QRectF, axis: DateAxis) -> float:
    """Where a dose begins in its block: behind the dashes of an uncertain start, not crossed by them."""
    if block.start_uncertain is None:
        return box.left() + 5
    return max(axis.x(block.start_uncertain[1]), box.left()) + 5


def _paint_side_words(
    painter: QPainter, lane: Lane, row: QRectF, axis: DateAxis, metrics: QFontMetricsF
) -> None:
    if not lane.side_text:
        return
    dates = [block.start for block in lane.blocks] + [*lane.ticks]
    ends = [block.end for block in lane.blocks] + [*lane.ticks]
    if not dates:
        return
    width = metrics.horizontalAdvance(lane.side_text)
    x = axis.x(min(dates)) - width - 7 if lane.side_before else axis.x(max(ends)) + 7
    if row.left() + 2 <= x and x + width <= row.right() - 2:
        painter.setPen(theme.color("text2"))
        painter.drawText(QRectF(x, row.top(), width + 2, row.height()), _LEFT, lane.side_text)
