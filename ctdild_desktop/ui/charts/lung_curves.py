"""The lines, markers and band of the lung-function panel, drawn by pyqtgraph in data coordinates."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPen

from ctdild_desktop.figures.scene import Band, LungPanel, Series
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.geometry import Geometry
from ctdild_desktop.ui.charts.inks import ink_of
from ctdild_desktop.ui.charts.paint_series import MARKER, PREVIEW_MARKER
from ctdild_desktop.ui.widgets import glyphs


class LungCurves:
    """Keeps one view box in step with a panel and the geometry; x is the ordinal of the day."""

    def __init__(self) -> None:
        self.view_box = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0)
        self.view_box.disableAutoRange()
        self.view_box.setZValue(0)
        self.view_box.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.view_box.setAcceptHoverEvents(False)
        self.view_box.setFlag(self.view_box.GraphicsItemFlag.ItemIsFocusable, False)
        self._items: list[Any] = []
        self._ratio = 1.0
        self._growth = 1.0

    def clear(self) -> None:
        """Draw nothing."""
        for item in self._items:
            self.view_box.removeItem(item)
        self._items = []

    def draw(self, panel: LungPanel, ratio: float, growth: float = 1.0) -> None:
        """Replace everything that is drawn; ``ratio`` is the device pixels of one pixel, ``growth`` how many
        times as large lines and marks are.
        """
        self._ratio, self._growth = ratio * growth, growth
        self.clear()
        if panel.band is not None:
            self._draw_band(panel.band)
        for limit in panel.limits:
            pen = self._pen(theme.color("lln"), 1, (1, 3))
            self._curve([day for day, _ in limit.points], [value for _, value in limit.points], pen)
        for series in panel.series:
            self._draw_series(series)

    def place(self, geometry: Geometry) -> None:
        """Put the box over the panel's rectangle and show the geometry's dates and values."""
        self.view_box.setGeometry(geometry.panel)
        self.view_box.setXRange(geometry.axis.start.toordinal(), geometry.axis.end.toordinal(), padding=0)
        self.view_box.setYRange(geometry.low, geometry.high, padding=0)

    def _draw_band(self, band: Band) -> None:
        days = [band.start, band.end]
        top = self._curve(days, [band.top, band.top], self._pen(theme.color("fvc"), 1, (1, 2)))
        low = self._curve(days, [band.bottom, band.bottom], self._pen(theme.color("fvc"), 1.2))
        area = pg.FillBetweenItem(top, low, brush=pg.mkBrush(theme.color("band")))
        self._add(area, 0.2)

    def _draw_series(self, series: Series) -> None:
        ink = ink_of(series.measure)
        colour = theme.color(ink.line)
        pen = self._pen(colour, 1.8, ink.dashes)
        saved = self._pen(colour, 1.8, (2, 3))
        for run in series.runs:
            points = [series.points[index] for index in run]
            solid = [point for point in points if not point.preview]
            self._curve([point.date for point in solid], [point.value for point in solid], pen)
            for before, after in itertools.pairwise(points):
                if before.preview or after.preview:
                    self._curve([before.date, after.date], [before.value, after.value], saved)
        spots = []
        for point in series.points:
            filled = point.used and not point.preview
            spots.append(
                {
                    "pos": QPointF(point.date.toordinal(), point.value),
                    "size": (PREVIEW_MARKER if point.preview else MARKER) * self._growth,
                    "symbol": ink.symbol,
                    "brush": pg.mkBrush(colour if filled else theme.color("base")),
                    "pen": self._pen(colour, 2 if point.preview else 0.5 if filled else 1.6),
                }
            )
        marks = pg.ScatterPlotItem(spots=spots, pxMode=True, useCache=False, antialias=True)
        self._add(marks, 4)

    def _curve(self, days: list[dt.date], values: list[float], pen: Any) -> Any:
        curve = pg.PlotCurveItem(
            np.array([day.toordinal() for day in days], dtype=float),
            np.array(values, dtype=float),
            pen=pen,
            antialias=True,
        )
        self._add(curve, 2)
        return curve

    def _pen(self, colour: QColor, width: float, dashes: tuple[float, ...] = ()) -> QPen:
        """A pen whose width does not follow the axes; Qt counts such a width in device pixels."""
        made = glyphs.pen(colour, width, dashes)
        made.setWidthF(width * self._ratio)
        made.setCosmetic(True)
        return made

    def _add(self, item: Any, z: float) -> None:
        item.setZValue(z)
        item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.view_box.addItem(item, ignoreBounds=True)
        self._items.append(item)
