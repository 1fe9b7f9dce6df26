"""What share of the team's recommendations was carried out, on paper."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.language import say
from ctdild_desktop.reports.document import Head, write_document
from ctdild_desktop.reports.flow import Block, Heading, Table, Text
from ctdild_desktop.reports.paper import Paper
from ctdild_desktop.services.carried_out import ANSWERS, CarriedOut, Count, Followed
from ctdild_desktop.services.page_decision import implemented_words, recommendation_words
from ctdild_desktop.services.printed import PrintedBy


def write_carried_out(
    target: Path | BinaryIO, data: CarriedOut, by: PrintedBy, *, page_size: str = "A4"
) -> Paper:
    """Write the report as PDF; raises as :func:`reports.document.write_document` does."""
    none = say("No signed decision with a recommendation.")
    blocks: list[Block] = [
        Text(
            say(
                "The percentage is of those carried out in full among the decisions with an answer: yes, "
                "partly or no."
            )
        ),
        Table(_heads(say("Decisions")), (_row(data.all),)),
        Heading(say("By recommendation")),
        Table(_heads(say("Recommendation")), tuple(map(_row, data.by_recommendation)), empty=none),
        Heading(say("Not carried out in full, by reason")),
        Table(
            (say("Reason"), say("Decisions")),
            tuple((count.label, str(len(count.decisions))) for count in data.by_reason),
            empty=say("None recorded."),
            wide=0,
        ),
        Heading(say("The decisions")),
        Table(
            (say("Date"), say("Patient"), say("MRN"), say("Recommendation"), say("Implemented")),
            tuple(map(_decision, data.all.decisions)),
            empty=none,
            bold=(1,),
            wide=3,
        ),
    ]
    since, until = wording.day(data.since), wording.day(data.until)
    return write_document(
        target,
        head=Head(
            say("Recommendations carried out"),
            below=say("Meetings from {since} to {until}", since=since, until=until),
        ),
        blocks=blocks,
        by=by,
        subject=say("Recommendations of the multidisciplinary team and what became of them"),
        page_size=page_size,
    )


def _heads(first: str) -> tuple[str, ...]:
    answers = {code: codes.label("implemented", code) for code in ANSWERS[:4]}
    return (first, say("all"), *answers.values(), say("no answer"), "%")


def _row(count: Count) -> tuple[str, ...]:
    percent = wording.number(count.percent, 1) if count.percent is not None else "–"
    return (
        count.label,
        str(len(count.decisions)),
        *(str(count.of(answer)) for answer in ANSWERS),
        f"{percent} ({count.of('yes')}/{count.settled})",
    )


def _decision(one: Followed) -> tuple[str, ...]:
    return (
        wording.day(one.decision.date),
        one.name,
        one.mrn,
        recommendation_words(one.decision),
        implemented_words(one.decision),
    )
