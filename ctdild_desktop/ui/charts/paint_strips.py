"""Painting of the further panels and of the row of epochs."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from ctdild_desktop.figures.scene import EpochRow, EpochSpan, LungPanel, Strip, Timeline
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.geometry import Geometry
from ctdild_desktop.ui.charts.inks import ink_of
from ctdild_desktop.ui.charts.paint_series import paint_marker, paint_series
from ctdild_desktop.ui.widgets import glyphs

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_MARKER = 7.0


def paint_strips(painter: QPainter, timeline: Timeline, geometry: Geometry) -> None:
    """Draw every further panel: its name, unit and scale at the left, its latest value at the right."""
    for index, strip in enumerate(timeline.strips):
        box = geometry.strips[index]
        _paint_names(painter, strip, box)
        if strip.empty_text:
            painter.setFont(theme.font(-1))
            painter.setPen(theme.color("text2"))
            painter.drawText(box.adjusted(10, 0, -10, 0), _LEFT | Qt.TextFlag.TextWordWrap, strip.empty_text)
        else:
            _paint_strip(painter, strip, index, geometry)
        painter.setPen(glyphs.pen(theme.color("ctrl")))
        painter.drawLine(QLineF(box.left(), box.top(), box.right(), box.top()))


def _paint_names(painter: QPainter, strip: Strip, box: QRectF) -> None:
    line = theme.scaled(15)
    ink = ink_of(strip.measure)
    top = box.top() + 3
    painter.setFont(theme.font(-1, bold=True))
    painter.setPen(theme.color(ink.text))
    name = QRectF(12, top, theme.scaled(40), line)
    painter.drawText(name, _LEFT, strip.name)
    if strip.empty_text:
        return
    x, y = 12.0 + theme.scaled(38), top + line / 2
    painter.setPen(glyphs.pen(theme.color(ink.line), 1.8, ink.dashes))
    painter.drawLine(QLineF(x, y, x + 26, y))
    paint_marker(painter, QPointF(x + 13, y), ink, _MARKER)
    painter.setFont(theme.font(-1))
    painter.setPen(theme.color("text2"))
    unit = QRectF(12, top + line, box.left() - 12 - theme.scaled(26), box.height() - line - 4)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    painter.drawText(unit, flags, strip.unit)


def _paint_strip(painter: QPainter, strip: Strip, index: int, geometry: Geometry) -> None:
    box, y = geometry.strips[index], geometry.strip_y(index, strip)
    painter.setFont(theme.font(-1))
    high = QFontMetricsF(painter.font()).height()
    for tick in strip.ticks:
        level = round(y(tick.value)) + 0.5
        painter.setPen(glyphs.pen(theme.color("grid"), 1))
        painter.drawLine(QLineF(box.left(), level, box.right(), level))
        painter.setPen(theme.color("text2"))
        top = min(max(level - high / 2, box.top()), box.bottom() - high)
        painter.drawText(QRectF(0, top, box.left() - 7, high), _RIGHT, tick.text)
    painter.save()
    painter.setClipRect(box.adjusted(0, 0, 0, 0))
    for series in strip.series:
        paint_series(painter, series, geometry.axis, y, _MARKER)
    painter.restore()
    now = strip.now
    if now is None:
        return
    column = geometry.now(box)
    top = min(max(y(now.value) - high, box.top()), box.bottom() - 2 * high)
    painter.setFont(theme.font(0, bold=True))
    painter.setPen(theme.color(ink_of(now.measure).text))
    painter.drawText(QRectF(column.left(), top, column.width() + 6, high), _LEFT, now.headline)
    painter.setFont(theme.font(-1, italic=now.preview))
    painter.setPen(theme.color("text2" if now.preview else "text"))
    painter.drawText(QRectF(column.left(), top + high, column.width() + 6, high), _LEFT, now.detail)


def paint_epochs(painter: QPainter, row: EpochRow, geometry: Geometry) -> None:
    """Draw the row of epochs: a stretch for each, with its slope in the words that have room."""
    box = geometry.epochs
    if box is None:
        return
    painter.setFont(theme.font(-1))
    painter.setPen(theme.color("text"))
    gutter = geometry.gutter(box)
    name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, int(gutter.width()))
    painter.drawText(gutter, _RIGHT, name)
    painter.drawText(geometry.now(box), _LEFT, row.now_text)
    if row.empty_text:
        painter.setPen(theme.color("text2"))
        painter.drawText(box.adjusted(10, 0, 0, 0), _LEFT, row.empty_text)
    for span in row.spans:
        _paint_epoch(painter, span, box, geometry)
    painter.setPen(glyphs.pen(theme.color("ctrl")))
    painter.drawLine(QLineF(box.left(), box.top(), box.right(), box.top()))


def _paint_epoch(painter: QPainter, span: EpochSpan, box: QRectF, geometry: Geometry) -> None:
    ends = geometry.axis.clip(span.start, span.end)
    if ends is None:
        return
    area = QRectF(ends[0], box.top() + 3, max(ends[1] - ends[0], 1.0), box.height() - 6)
    painter.setPen(glyphs.pen(theme.color("ctrl"), 1))
    painter.setBrush(theme.color("alt" if span.known else "base"))
    painter.drawRect(area)
    metrics = QFontMetricsF(painter.font())
    words = next((one for one in span.words if metrics.horizontalAdvance(one) <= area.width() - 5), "")
    painter.setPen(theme.color("text" if span.known else "text2"))
    painter.drawText(area, _CENTRE, words)


def paint_fits(painter: QPainter, panel: LungPanel, row: EpochRow, geometry: Geometry) -> None:
    """Draw the fitted line of each epoch through the tests that it was fitted to."""
    if not panel.series:
        return
    painter.save()
    painter.setClipRect(geometry.panel)
    painter.setPen(glyphs.pen(theme.color("text"), 1.2, (6, 2, 1, 2)))
    for span in row.spans:
        if span.line is not None:
            (first, low), (last, high) = span.line
            axis = geometry.axis
            painter.drawLine(QLineF(axis.x(first), geometry.y(low), axis.x(last), geometry.y(high)))
    painter.restore()
