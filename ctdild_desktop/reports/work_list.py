"""The work list of a day on paper: as many sheets as it takes, each with its number and a box to tick."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.paper import MILLIMETRE, Grey, Paper
from ctdild_desktop.reports.typesetting import Face, Line, Run, wrap

_MARGIN = 12 * MILLIMETRE
_HEAD, _FOOT = 40.0, 18.0
_LINE, _ROW, _GROUP = 11.0, 25.5, 18.0
_TICK, _PATIENT, _DUE, _STATE = 16.0, 190.0, 52.0, 84.0
_AIR = 5.0
_MOST_LINES = 6
"""Lines of one reason; no more are needed in practice."""


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One row in final words: what, whose, and when."""

    reason: str
    name: str
    identity: str
    due: str
    state: str
    pressing: bool = False


@dataclass(frozen=True, slots=True)
class PrintedGroup:
    """One kind of reason with its rows."""

    title: str
    rows: tuple[PrintedRow, ...]


@dataclass(frozen=True, slots=True)
class PrintedList:
    """What is printed."""

    title: str
    groups: tuple[PrintedGroup, ...]
    foot: str
    note: str = ""
    """What the list leaves out."""


def write_work_list(target: Path | BinaryIO, data: PrintedList, *, page_size: str = "A4") -> Paper:
    """Write the list as a PDF.

    Raises:
        OSError: the file cannot be written; what was there before is untouched.
    """
    paper = Paper(
        target,
        page_size=page_size,
        title=data.title,
        author="CTD-ILD Desktop",
        subject="Work list of a day",
        language="en",
    )
    width, height = paper.width - 2 * _MARGIN, paper.height - 2 * _MARGIN
    sheets = list(_sheets(data, width - _TICK, height - _HEAD - _FOOT))
    for number, sheet in enumerate(sheets, start=1):
        if number > 1:
            paper.next_sheet()
        _draw_sheet(paper, data, sheet, number, len(sheets))
    paper.finish()
    return paper


@dataclass(frozen=True, slots=True)
class _Part:
    """A heading, or a row with its reason in lines."""

    title: str = ""
    row: PrintedRow | None = None
    lines: tuple[Line, ...] = ()

    @property
    def height(self) -> float:
        return _ROW + _LINE * (len(self.lines) - 1) if self.row is not None else _GROUP


def _sheets(data: PrintedList, width: float, room: float) -> Iterator[list[_Part]]:
    """Headings and rows, sheet by sheet; a heading is repeated where its rows go on."""
    sheet: list[_Part] = []
    left = room
    for group in data.groups:
        titled = False
        for row in group.rows:
            lines, _fits = wrap([Run(row.reason)], width, most=_MOST_LINES)
            part = _Part(row=row, lines=lines)
            if part.height + (0 if titled else _GROUP) > left:
                yield sheet
                sheet, left, titled = [], room, False
            if not titled:
                sheet.append(_Part(group.title))
                left, titled = left - _GROUP, True
            sheet.append(part)
            left -= part.height
    yield sheet


def _draw_sheet(paper: Paper, data: PrintedList, parts: list[_Part], number: int, count: int) -> None:
    left, right = _MARGIN, paper.width - _MARGIN
    width = right - left
    body = Box(left, _MARGIN + _HEAD, right, paper.height - _MARGIN - _FOOT)
    with paper.frame(f"head {number}", Box(left, _MARGIN, right, _MARGIN + _HEAD)):
        paper.text(left, _MARGIN + 13, data.title, face=Face.BOLD, size=14, width=width - 80)
        paper.text(right, _MARGIN + 13, f"{number} / {count}", align="right")
        if data.note:
            paper.text(left, _MARGIN + 27, data.note, width=width, ink=Grey.TEXT2)
    y = body.y0
    with paper.frame(f"rows {number}", body):
        for part in parts:
            if part.row is None:
                paper.rectangle(Box(left, y, right, y + _GROUP - 3), fill=Grey.HEADER, edge=None)
                paper.text(left + _AIR, y + 11, part.title, face=Face.BOLD, width=width - 2 * _AIR)
            else:
                _draw_row(paper, part.row, part.lines, Box(left, y, right, y + part.height))
            y += part.height
            if part.row is not None:
                paper.line(left, y - 1.5, right, y - 1.5, weight=0.5, ink=Grey.GRID)
    with paper.frame(f"foot {number}", Box(left, body.y1, right, body.y1 + _FOOT)):
        paper.line(left, body.y1 + 4, right, body.y1 + 4, weight=0.5, ink=Grey.LINE)
        paper.text(left, body.y1 + 14, data.foot, width=width, ink=Grey.TEXT2)


def _draw_row(paper: Paper, row: PrintedRow, lines: tuple[Line, ...], box: Box) -> None:
    """A box to tick, the person and the reason under each other, and at the right when it is due."""
    left, right, y = box.x0, box.x1, box.y0
    when = right - _STATE - _DUE
    text = left + _TICK
    paper.rectangle(Box(left + 1, y + 3, left + 9, y + 11), edge=Grey.EDGE, weight=0.75)
    name = paper.text(text, y + 10, row.name, face=Face.BOLD, width=_PATIENT)
    paper.text(name.x1 + _AIR, y + 10, row.identity, width=when - name.x1 - 2 * _AIR, ink=Grey.TEXT2)
    for number, line in enumerate(lines, start=1):
        paper.line_of_runs(text, y + 10 + number * _LINE, line)
    paper.text(when + _DUE, y + 10, row.due, align="right", width=_DUE)
    face = Face.BOLD if row.pressing else Face.REGULAR
    paper.text(right, y + 10, row.state, face=face, align="right", width=_STATE - _AIR)
