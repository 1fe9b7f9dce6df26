"""Dates and numbers as people read them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.verdict import Verdict, sentence


def test_dates_as_exactly_as_they_are_known() -> None:
    assert wording.day(dt.date(2026, 3, 2)) == "02.03.2026"
    assert wording.partial(PartialDate(2026, 3, 2)) == "02.03.2026"
    assert wording.partial(PartialDate(2026, 3)) == "03.2026"
    assert wording.partial(PartialDate(2026)) == "2026"


@pytest.mark.parametrize(
    ("style", "day", "month", "short"),
    [
        ("dd/mm/yyyy", "02/03/2026", "03/2026", "02/03"),
        ("mm/dd/yyyy", "03/02/2026", "03/2026", "03/02"),
        ("yyyy-mm-dd", "2026-03-02", "2026-03", "03-02"),
    ],
)
def test_other_styles(style: str, day: str, month: str, short: str) -> None:
    wording.use_style(wording.Style(date=style, decimal_mark=","))
    assert wording.day(dt.date(2026, 3, 2)) == day
    assert wording.partial(PartialDate(2026, 3)) == month
    assert wording.day_and_month(dt.date(2026, 3, 2)) == short
    assert wording.signed(Decimal("-11.64"), 1) == "−11,6"


def test_unknown_styles_are_refused() -> None:
    with pytest.raises(ValueError, match="date style"):
        wording.Style(date="d.m.y")
    with pytest.raises(ValueError, match="decimal mark"):
        wording.Style(decimal_mark="'")


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Decimal("64.385"), 2, "64.39"),
        (Decimal("-0.05"), 1, "−0.1"),
        (Decimal("-0.04"), 1, "0.0"),
        (2.675, 2, "2.68"),
        (Fraction(-29, 250), 3, "−0.116"),
        (Fraction(1, 3), 2, "0.33"),
        (Decimal("1E+3"), 0, "1000"),
    ],
)
def test_numbers_round_half_up_with_a_real_minus(
    value: Decimal | Fraction | float, places: int, text: str
) -> None:
    assert wording.number(value, places) == text


def test_signed_changes() -> None:
    assert wording.signed(Decimal("0.34"), 1) == "+0.3"
    assert wording.signed(Decimal("-11.64"), 1) == "−11.6"
    assert wording.signed(Decimal("0.01"), 1) == "0.0"


@given(st.decimals("-1e6", "1e6", places=6), st.integers(0, 4))
def test_fractions_and_decimals_round_alike(value: Decimal, places: int) -> None:
    assert wording.rounded(Fraction(value), places) == wording.rounded(value, places)
    assert abs(wording.rounded(value, places) - value) * 2 <= Decimal(1).scaleb(-places)


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2024-12-09", "2026-03-12", "15 months"),
        ("2026-02-12", "2026-03-12", "1 month"),
        ("2026-02-13", "2026-03-12", "27 days"),
        ("2026-03-11", "2026-03-12", "1 day"),
        ("2024-02-29", "2025-02-28", "12 months"),
    ],
)
def test_span(first: str, last: str, text: str) -> None:
    assert wording.span(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) == text


def test_a_sentence_for_people_and_for_the_command_line() -> None:
    made = sentence(
        "FVC {change} L on {date}, n {n}, {name}",
        change=Decimal("-0.30"),
        date=dt.date(2026, 3, 2),
        n=-1,
        name="x",
    )
    assert wording.say(made) == "FVC −0.30 L on 02.03.2026, n −1, x"
    assert str(made) == "FVC -0.30 L on 2026-03-02, n -1, x"
    with pytest.raises(KeyError):
        sentence("{missing}")


def test_verdict_words() -> None:
    assert [wording.verdict(answer) for answer in Verdict] == [
        "MET",
        "NOT MET",
        "CANNOT TELL",
        "NOT APPLICABLE",
    ]
