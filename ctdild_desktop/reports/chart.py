"""A picture of an analysis on paper: axes, marks, texts that stand clear, numbers below, and its key.

Everything is drawn as lines and shapes, in black and greys; what a colour tells on screen, a dash, a shape or
a fill tells here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ctdild_desktop.figures.chart import Axis, Chart, Column, Dot, KeyEntry, Sign
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.chart_inks import LOOKS, draw_mark
from ctdild_desktop.reports.chart_marks import (
    CAP,
    DOTTED,
    GAP,
    Plot,
    around,
    draw_area,
    draw_chart_mark,
    write_texts,
)
from ctdild_desktop.reports.paper import Grey, Paper
from ctdild_desktop.reports.stage import corners
from ctdild_desktop.reports.typesetting import LEAST_POINTS, Face, Run, fit, width_of, wrap
from ctdild_desktop.reports.typesetting import Line as TextLine

_TITLE = 9.5
_TITLE_STEP = 12.5
"""Points of the title, and from one of its lines to the next."""
_ROW = LEAST_POINTS * 1.3
_BAR = 17.0
"""Height of one category down the side."""
_PLOT = 165.0
"""Height of a plot with numbers up the side."""
_SIDE_SHARE = 0.42
"""What names at the side take of the width at most; longer ones are broken into two lines."""
_CROWD = 120
"""Of more patients each point is smaller."""
_SAMPLE = 26.0
"""Width of the sample of the key before its text."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the key: where it begins and its lines."""

    entry: KeyEntry
    left: float
    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class _Measured:
    """How a picture divides its width and height."""

    title: tuple[TextLine, ...]
    head: float
    left: float
    right: float
    plot: float
    foot: float
    below: float
    key: tuple[tuple[_Entry, ...], ...]
    """The entries of each row."""


def chart_height(chart: Chart, width: float) -> float:
    """How high a picture is in so much width."""
    if chart.empty_text:
        lines = wrap([Run(chart.empty_text)], width - 16)[0]
        return len(_title(chart, width)) * _TITLE_STEP + len(lines) * _ROW + 22
    made = _measured(chart, width)
    return made.head + made.plot + made.foot + made.below + _key_height(made) + 8


def draw_chart(paper: Paper, chart: Chart, box: Box) -> None:
    """Draw a picture into a box as wide as wanted and as high as :func:`chart_height` says."""
    width = box.x1 - box.x0
    if chart.empty_text:
        _draw_empty(paper, chart, box)
        return
    made = _measured(chart, width)
    for number, line in enumerate(made.title):
        paper.line_of_runs(box.x0, box.y0 + _TITLE + _TITLE_STEP * number, line, _TITLE)
    top = box.y0 + made.head
    points = sum(isinstance(mark, Dot) for mark in chart.marks)
    inner = Box(box.x0 + made.left, top, box.x1 - made.right, top + made.plot)
    plot = Plot(inner, chart.x, chart.y, 0.9 if points > _CROWD else 1.6)
    if chart.y.label:
        paper.text(box.x0, top - 9, chart.y.label, width=width, ink=Grey.TEXT2)
    _draw_axes(paper, plot, chart, box)
    with paper.clipped(corners(around(plot.box, 3.0))):
        for mark in chart.marks:
            draw_chart_mark(paper, plot, mark)
    write_texts(paper, plot, chart, box)
    y = plot.box.y1 + made.foot
    if chart.below:
        _draw_below(paper, plot, chart, box, y)
    _draw_key(paper, made, box, y + made.below)


def _title(chart: Chart, width: float) -> tuple[TextLine, ...]:
    return wrap([Run(chart.title, Face.BOLD)], width, _TITLE)[0]


def _measured(chart: Chart, width: float) -> _Measured:
    title = _title(chart, width)
    names = [tick.text for tick in chart.y.ticks]
    widest = max((width_of(name) for name in names), default=0.0)
    left = min(widest, width * _SIDE_SHARE) + GAP + 3
    if chart.below:
        longest = max(width_of(row.name) for row in chart.below) + 40
        left = max(left, min(longest, width * _SIDE_SHARE))
    gutter = max((width_of(text) for text in _gutter_texts(chart)), default=0.0)
    last = chart.x.ticks[-1].text if chart.x.ticks else ""
    right = gutter + GAP + 2 if gutter else width_of(last) / 2 + 2
    plot = len(names) * _BAR + 6 if _is_listed(chart) else _PLOT
    foot = 4 + _ROW * _tick_lines(chart, width - left - right) + (_ROW if chart.x.label else 0) + 3
    below = _ROW * (1 + len(chart.below)) + 4 if chart.below else 0.0
    head = len(title) * _TITLE_STEP + (_ROW + 6 if chart.y.label else 3)
    return _Measured(title, head, left, right, plot, foot, below, _key_rows(chart.key, width))


