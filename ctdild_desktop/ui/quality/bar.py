"""A bar of three parts told apart by pattern: solid is known, hatched is not known, empty is missing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ctdild_desktop.clinical.quality.report import Counts
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.quality.models import COUNTS, Index
from ctdild_desktop.ui.widgets import glyphs

_HIGH = 10
_LEAST = 2.0
"""A part that is there at all is so wide that it is seen."""


class NumberCell(QStyledItemDelegate):
    """Draws a number where its model says that it stands, without a focus frame of its own."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """The row is marked as a whole, and not the cell."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One line; the words beside it decide how high the row is."""
        return QSize(0, theme.scaled(22))


class BarCell(QStyledItemDelegate):
    """Draws the counts of a row; nothing where nothing was expected."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The ground of the row, then the bar in the middle of the cell."""
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        shown.text = ""
        shown.state &= ~QStyle.StateFlag.State_HasFocus
        shown.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        counts = index.data(COUNTS)
        if not isinstance(counts, Counts) or not counts.expected:
            return
        high = theme.scaled(_HIGH)
        top = shown.rect.top() + (shown.rect.height() - high) / 2
        box = QRectF(shown.rect.left() + 8, top, shown.rect.width() - 16, high)
        painter.save()
        painter.fillRect(box, theme.color("base"))
        left = box.left()
        for width, brush in zip(
            widths(counts, box.width()),
            (QBrush(theme.color("text2")), _hatched(), None),
            strict=True,
        ):
            part = QRectF(left, box.top(), width, box.height())
            if brush is not None and width:
                painter.fillRect(part, brush)
            left += width
            if width and left < box.right():
                painter.fillRect(QRectF(left - 1, box.top(), 1, box.height()), theme.color("text"))
        painter.setPen(glyphs.pen(theme.color("text"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        painter.restore()


def _hatched() -> QBrush:
    return QBrush(theme.color("text"), Qt.BrushStyle.BDiagPattern)


def widths(counts: Counts, whole: float) -> tuple[float, float, float]:
    """How wide each part is; none that is there is too narrow to be seen."""
    parts = (counts.good, counts.said, counts.lacking)
    least = min(_LEAST, whole / 3)
    narrow = [0 < part * whole < least * counts.expected for part in parts]
    rest = whole - least * sum(narrow)
    wide = sum(part for part, is_narrow in zip(parts, narrow, strict=True) if not is_narrow)
    made = [
        least if is_narrow else (part * rest / wide if wide else 0.0)
        for part, is_narrow in zip(parts, narrow, strict=True)
    ]
    return made[0], made[1], made[2]
