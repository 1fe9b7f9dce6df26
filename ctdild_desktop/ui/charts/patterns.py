"""Fill patterns of the therapy lanes, drawn line by line so that they stay crisp at every scale."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter

from ctdild_desktop.figures.scene import LaneStyle
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets import glyphs

EDGE_INK = {
    LaneStyle.GLUCOCORTICOID: "gc",
    LaneStyle.CONVENTIONAL: "csd",
    LaneStyle.CYCLOPHOSPHAMIDE: "cyc",
    LaneStyle.ANTI_CD20: "cd20",
    LaneStyle.OTHER_BIOLOGIC: "bio",
    LaneStyle.JAK: "cyc",
    LaneStyle.ANTIFIBROTIC: "af",
    LaneStyle.TICKS_ONLY: "text2",
    LaneStyle.OUTLINE_ONLY: "text2",
}
_GROUND = {
    LaneStyle.CONVENTIONAL: "csdbg",
    LaneStyle.CYCLOPHOSPHAMIDE: "cycbg",
    LaneStyle.ANTI_CD20: "cd20bg",
}


def fill(painter: QPainter, box: QRectF, style: LaneStyle, *, possible: bool = False) -> None:
    """Fill a block with the pattern of its drug class; ``possible`` is late B-cell depletion's open hatch."""
    ground = _GROUND.get(style)
    if ground is not None and not possible:
        painter.fillRect(box, theme.color(ground))
    painter.save()
    painter.setClipRect(box)
    ink = theme.color(EDGE_INK[style])
    if style is LaneStyle.GLUCOCORTICOID:
        painter.setPen(glyphs.NO_PEN)
        painter.setBrush(ink)
        for dot in _lattice(box, 4):
            painter.drawEllipse(dot, 0.8, 0.8)
    else:
        wide = 1.1 if possible or style is not LaneStyle.ANTI_CD20 else 1.7
        painter.setPen(glyphs.pen(ink, wide))
        painter.drawLines(_lines(box, style, possible=possible))
    painter.restore()


def edge(painter: QPainter, box: QRectF, style: LaneStyle, *, possible: bool = False) -> None:
    """Draw the outline of a block; dashed where the effect is only possible."""
    painter.setPen(glyphs.pen(theme.color(EDGE_INK[style]), 1, (3, 2) if possible else ()))
    painter.setBrush(glyphs.NO_BRUSH)
    painter.drawRect(box)


def _lines(box: QRectF, style: LaneStyle, *, possible: bool) -> list[QLineF]:
    if style is LaneStyle.CYCLOPHOSPHAMIDE:
        return _slanted(box, 6, rising=False)
    if style is LaneStyle.ANTI_CD20:
        return _slanted(box, 8 if possible else 5, rising=True)
    if style is LaneStyle.OTHER_BIOLOGIC:
        return _upright(box, 4)
    if style is LaneStyle.JAK:
        return _upright(box, 5) + _level(box, 5)
    if style is LaneStyle.ANTIFIBROTIC:
        return _level(box, 4)
    return []


def _steps(low: float, high: float, pitch: float) -> list[float]:
    first = math.ceil(low / pitch)
    return [index * pitch for index in range(first, math.floor(high / pitch) + 1)]


def _upright(box: QRectF, pitch: float) -> list[QLineF]:
    return [QLineF(x, box.top(), x, box.bottom()) for x in _steps(box.left(), box.right(), pitch)]


def _level(box: QRectF, pitch: float) -> list[QLineF]:
    return [QLineF(box.left(), y, box.right(), y) for y in _steps(box.top(), box.bottom(), pitch)]


def _slanted(box: QRectF, pitch: float, *, rising: bool) -> list[QLineF]:
    run = pitch * math.sqrt(2)
    high = box.height()
    made = []
    for x in _steps(box.left() - high, box.right() + high, run):
        if rising:
            made.append(QLineF(x, box.bottom(), x + high, box.top()))
        else:
            made.append(QLineF(x, box.top(), x + high, box.bottom()))
    return made


def _lattice(box: QRectF, pitch: float) -> list[QPointF]:
    dots = []
    for row, y in enumerate(_steps(box.top(), box.bottom(), pitch / 2)):
        shift = pitch / 2 if row % 2 else 0.0
        dots += [QPointF(x + shift, y) for x in _steps(box.left() - pitch, box.right(), pitch)]
    return dots
