"""The answer of an analysis on paper: nothing over anything, nothing cut, nobody and few are said."""

from __future__ import annotations

import datetime as dt
import io
import re

import pypdfium2
import pytest

from ctdild_desktop.figures.chart import Axis, Chart, Line, Meaning, Tick
from ctdild_desktop.figures.cohort_columns import Bar, shares
from ctdild_desktop.figures.cohort_forest import Balance, Estimate, balance, rates
from ctdild_desktop.figures.cohort_pairs import Pair, Quartiles, before_and_after
from ctdild_desktop.figures.cohort_ranks import Middle, Ranked, ranks
from ctdild_desktop.figures.cohort_times import Curve, kaplan_meier
from ctdild_desktop.reports.cohort import write_answer
from ctdild_desktop.reports.paper import Paper
from ctdild_desktop.services.cohort.answer import Answer, Cell, Column, Made, Result, Step
from ctdild_desktop.services.printed import PrintedBy

BY = PrintedBy(program="CTD-ILD Desktop", name="R. Amsel", day="12.03.2026")
MANY = 60


def pairs(n: int) -> Chart:
    middle = (
        Quartiles(n=n, median=-3.0, q1=-8.0, q3=1.0) if n else Quartiles(n=0, median=None, q1=None, q3=None)
    )
    return before_and_after(
        *("FVC, relative change", [Pair(str(at), at - 30.0, 25.0 - at) for at in range(n)], middle, middle),
        label="relative change, %",
        start_text="the start of cyclophosphamide by mouth",
        limit=10.0,
        measure=Meaning.FVC,
        published=((False, -3.5, "−13.3 %"), (True, -2.5, "+8.9 %")),
        published_text="published, Keir 2014 (33 CTD-ILD)",
        empty_text="0 of 24 can be analysed: 17 have no test before.",
    )


def close(n: int) -> Chart:
    """Categories that stand near to one another, as beside a published study."""
    ticks = (Tick(1.0, "before the start"), Tick(2.0, "after the start"))
    lines = tuple(Line(((1.0, -at), (2.0, at)), Meaning.PATIENT, dots=True) for at in range(n))
    y = Axis("change, %", -60, 60, (Tick(-60, "−60"), Tick(60, "+60")))
    return Chart(title="FVC", x=Axis("", -0.5, 3.5, ticks), y=y, marks=lines, empty_text="" if n else "none")


def survival(n: int) -> Chart:
    leaving = [100.0 * (at + 1) for at in range(n)]
    curves = [
        Curve(
            name=name,
            n=n,
            events=n,
            steps=[(day, 1 - (at + 1) / n, 0.1, 0.9) for at, day in enumerate(leaving)],
            ends=leaving[::2],
            last=leaving[-1],
            leaving=leaving,
        )
        for name in ("Undifferentiated connective tissue disease", "Mixed connective tissue disease")
        if n
    ]
    return kaplan_meier("Alive", curves, label="alive, %", zero="the first test", empty_text="nobody")


def columns(n: int) -> Chart:
    bars = [
        Bar(
            name="improved or stable and much more than that was before", count=n, of=n, low=90.0, high=100.0
        ),
        Bar(name="stable", count=0, of=n, low=0.0, high=9.0),
    ]
    return shares("Who improved", bars, label="%", interval_text="95 %", empty_text="nobody")


def forest(n: int) -> Chart:
    rows = [
        (f"Drug {at}, n = {n}", [Estimate(name="all", value=10.0 * at, low=at, high=900.0)])
        for at in range(n)
    ]
    return rates("Harm", rows[:14], label="per 100", key=[(Meaning.FIRST, "all")], empty_text="nobody")


def slopes(n: int) -> Chart:
    return ranks(
        *("Slopes", [Ranked(str(at), at / 100 - 0.3) for at in range(n)]),
        label="L per year",
        unit="L per year",
        places=3,
        least_span=0.4,
        middle=Middle(text="all: −0.05", value=-0.05, low=-0.07, high=-0.03),
        empty_text="nobody",
    )


