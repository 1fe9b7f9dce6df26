"""Painting above the curves: rings, labels beside points, read-out, dragged span and selection."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from ctdild_desktop.figures.layout import Box, first_free
from ctdild_desktop.figures.scene import LungPanel, Point, Timeline
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.geometry import Geometry
from ctdild_desktop.ui.charts.inks import ink_of
from ctdild_desktop.ui.charts.stops import Stop
from ctdild_desktop.ui.widgets import glyphs

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RING = 8.0
_READ_OUT = 280


class Labels:
    """Writes texts beside points, each where it covers neither a point nor another text, and off the line of
    today: a 3 with a line through it reads as an 8.
    """

    def __init__(self, painter: QPainter, timeline: Timeline, geometry: Geometry) -> None:
        self._painter = painter
        self._geometry = geometry
        panel, area = timeline.panel, geometry.panel
        self._frame = Box(area.left() + 2, area.top() + 1, area.right() - 2, area.bottom() - 1)
        self.taken: list[Box] = []
        if geometry.axis.shows(timeline.today):
            x = geometry.axis.x(timeline.today)
            self.taken.append(Box(x - 1, area.top(), x + 2, area.bottom()))
        for series in panel.series:
            places = [position(geometry, point) for point in series.points]
            self.taken += [Box(at.x() - 6, at.y() - 6, at.x() + 6, at.y() + 6) for at in places]
            for run in series.runs:
                for first, last in itertools.pairwise(run):
                    self.taken += _along(places[first], places[last])

    def write(
        self,
        text: str,
        at: QPointF,
        *,
        bold: bool = False,
        ink: str = "text",
        gap: float = 9,
        needed: bool = True,
    ) -> None:
        """Write beside a point: above, below, right or left of it, wherever there is room first.

        Without room a ``needed`` text covers something; another one is left out.
        """
        face = theme.font(-1, bold=bold)
        metrics = QFontMetricsF(face)
        wide, high = metrics.horizontalAdvance(text) + 2, metrics.height()
        x, y = at.x(), at.y()
        candidates = [
            Box(x - wide / 2, y - gap - high, x + wide / 2, y - gap),
            Box(x + gap, y - high / 2, x + gap + wide, y + high / 2),
            Box(x - wide, y - gap - high, x, y - gap),
            Box(x - wide / 2, y - gap - 2 * high, x + wide / 2, y - gap - high),
            Box(x - wide / 2, y + gap, x + wide / 2, y + gap + high),
            Box(x - gap - wide, y - high / 2, x - gap, y + high / 2),
            Box(x - wide, y + gap, x, y + gap + high),
        ]
        near = len(candidates)
        for step in range(2, 9) if needed else ():
            for left in (x - wide / 2, x - wide, x, x - wide - 30, x + 30):
                candidates.append(
                    Box(left, y - gap - (step + 0.5) * high, left + wide, y - gap - (step - 0.5) * high)
                )
                candidates.append(Box(left, y + gap + (step - 1) * high, left + wide, y + gap + step * high))
        placed = self.place(text, candidates, bold=bold, ink=ink, needed=needed)
        if placed is not None and placed not in candidates[:near]:
            self._lead(at, placed, ink)

    def _lead(self, at: QPointF, box: Box, ink: str) -> None:
        """Draw a thin line from a point to its words where they stand apart."""
        above = box.y1 < at.y()
        start = QPointF(at.x(), at.y() - 9 if above else at.y() + 9)
        end = QPointF(min(max(at.x(), box.x0), box.x1), box.y1 if above else box.y0)
        self._painter.setPen(glyphs.pen(theme.color(ink), 0.8))
        self._painter.drawLine(start, end)

    def place(
        self,
        text: str,
        candidates: Sequence[Box],
        *,
        bold: bool = False,
        ink: str = "text",
        needed: bool = True,
    ) -> Box | None:
        """Write into the first free candidate; a needed text into the first that fits when none is free."""
        box = first_free(candidates, self.taken, self._frame)
        if box is None and needed:
            box = first_free(candidates, (), self._frame)
        if box is None:
            return None
        self.taken.append(box)
        self._painter.setFont(theme.font(-1, bold=bold))
        self._painter.setPen(theme.color(ink))
        area = QRectF(box.x0, box.y0, box.x1 - box.x0 + 1, box.y1 - box.y0)
        self._painter.drawText(area, _LEFT, text)
        return box


def position(geometry: Geometry, point: Point) -> QPointF:
    """Where a point stands."""
    return QPointF(geometry.axis.x(point.date), geometry.y(point.value))


def paint_marks(painter: QPainter, timeline: Timeline, geometry: Geometry) -> None:
    """Draw rings and their labels, the threshold's label, and the words beside unused points."""
    panel = timeline.panel
    painter.save()
    painter.setClipRect(geometry.panel.adjusted(-9, -1, 9, 1))
    labels = Labels(painter, timeline, geometry)
    for ring in panel.rings:
        if not geometry.axis.shows(ring.date):
            continue
        at = QPointF(geometry.axis.x(ring.date), geometry.y(ring.value))
        painter.setPen(glyphs.pen(theme.color("text"), 1.4))
        painter.setBrush(glyphs.NO_BRUSH)
        painter.drawEllipse(at, _RING, _RING)
    if panel.band is not None:
        _paint_band_label(panel, geometry, labels)
    for ring in panel.rings:
        if ring.label and geometry.axis.shows(ring.date):
            at = QPointF(geometry.axis.x(ring.date), geometry.y(ring.value))
            labels.write(ring.label, at, bold=True, gap=11)
    for change in panel.set_changes:
        if geometry.axis.shows(change.date):
            x, top = geometry.axis.x(change.date), geometry.panel.top()
            painter.setPen(glyphs.pen(theme.color("text2"), 1.2))
            painter.drawLine(QLineF(x, top, x, top + 12))
            labels.write(change.label, QPointF(x, top + 6), ink="text2", gap=4)
    said: set[tuple[str, str]] = set()
    for series in panel.series:
        for point in series.points:
            if not point.note or (point.record_id, point.note) in said or not geometry.axis.shows(point.date):
                continue
            said.add((point.record_id, point.note))
            labels.write(point.note, position(geometry, point), ink="text2", gap=8, needed=False)
    painter.restore()


