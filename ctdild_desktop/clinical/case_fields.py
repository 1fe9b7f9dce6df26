"""Reading the fields of a worked case: strict on kind and range, with words for whatever is wrong.

``None`` and an absent field both mean "not recorded". Numbers stay the exact decimals that were written.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_PARTIAL = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\Z")
_LONGEST = 40
"""Characters of a value that a message repeats."""
_DIGITS = 20
"""Digits of a number: more than any measurement has, fewer than arithmetic would round."""
_HIGHEST = Decimal(10) ** 7
_YEARS = (1850, 2200)


class CaseError(ValueError):
    """A case that cannot be read; the text is one sentence that says where and why."""


def shown(value: object) -> str:
    """A value of a file as it stands in a sentence, never longer than a few words."""
    text = value if isinstance(value, str) else "a list or object" if _nested(value) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _nested(value: object) -> bool:
    return isinstance(value, (Mapping, list, tuple))


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one object of a case; ``where`` names the object in messages: ``tests, entry 2: ``."""

    values: Mapping[str, object]
    where: str = ""

    @classmethod
    def of(cls, value: object, where: str = "") -> Fields:
        """The fields of a JSON object; raises CaseError for anything else."""
        if not isinstance(value, Mapping):
            raise CaseError(f"{where}an object is expected here, not {shown(value)}.")
        return cls(value, where)

    def fail(self, name: str, why: str) -> CaseError:
        """The error of one field."""
        return CaseError(f"{self.where}{name} {why}.")

    def has(self, name: str) -> bool:
        """Whether the field is there and is not null."""
        return self.values.get(name) is not None

    def need(self, name: str) -> object:
        """A field that must be there."""
        if not self.has(name):
            raise self.fail(name, "is missing")
        return self.values[name]

    def number(self, name: str, *, low: Decimal | None = Decimal(0), above: bool = False) -> Decimal | None:
        """A finite number, at least ``low`` or, with ``above``, more than it; exact as written."""
        value = self.values.get(name)
        return None if value is None else self._number(name, value, low=low, above=above)

    def numbers(self, name: str) -> tuple[Decimal, ...]:
        """A list of numbers of at least 0; empty when not recorded."""
        return tuple(
            self._number(f"{name}, entry {place},", value, low=Decimal(0), above=False)
            for place, value in enumerate(self.entries(name), start=1)
        )

    def _number(self, name: str, value: object, *, low: Decimal | None, above: bool) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise self.fail(name, f"is {shown(value)}, not a number")
        if isinstance(value, Decimal) and not value.is_finite():
            raise self.fail(name, f"is {value}, not a finite number")
        if isinstance(value, str) and _NUMBER.match(value) is None:
            raise self.fail(name, f"is “{shown(value)}”, not a number with a decimal point")
        made = Decimal(value)
        if abs(made) >= _HIGHEST or len(made.as_tuple().digits) > _DIGITS or made.adjusted() < -_DIGITS:
            raise self.fail(name, "is out of any range")
        if low is not None and (made < low or (above and made == low)):
            raise self.fail(
                name, f"is {shown(value)}, which must be {'more than' if above else 'at least'} {low}"
            )
        return made

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number within limits, both inside."""
        made = self.number(name)
        if made is None:
            return None
        if made != made.to_integral_value() or not low <= made <= high:
            raise self.fail(
                name, f"is {shown(self.values[name])}, which must be a whole number {low} to {high}"
            )
        return int(made)

    def text(self, name: str) -> str | None:
        """A text; None when it is empty."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, str):
            raise self.fail(name, f"is {shown(value)}, not a text")
        return value or None

    def choice(self, name: str, known: Collection[str]) -> str | None:
        """One of some words."""
        value = self.text(name)
        if value is not None and value not in known:
            raise self.fail(name, f"is “{shown(value)}”; known are {', '.join(known)}")
        return value

    def flag(self, name: str) -> bool | None:
        """True, false or not recorded."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.fail(name, f"is {shown(value)}, not true or false")
        return value

    def day(self, name: str) -> dt.date | None:
        """A calendar day written like 2024-03-31."""
        value = self.partial(name)
        if value is None:
            return None
        if value.exact is None:
            raise self.fail(name, f"is {value}, not a whole date like 2024-03-31")
        return value.exact

    def partial(self, name: str) -> PartialDate | None:
        """A date known to the day, the month or the year."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or _PARTIAL.match(value) is None:
            raise self.fail(name, f"is “{shown(value)}”, not a date like 2024-03-31")
        try:
            made = PartialDate.parse(value)
        except ValueError:
            raise self.fail(name, f"is {value}, a day that does not exist") from None
        if not _YEARS[0] <= made.year <= _YEARS[1]:
            raise self.fail(name, f"is {value}; the year must lie from {_YEARS[0]} to {_YEARS[1]}")
        return made

    def needed_day(self, name: str) -> dt.date:
        """A day that must be there."""
        self.need(name)
        made = self.day(name)
        if made is None:
            raise self.fail(name, "is missing")
        return made

    def entries(self, name: str) -> Sequence[object]:
        """A list; empty when not recorded."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.fail(name, f"is {shown(value)}, not a list")
        return value

    def objects(self, name: str) -> tuple[Fields, ...]:
        """A list of objects; empty when not recorded."""
        return tuple(
            Fields.of(value, f"{self.where}{name}, entry {place}: ")
            for place, value in enumerate(self.entries(name), start=1)
        )
