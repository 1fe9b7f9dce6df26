"""Answers of analyses as a screen and a file have them, without a registry."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ctdild_desktop.services.cohort.answer import Answer, Cell, Column, Made, Result, Step
from tests.support import charts

MADE = Made(
    as_of=dt.date(2026, 3, 12),
    at=dt.datetime(2026, 3, 12, 10, 58, tzinfo=dt.UTC),
    seconds=0.41,
    query='ctd = "antisynthetase"',
    query_text="CTD antisynthetase syndrome",
    fingerprint="5f1c9ad20be84477",
    command="ctdild cohort pre-post --drug rituximab --query 'ctd = \"antisynthetase\"' --as-of 2026-03-12",
)
STEPS = (
    Step(text="in the registry", count=412),
    Step(text="chosen", count=24, patients=("p1", "p2", "p3", "p4")),
    Step(text="no visit 6 to 12 months before or after the start", count=7, left_out=True, patients=("p4",)),
    Step(text="analysed", count=17, patients=("p1", "p2", "p3")),
)


def row(*texts: str) -> tuple[Cell, ...]:
    """A row of a table."""
    return tuple(Cell(text) for text in texts)


OWN_AND_PUBLISHED = Result(
    title="Own and published",
    columns=(
        Column("Measure", number=False),
        *(Column("n"), Column("Own"), Column("Quartiles, 95 % interval of a share")),
        Column("Published", number=False),
        *(Column("n"), Column("Result"), Column("Interval")),
        Column("Not the same because", number=False),
    ),
    rows=(
        row("FVC before", "17", "−9.8 %", "−14.0 to −5.1", "Keir 2014", "33", "−13.3 %", "not given",
            "CTD-ILD of several kinds, severe and refractory"),
        row("FVC after", "17", "+5.9 %", "+1.8 to +9.7", "Keir 2014", "33", "+8.9 %", "not given",
            "same; tests 6–12 months after"),
        row("", "", "", "", "Andersson 2015", "24", "+24 %", "not given",
            "ASyS, severe; median 52 months, not 6–12"),
        row("Improved or stable", "15/17", "88 %", "66 to 97", "Keir 2014", "28/33", "85 %", "68 to 95",
            "own: 4 improved, 11 stable, 2 deteriorated"),
    ),
    method="own: median, quartiles; proportions with Wilson 95 %",
)  # fmt: skip
RATES = Result(
    title="Adverse events",
    columns=(
        Column("Event", number=False),
        *(Column("n"), Column("per 100 patient-years"), Column("95 % interval")),
    ),
    rows=(row("=infection", "3", "4.1", "0.8 to 12.0"), row("any", "9", "12.3", "5.6 to 23.4")),
)  # fmt: skip


def typical() -> Answer:
    """Before and after a drug, with what was published."""
    return Answer(
        analysis="pre-post",
        title="What rituximab did",
        definition="First start of rituximab. Before: 6 to 12 months before. After: 6 to 12 months after.",
        made=MADE,
        steps=STEPS,
        results=(OWN_AND_PUBLISHED, RATES),
        charts=(
            charts.pairs(),
            charts.pairs("DLCO, Hb-corrected, relative change in % predicted", charts.Meaning.DLCO),
        ),
        caveats=(
            "Before and after without a control group: regression to the mean and other treatment can "
            "explain part of the change. It describes these patients; it shows no effect of the drug.",
            "Stable counts as a success.",
        ),
        claims=("R09", "R10", "R17", "R18"),
    )


def empty() -> Answer:
    """Nobody can be analysed."""
    steps = (
        Step(text="in the registry", count=412),
        Step(text="chosen", count=24, patients=("p1", "p2")),
        Step(text="no visit in the 6 months up to the start", count=17, left_out=True, patients=("p1",)),
        Step(text="the drug was not begun on a known day", count=7, left_out=True, patients=("p2",)),
        Step(text="analysed", count=0),
    )
    return replace(
        typical(),
        steps=steps,
        charts=(charts.nothing(),),
        results=(replace(RATES, rows=()),),
        claims=("R09",),
    )
