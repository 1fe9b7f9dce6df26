"""Reading what people type: numbers with comma or point, and dates in the short forms of a clinic day.

Nothing is guessed: a text that could mean two things is refused with the question that would settle it.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.language import say

_DIGITS = re.compile(r"[0-9]+(?:[.,][0-9]+)?\Z")
_LONGEST = 15
_BACK = re.compile(r"-([0-9]{1,4})\Z")
_AHEAD = re.compile(r"\+([0-9]{1,3})\Z")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\Z")
_FULL = re.compile(r"([0-9]{1,2})[./ -]([0-9]{1,2})[./ -]([0-9]{4})\Z")
_SHORT = re.compile(r"([0-9]{1,2})[./ -]([0-9]{1,2})[./]?\Z")
_TWO_DIGIT_YEAR = re.compile(r"[0-9]{1,2}[./ -][0-9]{1,2}[./ -][0-9]{2}\Z|[0-9]{6}\Z")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})[./ -]([0-9]{4})\Z")
_ISO_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})\Z")
_YEAR = re.compile(r"[0-9]{4}\Z")


class EntryError(ValueError):
    """A typed text cannot be read; the text of the error says why in one sentence for the user."""

    def __init__(self, text: str) -> None:
        super().__init__(say(text))


def parse_number(text: str) -> Decimal:
    """The exact decimal that was typed; comma and point are both decimal marks.

    Thousands separators are refused, because ``1.234,5`` and ``1,234.5`` read as each other is a factor of a
    thousand. The digits are kept as typed (``2.30`` stays ``2.30``).

    Raises:
        EntryError: the text is empty or is not one plain number.
    """
    typed = text.strip().replace("\u2212", "-")
    sign = ""
    if typed[:1] in {"-", "+"}:
        sign, typed = typed[0], typed[1:]
    if not typed:
        raise EntryError("A number is needed.")
    if _DIGITS.match(typed) and len(typed) <= _LONGEST:
        return Decimal(sign + typed.replace(",", "."))
    if len(typed) > _LONGEST:
        raise EntryError("The number has too many digits.")
    if re.match(r"[0-9]{1,3}(?:[., '\u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?\Z", typed):
        raise EntryError("Write the number without thousands separators.")
    if re.match(r"[.,][0-9]+\Z", typed):
        raise EntryError("Write the zero before the decimal mark.")
    raise EntryError("This is not a number.")


def asks_thousands(text: str) -> bool:
    """Whether a number could be meant in thousands: three decimals after one to three digits (``1.234``)."""
    return re.match(r"[1-9][0-9]{0,2}[.,][0-9]{3}\Z", text.strip()) is not None


def parse_date_entry(text: str, *, today: dt.date, month_first: bool = False) -> dt.date:
    """The day that a short entry means.

    ``t`` (today) and ``h`` (hoy, heute) are today and ``-3`` three days ago; ``12.3``, ``12.03`` and ``1203``
    are that day of the last twelve months (the latest one that is not in the future); ``12.03.2026``,
    ``12032026`` and ``2026-03-12`` are themselves. ``month_first`` reads month before day where the site
    writes so.

    Raises:
        EntryError: the text is empty, has a two-digit year, or names no day of the calendar.
    """
    typed = text.strip().lower()
    if not typed:
        raise EntryError("A date is needed.")
    if typed in {"t", "h"}:
        return today
    back = _BACK.match(typed)
    if back is not None:
        return today - dt.timedelta(days=int(back.group(1)))
    iso = _ISO.match(typed)
    if iso is not None:
        return _day(int(iso.group(1)), int(iso.group(2)), int(iso.group(3)), text)
    if _TWO_DIGIT_YEAR.match(typed):
        raise EntryError("Write the year with four digits.")
    full = _FULL.match(typed)
    if full is not None:
        first, second, year = (int(part) for part in full.groups())
        day, month = (second, first) if month_first else (first, second)
        return _day(year, month, day, text)
    if re.match(r"[0-9]{8}\Z", typed):
        first, second, year = int(typed[:2]), int(typed[2:4]), int(typed[4:])
        day, month = (second, first) if month_first else (first, second)
        return _day(year, month, day, text)
    parts = (typed[:2], typed[2:]) if re.match(r"[0-9]{4}\Z", typed) else None
    short = _SHORT.match(typed)
    if short is not None:
        parts = (short.group(1), short.group(2))
    if parts is None:
        raise EntryError(say("{text!r} is not a date.", text=text.strip()))
    first, second = int(parts[0]), int(parts[1])
    day, month = (second, first) if month_first else (first, second)
    return _latest(day, month, today, text)


def parse_day_ahead(text: str, *, today: dt.date, month_first: bool = False) -> dt.date:
    """The coming day that a short entry means: ``+14`` is in two weeks, ``12.3`` the next 12 March.

    Raises:
        EntryError: as :func:`parse_date_entry`.
    """
    typed = text.strip()
    ahead = _AHEAD.match(typed)
    if ahead is not None:
        return today + dt.timedelta(days=int(ahead.group(1)))
    found = parse_date_entry(text, today=today, month_first=month_first)
    if found > today or not (_SHORT.match(typed) or _YEAR.match(typed)):
        return found
    for year in range(today.year, today.year + 9):
        if found.day <= calendar.monthrange(year, found.month)[1]:
            coming = dt.date(year, found.month, found.day)
            if coming > today:
                return coming
    return found


def parse_partial(text: str, *, today: dt.date, month_first: bool = False) -> PartialDate:
    """A date known to the day, the month (``03.2019``, ``2019-03``) or the year (``2019``).

    Raises:
        EntryError: the text is empty or names no date.
    """
    typed = text.strip()
    if _YEAR.match(typed) and 1900 <= int(typed) <= today.year + 1:
        return PartialDate(int(typed))
    for pattern, month_group, year_group in ((_MONTH_YEAR, 1, 2), (_ISO_MONTH, 2, 1)):
        found = pattern.match(typed)
        if found is not None:
            month = int(found.group(month_group))
            if not 1 <= month <= 12:
                raise EntryError(say("There is no month {month}.", month=month))
            return PartialDate(int(found.group(year_group)), month)
    return PartialDate.of(parse_date_entry(text, today=today, month_first=month_first))


def _day(year: int, month: int, day: int, typed: str) -> dt.date:
    if not 1900 <= year <= 2200:
        raise EntryError(say("The year {year} cannot be meant.", year=year))
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise EntryError(say("{typed!r} is not a day of the calendar.", typed=typed.strip())) from None


def _latest(day: int, month: int, today: dt.date, typed: str) -> dt.date:
    """The latest such day that is not in the future; 29 February may lie up to eight years back."""
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2000, month)[1]:
        raise EntryError(say("{typed!r} is not a day of the calendar.", typed=typed.strip()))
    for year in range(today.year, today.year - 9, -1):
        if day <= calendar.monthrange(year, month)[1] and dt.date(year, month, day) <= today:
            return dt.date(year, month, day)
    raise EntryError(say("{typed!r} is not a day of the calendar.", typed=typed.strip()))
