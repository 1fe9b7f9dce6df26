"""A page of the manual as the rich text that Qt shows, in the colours of the theme."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable

from ctdild_desktop.manual.blocks import (
    Block,
    Code,
    Grid,
    Heading,
    Listing,
    Paragraph,
    Picture,
    Span,
    Spans,
    within,
)
from ctdild_desktop.ui import theme

Sized = Callable[[str], int]
"""The width at which the picture of a path is shown."""
_SPACE = "<p style='margin:0; font-size:4px'>&nbsp;</p>"
"""Below a table, which Qt gives no space of its own."""
_LARGER = {1: 7, 2: 3, 3: 1}
"""By how many pixels headings are larger than the text."""


def written(blocks: Iterable[Block], sized: Sized, *, note: str = "") -> str:
    """The text of a page; ``note`` stands above it."""
    ink = theme.tokens()
    above = f"<p style='background:{ink.unkbg}; color:{ink.text}'>{html.escape(note)}</p>" if note else ""
    return f"<body style='color:{ink.text}'>{above}{_all(blocks, sized)}</body>"


def pictures_of(blocks: Iterable[Block]) -> tuple[Picture, ...]:
    """The pictures of a page in reading order."""
    return tuple(block for block in within(blocks) if isinstance(block, Picture))


def _all(blocks: Iterable[Block], sized: Sized) -> str:
    return "".join(_block(block, sized) for block in blocks)


def _block(block: Block, sized: Sized) -> str:
    ink = theme.tokens()
    if isinstance(block, Heading):
        size = theme.px(_LARGER.get(block.level, 0))
        above = 4 if block.level == 1 else 16
        names = "".join(f"<a name='{html.escape(one, quote=True)}'></a>" for one in block.anchors)
        style = f"font-size:{size}px; font-weight:600; margin-top:{above}px; margin-bottom:6px"
        return f"<p style='{style}'>{names}{_text(block.spans)}</p>"
    if isinstance(block, Paragraph):
        return f"<p style='margin-top:0; margin-bottom:8px'>{_text(block.spans)}</p>"
    if isinstance(block, Listing):
        return _listing(block, sized)
    if isinstance(block, Grid):
        return _grid(block)
    if isinstance(block, Code):
        lines = html.escape(block.text)
        cell = f"<td bgcolor='{ink.alt}'><pre style='font-family:monospace'>{lines}</pre></td>"
        return f"<table width='100%' cellpadding='6' cellspacing='0'><tr>{cell}</tr></table>{_SPACE}"
    if isinstance(block, Picture):
        return _picture(block, sized)
    return f"<blockquote style='color:{ink.text2}'>{_all(block.blocks, sized)}</blockquote>"


def _listing(block: Listing, sized: Sized) -> str:
    items = "".join(f"<li style='margin-bottom:4px'>{_item(item, sized)}</li>" for item in block.items)
    if block.start is None:
        return f"<ul style='margin-top:0; margin-bottom:8px'>{items}</ul>"
    return f"<ol start='{block.start}' style='margin-top:0; margin-bottom:8px'>{items}</ol>"


def _item(item: tuple[Block, ...], sized: Sized) -> str:
    """The first paragraph of an item stands on its line, without the space of one."""
    if item and isinstance(item[0], Paragraph):
        return _text(item[0].spans) + _all(item[1:], sized)
    return _all(item, sized)


def _grid(block: Grid) -> str:
    ink = theme.tokens()

    def cells(row: tuple[Spans, ...], tag: str) -> str:
        made = []
        for at, cell in enumerate(row):
            align = " align='right'" if at in block.right else " align='left'"
            fill = f" bgcolor='{ink.header}'" if tag == "th" else ""
            made.append(f"<{tag}{align}{fill}>{_text(cell)}</{tag}>")
        return f"<tr>{''.join(made)}</tr>"

    rows = "".join(cells(row, "td") for row in block.rows)
    edge = f"border='1' style='border-collapse:collapse; border-color:{ink.line}'"
    head = cells(block.heads, "th")
    return f"<table width='100%' cellpadding='4' cellspacing='0' {edge}>{head}{rows}</table>{_SPACE}"


def _picture(block: Picture, sized: Sized) -> str:
    """The picture with its line; without one, what it shows stands there, for whoever does not see it."""
    ink = theme.tokens()
    words = html.escape(block.caption or block.alternative)
    path = html.escape(block.path, quote=True)
    style = f"color:{ink.text2}; font-size:{theme.px(-1)}px; margin-top:2px; margin-bottom:12px"
    shown = f"<p style='margin-bottom:0'><img src='{path}' width='{sized(block.path)}'></p>"
    return f"{shown}<p style='{style}'>{words}</p>"


def _text(spans: Spans) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    ink = theme.tokens()
    made = html.escape(span.text).replace("\n", "<br>")
    if span.code:
        made = f"<span style='font-family:monospace; background:{ink.alt}'>{made}</span>"
    if span.bold:
        made = f"<b>{made}</b>"
    if span.italic:
        made = f"<i>{made}</i>"
    if span.link:
        made = f"<a href='{html.escape(span.link, quote=True)}' style='color:{ink.accent}'>{made}</a>"
    return made
