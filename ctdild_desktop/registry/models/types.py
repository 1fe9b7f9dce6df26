"""Column types that keep values exactly as they were given, on SQLite as on PostgreSQL."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Boolean, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import MappedColumn, mapped_column
from sqlalchemy.types import TypeDecorator

from ctdild_desktop.registry.errors import DamagedError

T = TypeVar("T")


def _read(reader: Callable[[str], T], value: str) -> T:
    """A stored text as a value; its words never reach a message, because it may be a patient's."""
    try:
        return reader(value)
    except (ValueError, TypeError, ArithmeticError):
        raise DamagedError(
            "The registry holds a value that this program did not write.", "Verify it, then restore a backup."
        ) from None


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal stored as text, digit for digit: ``Decimal("2.30")`` comes back as ``Decimal("2.30")``.

    Raises:
        TypeError: a float is given, which could not be exact.
        ValueError: the value is infinite or not a number.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError("a measurement is stored as a Decimal")
        if not value.is_finite():
            raise ValueError("a measurement is a finite number")
        return format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else _read(Decimal, value)

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether two values are the same: 2.30 in place of 2.3 is a change that is written."""
        return bool(x == y) and str(x) == str(y)


class UtcInstant(TypeDecorator[dt.datetime]):
    """A moment stored as ISO text in UTC with microseconds, so that text order is time order.

    Raises:
        ValueError: a moment without a time zone is given.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dt.datetime | None:
        return None if value is None else _read(dt.datetime.fromisoformat, value)


def instant_text(moment: dt.datetime) -> str:
    """The text that :class:`UtcInstant` stores; raises ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Codes(TypeDecorator[tuple[Any, ...]]):
    """A short list of codes, stored as a JSON list, read back as a tuple; never NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Any, ...] | None, dialect: Dialect) -> str:
        return json.dumps(list(value), ensure_ascii=False, separators=(",", ":")) if value else "[]"

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Any, ...]:
        return () if value is None or value == "[]" else tuple(_read(json.loads, value))


class Pairs(Codes):
    """A short list of pairs of texts, stored as a JSON list of lists, read back as tuples; never NULL."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[tuple[str, str], ...]:
        return () if value is None or value == "[]" else _read(_pairs_of, value)


def _pairs_of(value: str) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in json.loads(value))


class Items(Codes):
    """A short list of small values, stored as a JSON list of objects, read back as maps; never NULL."""

    cache_ok = True


class PartialDay(TypeDecorator[str]):
    """A date known to the day, the month or the year: ``2019-03-12``, ``2019-03`` or ``2019``."""

    impl = Text
    cache_ok = True


class FieldTexts(TypeDecorator[dict[str, str]]):
    """Texts by field name, stored as a JSON object."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, str] | None, dialect: Dialect) -> str:
        return json.dumps(value or {}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, str]:
        found: Any = _read(json.loads, value) if value else {}
        return {str(name): str(text) for name, text in found.items()}


def flag(name: str) -> Boolean:
    """A yes/no column called ``name`` that SQLite, too, limits to yes, no and not recorded."""
    return Boolean(create_constraint=True, name=name)


def free_text() -> MappedColumn[str]:
    """A column of text that is empty when nothing is written, also for a row of before the column."""
    return mapped_column(Text, default="", server_default="")


def listed(kind: type[Codes]) -> MappedColumn[Any]:
    """A column of a short list that is empty when nothing is written, also for a row of before the column."""
    return mapped_column(kind, default=(), server_default="[]")
