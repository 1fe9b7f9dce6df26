"""The time-line picture on paper: the same values as on screen, as vectors in black and greys."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ctdild_desktop.figures.layout import Box, DateAxis, grid_dates, spread, year_labels
from ctdild_desktop.figures.scene import Band, EventKind, LimitLine, LungPanel, NowValue, Series, Timeline
from ctdild_desktop.reports.events import draw_events
from ctdild_desktop.reports.lanes import draw_lanes
from ctdild_desktop.reports.paper import Grey, Paper
from ctdild_desktop.reports.stage import GUTTER_LEFT, GUTTER_RIGHT, Stage, corners
from ctdild_desktop.reports.typesetting import Face, Run, width_of, wrap

_AXIS_HEIGHT = 14.0
_EVENT_ROW = 15.5
_LANE = (15.0, 11.0)
_PANEL_LEAST = 95.0
_HEADLINE = 10.5
_LABEL_LEFT = 6.0
_TICKS = 32.0
"""Room of the numbers at the vertical axis and of the margin."""


def timeline_least(timeline: Timeline, panel: float) -> float:
    """Height of the picture with a lung-function panel of the given height and lanes as low as may be."""
    return panel + max(len(timeline.lanes), 1) * _LANE[1] + 2 * _EVENT_ROW + _AXIS_HEIGHT


def draw_timeline(paper: Paper, timeline: Timeline, frame: Box, *, frame_name: str = "chart") -> None:
    """Draw the picture into a frame. Lanes get lower before the lung-function panel falls under 95 pt."""
    rows = max(len(timeline.lanes), 1)
    room = frame.y1 - frame.y0 - 2 * _EVENT_ROW - _AXIS_HEIGHT - _PANEL_LEAST
    lane_height = min(_LANE[0], max(_LANE[1], room / rows))
    axis = DateAxis(timeline.start, timeline.end, frame.x0 + GUTTER_LEFT, frame.x1 - GUTTER_RIGHT)
    axis_y = frame.y1 - _AXIS_HEIGHT
    events_y = axis_y - 2 * _EVENT_ROW
    lanes_y = events_y - rows * lane_height
    stage = Stage(paper, axis, frame)
    with paper.frame(frame_name, frame):
        paper.rectangle(Box(axis.right, frame.y0, frame.x1, axis_y), fill=Grey.ALT, edge=None)
        _draw_grid(stage, frame.y0, axis_y)
        with paper.clipped(corners(Box(axis.left, frame.y0, axis.right, axis_y))):
            _draw_verticals(stage, timeline, frame.y0, events_y, axis_y)
        _draw_panel(stage, timeline, Box(axis.left, frame.y0, axis.right, lanes_y))
        draw_lanes(stage, timeline, Box(axis.left, lanes_y, axis.right, events_y), lane_height)
        draw_events(stage, timeline, Box(axis.left, events_y, axis.right, axis_y))
        paper.rectangle(Box(axis.left, frame.y0, axis.right, axis_y), edge=Grey.EDGE)
        _draw_axis(stage, axis_y, timeline.today_text)


def _draw_grid(stage: Stage, top: float, bottom: float) -> None:
    for vertical in grid_dates(stage.axis):
        x = stage.axis.x(vertical.date)
        ink = Grey.LINE if vertical.major else Grey.GRID
        stage.paper.line(x, top, x, bottom, weight=0.5, ink=ink)


def _draw_verticals(stage: Stage, timeline: Timeline, top: float, events: float, bottom: float) -> None:
    for mark in timeline.events:
        if mark.kind is EventKind.HRCT:
            x = stage.axis.x(mark.date)
            stage.paper.line(x, top, x, events, weight=0.7, ink=Grey.TEXT2, dash=(0.8, 2.4))
    x = stage.axis.x(timeline.today)
    stage.paper.line(x, top, x, bottom, weight=0.9)


def _draw_axis(stage: Stage, y: float, caption: str) -> None:
    axis, paper = stage.axis, stage.paper
    for vertical in grid_dates(axis):
        if vertical.major:
            x = axis.x(vertical.date)
            paper.line(x, y, x, y + 3.5, ink=Grey.EDGE)
    for label in year_labels(axis, width_of("2020") + 6):
        paper.text(label.x, y + 10.5, label.text, align="centre")
    width = GUTTER_RIGHT - 9
    face = Face.BOLD if width_of(caption, Face.BOLD) <= width else Face.REGULAR
    paper.text(axis.right + 6, y + 10.5, caption, face=face, width=width, ink=Grey.TEXT2)


class _Heights:
    """From values of the vertical axis to y."""

    def __init__(self, panel: LungPanel, box: Box) -> None:
        self._panel, self._top, self._bottom = panel, box.y0 + 5, box.y1 - 5

    def __call__(self, value: float) -> float:
        share = (self._panel.high - value) / (self._panel.high - self._panel.low)
        return self._top + share * (self._bottom - self._top)


def _draw_panel(stage: Stage, timeline: Timeline, box: Box) -> None:
    panel, paper = timeline.panel, stage.paper
    paper.line(box.x0, box.y1, box.x1, box.y1, ink=Grey.EDGE)
    if panel.empty_text:
        spots = [((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, "centre")]
        stage.place(spots, panel.empty_text, within=box, ink=Grey.TEXT2)
        return
    y = _Heights(panel, box)
    for tick in panel.ticks:
        paper.line(box.x0, y(tick.value), box.x1, y(tick.value), weight=0.5, ink=Grey.GRID)
        paper.text(box.x0 - 4, y(tick.value) + 3, tick.text, align="right", ink=Grey.TEXT2)
    shown = corners(box)
    with paper.clipped(shown):
        if panel.band is not None:
            _draw_band(stage, panel.band, y)
        for limit in panel.limits:
            points = [(stage.axis.x(date), y(value)) for date, value in limit.points]
            paper.polyline(points, weight=0.75, ink=Grey.LLN, dash=(0.9, 2.2))
    _legend(stage, panel, box)
    with paper.clipped(shown):
        for series in panel.series:
            _draw_series(stage, series, y)
        for ring in panel.rings:
            paper.circle(stage.axis.x(ring.date), y(ring.value), 6, fill=None, edge=Grey.BLACK, weight=1.0)
    today = stage.axis.x(timeline.today)
    stage.taken.append(Box(today - 0.5, box.y0, today + 0.5, box.y1))
    _take(stage, panel, y)
    _draw_labels(stage, panel, y, box)
    _draw_notes(stage, panel, y, box)
    _draw_now(stage, panel, y, Box(box.x1, box.y0, stage.frame.x1, box.y1))


def _draw_band(stage: Stage, band: Band, y: _Heights) -> None:
    shown = stage.axis.clip(band.start, band.end)
    if shown is None:
        return
    x0, x1 = shown
    top, bottom = y(band.top), y(band.bottom)
    stage.paper.rectangle(Box(x0, top, x1, bottom), fill=Grey.BAND, edge=None)
    stage.paper.line(x0, top, x1, top, weight=0.75, dash=(0.9, 2.2))
    stage.paper.line(x0, bottom, x1, bottom, weight=0.9)


def _draw_series(stage: Stage, series: Series, y: _Heights) -> None:
    paper, axis = stage.paper, stage.axis
    dlco = series.measure == "dlco"
    ink = Grey.DLCO if dlco else Grey.BLACK
    for run in series.runs:
        points = [(axis.x(series.points[index].date), y(series.points[index].value)) for index in run]
        if len(points) > 1:
            paper.polyline(points, weight=1.35, ink=ink, dash=(4.5, 2.2) if dlco else ())
    radius = _radius(series, axis)
    for point in series.points:
        place = axis.x(point.date), y(point.value)
        draw_marker(paper, place, series.measure, filled=point.used, radius=radius)


def _radius(series: Series, axis: DateAxis) -> float:
    """As large as neighbouring tests allow, so that sixty of them are still sixty marks."""
    places = sorted(axis.x(point.date) for point in series.points)
    apart = [later - earlier for earlier, later in pairwise(places) if later > earlier]
    return min(3.1, max(1.5, sorted(apart)[len(apart) // 4] * 0.36)) if apart else 3.1


def draw_marker(
    paper: Paper, place: tuple[float, float], measure: str, *, filled: bool, radius: float = 3.1
) -> None:
    """Draw a test's mark: a circle for FVC, a square for DLCO; hollow when the criteria do not use it."""
    x, y = place
    ink = Grey.DLCO if measure == "dlco" else Grey.BLACK
    fill, weight = (ink, 0.2) if filled else (Grey.WHITE, 1.2)
    if measure == "dlco":
        side = radius - 0.25
        box = Box(x - side, y - side, x + side, y + side)
        paper.rectangle(box, fill=fill, edge=ink, weight=weight)
    else:
        paper.circle(x, y, radius, fill=fill, edge=ink, weight=weight)


