"""The answer of an analysis on paper: the question, who is counted, pictures, what they hide, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ctdild_desktop.clinical import evidence, wording
from ctdild_desktop.figures.chart import Chart
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.language import say
from ctdild_desktop.reports.chart import chart_height, draw_chart
from ctdild_desktop.reports.document import Head, write_document
from ctdild_desktop.reports.flow import MARGIN, Block, Drawing, Heading, Table, Text
from ctdild_desktop.reports.paper import SIZES, Paper
from ctdild_desktop.services.cohort.answer import Answer, Result, Step
from ctdild_desktop.services.cohort.answer_files import PUBLISHING
from ctdild_desktop.services.printed import PrintedBy

_TOGETHER = 12
_BETWEEN = 16.0
"""Between two pictures beside each other."""


def write_answer(target: Path | BinaryIO, answer: Answer, by: PrintedBy, *, page_size: str = "A4") -> Paper:
    """Write an answer as PDF; raises as :func:`reports.document.write_document` does."""
    width = SIZES[page_size][0] - 2 * MARGIN
    pictures = tuple(_pictures(answer.charts, width))
    blocks: list[Block] = [
        *_facts(answer),
        Heading(say("Who is counted"), size=12.0),
        _steps(answer.steps),
        *pictures[:1],
        *_caveats(answer),
        *pictures[1:],
        *(block for result in answer.results for block in _result(result)),
        *_claims(answer.claims),
    ]
    made = answer.made
    return write_document(
        target,
        head=Head(
            answer.title,
            below=say(
                "{whom} · as of {day}", whom=wording.capital(made.query_text), day=wording.day(made.as_of)
            ),
        ),
        blocks=blocks,
        by=by,
        subject=say("Analysis of the cohort: {name}", name=answer.analysis),
        page_size=page_size,
    )


def _facts(answer: Answer) -> Iterator[Block]:
    made = answer.made
    moment = made.at.astimezone()
    yield Text(answer.definition, label=say("Definition"))
    yield Text(
        say("{day} at {time}", day=wording.day(moment.date()), time=f"{moment:%H:%M}"),
        label=say("Computed on"),
        after=0.0,
    )
    yield Text(made.fingerprint, label=say("Fingerprint of the registry"), after=0.0)
    yield Text(made.command, label=say("The same again"))


def _steps(steps: Sequence[Step]) -> Table:
    """From the registry to those analysed; those left out with a minus."""
    rows = tuple(
        (f"{wording.MINUS}{step.count}" if step.left_out else str(step.count), step.text) for step in steps
    )
    counted = tuple(number for number, step in enumerate(steps) if not step.left_out)
    return Table(
        (say("patients"), say("step")),
        rows,
        right=(0,),
        wide=1,
        bold_rows=counted,
    )


def _pictures(charts: Sequence[Chart], width: float) -> Iterator[Block]:
    """Two beside each other where both have numbers up the side and nothing below; else one in a row."""
    waiting: list[Chart] = []
    for chart in charts:
        if _is_narrow(chart):
            waiting.append(chart)
            if len(waiting) == 2:
                yield _row(waiting, width)
                waiting = []
            continue
        yield from (_row([one], width) for one in (*waiting, chart))
        waiting = []
    yield from (_row([one], width) for one in waiting)


def _is_narrow(chart: Chart) -> bool:
    return not chart.below and not chart.y.downward


def _row(charts: Sequence[Chart], width: float) -> Drawing:
    each = (width - _BETWEEN * (len(charts) - 1)) / len(charts)
    held = tuple(charts)
    height = max(chart_height(chart, each) for chart in held)

    def draw(paper: Paper, x: float, y: float) -> None:
        for number, chart in enumerate(held):
            left = x + number * (each + _BETWEEN)
            draw_chart(paper, chart, Box(left, y + 8, left + each, y + 8 + height))

    return Drawing(height + 8, draw)


def _caveats(answer: Answer) -> Iterator[Block]:
    yield Heading(say("What these numbers cannot show"), size=12.0)
    for sentence in (*answer.caveats, say(PUBLISHING)):
        yield Text(sentence, after=2.0, whole=True)


def _result(result: Result) -> Iterator[Block]:
    yield Heading(result.title)
    yield Table(
        tuple(column.label for column in result.columns),
        tuple(tuple(cell.text for cell in row) for row in result.rows),
        empty=say("None."),
        together=_TOGETHER,
        bold=(0,),
        right=tuple(number for number, column in enumerate(result.columns) if column.number),
        wide=0,
    )
    if result.method:
        yield Text(result.method, after=2.0, whole=True)


def _claims(claims: Sequence[str]) -> Iterator[Block]:
    """Where the evidence asks the same."""
    if not claims:
        return
    yield Heading(say("The evidence that asks the same"), size=12.0)
    for one in claims:
        claim = evidence.claim(one)
        named = say("{id} {study}:", id=claim.id, study=claim.study) if claim.study else f"{claim.id}:"
        yield Text(claim.statement, label=named, after=2.0, whole=True)
