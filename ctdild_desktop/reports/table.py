"""A ruled table on paper whose columns are as wide as their texts; numbers are never cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.paper import Grey, Paper
from ctdild_desktop.reports.typesetting import Face, width_of

ROW = 11.7
GAP = 4.2


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the heading of the group it begins or belongs to, and how it is set."""

    head: str
    group: str = ""
    right: bool = True
    bold: bool = False
    elastic: bool = False
    """Gives way, the leftmost first, when the texts are wider than the table; its own are then elided."""
    spill: bool = False
    """The heading may run into the next columns, which have none."""


def column_widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: float) -> list[float]:
    """Natural widths of the columns with what is left shared out; elastic ones are cut to what there is."""
    natural = []
    for number, column in enumerate(columns):
        face = Face.BOLD if column.bold else Face.REGULAR
        cells = [width_of(row[number], face) for row in rows]
        natural.append(max([0.0 if column.spill else width_of(column.head), *cells]))
    elastic = [number for number, column in enumerate(columns) if column.elastic]
    heads = [0.0] * len(natural)
    for number, column in enumerate(columns):
        if column.spill:
            last = number
            while last + 1 < len(columns) and not columns[last + 1].head:
                last += 1
            room = sum(natural[number : last + 1]) + GAP * (last - number)
            # What only a head asks for stands at the end of what it spans, and gives way before any cell.
            heads[last if elastic[-1:] == [last] else number] += max(0.0, width_of(column.head) - room)
    spare = width - sum(natural) - sum(heads) - GAP * (len(columns) + 1)
    for widths in (heads, natural):
        for number in elastic:
            cut = min(widths[number], max(0.0, -spare))
            widths[number] -= cut
            spare += cut
    share = max(0.0, spare) / len(natural)
    return [cells + head + share for cells, head in zip(natural, heads, strict=True)]


def draw_table(
    paper: Paper, box: Box, columns: Sequence[Column], rows: Sequence[Sequence[str]]
) -> list[tuple[float, float]]:
    """Draw headings, group headings (when there are any) and rows from the top of the box.

    Returns:
        The left and right edge of each column.
    """
    widths = column_widths(columns, rows, box.x1 - box.x0)
    lefts = []
    x = box.x0 + GAP
    for width in widths:
        lefts.append(x)
        x += width + GAP
    grouped = any(column.group for column in columns)
    y = box.y0
    heads = 2 if grouped else 1
    paper.rectangle(Box(box.x0, y, box.x1, y + heads * ROW), fill=Grey.HEADER, edge=None)
    if grouped:
        _draw_groups(paper, columns, lefts, widths, y)
        y += ROW
    for column, left, width in zip(columns, lefts, widths, strict=True):
        _cell(paper, column.head, left=left, width=width, y=y, column=column, bold=False)
    y += ROW
    paper.line(box.x0, y, box.x1, y, weight=0.75, ink=Grey.EDGE)
    for number, row in enumerate(rows):
        for text, column, left, width in zip(row, columns, lefts, widths, strict=True):
            _cell(paper, text, left=left, width=width, y=y, column=column, bold=column.bold)
        y += ROW
        if number < len(rows) - 1:
            paper.line(box.x0, y, box.x1, y, weight=0.5, ink=Grey.GRID)
    return [(left, left + width) for left, width in zip(lefts, widths, strict=True)]


def _cell(
    paper: Paper, text: str, *, left: float, width: float, y: float, column: Column, bold: bool
) -> None:
    face = Face.BOLD if bold else Face.REGULAR
    limit = width + 0.1 if column.elastic else None
    x, align = (left + width, "right") if column.right else (left, "left")
    paper.text(x, y + 8.7, text, face=face, align=align, width=limit)


def _draw_groups(
    paper: Paper, columns: Sequence[Column], lefts: Sequence[float], widths: Sequence[float], y: float
) -> None:
    """Write each group's name centred over its columns, with a line below it."""
    number = 0
    while number < len(columns):
        last = number
        while last + 1 < len(columns) and columns[last + 1].group == columns[number].group:
            last += 1
        if columns[number].group:
            x0, x1 = lefts[number], lefts[last] + widths[last]
            paper.text((x0 + x1) / 2, y + 8.7, columns[number].group, align="centre", width=x1 - x0)
            paper.line(x0, y + ROW - 0.4, x1, y + ROW - 0.4, weight=0.5, ink=Grey.LINE)
        number = last + 1
