"""The scene of the time-line on the screen, at its usual size or larger."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QWidget


class GrownView(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph has no types
    """A scene whose units are pixels, or ``growth`` pixels each."""

    def __init__(self, parent: QWidget) -> None:
        self.growth = 1.0
        super().__init__(parent=parent, useOpenGL=False, background=None)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(self.Shape.NoFrame)

    def grow(self, factor: float) -> None:
        """Draw each unit in this many pixels."""
        self.growth = factor
        self.updateMatrix()

    def updateMatrix(self, propagate: bool = True) -> None:
        """Answer the scene's own question for its scale."""
        super().updateMatrix(propagate)
        self.setSceneRect(QRectF(0, 0, self.width() / self.growth, self.height() / self.growth))
        self.setTransform(QTransform.fromScale(self.growth, self.growth))