def _paint_band_label(panel: LungPanel, geometry: Geometry, labels: Labels) -> None:
    band = panel.band
    if band is None:
        return
    span = geometry.axis.clip(band.start, band.end)
    if span is None:
        return
    metrics = QFontMetricsF(theme.font(-1))
    wide, high = metrics.horizontalAdvance(band.label) + 2, metrics.height()
    y = geometry.y(band.bottom)
    starts = (span[0] + 8, span[1] - wide - 12, span[0] - wide / 2, span[0] - wide - 8)
    tops = (y + 2, y - 2 - high, y + 2 + high, y + 2 + 2 * high)
    candidates = [Box(x, top, x + wide, top + high) for top in tops for x in starts]
    labels.place(band.label, candidates, ink="fvct")


def paint_selection(painter: QPainter, panel: LungPanel, geometry: Geometry, record_id: str) -> None:
    """Put a square of the focus colour around every point of the selected test."""
    painter.setPen(glyphs.pen(theme.color("focus"), 2))
    painter.setBrush(glyphs.NO_BRUSH)
    for series in panel.series:
        for point in series.points:
            if point.record_id == record_id and geometry.axis.shows(point.date):
                at = position(geometry, point)
                painter.drawRect(QRectF(at.x() - 9, at.y() - 9, 18, 18))


def paint_rings(painter: QPainter, panel: LungPanel, geometry: Geometry, record_id: str) -> None:
    """Put a ring around every used point of a test that was selected with another one."""
    painter.setPen(glyphs.pen(theme.color("accent"), 1.6))
    painter.setBrush(glyphs.NO_BRUSH)
    for series in panel.series:
        for point in series.points:
            if point.record_id == record_id and geometry.axis.shows(point.date):
                painter.drawEllipse(position(geometry, point), _RING + 3, _RING + 3)


