"""Tabs that draw closer together before any of them goes out of sight."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QTabBar, QWidget

from ctdild_desktop.ui import theme

_MOST = 16
"""Pixels at the usual font by which a tab may be narrower than the style wants it; its text stands free."""
_LEAST_WIDTH = 400


class FittingTabs(QTabBar):
    """Asks for little width, and scrolls when even close tabs do not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUsesScrollButtons(True)
        self.setExpanding(False)
        self.setDrawBase(False)

    def minimumSizeHint(self) -> QSize:
        """A window is never made wider for its tabs."""
        return QSize(theme.scaled(_LEAST_WIDTH), super().minimumSizeHint().height())

    def tabSizeHint(self, index: int) -> QSize:
        """As wide as the style wants it, or a little less when they do not all fit."""
        wanted = super().tabSizeHint(index)
        shown = [at for at in range(self.count()) if self.isTabVisible(at)]
        needed = sum(super(FittingTabs, self).tabSizeHint(at).width() for at in shown)
        if needed <= self.width() or not shown:
            return wanted
        less = min(-(-(needed - self.width()) // len(shown)), theme.scaled(_MOST))
        return QSize(wanted.width() - less, wanted.height())
