"""What a page of the manual consists of, as plain values that a screen and a printout draw alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text set in one manner."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""
    """Where it leads, as the document says it."""


Spans: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; its anchors are the names by which links reach it."""

    level: int
    spans: Spans
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Listing:
    """Items below one another; numbered from ``start``, or not when it is None."""

    items: tuple[tuple[Block, ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; ``right`` names the columns that stand at their right edge."""

    heads: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to be typed or read letter by letter."""

    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its path as the document says it, what it shows in words, and the line below it."""

    path: str
    alternative: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What is set apart from the text around it."""

    blocks: tuple[Block, ...]


Block: TypeAlias = Heading | Paragraph | Listing | Grid | Code | Picture | Quote


def text_of(spans: Spans) -> str:
    """The letters alone."""
    return "".join(span.text for span in spans)


def within(blocks: Iterable[Block]) -> Iterator[Block]:
    """Every block, also those inside of lists and quotes, in reading order."""
    for block in blocks:
        yield block
        if isinstance(block, Quote):
            yield from within(block.blocks)
        elif isinstance(block, Listing):
            for item in block.items:
                yield from within(item)


def spans_of(block: Block) -> Iterator[Span]:
    """Every stretch of text of one block, not of those inside it."""
    if isinstance(block, Heading | Paragraph):
        yield from block.spans
    elif isinstance(block, Grid):
        for row in (block.heads, *block.rows):
            for cell in row:
                yield from cell
