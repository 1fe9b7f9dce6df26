"""What is known of everybody at one moment, held to be asked again and again while a question is built."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.cohort.facts import FIELDS, Answers, Facts, Value
from ctdild_desktop.cohort.part_facts import PartFacts
from ctdild_desktop.cohort.query import EVERYBODY, Query, holds, lacking
from ctdild_desktop.language import marked
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.cohort.knowing import known_on
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.leisure import pause
from ctdild_desktop.services.progress import CancelledError, Progress
from ctdild_desktop.services.reading import AT_ONCE, ids_in_order
from ctdild_desktop.services.texts import display_name

_MET = "met"
_LONG = frozenset({"fvc_l", "fvc_percent_predicted", "dlco_percent_predicted", "goh", _MET})
"""What takes long to work out."""
_AT_FIRST = tuple(name for name in FIELDS if name not in _LONG)
_READING = marked("Reading the patients")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who answers to a question, and of whom it cannot be told."""

    query: Query
    as_of: dt.date
    registry: int
    ids: tuple[str, ...]
    cannot_tell: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many answer to it."""
        return len(self.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """One patient in the list of those found. Numbers are final texts in the language in use."""

    id: str
    name: str
    mrn: str
    sex: str
    age: str
    diagnosis: str
    pattern: str
    fvc: str
    """Latest FVC in % predicted."""
    dlco: str
    last_test: dt.date | None
    needs: tuple[str, ...] = ()
    """Names of the fields that lack, where it cannot be told whether the patient belongs."""


class Everybody:
    """What was read at one moment. Ask it from one thread at a time: it remembers what it worked out.

    Of everybody only the values of fields are held. What takes long to work out (lung function in per cent,
    criteria) and each line or event is read again, of those of whom the question needs it, when it is first
    asked for; and so is the list of those in sight.
    """

    def __init__(self, desk: Desk, ids: Sequence[str], as_of: dt.date) -> None:
        self.as_of = as_of
        self._desk = desk
        self._place = {one: place for place, one in enumerate(ids)}
        self._values: dict[str, list[Value | _Unknown]] = {}
        self._parts: dict[str, list[tuple[PartFacts, ...] | _Unknown]] = {}
        self._same: dict[Hashable, Value] = {}

    def __len__(self) -> int:
        return len(self._place)

    def found(self, query: Query = EVERYBODY, superseded: Callable[[], bool] = lambda: False) -> Found:
        """Ask everybody.

        Args:
            query: the question.
            superseded: whether another question was asked meanwhile, so that this one need not be answered.

        Raises:
            CancelledError: it was superseded.
        """
        ids, cannot_tell = [], []
        for together in _batched(tuple(self._place), AT_ONCE):
            told: dict[str, bool | None] = {}
            unread: list[str] = []
            for patient_id in together:
                if superseded():
                    raise CancelledError
                try:
                    told[patient_id] = holds(query, _Held(self._values, self._parts, self._place[patient_id]))
                except _NotWorkedOutError:
                    unread.append(patient_id)
            for facts in self._read(unread):
                if superseded():
                    raise CancelledError
                told[facts.id] = holds(query, facts)
                self.hold(facts)
            ids += [one for one in together if told.get(one, False)]
            cannot_tell += [one for one in together if told.get(one, False) is None]
        return Found(
            query=query,
            as_of=self.as_of,
            registry=len(self),
            ids=tuple(ids),
            cannot_tell=tuple(cannot_tell),
        )

    def rows(self, ids: tuple[str, ...], query: Query = EVERYBODY) -> tuple[FoundRow, ...]:
        """The rows of these patients in the order given; who is not there any more is left out."""
        made = {
            facts.id: facts.row(query) for facts in self._read([one for one in ids if one in self._place])
        }
        return tuple(made[one] for one in ids if one in made)

    def hold(self, facts: _Facts) -> None:
        """Hold what was worked out of a patient, each value once."""
        values, parts = facts.worked_out()
        place = self._place[facts.id]
        for name, value in values.items():
            column = self._values.setdefault(name, [_Unknown.UNKNOWN] * len(self))
            before = column[place]
            if name == _MET and isinstance(before, Answers) and isinstance(value, Answers):
                column[place] = Answers({**before.known, **value.known})
            else:
                column[place] = self._once(value)
        for name, of_part in parts.items():
            self._parts.setdefault(name, [_Unknown.UNKNOWN] * len(self))[place] = of_part

    def _once(self, value: Value) -> Value:
        """The same value as of somebody else, where it is the same to the letter."""
        key: Hashable = value
        if isinstance(value, Answers):
            key = (frozenset(value.known.items()), value.others)
        elif isinstance(value, Decimal):
            key = value.as_tuple()
        return self._same.setdefault((type(value), key), value)

    def _read(self, ids: Sequence[str]) -> Iterator[_Facts]:
        if not ids:
            return
        pause(self._desk.registry)
        today = self._desk.today()
        with self._desk.registry.read() as session:
            for record in self._desk.store.load_many(session, ids):
                yield _Facts(known_on(record, self.as_of, today), self.as_of)


class _Unknown(Enum):
    """In place of a value that was not worked out."""

    UNKNOWN = "unknown"


class _NotWorkedOutError(Exception):
    """A field is asked for that is not held."""


class _Held:
    """What is held of one patient, for a question."""

    def __init__(
        self,
        values: Mapping[str, Sequence[Value | _Unknown]],
        parts: Mapping[str, Sequence[tuple[PartFacts, ...] | _Unknown]],
        place: int,
    ) -> None:
        self._values, self._parts, self._place = values, parts, place

    def get(self, name: str) -> Value:
        value = self._values[name][self._place] if name in self._values else _Unknown.UNKNOWN
        if isinstance(value, _Unknown):
            raise _NotWorkedOutError
        return Answers(_Judged(value.known)) if name == _MET and isinstance(value, Answers) else value

    def parts(self, name: str) -> tuple[PartFacts, ...]:
        of_part = self._parts[name][self._place] if name in self._parts else _Unknown.UNKNOWN
        if isinstance(of_part, _Unknown):
            raise _NotWorkedOutError
        return of_part


class _Judged(dict[str, bool | None]):
    """The criteria that were judged; another one has to be."""

    def get(self, name: str, _default: object = None) -> bool | None:
        if name not in self:
            raise _NotWorkedOutError
        return self[name]


class _Facts(Facts):
    """The fields of a patient, and the row in the list."""

    @property
    def id(self) -> str:
        """Id of the patient."""
        return self._record.patient.id

    def row(self, query: Query) -> FoundRow:
        """The row in the list of those found."""
        patient = self._record.patient
        days = [test.date for test in self._record.tests if test.date <= self._as_of]
        age = self.get("age")
        return FoundRow(
            id=patient.id,
            name=display_name(patient),
            mrn=patient.mrn,
            sex=str(patient.sex or ""),
            age=str(age) if age is not None else "",
            diagnosis=codes.diagnoses().label(str(self.get("diagnosis") or "")),
            pattern=codes.patterns().label(str(self.get("pattern") or "")),
            fvc=_number(self, "fvc_percent_predicted"),
            dlco=_number(self, "dlco_percent_predicted"),
            last_test=max(days, default=None),
            needs=lacking(query, self),
        )


def _batched(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _number(facts: Facts, field: str) -> str:
    value = facts.get(field)
    return wording.number(value, 0) if isinstance(value, Decimal) else ""


@for_everybody
def read(desk: Desk, as_of: dt.date | None = None, progress: Progress | None = None) -> Everybody:
    """Read everybody at one moment, as they were known on the day.

    Raises:
        CancelledError: it was stopped.
    """
    told = progress or Progress()
    today = desk.today()
    day = as_of or today
    with desk.registry.read() as session:
        ids = ids_in_order(desk, session)
        everybody = Everybody(desk, ids, day)
        for start in range(0, len(ids), AT_ONCE):
            told.step(start, len(ids), _READING)
            pause(desk.registry)
            for record in desk.store.load_many(session, ids[start : start + AT_ONCE]):
                facts = _Facts(known_on(record, day, today), day)
                for name in _AT_FIRST:
                    facts.get(name)
                everybody.hold(facts)
    return everybody


@for_everybody
def count_of(desk: Desk, chosen: Chosen) -> Found:
    """Ask a question once, of one reading of the registry."""
    return read(desk, chosen.as_of).found(chosen.query)
