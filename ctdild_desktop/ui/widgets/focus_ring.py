"""The ring around a whole list or table that has the keyboard."""

from __future__ import annotations

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractScrollArea

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets import glyphs


def draw_focus_ring(view: QAbstractScrollArea) -> None:
    """Draw it over what the view has painted; nothing while the keyboard is elsewhere."""
    if view.hasFocus():
        painter = QPainter(view.viewport())
        painter.setPen(glyphs.pen(theme.color("focus"), 2))
        painter.drawRect(view.viewport().rect().adjusted(1, 1, -1, -1))
