"""The work list of a day: why each patient needs something, the clinic of the day, and the next meeting.

Everybody is read once, in groups: of some hundred at a time it is found out of whom there is news, and those
are read first. After that only who was changed is read again. Reading writes nothing, and stops when the
registry is locked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ctdild_desktop.clinical.records import AgendaItem, Meeting, Patient, PatientRecord
from ctdild_desktop.clinical.remembering import remembering
from ctdild_desktop.services.cases import people_of
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.lately import Lately, Turn, of_some
from ctdild_desktop.services.leisure import pause
from ctdild_desktop.services.today_drafts import Kept, kept_of
from ctdild_desktop.services.today_rows import Group, Person, Place, State, TodayRow, person_of, reasons_of

__all__ = [
    "AHEAD",
    "ClinicDay",
    "ClinicRow",
    "Group",
    "Known",
    "NextMeeting",
    "OfPatient",
    "Person",
    "Place",
    "Reading",
    "State",
    "Today",
    "TodayRow",
    "begin",
    "look_ahead",
    "next_meeting",
    "of_news",
    "of_patient",
    "read_some",
    "work_list",
]

AHEAD = 500
"""Of how many patients it is found out at once whether there is news: about a third of a second."""
_TOGETHER = 10
"""Patients whose records are read by the same statements; the reading rests between them."""
_AHEAD_DAYS = 14
"""How far ahead the next clinic is looked for."""
_READY = ("pft", "hrct", "serology", "pathology")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPatient:
    """What one patient adds to the list."""

    person: Person
    rows: tuple[TodayRow, ...]
    put_off: tuple[TodayRow, ...] = ()
    """The rows that somebody put off, each with until when."""
    following: tuple[dt.date, str] | None = None
    """The next day on which something may be done that is not due yet, and what."""
    clinic: tuple[tuple[dt.date, bool], ...] = ()
    """The days of this and the next days on which the patient comes, and whether that is done."""


@dataclass(frozen=True, slots=True)
class ClinicRow:
    """One patient of a clinic, with what to ask."""

    person: Person
    done: bool
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClinicDay:
    """The patients of one day: those who are still to come first, by name."""

    day: dt.date
    rows: tuple[ClinicRow, ...]

    @property
    def done(self) -> int:
        """How many were seen."""
        return sum(row.done for row in self.rows)

    def following(self, patient_id: str) -> ClinicRow | None:
        """Who follows a patient by name and was not seen; None at the end and for who does not come."""
        ordered = sorted(self.rows, key=_by_name)
        places = [place for place, row in enumerate(ordered) if row.person.id == patient_id]
        if not places:
            return None
        return next((row for row in ordered[places[0] + 1 :] if not row.done), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextMeeting:
    """The next meeting of the team, and what is not ready for it."""

    date: dt.date
    starts: str
    patients: int
    questions: int
    not_ready: tuple[tuple[str, int], ...]
    """``pft``, ``hrct`` ... and for how many patients it is said not to be ready."""


Known = Mapping[str, tuple[Lately, Turn | None]]
"""What some patients met lately, by their ids; who is not in it is judged from the record."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Whom to read for the list of a day."""

    day: dt.date
    ids: tuple[str, ...] = field(repr=False)


def of_news(ids: Sequence[str], known: Known) -> tuple[str, ...]:
    """Of whom of these there is news: who newly met a criterion at the latest entry, then who may have, as
    nothing is known of them yet.
    """
    told = {one: known[one][1] for one in ids if one in known}
    newly = (one for one, turn in told.items() if turn is not None and turn.newly)
    return (*newly, *(one for one in ids if one not in known))


@dataclass(frozen=True, slots=True)
class Today:
    """The work list of a day."""

    day: dt.date
    patients: Mapping[str, OfPatient] = field(default_factory=dict, repr=False)
    groups: Mapping[Group, tuple[TodayRow, ...]] = field(init=False, repr=False)
    """The rows of each group, the most urgent first."""
    clinics: tuple[ClinicDay, ...] = field(init=False, repr=False)
    """The clinics of this and the next days, those without patients left out."""

    def __post_init__(self) -> None:
        held: dict[Group, list[TodayRow]] = {group: [] for group in Group}
        for found in self.patients.values():
            for row in found.rows:
                held[row.group].append(row)
        made = {group: tuple(sorted(rows, key=lambda row: row.urgency)) for group, rows in held.items()}
        object.__setattr__(self, "groups", made)
        object.__setattr__(self, "clinics", tuple(_clinics(self.patients.values())))

    @property
    def count(self) -> int:
        """All rows."""
        return sum(len(rows) for rows in self.groups.values())

    def with_patients(self, found: Iterable[OfPatient]) -> Today:
        """The list with these patients as they are now."""
        return Today(self.day, {**self.patients, **{one.person.id: one for one in found}})

    def without(self, patient_id: str) -> Today:
        """The list without a patient."""
        return Today(self.day, {one: kept for one, kept in self.patients.items() if one != patient_id})


def _by_name(row: ClinicRow) -> tuple[str, str]:
    return row.person.shown.casefold(), row.person.mrn


