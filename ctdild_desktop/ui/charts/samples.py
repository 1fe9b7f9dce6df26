"""A sample of each sign of the time-line, for its key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from ctdild_desktop.figures.key import KeyLine, Sign
from ctdild_desktop.figures.scene import LaneStyle
from ctdild_desktop.language import say
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts import patterns
from ctdild_desktop.ui.charts.inks import ink_of
from ctdild_desktop.ui.charts.paint_series import PREVIEW_MARKER, paint_marker
from ctdild_desktop.ui.widgets import glyphs


def paint_sample(painter: QPainter, line: KeyLine, box: QRectF) -> None:
    """Draw the sign of a line of the key into a box of about 44 × 18 pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw = _DRAWN.get(line.sign)
    if draw is not None:
        draw(painter, box, line.detail)


def _series(painter: QPainter, box: QRectF, measure: str) -> None:
    ink = ink_of(measure)
    if ink.joined:
        _level(painter, box, ink.line, 1.8, ink.dashes)
    paint_marker(painter, box.center(), ink)


def _hollow(painter: QPainter, box: QRectF, measure: str) -> None:
    paint_marker(painter, box.center(), ink_of(measure), filled=False)


def _preview(painter: QPainter, box: QRectF, measure: str) -> None:
    ink = ink_of(measure)
    _level(painter, box, ink.line, 1.8, (2, 3))
    paint_marker(painter, box.center(), ink, PREVIEW_MARKER, filled=False)


def _ring(painter: QPainter, box: QRectF, _detail: str) -> None:
    paint_marker(painter, box.center(), ink_of("fvc"))
    painter.setPen(glyphs.pen(theme.color("text"), 1.4))
    painter.setBrush(glyphs.NO_BRUSH)
    painter.drawEllipse(box.center(), 8, 8)


def _band(painter: QPainter, box: QRectF, _detail: str) -> None:
    area = box.adjusted(4, 2, -4, -2)
    painter.fillRect(area, theme.color("band"))
    painter.setPen(glyphs.pen(theme.color("fvc"), 1, (1, 2)))
    painter.drawLine(area.topLeft(), area.topRight())
    painter.setPen(glyphs.pen(theme.color("fvc"), 1.2))
    painter.drawLine(area.bottomLeft(), area.bottomRight())


def _set_change(painter: QPainter, box: QRectF, _detail: str) -> None:
    _upright(painter, QRectF(box.left(), box.top(), box.width(), 12), "text2", 1.2)


def _today(painter: QPainter, box: QRectF, _detail: str) -> None:
    _upright(painter, box, "text", 1)


def _epoch(painter: QPainter, box: QRectF, _detail: str) -> None:
    painter.setPen(glyphs.pen(theme.color("ctrl"), 1))
    painter.setBrush(theme.color("alt"))
    painter.drawRect(box.adjusted(2, 2, -2, -2))
    painter.drawLine(QLineF(box.center().x(), box.top() + 2, box.center().x(), box.bottom() - 2))


def _lane(painter: QPainter, box: QRectF, style: str) -> None:
    area = box.adjusted(2, 3, -2, -3)
    patterns.fill(painter, area, LaneStyle(style))
    patterns.edge(painter, area, LaneStyle(style))


def _possible(painter: QPainter, box: QRectF, _detail: str) -> None:
    area = box.adjusted(2, 3, -2, -3)
    patterns.fill(painter, area, LaneStyle.ANTI_CD20, possible=True)
    patterns.edge(painter, area, LaneStyle.ANTI_CD20, possible=True)


def _tick(painter: QPainter, box: QRectF, _detail: str) -> None:
    _upright(painter, box.adjusted(0, 1, 0, -1), "text2", 2.4)


