"""Response to a therapy line by the review's gains."""

from __future__ import annotations

import pytest

from ctdild_desktop.clinical.criteria import (
    CRITERIA,
    assess,
    criterion,
    facts_for_line,
    line_criteria,
    strip_criteria,
)
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Pft, TherapyLine
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.clinical.wording import say
from tests.support.people import day, facts, percent

LINE = TherapyLine(id="l", drug="rituximab", start=PartialDate(2023, 2, 1))


def response(*tests: Pft, line: TherapyLine = LINE, as_of: str = "2023-11-01") -> Assessment:
    return assess(facts_for_line(facts(*tests), line), "RESPONSE_REVIEW", day(as_of))


@pytest.mark.parametrize(
    ("fvc", "dlco", "category"),
    [
        ("55.0", "34.5", "NO_RESPONSE"),
        ("55.01", "34.5", "FVC_RESPONSE"),
        ("55.0", "34.51", "DLCO_RESPONSE"),
        ("55.01", "34.51", "FVC_AND_DLCO_RESPONSE"),
        ("55.01", None, "FVC_RESPONSE"),
        ("55.0", None, None),
    ],
)
def test_gains_are_strict(fvc: str, dlco: str | None, category: str | None) -> None:
    made = response(percent("2022-12-01", "50", "30"), percent("2023-09-01", fvc, dlco))
    assert made.category == category
    assert made.verdict is (
        Verdict.CANNOT_ASSESS
        if category is None
        else Verdict.NOT_MET
        if category == "NO_RESPONSE"
        else Verdict.MET
    )


def test_marked_response_needs_fev1_as_well() -> None:
    before = percent("2022-12-01", "50", "30", fev1_pct_pred="55")
    marked = response(before, percent("2023-09-01", "65.1", "39.1", fev1_pct_pred="71.6"))
    assert marked.category == "MARKED_RESPONSE"
    assert "FEV1 55.00 %" in say(marked.because[2])
    without = response(before, percent("2023-09-01", "65.1", "39.1"))
    assert without.category == "FVC_AND_DLCO_RESPONSE"


@pytest.mark.parametrize(
    ("before", "after", "known"),
    [
        ("2022-06-01", "2023-05-01", True),
        ("2022-05-31", "2023-05-01", False),
        ("2023-02-01", "2023-05-01", True),
        ("2022-06-01", "2023-04-30", False),
    ],
)
def test_windows_before_and_after(before: str, after: str, known: bool) -> None:
    made = response(percent(before, "50", "30"), percent(after, "60", "36"))
    assert (made.category is not None) is known
    if not known and before == "2022-05-31":
        assert "NEAR_MISS" in {caution.code for caution in made.cautions}
    if not known:
        assert made.needs


def test_the_latest_tests_before_and_after_count() -> None:
    made = response(
        percent("2022-07-01", "40", "20"),
        percent("2023-01-15", "50", "30"),
        percent("2023-06-01", "70", "60"),
        percent("2023-09-01", "51", "30"),
        percent("2023-11-02", "90", "80"),
    )
    assert made.category == "NO_RESPONSE"
    assert made.evidence[0].baseline.date == day("2023-01-15")
    assert made.evidence[0].follow_up.date == day("2023-09-01")
    assert made.title == "Response to Rituximab"


def test_a_start_known_only_to_the_month_cannot_be_used() -> None:
    line = TherapyLine(id="l", drug="rituximab", start=PartialDate(2023, 2))
    made = response(percent("2022-12-01", "50", "30"), percent("2023-09-01", "60", "36"), line=line)
    assert made.verdict is Verdict.CANNOT_ASSESS
    assert [say(need) for need in made.needs] == ["the day on which the line began"]


def test_the_fixed_order_of_criteria() -> None:
    assert [known.id for known in CRITERIA] == [
        "REVIEW_FVC_DECLINE",
        "REVIEW_DLCO_DECLINE",
        "PPF2022",
        "INBUILD",
        "OMERACT",
        "ERICE",
        "RELIEF",
        "EUSTAR",
        "MCID_SSC",
        "PFILD_COTTIN18",
        "RESPONSE_KEIR",
        "RESPONSE_REVIEW",
    ]
    assert [known.id for known in strip_criteria()] == [
        "REVIEW_FVC_DECLINE",
        "REVIEW_DLCO_DECLINE",
        "PPF2022",
        "INBUILD",
        "OMERACT",
        "ERICE",
        "RELIEF",
        "EUSTAR",
        "MCID_SSC",
    ]
    assert [known.id for known in line_criteria()] == ["RESPONSE_KEIR", "RESPONSE_REVIEW"]
    assert criterion("PPF2022").window_months == 12
    with pytest.raises(KeyError):
        criterion("HOROSCOPE")
