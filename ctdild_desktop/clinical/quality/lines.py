"""Columns in which a whole registry is counted: the records, and for each line of a report what is known of
them.

A hundred thousand tests with twenty answers each take a few megabytes, so that the records behind every
number can be kept, not the unusual ones alone. Sources stand in the tables of the lines.
"""

from __future__ import annotations

import datetime as dt
from array import array
from dataclasses import dataclass, field

from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.dates import PartialDate

When = tuple[int, int]
"""The first and the last day that a date may mean, as ordinals; (0, 0) for what has no date."""
UNDATED: When = (0, 0)
KINDS = (
    *("patient", "diagnosis", "visit", "test", "hrct", "therapy", "infusion", "adverse_event", "serology"),
    *("procedure", "lab", "heart_test", "pro", "decision"),
)
"""The kinds of entries; an infusion has the id of its line."""
_ID_BYTES = 16


def when(date: PartialDate | dt.date | None) -> When:
    """The days that a date may mean."""
    if date is None:
        return UNDATED
    if isinstance(date, PartialDate):
        return date.earliest.toordinal(), date.latest.toordinal()
    return date.toordinal(), date.toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose records they are."""

    id: str
    mrn: str
    name: str


@dataclass(slots=True)
class Entries:
    """Each record that is expected to have something or was checked, once: whose, which, and of when."""

    people: array[int] = field(default_factory=lambda: array("I"))
    first: array[int] = field(default_factory=lambda: array("i"))
    last: array[int] = field(default_factory=lambda: array("i"))
    _kinds: bytearray = field(default_factory=bytearray)
    _ids: bytearray = field(default_factory=bytearray)
    """16 bytes for each entry."""

    def __len__(self) -> int:
        return len(self._kinds)

    def add(self, person: int, kind: str, record_id: str, days: When) -> int:
        """Keep one; returns its place.

        Raises:
            ValueError: the kind is not one of :data:`KINDS`, or the id is not one of a record.
        """
        packed = bytes.fromhex(record_id)
        if len(packed) != _ID_BYTES:
            raise ValueError("not the id of a record")
        self._kinds.append(KINDS.index(kind))
        self._ids += packed
        self.people.append(person)
        self.first.append(days[0])
        self.last.append(days[1])
        return len(self._kinds) - 1

    def kind(self, place: int) -> str:
        """The kind of record of an entry."""
        return KINDS[self._kinds[place]]

    def record_id(self, place: int) -> str:
        """The id of the record of an entry."""
        return self._ids[place * _ID_BYTES : (place + 1) * _ID_BYTES].hex()


@dataclass(slots=True, kw_only=True)
class Line:
    """One line of the report: what is asked, and the answer of each entry."""

    id: str
    kind: str
    label: str
    definition: str
    """Of whom it is asked, or what was looked for and of which records."""
    source: str
    check: bool = False
    """Whether it is about plausibility, and not about completeness."""
    by_import: bool = False
    """No form asks for the field; it comes with an import."""
    places: array[int] = field(default_factory=lambda: array("I"), repr=False)
    states: bytearray = field(default_factory=bytearray, repr=False)
    details: dict[int, str] = field(default_factory=dict, repr=False)
    """What was found, by the number of the answer."""

    def __len__(self) -> int:
        return len(self.states)

    def put(self, place: int, state: State, detail: str = "") -> None:
        """Keep the answer of an entry."""
        if detail:
            self.details[len(self.states)] = detail
        self.places.append(place)
        self.states.append(state)
