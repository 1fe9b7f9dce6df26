"""Before and after a therapy line: spans, limits, categories and what is missing."""

from __future__ import annotations

from typing import Any

import pytest

from ctdild_desktop.clinical.criteria import assess, facts_for_line
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Pft, TherapyLine
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.clinical.wording import say
from tests.support.people import day, facts, percent

START = TherapyLine(id="l", drug="rituximab", start=PartialDate(2023, 2, 1))


def keir(*tests: Pft, line: TherapyLine = START, as_of: str = "2024-03-01", **values: Any) -> Assessment:
    return assess(facts_for_line(facts(*tests, **values), line), "RESPONSE_KEIR", day(as_of))


def course(fvc: str | None, dlco: str | None) -> tuple[Pft, Pft]:
    return percent("2023-01-15", "50", "30"), percent("2023-11-01", fvc, dlco)


@pytest.mark.parametrize(
    ("fvc", "dlco", "category", "verdict"),
    [
        ("55", "30", "IMPROVED", Verdict.MET),
        ("54.999999", "30", "STABLE", Verdict.MET),
        ("50", "34.5", "IMPROVED", Verdict.MET),
        ("50", "34.499999", "STABLE", Verdict.MET),
        ("45.000001", "30", "STABLE", Verdict.MET),
        ("45", "30", "DETERIORATED", Verdict.NOT_MET),
        ("50", "25.500001", "STABLE", Verdict.MET),
        ("50", "25.5", "DETERIORATED", Verdict.NOT_MET),
        ("55", "25.5", "MIXED", Verdict.NOT_MET),
        ("45", "34.5", "MIXED", Verdict.NOT_MET),
        ("55", None, "IMPROVED", Verdict.MET),
        ("45", None, "DETERIORATED", Verdict.NOT_MET),
        (None, "34.5", "IMPROVED", Verdict.MET),
    ],
)
def test_the_categories_at_their_limits(
    fvc: str | None, dlco: str | None, category: str, verdict: Verdict
) -> None:
    made = keir(*course(fvc, dlco))
    assert (made.category, made.verdict) == (category, verdict)
    assert made.title == "Before and after Rituximab"


def test_the_number_shown_is_of_the_measure_that_decides() -> None:
    for fvc, dlco, number in (("51", "36", "+20.0 %"), ("56", "31", "+12.0 %"), ("51", "31", "+2.0 %")):
        made = keir(*course(fvc, dlco))
        assert made.key is not None
        assert say(made.key) == number


def test_stable_needs_both_measures() -> None:
    made = keir(*course("50", None))
    assert (made.verdict, made.category) == (Verdict.CANNOT_ASSESS, None)
    assert [say(need) for need in made.needs] == [
        "DLCO from 01.08.2022 to 01.02.2023, and again from 01.08.2023 to 01.02.2024"
    ]
    assert [item.measure for item in made.evidence] == ["fvc"]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("2022-08-01", "2023-08-01", True),
        ("2022-07-31", "2023-08-01", False),
        ("2023-02-01", "2024-02-01", True),
        ("2023-02-02", "2024-02-01", False),
        ("2023-02-01", "2024-02-02", False),
        ("2023-02-01", "2023-07-31", False),
    ],
)
def test_both_spans_are_closed(before: str, after: str, found: bool) -> None:
    made = keir(percent(before, "50", "30"), percent(after, "60", "40"))
    assert (made.category == "IMPROVED") is found
    assert (made.verdict is Verdict.CANNOT_ASSESS) is not found


def test_the_latest_of_each_span_and_each_measure_counts() -> None:
    made = keir(
        percent("2022-09-01", "40", "28"),
        percent("2023-01-15", "50", None),
        percent("2023-09-01", "60", "35"),
        percent("2024-01-15", "50", None),
    )
    assert made.category == "IMPROVED", "DLCO from 28 to 35 %"
    fvc, dlco = made.evidence
    assert (fvc.baseline.date, fvc.follow_up.date) == (day("2023-01-15"), day("2024-01-15"))
    assert (dlco.baseline.date, dlco.follow_up.date) == (day("2022-09-01"), day("2023-09-01"))


def test_too_early_and_without_a_start() -> None:
    early = keir(*course("55", "30"), as_of="2023-07-31")
    assert early.verdict is Verdict.CANNOT_ASSESS
    assert [item.code for item in early.cautions] == ["TOO_EARLY"]
    assert keir(
        percent("2023-01-15", "50", "30"), percent("2023-08-01", "55", "30"), as_of="2023-08-01"
    ).category == ("IMPROVED")
    month = TherapyLine(id="l", drug="rituximab", start=PartialDate(2023, 2))
    assert [say(need) for need in keir(line=month).needs] == ["the day on which the line began"]
    assert assess(facts(), "RESPONSE_KEIR", day("2024-03-01")).verdict is Verdict.CANNOT_ASSESS


def test_an_excluded_test_and_a_later_one_are_not_used() -> None:
    tests = course("50", "30")
    excluded = percent("2023-12-01", "60", "40", excluded=True, exclusion_reason="infection")
    assert keir(*tests, excluded).category == "STABLE"
    later = percent("2023-12-01", "60", "40")
    assert keir(*tests, later, as_of="2023-11-30").category == "STABLE"
    assert keir(*tests, later).category == "IMPROVED"


def test_a_near_miss_before_the_start_is_told() -> None:
    made = keir(percent("2022-07-31", "50", "30"), percent("2023-11-01", "55", "30"))
    assert made.verdict is Verdict.CANNOT_ASSESS
    assert [say(item.text) for item in made.cautions if item.code == "NEAR_MISS"] == [
        "The test of 31.07.2022 lies 1 day before the window; with it the answer would be improved."
    ]
