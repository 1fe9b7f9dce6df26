"""A scene item the size of the chart whose painting is given to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget


class Layer(QGraphicsItem):
    """Paints by calling ``paint_with``; knows only its size."""

    def __init__(self, paint_with: Callable[[QPainter], None], z: float) -> None:
        super().__init__()
        self._paint_with = paint_with
        self._area = QRectF()
        self.setZValue(z)

    def set_area(self, area: QRectF) -> None:
        """Cover this area of the scene."""
        self.prepareGeometryChange()
        self._area = area
        self.update()

    def boundingRect(self) -> QRectF:
        """The whole area."""
        return self._area

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Let the chart paint."""
        painter.save()
        self._paint_with(painter)
        painter.restore()
