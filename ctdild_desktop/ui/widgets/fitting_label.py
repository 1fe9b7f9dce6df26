"""A label that says the same in fewer words where room is short."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip


class FittingLabel(QWidget):
    """Shows the first of its wordings that fits, right-aligned; nothing is ever cut in the middle.

    The full wording is the accessible name and the tool tip.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wordings: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_wordings(self, wordings: Sequence[str]) -> None:
        """Replace the wordings, the fullest first."""
        self._wordings = tuple(wordings)
        full = self.text()
        self.setAccessibleName(full)
        self.setToolTip(tip(full))
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The fullest wording."""
        return self._wordings[0] if self._wordings else ""

    def shown(self) -> str:
        """The wording that fits now; empty when none does."""
        metrics = QFontMetrics(theme.font_in(self))
        return next((one for one in self._wordings if metrics.horizontalAdvance(one) <= self.width()), "")

    @property
    def least_width(self) -> int:
        """The width of the shortest wording."""
        metrics = QFontMetrics(theme.font_in(self))
        return min((metrics.horizontalAdvance(one) for one in self._wordings), default=0)

    def sizeHint(self) -> QSize:
        """The full wording on one line."""
        metrics = QFontMetrics(theme.font_in(self))
        return QSize(metrics.horizontalAdvance(self.text()) + 2, theme.scaled_in(self, 20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the wording that fits."""
        painter = QPainter(self)
        painter.setFont(theme.font_in(self))
        painter.setPen(theme.color("text2"))
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.shown()
        )
