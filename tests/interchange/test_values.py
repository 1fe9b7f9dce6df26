"""Numbers and dates in cells: exact, in either spelling, and refused when they could mean two things."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.interchange.values import (
    CellError,
    DayOrder,
    Marks,
    day_order_in,
    is_blank,
    marks_in,
    read_day,
    read_number,
    read_partial_date,
    read_whole,
    says_not_recorded,
)

NONE = Marks()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2.31", "2.31"),
        ("2,31", "2.31"),
        (" 2.30 ", "2.30"),
        ("78", "78"),
        ("0,950", "0.950"),
        ("1.2345", "1.2345"),
    ],
)
def test_what_can_mean_one_thing_is_read_as_typed(text: str, value: str) -> None:
    assert str(read_number(text, NONE, NONE)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1e3",
        "NaN",
        "inf",
        "1.234,5",
        "1,234.5",
        "1 234",
        "1'234",
        "1.234.567",
        "<30",
        "２.31",
        ".5",
    ],
)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        read_number(text, Marks(point=True), Marks(point=True))


@pytest.mark.parametrize(
    ("text", "column", "file", "semicolons", "value"),
    [
        ("2,310", Marks(comma=True), NONE, False, "2.310"),
        ("2.310", Marks(comma=True), NONE, False, None),
        ("2.310", Marks(point=True), NONE, True, "2.310"),
        ("2,310", Marks(point=True), Marks(comma=True, point=True), True, None),
        ("2,310", NONE, Marks(comma=True), False, "2.310"),
        ("2.310", NONE, Marks(comma=True), False, None),
        ("2.310", Marks(point=True, comma=True), NONE, False, None),
        ("2,310", Marks(point=True, comma=True), NONE, True, None),
        ("2.310", NONE, NONE, False, "2.310"),
        ("2,310", NONE, NONE, False, None),
        ("2,310", NONE, NONE, True, "2.310"),
        ("2.310", NONE, NONE, True, None),
    ],
)
def test_a_doubtful_mark_is_settled_by_the_column_then_the_file_then_the_semicolons(
    text: str, column: Marks, file: Marks, semicolons: bool, value: str | None
) -> None:
    if value is None:
        with pytest.raises(CellError, match=r"may mean 2\.310 or 2310"):
            read_number(text, column, file, semicolons=semicolons)
    else:
        assert str(read_number(text, column, file, semicolons=semicolons)) == value


def test_marks_beyond_doubt_are_counted_and_doubtful_ones_are_not() -> None:
    assert marks_in(["2,310", "1.500", "x", Decimal("1.5")]) == NONE
    assert marks_in(["2,310", "2,3"]) == Marks(comma=True)
    assert marks_in(["0.950", "10,25"]) == Marks(point=True, comma=True)


@settings(deadline=None)
@given(st.decimals(0, 300, places=2), st.booleans())
def test_two_decimals_are_read_exactly_with_either_mark(value: Decimal, comma: bool) -> None:
    text = str(value).replace(".", ",") if comma else str(value)
    assert read_number(text, NONE, NONE) == value


def number_or_reason(text: str) -> Decimal | str:
    try:
        return read_number(text, NONE, NONE)
    except CellError as refused:
        return str(refused)


@settings(deadline=None)
@given(st.text(max_size=12))
def test_any_text_gives_a_finite_number_or_a_reason(text: str) -> None:
    found = number_or_reason(text)
    assert found.is_finite() if isinstance(found, Decimal) else found


@pytest.mark.parametrize(("cell", "value"), [("6", 6), ("6.0", 6), (Decimal("-3"), -3), ("−3", -3)])
def test_whole_numbers(cell: str | Decimal, value: int) -> None:
    assert read_whole(cell) == value


@pytest.mark.parametrize("cell", ["6.5", "six", "", "1e99", "NaN", dt.date(2020, 1, 1)])
def test_anything_else_is_no_whole_number(cell: str | dt.date) -> None:
    with pytest.raises(CellError):
        read_whole(cell)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-12",
        "2026/03/12",
        "2026-03-12T08:30:00",
        "2026-03-12 00:00:00",
        "12.03.2026",
        "12.3.2026",
        "12. 3. 2026",
        "12-Mar-2026",
        "12 March 2026",
    ],
)
def test_the_usual_spellings_of_a_day(text: str) -> None:
    assert read_day(text, DayOrder()) == dt.date(2026, 3, 12)


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("25/08/2008", DayOrder(), dt.date(2008, 8, 25)),
        ("08/25/2008", DayOrder(), dt.date(2008, 8, 25)),
        ("05/05/2008", DayOrder(), dt.date(2008, 5, 5)),
        ("05/08/2008", DayOrder(day_first=True), dt.date(2008, 8, 5)),
        ("05/08/2008", DayOrder(month_first=True), dt.date(2008, 5, 8)),
        ("05-08-2008", DayOrder(), None),
        ("05/08/2008", DayOrder(day_first=True, month_first=True), None),
    ],
)
def test_day_and_month_are_told_apart_by_the_column_or_refused(
    text: str, order: DayOrder, expected: dt.date | None
) -> None:
    if expected is None:
        with pytest.raises(CellError, match="may be day 5 of month 8"):
            read_day(text, order)
    else:
        assert read_day(text, order) == expected


def test_the_order_of_a_column() -> None:
    assert day_order_in(["05/08/2008", "25/08/2008"]) == DayOrder(day_first=True)
    assert day_order_in(["08/25/2008", "25/08/2008"]) == DayOrder(day_first=True, month_first=True)
    assert day_order_in(["05/08/2008", "12.30.2008"]) == DayOrder()


@pytest.mark.parametrize(
    "cell", ["12.03.26", "45000", Decimal(45000), "31.02.2026", "soon", "2026-13-01", "0000-01-01"]
)
def test_what_is_no_day_is_refused(cell: str | Decimal) -> None:
    with pytest.raises(CellError):
        read_day(cell, DayOrder())


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1958", PartialDate(1958)),
        (Decimal(1958), PartialDate(1958)),
        ("1958-03", PartialDate(1958, 3)),
        ("03.1958", PartialDate(1958, 3)),
        ("12.03.1958", PartialDate(1958, 3, 12)),
        (dt.date(1958, 3, 12), PartialDate(1958, 3, 12)),
    ],
)
def test_birth_dates_may_be_partial(cell: str | Decimal | dt.date, expected: PartialDate) -> None:
    assert read_partial_date(cell, DayOrder()) == expected


@pytest.mark.parametrize("cell", ["58", "1958-13", "13.1958", "unknown"])
def test_a_partial_date_that_is_none_is_refused(cell: str) -> None:
    with pytest.raises(CellError):
        read_partial_date(cell, DayOrder())


def test_blank_cells_and_words_for_no_value() -> None:
    assert is_blank("  ")
    assert not is_blank(Decimal(0))
    assert says_not_recorded("n/a")
    assert says_not_recorded(" NA ")
    assert not says_not_recorded("0")
