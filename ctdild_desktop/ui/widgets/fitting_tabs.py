"""Tabs that leave out their counts and draw closer together before any of them goes out of sight."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QStyleOptionTab, QTabBar, QWidget

from ctdild_desktop.ui import theme

_MOST = 16
"""Pixels at the usual font by which a tab may be narrower than the style wants it; its text stands free."""
_CLOSE = 2
"""So much closer they stand before the counts are left out."""
_LEAST_WIDTH = 400


class FittingTabs(QTabBar):
    """Asks for little width, and scrolls when even close tabs do not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted: dict[tuple[str, bool, bool], QSize] = {}
        self._rough = False
        """Whether the texts of other tabs are still to come."""
        self.setUsesScrollButtons(True)
        self.setExpanding(False)
        self.setDrawBase(False)

    def minimumSizeHint(self) -> QSize:
        """A window is never made wider for its tabs."""
        return QSize(theme.scaled(_LEAST_WIDTH), super().minimumSizeHint().height())

    def setTabText(self, index: int, text: str) -> None:
        """Lay the tabs out anew only when the text is another one."""
        self.set_texts({index: text})

    def set_texts(self, texts: Mapping[int, str]) -> None:
        """Give several tabs their texts; all are laid out with the last of them."""
        changed = {index: text for index, text in texts.items() if text != self.tabText(index)}
        for left, (index, text) in enumerate(changed.items(), 1 - len(changed)):
            self._rough = left < 0
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
        if self._rough:
            return wanted
        shown = [at for at in range(self.count()) if self.isTabVisible(at)]
        over = sum(self._wanted_by_style(at).width() for at in shown) - self.width()
        bare = over > theme.scaled(_CLOSE) * len(shown)
        if bare:
            over -= sum(map(self._count_width, shown))
        less = min(max(-(-over // max(len(shown), 1)), 0), theme.scaled(_MOST))
        return QSize(wanted.width() - less - (self._count_width(index) if bare else 0), wanted.height())

    def initStyleOption(self, option: QStyleOptionTab, tabIndex: int) -> None:  # noqa: N803  Qt names it
        """Leave out the count of a tab that is too narrow for it."""
        super().initStyleOption(option, tabIndex)
        wanted, given = self._wanted_by_style(tabIndex).width(), self.tabRect(tabIndex).width()
        if wanted - given > theme.scaled(_CLOSE) and self._count_width(tabIndex):
            option.text = self.tabText(tabIndex).rpartition(" ")[0]

    def _count_width(self, index: int) -> int:
        """The width of the number at the end of a tab's text; 0 without one."""
        count = self.tabText(index).rpartition(" ")[2]
        return self.fontMetrics().horizontalAdvance(f" {count}") if count.isdigit() else 0
