"""Texts of a picture of an analysis: written within their boxes, which are remembered."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.wrapped_table import wrapped

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
_JOINED = "\u00a0%"


def line_height(*, bold: bool = False, delta: int = -1) -> float:
    """Height of a line of the picture's type."""
    return QFontMetricsF(theme.font(delta, bold=bold)).height()


def width_of(text: str, *, bold: bool = False, delta: int = -1) -> float:
    """Width of a text in the picture's type."""
    return QFontMetricsF(theme.font(delta, bold=bold)).horizontalAdvance(text)


def lines_of(text: str, width: float, *, most: int, bold: bool = False, delta: int = -1) -> tuple[str, ...]:
    """A text in at most so many lines of a width; the last one says with a mark that there is more."""
    if not text:
        return ()
    face = theme.font(delta, bold=bold)
    joined = text.replace(" %", _JOINED)  # a number keeps its sign
    lines = [line.replace(_JOINED, " %") for line in wrapped(joined, face, max(int(width), 8))]
    if len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        mode = Qt.TextElideMode.ElideRight
        lines = [*lines[: most - 1], QFontMetricsF(face).elidedText(rest, mode, width)]
    return tuple(lines)


class Words:
    """Writes; ``written`` has every text with the box that its letters take."""

    def __init__(self, painter: QPainter) -> None:
        self.painter = painter
        self.written: list[tuple[str, Box]] = []

    def write(
        self,
        text: str,
        area: QRectF,
        align: Qt.AlignmentFlag = LEFT,
        *,
        ink: str = "text2",
        bold: bool = False,
        delta: int = -1,
    ) -> None:
        """Write one line into an area."""
        if not text:
            return
        face = theme.font(delta, bold=bold)
        wide, high = QFontMetricsF(face).horizontalAdvance(text), QFontMetricsF(face).height()
        left = area.left()
        if align & Qt.AlignmentFlag.AlignRight:
            left = area.right() - wide
        elif align & Qt.AlignmentFlag.AlignHCenter:
            left = area.center().x() - wide / 2
        top = area.center().y() - high / 2
        self.written.append((text, Box(left, top, left + wide, top + high)))
        self.painter.setFont(face)
        self.painter.setPen(theme.color(ink))
        self.painter.drawText(QRectF(left, top, wide + 2, high), LEFT, text)
