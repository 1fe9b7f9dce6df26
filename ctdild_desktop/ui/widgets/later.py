"""A part of the window whose inside is made when it is first needed.

Most people see a few of the window's pages; making all of them keeps everybody waiting when the window opens.
"""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget


class Later(QWidget):
    """Makes its inside just before it is first shown, or when :meth:`make` is called."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.made = False
        """Whether the inside is there."""

    def make(self) -> None:
        """Make the inside, the first time."""
        if not self.made:
            self.made = True
            self._make_inside()

    @abstractmethod
    def _make_inside(self) -> None:
        """Make and lay out the widgets, and show in them what was told meanwhile."""

    def setVisible(self, visible: bool) -> None:
        """Be complete when it is shown."""
        if visible:
            self.make()
        super().setVisible(visible)

    def showEvent(self, event: QShowEvent) -> None:
        """Be complete also when it comes in sight with what it stands in."""
        super().showEvent(event)
        if not self.made:
            self.make()
            for child in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
                if not child.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
                    child.show()