def _take(stage: Stage, panel: LungPanel, y: _Heights) -> None:
    """Keep labels off the marks, the rings and the lines between marks."""
    for series in panel.series:
        places = [(stage.axis.x(point.date), y(point.value)) for point in series.points]
        for x, height in places:
            stage.taken.append(Box(x - 3.2, height - 3.2, x + 3.2, height + 3.2))
        for run in series.runs:
            for first, second in pairwise(run):
                stage.taken.extend(_along(places[first], places[second]))
    for ring in panel.rings:
        x, height = stage.axis.x(ring.date), y(ring.value)
        stage.taken.append(Box(x - 6.5, height - 6.5, x + 6.5, height + 6.5))


def _along(first: tuple[float, float], second: tuple[float, float]) -> Iterator[Box]:
    length = max(abs(second[0] - first[0]), abs(second[1] - first[1]))
    steps = max(1, round(length / 4))
    for step in range(steps + 1):
        x = first[0] + (second[0] - first[0]) * step / steps
        height = first[1] + (second[1] - first[1]) * step / steps
        yield Box(x - 1, height - 1, x + 1, height + 1)


def _draw_labels(stage: Stage, panel: LungPanel, y: _Heights, box: Box) -> None:
    """The reference above its ring, the threshold at its line, changes of the reference set at the top."""
    for ring in panel.rings:
        if not ring.label or not stage.axis.shows(ring.date):
            continue
        x, height = stage.axis.x(ring.date), y(ring.value)
        length = width_of(ring.label, Face.BOLD)
        middle = min(max(x, box.x0 + length / 2 + 2), box.x1 - length / 2 - 2)
        spots = [
            (at, height + shift, align)
            for shift in (-11, 18, -20, 27, -29, 36)
            for at, align in ((middle, "centre"), (middle - 6, "left"), (middle + 6, "right"))
        ]
        stage.place(spots, ring.label, within=box, face=Face.BOLD)
    band = panel.band
    shown = stage.axis.clip(band.start, band.end) if band is not None else None
    if band is not None and shown is not None:
        line = y(band.bottom)
        right = min(shown[1], box.x1) - 3
        spots = [
            (shown[0] + 5, line + 9, "left"),
            (right, line + 9, "right"),
            (shown[0] + 5, line + 18, "left"),
            (shown[0] - 4, line + 3, "right"),
            (right, line + 22, "right"),
            (right, line - 3, "right"),
        ]
        stage.place(spots, band.label, within=box)
    for change in panel.set_changes:
        if stage.axis.shows(change.date):
            x = stage.axis.x(change.date)
            stage.paper.line(x, box.y0, x, box.y0 + 5, weight=0.9)
            heights = [box.y0 + 13, box.y0 + 23, box.y1 - 4, box.y1 - 14, box.y0 + 33, box.y1 - 24]
            spots = [
                (at, height, align)
                for height in heights
                for at, align in ((x, "centre"), (x + 3, "left"), (x - 3, "right"))
            ]
            stage.place(spots, change.label, within=box, ink=Grey.TEXT2)