def _key_rows(key: Sequence[KeyEntry], width: float) -> tuple[tuple[_Entry, ...], ...]:
    """As many entries beside each other as fit; one that is too long for a line has several."""
    rows: list[list[_Entry]] = []
    used = width
    for entry in key:
        lines = wrap([Run(entry.text)], width - _SAMPLE)[0]
        needed = _SAMPLE + (width_of(entry.text) if len(lines) == 1 else width - _SAMPLE)
        if used + needed > width:
            rows.append([])
            used = 0.0
        rows[-1].append(_Entry(entry, used, lines))
        used += needed + 14
    return tuple(map(tuple, rows))


def _is_listed(chart: Chart) -> bool:
    """Whether categories stand down the side."""
    return chart.y.downward


def _gutter_texts(chart: Chart) -> list[str]:
    """Texts of columns, which stand in a row at the right."""
    return [mark.text for mark in chart.marks if isinstance(mark, Column) and mark.level and mark.text]


def _tick_lines(chart: Chart, width: float) -> int:
    """Lines that the longest category below the picture takes."""
    if not _has_categories(chart.x):
        return 1
    room = _room(chart.x, width)
    return max(len(wrap([Run(tick.text)], room, most=3)[0]) for tick in chart.x.ticks)


def _room(axis: Axis, width: float) -> float:
    """What each category below the picture has, so that neighbours do not touch."""
    at = sorted((axis.low, *(tick.value for tick in axis.ticks), axis.high))
    inner = [later - earlier for earlier, later in pairwise(at[1:-1])]
    edges = [2 * (at[1] - at[0]), 2 * (at[-1] - at[-2])]
    return min((*inner, *edges)) / (axis.high - axis.low) * width - 6


def _has_categories(axis: Axis) -> bool:
    return bool(axis.ticks) and not any(letter.isdigit() for letter in axis.ticks[0].text)


def _draw_empty(paper: Paper, chart: Chart, box: Box) -> None:
    """The title and why there is nothing to draw."""
    title = _title(chart, box.x1 - box.x0)
    for number, line in enumerate(title):
        paper.line_of_runs(box.x0, box.y0 + _TITLE + _TITLE_STEP * number, line, _TITLE)
    top = box.y0 + len(title) * _TITLE_STEP + 3
    lines = wrap([Run(chart.empty_text)], box.x1 - box.x0 - 16)[0]
    bottom = top + len(lines) * _ROW + 10
    paper.rectangle(Box(box.x0, top, box.x1, bottom), edge=Grey.LINE, weight=0.5)
    for number, line in enumerate(lines):
        paper.line_of_runs(box.x0 + 8, top + 12 + _ROW * number, line, ink=Grey.TEXT2)


def _draw_axes(paper: Paper, plot: Plot, chart: Chart, frame: Box) -> None:
    box = plot.box
    if _is_listed(chart):
        for tick in chart.x.ticks:
            x = plot.x(tick.value)
            paper.line(x, box.y0, x, box.y1, weight=0.4, ink=Grey.GRID)
    else:
        for tick in chart.y.ticks:
            paper.line(box.x0, plot.y(tick.value), box.x1, plot.y(tick.value), weight=0.4, ink=Grey.GRID)
    paper.line(box.x0, box.y0, box.x0, box.y1, weight=0.6, ink=Grey.EDGE)
    paper.line(box.x0, box.y1, box.x1, box.y1, weight=0.6, ink=Grey.EDGE)
    room = box.x0 - frame.x0 - GAP
    for tick in chart.y.ticks:
        lines = wrap([Run(tick.text)], room, most=2)[0]
        first = plot.y(tick.value) + 3 - (len(lines) - 1) * LEAST_POINTS / 2
        for number, line in enumerate(lines):
            text = "".join(run.text for run in line.runs)
            paper.text(box.x0 - GAP, first + number * LEAST_POINTS, text, align="right", width=room)
    _draw_level_ticks(paper, plot, chart)


