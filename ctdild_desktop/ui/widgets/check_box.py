"""A check box whose edge can be seen in every theme, high contrast included."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton, QStylePainter

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.sheet_style import off_colour

_LEAST = 200


class CheckBox(QCheckBox):
    """Fusion derives the box's edge from the window colour, which is lost on black; here it is a token."""

    elides = False
    """Whether long words make room for what stands beside the box; the tool tip has them in full then."""

    def minimumSizeHint(self) -> QSize:
        """Room for the words, or for some of them."""
        return self._within(super().minimumSizeHint())

    def sizeHint(self) -> QSize:
        """Room for the words, or for some of them."""
        return self._within(super().sizeHint())

    def _within(self, wanted: QSize) -> QSize:
        return QSize(min(wanted.width(), theme.scaled(_LEAST)), wanted.height()) if self.elides else wanted

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box from tokens and leave the words to the style."""
        del event
        option = QStyleOptionButton()
        self.initStyleOption(option)
        style = self.style()
        painter = QStylePainter(self)
        box = QRectF(style.subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self))
        _paint_box(
            painter, box.adjusted(1.5, 1.5, -1.5, -1.5), checked=self.isChecked(), usable=self.isEnabled()
        )
        option.rect = style.subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, self)
        if self.elides:
            mode = Qt.TextElideMode.ElideRight
            option.text = self.fontMetrics().elidedText(option.text, mode, option.rect.width())
        painter.drawControl(QStyle.ControlElement.CE_CheckBoxLabel, option)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0, 0, -1, -1))


def _paint_box(painter: QPainter, box: QRectF, *, checked: bool, usable: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("ctrl") if usable else QColor(off_colour(theme.tokens())), 1))
    painter.setBrush(theme.color("accent" if checked and usable else "base"))
    painter.drawRect(box)
    if checked:
        painter.setPen(QPen(theme.color("onaccent" if usable else "text3"), 1.8))
        width, height = box.width(), box.height()
        painter.drawPolyline(
            QPolygonF(
                [
                    QPointF(box.left() + 0.22 * width, box.top() + 0.52 * height),
                    QPointF(box.left() + 0.43 * width, box.top() + 0.74 * height),
                    QPointF(box.left() + 0.80 * width, box.top() + 0.26 * height),
                ]
            )
        )
