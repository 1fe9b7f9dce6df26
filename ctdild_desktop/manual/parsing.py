"""Markdown to blocks: CommonMark with tables, as a code host reads it; no other HTML than named places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ctdild_desktop.manual.blocks import (
    Block,
    Code,
    Grid,
    Heading,
    Listing,
    Paragraph,
    Picture,
    Quote,
    Span,
    Spans,
    text_of,
)

PLACE = re.compile(r'<a id="([\w.-]+)"></a>')
"""A place that is named by hand, the same in every language; it belongs to the heading below it."""
_MOST_COLUMNS = 8
"""A table of more is told row by row."""


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a text; a heading has the places named before it and the anchor of its words."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return tuple(_named(_blocks(tokens)))


def slug(heading: str) -> str:
    """The anchor that a code host gives a heading: small letters, hyphens for spaces, no punctuation."""
    kept = (letter for letter in heading.strip().lower() if _stays(letter))
    return "".join(kept).replace(" ", "-")


def _stays(letter: str) -> bool:
    return letter in " -_" or unicodedata.category(letter)[0] in "LNM"


def _named(blocks: Iterator[Block]) -> Iterator[Block]:
    """Give the places named before a heading to that heading."""
    waiting: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph) and (places := PLACE.findall(text_of(block.spans))):
            waiting += places
            continue
        if isinstance(block, Heading):
            yield replace(block, anchors=(*waiting, slug(text_of(block.spans))))
            waiting.clear()
            continue
        yield block


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.nesting != 1:
            if token.type in {"fence", "code_block"}:
                yield Code(token.content.rstrip("\n"))
            at += 1
            continue
        end = _end(tokens, at)
        made = _block(token, tokens[at + 1 : end])
        if made is not None:
            yield made
        at = end + 1


def _end(tokens: Sequence[Token], start: int) -> int:
    """Where what opens at ``start`` is closed."""
    depth = 0
    for at in range(start, len(tokens)):
        depth += tokens[at].nesting
        if depth == 0:
            return at
    raise AssertionError("the reader of Markdown closes what it opens")


def _block(opening: Token, inside: Sequence[Token]) -> Block | None:
    if opening.type == "heading_open":
        return Heading(int(opening.tag[1:]), _spans(inside[0]))
    if opening.type == "paragraph_open":
        return _picture(inside[0]) or Paragraph(_spans(inside[0]))
    if opening.type == "blockquote_open":
        return Quote(tuple(_blocks(inside)))
    if opening.type in {"bullet_list_open", "ordered_list_open"}:
        start = int(opening.attrs.get("start", 1)) if opening.type == "ordered_list_open" else None
        return Listing(tuple(tuple(_blocks(item)) for item in _parts(inside, "list_item_open")), start)
    if opening.type == "table_open":
        return _grid(inside)
    return None


def _parts(tokens: Sequence[Token], opening: str) -> Iterator[Sequence[Token]]:
    """The insides of the parts of one kind that stand directly in here, or in a part of another kind."""
    at = 0
    while at < len(tokens):
        if tokens[at].type == opening:
            end = _end(tokens, at)
            yield tokens[at + 1 : end]
            at = end
        at += 1


def _grid(inside: Sequence[Token]) -> Grid | Listing:
    rows = [
        [cell for cell in row if cell.type in {"th_open", "td_open", "inline"}]
        for row in _parts(inside, "tr_open")
    ]
    cells = [tuple(_spans(token) for token in row if token.type == "inline") for row in rows]
    openings = [token for token in rows[0] if token.type == "th_open"]
    if len(cells[0]) > _MOST_COLUMNS:
        return Listing(tuple((Paragraph(_record(cells[0], row)),) for row in cells[1:]))
    right = (at for at, token in enumerate(openings) if "right" in str(token.attrs.get("style", "")))
    return Grid(cells[0], tuple(cells[1:]), frozenset(right))


def _record(heads: Sequence[Spans], row: Sequence[Spans]) -> Spans:
    """A row of a table that is too wide for a page: what it is, then each column that says something."""
    made = [replace(span, bold=True) for span in row[0]]
    for head, cell in zip(heads[1:], row[1:], strict=True):
        if text_of(cell).strip():
            made += [Span("; "), *(replace(span, italic=True) for span in head), Span(": "), *cell]
    return tuple(made)


def _picture(inline: Token) -> Picture | None:
    """The picture when the paragraph is nothing else."""
    children = inline.children or []
    if len(children) != 1 or children[0].type != "image":
        return None
    image = children[0]
    return Picture(str(image.attrs["src"]), image.content, str(image.attrs.get("title", "")))


def _spans(inline: Token) -> Spans:
    made: list[Span] = []
    bold = italic = 0
    link = ""
    for child in inline.children or []:
        kind = child.type
        if kind in {"strong_open", "strong_close"}:
            bold += child.nesting
        elif kind in {"em_open", "em_close"}:
            italic += child.nesting
        elif kind == "link_open":
            link = str(child.attrs["href"])
        elif kind == "link_close":
            link = ""
        else:
            text = {"softbreak": " ", "hardbreak": "\n"}.get(kind, child.content)
            made.append(Span(text, bold > 0, italic > 0, kind == "code_inline", link))
    return tuple(span for span in made if span.text)