def _draw_notes(stage: Stage, panel: LungPanel, y: _Heights, box: Box) -> None:
    """Say beside each hollow mark why it is not used."""
    said: set[tuple[str, str]] = set()
    for series in panel.series:
        for point in series.points:
            key = (point.date.isoformat(), point.note)
            if not point.note or key in said or not stage.axis.shows(point.date):
                continue
            said.add(key)
            stage.place(
                _around(stage.axis.x(point.date), y(point.value)), point.note, within=box, ink=Grey.TEXT2
            )


def _around(x: float, y: float) -> Iterator[tuple[float, float, str]]:
    yield x + 6, y + 3, "left"
    yield x - 6, y + 3, "right"
    for shift in (12, -7, 21, -16, 30, -25):
        yield x + 4, y + shift, "left"
        yield x - 4, y + shift, "right"


def _legend(stage: Stage, panel: LungPanel, box: Box) -> None:
    paper, x = stage.paper, stage.frame.x0 + _LABEL_LEFT
    baseline = box.y0 + 11
    for series in panel.series:
        ink = Grey.TEXT2 if series.measure == "dlco" else Grey.BLACK
        paper.text(x, baseline, series.label, face=Face.BOLD, ink=ink)
        left = x + 29
        line = Grey.DLCO if series.measure == "dlco" else Grey.BLACK
        dash = (4.5, 2.2) if series.measure == "dlco" else ()
        paper.line(left, baseline - 3, left + 20, baseline - 3, weight=1.35, ink=line, dash=dash)
        draw_marker(paper, (left + 10, baseline - 3), series.measure, filled=True)
        baseline += 12
    for words in wrap([Run(panel.axis_text)], GUTTER_LEFT - _TICKS, most=2)[0]:
        paper.line_of_runs(x, baseline, words, ink=Grey.TEXT2)
        baseline += 10.5


def _draw_now(stage: Stage, panel: LungPanel, y: _Heights, box: Box) -> None:
    """The latest values and the lower limits at their heights, moved apart where they would overlap."""
    items: list[NowValue | LimitLine] = [*panel.now, *(limit for limit in panel.limits if limit.now_text)]
    sizes = [24.0 if isinstance(item, NowValue) else 11.0 for item in items]
    wanted = [y(item.value if isinstance(item, NowValue) else item.points[-1][1]) for item in items]
    x, width = box.x0 + 6, box.x1 - box.x0 - 8
    for item, centre in zip(items, spread(wanted, sizes, box.y0 + 1, box.y1 - 1), strict=True):
        if isinstance(item, LimitLine):
            stage.paper.text(x, centre + 3, item.now_text, width=width, ink=Grey.LLN)
            continue
        ink = Grey.TEXT2 if item.measure == "dlco" else Grey.BLACK
        stage.paper.text(x, centre - 1, item.headline, face=Face.BOLD, size=_HEADLINE, width=width, ink=ink)
        stage.paper.text(x, centre + 9.5, item.detail, width=width)
