"""The report of quality on paper: what is counted and of whom, the numbers, and on demand the records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.quality.periods import VAGUE, words_of
from ctdild_desktop.clinical.quality.report import (
    Behind,
    Counts,
    Report,
    Row,
    kind_words,
    percent_words,
    reason_words,
)
from ctdild_desktop.language import say
from ctdild_desktop.reports.document import Head, write_document
from ctdild_desktop.reports.flow import Block, Heading, NewSheet, Table, Text
from ctdild_desktop.reports.paper import Paper
from ctdild_desktop.services.printed import PrintedBy
from ctdild_desktop.services.quality import Quality
from ctdild_desktop.services.quality_files import fingerprint

_MOST_PERIODS = 5
"""So many periods stand beside each other; earlier ones are in the file of the numbers."""


def write_quality(
    target: Path | BinaryIO,
    found: Quality,
    report: Report,
    by: PrintedBy,
    *,
    names: bool = False,
    page_size: str = "A4",
) -> Paper:
    """Write the report as PDF; raises as :func:`reports.document.write_document` does.

    Args:
        names: list the records in which something is missing or was found, with names.
    """
    blocks: list[Block] = [
        *_facts(found, report),
        Heading(say("Completeness"), size=12.0),
        *_by_kind(
            report.completeness,
            (
                *(say("Field"), say("expected of"), say("expected"), say("recorded")),
                *(say("not known"), say("missing"), say("recorded, %")),
            ),
        ),
        Text(say("* No form asks for it; it comes with an import.")),
        Heading(say("Plausibility"), size=12.0),
        *_by_kind(
            report.checks,
            (
                *(say("Check"), say("counted"), say("looked at"), say("in order")),
                *(say("cannot tell"), say("found"), say("found, %")),
            ),
        ),
        *_by_period(report),
    ]
    if names:
        blocks += [NewSheet(), *_records(report)]
    return write_document(
        target,
        head=Head(say("Quality of the registry"), below=_span(found, report)),
        blocks=blocks,
        by=by,
        subject=say("Completeness and plausibility of the registry against the core data set"),
        page_size=page_size,
    )


def _span(found: Quality, report: Report) -> str:
    since, until = report.asked.since, report.asked.until
    first = wording.day(since) if since is not None else say("the beginning")
    last = wording.day(until) if until is not None else say("the end")
    return say(
        "Dated from {first} to {last} · as of {day}", first=first, last=last, day=wording.day(found.as_of)
    )


def _facts(found: Quality, report: Report) -> Iterator[Block]:
    moment = found.read_at.astimezone()
    yield Text(
        say(
            "{counted} of {all} patients are in the numbers, as they were recorded on {day} at {time}.",
            counted=found.tally.counted,
            all=found.patients,
            day=wording.day(moment.date()),
            time=f"{moment:%H:%M}",
        )
    )
    left = [
        f"{reason_words(reason)}: {len(kept.entries)}"
        for reason, kept in found.tally.left.items()
        if kept.entries
    ]
    yield Text("; ".join(left) if left else say("none"), label=say("In no number"))
    vague = sum(row.undecided for row in report.rows)
    if vague:
        yield Text(
            say(
                "{vague} answers are in no number: it is not known whether their date lies in the period.",
                vague=vague,
            )
        )
    yield Text(
        say(
            "Recorded is a value; not known is what was said to be unknown, declined or not done; missing is "
            "what has neither. A patient counts in the period of the first test, visit, scan or diagnosis. "
            "Where nothing was expected there is no percentage."
        )
    )
    yield Text(found.head, label=say("End of the audit trail"), after=1.0)
    yield Text(fingerprint(report), label=say("Fingerprint (SHA-256) of the file of these numbers"))


def _by_kind(rows: Sequence[Row], heads: tuple[str, ...]) -> Iterator[Block]:
    for kind, held in groupby(rows, key=lambda row: row.line.kind):
        yield Heading(kind_words(kind), size=9.5)
        yield Table(heads, tuple(map(_line, held)), bold=(0,), wide=1)


def _line(row: Row) -> tuple[str, ...]:
    counts = row.whole
    part = counts.lacking if row.line.check else counts.good
    return (
        _label(row),
        row.line.definition,
        *(str(count) for count in (counts.expected, counts.good, counts.said, counts.lacking)),
        _percent(counts, part),
    )


def _label(row: Row) -> str:
    label = wording.capital(row.line.label)
    return f"{label} *" if row.line.by_import else label


def _percent(counts: Counts, part: int) -> str:
    return percent_words(counts.percent(part))


def _by_period(report: Report) -> Iterator[Block]:
    """Percentages with what they are of, for the last periods side by side."""
    by = report.asked.by
    if not by:
        return
    periods = sorted({period for row in report.rows for period, counts in row.periods if counts.expected})
    shown = [period for period in periods if period > VAGUE][-_MOST_PERIODS:]
    heads = tuple(words_of(period, by) for period in shown)
    for title, rows in (
        (say("Completeness by period: recorded, % (of expected)"), report.completeness),
        (say("Plausibility by period: found, % (of looked at)"), report.checks),
    ):
        yield Heading(title, size=12.0)
        yield Table(
            (say("Line"), *heads),
            tuple(_periods(row, shown) for row in rows if row.whole.expected),
            empty=say("Nothing was expected."),
            bold=(0,),
            wide=0,
        )
    if len(periods) > len(shown):
        yield Text(say("Earlier periods, and dates without one, are in the file of these numbers."))


def _periods(row: Row, shown: Sequence[int]) -> tuple[str, ...]:
    held = dict(row.periods)
    cells = []
    for period in shown:
        counts = held.get(period, Counts())
        part = counts.lacking if row.line.check else counts.good
        percent = _percent(counts, part).removesuffix(" %")
        cells.append(f"{percent} ({part}/{counts.expected})" if counts.expected else percent)
    return (f"{kind_words(row.line.kind)}: {row.line.label}", *cells)


def _told(held: Sequence[tuple[Behind, Row]]) -> Iterator[str]:
    """What one record lacks, then what was found in it."""
    missing = [row.line.label for _one, row in held if not row.line.check]
    if missing:
        yield say("missing: {fields}", fields=", ".join(missing))
    for one, row in held:
        if row.line.check:
            yield f"{row.line.label} ({one.detail.rstrip('.')})" if one.detail else row.line.label


def _records(report: Report) -> Iterator[Block]:
    """The records in which something is missing or was found, patient by patient."""
    rows: list[tuple[str, str, str, str]] = []
    listed: list[tuple[Behind, Row]] = [
        (one, row)
        for row in report.rows
        if not row.line.by_import
        for one in report.behind(row.line.id, (State.LACKING,))
    ]
    listed.sort(
        key=lambda pair: (
            *(pair[0].person.mrn, pair[0].first is None, pair[0].first),
            *(pair[0].kind, pair[0].record_id),
        )
    )
    for (mrn, _kind, _record, _first), group in groupby(
        listed,
        key=lambda pair: (pair[0].person.mrn, pair[0].kind, pair[0].record_id, pair[0].first),
    ):
        held = list(group)
        one = held[0][0]
        told = "; ".join(_told(held))
        who = one.person.name if one.person.name == mrn else f"{one.person.name} · {mrn}"
        rows.append((who, kind_words(one.kind), one.date, told))
    yield Heading(say("Records in which something is missing or was found"), size=12.0)
    yield Text(say("Fields that no form asks for are counted and not listed one by one."))
    yield Table(
        (say("Patient"), say("Record"), say("Date"), say("What")),
        tuple(rows),
        empty=say("None."),
        bold=(0,),
        wide=3,
    )
