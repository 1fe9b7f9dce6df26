"""Goh's stages: worked examples, boundaries, and which scan and FVC are taken from a record."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ctdild_desktop.clinical.goh import GohStage, classify, fvc_below_70, goh_of
from ctdild_desktop.clinical.inputs import InputError
from ctdild_desktop.clinical.verdict import Verdict
from tests.support.people import day, facts, percent, scan


@pytest.mark.parametrize(
    ("reading", "extent", "fvc", "stage"),
    [
        ("indeterminate", None, "70.0", "LIMITED"),
        ("indeterminate", None, "69.99", "EXTENSIVE"),
        ("below_20", None, "45", "LIMITED"),
        ("above_20", None, "95", "EXTENSIVE"),
        (None, "10", "82", "LIMITED"),
        (None, "30", "55", "EXTENSIVE"),
        (None, "25", None, "CANNOT_ASSESS"),
        (None, "9.99", None, "LIMITED"),
        (None, "30.01", None, "EXTENSIVE"),
        (None, "10", "69.9999", "EXTENSIVE"),
        (None, "30", "70", "LIMITED"),
        ("above_20", "9", None, "LIMITED"),
        ("below_20", "31", "90", "EXTENSIVE"),
        ("below_20", "20", "60", "EXTENSIVE"),
        (None, None, "60", "CANNOT_ASSESS"),
        ("indeterminate", None, None, "CANNOT_ASSESS"),
    ],
)
def test_stages(reading: str | None, extent: str | None, fvc: str | None, stage: str) -> None:
    made = classify(reading, extent and Decimal(extent), fvc and Decimal(fvc))
    assert made.stage.value == stage
    assert bool(made.needs) is (stage == "CANNOT_ASSESS")


def test_printed_numbers_stay_on_their_side_of_the_limit() -> None:
    made = classify("indeterminate", None, Decimal("69.996"))
    assert [str(one) for one in made.because] == [
        "Extent on HRCT read as indeterminate: FVC decides.",
        "FVC 69.996 % of predicted, below 70 %.",
    ]
    assert str(classify(None, Decimal("30.01")).because[0]) == "Extent on HRCT 30.01 %, above 30 %."


@pytest.mark.parametrize(
    ("reading", "extent", "fvc", "text"),
    [
        ("about_20", None, None, "about_20 is not a reading of the extent on HRCT."),
        (None, "100.1", None, "The extent on HRCT cannot be above 100."),
        (None, "-1", None, "The extent on HRCT cannot be below 0."),
        (None, "20", "NaN", "FVC in % predicted is not a number."),
        (None, "Infinity", "70", "The extent on HRCT is not a number."),
    ],
)
def test_what_cannot_be_is_refused(
    reading: str | None, extent: str | None, fvc: str | None, text: str
) -> None:
    with pytest.raises(InputError, match=f"^{text}$"):
        classify(reading, extent and Decimal(extent), fvc and Decimal(fvc))


def test_the_fvc_nearest_to_the_latest_scan_within_three_months() -> None:
    tests = (
        percent("2023-12-11", "90"),
        percent("2024-02-01", "65"),
        percent("2024-05-15", "75"),
        percent("2024-06-12", "71"),
    )
    old = scan("2022-01-01", "stable", extent_percent=Decimal(5))
    new = scan("2024-03-12", "stable", extent_percent=Decimal(20))
    unread = scan("2024-08-01", "stable")
    made = goh_of(facts(*tests, hrct=(new, old, unread)), day("2024-12-01"))
    assert made.stage is GohStage.EXTENSIVE
    assert str(made.because[-1]) == "HRCT of 2024-03-12, FVC of 2024-02-01."
    assert made.cautions == ()
    assert goh_of(facts(*tests, hrct=(new, old)), day("2024-03-01")).stage is GohStage.LIMITED
    only_late = goh_of(facts(tests[3], hrct=(new,)), day("2024-12-01"))
    assert only_late.stage is GohStage.LIMITED, "12 June is still within 3 months"
    too_early = goh_of(facts(tests[0], hrct=(new,)), day("2024-12-01"))
    assert too_early.stage is GohStage.CANNOT_ASSESS
    assert [str(need) for need in too_early.needs] == [
        "a usable FVC in % predicted within 3 months of the HRCT"
    ]


def test_of_two_equally_near_tests_the_earlier_counts() -> None:
    reading = scan("2024-03-15", "stable", extent_reading="indeterminate")
    tests = (percent("2024-03-20", "60"), percent("2024-03-10", "80"))
    assert goh_of(facts(*tests, hrct=(reading,)), day("2024-12-01")).stage is GohStage.LIMITED


def test_excluded_and_low_grade_tests() -> None:
    reading = scan("2024-03-15", "stable", extent_reading="indeterminate")
    tests = (percent("2024-03-15", "60", excluded=True), percent("2024-03-20", "80", fvc_grade="D"))
    made = goh_of(facts(*tests, hrct=(reading,)), day("2024-12-01"))
    assert made.stage is GohStage.LIMITED
    assert [caution.code for caution in made.cautions] == ["LOW_QUALITY"]


def test_another_disease_is_cautioned() -> None:
    reading = scan("2024-03-15", "stable", extent_reading="below_20")
    made = goh_of(facts(hrct=(reading,), diagnosis="RA"), day("2024-12-01"))
    assert made.stage is GohStage.LIMITED
    assert [caution.code for caution in made.cautions] == ["OTHER_DISEASE"]
    nothing = goh_of(facts(diagnosis="dcSSc"), day("2024-12-01"))
    assert [str(need) for need in nothing.needs] == ["the extent of disease on HRCT"]


@pytest.mark.parametrize(
    ("fvc", "answer"),
    [("69.99", Verdict.MET), ("70", Verdict.NOT_MET), (None, Verdict.CANNOT_ASSESS)],
)
def test_fvc_below_70(fvc: str | None, answer: Verdict) -> None:
    assert fvc_below_70(fvc and Decimal(fvc)) is answer
