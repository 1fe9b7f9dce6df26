"""Text and tables over as many sheets as they take: headings stay with what follows, heads of tables are
repeated, and no line is lost.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.paper import MILLIMETRE, Grey, Paper
from ctdild_desktop.reports.typesetting import LEAST_POINTS, Face, Line, Run, glued, length, width_of, wrap

MARGIN = 14 * MILLIMETRE
HEAD, FOOT = 44.0, 43.0
_AIR = 3.5
_STEP = LEAST_POINTS * 1.33
"""From one line of a cell to the next."""
_WIDE_SHARE = 1 / 3
_LEAST_SHARE = 1 / 4
"""What the wide column gives way to, when that keeps the words of the others whole."""
_MOST_LINES = 40
"""Lines of one row of a table; a longer one goes on in the next row."""

Draw: TypeAlias = Callable[[Paper, float, float], None]
"""Draws a piece with its upper left corner at (x, y)."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, on the same sheet as what follows it."""

    text: str
    size: float = 10.5


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; line ends are kept."""

    text: str
    label: str = ""
    """Printed bold before it."""
    size: float = LEAST_POINTS
    after: float = 4.0
    stays: bool = False
    """Is on the same sheet as what follows."""
    whole: bool = False
    """Is never parted; for a few lines."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head; every cell is printed whole, in as many lines as it takes."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = ""
    """Said in place of the rows when there are none."""
    bold: tuple[int, ...] = ()
    """Columns that are printed bold."""
    bold_rows: tuple[int, ...] = ()
    """Rows that are printed bold."""
    right: tuple[int, ...] = ()
    """Columns that stand at their right edge: numbers."""
    together: int = 0
    """A table of so many rows or fewer is not parted."""
    wide: int | None = None
    """The column that takes what is left of the width, and has a third of it if it needs that; None for the
    last, which has no share of its own.
    """


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of its own height, never parted."""

    height: float
    draw: Draw


@dataclass(frozen=True, slots=True)
class NewSheet:
    """What follows begins on a new sheet."""


Block: TypeAlias = Heading | Text | Table | Drawing | NewSheet


@dataclass(frozen=True, slots=True)
class Piece:
    """What is drawn in one go and never parted."""

    height: float
    draw: Draw
    stays: bool = False
    """Is never the last of a sheet."""
    head: Piece | None = None
    """The head of its table, repeated when the piece begins a sheet."""


Sheets: TypeAlias = list[list[Piece]]


def lay(blocks: Sequence[Block], width: float, room: float) -> Sheets:
    """The pieces of each sheet; at least one sheet."""
    return lay_pieces(
        (None if isinstance(block, NewSheet) else pieces_of(block, width) for block in blocks), room
    )


def lay_pieces(parts: Iterable[Sequence[Piece] | None], room: float) -> Sheets:
    """The pieces of each sheet; None begins a new one."""
    sheets: Sheets = [[]]
    used = 0.0
    for part in parts:
        if part is None:
            if sheets[-1]:
                sheets.append([])
                used = 0.0
            continue
        for piece in part:
            if used + piece.height > room and sheets[-1]:
                carried = _carried(sheets[-1])
                sheets.append(carried)
                if not carried and piece.head is not None:
                    sheets[-1].append(piece.head)
                used = sum(one.height for one in sheets[-1])
            sheets[-1].append(piece)
            used += piece.height
    return sheets


def _carried(sheet: list[Piece]) -> list[Piece]:
    """Take what must not end a sheet to the next one, unless the sheet has nothing else."""
    at = len(sheet)
    while at and sheet[at - 1].stays:
        at -= 1
    carried = sheet[at:] if at else []
    del sheet[at if at else len(sheet) :]
    return carried


def draw_sheet(paper: Paper, pieces: Sequence[Piece], box: Box) -> None:
    """Draw the pieces of a sheet from the top of a box."""
    y = box.y0
    for piece in pieces:
        piece.draw(paper, box.x0, y)
        y += piece.height


def pieces_of(block: Heading | Text | Table | Drawing, width: float) -> list[Piece]:
    """The pieces of a block, in reading order."""
    if isinstance(block, Drawing):
        return [Piece(block.height, block.draw)]
    if isinstance(block, Heading):
        return _heading(block, width)
    return _text(block, width) if isinstance(block, Text) else _table(block, width)


def _heading(block: Heading, width: float) -> list[Piece]:
    lines, _fits = wrap([Run(block.text, Face.BOLD)], width, block.size)

    def draw(paper: Paper, x: float, y: float) -> None:
        for number, line in enumerate(lines):
            paper.line_of_runs(x, y + 9 + block.size * (0.8 + 1.3 * number), line, block.size)

    return [Piece(9 + block.size * 1.3 * len(lines) + 3, draw, stays=True)]


def _text(block: Text, width: float) -> list[Piece]:
    paragraphs = block.text.splitlines() or [""]
    pieces = []
    for number, paragraph in enumerate(paragraphs):
        label = [Run(f"{block.label} ", Face.BOLD)] if block.label and not number else []
        lines = wrap([*label, Run(glued(paragraph))], width, block.size)[0] or (Line(()),)
        pieces += [_line(line, block.size, stays=block.stays) for line in lines]
    if block.whole:
        pieces = [_together(pieces, stays=block.stays)]
    pieces.append(Piece(block.after, lambda _paper, _x, _y: None, stays=block.stays))
    return pieces


def _together(pieces: Sequence[Piece], *, stays: bool) -> Piece:
    def draw(paper: Paper, x: float, y: float) -> None:
        for piece in pieces:
            piece.draw(paper, x, y)
            y += piece.height

    return Piece(sum(piece.height for piece in pieces), draw, stays=stays)


def _line(line: Line, size: float, *, stays: bool) -> Piece:
    return Piece(size * 1.4, lambda paper, x, y: paper.line_of_runs(x, y + size, line, size), stays=stays)


def _table(block: Table, width: float) -> list[Piece]:
    widths = _widths(block, width)
    places = _places(block, widths)
    head_lines = [
        wrap([Run(text, Face.BOLD)], column - 2 * _AIR)[0]
        for text, column in zip(block.heads, widths, strict=True)
    ]
    height = _STEP * max(1, *(len(lines) for lines in head_lines)) + 4

    def draw_head(paper: Paper, x: float, y: float) -> None:
        paper.rectangle(Box(x, y, x + sum(widths), y + height), fill=Grey.HEADER, edge=None)
        _draw_cells(paper, head_lines, places, x, y)
        paper.line(x, y + height, x + sum(widths), y + height, ink=Grey.EDGE)

    head = Piece(height, draw_head, stays=True)
    if not block.rows:
        return [head, *_text(Text(block.empty), width)] if block.empty else [head]
    pieces = [head]
    for place, row in enumerate(block.rows):
        bold = range(len(row)) if place in block.bold_rows else block.bold
        cells = [
            wrap([Run(text, Face.BOLD if number in bold else Face.REGULAR)], column - 2 * _AIR)[0]
            for number, (text, column) in enumerate(zip(row, widths, strict=True))
        ]
        longest = max(1, *(len(lines) for lines in cells))
        for start in range(0, longest, _MOST_LINES):
            part = [lines[start : start + _MOST_LINES] for lines in cells]
            last = start + _MOST_LINES >= longest
            pieces.append(_row(part, places, sum(widths), head, ruled=last))
    if len(block.rows) <= block.together:
        pieces[:-1] = [replace(piece, stays=True) for piece in pieces[:-1]]
    return pieces


def _row(
    cells: Sequence[Sequence[Line]], places: Sequence[_Place], width: float, head: Piece, *, ruled: bool
) -> Piece:
    height = _STEP * max(1, *(len(lines) for lines in cells)) + 4

    def draw(paper: Paper, x: float, y: float) -> None:
        _draw_cells(paper, cells, places, x, y)
        if ruled:
            paper.line(x, y + height - 0.5, x + width, y + height - 0.5, weight=0.5, ink=Grey.GRID)

    return Piece(height, draw, head=head)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands in its table: its edges without the air, and at which of them its texts end."""

    left: float
    right: float
    at_right: bool


