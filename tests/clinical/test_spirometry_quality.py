"""Grades of spirometry and of the transfer factor at their limits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.inputs import InputError
from ctdild_desktop.clinical.records import DlcoUnit
from ctdild_desktop.clinical.spirometry_quality import (
    Blow,
    Breath,
    acceptability,
    dlco_grade,
    dlco_session,
    grade,
)
from ctdild_desktop.clinical.verdict import Verdict


def litres(text: str) -> list[Decimal]:
    return [Decimal(one) for one in text.split()]


@pytest.mark.parametrize(
    ("acceptable", "usable", "age", "letter"),
    [
        ("2.10 2.02 1.95", "", None, "A"),
        ("1.50 1.35", "", None, "B"),
        ("3.10 2.90 2.89", "", None, "C"),
        ("3.10 2.85", "", None, "D"),
        ("3.10 2.84 2.80", "", None, "E"),
        ("", "1.9", None, "U"),
        ("", "", None, "F"),
        ("2.4", "2.4 2.39", None, "E"),
        ("2.10 1.95 1.95", "", "40", "A"),
        ("2.10 1.949 1.90", "", "40", "C"),
        ("2.10 1.899", "", "40", "D"),
        ("2.10 1.849", "", "40", "E"),
        ("1.95 2.10 2.02", "", "40", "A"),
        ("0.90 0.80 0.70", "", "6", "A"),
        ("0.90 0.799 0.70", "", "6", "C"),
        ("0.90 0.75", "", "6", "C"),
        ("0.90 0.749", "", "6", "D"),
        ("0.90 0.699", "", "6", "E"),
        ("1.60 1.44 1.40", "", "5", "A"),
        ("1.60 1.439", "", "5", "D"),
        ("0.90 0.76 0.70", "", "6.01", "A"),
    ],
)
def test_spirometry_grades(acceptable: str, usable: str, age: str | None, letter: str) -> None:
    made = grade(litres(acceptable), litres(usable), age and Decimal(age))
    assert made.grade == letter
    assert made.because


def test_the_printed_difference_does_not_read_as_the_limit() -> None:
    made = grade(litres("2.1000 1.9498 1.9"))
    assert made.grade == "C"
    assert str(made.because[0]) == "3 acceptable manoeuvres, the two largest 0.1502 L apart."


@given(st.lists(st.decimals("0.3", "7", places=2), min_size=2, max_size=6))
def test_the_two_largest_alone_decide(volumes: list[Decimal]) -> None:
    first, second = sorted(volumes)[-1], sorted(volumes)[-2]
    letter = grade(volumes).grade
    assert letter == grade(list(reversed(volumes))).grade
    expected = {"A": "0.15", "B": "0.15", "C": "0.2", "D": "0.25", "E": "9"}
    assert first - second <= Decimal(expected[letter])
    if letter == "E":
        assert first - second > Decimal("0.25")


@pytest.mark.parametrize("bad", ["-0.1", "NaN", "Infinity"])
def test_volumes_that_cannot_be_are_refused(bad: str) -> None:
    with pytest.raises(InputError, match="A volume"):
        grade([Decimal("2.0"), Decimal(bad)])
    with pytest.raises(InputError, match="A volume"):
        grade([], [Decimal(bad)])


def test_a_negative_age_is_refused() -> None:
    with pytest.raises(InputError, match="Age cannot be below 0"):
        grade(litres("2.1 2.0"), (), -1)


GOOD: dict[str, Any] = {
    "fvc_l": Decimal("3.00"),
    "back_extrapolated_l": Decimal("0.150"),
    "cough_in_first_second": False,
    "glottic_closure": False,
    "leak_or_obstruction": False,
    "plateau": True,
}


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, Verdict.MET),
        ({"back_extrapolated_l": Decimal("0.151")}, Verdict.NOT_MET),
        ({"fvc_l": Decimal("1.50"), "back_extrapolated_l": Decimal("0.100")}, Verdict.MET),
        ({"fvc_l": Decimal("1.50"), "back_extrapolated_l": Decimal("0.101")}, Verdict.NOT_MET),
        ({"cough_in_first_second": True}, Verdict.NOT_MET),
        ({"glottic_closure": True}, Verdict.NOT_MET),
        ({"leak_or_obstruction": True}, Verdict.NOT_MET),
        ({"plateau": False, "expiration_s": Decimal(15)}, Verdict.MET),
        ({"plateau": False, "expiration_s": Decimal("14.9")}, Verdict.NOT_MET),
        ({"plateau": False}, Verdict.CANNOT_ASSESS),
        ({"plateau": None, "expiration_s": Decimal(15)}, Verdict.MET),
        ({"inspired_l": Decimal("3.15")}, Verdict.MET),
        ({"inspired_l": Decimal("3.151")}, Verdict.NOT_MET),
        ({"fvc_l": None}, Verdict.CANNOT_ASSESS),
        ({"fvc_l": None, "inspired_l": Decimal("3.1")}, Verdict.CANNOT_ASSESS),
        ({"glottic_closure": None}, Verdict.CANNOT_ASSESS),
        ({"glottic_closure": None, "cough_in_first_second": True}, Verdict.NOT_MET),
    ],
)
def test_acceptability(change: dict[str, Any], verdict: Verdict) -> None:
    made = acceptability(Blow(**(GOOD | change)))
    assert made.verdict is verdict
    assert bool(made.faults) is (verdict is Verdict.NOT_MET)
    assert bool(made.needs) is (verdict is Verdict.CANNOT_ASSESS)


@pytest.mark.parametrize(
    ("inspired", "held", "collected", "letter"),
    [
        ("90", "8", "4", "A"),
        ("90", "12", "4", "A"),
        ("89.9", "10", "4", "B"),
        ("85", "10", "4", "B"),
        ("84.9", "10", "4", "C"),
        ("80", "10", "5", "C"),
        ("95", "10", "4.1", "C"),
        ("79.9", "10", "4", "D"),
        ("95", "7.9", "4", "D"),
        ("95", "12.1", "4", "D"),
        ("95", "10", "5.1", "D"),
        ("79.9", "12.1", "5", "D"),
        ("79.9", "12.1", "5.1", "F"),
    ],
)
def test_dlco_grades(inspired: str, held: str, collected: str, letter: str) -> None:
    breath = Breath(vi_vc_pct=Decimal(inspired), breath_hold_s=Decimal(held), collection_s=Decimal(collected))
    assert dlco_grade(breath).grade == letter


@pytest.mark.parametrize(
    ("inspired", "va", "others", "letter"),
    [
        ("85", "4.00", ["4.20"], "A"),
        ("85", "4.00", ["4.22"], "B"),
        ("85", "5.00", ["5.26"], "A"),
        ("85", "5.00", ["4.76"], "B"),
        ("85", "5.00", ["4.0", "5.1"], "A"),
        ("84.9", "4.00", ["4.00"], "C"),
    ],
)
def test_a_smaller_inspiration_counts_when_the_volume_agrees(
    inspired: str, va: str, others: list[str], letter: str
) -> None:
    breath = Breath(
        vi_vc_pct=Decimal(inspired), breath_hold_s=Decimal(10), collection_s=Decimal(3), va_l=Decimal(va)
    )
    assert dlco_grade(breath, [Decimal(one) for one in others]).grade == letter


@pytest.mark.parametrize(
    ("values", "unit", "mean"),
    [
        ("14.0 16.0", DlcoUnit.TRADITIONAL, Fraction(15)),
        ("14.0 16.01", DlcoUnit.TRADITIONAL, None),
        ("14.0 15.9 15.0", DlcoUnit.TRADITIONAL, Fraction(1545, 100)),
        ("5.00 5.67", DlcoUnit.SI, Fraction(5335, 1000)),
        ("5.00 5.68", DlcoUnit.SI, None),
        ("14.0", DlcoUnit.TRADITIONAL, None),
        ("14.0 15.0 16.0", DlcoUnit.TRADITIONAL, Fraction(145, 10)),
    ],
)
def test_two_agreeing_manoeuvres_are_reported_as_their_mean(
    values: str, unit: DlcoUnit, mean: Fraction | None
) -> None:
    assert dlco_session(litres(values), unit) == mean