def paint_span(painter: QPainter, geometry: Geometry, first: float, last: float) -> None:
    """Shade the dragged stretch between two tests."""
    body = geometry.body
    box = QRectF(min(first, last), body.top(), abs(last - first), body.height())
    tint = theme.color("accent")
    tint.setAlphaF(0.12)
    painter.fillRect(box, tint)
    painter.setPen(glyphs.pen(theme.color("accent"), 1.5))
    for x in (box.left(), box.right()):
        painter.drawLine(QLineF(x, body.top(), x, body.bottom()))


def paint_read_out(painter: QPainter, panel: LungPanel, geometry: Geometry, stop: Stop) -> None:
    """Draw the vertical of a stop through all rows, and its values in a box where no curve runs."""
    if not geometry.axis.shows(stop.date):
        return
    x = geometry.axis.x(stop.date)
    body = geometry.body
    painter.setPen(glyphs.pen(theme.color("accent"), 1.2))
    painter.drawLine(QLineF(x, body.top(), x, body.bottom()))
    title, plain = theme.font(-1, bold=True), theme.font(-1)
    metrics = QFontMetricsF(plain)
    names = max((metrics.horizontalAdvance(name) for name, _ in stop.lines if name), default=0.0)
    indent = names + 8 if names else 0.0
    most = min(body.width() * 0.5, theme.scaled(_READ_OUT))
    lines: list[tuple[str, str]] = []
    for name, words in stop.lines:
        first, *rest = _wrapped(metrics, words, most - (indent if name else 0.0))
        lines += [(name, first), *((" " if name else "", part) for part in rest)]
    wide = QFontMetricsF(title).horizontalAdvance(stop.title)
    for name, words in lines:
        wide = max(wide, (indent if name else 0.0) + metrics.horizontalAdvance(words))
    high = metrics.height() * (len(lines) + 1) + 12
    box = _read_out_box(panel, geometry, x, wide + 18, high)
    painter.setPen(glyphs.pen(theme.color("ctrl"), 1))
    painter.setBrush(theme.color("base"))
    painter.drawRect(box)
    painter.setFont(title)
    painter.setPen(theme.color("text"))
    line = QRectF(box.left() + 8, box.top() + 5, box.width() - 10, metrics.height())
    painter.drawText(line, _LEFT, stop.title)
    painter.setFont(plain)
    inks = {series.label: ink_of(series.measure).text for series in panel.series}
    for name, words in lines:
        line.translate(0, metrics.height())
        painter.setPen(theme.color(inks.get(name, "text2")))
        painter.drawText(line, _LEFT, name)
        painter.setPen(theme.color("text"))
        painter.drawText(line.adjusted(indent if name else 0.0, 0, 0, 0), _LEFT, words)


def _wrapped(metrics: QFontMetricsF, words: str, width: float) -> list[str]:
    """The words in lines that are no wider than a width, as far as single words allow."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and metrics.horizontalAdvance(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _read_out_box(panel: LungPanel, geometry: Geometry, x: float, wide: float, high: float) -> QRectF:
    body = geometry.body
    obstacles: list[Box] = []
    for series in panel.series:
        places = [position(geometry, point) for point in series.points]
        for run in series.runs:
            for first, last in itertools.pairwise(run):
                obstacles += _along(places[first], places[last])
    lefts = [left for left in (x + 12, x - 12 - wide) if body.left() < left < body.right() - wide]
    lefts = lefts or [min(max(x + 12, body.left() + 2), body.right() - wide - 2)]
    tops = [body.top() + 4 + step * 6 for step in range(int(max((body.height() - high - 8) / 6, 0)) + 1)]
    candidates = [Box(left, top, left + wide, top + high) for left in lefts for top in tops]
    frame = Box(body.left(), body.top(), body.right(), max(body.bottom(), body.top() + high + 8))
    free = first_free(candidates, obstacles, frame)
    if free is None:
        return QRectF(lefts[0], body.top() + 4, wide, high)
    return QRectF(free.x0, free.y0, wide, high)


def _along(first: QPointF, last: QPointF) -> list[Box]:
    """Small boxes along a line, as obstacles for texts."""
    count = max(int(abs(last.x() - first.x()) / 10), 1)
    made = []
    for step in range(count + 1):
        x = first.x() + (last.x() - first.x()) * step / count
        y = first.y() + (last.y() - first.y()) * step / count
        made.append(Box(x - 5, y - 4, x + 5, y + 4))
    return made
