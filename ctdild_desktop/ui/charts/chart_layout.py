"""Where the parts of a picture of an analysis stand, in pixels."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF

from ctdild_desktop.figures.chart import Axis, Chart, KeyEntry, Place, Tick
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.chart_words import line_height, lines_of, width_of

SAMPLE = 34
"""Width of a sign of the key at the usual font."""
_EDGE, _GAP = 10, 7
_LEAST_PLOT = 110
_MOST_GUTTER = 0.4
_MOST_TITLE, _MOST_TICK, _MOST_ROW, _MOST_KEY = 2, 3, 3, 3


@dataclass(frozen=True, slots=True)
class LaidTick:
    """A tick with the lines of its text."""

    tick: Tick
    at: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LaidKey:
    """One line of the key: where its sign and its words stand."""

    entry: KeyEntry
    box: QRectF
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Every place of a picture; ``line`` is the height of a line of its type."""

    chart: Chart
    width: float
    height: float
    line: float
    title: tuple[str, ...]
    y_label: tuple[str, ...]
    plot: QRectF
    x_ticks: tuple[LaidTick, ...]
    y_ticks: tuple[LaidTick, ...]
    x_label_top: float
    x_label: tuple[str, ...]
    below_top: float
    names: float
    """Width of the column at the left of the plot."""
    first_below: float
    """Of that, what the first numbers below the plot take."""
    key: tuple[LaidKey, ...]

    def x(self, value: float) -> float:
        """Where a value of the level axis stands."""
        axis = self.chart.x
        return self.plot.left() + (value - axis.low) / _span(axis) * self.plot.width()

    def y(self, value: float) -> float:
        """Where a value of the upright axis stands."""
        axis = self.chart.y
        share = (value - axis.low) / _span(axis)
        if axis.downward:
            return self.plot.top() + share * self.plot.height()
        return self.plot.bottom() - share * self.plot.height()

    def at(self, place: Place) -> QPointF:
        """Where a place stands."""
        return QPointF(self.x(place[0]), self.y(place[1]))


def _span(axis: Axis) -> float:
    return axis.high - axis.low or 1.0


def lay_out(chart: Chart, width: float, height: float) -> Layout:
    """Share an area among title, plot, texts of the axes, numbers below and key; the plot takes the rest."""
    edge, gap, line = theme.scaled(_EDGE), theme.scaled(_GAP), line_height()
    inner = width - 2 * edge
    title = lines_of(chart.title, inner, most=_MOST_TITLE, bold=True, delta=0)
    y_label = lines_of(chart.y.label, inner, most=1)
    empty = bool(chart.empty_text)
    top = edge + len(title) * line_height(bold=True, delta=0) + len(y_label) * line + gap
    names = 0.0 if empty else min(_wanted_names(chart), inner * _MOST_GUTTER)
    left = edge + names + (0 if empty else gap)
    right = width - edge - (0.0 if empty else _overhang(chart, width - edge - left))
    plot_width = max(right - left, 40.0)
    x_lines = () if empty else _x_texts(chart, plot_width)
    x_label = () if empty else lines_of(chart.x.label, plot_width, most=2)
    below = 0 if empty else len(chart.below) + bool(chart.below and chart.below_title)
    key = () if empty else _key(chart.key, edge, inner, line)
    key_high = max((one.box.bottom() for one in key), default=0.0)
    foot = 5 + max((len(lines) for _tick, lines in x_lines), default=0) * line
    foot += len(x_label) * line + (gap + below * line if below else 0)
    foot += (gap + key_high if key else 0) + edge
    y_texts = () if empty else _y_texts(chart, names)
    most = max((len(lines) for _tick, lines in y_texts), default=0)
    rows = (most * line + 3) * _span(chart.y) if chart.y.downward else 0.0
    plot = QRectF(left, top, plot_width, max(height - top - foot, theme.scaled(_LEAST_PLOT), rows))
    label_top = plot.bottom() + 5 + max((len(lines) for _tick, lines in x_lines), default=0) * line
    below_top = label_top + len(x_label) * line + gap
    key_top = below_top + (below * line + gap if below else 0)
    made = Layout(
        chart=chart,
        width=width,
        height=max(height, plot.bottom() + foot),
        line=line,
        title=title,
        y_label=y_label,
        plot=plot,
        x_ticks=(),
        y_ticks=(),
        x_label_top=label_top,
        x_label=x_label,
        below_top=below_top,
        names=names,
        first_below=_first_below(chart),
        key=tuple(LaidKey(one.entry, one.box.translated(0, key_top), one.lines) for one in key),
    )
    return _with_ticks(made, x_lines, y_texts)