def _clinics(patients: Iterable[OfPatient]) -> Iterable[ClinicDay]:
    days: dict[dt.date, list[ClinicRow]] = {}
    for found in patients:
        for day, done in found.clinic:
            asks = () if done else tuple(dict.fromkeys(row.ask for row in found.rows if row.ask))
            days.setdefault(day, []).append(ClinicRow(found.person, done, asks))
    for day in sorted(days):
        rows = sorted(days[day], key=lambda row: (row.done, *_by_name(row)))
        yield ClinicDay(day, tuple(rows))


@for_everybody
def begin(desk: Desk, as_of: dt.date | None = None) -> Reading:
    """Find out whom to read.

    Args:
        desk: where the registry is open.
        as_of: the day of the list; default: today at this desk.
    """
    day = as_of or desk.today()
    with desk.registry.read() as session:
        everybody = [one for chunk in desk.store.cells(session, Patient, ("id",)) for (one,) in chunk]
    return Reading(day, tuple(everybody))


@for_everybody
def look_ahead(desk: Desk, reading: Reading, ids: Sequence[str]) -> Known:
    """Find out what some hundred patients met lately, which takes a fraction of reading them."""
    return of_some(desk, ids, reading.day)


@for_everybody
def read_some(
    desk: Desk, reading: Reading, ids: Sequence[str], known: Known | None = None
) -> tuple[OfPatient, ...]:
    """Read some patients of a list; one who was removed meanwhile is left out.

    Args:
        known: what is known of them by :func:`look_ahead`.
    """
    found: list[OfPatient] = []
    for start in range(0, len(ids), _TOGETHER):
        some = ids[start : start + _TOGETHER]
        pause(desk.registry)
        with desk.registry.read() as session:
            records = desk.store.load_many(session, some)
            kept = kept_of(desk, session, some)
        for record in records:
            pause(desk.registry)
            name = record.patient.id
            found.append(_of(record, reading.day, (known or {}).get(name), kept.get(name, ())))
    return tuple(found)


@for_everybody
def of_patient(desk: Desk, patient_id: str, as_of: dt.date | None = None) -> OfPatient | None:
    """What one patient adds to the list now; None when there is no such patient (any more)."""
    with desk.registry.read() as session:
        record = desk.store.load(session, patient_id)
        kept = kept_of(desk, session, (patient_id,))
    if record is None:
        return None
    return _of(record, as_of or desk.today(), drafts=kept.get(patient_id, ()))


@for_everybody
def work_list(desk: Desk, as_of: dt.date | None = None) -> Today:
    """The whole list at once."""
    reading = begin(desk, as_of)
    found: list[OfPatient] = []
    for start in range(0, len(reading.ids), AHEAD):
        some = reading.ids[start : start + AHEAD]
        found += read_some(desk, reading, some, look_ahead(desk, reading, some))
    return Today(reading.day).with_patients(found)


@for_everybody
def next_meeting(desk: Desk, as_of: dt.date | None = None) -> NextMeeting | None:
    """The next meeting that is planned, with what its agenda lacks; None when none is."""
    from ctdild_desktop.registry.models import AgendaItemRow, MeetingRow

    day = as_of or desk.today()
    with desk.registry.read() as session:
        meetings = desk.store.many(session, Meeting, MeetingRow.date >= day)
        planned = [meeting for meeting in meetings if meeting.status in {"planned", "locked"}]
        if not planned:
            return None
        first: Meeting = min(planned, key=lambda meeting: (meeting.date, meeting.starts))
        agenda: tuple[AgendaItem, ...] = desk.store.many(
            session, AgendaItem, AgendaItemRow.meeting_id == first.id
        )
        there = people_of(desk, session, {item.patient_id for item in agenda})
    agenda = tuple(item for item in agenda if item.patient_id in there)
    lacking = {name: sum(getattr(item, f"{name}_ready") is False for item in agenda) for name in _READY}
    return NextMeeting(
        date=first.date,
        starts=first.starts,
        patients=len(agenda),
        questions=sum(bool(item.question.strip()) for item in agenda),
        not_ready=tuple((name, count) for name, count in lacking.items() if count),
    )


def _of(
    record: PatientRecord,
    day: dt.date,
    known: tuple[Lately, Turn | None] | None = None,
    drafts: Sequence[Kept] = (),
) -> OfPatient:
    with remembering():
        reasons = reasons_of(record, day, known, drafts)
    return OfPatient(
        person=person_of(record, day),
        rows=reasons.rows,
        put_off=reasons.put_off,
        following=reasons.following,
        clinic=_comes(record, day),
    )


def _comes(record: PatientRecord, day: dt.date) -> tuple[tuple[dt.date, bool], ...]:
    """The days on which the patient comes: seen today, planned, or named at the latest visit."""
    until = day + dt.timedelta(days=_AHEAD_DAYS)
    found = {visit.date: False for visit in record.appointments if visit.status == "planned"}
    earlier = [visit for visit in record.visits if visit.date <= day]
    if earlier:
        named = earlier[-1].next_visit
        cancelled = {visit.date for visit in record.appointments if visit.status != "planned"}
        if named is not None and named.exact is not None and named.exact not in cancelled:
            found.setdefault(named.exact, False)
        if earlier[-1].date == day:
            found[day] = True
    return tuple((on, done) for on, done in sorted(found.items()) if day <= on <= until)
