"""Painting of the two event rows: adverse events, and scans with admissions and meetings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from ctdild_desktop.figures.layout import Box, DateAxis, Mark, first_free, merge_marks
from ctdild_desktop.figures.scene import EventKind, EventMark, Timeline
from ctdild_desktop.language import say
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.geometry import Geometry
from ctdild_desktop.ui.widgets import glyphs

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NUDGE = 14.0
"""A mark is moved at most this far from its date to stay visible beside its neighbour."""
_WIDTH = {
    EventKind.ADVERSE_EVENT: 20.0,
    EventKind.HRCT: 20.0,
    EventKind.ADMISSION: 14.0,
    EventKind.MDT: 12.0,
}


def row_events(timeline: Timeline, *, adverse: bool) -> tuple[EventMark, ...]:
    """The marks of one of the two rows, in date order."""
    return tuple(
        sorted(
            (mark for mark in timeline.events if (mark.kind is EventKind.ADVERSE_EVENT) is adverse),
            key=lambda mark: mark.date,
        )
    )


def paint_events(painter: QPainter, timeline: Timeline, geometry: Geometry, names: tuple[str, str]) -> None:
    """Draw both rows; ``names`` are the words of the left gutter."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for row, adverse, name, now in (
        (geometry.adverse, True, names[0], timeline.adverse_now),
        (geometry.other, False, names[1], timeline.other_now),
    ):
        painter.setFont(theme.font(-1))
        painter.setPen(theme.color("text"))
        painter.drawText(geometry.gutter(row), _RIGHT, name)
        painter.drawText(geometry.now(row), _LEFT, now)
        shown = [mark for mark in row_events(timeline, adverse=adverse) if geometry.axis.shows(mark.date)]
        painter.save()
        painter.setClipRect(row.adjusted(-12, 0, 12, 0))
        _paint_row(painter, shown, row, geometry, timeline.today)
        painter.restore()
        painter.setPen(glyphs.pen(theme.color("grid")))
        painter.drawLine(row.bottomLeft(), row.bottomRight())


def placed_marks(marks: Sequence[EventMark], axis: DateAxis) -> list[Mark]:
    """Where the marks of a row are drawn: merged when crowded, and two that would cover one another apart."""
    made: list[Mark] = []
    edge = -1e9
    for mark in merge_marks([axis.x(one.date) for one in marks]):
        half = max(_WIDTH[marks[index].kind] for index in mark.members) / 2
        shift = min(max(edge - (mark.x - half), 0.0), _NUDGE)
        made.append(Mark(mark.x + shift, mark.members))
        edge = mark.x + shift + half
    return made


def leader(marks: Sequence[EventMark], mark: Mark) -> EventMark:
    """The event that stands for merged ones: the serious and gravest, so that none of those is hidden."""
    members = [marks[index] for index in mark.members]
    return max(members, key=lambda one: (one.serious, one.grade or 0))


def _paint_row(
    painter: QPainter, marks: Sequence[EventMark], row: QRectF, geometry: Geometry, today: dt.date
) -> None:
    axis = geometry.axis
    merged = placed_marks(marks, axis)
    here = axis.x(today)
    taken = [Box(here - 2, row.top(), here + 2, row.bottom())]
    for group in merged:
        half = max(_WIDTH[marks[index].kind] for index in group.members) / 2 + 2
        taken.append(Box(group.x - half, row.top(), group.x + half, row.bottom()))
    for mark in marks:
        _paint_spans(painter, mark, row, geometry)
    for group in merged:
        _paint_mark(painter, leader(marks, group), QPointF(group.x, row.center().y()))
    for group in sorted(merged, key=lambda one: marks[one.members[0]].kind is not EventKind.HRCT):
        first, count = leader(marks, group), len(group.members)
        words = f"×{count}" if count > 1 else first.label
        if words:
            reach = _WIDTH[first.kind] / 2 + 4
            place = Box(group.x - reach, row.top(), group.x + reach, row.bottom())
            before = first.kind is EventKind.HRCT and count == 1
            _paint_label(painter, words, place, row, taken, before=before)


def _paint_spans(painter: QPainter, mark: EventMark, row: QRectF, geometry: Geometry) -> None:
    axis = geometry.axis
    if mark.ongoing_until is not None:
        span = axis.clip(mark.date, mark.ongoing_until)
        if span is not None:
            painter.setPen(glyphs.pen(theme.color("text2"), 1))
            y = row.bottom() - 3
            painter.drawLine(QLineF(span[0], y, span[1], y))
    if mark.uncertain is not None:
        span = axis.clip(*mark.uncertain)
        if span is not None:
            painter.setPen(glyphs.pen(theme.color("text2"), 1.2, (3, 2)))
            y = row.bottom() - 2
            painter.drawLine(QLineF(span[0], y, span[1], y))


def _paint_mark(painter: QPainter, mark: EventMark, middle: QPointF) -> None:
    if mark.kind is EventKind.ADVERSE_EVENT:
        box = QRectF(middle.x() - 10, middle.y() - 8.5, 20, 15.5)
        glyphs.adverse_event(painter, box, mark.grade, serious=mark.serious)
    elif mark.kind is EventKind.HRCT:
        glyphs.lettered_box(painter, QRectF(middle.x() - 10, middle.y() - 7, 20, 14), say("CT"))
    elif mark.kind is EventKind.ADMISSION:
        glyphs.lettered_box(painter, QRectF(middle.x() - 7, middle.y() - 7, 14, 14), "H")
    else:
        glyphs.pennant(painter, QRectF(middle.x() - 6, middle.y() - 6, 12, 13), planned=mark.planned)


def _paint_label(
    painter: QPainter, words: str, mark: Box, row: QRectF, taken: list[Box], *, before: bool
) -> None:
    painter.setFont(theme.font(-1))
    width = QFontMetricsF(painter.font()).horizontalAdvance(words) + 1
    right = Box(mark.x1, row.top(), mark.x1 + width, row.bottom())
    left = Box(mark.x0 - width, row.top(), mark.x0, row.bottom())
    frame = Box(row.left(), row.top(), row.right(), row.bottom())
    free = first_free((left, right) if before else (right, left), taken, frame)
    if free is None:
        return
    taken.append(free)
    painter.setPen(theme.color("text2"))
    painter.drawText(QRectF(free.x0, free.y0, free.x1 - free.x0 + 1, free.y1 - free.y0), _LEFT, words)
