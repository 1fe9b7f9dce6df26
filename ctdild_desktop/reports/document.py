"""A document of flowing text on numbered sheets: minutes, letters, lists and the appendix of the pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.language import say
from ctdild_desktop.reports.flow import FOOT, HEAD, MARGIN, Block, Piece, Sheets, draw_sheet, lay
from ctdild_desktop.reports.paper import Grey, Paper, Sheet
from ctdild_desktop.reports.typesetting import (
    MISSING,
    Face,
    Run,
    fit,
    lacks_letters,
    width_of,
    wrap,
    wrap_parts,
)
from ctdild_desktop.services.page_words import STATEMENT
from ctdild_desktop.services.printed import PrintedBy

_TITLE, _TITLE_LEAST = 14.0, 10.5
_HEAD = (13.0, 28.0)
_FULL_HEAD = (11.0, 22.5, 33.0)
"""Baselines of the lines of the head: of two, and of the most that it has room for."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on top of every sheet."""

    title: str
    right: str = ""
    below: str = ""


def room_of(paper: Paper) -> tuple[float, float]:
    """Width and height of the text on one sheet."""
    return paper.width - 2 * MARGIN, paper.height - 2 * MARGIN - HEAD - FOOT


def draw_document_sheet(
    paper: Paper, head: Head, pieces: Sequence[Piece], by: PrintedBy, number: Sheet
) -> None:
    """Draw one sheet with head and foot."""
    left, right = MARGIN, paper.width - MARGIN
    body = Box(left, MARGIN + HEAD, right, paper.height - MARGIN - FOOT)
    with paper.frame(f"head {number.page}", Box(left, MARGIN, right, MARGIN + HEAD)) as box:
        _draw_head(paper, box, head)
    with paper.frame(f"text {number.page}", body):
        draw_sheet(paper, pieces, body)
    with paper.frame(f"foot {number.page}", Box(left, body.y1, right, body.y1 + FOOT)) as box:
        _draw_foot(paper, box, by, number)


def _draw_head(paper: Paper, box: Box, head: Head) -> None:
    """A title, or what stands below it, that is too long for its line takes a second one."""
    width = box.x1 - box.x0
    aside = width_of(head.right, Face.BOLD) if head.right else 0.0
    room = width - aside - 12
    _text, size = fit(head.title, room, Face.BOLD, _TITLE, _TITLE_LEAST)
    title = wrap([Run(head.title, Face.BOLD)], room, size, most=2)[0]
    below = (
        wrap_parts(head.below.split(" · "), width, most=len(_FULL_HEAD) - len(title)) if head.below else ()
    )
    rows = _FULL_HEAD if len(title) + len(below) == len(_FULL_HEAD) else _HEAD
    paper.text(box.x1, box.y0 + rows[0], head.right, align="right", face=Face.BOLD)
    for line, row in zip(title, rows, strict=False):
        paper.line_of_runs(box.x0, box.y0 + row, line, size)
    for line, row in zip(below, rows[len(title) :], strict=False):
        paper.line_of_runs(box.x0, box.y0 + row, line, ink=Grey.TEXT2)
    paper.line(box.x0, box.y1 - 8, box.x1, box.y1 - 8, ink=Grey.EDGE)


def _draw_foot(paper: Paper, box: Box, by: PrintedBy, number: Sheet) -> None:
    mark = say("CONFIDENTIAL {page}/{pages}", page=number.page, pages=number.pages)
    paper.line(box.x0, box.y0 + 6, box.x1, box.y0 + 6, weight=0.5, ink=Grey.LINE)
    room = box.x1 - box.x0 - width_of(mark, Face.BOLD) - 12
    facts = f"{by.program} · " + say(
        "printed by {printed_by} {printed_on}", printed_by=by.name, printed_on=by.day
    )
    paper.text(box.x0, box.y0 + 17, facts, width=room, ink=Grey.TEXT2)
    paper.text(box.x1, box.y0 + 17, mark, face=Face.BOLD, align="right")
    told = [say(STATEMENT)]
    if by.practice:
        told.append(say("Practice: invented patients."))
    elif by.demo:
        told.append(say("Demonstration data, invented."))
    if by.pseudonymised:
        told.append(say("Pseudonymised."))
    here = [placed.text for placed in paper.placed if placed.frame.endswith(f" {number.page}")]
    if any(lacks_letters(text) or MISSING in text for text in here):
        told.append(say("{missing} is a letter that this page cannot print.", missing=MISSING))
    lines = wrap([Run(" ".join(told))], box.x1 - box.x0, most=2)[0]
    for place, line in enumerate(lines):
        paper.line_of_runs(box.x0, box.y0 + 27.5 + 10.5 * place, line, ink=Grey.TEXT2)


def write_document(
    target: Path | BinaryIO,
    *,
    head: Head,
    blocks: Sequence[Block],
    by: PrintedBy,
    subject: str,
    page_size: str = "A4",
) -> Paper:
    """Write flowing text as a PDF of as many sheets as it takes.

    Raises:
        KeyError: another page size.
        OSError: the file cannot be written; what was there before is untouched.
    """
    paper = Paper(
        target,
        page_size=page_size,
        title=head.title,
        author=by.program,
        subject=subject,
        language=by.language,
    )
    sheets: Sheets = lay(blocks, *room_of(paper))
    for number, pieces in enumerate(sheets, start=1):
        if number > 1:
            paper.next_sheet()
        draw_document_sheet(paper, head, pieces, by, Sheet(number, len(sheets)))
    paper.finish()
    return paper
