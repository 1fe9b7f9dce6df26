"""Everybody's records of one moment, held to be asked again and again while a question is built."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.cohort.facts import Facts
from ctdild_desktop.cohort.query import EVERYBODY, Query, holds, lacking
from ctdild_desktop.language import marked
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.cohort.knowing import known_on
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.leisure import pause
from ctdild_desktop.services.progress import CancelledError, Progress
from ctdild_desktop.services.texts import display_name

_AT_ONCE = 200
"""Patients that are read before somebody else may go first."""
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
    """What was read at one moment. Ask it from one thread at a time: it remembers what it worked out."""

    def __init__(self, records: tuple[PatientRecord, ...], as_of: dt.date) -> None:
        self.as_of = as_of
        self._facts = {one.patient.id: Facts(one, as_of) for one in records}
        self._records = {one.patient.id: one for one in records}

    def __len__(self) -> int:
        return len(self._records)

    def found(self, query: Query = EVERYBODY, superseded: Callable[[], bool] = lambda: False) -> Found:
        """Ask everybody.

        Args:
            query: the question.
            superseded: whether another question was asked meanwhile, so that this one need not be answered.

        Raises:
            CancelledError: it was superseded.
        """
        ids, cannot_tell = [], []
        for patient_id, facts in self._facts.items():
            if superseded():
                raise CancelledError
            told = holds(query, facts)
            if told:
                ids.append(patient_id)
            elif told is None:
                cannot_tell.append(patient_id)
        return Found(
            query=query,
            as_of=self.as_of,
            registry=len(self),
            ids=tuple(ids),
            cannot_tell=tuple(cannot_tell),
        )

    def rows(self, ids: tuple[str, ...], query: Query = EVERYBODY) -> tuple[FoundRow, ...]:
        """The rows of these patients in the order given; who is not there any more is left out."""
        return tuple(self._row(one, query) for one in ids if one in self._records)

    def _row(self, patient_id: str, query: Query) -> FoundRow:
        record, facts = self._records[patient_id], self._facts[patient_id]
        patient = record.patient
        days = [test.date for test in record.tests if test.date <= self.as_of]
        age = facts.get("age")
        return FoundRow(
            id=patient_id,
            name=display_name(patient),
            mrn=patient.mrn,
            sex=str(patient.sex or ""),
            age=str(age) if age is not None else "",
            diagnosis=codes.diagnoses().label(str(facts.get("diagnosis") or "")),
            pattern=codes.patterns().label(str(facts.get("pattern") or "")),
            fvc=_number(facts, "fvc_percent_predicted"),
            dlco=_number(facts, "dlco_percent_predicted"),
            last_test=max(days, default=None),
            needs=lacking(query, facts),
        )


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
        cells = desk.store.cells(session, Patient, ("mrn", "id"))
        ids = [one for _mrn, one in sorted((mrn, one) for chunk in cells for mrn, one in chunk)]
        records: list[PatientRecord] = []
        for start in range(0, len(ids), _AT_ONCE):
            told.step(start, len(ids), _READING)
            pause(desk.registry)
            read_now = desk.store.load_many(session, ids[start : start + _AT_ONCE])
            records += (known_on(one, day, today) for one in read_now)
    return Everybody(tuple(records), day)


@for_everybody
def count_of(desk: Desk, chosen: Chosen) -> Found:
    """Ask a question once, of one reading of the registry."""
    return read(desk, chosen.as_of).found(chosen.query)