def _gap(painter: QPainter, box: QRectF, _detail: str) -> None:
    for side in (box.adjusted(2, 3, -26, -3), box.adjusted(26, 3, -2, -3)):
        patterns.fill(painter, side, LaneStyle.CONVENTIONAL)
        patterns.edge(painter, side, LaneStyle.CONVENTIONAL)
    painter.setPen(glyphs.pen(theme.color("text"), 1.2))
    for shift in (-1.6, 1.6):
        x = box.center().x() + shift
        painter.drawLine(QLineF(x, box.top() + 4, x, box.bottom() - 4))


def _uncertain(painter: QPainter, box: QRectF, _detail: str) -> None:
    area = box.adjusted(8, 3, -8, -3)
    painter.setPen(glyphs.pen(theme.color("csd"), 1.4, (3, 2)))
    for x in (area.left(), area.right()):
        painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
    painter.drawLine(QLineF(area.left(), area.center().y(), area.right(), area.center().y()))


def _arrow(painter: QPainter, box: QRectF, _detail: str) -> None:
    y, x = box.center().y(), box.center().x() - 3
    painter.setPen(glyphs.NO_PEN)
    painter.setBrush(theme.color("csd"))
    painter.drawPolygon(QPolygonF([QPointF(x, y - 4), QPointF(x + 6, y), QPointF(x, y + 4)]))


def _adverse_event(painter: QPainter, box: QRectF, grade: str) -> None:
    glyphs.adverse_event(painter, _middle(box, 20, 15.5), int(grade) or None, serious=False)


def _serious(painter: QPainter, box: QRectF, _detail: str) -> None:
    painter.fillRect(_middle(box, 20, 2), theme.color("text"))


def _middle(box: QRectF, wide: float, high: float) -> QRectF:
    return QRectF(box.center().x() - wide / 2, box.center().y() - high / 2, wide, high)


def _level(painter: QPainter, box: QRectF, ink: str, width: float, dashes: tuple[float, ...] = ()) -> None:
    painter.setPen(glyphs.pen(theme.color(ink), width, dashes))
    painter.drawLine(QLineF(box.left() + 4, box.center().y(), box.right() - 4, box.center().y()))


def _upright(painter: QPainter, box: QRectF, ink: str, width: float) -> None:
    painter.setPen(glyphs.pen(theme.color(ink), width))
    painter.drawLine(QLineF(box.center().x(), box.top(), box.center().x(), box.bottom()))


_DRAWN: dict[Sign, Callable[[QPainter, QRectF, str], None]] = {
    Sign.SERIES: _series,
    Sign.HOLLOW: _hollow,
    Sign.PREVIEW: _preview,
    Sign.RING: _ring,
    Sign.BAND: _band,
    Sign.LIMIT: lambda painter, box, _: _level(painter, box, "lln", 1, (1, 3)),
    Sign.SET_CHANGE: _set_change,
    Sign.TODAY: _today,
    Sign.FIT: lambda painter, box, _: _level(painter, box, "text", 1.2, (6, 2, 1, 2)),
    Sign.EPOCH: _epoch,
    Sign.LANE: _lane,
    Sign.POSSIBLE: _possible,
    Sign.TICK: _tick,
    Sign.GAP: _gap,
    Sign.UNCERTAIN: _uncertain,
    Sign.ARROW: _arrow,
    Sign.ADVERSE_EVENT: _adverse_event,
    Sign.SERIOUS: _serious,
    Sign.ONGOING: lambda painter, box, _: _level(painter, box, "text2", 1),
    Sign.SCAN: lambda painter, box, _: glyphs.lettered_box(painter, _middle(box, 20, 14), say("CT")),
    Sign.ADMISSION: lambda painter, box, _: glyphs.lettered_box(painter, _middle(box, 14, 14), "H"),
    Sign.MDT: lambda painter, box, _: glyphs.pennant(painter, _middle(box, 12, 13), planned=False),
    Sign.PLANNED: lambda painter, box, _: glyphs.pennant(painter, _middle(box, 12, 13), planned=True),
}
