"""RELIEF: the exact slope, how many tests and how long, one reference set, applicability."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ctdild_desktop.clinical.criteria import assess
from ctdild_desktop.clinical.criteria.relief import slope_a_year
from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.clinical.wording import say
from tests.support.people import day, facts, percent, pft

AS_OF = day("2024-04-02")
FIRST = day("2022-04-02")


def ask(*tests: Pft, **values: Any) -> Assessment:
    return assess(facts(*tests, **values), "RELIEF", AS_OF)


def codes(made: Assessment) -> set[str]:
    return {caution.code for caution in made.cautions}


@pytest.mark.parametrize(
    ("last", "verdict"),
    [("70", Verdict.MET), ("70.000001", Verdict.NOT_MET), ("69.999999", Verdict.MET)],
)
def test_exactly_five_points_a_year_is_enough(last: str, verdict: Verdict) -> None:
    """730.5 days are two years of 365.25; four tests at 0, 1 and 730, 731 days have that between their means.

    Two values 80 and two values v: least squares gives (80 - v) * 730 / (730² + 1) a day, so that v is chosen
    for 5 a year and then moved by the last place.
    """
    fall = Fraction(5 * 4, 1461) * (730 * 730 + 1) / 730
    v = 80 - fall + (Fraction(Decimal(last)) - 70)
    days = (0, 1, 730, 731)
    points = [
        (FIRST + dt.timedelta(days=when), value)
        for when, value in zip(days, (Fraction(80), Fraction(80), v, v), strict=True)
    ]
    slope = slope_a_year(points)
    assert (slope <= -5) is (verdict is Verdict.MET)
    assert (slope == -5) is (last == "70")


def test_the_slope_of_three_tests_a_year_apart() -> None:
    made = ask(percent("2023-01-10", "80"), percent("2023-07-11", "77.5"), percent("2024-01-10", "75"))
    assert made.verdict is Verdict.MET
    assert say(made.because[0]) == (
        "3 FVC tests from 10.01.2023 to 10.01.2024: slope −5.003 points of % predicted a year by least "
        "squares; limit: −5 or a steeper fall."
    )
    assert made.key is not None
    assert say(made.key) == "−5.003 points/y"
    assert ask(
        percent("2023-01-10", "80"), percent("2023-07-11", "77.5"), percent("2024-01-10", "75.01")
    ).verdict is (Verdict.NOT_MET)


@given(
    points=st.lists(
        st.tuples(st.integers(0, 730), st.integers(3000, 12000)),
        min_size=3,
        max_size=20,
        unique_by=lambda item: item[0],
    )
)
def test_the_slope_agrees_with_numpy(points: list[tuple[int, int]]) -> None:
    days = np.array([item[0] for item in points], dtype=float)
    assume(days.max() - days.min() > 30)
    values = np.array([item[1] / 100 for item in points])
    expected = np.polyfit(days - days.mean(), values, 1)[0] * 365.25
    made = slope_a_year([(FIRST + dt.timedelta(days=when), Fraction(value, 100)) for when, value in points])
    assert float(made) == pytest.approx(expected, rel=1e-7, abs=1e-7)


def test_three_tests_are_required() -> None:
    two = (percent("2023-01-10", "80"), percent("2024-01-10", "60"))
    for count, code in (
        (0, "NO_TEST_IN_WINDOW"),
        (1, "ONLY_ONE_TEST_IN_WINDOW"),
        (2, "ONLY_TWO_TESTS_IN_WINDOW"),
    ):
        made = ask(*two[:count])
        assert (made.verdict, codes(made)) == (Verdict.CANNOT_ASSESS, {code})
        assert [say(need) for need in made.needs] == [
            "three usable FVC tests in % predicted since 02.04.2022"
        ]
    same_day = percent("2024-01-10", "61", entered=1)
    assert ask(*two, same_day).verdict is Verdict.CANNOT_ASSESS, "two tests of one day are one visit"
    litres = pft("2023-06-10", fvc_l="2.2")
    assert ask(*two, litres).verdict is Verdict.CANNOT_ASSESS
    excluded = percent("2023-06-10", "70", excluded=True, exclusion_reason="infection")
    assert ask(*two, excluded).verdict is Verdict.CANNOT_ASSESS
    assert ask(*two, percent("2023-06-10", "70")).verdict is Verdict.MET


@pytest.mark.parametrize(("last", "found"), [("2024-03-31", True), ("2024-03-30", False)])
def test_they_span_at_least_six_calendar_months(last: str, found: bool) -> None:
    """Six months after 30 September is 30 March; after 1 October it is 1 April."""
    made = ask(
        percent("2023-09-30" if found else "2023-10-01", "80"),
        percent("2023-12-01", "70"),
        percent(last, "60"),
    )
    assert (made.verdict is Verdict.MET) is found
    if not found:
        assert codes(made) == {"SPAN_TOO_SHORT"}
        assert [say(need) for need in made.needs] == ["a usable FVC on or after 01.04.2024"]


def test_one_reference_set() -> None:
    tests = [percent("2023-01-10", "80"), percent("2023-07-10", "70"), percent("2024-01-10", "60")]
    other = percent("2023-07-10", "70", reference_set="ECSC93")
    made = ask(tests[0], other, tests[2])
    assert (made.verdict, codes(made)) == (Verdict.CANNOT_ASSESS, {"NOT_COMPARABLE"})
    unnamed = percent("2023-07-10", "70", reference_set=None)
    made = ask(tests[0], unnamed, tests[2])
    assert made.verdict is Verdict.MET
    assert "REFERENCE_SET_UNKNOWN" in codes(made)


def test_applicability_and_unknown_fibrosis() -> None:
    steep = (percent("2023-01-10", "80"), percent("2023-07-10", "70"), percent("2024-01-10", "60"))
    level = (percent("2023-01-10", "80"), percent("2023-07-10", "80"), percent("2024-01-10", "80"))
    assert ask(*steep, fibrosis=False).verdict is Verdict.NOT_APPLICABLE
    assert ask(*steep, diagnosis="IPF").verdict is Verdict.NOT_APPLICABLE
    assert ask(*steep, fibrosis=None).verdict is Verdict.CANNOT_ASSESS
    assert ask(*level, fibrosis=None).verdict is Verdict.NOT_MET
    assert ask(*steep, diagnosis=None).verdict is Verdict.MET


def test_order_window_and_near_miss() -> None:
    tests = [percent("2022-04-02", "80"), percent("2023-07-10", "70"), percent("2024-01-10", "60")]
    expected = ask(*tests)
    assert expected.verdict is Verdict.MET
    random.Random(3).shuffle(tests)
    assert ask(*tests) == expected
    missed = ask(percent("2022-04-01", "80"), percent("2023-07-10", "70"), percent("2024-01-10", "60"))
    assert missed.verdict is Verdict.CANNOT_ASSESS
    assert "NEAR_MISS" in codes(missed)


def test_low_quality_is_told() -> None:
    tests = (
        percent("2023-01-10", "80"),
        percent("2023-07-10", "70", fvc_grade="D"),
        percent("2024-01-10", "60"),
    )
    assert codes(ask(*tests)) == {"LOW_QUALITY"}
