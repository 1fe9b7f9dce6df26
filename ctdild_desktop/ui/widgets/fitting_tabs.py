"""Tabs that draw closer together before any of them goes out of sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QTabBar, QWidget

from ctdild_desktop.ui import theme

_MOST = 16
"""Pixels at the usual font by which a tab may be narrower than the style wants it; its text stands free."""
_LEAST_WIDTH = 400


class FittingTabs(QTabBar):
    """Asks for little width, and scrolls when even close tabs do not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted: dict[tuple[str, bool, bool], QSize] = {}
        self.setUsesScrollButtons(True)
        self.setExpanding(False)
        self.setDrawBase(False)

    def minimumSizeHint(self) -> QSize:
        """A window is never made wider for its tabs."""
        return QSize(theme.scaled(_LEAST_WIDTH), super().minimumSizeHint().height())

    def setTabText(self, index: int, text: str) -> None:
        """Lay the tabs out anew only when the text is another one."""
        if text != self.tabText(index):
            super().setTabText(index, text)

    def changeEvent(self, event: QEvent) -> None:
        """Another font or style wants other widths."""
        self._wanted.clear()
        super().changeEvent(event)

    def _wanted_by_style(self, index: int) -> QSize:
        """What the style wants; it is asked for every tab whenever one of them is laid out."""
        key = (self.tabText(index), index == self.currentIndex(), self.isTabVisible(index))
        known = self._wanted.get(key)
        if known is None:
            known = self._wanted[key] = super().tabSizeHint(index)
        return known

    def tabSizeHint(self, index: int) -> QSize:
        """As wide as the style wants it, or a little less when they do not all fit."""
        wanted = self._wanted_by_style(index)
        shown = [at for at in range(self.count()) if self.isTabVisible(at)]
        needed = sum(self._wanted_by_style(at).width() for at in shown)
        if needed <= self.width() or not shown:
            return wanted
        less = min(-(-(needed - self.width()) // len(shown)), theme.scaled(_MOST))
        return QSize(wanted.width() - less, wanted.height())
