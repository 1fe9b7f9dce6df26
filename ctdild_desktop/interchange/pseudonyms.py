"""Records without what names a person, for handing on: decided field by field, by what may stay.

A field that nobody decided on stays behind, so that a new field is not handed on before somebody has thought
about it (:mod:`ctdild_desktop.interchange.pseudonym_fields` holds the decisions; a test walks every field).
Names, numbers, texts that somebody typed, file names and logins go. A code stays where its list has it. The
dates of one patient are all moved by one number of days, so that the time between them stays; the number
follows from a secret that lies in no export. Ids are replaced, and what refers to another record still does.

What is left may still tell who somebody is to a person who knows other things of them: a rare disease, an
unusual height, a transplant. It stays personal data (GDPR recital 26).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from functools import cache
from hashlib import sha256
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.dates import PartialDate, Precision, completed_years
from ctdild_desktop.clinical.records import HELD_IN, Patient, PatientRecord
from ctdild_desktop.interchange.code_lists import list_of
from ctdild_desktop.interchange.pseudonym_fields import DECIDED, UNITS, Kept

LEAST_SHIFT, MOST_SHIFT = 60, 790
"""Days by which the dates of a patient are moved, always to earlier: nothing comes to lie in the future."""
OLDEST_TOLD = 89
"""Completed years of the oldest age that is told; above it there are too few people."""
NO_WORDS = "other"
"""Stands for a code that must be there and that its list does not have: it may be somebody's own words."""


@dataclass(frozen=True, slots=True)
class Key:
    """What the pseudonyms of one export rest on. It is written nowhere."""

    secret: bytes = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    """The pseudonym of each patient, by id."""
    shift_dates: bool = True

    def days(self, patient_id: str) -> int:
        """By how many days the dates of a patient are moved to earlier."""
        if not self.shift_dates:
            return 0
        number = int.from_bytes(self._digest("days", patient_id)[:8], "big")
        return LEAST_SHIFT + number % (MOST_SHIFT - LEAST_SHIFT + 1)

    def new_id(self, old: str) -> str:
        """The id that stands for another one in this export."""
        return self._digest("id", old).hex()[:32]

    def _digest(self, use: str, text: str) -> bytes:
        return hmac.digest(self.secret, f"{use}:{text}".encode(), sha256)


def without_identity(record: PatientRecord, key: Key) -> PatientRecord:
    """One record without what names the person. Files and what was put off are left out whole.

    Raises:
        KeyError: the key has no pseudonym for the patient.
    """
    patient = record.patient
    one = _Person(key, key.days(patient.id))
    held = {
        name: tuple(one.of(item) for item in getattr(record, name))
        for name, kind in HELD_IN.items()
        if kind in DECIDED
    }
    birth = patient.birth_date
    year = None if birth is None else PartialDate(one.moved(birth).year)
    if reaches_very_old(record):
        year = None
        held["tests"] = tuple(dataclasses.replace(test, fvc_pred_l=None) for test in held["tests"])
    bare: Patient = dataclasses.replace(one.of(patient), mrn=key.names[patient.id], birth_date=year)
    return PatientRecord(patient=bare, **held)


def age_told(birth: PartialDate | None, on: dt.date) -> Decimal | None:
    """The age on a day in years with one decimal, rounded down; 90 from the ninetieth birthday on.

    None without an exact birth date, or before it.
    """
    born = birth.exact if birth is not None else None
    if born is None or on < born:
        return None
    whole = completed_years(born, on)
    if whole > OLDEST_TOLD:
        return Decimal(OLDEST_TOLD + 1)
    return (Decimal((on - born).days) / Decimal("365.25")).quantize(Decimal("0.1"), ROUND_DOWN).max(whole)


def is_very_old(birth: PartialDate | None, on: dt.date) -> bool:
    """Whether the age on a day is, or may be, above the oldest that is told."""
    return birth is not None and birth.earliest <= on and completed_years(birth.earliest, on) > OLDEST_TOLD


def reaches_very_old(record: PatientRecord) -> bool:
    """Whether the patient is, or may be, above the oldest age that is told on any day of the record.

    Any younger age of theirs tells the older ones, by the time between the dates.
    """
    return is_very_old(record.patient.birth_date, max(_days_in(record), default=dt.date.min))


def _days_in(item: Any) -> Iterator[dt.date]:
    """Every day that a record and its parts tell, the last one that each may mean."""
    if item is None or isinstance(item, str):
        return
    if isinstance(item, PartialDate):
        yield item.latest
    elif isinstance(item, dt.date):
        if not isinstance(item, dt.datetime):
            yield item
    elif isinstance(item, tuple):
        for each in item:
            yield from _days_in(each)
    elif dataclasses.is_dataclass(item):
        for name in _names_of(type(item)):
            yield from _days_in(getattr(item, name))


