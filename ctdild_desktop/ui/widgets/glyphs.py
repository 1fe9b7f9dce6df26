"""Small marks drawn with lines, crisp at every scale; shape carries the meaning, colour repeats it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF

from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.ui import theme

NO_BRUSH = Qt.BrushStyle.NoBrush
NO_PEN = Qt.PenStyle.NoPen


def pen(colour: QColor, width: float = 1.0, dashes: tuple[float, ...] = ()) -> QPen:
    """A pen for painting in pixels, which grows with the screen's scale; ``dashes`` are lengths in pixels."""
    made = QPen(colour, width)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    made.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    if dashes:
        made.setDashPattern([length / width for length in dashes])
    return made


def verdict(painter: QPainter, box: QRectF, which: Verdict, *, solid: str = "met") -> None:
    """The mark of a verdict: filled diamond, ring, question mark in a dashed diamond, or a dash.

    ``solid`` names the token of the diamond: ``onmet`` where it stands on a solid block.
    """
    if which is Verdict.MET:
        painter.setPen(NO_PEN)
        painter.setBrush(theme.color(solid))
        painter.drawPolygon(_diamond(box.center(), box.width() * 0.5))
    elif which is Verdict.NOT_MET:
        painter.setPen(pen(theme.color("text"), 1.8))
        painter.setBrush(NO_BRUSH)
        painter.drawEllipse(box.center(), box.width() * 0.36, box.width() * 0.36)
    elif which is Verdict.CANNOT_ASSESS:
        painter.setPen(pen(theme.color("unkt"), 1.4, (2.4, 1.8)))
        painter.setBrush(NO_BRUSH)
        painter.drawPolygon(_diamond(box.center(), box.width() * 0.62))
        _centred(painter, box, "?", theme.color("unkt"))
    else:
        painter.setPen(pen(theme.color("text2"), 1.8))
        middle = box.center()
        painter.drawLine(QPointF(middle.x() - 4, middle.y()), QPointF(middle.x() + 4, middle.y()))


def warning(painter: QPainter, box: QRectF, fill: QColor, ink: QColor) -> None:
    """A filled triangle with an exclamation mark: refused, or overdue."""
    path = QPainterPath(QPointF(box.center().x(), box.top() + 1))
    path.lineTo(box.right(), box.bottom() - 1)
    path.lineTo(box.left(), box.bottom() - 1)
    path.closeSubpath()
    painter.fillPath(path, fill)
    painter.setPen(pen(ink, 1.6))
    x = box.center().x()
    painter.drawLine(QPointF(x, box.top() + box.height() * 0.38), QPointF(x, box.top() + box.height() * 0.66))
    painter.drawLine(QPointF(x, box.top() + box.height() * 0.73), QPointF(x, box.top() + box.height() * 0.83))


def again(painter: QPainter, box: QRectF, ink: QColor) -> None:
    """A turning arrow: look again, confirm."""
    ring = box.adjusted(2, 2, -2, -2)
    painter.setPen(pen(ink, 1.6))
    painter.setBrush(NO_BRUSH)
    painter.drawArc(ring, 60 * 16, -300 * 16)
    tip = QPointF(ring.center().x() + ring.width() * 0.30, ring.top() + ring.height() * 0.08)
    head = QPolygonF([tip + QPointF(-4, -2.4), tip + QPointF(2.2, 0.6), tip + QPointF(-3, 4)])
    painter.setPen(NO_PEN)
    painter.setBrush(ink)
    painter.drawPolygon(head)


def adverse_event(painter: QPainter, box: QRectF, grade: int | None, *, serious: bool) -> None:
    """An upward triangle with the grade (``?`` when not graded) in it; a bar under it says serious."""
    triangle = QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()])
    painter.setPen(pen(theme.color("text"), 1.1))
    painter.setBrush(theme.color(f"g{grade}") if grade else theme.color("base"))
    painter.drawPolygon(triangle)
    ink = theme.color("ong4" if grade is not None and grade >= 4 else "text")
    digits = QFont(theme.font(-2, bold=True))
    digits.setPixelSize(max(round(box.height() * 0.64), 8))
    painter.setFont(digits)
    painter.setPen(ink)
    low = box.adjusted(0, box.height() * 0.26, 0, box.height() * 0.06)
    painter.drawText(low, Qt.AlignmentFlag.AlignCenter, str(grade) if grade else "?")
    if serious:
        painter.fillRect(QRectF(box.left(), box.bottom() + 1.5, box.width(), 2), theme.color("text"))


def pennant(painter: QPainter, box: QRectF, *, planned: bool) -> None:
    """A pennant that points down: a meeting; hollow and dashed while planned."""
    shape = QPolygonF(
        [
            box.topLeft(),
            box.topRight(),
            QPointF(box.right(), box.top() + box.height() * 0.55),
            QPointF(box.center().x(), box.bottom()),
            QPointF(box.left(), box.top() + box.height() * 0.55),
        ]
    )
    painter.setPen(pen(theme.color("text"), 1.1, (2.0, 1.6) if planned else ()))
    painter.setBrush(NO_BRUSH if planned else theme.color("text"))
    painter.drawPolygon(shape)


def lettered_box(painter: QPainter, box: QRectF, letters: str) -> None:
    """A box with one or two letters: a scan (``CT``), an admission (``H``)."""
    painter.setPen(pen(theme.color("text"), 1.1))
    painter.setBrush(theme.color("base"))
    painter.drawRect(box)
    face = QFont(theme.font(-2, bold=True))
    face.setPixelSize(max(round(box.height() * 0.7), 8))
    painter.setFont(face)
    painter.setPen(theme.color("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letters)


def _diamond(middle: QPointF, reach: float) -> QPolygonF:
    x, y = middle.x(), middle.y()
    return QPolygonF(
        [QPointF(x, y - reach), QPointF(x + reach, y), QPointF(x, y + reach), QPointF(x - reach, y)]
    )


def _centred(painter: QPainter, box: QRectF, text: str, ink: QColor) -> None:
    face = QFont(theme.font(-1, bold=True))
    face.setPixelSize(max(round(box.width() * 0.78), 9))
    painter.setFont(face)
    painter.setPen(ink)
    painter.drawText(box.adjusted(-4, -4, 4, 4), Qt.AlignmentFlag.AlignCenter, text)
