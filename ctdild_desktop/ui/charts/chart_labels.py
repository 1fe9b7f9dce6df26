"""Texts beside the marks of a picture of an analysis: none covers a mark that matters or another text."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF

from ctdild_desktop.figures.chart import Column, Dot, Guide, Line, Meaning, Span
from ctdild_desktop.figures.layout import Box, first_free
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.chart_inks import dot_size, ink_for
from ctdild_desktop.ui.charts.chart_layout import Layout
from ctdild_desktop.ui.charts.chart_words import LEFT, Words, width_of
from ctdild_desktop.ui.charts.paint_chart_marks import column_box, column_width, places_of
from ctdild_desktop.ui.widgets import glyphs

_MANY = 60
"""More lines of patients than this are everywhere: a text keeps away from their dots no more."""


def write_labels(words: Words, layout: Layout) -> None:
    """Write beside dots, bars and guides, what matters first."""
    labels = _Labels(words, layout)
    thick = column_width(layout)
    for mark in layout.chart.marks:
        if isinstance(mark, Column) and mark.text:
            own = _box_of(column_box(layout, mark, thick))
            labels.write(mark.text, _beside_column(layout, mark, thick), "text", own=own)
    dots = [mark for mark in layout.chart.marks if isinstance(mark, Dot) and mark.text]
    dots.sort(key=lambda dot: dot.meaning is Meaning.PUBLISHED)
    for dot in dots:
        at, ink = layout.at(dot.at), ink_for(dot.meaning).text
        labels.write(dot.text, _beside_dot(layout, dot), ink, at, bold=_is_own(dot))
    for mark in layout.chart.marks:
        if isinstance(mark, Guide) and mark.text:
            labels.write(mark.text, _on_guide(layout, mark), "text2")


def _is_own(dot: Dot) -> bool:
    return dot.meaning not in (Meaning.PUBLISHED, Meaning.BEFORE_MATCHING, Meaning.PATIENT)


class _Labels:
    """Writes each text into the first free place: free of everything, then of what matters."""

    def __init__(self, words: Words, layout: Layout) -> None:
        plot = layout.plot
        self._words = words
        self._frame = Box(plot.left() + 2, plot.top() + 1, plot.right() - 2, plot.bottom() - 1)
        self._firm, self._soft = _obstacles(layout)
        self._texts: list[Box] = []

    def write(
        self,
        text: str,
        candidates: Sequence[Box],
        ink: str,
        at: QPointF | None = None,
        *,
        bold: bool = False,
        own: Box | None = None,
    ) -> None:
        """Write a text; one that would cover another text wherever it stood is left to the read-out.

        Args:
            own: a bar that its own text may cover where there is no room beside it.
        """
        painter = self._words.painter
        others = [box for box in self._firm if box != own]
        for taken in ([*self._firm, *self._soft], self._firm, others, self._texts):
            box = first_free(candidates, taken, self._frame)
            if box is not None:
                break
        else:
            return
        ground = theme.color("base")
        ground.setAlphaF(0.9)
        area = QRectF(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0)
        painter.fillRect(area, ground)
        if at is not None and _apart(box, at):
            painter.setPen(glyphs.pen(theme.color(ink), 0.8))
            end = QPointF(min(max(at.x(), box.x0), box.x1), box.y1 if box.y1 < at.y() else box.y0)
            painter.drawLine(QLineF(at, end))
        self._words.write(text, area, LEFT, ink=ink, bold=bold)
        self._firm.append(box)
        self._texts.append(box)


def _apart(box: Box, at: QPointF) -> bool:
    return box.y0 - at.y() > 14 or at.y() - box.y1 > 14 or box.x0 - at.x() > 22 or at.x() - box.x1 > 22


def _obstacles(layout: Layout) -> tuple[list[Box], list[Box]]:
    """What a text must not cover, and what it had better not cover."""
    firm: list[Box] = []
    soft: list[Box] = []
    thick = column_width(layout)
    patients = sum(isinstance(mark, Line) and mark.meaning is Meaning.PATIENT for mark in layout.chart.marks)
    for mark in layout.chart.marks:
        if isinstance(mark, Dot):
            reach = dot_size(mark) / 2 + 1
            kept = soft if mark.meaning is Meaning.PATIENT else firm
            kept.append(_around(layout.at(mark.at), reach))
        elif isinstance(mark, Span):
            firm += _along(layout.at(mark.start), layout.at(mark.end))
        elif isinstance(mark, Column):
            firm.append(_box_of(column_box(layout, mark, thick)))
        elif isinstance(mark, Line):
            quiet = mark.meaning is Meaning.PATIENT
            if quiet and patients > _MANY:
                continue
            places = places_of(layout, mark)
            for before, after in itertools.pairwise(places):
                (soft if quiet else firm).extend(_along(before, after))
        elif isinstance(mark, Guide) and mark.level:
            soft.append(_around(QPointF(layout.plot.center().x(), layout.y(mark.value)), 1))
    return firm, soft


def _box_of(area: QRectF) -> Box:
    return Box(area.left(), area.top(), area.right(), area.bottom())


def _around(at: QPointF, reach: float) -> Box:
    return Box(at.x() - reach, at.y() - reach, at.x() + reach, at.y() + reach)


def _along(first: QPointF, last: QPointF) -> list[Box]:
    """Small boxes along a line."""
    long = max(abs(last.x() - first.x()), abs(last.y() - first.y()))
    count = max(int(long / 8), 1)
    made = []
    for step in range(count + 1):
        share = step / count
        at = first + (last - first) * share
        made.append(_around(at, 2.5))
    return made


def _beside_dot(layout: Layout, dot: Dot) -> list[Box]:
    at, gap = layout.at(dot.at), dot_size(dot) / 2 + 4
    wide, high = width_of(dot.text, bold=_is_own(dot)) + 2, layout.line
    x, y = at.x(), at.y()
    right, left = x + gap, x - gap - wide
    sides = (left, right) if x > layout.plot.center().x() and not layout.chart.y.downward else (right, left)
    made = [Box(side, y - high / 2, side + wide, y + high / 2) for side in (right, left)]
    made += [Box(x - wide / 2, y - gap - high, x + wide / 2, y - gap)]
    made += [Box(x - wide / 2, y + gap, x + wide / 2, y + gap + high)]
    for step in range(1, 9):
        for side in sides:
            for top in (y - high / 2 - step * high * 0.6, y - high / 2 + step * high * 0.6):
                made.append(Box(side, top, side + wide, top + high))
    for step in range(1, 6):
        for side in (right + step * 24, left - step * 24):
            made.append(Box(side, y - high / 2, side + wide, y + high / 2))
    return made


def _beside_column(layout: Layout, column: Column, thick: float) -> list[Box]:
    box, wide, high = column_box(layout, column, thick), width_of(column.text) + 2, layout.line
    if column.level:
        top = box.center().y() - high / 2
        lefts = [box.right() + 5, box.left() - 5 - wide]
        lefts += [box.right() + 5 + step * 8 for step in range(1, 60)]
        lefts += [box.right() - wide - 4]
        shifts = (-(high / 2 + 5), high / 2 + 5)  # above or below its interval
        beside = [Box(lefts[0], top + by, lefts[0] + wide, top + by + high) for by in shifts]
        return [*(Box(x, top, x + wide, top + high) for x in lefts), *beside]
    left = box.center().x() - wide / 2
    return [Box(left, y, left + wide, y + high) for y in (box.top() - 3 - high, box.bottom() + 3)]


def _on_guide(layout: Layout, guide: Guide) -> list[Box]:
    wide, high, plot = width_of(guide.text) + 2, layout.line, layout.plot
    if guide.level:
        y = layout.y(guide.value)
        lefts = (plot.right() - wide - 4, plot.left() + 4, plot.center().x() - wide / 2)
        return [Box(left, top, left + wide, top + high) for left in lefts for top in (y - high - 1, y + 1)]
    x = layout.x(guide.value)
    tops = (plot.top() + 3, plot.bottom() - high - 3)
    return [Box(left, top, left + wide, top + high) for top in tops for left in (x + 4, x - 4 - wide)]
