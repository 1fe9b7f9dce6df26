"""Calendar arithmetic and partial dates."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate, Precision, add_months, completed_years, months_between

DATES = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("date", "months", "made"),
    [
        ("2024-02-29", -12, "2023-02-28"),
        ("2024-02-29", -24, "2022-02-28"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-01-31", 3, "2024-04-30"),
        ("2024-01-15", -1, "2023-12-15"),
        ("2023-12-15", 1, "2024-01-15"),
    ],
)
def test_months_keep_the_day_or_take_the_last(date: str, months: int, made: str) -> None:
    assert add_months(dt.date.fromisoformat(date), months) == dt.date.fromisoformat(made)


@given(DATES, st.integers(0, 600))
def test_months_between_counts_completed_months(date: dt.date, months: int) -> None:
    later = add_months(date, months)
    assert months_between(date, later) == months
    assert months_between(date, later + dt.timedelta(days=1)) in {months, months + 1}
    assert completed_years(date, later) == months // 12


def test_age_on_the_birthday() -> None:
    birth = dt.date(1970, 9, 18)
    assert completed_years(birth, dt.date(2026, 9, 17)) == 55
    assert completed_years(birth, dt.date(2026, 9, 18)) == 56


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "middle", "latest"),
    [
        ("2024", Precision.YEAR, "2024-01-01", "2024-07-01", "2024-12-31"),
        ("2024-02", Precision.MONTH, "2024-02-01", "2024-02-15", "2024-02-29"),
        ("2024-02-10", Precision.DAY, "2024-02-10", "2024-02-10", "2024-02-10"),
    ],
)
def test_partial_dates(text: str, precision: Precision, earliest: str, middle: str, latest: str) -> None:
    made = PartialDate.parse(text)
    assert str(made) == text
    assert made.precision is precision
    assert made.earliest.isoformat() == earliest
    assert made.middle.isoformat() == middle
    assert made.latest.isoformat() == latest
    assert (made.exact is not None) is (precision is Precision.DAY)


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2024-02-30", "2024-2", "12.03.2024", "2024-02-10x"])
def test_what_is_no_partial_date(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PartialDate.parse(text)


def test_a_day_needs_a_month() -> None:
    with pytest.raises(ValueError, match="needs a month"):
        PartialDate(2024, None, 3)


@given(DATES)
def test_a_day_as_a_partial_date(date: dt.date) -> None:
    made = PartialDate.of(date)
    assert made.exact == made.earliest == made.latest == date
    assert PartialDate.parse(str(made)) == made
