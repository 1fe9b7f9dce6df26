"""Where the parts of the time-line stand on screen, in pixels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from ctdild_desktop.figures.layout import DateAxis
from ctdild_desktop.figures.scene import LungPanel, Strip, Timeline
from ctdild_desktop.ui import theme

LEAST_PANEL = 120
_HIGH, _HIGH_ROW, _GOOD_PANEL = 520, 30, 230
"""A picture of more than this height has high rows, where the panel stays at a good height."""
STRIP, EMPTY_STRIP = 58, 24
"""Height of a further panel at the usual font, and of one that has nothing to draw."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Rectangles of the panel and the rows, and the scales that map dates and values into them."""

    axis: DateAxis
    panel: QRectF
    strips: tuple[QRectF, ...]
    """One per further panel."""
    epochs: QRectF | None
    """The row of the epochs, when it was asked for."""
    lanes: tuple[QRectF, ...]
    """One per lane; when there is none, one empty row that says so."""
    adverse: QRectF
    other: QRectF
    years: QRectF
    low: float
    high: float
    now_left: float
    width: float
    height: float

    @property
    def body(self) -> QRectF:
        """The framed area from the top of the panel to the bottom of the last row."""
        return QRectF(
            self.panel.left(),
            self.panel.top(),
            self.panel.width(),
            self.other.bottom() - self.panel.top(),
        )

    def y(self, value: float) -> float:
        """Height of a value in the panel."""
        return self.panel.bottom() - (value - self.low) / (self.high - self.low) * self.panel.height()

    def strip_y(self, index: int, strip: Strip) -> Callable[[float], float]:
        """Heights of values in a further panel, with a margin for the marks at its ends."""
        box = self.strips[index].adjusted(0, 6, 0, -6)
        span = max(strip.high - strip.low, 1e-6)
        return lambda value: box.bottom() - (value - strip.low) / span * box.height()

    def gutter(self, row: QRectF) -> QRectF:
        """The place of a row's name."""
        return QRectF(4, row.top(), row.left() - 12, row.height())

    def now(self, row: QRectF) -> QRectF:
        """The place of a row's present value."""
        return QRectF(self.now_left + 8, row.top(), self.width - self.now_left - 10, row.height())


def arrange(timeline: Timeline, window: tuple[dt.date, dt.date], width: float, height: float) -> Geometry:
    """Share a widget's area among panel and rows; the panel takes what the rows leave."""
    left, right = theme.scaled(116), theme.scaled(96)
    row = theme.scaled(22)
    event_row = theme.scaled(21)
    foot = theme.scaled(20)
    body = max(width - left - right, 80.0)
    count = max(len(timeline.lanes), 1)
    heights = strip_heights(timeline)
    rows = count + (timeline.epochs is not None)
    rest = height - 2 - sum(heights) - 2 * event_row - foot
    high_row = theme.scaled(_HIGH_ROW)
    if height > theme.scaled(_HIGH) and rest - rows * high_row >= theme.scaled(_GOOD_PANEL):
        row = high_row
    panel_height = max(rest - rows * row, LEAST_PANEL)
    panel = QRectF(left, 1, body, panel_height)
    top = panel.bottom()
    strips = tuple(QRectF(left, top + sum(heights[:index]), body, high) for index, high in enumerate(heights))
    top += sum(heights)
    epochs = QRectF(left, top, body, row) if timeline.epochs is not None else None
    top += row if epochs is not None else 0
    lanes = tuple(QRectF(left, top + index * row, body, row) for index in range(count))
    adverse = QRectF(left, lanes[-1].bottom(), body, event_row)
    other = QRectF(left, adverse.bottom(), body, event_row)
    axis = DateAxis(window[0], window[1], panel.left(), panel.right())
    return Geometry(
        axis,
        panel,
        strips,
        epochs,
        lanes,
        adverse,
        other,
        QRectF(left, other.bottom(), body, foot),
        timeline.panel.low,
        max(timeline.panel.high, timeline.panel.low + 1e-6),
        panel.right(),
        width,
        height,
    )


def days_of_tests(panel: LungPanel) -> tuple[tuple[dt.date, str], ...]:
    """Date and id of every saved test that the panel shows, in date order."""
    days = {point.record_id: point.date for one in panel.series for point in one.points if not point.preview}
    return tuple(sorted((day, record) for record, day in days.items()))


def least_height(timeline: Timeline | None) -> int:
    """The height in which every row and a panel that can be read have room."""
    rows = 4 if timeline is None else max(len(timeline.lanes), 1) + (timeline.epochs is not None)
    strips = 0 if timeline is None else sum(strip_heights(timeline))
    return LEAST_PANEL + theme.scaled(22) * rows + strips + theme.scaled(62) + 2


def strip_heights(timeline: Timeline) -> tuple[int, ...]:
    """Heights of the further panels."""
    return tuple(theme.scaled(EMPTY_STRIP if strip.empty_text else STRIP) for strip in timeline.strips)
