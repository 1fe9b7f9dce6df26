"""Painting of a picture of an analysis: title, axes, numbers below, key, and its marks between them."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from ctdild_desktop.figures.chart import Area, Column, Dot, KeyEntry, Line, Meaning, Sign, Span
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.chart_inks import dot_size, ink_for, is_filled, size_of
from ctdild_desktop.ui.charts.chart_labels import write_labels
from ctdild_desktop.ui.charts.chart_layout import SAMPLE, Layout
from ctdild_desktop.ui.charts.chart_words import CENTRE, LEFT, RIGHT, Words, line_height, lines_of
from ctdild_desktop.ui.charts.paint_chart_marks import fill_column, paint_marks, paint_sign, pale_of
from ctdild_desktop.ui.charts.paint_series import paint_marker
from ctdild_desktop.ui.widgets import glyphs

_EDGE = 10
_SMOOTH = QPainter.RenderHint.Antialiasing


def paint_chart(painter: QPainter, layout: Layout) -> Words:
    """Draw the whole picture on a ground that is there already; tells what was written where."""
    words = Words(painter)
    _paint_title(words, layout)
    if layout.chart.empty_text:
        _paint_empty(words, layout)
        return words
    _paint_axes(words, layout)
    painter.setRenderHint(_SMOOTH)
    painter.save()
    painter.setClipRect(layout.plot.adjusted(-6, -6, 6, 6))
    paint_marks(painter, layout)
    painter.restore()
    write_labels(words, layout)
    _paint_below(words, layout)
    for one in layout.key:
        box = QRectF(one.box.left(), one.box.top(), theme.scaled(SAMPLE - 6), layout.line)
        _paint_sample(painter, layout, one.entry, box)
        _write_lines(words, one.lines, one.box.left() + theme.scaled(SAMPLE), one.box.top(), layout)
    return words


def _paint_title(words: Words, layout: Layout) -> None:
    edge, high = theme.scaled(_EDGE), line_height(bold=True, delta=0)
    measure = layout.chart.measure
    ink = ink_for(measure).text if measure is not None else "text"
    top = float(edge)
    for line in layout.title:
        area = QRectF(edge, top, layout.width - 2 * edge, high)
        words.write(line, area, ink=ink, bold=True, delta=0)
        top += high
    _write_lines(words, layout.y_label, edge, top, layout)


def _write_lines(words: Words, lines: tuple[str, ...], left: float, top: float, layout: Layout) -> None:
    for line in lines:
        words.write(line, QRectF(left, top, layout.width - left, layout.line))
        top += layout.line


def _paint_empty(words: Words, layout: Layout) -> None:
    lines = lines_of(layout.chart.empty_text, layout.plot.width(), most=4, delta=0)
    high = line_height(delta=0)
    top = layout.plot.center().y() - len(lines) * high / 2
    for line in lines:
        words.write(line, QRectF(layout.plot.left(), top, layout.plot.width(), high), CENTRE, delta=0)
        top += high


def _paint_axes(words: Words, layout: Layout) -> None:
    painter, plot = words.painter, layout.plot
    painter.setRenderHint(_SMOOTH, on=False)
    for tick in layout.y_ticks:
        painter.setPen(glyphs.pen(theme.color("grid")))
        if plot.top() + 1 < tick.at < plot.bottom() - 1 and not layout.chart.y.downward:
            painter.drawLine(QLineF(plot.left(), round(tick.at), plot.right(), round(tick.at)))
    if layout.chart.y.downward:
        for tick in layout.x_ticks:
            painter.setPen(glyphs.pen(theme.color("grid")))
            if plot.left() + 1 < tick.at < plot.right() - 1:
                painter.drawLine(QLineF(round(tick.at), plot.top(), round(tick.at), plot.bottom()))
    painter.setPen(glyphs.pen(theme.color("ctrl")))
    painter.setBrush(glyphs.NO_BRUSH)
    painter.drawRect(plot.toRect())
    for tick in layout.x_ticks:
        painter.drawLine(QLineF(round(tick.at), plot.bottom(), round(tick.at), plot.bottom() + 4))
    painter.setRenderHint(_SMOOTH)
    inks = "text" if layout.chart.y.downward else "text2"
    for tick in layout.y_ticks:
        top = tick.at - len(tick.lines) * layout.line / 2
        for line in tick.lines:
            area = QRectF(plot.left() - 7 - layout.names, top, layout.names, layout.line)
            words.write(line, area, RIGHT, ink=inks)
            top += layout.line
    for tick in layout.x_ticks:
        top = plot.bottom() + 5
        for line in tick.lines:
            words.write(line, QRectF(tick.at - 200, top, 400, layout.line), CENTRE, ink="text")
            top += layout.line
    top = layout.x_label_top
    for line in layout.x_label:
        words.write(line, QRectF(plot.left(), top, plot.width(), layout.line), CENTRE)
        top += layout.line


def _paint_below(words: Words, layout: Layout) -> None:
    chart, top = layout.chart, layout.below_top
    edge = theme.scaled(_EDGE)
    if chart.below and chart.below_title:
        words.write(chart.below_title, QRectF(edge, top, layout.width - 2 * edge, layout.line), LEFT)
        top += layout.line
    shown = {tick.tick: tick.at for tick in layout.x_ticks}
    for row in chart.below:
        sample = QRectF(edge, top, theme.scaled(SAMPLE - 6), layout.line)
        _paint_sample(words.painter, layout, KeyEntry(row.meaning, row.name), sample)
        left = edge + theme.scaled(SAMPLE)
        room = layout.names - theme.scaled(SAMPLE) - layout.first_below
        name = next(iter(lines_of(row.name, room, most=1)), "")
        words.write(name, QRectF(left, top, room, layout.line), ink="text")
        for tick, text in zip(chart.x.ticks, row.values, strict=False):
            if tick in shown:
                words.write(text, QRectF(shown[tick] - 60, top, 120, layout.line), CENTRE, ink="text")
        top += layout.line


def _paint_sample(painter: QPainter, layout: Layout, entry: KeyEntry, box: QRectF) -> None:
    """A sign of the key, as its meaning is drawn in this picture."""
    painter.setRenderHint(_SMOOTH)
    middle = box.center()
    if entry.meaning is None:
        painter.setPen(glyphs.pen(theme.color("text2"), 1.2, (1, 3)))
        painter.drawLine(QLineF(box.left(), middle.y(), box.right(), middle.y()))
        return
    meaning, ink = entry.meaning, ink_for(entry.meaning)
    if entry.sign is not Sign.MARK:
        paint_sign(painter, entry.sign, meaning, box)
        return
    marks = [mark for mark in layout.chart.marks if getattr(mark, "meaning", None) is meaning]
    lines = [mark for mark in marks if isinstance(mark, Line)]
    if any(isinstance(mark, Column) for mark in marks):
        fill_column(painter, QRectF(middle.x() - 9, box.top() + 3, 18, box.height() - 6), meaning)
        return
    if any(isinstance(mark, Area) for mark in marks) and not lines:
        painter.fillRect(box.adjusted(2, 2, -2, -2), pale_of(meaning))
    if lines:
        patient = meaning is Meaning.PATIENT
        painter.setPen(glyphs.pen(theme.color(ink.line), 1 if patient else 1.8, ink.dashes))
        painter.drawLine(QLineF(box.left(), middle.y(), box.right(), middle.y()))
        if patient and lines[0].dots:
            for x in (box.left() + 3, box.right() - 3):
                paint_marker(painter, QPointF(x, middle.y()), ink, size_of(meaning))
            return
    if any(isinstance(mark, Dot | Span) for mark in marks) or any(line.dots for line in lines):
        if any(isinstance(mark, Span) for mark in marks):
            painter.setPen(glyphs.pen(theme.color(ink.line), 1.8))
            painter.drawLine(QLineF(middle.x(), box.top() + 1, middle.x(), box.bottom() - 1))
        dots = [dot_size(mark) for mark in marks if isinstance(mark, Dot)]
        paint_marker(painter, middle, ink, max(dots, default=size_of(meaning)), filled=is_filled(meaning))


def paint_ground(painter: QPainter, area: QRectF) -> None:
    """Fill an area with the ground of plots."""
    painter.fillRect(area, theme.color("base"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