_names_of: Callable[[Any], tuple[str, ...]] = cache(
    lambda kind: tuple(one.name for one in dataclasses.fields(kind))
)


@dataclass(frozen=True, slots=True)
class _Person:
    """How the values of one person are changed."""

    key: Key
    days: int

    def of(self, item: Any) -> Any:
        """A record or a part of one, with what may stay of each field."""
        kind = type(item)
        decided = DECIDED[kind]
        made = {}
        for one in dataclasses.fields(item):
            how = decided.get(one.name, Kept.NOT)
            value = getattr(item, one.name)
            if how is Kept.NOT:
                made[one.name] = _nothing(one)
            elif value is not None:
                made[one.name] = _HOW[how](self, kind, one.name, value)
            else:
                made[one.name] = None
        if made.get("unit", item) == "" and item.unit:
            # a number of which nobody may know the unit says nothing, or the wrong thing
            made.update(value=None, uln=None, detection=None, **({"lln": None} if "lln" in made else {}))
        return kind(**made)

    def moved(self, date: PartialDate) -> PartialDate:
        """A date moved; one known to the month or the year alone is moved with its middle."""
        shifted = self._earlier(date.middle)
        if date.precision is Precision.DAY:
            return PartialDate.of(shifted)
        return PartialDate(shifted.year, shifted.month if date.month is not None else None)

    def _earlier(self, day: dt.date) -> dt.date:
        return dt.date.fromordinal(max(day.toordinal() - self.days, 1))

    def date(self, _kind: type[Any], _name: str, value: Any) -> Any:
        return self.moved(value) if isinstance(value, PartialDate) else self._earlier(value)

    def id(self, _kind: type[Any], _name: str, value: Any) -> Any:
        return tuple(map(self.key.new_id, value)) if isinstance(value, tuple) else self.key.new_id(value)

    def same(self, _kind: type[Any], _name: str, value: Any) -> Any:
        return value

    def code(self, kind: type[Any], name: str, value: Any) -> Any:
        """A code that its list has; another one may be somebody's own words."""
        known = list_of(kind, name) or ()
        if isinstance(value, tuple):
            return tuple(each for each in value if each in known)
        if value in known:
            return value
        (one,) = (each for each in dataclasses.fields(kind) if each.name == name)
        return NO_WORDS if one.default is dataclasses.MISSING else one.default

    def parts(self, _kind: type[Any], _name: str, value: Any) -> Any:
        return tuple(filter(_says_something, map(self.of, value)))

    def unit(self, _kind: type[Any], _name: str, value: str) -> str:
        return value if UNITS.fullmatch(value) else ""

    def time(self, _kind: type[Any], _name: str, value: str) -> str:
        known = len(value) == 5 and value[2] == ":" and (value[:2] + value[3:]).isdecimal()
        return value if known and value.isascii() else ""

    def reasons(self, kind: type[Any], _name: str, value: tuple[tuple[str, str], ...]) -> Any:
        """Why fields that stay have no value."""
        staying = DECIDED[kind]
        return tuple(
            (field, reason)
            for field, reason in value
            if staying.get(field, Kept.NOT) is not Kept.NOT and _is_reason(reason)
        )

    def scale(self, _kind: type[Any], _name: str, value: str) -> str:
        return value if any(value in each.scales for each in codes.instruments()) else ""


def _says_something(part: Any) -> bool:
    """Whether a part still says what it is about: a scale, a diagnosis; the other parts always do."""
    return getattr(part, "scale", NO_WORDS) != "" and getattr(part, "diagnosis", "") != NO_WORDS


def _is_reason(reason: str) -> bool:
    why, _, because = reason.partition(":")
    return why in codes.choices("absence") and (not because or because in codes.choices("not_done"))


def _nothing(one: dataclasses.Field[Any]) -> Any:
    """What stands in a field that stays behind: its default, or an empty text where it must be there.

    Raises:
        TypeError: a field must be there, is no text, and nobody has decided on it.
    """
    if one.default is not dataclasses.MISSING:
        return one.default
    if one.type != "str":
        raise TypeError(f"{one.name} must have a value and nobody has decided on it")
    return ""


_HOW: Mapping[Kept, Callable[[_Person, type[Any], str, Any], Any]] = {
    Kept.AS_IT_IS: _Person.same,
    Kept.CODE: _Person.code,
    Kept.DATE: _Person.date,
    Kept.ID: _Person.id,
    Kept.PARTS: _Person.parts,
    Kept.UNIT: _Person.unit,
    Kept.TIME: _Person.time,
    Kept.REASONS: _Person.reasons,
    Kept.SCALE: _Person.scale,
}