def _draw_level_ticks(paper: Paper, plot: Plot, chart: Chart) -> None:
    box, axis = plot.box, chart.x
    baseline = box.y1 + 4 + LEAST_POINTS
    lines = 1
    if _has_categories(axis):
        room = _room(axis, box.x1 - box.x0)
        for tick in axis.ticks:
            held = wrap([Run(tick.text)], room, most=3)[0]
            lines = max(lines, len(held))
            for number, line in enumerate(held):
                text = "".join(run.text for run in line.runs)
                paper.text(plot.x(tick.value), baseline + number * _ROW, text, align="centre")
    else:
        edge = float("-inf")
        for tick in axis.ticks:
            x = plot.x(tick.value)
            half = width_of(tick.text) / 2
            paper.line(x, box.y1, x, box.y1 + 2.5, weight=0.6, ink=Grey.EDGE)
            if x - half >= edge + 4:
                paper.text(x, baseline, tick.text, align="centre")
                edge = x + half
    if axis.label:
        paper.text(
            (box.x0 + box.x1) / 2,
            baseline + lines * _ROW,
            axis.label,
            align="centre",
            width=box.x1 - box.x0,
            ink=Grey.TEXT2,
        )


def _draw_below(paper: Paper, plot: Plot, chart: Chart, frame: Box, top: float) -> None:
    paper.text(frame.x0, top + LEAST_POINTS, chart.below_title, ink=Grey.TEXT2, width=frame.x1 - frame.x0)
    for number, row in enumerate(chart.below, start=1):
        baseline = top + LEAST_POINTS + _ROW * number
        look = LOOKS[row.meaning]
        paper.line(
            *(frame.x0, baseline - 3, frame.x0 + 13, baseline - 3),
            weight=look.weight,
            ink=look.ink,
            dash=look.dash,
        )
        name, _size = fit(row.name, plot.box.x0 - frame.x0 - 18 - 8, Face.REGULAR, LEAST_POINTS)
        paper.text(frame.x0 + 16, baseline, name)
        edge = frame.x0 + 16 + width_of(name)
        for tick, value in zip(chart.x.ticks, row.values, strict=True):
            x, half = plot.x(tick.value), width_of(value) / 2
            if x - half >= edge + 3:
                paper.text(x, baseline, value, align="centre")
                edge = x + half


def _key_height(made: _Measured) -> float:
    return sum(max(len(entry.lines) for entry in row) for row in made.key) * _ROW + (5 if made.key else 0)


def _draw_key(paper: Paper, made: _Measured, frame: Box, top: float) -> None:
    y = top + 5
    for row in made.key:
        for entry in row:
            x = frame.x0 + entry.left
            _draw_sample(paper, entry.entry, x, y + LEAST_POINTS - 3)
            for number, line in enumerate(entry.lines):
                paper.line_of_runs(x + _SAMPLE, y + LEAST_POINTS + number * _ROW, line)
        y += _ROW * max(len(entry.lines) for entry in row)


def _draw_sample(paper: Paper, entry: KeyEntry, x: float, y: float) -> None:
    if entry.meaning is None:
        paper.line(x, y, x + 20, y, weight=0.7, ink=Grey.EDGE, dash=DOTTED)
        return
    look = LOOKS[entry.meaning]
    ink = Grey.BLACK if look.ink is Grey.LINE else look.ink
    if entry.sign in {Sign.LINE, Sign.STROKE} or (entry.sign is Sign.MARK and look.filled):
        paper.line(x, y, x + 20, y, weight=look.weight, ink=look.ink, dash=look.dash)
    if entry.sign is Sign.AREA:
        draw_area(paper, corners(Box(x, y - 3.5, x + 20, y + 3.5)), look)
    elif entry.sign is Sign.STROKE:
        paper.line(x + 10, y - 2.5, x + 10, y + 2.5, weight=0.6, ink=ink)
    elif entry.sign is Sign.SPAN:
        paper.line(x + 2, y, x + 18, y, weight=0.9, ink=ink)
        for end in (x + 2, x + 18):
            paper.line(end, y - CAP, end, y + CAP, weight=0.9, ink=ink)
    elif entry.sign is not Sign.LINE:
        draw_mark(paper, x + 10, y, look)
