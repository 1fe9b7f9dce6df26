"""Painting of what does not move with the data: grounds, grid, axis texts, legend and the Now column."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from ctdild_desktop.figures.layout import grid_dates, spread, year_labels
from ctdild_desktop.figures.scene import EventKind, LungPanel, Timeline
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.geometry import Geometry
from ctdild_desktop.ui.charts.inks import ink_of
from ctdild_desktop.ui.charts.paint_series import paint_marker
from ctdild_desktop.ui.widgets import glyphs

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


def paint_ground(painter: QPainter, timeline: Timeline, geometry: Geometry) -> None:
    """Fill the areas, draw the grid and the texts of the axes."""
    body = geometry.body
    painter.fillRect(QRectF(0, 0, geometry.width, geometry.height), theme.color("base"))
    column = QRectF(body.right(), 0, geometry.width - body.right(), geometry.height)
    painter.fillRect(column, theme.color("alt"))
    _paint_grid(painter, timeline, geometry)
    _paint_years(painter, timeline, geometry)
    if timeline.panel.series:
        _paint_legend(painter, timeline.panel)


def paint_edges(painter: QPainter, geometry: Geometry) -> None:
    """Draw the frame and the lines between panel, lanes and events, above everything of the rows."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(glyphs.pen(theme.color("ctrl")))
    painter.setBrush(glyphs.NO_BRUSH)
    body = geometry.body
    painter.drawRect(body.toRect())
    for y in (geometry.panel.bottom(), geometry.lanes[0].top(), geometry.adverse.top()):
        painter.drawLine(QLineF(body.left(), y, body.right(), y))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def paint_now(painter: QPainter, panel: LungPanel, geometry: Geometry) -> None:
    """Write the latest values at their height in the Now column, apart from one another, and the LLN."""
    small, big = theme.font(-1), theme.font(2, bold=True)
    small_height = QFontMetricsF(small).height()
    big_height = QFontMetricsF(big).height()
    wanted: list[float] = []
    sizes: list[float] = []
    for now in panel.now:
        wanted.append(geometry.y(now.value) + small_height / 2)
        sizes.append(big_height + small_height + 2)
    shown = panel.limits
    for limit in shown:
        wanted.append(geometry.y(limit.points[-1][1]))
        sizes.append(small_height + 2)
    places = spread(wanted, sizes, geometry.panel.top(), geometry.panel.bottom())
    column = QRectF(geometry.now_left + 8, 0, geometry.width - geometry.now_left - 10, 0)
    for now, middle, size in zip(panel.now, places, sizes, strict=False):
        top = middle - size / 2
        painter.setFont(_fitting(now.headline, column.width() - 2))
        painter.setPen(theme.color(ink_of(now.measure).text))
        painter.drawText(QRectF(column.left(), top, column.width() + 6, big_height), _LEFT, now.headline)
        painter.setFont(theme.font(-1, italic=now.preview))
        painter.setPen(theme.color("text2" if now.preview else "text"))
        detail = QRectF(column.left(), top + big_height, column.width() + 6, small_height)
        painter.drawText(detail, _LEFT, now.detail)
    painter.setFont(small)
    painter.setPen(theme.color("text2"))
    for limit, middle in zip(shown, places[len(panel.now) :], strict=True):
        box = QRectF(column.left(), middle - small_height / 2, column.width() + 6, small_height)
        painter.drawText(box, _LEFT, limit.now_text)


def _fitting(text: str, width: float) -> QFont:
    """The headline's font, smaller by a pixel or two where the text would leave the column."""
    for delta in (2, 1):
        face = theme.font(delta, bold=True)
        if QFontMetricsF(face).horizontalAdvance(text) <= width:
            return face
    return theme.font(0, bold=True)


def paint_verticals(painter: QPainter, timeline: Timeline, geometry: Geometry) -> None:
    """Draw the dotted lines of the scans and the solid one of today through panel and rows."""
    axis, body = geometry.axis, geometry.body
    scans = {mark.date for mark in timeline.events if mark.kind is EventKind.HRCT}
    painter.setPen(glyphs.pen(theme.color("text2"), 1, (1, 4)))
    for date in sorted(scans):
        if axis.shows(date):
            painter.drawLine(QLineF(axis.x(date), body.top(), axis.x(date), geometry.other.top()))
    if axis.shows(timeline.today):
        painter.setPen(glyphs.pen(theme.color("text"), 1))
        x = round(axis.x(timeline.today)) + 0.5
        painter.drawLine(QLineF(x, body.top(), x, body.bottom()))


def _paint_grid(painter: QPainter, timeline: Timeline, geometry: Geometry) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    body, panel = geometry.body, geometry.panel
    painter.fillRect(body, theme.color("base"))
    for line in grid_dates(geometry.axis):
        x = round(geometry.axis.x(line.date))
        painter.setPen(glyphs.pen(theme.color("grid"), 1, () if line.major else (1, 3)))
        painter.drawLine(QLineF(x, body.top(), x, body.bottom()))
        if line.major:
            painter.setPen(glyphs.pen(theme.color("ctrl"), 1))
            painter.drawLine(QLineF(x, body.bottom(), x, body.bottom() + 4))
    painter.setFont(theme.font(-1))
    height = QFontMetricsF(painter.font()).height()
    for tick in timeline.panel.ticks if timeline.panel.series else ():
        y = round(geometry.y(tick.value))
        if panel.top() < y < panel.bottom():
            painter.setPen(glyphs.pen(theme.color("grid"), 1))
            painter.drawLine(QLineF(panel.left(), y, panel.right(), y))
        painter.setPen(theme.color("text2"))
        top = min(max(y - height / 2, panel.top()), panel.bottom() - height)
        painter.drawText(QRectF(0, top, panel.left() - 7, height), _RIGHT, tick.text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_years(painter: QPainter, timeline: Timeline, geometry: Geometry) -> None:
    face = theme.font(-1)
    painter.setFont(face)
    painter.setPen(theme.color("text"))
    width = QFontMetricsF(face).horizontalAdvance("0000") + 16
    row = geometry.years
    for label in year_labels(geometry.axis, width):
        painter.drawText(QRectF(label.x - width / 2, row.top() + 1, width, row.height()), _CENTRE, label.text)
    painter.setFont(theme.font(-1, bold=True))
    painter.drawText(geometry.now(row), _LEFT, timeline.today_text)


def _paint_legend(painter: QPainter, panel: LungPanel) -> None:
    line = theme.scaled(18)
    top = float(theme.scaled(4))
    for series in panel.series:
        ink = ink_of(series.measure)
        painter.setFont(theme.font(-1, bold=True))
        painter.setPen(theme.color(ink.text))
        painter.drawText(QRectF(12, top, theme.scaled(40), line), _LEFT, series.label)
        x, y = 12.0 + theme.scaled(38), top + line / 2
        painter.setPen(glyphs.pen(theme.color(ink.line), 1.8, ink.dashes))
        painter.drawLine(QLineF(x, y, x + 26, y))
        paint_marker(painter, QPointF(x + 13, y), ink)
        top += line
    painter.setFont(theme.font(-1))
    painter.setPen(theme.color("text2"))
    painter.drawText(QRectF(12, top, theme.scaled(84), line), _LEFT, panel.axis_text)
