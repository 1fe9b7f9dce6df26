"""What people type, and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.entry import (
    EntryError,
    asks_thousands,
    parse_date_entry,
    parse_day_ahead,
    parse_number,
    parse_partial,
)

TODAY = dt.date(2026, 3, 12)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2.31", "2.31"),
        ("2,31", "2.31"),
        (" 2.30 ", "2.30"),
        ("-0,5", "-0.5"),
        ("−0.5", "-0.5"),
        ("128", "128"),
        ("+3", "3"),
    ],
)
def test_comma_and_point_are_decimal_marks(typed: str, value: str) -> None:
    assert str(parse_number(typed)) == value


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "needed"),
        ("   ", "needed"),
        ("-", "needed"),
        ("1.234,5", "thousands"),
        ("1,234.5", "thousands"),
        ("1 234", "thousands"),
        ("1'234", "thousands"),
        ("2..3", "not a number"),
        ("2.31 L", "not a number"),
        ("1e3", "not a number"),
        ("nan", "not a number"),
        ("inf", "not a number"),
        ("٢", "not a number"),
        (".5", "zero before"),
        ("2.", "not a number"),
        ("1" * 16, "too many digits"),
    ],
)
def test_what_is_not_one_plain_number_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(EntryError, match=reason):
        parse_number(typed)


@given(st.decimals(0, 99999, places=3))
def test_every_typed_decimal_comes_back_exactly(value: Decimal) -> None:
    text = f"{value:f}"
    assert parse_number(text) == value
    assert parse_number(text.replace(".", ",")) == value


def test_three_decimals_may_be_thousands() -> None:
    assert asks_thousands("1.234")
    assert asks_thousands("1,234")
    assert not asks_thousands("0.234")
    assert not asks_thousands("2.31")
    assert not asks_thousands("1234")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("t", "2026-03-12"),
        ("T", "2026-03-12"),
        ("-1", "2026-03-11"),
        ("-0", "2026-03-12"),
        ("12.3", "2026-03-12"),
        ("12.3.", "2026-03-12"),
        ("1203", "2026-03-12"),
        ("13.3", "2025-03-13"),
        ("31/12", "2025-12-31"),
        ("29.2", "2024-02-29"),
        ("12.03.2026", "2026-03-12"),
        ("1.2.2019", "2019-02-01"),
        ("12032026", "2026-03-12"),
        ("2026-03-12", "2026-03-12"),
        ("2027-01-01", "2027-01-01"),
    ],
)
def test_short_dates_mean_the_latest_such_day(typed: str, day: str) -> None:
    assert parse_date_entry(typed, today=TODAY) == dt.date.fromisoformat(day)


def test_month_first() -> None:
    assert parse_date_entry("3/12/2026", today=TODAY, month_first=True) == TODAY
    assert parse_date_entry("0312", today=TODAY, month_first=True) == TODAY
    assert parse_date_entry("03122026", today=TODAY, month_first=True) == TODAY


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "needed"),
        ("12.03.26", "four digits"),
        ("120326", "four digits"),
        ("31.02.2026", "not a day"),
        ("31.4", "not a day"),
        ("30.2", "not a day"),
        ("0.1", "not a day"),
        ("1.13", "not a day"),
        ("yesterday", "not a date"),
        ("12.03.1026", "1026"),
    ],
)
def test_dates_that_are_refused(typed: str, reason: str) -> None:
    with pytest.raises(EntryError, match=reason):
        parse_date_entry(typed, today=TODAY)


@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("+14", dt.date(2026, 3, 26)),
        ("20.3", dt.date(2026, 3, 20)),
        ("1203", dt.date(2027, 3, 12)),
        ("11/3", dt.date(2027, 3, 11)),
        ("29.2", dt.date(2028, 2, 29)),
        ("01.04.2026", dt.date(2026, 4, 1)),
        ("01.02.2026", dt.date(2026, 2, 1)),
    ],
)
def test_a_short_date_ahead_is_the_next_such_day(typed: str, date: dt.date) -> None:
    assert parse_day_ahead(typed, today=TODAY) == date


@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("2019", PartialDate(2019)),
        ("03.2019", PartialDate(2019, 3)),
        ("3/2019", PartialDate(2019, 3)),
        ("2019-03", PartialDate(2019, 3)),
        ("12.03.2019", PartialDate(2019, 3, 12)),
        ("1203", PartialDate(2026, 3, 12)),
    ],
)
def test_partial_dates(typed: str, date: PartialDate) -> None:
    assert parse_partial(typed, today=TODAY) == date


def test_a_month_that_is_none() -> None:
    with pytest.raises(EntryError, match="no month 13"):
        parse_partial("13.2019", today=TODAY)


@given(
    st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)), st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31))
)
def test_day_and_month_never_land_in_the_future(today: dt.date, day: dt.date) -> None:
    found = parse_date_entry(f"{day.day}.{day.month}", today=today)
    assert found <= today
    assert (found.day, found.month) == (day.day, day.month)


@pytest.mark.parametrize("mark", [".", ","])
def test_numbers_are_read_the_same_wherever_one_is(mark: str) -> None:
    """Under en, es, de and fr: comma and point are decimal marks, and thousands signs are refused."""
    before = wording.style()
    wording.use_style(wording.Style(decimal_mark=mark))
    try:
        assert parse_number("2,31") == parse_number("2.31") == Decimal("2.31")
        for text in ("1.234,5", "1,234.5", "1 234,5", "1'234.5"):
            with pytest.raises(EntryError, match="without thousands separators"):
                parse_number(text)
    finally:
        wording.use_style(before)


def test_h_is_today_as_t_is() -> None:
    today = dt.date(2026, 3, 12)
    assert parse_date_entry("h", today=today) == parse_date_entry("t", today=today) == today
