"""What lies under the pointer: a test, an event or a therapy lane."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from math import hypot

from PySide6.QtCore import QPointF

from ctdild_desktop.figures.layout import DateAxis
from ctdild_desktop.figures.scene import EventKind, Series, Timeline
from ctdild_desktop.ui.charts.geometry import Geometry, days_of_tests
from ctdild_desktop.ui.charts.paint_events import leader, placed_marks, row_events
from ctdild_desktop.ui.charts.stops import THERAPY

RECORD_KIND = {
    EventKind.ADVERSE_EVENT.value: "adverse_event",
    EventKind.HRCT.value: "hrct",
    EventKind.ADMISSION.value: "visit",
    EventKind.MDT.value: "diagnosis",
}
_REACH = 11.0


def record_kind(kind: str) -> str:
    """The kind of record behind a stop: an admission is a visit, an MDT mark a diagnosis."""
    return RECORD_KIND.get(kind, kind)


def hit(timeline: Timeline, geometry: Geometry, at: QPointF) -> tuple[str, str] | None:
    """Kind and id of the record drawn at a place of the chart; None where there is none."""
    if geometry.panel.contains(at):
        return _hit_point(timeline.panel.series, geometry.axis, geometry.y, at)
    for index, strip in enumerate(timeline.strips):
        if geometry.strips[index].contains(at):
            return _hit_point(strip.series, geometry.axis, geometry.strip_y(index, strip), at)
    for lane, row in zip(timeline.lanes, geometry.lanes, strict=False):
        if row.top() <= at.y() < row.bottom() and lane.record_ids:
            return THERAPY, lane.record_ids[-1]
    for row, adverse in ((geometry.adverse, True), (geometry.other, False)):
        if row.top() <= at.y() < row.bottom():
            marks = [one for one in row_events(timeline, adverse=adverse) if geometry.axis.shows(one.date)]
            near = placed_marks(marks, geometry.axis)
            best = min(near, key=lambda mark: abs(mark.x - at.x()), default=None)
            if best is not None and abs(best.x - at.x()) <= _REACH:
                chosen = leader(marks, best)
                return (record_kind(chosen.kind.value), chosen.record_id) if chosen.record_id else None
    return None


def _hit_point(
    shown: Sequence[Series], axis: DateAxis, y: Callable[[float], float], at: QPointF
) -> tuple[str, str] | None:
    best, reach = None, _REACH
    for series in shown:
        for point in series.points:
            if point.preview:
                continue
            away = hypot(axis.x(point.date) - at.x(), y(point.value) - at.y())
            if away <= reach:
                best, reach = (point.kind, point.record_id), away
    return best


def on_folded(timeline: Timeline, geometry: Geometry, at: QPointF) -> bool:
    """Whether a place is on the words that count the drugs that are not drawn."""
    return bool(timeline.folded_lanes) and geometry.gutter(geometry.years).contains(at)


def nearest_test(timeline: Timeline, date: dt.date) -> tuple[dt.date, str] | None:
    """Date and id of the saved test nearest to a date."""
    days = days_of_tests(timeline.panel)
    return min(days, key=lambda day: (abs((day[0] - date).days), day[0]), default=None)
