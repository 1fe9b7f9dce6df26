"""The manual on paper: a book, or one page, with contents, bookmarks, page numbers, pictures and tables."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ctdild_desktop import __version__
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.language import say
from ctdild_desktop.manual.blocks import (
    Block,
    Code,
    Grid,
    Heading,
    Listing,
    Paragraph,
    Picture,
    Quote,
    Spans,
    text_of,
)
from ctdild_desktop.manual.books import Manual, Page
from ctdild_desktop.reports import flow
from ctdild_desktop.reports.flow import Piece, Sheets
from ctdild_desktop.reports.paper import MILLIMETRE, SIZES, Grey, Paper
from ctdild_desktop.reports.typesetting import (
    LEAST_POINTS,
    Face,
    Line,
    Run,
    width_of,
    wrap,
)
from ctdild_desktop.services.page_words import STATEMENT

_MARGIN = 18 * MILLIMETRE
_FOOT = 34.0
_TEXT = 9.5
_LEADING = 1.4
_HEADS = {1: (16.0, 2.0), 2: (12.0, 12.0), 3: (10.5, 9.0)}
"""Size of the headings and the space above them."""
_INDENT = 13.0
_TOLD = 2
"""Headings down to this level are in the contents and the bookmarks."""
_POINTS_FOR_DOT = 0.65
"""A picture is drawn so large, or as wide as the sheet has room for."""
_HIGHEST = 0.5
"""The share of a sheet that a picture takes at most."""


def book_pdf(manual: Manual, book: str, *, page_size: str = "A4") -> bytes:
    """A whole book as a PDF: title, contents, chapters.

    Raises:
        KeyError: no such book, or another page size.
    """
    held = io.BytesIO()
    one = manual.book(book)
    _write(held, _Setting(manual, page_size).set(one.pages), one.title, manual, page_size, contents=True)
    return held.getvalue()


def page_pdf(manual: Manual, page: Page, *, page_size: str = "A4") -> bytes:
    """One page of the manual as a PDF; raises KeyError for another page size."""
    held = io.BytesIO()
    _write(held, _Setting(manual, page_size).set((page,)), page.title, manual, page_size, contents=False)
    return held.getvalue()


def write_book(target: Path, manual: Manual, book: str, *, page_size: str = "A4") -> None:
    """Write a book to a file: wholly, or not at all.

    Raises:
        KeyError: no such book, or another page size.
        OSError: the file cannot be written; what was there before is untouched.
    """
    one = manual.book(book)
    _write(target, _Setting(manual, page_size).set(one.pages), one.title, manual, page_size, contents=True)


@dataclass(frozen=True, slots=True)
class _Told:
    """A heading for the contents, and the piece with which it stands on a sheet."""

    level: int
    title: str
    piece: Piece


@dataclass(frozen=True, slots=True)
class _Laid:
    """A book on its sheets, before the contents stand in front of it."""

    sheets: Sheets
    told: tuple[_Told, ...]

    def places(self) -> list[tuple[_Told, int]]:
        """Each heading with its sheet, from 0."""
        at = {id(piece): number for number, sheet in enumerate(self.sheets) for piece in sheet}
        return [(one, at[id(one.piece)]) for one in self.told]


class _Setting:
    """Sets pages of a manual for sheets of one size."""

    def __init__(self, manual: Manual, page_size: str) -> None:
        self._manual = manual
        self._wide, self._high = SIZES[page_size]
        self._width, self._room = self._wide - 2 * _MARGIN, self._high - 2 * _MARGIN - _FOOT
        self._told: list[_Told] = []
        self._page: Page | None = None

    def set(self, pages: Sequence[Page]) -> _Laid:
        """The pages on their sheets, in their order."""
        parts: list[list[Piece] | None] = []
        for page in pages:
            self._page = page
            if page.marks[0].level == 1:
                parts.append(None)
            parts += [list(self._block(block, 0.0)) for block in page.blocks]
        return _Laid(flow.lay_pieces(parts, self._room), tuple(self._told))

    def _block(self, block: Block, indent: float) -> Iterator[Piece]:
        if isinstance(block, Heading):
            yield from self._heading(block)
        elif isinstance(block, Paragraph):
            announces = text_of(block.spans).endswith(":")
            for piece in (*self._lines(_runs(block.spans), indent), _space(4)):
                yield replace(piece, stays=announces)
        elif isinstance(block, Listing):
            yield from self._listing(block, indent)
        elif isinstance(block, Grid):
            yield from self._grid(block, indent)
            yield _space(8)
        elif isinstance(block, Code):
            yield from self._code(block, indent)
            yield _space(6)
        elif isinstance(block, Picture):
            yield self._picture(block)
        elif isinstance(block, Quote):
            for inner in block.blocks:
                yield from self._block(inner, indent + _INDENT)

    def _heading(self, block: Heading) -> Iterator[Piece]:
        size, above = _HEADS.get(block.level, (_TEXT, 7.0))
        title = text_of(block.spans)
        lines = wrap([Run(title, Face.BOLD)], self._width, size)[0]

        def draw(paper: Paper, x: float, y: float) -> None:
            for number, line in enumerate(lines):
                paper.line_of_runs(x, y + above + size * (0.85 + 1.3 * number), line, size)

        made = Piece(above + size * 1.3 * len(lines) + 4, draw, stays=True)
        if block.level <= _TOLD:
            self._told.append(_Told(block.level, title, made))
        yield made

    def _lines(
        self, runs: Sequence[Run], indent: float, *, mark: str = "", size: float = _TEXT
    ) -> Iterator[Piece]:
        """Lines of text set in by an indent; a mark stands before the first of them."""
        for number, line in enumerate(wrap(runs, self._width - indent, size)[0] or (Line(()),)):
            yield _line(line, indent, size, mark if number == 0 else "")

    def _listing(self, block: Listing, indent: float) -> Iterator[Piece]:
        for number, item in enumerate(block.items):
            mark = "•" if block.start is None else f"{block.start + number}."
            inner = indent + _INDENT + (4.0 if block.start is not None else 0.0)
            rest = item
            if item and isinstance(item[0], Paragraph):
                yield from self._lines(_runs(item[0].spans), inner, mark=mark)
                rest = item[1:]
            yield _space(2)
            for part in rest:
                yield from self._block(part, inner)
        yield _space(3)

    def _grid(self, block: Grid, indent: float) -> Iterator[Piece]:
        table = flow.Table(
            tuple(text_of(cell) for cell in block.heads),
            tuple(tuple(text_of(cell) for cell in row) for row in block.rows),
            right=tuple(sorted(block.right)),
            together=3,
        )
        for piece in flow.pieces_of(table, self._width - indent):
            yield _moved(piece, indent)

    def _code(self, block: Code, indent: float) -> Iterator[Piece]:
        for text in block.text.splitlines():
            lines = wrap([Run(text)], self._width - indent - 8, LEAST_POINTS)[0] or (Line(()),)
            for line in lines:
                yield _code_line(line, indent, self._width)

    def _picture(self, block: Picture) -> Piece:
        """A picture and the line below it, never parted."""
        from reportlab.lib.utils import ImageReader

        assert self._page is not None
        file = self._manual.picture(self._page, block.path)
        wide, high = (dots * _POINTS_FOR_DOT for dots in ImageReader(str(file)).getSize())
        shrunk = min(1.0, self._width / wide, self._room * _HIGHEST / high)
        wide, high = wide * shrunk, high * shrunk
        words = wrap([Run(block.caption or block.alternative)], self._width, LEAST_POINTS)[0]

        def draw(paper: Paper, x: float, y: float) -> None:
            paper.picture(file, Box(x, y + 3, x + wide, y + 3 + high))
            for number, line in enumerate(words):
                at = y + high + 6 + LEAST_POINTS * (1 + 1.35 * number)
                paper.line_of_runs(x, at, line, ink=Grey.TEXT2)

        return Piece(high + 16 + LEAST_POINTS * 1.35 * len(words), draw)


def _runs(spans: Spans) -> list[Run]:
    return [Run(span.text, Face.BOLD if span.bold else Face.REGULAR) for span in spans]


def _space(height: float) -> Piece:
    return Piece(height, lambda _paper, _x, _y: None)


def _line(line: Line, indent: float, size: float, mark: str) -> Piece:
    def draw(paper: Paper, x: float, y: float) -> None:
        if mark:
            paper.text(x + indent - 4, y + size, mark, size=size, align="right")
        paper.line_of_runs(x + indent, y + size, line, size)

    return Piece(size * _LEADING, draw)


def _code_line(line: Line, indent: float, width: float) -> Piece:
    height = LEAST_POINTS * _LEADING

    def draw(paper: Paper, x: float, y: float) -> None:
        paper.rectangle(Box(x + indent, y, x + width, y + height), fill=Grey.ALT, edge=None)
        paper.line_of_runs(x + indent + 4, y + LEAST_POINTS, line)

    return Piece(height, draw)


def _moved(piece: Piece, by: float) -> Piece:
    """The piece further to the right."""
    if not by:
        return piece
    draw = piece.draw
    head = _moved(piece.head, by) if piece.head is not None else None
    return replace(piece, draw=lambda paper, x, y: draw(paper, x + by, y), head=head)


def _write(
    target: Path | BinaryIO, laid: _Laid, title: str, manual: Manual, page_size: str, *, contents: bool
) -> None:
    program = say("CTD-ILD Desktop {version}", version=__version__)
    paper = Paper(
        target,
        page_size=page_size,
        title=title,
        author="CTD-ILD Desktop",
        subject=program,
        language=manual.language,
    )
    places = laid.places()
    front = _front(paper, title, places) if contents else []
    sheets = [*front, *laid.sheets]
    for number, pieces in enumerate(sheets):
        if number:
            paper.next_sheet()
        for one, at in places:
            if at + len(front) == number:
                paper.bookmark(one.title, one.level - 1)
        box = Box(_MARGIN, _MARGIN, paper.width - _MARGIN, paper.height - _MARGIN - _FOOT)
        with paper.frame(f"text {number + 1}", box):
            flow.draw_sheet(paper, pieces, box)
        with paper.frame(f"foot {number + 1}", Box(box.x0, box.y1, box.x1, box.y1 + _FOOT)) as foot:
            _draw_foot(paper, foot, f"{program} · {title}", f"{number + 1} / {len(sheets)}")
    paper.finish()


def _front(paper: Paper, title: str, places: Sequence[tuple[_Told, int]]) -> Sheets:
    """The title and the contents; how many sheets they take is known before the numbers are."""
    width, room = paper.width - 2 * _MARGIN, paper.height - 2 * _MARGIN - _FOOT

    def laid(before: int) -> Sheets:
        head = flow.pieces_of(flow.Heading(f"CTD-ILD Desktop: {title}", 18.0), width)
        said = flow.pieces_of(flow.Text(say(STATEMENT), size=_TEXT, after=14), width)
        rows = [_entry(one, at + before, width) for one, at in places]
        return flow.lay_pieces(([*head, *said, *rows],), room)

    return laid(len(laid(0)))


def _entry(told: _Told, at: int, width: float) -> Piece:
    """A line of the contents: the heading, dots, and the number of its sheet."""
    face = Face.BOLD if told.level == 1 else Face.REGULAR
    above = 5.0 if told.level == 1 else 0.0
    indent = _INDENT * (told.level - 1)
    number = f"{at + 1}"
    room = width - indent - width_of(number, face, _TEXT) - 18
    height = above + _TEXT * 1.5

    def draw(paper: Paper, x: float, y: float) -> None:
        line = y + above + _TEXT
        box = paper.text(x + indent, line, told.title, face=face, size=_TEXT, width=room)
        paper.text(x + width, line, number, face=face, size=_TEXT, align="right")
        end = x + width - width_of(number, face, _TEXT) - 4
        if end - box.x1 > 10:
            paper.dots(box.x1 + 4, end, line - 1.5, pitch=4, radius=0.4, ink=Grey.LINE)
        paper.lead_to(at + 1, Box(x, y + above, x + width, y + height))

    return Piece(height, draw)


def _draw_foot(paper: Paper, box: Box, told: str, number: str) -> None:
    paper.line(box.x0, box.y0 + 9, box.x1, box.y0 + 9, weight=0.5, ink=Grey.LINE)
    room = box.x1 - box.x0 - width_of(number, Face.BOLD) - 12
    paper.text(box.x0, box.y0 + 20, told, width=room, ink=Grey.TEXT2)
    paper.text(box.x1, box.y0 + 20, number, face=Face.BOLD, align="right")
    paper.text(box.x0, box.y0 + 31, say(STATEMENT), width=box.x1 - box.x0, ink=Grey.TEXT2)
