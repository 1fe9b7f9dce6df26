"""The scene of the time-line on the screen, at its usual size or larger."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPalette, QResizeEvent, QTransform
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget


class GrownView(QGraphicsView):
    """A scene whose units are pixels, or ``growth`` pixels each."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.growth = 1.0
        self.setScene(QGraphicsScene(self))
        self.setBackgroundRole(QPalette.ColorRole.NoRole)
        self.setBackgroundBrush(QBrush())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(self.ViewportAnchor.NoAnchor)
        self._fit()

    def grow(self, factor: float) -> None:
        """Draw each unit in this many pixels."""
        self.growth = factor
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the scene have the size of the view."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setSceneRect(QRectF(0, 0, self.width() / self.growth, self.height() / self.growth))
        self.setTransform(QTransform.fromScale(self.growth, self.growth))
