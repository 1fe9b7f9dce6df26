"""The pack of a meeting in one file: the cover list, one page for each patient, full histories on demand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ctdild_desktop.language import say
from ctdild_desktop.reports.document import Head, draw_document_sheet, room_of
from ctdild_desktop.reports.flow import Block, Heading, Piece, Sheets, Table, Text, lay
from ctdild_desktop.reports.mdt_page import draw_mdt_page
from ctdild_desktop.reports.paper import Paper, Sheet
from ctdild_desktop.reports.typesetting import GLUE
from ctdild_desktop.services.pack import PackCase, PackData
from ctdild_desktop.services.page_words import Words

_QUESTION = 3
"""Column of the question on the cover."""


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One sheet of the pack: its bookmark, when it begins something, and how it is drawn."""

    bookmark: str
    draw: Callable[[Sheet], None]


def write_pack(
    target: Path | BinaryIO,
    pack: PackData,
    *,
    page_size: str = "A4",
    pages: Collection[int] | None = None,
) -> Paper:
    """Write the pack as PDF; the same pack always gives the same bytes.

    Args:
        target: file to write.
        pack: what is printed.
        page_size: ``A4`` or ``Letter``.
        pages: numbers of the sheets that are wanted, from 1; None for all. Sheets keep their numbers.

    Raises:
        KeyError: another page size.
        ValueError: none of the sheets is wanted.
        OSError: the file cannot be written; what was there before is untouched.
    """
    paper = Paper(
        target,
        page_size=page_size,
        title=pack.title,
        author=pack.by.program,
        subject=say("Pack of a multidisciplinary meeting"),
        language=pack.by.language,
    )
    sheets = list(_sheets(paper, pack))
    wanted = [number for number in range(1, len(sheets) + 1) if pages is None or number in pages]
    if not wanted:
        raise ValueError("no sheet of the pack is wanted")
    for number in wanted:
        if number != wanted[0]:
            paper.next_sheet()
        sheet = sheets[number - 1]
        if sheet.bookmark:
            paper.bookmark(sheet.bookmark)
        sheet.draw(Sheet(number, len(sheets)))
    paper.finish()
    return paper


def sheet_count(pack: PackData, *, page_size: str = "A4") -> int:
    """How many sheets the pack has."""
    import io

    paper = Paper(
        io.BytesIO(), page_size=page_size, title="", author="", subject="", language=pack.by.language
    )
    return len(list(_sheets(paper, pack)))


def _sheets(paper: Paper, pack: PackData) -> Iterator[_Drawing]:
    """Cover, pages and histories in their order."""
    yield from _cover(paper, pack)
    for case in pack.cases:
        yield _Drawing(case.page.name, _page(paper, case))
    for case in pack.cases:
        if pack.appendix:
            yield from _history(paper, pack, case)


def _page(paper: Paper, case: PackCase) -> Callable[[Sheet], None]:
    def draw(number: Sheet) -> None:
        here = paper.words
        paper.words = Words(case.page.words)
        draw_mdt_page(paper, case.page, number)
        paper.words = here

    return draw


def _document(paper: Paper, pack: PackData, head: Head, sheets: Sheets, bookmark: str) -> Iterator[_Drawing]:
    def drawing(pieces: list[Piece]) -> Callable[[Sheet], None]:
        return lambda number: draw_document_sheet(paper, head, pieces, pack.by, number)

    for place, pieces in enumerate(sheets):
        yield _Drawing(bookmark if not place else "", drawing(pieces))


def _cover(paper: Paper, pack: PackData) -> Iterator[_Drawing]:
    """The list of the cases, each with the sheet that its page is on."""
    head = Head(pack.title, right=say("{cases} cases", cases=len(pack.cases)), below=pack.meeting)
    room = room_of(paper)
    count = 1
    while True:
        sheets = lay(_list(pack, count), *room)
        if len(sheets) == count:
            break
        count = len(sheets)
    yield from _document(paper, pack, head, sheets, say("Cases"))


def _list(pack: PackData, before: int) -> list[Block]:
    heads = (
        *(say("No."), say("Patient"), say("Identity"), say("Question"), say("Asked by")),
        *(say("Urgency"), say("Not ready"), say("Page")),
    )
    rows = [
        (
            *(case.line.number, case.line.name, case.line.identity.replace(" · ", f"{GLUE}· ")),
            *(case.line.question, case.line.asked_by, case.line.urgency),
            *(case.line.lacks, str(before + place)),
        )
        for place, case in enumerate(pack.cases, start=1)
    ]
    shown = [at for at in range(len(heads)) if at < 2 or not rows or any(row[at] for row in rows)]
    told: list[Block] = []
    if pack.attendees:
        told.append(Text(pack.attendees, label=say("Expected")))
    told.append(
        Table(
            heads=tuple(heads[at] for at in shown),
            rows=tuple(tuple(row[at] for at in shown) for row in rows),
            empty=say("No case is on the agenda."),
            bold=(1,),
            wide=next((place for place, at in enumerate(shown) if at == _QUESTION), None),
        )
    )
    return told


def _history(paper: Paper, pack: PackData, case: PackCase) -> Iterator[_Drawing]:
    head = Head(case.page.name, right=say("Full history"), below=case.page.identity)
    blocks: list[Block] = []
    for table in case.history:
        blocks.append(Heading(table.title))
        blocks.append(Table(table.heads, table.rows, empty=say("None recorded.")))
    yield from _document(
        paper,
        pack,
        head,
        lay(blocks, *room_of(paper)),
        say("Full history: {name}", name=case.page.name),
    )
