"""Reading single cells: numbers with either decimal mark and dates in the usual spellings, never by guess.

What a column (or the rest of the file) shows beyond doubt decides how its doubtful cells are read. What stays
doubtful is refused with the reason, because 1,234 read wrongly is a wrong test.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.interchange.table import Cell
from ctdild_desktop.language import say

_PLAIN = re.compile(r"[+-]?\d{1,10}\Z", re.ASCII)
_MARKED = re.compile(r"[+-]?(\d{1,10})([.,])(\d{1,17})\Z", re.ASCII)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{2}:\d{2}\S*)?\Z", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})(?: \d{2}:\d{2}\S*)?\Z", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?: \d{1,2}:\d{2}.*)?\Z", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})[- ,]{1,2}(\d{4})\Z", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}\Z", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})[./](\d{4})\Z", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOT_RECORDED = frozenset({"na", "n/a", "#n/a", "nan", "null", "none", "-", "–", "—", "."})


class CellError(ValueError):
    """Why one cell cannot be read, in a few words."""

    def __init__(self, text: str) -> None:
        super().__init__(say(text))


@dataclass(frozen=True, slots=True)
class Marks:
    """Which decimal marks cells use beyond doubt."""

    point: bool = False
    comma: bool = False


@dataclass(frozen=True, slots=True)
class DayOrder:
    """Whether cells such as 25/08/2008 show beyond doubt that the day (or the month) comes first."""

    day_first: bool = False
    month_first: bool = False


def is_blank(cell: Cell) -> bool:
    """Whether nothing is written in the cell."""
    return isinstance(cell, str) and not cell.strip()


def says_not_recorded(cell: Cell) -> bool:
    """Whether the cell says in words or by a dash that there is no value (``NA``, ``-`` ...)."""
    return isinstance(cell, str) and cell.strip().casefold() in _NOT_RECORDED


def marks_in(cells: Iterable[Cell]) -> Marks:
    """The decimal marks that are beyond doubt: 2,31 is; 2,310 may be a thousands mark and is not."""
    point = comma = False
    for cell in cells:
        if isinstance(cell, str) and (found := _MARKED.match(_bare(cell))) and not _doubtful(found):
            point = point or found[2] == "."
            comma = comma or found[2] == ","
    return Marks(point, comma)


def day_order_in(cells: Iterable[Cell]) -> DayOrder:
    """The order of day and month that the cells of one column show beyond doubt."""
    day_first = month_first = False
    for cell in cells:
        if isinstance(cell, str) and (found := _SLASHED.match(cell.strip())):
            first, second = int(found[1]), int(found[2])
            day_first = day_first or (first > 12 >= second)
            month_first = month_first or (second > 12 >= first)
    return DayOrder(day_first, month_first)


def read_number(cell: Cell, column: Marks, file: Marks, *, semicolons: bool = False) -> Decimal:
    """The exact number in a cell.

    Args:
        column: the marks of this column, which decide a doubtful cell first.
        file: the marks of all number columns, which decide when the column's own do not.
        semicolons: cells are parted by semicolons: with no other sign, a comma is then the decimal mark, and
            without semicolons the point is.

    Raises:
        CellError: not a number, a thousands mark, or doubtful.
    """
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, dt.date):
        raise CellError("a date, not a number")
    text = _bare(cell)
    if _PLAIN.match(text):
        return Decimal(text)
    found = _MARKED.match(text)
    if found is None:
        if re.fullmatch(r"[\d.,' \u00a0\u202f]+", text, re.ASCII):
            raise CellError("thousands marks are not read; write the digits with one decimal mark only")
        raise CellError("not a number")
    if _doubtful(found) and not _decimal_here(found[2], column, file, semicolons=semicolons):
        whole, _, rest = found.groups()
        raise CellError(
            say(
                "may mean {whole}.{rest} or {whole}{rest}; write it so that it can mean one thing only",
                whole=whole,
                rest=rest,
            )
        )
    return Decimal(text.replace(",", "."))


def read_whole(cell: Cell) -> int:
    """A whole number; raises CellError for anything else."""
    if isinstance(cell, dt.date):
        raise CellError("a date, not a number")
    try:
        number = cell if isinstance(cell, Decimal) else Decimal(_bare(cell).replace(",", "."))
        if number.is_finite() and number == number.to_integral_value() and abs(number) < 10**9:
            return int(number)
    except ArithmeticError:
        pass
    raise CellError("not a whole number")


def read_day(cell: Cell, order: DayOrder) -> dt.date:
    """A date known to the day.

    Raises:
        CellError: not a date, no such day, a two-digit year, or day and month cannot be told apart.
    """
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, Decimal):
        raise CellError("a number, not a date")
    text = cell.strip()
    if found := _ISO.match(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.match(text):
        return _date(int(found[3]), int(found[2]), int(found[1]))
    if (found := _NAMED.match(text)) and found[2][:3].lower() in _MONTHS:
        return _date(int(found[3]), _MONTHS.index(found[2][:3].lower()) + 1, int(found[1]))
    if found := _SLASHED.match(text):
        return _slashed(int(found[1]), int(found[2]), int(found[3]), order)
    if _SHORT_YEAR.match(text):
        raise CellError("a year of two digits; write all four")
    raise CellError("not a date; write it as 2026-03-12 or 12.03.2026")


def read_partial_date(cell: Cell, order: DayOrder) -> PartialDate:
    """A date known to the day, the month (``2019-03``, ``03.2019``) or the year; raises CellError."""
    text = str(cell).strip()
    try:
        if isinstance(cell, str) and (found := _MONTH_YEAR.match(text)):
            return PartialDate(int(found[2]), int(found[1]))
        if len(text) in {4, 7}:
            return PartialDate.parse(text)
    except ValueError:
        raise CellError("not a date; write it as 1958-03-12, 1958-03 or 1958") from None
    return PartialDate.of(read_day(cell, order))


def _bare(text: str) -> str:
    return text.strip().replace("\u2212", "-")


def _doubtful(found: re.Match[str]) -> bool:
    """Three digits after the mark and one to three (no leading zero) before it: perhaps a thousands mark."""
    return len(found[3]) == 3 and len(found[1]) <= 3 and not found[1].startswith("0")


def _decimal_here(mark: str, column: Marks, file: Marks, *, semicolons: bool) -> bool:
    for seen in (column, file):
        if seen.point != seen.comma:
            return seen.point if mark == "." else seen.comma
        if seen.point:
            return False
    return (mark == ",") == semicolons


def _slashed(first: int, second: int, year: int, order: DayOrder) -> dt.date:
    if first > 12 or (first == second) or (order.day_first and not order.month_first and second <= 12):
        return _date(year, second, first)
    if second > 12 or (order.month_first and not order.day_first):
        return _date(year, first, second)
    raise CellError(
        say(
            "may be day {first} of month {second} or the other way round; write it as {year}-MM-DD",
            first=first,
            second=second,
            year=year,
        )
    )


def _date(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise CellError("not a day of the calendar") from None