def _places(block: Table, widths: Sequence[float]) -> list[_Place]:
    lefts = [sum(widths[:number]) for number in range(len(widths))]
    return [
        _Place(left + _AIR, left + width - _AIR, number in block.right)
        for number, (left, width) in enumerate(zip(lefts, widths, strict=True))
    ]


def _draw_cells(
    paper: Paper, cells: Sequence[Sequence[Line]], places: Sequence[_Place], x: float, y: float
) -> None:
    for lines, place in zip(cells, places, strict=True):
        for number, line in enumerate(lines):
            left = max(place.left, place.right - length(line)) if place.at_right else place.left
            paper.line_of_runs(x + left, y + 2 + LEAST_POINTS * 0.95 + number * _STEP, line)


def _widths(block: Table, width: float) -> list[float]:
    """Each column as wide as its longest text as long as all fit; else the long ones share what is left.

    No column becomes narrower than its longest word as long as these fit beside a quarter for the wide one.
    """
    natural, least = [], []
    for number, head in enumerate(block.heads):
        face = Face.BOLD if number in block.bold or block.bold_rows else Face.REGULAR
        texts = [row[number] for row in block.rows]
        longest = max([width_of(text, face) for text in texts], default=0.0)
        word = max([width_of(word, face) for text in texts for word in text.split(" ")], default=0.0)
        edges = 2 * _AIR + 0.5
        word = max(word, *(width_of(part, Face.BOLD) for part in head.split(" ")))
        natural.append(max(width_of(head, Face.BOLD), longest) + edges)
        least.append(word + edges)
    spare = width - sum(natural)
    if spare >= 0:
        wide = block.wide if block.wide is not None else len(natural) - 1
        natural[wide] += spare
        return natural
    made = _narrowed(least, natural, width)
    if block.wide is None:
        return made
    share = min(natural[block.wide], width * _WIDE_SHARE)
    if made[block.wide] >= share:
        return made
    others = [number for number in range(len(natural)) if number != block.wide]
    unbroken = width - sum(least[at] for at in others)
    if unbroken >= min(share, width * _LEAST_SHARE):
        share = min(share, unbroken)
    rest = _narrowed([least[at] for at in others], [natural[at] for at in others], width - share)
    return [*rest[: block.wide], share, *rest[block.wide :]]


def _narrowed(least: Sequence[float], natural: Sequence[float], width: float) -> list[float]:
    left = width - sum(least)
    return _shared(least, natural, left) if left >= 0 else _capped(least, width)


def _capped(floor: Sequence[float], width: float) -> list[float]:
    """The widest columns give way: words that long are broken, numbers are not."""
    low, high = 0.0, max(floor)
    while high - low > 0.25:
        middle = (low + high) / 2
        if sum(min(one, middle) for one in floor) <= width:
            low = middle
        else:
            high = middle
    return [min(one, low) for one in floor]


def _shared(floor: Sequence[float], natural: Sequence[float], left: float) -> list[float]:
    """Give each column of what is left by the root of what it lacks, and no more than it lacks."""
    made = list(floor)
    while left > 0.5:
        lacking = [full - one for full, one in zip(natural, made, strict=True)]
        weights = [math.sqrt(lack) if lack > 0.1 else 0.0 for lack in lacking]
        if not sum(weights):
            break
        shares = [
            min(lack, left * weight / sum(weights)) for lack, weight in zip(lacking, weights, strict=True)
        ]
        made = [one + share for one, share in zip(made, shares, strict=True)]
        left -= sum(shares)
    return made