def loved(n: int) -> Chart:
    rows = [Balance(name=f"covariate {at}", before=0.5 - at / 30, after=0.02) for at in range(n)]
    return balance("Balance", rows[:12], limit=0.1, limit_text="± 0.1", empty_text="nobody")


def answered(*charts: Chart) -> Answer:
    return Answer(
        analysis="pre-post",
        title="FVC and DLCO before and after rituximab",
        definition="First start S of rituximab.",
        made=Made(
            as_of=dt.date(2026, 3, 12),
            at=dt.datetime(2026, 3, 12, 10, 0, tzinfo=dt.UTC),
            seconds=0.4,
            query="diagnosis = ASyS",
            query_text="Diagnosis is Antisynthetase syndrome",
            fingerprint="4711-0a1b2c3d",
            command="ctdild cohort pre-post --drug rituximab --query 'diagnosis = ASyS' --as-of 2026-03-12",
        ),
        steps=(
            Step(text="in the registry", count=412),
            Step(text="too few tests before", count=3, left_out=True),
            Step(text="analysed", count=17),
        ),
        results=(
            Result(
                title="Relative change, %",
                columns=(Column("Measure", number=False), Column("n"), Column("median")),
                rows=tuple((Cell(f"FVC {at}"), Cell("17", 17), Cell("−9.8", -9.8)) for at in range(70)),
                method="Medians.",
            ),
        ),
        charts=charts,
        caveats=("Before and after without a control group.",),
        claims=("R10",),
    )


def written(answer: Answer, page_size: str = "A4") -> tuple[Paper, str, int]:
    held = io.BytesIO()
    paper = write_answer(held, answer, BY, page_size=page_size)
    with pypdfium2.PdfDocument(held.getvalue()) as document:
        text = " ".join(page.get_textpage().get_text_bounded() for page in document)
        return paper, re.sub(r"\s+", " ", text), len(document)


@pytest.mark.parametrize("page_size", ["A4", "Letter"])
@pytest.mark.parametrize("n", [0, 1, 4, MANY])
def test_no_text_lies_over_another_or_outside_of_its_frame(n: int, page_size: str) -> None:
    charts = [make(n) for make in (pairs, pairs, close, close, survival, columns, forest, slopes, loved)]
    paper, _text, _pages = written(answered(*charts), page_size)
    assert all(text.box.inside(paper.frames[text.frame], 1.5) for text in paper.placed)
    by_frame: dict[str, list[int]] = {}
    for at, text in enumerate(paper.placed):
        by_frame.setdefault(text.frame, []).append(at)
    for held in by_frame.values():
        for place, at in enumerate(held):
            box = paper.placed[at].box
            for other in held[place + 1 :]:
                assert not box.meets(paper.placed[other].box), (paper.placed[at], paper.placed[other])


def test_what_it_was_made_of_is_printed_with_the_numbers_and_what_they_hide() -> None:
    _paper, text, pages = written(answered(pairs(MANY)))
    assert pages > 1
    for told in (
        "FVC and DLCO before and after rituximab",
        "Diagnosis is Antisynthetase syndrome · as of 12.03.2026",
        "Definition First start S of rituximab.",
        "Fingerprint of the registry 4711-0a1b2c3d",
        "ctdild cohort pre-post --drug rituximab --query 'diagnosis = ASyS' --as-of 2026-03-12",
        "412 in the registry −3 too few tests before 17 analysed",
        "−13.3 %",
        "Before and after without a control group. Counts of 1 to 4 may identify a person",
        "R10 Keir 2014:",
        "Not a medical device",
    ):
        assert told in text


def test_an_empty_picture_says_why() -> None:
    _paper, text, _pages = written(answered(pairs(0)))
    assert "0 of 24 can be analysed: 17 have no test before." in text
    assert "before the start" not in text
