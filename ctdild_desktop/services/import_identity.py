"""Whether the rows of a file speak of the patient that the registry knows under the same MRN."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.interchange.records import Remark, TestRow
from ctdild_desktop.language import say

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})


class Says(Protocol):
    """A row of a file that says who it is about."""

    @property
    def row(self) -> int:
        """Its number."""

    @property
    def patient(self) -> Patient:
        """Who it says it is."""

    def remark(self, record_field: str, reason: str) -> Remark:
        """A remark on the cell that a field was read from."""


@dataclass(slots=True)
class Conflicts:
    """The rows that must not be attached, with one remark for each contradiction."""

    rows: set[int] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)

    def add(self, row: Says, name: str, reason: str) -> None:
        """Reject a row for one field."""
        self.rows.add(row.row)
        self.remarks.append(row.remark(name, reason))


def conflicts_of(rows: Sequence[Says], stored: Patient | None) -> Conflicts:
    """Find the rows that contradict the recorded patient, or one another where nothing is recorded."""
    found = Conflicts()
    for name, (label, agree) in _IDENTITY.items():
        stating = [(row, value) for row in rows if (value := getattr(row.patient, name))]
        recorded = getattr(stored, name) if stored is not None else None
        if recorded:
            for row, value in stating:
                if not agree(recorded, value):
                    reason = say(
                        "the patient with this MRN has another {label} in the registry ({recorded})",
                        label=label,
                        recorded=in_words(recorded),
                    )
                    found.add(row, name, reason)
            continue
        if not stating:
            continue
        # against the fullest one: two exact dates may both agree with a bare year and not with each other
        fullest = max(stating, key=lambda stated: len(str(stated[1])))
        other = next((stated for stated in stating if not agree(fullest[1], stated[1])), None)
        if other is not None:
            pair = sorted((fullest[0].row, other[0].row))
            reason = say(
                "the file gives this MRN two different {label}s (rows {pair} and {pair2})",
                label=label,
                pair=pair[0],
                pair2=pair[1],
            )
            for row in rows:
                found.add(row, name, reason)
    return found


def contradictions(said: Patient, recorded: Patient) -> tuple[tuple[str, str], ...]:
    """What a file says of a person that differs from what is recorded: label and recorded value."""
    return tuple(
        (label, in_words(getattr(recorded, name))) for name, label in contradicted(said, recorded).items()
    )


def contradicted(said: Patient, recorded: Patient) -> dict[str, str]:
    """The fields in which a file says another person than is recorded, with their labels."""
    return {
        name: say(label)
        for name, (label, agree) in _IDENTITY.items()
        if getattr(said, name)
        and getattr(recorded, name)
        and not agree(getattr(recorded, name), getattr(said, name))
    }


def same_whole_name(said: str, recorded: Patient) -> bool:
    """Whether a name of which it is not said what the surname is may be this patient's: the whole surname is
    in it, and a given name or its initial.
    """
    for words in _spellings(said):
        for family in _spellings(recorded.family_name):
            rest = [word for word in words if word not in family]
            if set(family) <= set(words) and _given_in(rest, recorded.given_name):
                return True
    return not (recorded.family_name and said)


def _given_in(words: Sequence[str], given_name: str) -> bool:
    given = {one for names in _spellings(given_name) for one in names}
    if not given or not words:
        return True
    return any(word in given or (len(word) == 1 and any(one[0] == word for one in given)) for word in words)


def in_words(value: object) -> str:
    """A value of an identity as people read it."""
    return wording.partial(value) if isinstance(value, PartialDate) else str(value)


def certain(said: Patient) -> bool:
    """Whether both names, the sex and the birth date to the day are known, so that it can be one person."""
    born = said.birth_date
    return (
        born is not None
        and born.day is not None
        and said.sex is not None
        and all((said.family_name, said.given_name))
    )


def same_person(said: Patient, recorded: Patient) -> bool:
    """Whether both have the same names, sex and birth date to the day, all of them known."""
    return (
        certain(said)
        and certain(recorded)
        and said.birth_date == recorded.birth_date
        and said.sex == recorded.sex
        and _same_family_name(said.family_name, recorded.family_name)
        and bool(_spellings(said.given_name) & _spellings(recorded.given_name))
    )


def merged_patient(known: Patient, rows: Sequence[TestRow]) -> Patient:
    """The patient with empty fields filled from rows: the fullest spelling, the height of the latest test."""
    filled = _identity_in(known, rows)
    measured = [row for row in rows if row.test is not None and row.patient.height_cm is not None]
    if known.height_cm is None and measured:
        filled["height_cm"] = max(measured, key=lambda row: (row.date, row.row)).patient.height_cm
    return replace(known, **filled) if filled else known


def with_identity(known: Patient, rows: Sequence[Says]) -> Patient:
    """The patient with empty fields of identity filled from rows, each with the fullest spelling."""
    filled = _identity_in(known, rows)
    return replace(known, **filled) if filled else known


def _identity_in(known: Patient, rows: Sequence[Says]) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for name in _IDENTITY:
        stated = [value for row in rows if (value := getattr(row.patient, name))]
        if not getattr(known, name) and stated:
            filled[name] = max(stated, key=lambda value: len(str(value)))
    return filled


def _same_birth(first: PartialDate, second: PartialDate) -> bool:
    """Whether both may be the same day: one known only to the month or year agrees with any day in it."""
    return str(first).startswith(str(second)) or str(second).startswith(str(first))


def _spellings(name: str) -> set[tuple[str, ...]]:
    """The words of a name without accents, case and signs; umlauts also in two letters."""
    lower = unicodedata.normalize("NFC", name).casefold()
    found = set()
    for text in (lower, lower.translate(_UMLAUTS)):
        plain = unicodedata.normalize("NFKD", text)
        letters = "".join(c if c.isalpha() else " " for c in plain if not unicodedata.combining(c))
        found.add(tuple(letters.split()))
    return found


def _same_family_name(first: str, second: str) -> bool:
    return bool(_spellings(first) & _spellings(second))


def _same_given_name(first: str, second: str) -> bool:
    """Whether the first given names are the same, or one is the initial of the other."""
    return any(
        one[:1] == other[:1]
        or (one and other and 1 in {len(one[0]), len(other[0])} and one[0][0] == other[0][0])
        for one in _spellings(first)
        for other in _spellings(second)
    )


def _equal(first: Any, second: Any) -> bool:
    return bool(first == second)


_IDENTITY: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "birth_date": ("birth date", _same_birth),
    "sex": ("sex", _equal),
    "family_name": ("surname", _same_family_name),
    "given_name": ("given name", _same_given_name),
}