def least_height(chart: Chart, width: float) -> int:
    """The height in which everything has room at a width."""
    return round(lay_out(chart, width, 0).height)


Texts = tuple[tuple[Tick, tuple[str, ...]], ...]


def _with_ticks(made: Layout, x_texts: Texts, y_texts: Texts) -> Layout:
    return replace(
        made,
        x_ticks=tuple(LaidTick(tick, made.x(tick.value), lines) for tick, lines in x_texts),
        y_ticks=tuple(LaidTick(tick, made.y(tick.value), lines) for tick, lines in y_texts),
    )


def _overhang(chart: Chart, plot_width: float) -> float:
    """How far the last text below the plot stands out at its right."""
    if not chart.x.ticks:
        return 0.0
    last = chart.x.ticks[-1]
    inside = (chart.x.high - last.value) / _span(chart.x) * plot_width
    half = (
        max(width_of(text) for text in (last.text, *(row.values[-1] for row in chart.below if row.values)))
        / 2
    )
    return min(max(half - inside, 0.0), plot_width * 0.1)


def _wanted_names(chart: Chart) -> float:
    texts = [tick.text for tick in chart.y.ticks]
    wide = max((width_of(text) for text in texts), default=0.0)
    rows = max(
        (width_of(row.name) + theme.scaled(SAMPLE) + _first_below(chart) for row in chart.below), default=0.0
    )
    return max(wide, rows) + 2


def _first_below(chart: Chart) -> float:
    """How far the first numbers below the plot stand out at its left."""
    return max((width_of(row.values[0]) / 2 for row in chart.below if row.values), default=0.0)


def _y_texts(chart: Chart, names: float) -> Texts:
    most = _MOST_ROW if chart.y.downward else 1
    return tuple((tick, lines_of(tick.text, names, most=most)) for tick in chart.y.ticks)


def _x_texts(chart: Chart, plot_width: float) -> Texts:
    """The texts below the plot; of numbers that stand too close, only each second, third ... is written."""
    ticks = chart.x.ticks
    if not ticks:
        return ()
    apart = plot_width
    if len(ticks) > 1:
        values = [tick.value for tick in ticks]
        apart = min(b - a for a, b in itertools.pairwise(values)) / _span(chart.x) * plot_width
    numbers = all(" " not in tick.text for tick in ticks)
    widest = max(width_of(tick.text) for tick in ticks)
    below = max((width_of(text) for row in chart.below for text in row.values), default=0.0)
    every = 1
    if numbers:
        while apart * every < max(widest, below) + 8 and every < len(ticks):
            every += 1
    shown = ticks[::every]
    return tuple((tick, lines_of(tick.text, apart * every - 6, most=_MOST_TICK)) for tick in shown)


def _key(entries: tuple[KeyEntry, ...], left: float, width: float, line: float) -> tuple[LaidKey, ...]:
    """The key from its own top on: as many in a row as have room."""
    sample, gap = theme.scaled(SAMPLE), theme.scaled(14)
    made: list[LaidKey] = []
    x, y, high = left, 0.0, 0.0
    for entry in entries:
        room = width - sample
        lines = lines_of(entry.text, room, most=_MOST_KEY)
        wide = sample + max((width_of(each) for each in lines), default=0.0) + 2
        if x > left and x + wide > left + width:
            x, y = left, y + high + 2
            high = 0.0
        made.append(LaidKey(entry, QRectF(x, y, wide, len(lines) * line), lines))
        high = max(high, len(lines) * line)
        x += wide + gap
    return tuple(made)
