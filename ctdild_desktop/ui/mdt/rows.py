"""How rows of the room are drawn: ground, hairline, the mark of the chosen one, and texts that elide."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from ctdild_desktop.ui import theme

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def draw_ground(painter: QPainter, option: QStyleOptionViewItem, *, mark: bool) -> bool:
    """Fill the row, draw its hairline and, when it is chosen, its mark; answers whether it is."""
    chosen = bool(option.state & QStyle.StateFlag.State_Selected)
    hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
    painter.fillRect(option.rect, theme.color("sel" if chosen else "alt" if hovered else "base"))
    painter.setPen(theme.color("grid"))
    painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
    if chosen and mark:
        edge = QRect(option.rect.left(), option.rect.top(), 3, option.rect.height())
        painter.fillRect(edge, theme.color("accent"))
    return chosen


def draw_text(
    painter: QPainter,
    room: QRect,
    text: str,
    *,
    ink: str = "text",
    bold: bool = False,
    smaller: bool = False,
    side: Qt.AlignmentFlag = LEFT,
) -> int:
    """One line of text, cut at its end where room is short; answers the width that it took."""
    face = theme.font(-1 if smaller else 0, bold=bold)
    metrics = QFontMetrics(face)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.setFont(face)
    painter.setPen(theme.color(ink))
    painter.drawText(room, side, shown)
    return metrics.horizontalAdvance(shown)
