"""Goes through the records of one patient after the other and keeps what is expected, known and found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ctdild_desktop.clinical.core_set import CoreField, State, core_fields
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.haemoglobin import Haemoglobin, haemoglobins_of
from ctdild_desktop.clinical.quality.check_list import check_list
from ctdild_desktop.clinical.quality.checks import findings_of
from ctdild_desktop.clinical.quality.completeness import state_of
from ctdild_desktop.clinical.quality.conditions import CONDITIONS
from ctdild_desktop.clinical.quality.finding import Finding
from ctdild_desktop.clinical.quality.followed import SOUGHT, Found, best, first_contact, spans
from ctdild_desktop.clinical.quality.lines import UNDATED, Entries, Line, Person, When, when
from ctdild_desktop.clinical.records import PatientRecord

Key = tuple[str, str, When]


@dataclass(slots=True)
class Left:
    """Records that are in no number, one kind of reason."""

    reason: str
    entries: list[int] = field(default_factory=list)


class Tally:
    """The columns of a registry as of a day, filled patient by patient.

    Records after the day are left out; so are patients who withdrew from the registry or declined it, visits
    that did not take place and decisions that are not signed. All are counted with the reason.
    """

    def __init__(self, as_of: dt.date) -> None:
        self.as_of = as_of
        self.people: list[Person] = []
        self.entries = Entries()
        self.left = {name: Left(name) for name in ("withdrawn", "later", "appointment", "unsigned")}
        self.lines: dict[str, Line] = {}
        self._fields: dict[str, list[CoreField]] = {}
        for asked in core_fields():
            self._fields.setdefault(asked.kind, []).append(asked)
            self.lines[asked.id] = Line(
                id=asked.id,
                kind=asked.kind,
                label=asked.label,
                definition=asked.when,
                source=asked.source,
                by_import=asked.by_import,
            )
        for check in check_list():
            self.lines[check.id] = Line(
                id=check.id,
                kind=check.kind,
                label=check.label,
                definition=check.definition,
                source=check.source,
                check=True,
            )
        self._contacts: list[When | None] = []
        """The first contact of each person; None for who is in no number."""
        self._here: dict[Key, int] = {}
        """The entries of the patient in hand, by what they are."""

    def add(self, record: PatientRecord, name: str, more: Iterable[Finding] = ()) -> None:
        """Take in everything recorded of one patient.

        Args:
            name: as lists show it.
            more: what was found with means that are not here.
        """
        patient = record.patient
        self.people.append(Person(id=patient.id, mrn=patient.mrn, name=name))
        self._here = {}
        if patient.consent_registry in {"withdrawn", "declined"}:
            self.left["withdrawn"].entries.append(self._at("patient", patient.id, UNDATED))
            self._contacts.append(None)
            return
        known = self._until(record)
        contact, haemoglobins = first_contact(known), haemoglobins_of(known.labs)
        self._contacts.append(contact)
        for kind, item, key in _records(known, contact):
            self._ask(kind, item, self._at(*key), known, haemoglobins)
        self._look_for(known, contact)
        for found in (*findings_of(known, self.as_of), *more):
            days = contact if found.of_patient else found.days
            self.lines[found.check].put(
                self._at(found.kind, found.record_id, days), found.state, found.detail
            )

    def add_of_patient(self, place: int, check: str, state: State, detail: str = "") -> None:
        """Keep what was found about a person after everybody was taken in; nothing of who is in no number.

        Args:
            place: of the person in ``people``.
        """
        contact = self._contacts[place]
        if contact is not None:
            entry = self.entries.add(place, "patient", self.people[place].id, contact)
            self.lines[check].put(entry, state, detail)

    @property
    def counted(self) -> int:
        """How many patients are in the numbers."""
        return sum(contact is not None for contact in self._contacts)

    def _at(self, kind: str, record_id: str, days: When) -> int:
        key = (kind, record_id, days)
        place = self._here.get(key)
        if place is None:
            place = self._here[key] = self.entries.add(len(self.people) - 1, kind, record_id, days)
        return place

    def _until(self, record: PatientRecord) -> PatientRecord:
        """The record without what is later than the day, unsigned or did not take place; each is kept as
        left out.
        """
        kept: dict[str, Any] = {}
        for name, kind in _DATED.items():
            items = getattr(record, name)
            here = tuple(item for item in items if _days(item)[0] <= self.as_of.toordinal())
            for item in items:
                if _days(item)[0] > self.as_of.toordinal():
                    self._leave("later", kind, item)
            kept[name] = here
        for item in record.appointments:
            self._leave("appointment", "visit", item)
        for item in kept["decisions"]:
            if not item.signed:
                self._leave("unsigned", "decision", item)
        kept["decisions"] = tuple(item for item in kept["decisions"] if item.signed)
        return replace(record, **kept)

    def _leave(self, reason: str, kind: str, item: Any) -> None:
        self.left[reason].entries.append(self._at(kind, item.id, _days(item)))

    def _ask(
        self, kind: str, item: Any, place: int, record: PatientRecord, haemoglobins: Sequence[Haemoglobin]
    ) -> None:
        for asked in self._fields.get(kind, ()):
            if CONDITIONS[asked.only](item, record):
                self.lines[asked.id].put(place, state_of(asked, item, haemoglobins))

    def _look_for(self, record: PatientRecord, contact: When) -> None:
        patient_id = record.patient.id
        known: dict[str, list[Found]] = {}
        for asked in self._fields.get("follow_up", ()):
            name = asked.fields[0]
            if name not in known:
                known[name] = list(SOUGHT[name](record))
            found = known[name]
            line = self.lines[asked.id]
            if asked.how == "once":
                answer = best(found, dt.date.min, self.as_of)
                self._put(line, patient_id, answer.state if answer else State.LACKING, contact)
                continue
            for first, last, days in self._windows(asked, record):
                answer = best(found, first, last)
                self._put(line, patient_id, answer.state if answer else State.LACKING, days)

    def _put(self, line: Line, patient_id: str, state: State, days: When) -> None:
        line.put(self._at("patient", patient_id, days), state)

    def _windows(self, asked: CoreField, record: PatientRecord) -> Iterator[tuple[dt.date, dt.date, When]]:
        """The spans in which one record is expected, and the days by which each counts in a period."""
        if asked.how == "every":
            for first, last in spans(record, self.as_of, asked.months):
                yield first, last, when(last)
            return
        known = [view.ild_diagnosed for view in record.diagnoses if view.ild_diagnosed is not None]
        if known:
            first = add_months(known[-1].earliest, -asked.months)
            last = add_months(known[-1].latest, asked.months)
            if last <= self.as_of:
                yield first, last, when(known[-1])


_DATED = {
    "diagnoses": "diagnosis",
    "visits": "visit",
    "tests": "test",
    "hrct": "hrct",
    "therapy": "therapy",
    "adverse_events": "adverse_event",
    "serology": "serology",
    "procedures": "procedure",
    "labs": "lab",
    "heart_tests": "heart_test",
    "pros": "pro",
    "decisions": "decision",
}
"""The dated records of a patient, with the name of their kind."""


def _days(item: Any) -> When:
    return when(getattr(item, "date", None) or getattr(item, "start", None) or getattr(item, "onset", None))


def _records(record: PatientRecord, contact: When) -> Iterator[tuple[str, Any, Key]]:
    """Each record that the core set asks about, with what its entry is."""
    yield "patient", record.patient, ("patient", record.patient.id, contact)
    for view in record.diagnoses[-1:]:
        yield "diagnosis", view, ("diagnosis", view.id, when(view.date))
    for name in ("visits", "tests", "hrct", "therapy", "adverse_events", "decisions"):
        for item in getattr(record, name):
            yield _DATED[name], item, (_DATED[name], item.id, _days(item))
    for line in record.therapy:
        for infusion in line.given_infusions:
            yield "infusion", infusion, ("infusion", line.id, when(infusion.date))
