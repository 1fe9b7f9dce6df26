"""The mark of a row: what kind of thing it is by its shape, whatever the colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF

from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.services.today import Group, State, TodayRow
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets import glyphs

_ALARMS = {State.OVERDUE, State.GATE, State.WARNING}


def draw(painter: QPainter, box: QRectF, row: TodayRow) -> None:
    """Diamond: newly met. Triangle: overdue. Turning arrow: to confirm. Clock: due. Half disc: may be done.

    Arrow: suggested. Ring: later. Pencil: incomplete.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = theme.color("text")
    if row.group is Group.PROGRESSION:
        glyphs.verdict(painter, box, Verdict.MET)
    elif row.state in _ALARMS:
        glyphs.warning(painter, box, theme.color("over"), theme.color("base"))
    elif row.group is Group.CONFIRM:
        glyphs.again(painter, box, ink)
    elif row.group is Group.INCOMPLETE:
        _pencil(painter, box, ink)
    elif row.state is State.SUGGESTED:
        _arrow(painter, box, ink)
    elif row.state is State.OPEN:
        _disc(painter, box, ink, half=True)
    elif row.state is State.LATER:
        _disc(painter, box, ink, half=False)
    else:
        _clock(painter, box, ink)


def _ring(painter: QPainter, box: QRectF, ink: QColor) -> QRectF:
    ring = box.adjusted(1.5, 1.5, -1.5, -1.5)
    painter.setPen(glyphs.pen(ink, 1.4))
    painter.setBrush(glyphs.NO_BRUSH)
    painter.drawEllipse(ring)
    return ring


def _clock(painter: QPainter, box: QRectF, ink: QColor) -> None:
    ring = _ring(painter, box, ink)
    middle = ring.center()
    painter.drawLine(middle, QPointF(middle.x(), ring.top() + ring.height() * 0.2))
    painter.drawLine(middle, QPointF(middle.x() + ring.width() * 0.24, middle.y() + ring.height() * 0.12))


def _disc(painter: QPainter, box: QRectF, ink: QColor, *, half: bool) -> None:
    ring = _ring(painter, box, ink)
    if half:
        painter.setPen(glyphs.NO_PEN)
        painter.setBrush(ink)
        painter.drawPie(ring, 90 * 16, -180 * 16)


def _arrow(painter: QPainter, box: QRectF, ink: QColor) -> None:
    middle = box.center()
    painter.setPen(glyphs.pen(ink, 1.5))
    painter.drawLine(QPointF(box.left() + 1, middle.y()), QPointF(box.right() - 2, middle.y()))
    tip = QPointF(box.right() - 1, middle.y())
    painter.setPen(glyphs.NO_PEN)
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([tip, tip + QPointF(-5, -3.5), tip + QPointF(-5, 3.5)]))


def _pencil(painter: QPainter, box: QRectF, ink: QColor) -> None:
    path = QPainterPath(QPointF(box.left() + 1, box.bottom() - 1))
    path.lineTo(box.left() + 2.2, box.bottom() - 4.6)
    path.lineTo(box.right() - 4, box.top() + 1.4)
    path.lineTo(box.right() - 1.4, box.top() + 4)
    path.lineTo(box.left() + 4.6, box.bottom() - 2.2)
    path.closeSubpath()
    painter.setPen(glyphs.pen(ink, 1.2))
    painter.setBrush(glyphs.NO_BRUSH)
    painter.drawPath(path)
