"""One patient's records while the rows of a clinic's table are compared with them.

What is recorded is never overwritten: empty fields are filled; different values are told, and become a record
of their own where one day may have two.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ctdild_desktop.clinical.absence import without_settled
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.issues import Issue
from ctdild_desktop.clinical.plausibility_measured import comparable_value
from ctdild_desktop.clinical.records import (
    HELD_IN,
    AdverseEvent,
    Consent,
    HeartTest,
    Infusion,
    Lab,
    Patient,
    PatientRecord,
    Pro,
    Serology,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.records import ClinicRow
from ctdild_desktop.language import say
from ctdild_desktop.services.field_words import field_label, field_value
from ctdild_desktop.services.import_plan import ImportPlan, PatientPlan, PlannedRow, shown_name
from ctdild_desktop.services.import_tests import Effect

_EMPTY = (None, "", ())
_NOT_COMPARED = frozenset({"id", "version", "absent", "note", "prior_line_id", "mdt_decision_id"})
_NEIGHBOURS = 12
_HELD_AS = {kind: name for name, kind in HELD_IN.items() if name != "appointments"}


@dataclass(slots=True)
class Shared:
    """What the charts of one import have in common."""

    today: dt.date
    new_id: Callable[[], str]
    recorded: frozenset[str] = frozenset()
    """The MRNs of those who were in the registry before."""
    edited: set[str] = field(default_factory=set)
    """Ids of records that came with one of these files and were changed by a person since."""
    rows: dict[str, str] = field(default_factory=dict)
    """Which row added a record, in words."""
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    """What became of the ids of a file, by its fingerprint."""
    first_dates: dict[str, PartialDate] = field(default_factory=dict)
    """The first date that the files tell of each patient, by MRN."""
    repeated: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many rows say what an earlier row says, by file and table."""


class Chart:
    """The records of one patient and what one table of one file adds to them."""

    def __init__(
        self, plan: ImportPlan, sha256: str, record: PatientRecord | None, base: Patient, shared: Shared
    ) -> None:
        self.plan = plan
        self.sha256 = sha256
        self.shared = shared
        self.new = record is None
        self.before = record.patient if record is not None else None
        self.patient = base
        self.record = record or PatientRecord(patient=base)
        self._added: dict[str, Any] = {}
        self._filled: dict[str, tuple[Any, Any]] = {}
        self._by_key: dict[type[Any], dict[Hashable, list[Any]]] = {}
        self._by_day: dict[Hashable, list[tuple[dt.date, str, Any]]] = {}

    # what is there

    def like(self, kind: type[Any], key: Hashable) -> Sequence[Any]:
        """The records of a kind with this key: those of the same thing on the same day."""
        return self._keyed(kind).get(key, ())

    def all(self, kind: type[Any]) -> Sequence[Any]:
        """Every record of a kind."""
        return [value for found in self._keyed(kind).values() for value in found]

    def near(self, record: Any) -> tuple[Any, ...]:
        """The latest records of the same thing before a record, and those of its day: enough to compare."""
        days = self._sorted(record)
        day = day_of(record)
        start, end = bisect_left(days, day, key=_first), bisect_right(days, day, key=_first)
        return tuple(entry[2] for entry in days[max(0, start - _NEIGHBOURS) : min(end, start + _NEIGHBOURS)])

    # what is added

    def add(self, record: Any, row: ClinicRow) -> None:
        """Take up a new record."""
        self._added[record.id] = record
        self._note(record)
        self.shared.rows[record.id] = place_of(row)

    def change(self, old: Any, new: Any) -> None:
        """Put a record in the place of one that is there."""
        if old.id in self._added:
            self._added[old.id] = new
        else:
            self._filled[old.id] = (self._filled.get(old.id, (old,))[0], new)
        held = self._keyed(type(old)).get(key_of(old), [])
        held[:] = [new if other.id == old.id else other for other in held]

    def is_of_import(self, record: Any) -> bool:
        """Whether a record comes with the files that are looked at now."""
        return record.id in self.shared.rows

    # what is told

    def warn(self, row: ClinicRow, record_field: str, reason: str) -> None:
        """Tell something of an accepted row."""
        self.plan.warnings.append(row.remark(record_field, reason))

    def reject(self, row: ClinicRow, record_field: str, reason: str) -> None:
        """Refuse a row."""
        self.plan.rejected.append(row.remark(record_field, reason))

    def refused(self, row: ClinicRow, issues: Sequence[Issue]) -> bool:
        """Whether what is implausible refuses a row, which is told then."""
        hard = {(issue.field, issue.text): issue for issue in issues if issue.hard}
        for issue in hard.values():
            self.reject(row, issue.field, issue.text)
        return bool(hard)

    def ask(self, row: ClinicRow, issues: Sequence[Issue]) -> None:
        """Tell what is unlikely in a row."""
        for issue in issues:
            if not issue.hard and issue.code != "DUPLICATE":
                self.warn(row, issue.field, issue.text)

    def accept(self, row: ClinicRow, effect: Effect, text: str) -> None:
        """Show a row as accepted."""
        told = PlannedRow(
            row.row,
            self.patient.mrn,
            shown_name(self.patient),
            effect,
            text,
            self.patient.mrn not in self.shared.recorded,
            row,
            row.kind,
        )
        self.plan.rows.append(told)

    def finish(self) -> PatientPlan:
        """What is to be written."""
        additions, fillings = list(self._added.values()), list(self._filled.values())
        sources = {value.id: self.sha256 for value in additions} | {
            new.id: self.sha256 for _, new in fillings
        }
        return PatientPlan(self.patient, self.before, additions, fillings, sources)

    def _keyed(self, kind: type[Any]) -> dict[Hashable, list[Any]]:
        if kind not in self._by_key:
            made = self._by_key[kind] = {}
            missed = self.record.appointments if kind is Visit else ()
            for record in (*getattr(self.record, _HELD_AS[kind]), *missed):
                made.setdefault(key_of(record), []).append(record)
        return self._by_key[kind]

    def _sorted(self, record: Any) -> list[tuple[dt.date, str, Any]]:
        kind, thing = type(record), thing_of(record)
        if (kind, thing) not in self._by_day:
            held = [other for other in self.all(kind) if thing_of(other) == thing]
            self._by_day[kind, thing] = sorted(((day_of(it), it.id, it) for it in held), key=_first)
        return self._by_day[kind, thing]

    def _note(self, record: Any) -> None:
        days = self._by_day.get((type(record), thing_of(record)))
        if days is not None:
            insort(days, (day_of(record), record.id, record), key=_first)
        self._keyed(type(record)).setdefault(key_of(record), []).append(record)


def compare(chart: Chart, row: ClinicRow, draft: Any, *, two_of_a_day: bool) -> tuple[Effect, Any] | None:
    """What a row is beside what is recorded: its effect, and the record as it would be then.

    Args:
        draft: the record of the row.
        two_of_a_day: whether the same thing may be there twice on one day, with different values.

    Returns:
        None when the row contradicts another row; that is told.
    """
    like = list(chart.like(type(draft), key_of(draft)))
    if row.whole:
        like = [other for other in like if not chart.is_of_import(other)]
    if isinstance(draft, TherapyLine):
        like = _same_start(like, draft)
    agreeing = [other for other in like if not differences(other, draft)]
    known = next((other for other in agreeing if not gaps(other, draft)), None)
    if known is not None:
        if chart.is_of_import(known):
            place = chart.sha256, row.table
            chart.shared.repeated[place] = chart.shared.repeated.get(place, 0) + 1
        return Effect.KNOWN, known
    if len(agreeing) == 1:
        (old,) = agreeing
        filled = {name: getattr(draft, name) for name in gaps(old, draft)}
        return Effect.FILLED, without_settled(replace(old, **filled))
    if not like:
        return Effect.NEW, replace(draft, id=chart.shared.new_id())
    edited = next((other for other in like if other.id in chart.shared.edited), None)
    if edited is not None:
        chart.warn(
            row,
            "date",
            say("the record of this row was changed since it was imported; it is kept as it is"),
        )
        return Effect.KNOWN, edited
    if two_of_a_day or row.whole:
        chart.warn(row, "date", say("another record of the same day has different values; both are kept"))
        return Effect.NEW, replace(draft, id=chart.shared.new_id())
    return _contradiction(chart, row, like[0], draft)


def _contradiction(chart: Chart, row: ClinicRow, other: Any, draft: Any) -> tuple[Effect, Any] | None:
    for name in differences(other, draft):
        said = field_value(other, name)
        if chart.is_of_import(other):
            place = chart.shared.rows[other.id]
            chart.reject(row, name, say("{place} says {said} of the same", place=place, said=said))
        else:
            label = field_label(type(other), name)
            chart.warn(
                row, name, say("{label} is recorded as {said}; it is not changed", label=label, said=said)
            )
    return None if chart.is_of_import(other) else (Effect.KNOWN, other)


def differences(recorded: Any, draft: Any) -> list[str]:
    """The fields that both have and that differ; a date that says less is no difference."""
    same = _same_amount(recorded, draft) if isinstance(draft, Lab) else frozenset()
    return [
        name
        for name in _compared(draft)
        if name not in same
        and (new := getattr(draft, name)) not in _EMPTY
        and (old := getattr(recorded, name)) not in _EMPTY
        and not agree(old, new)
    ]


def gaps(recorded: Any, draft: Any) -> list[str]:
    """The fields that a record lacks and a row has."""
    return [
        name
        for name in (*_compared(draft), *(("note",) if hasattr(draft, "note") else ()))
        if getattr(recorded, name) in _EMPTY and getattr(draft, name) not in _EMPTY
    ]


def agree(recorded: Any, said: Any) -> bool:
    """Whether a row says nothing else than what is recorded."""
    if isinstance(recorded, PartialDate) and isinstance(said, PartialDate):
        return str(recorded).startswith(str(said))
    if isinstance(recorded, tuple) and isinstance(said, tuple):
        return {repr(_unlinked(one)) for one in recorded} == {repr(_unlinked(one)) for one in said}
    return bool(recorded == said)


def _unlinked(part: Any) -> Any:
    """A part without the event that it names: the file has an id of its own for that."""
    return replace(part, adverse_event_id=None) if isinstance(part, Infusion) else part


def _compared(record: Any) -> list[str]:
    return [item.name for item in fields(record) if item.name not in _NOT_COMPARED]


def _same_amount(recorded: Lab, draft: Lab) -> frozenset[str]:
    first, second = comparable_value(recorded), comparable_value(draft)
    equal = first is not None and first == second and recorded.detection == draft.detection
    return frozenset({"value", "unit"}) if equal else frozenset()


def _same_start(lines: Sequence[TherapyLine], draft: TherapyLine) -> list[TherapyLine]:
    """The line that began then; else the only one that may have begun then, as far as both dates tell."""
    exact = [line for line in lines if line.start == draft.start]
    if exact:
        return exact
    first, last = draft.start.earliest, draft.start.latest
    possible = [line for line in lines if first <= line.start.latest and line.start.earliest <= last]
    return possible if len(possible) == 1 else []


def place_of(row: ClinicRow) -> str:
    """``row 12 of labs``."""
    return say("row {row} of {table}", row=row.row, table=row.table or row.kind)


def date_of(record: Any) -> PartialDate:
    """The date of a record: its day, its onset or its start."""
    date = getattr(record, "date", None) or (
        record.onset if isinstance(record, AdverseEvent) else record.start
    )
    return date if isinstance(date, PartialDate) else PartialDate.of(date)


def day_of(record: Any) -> dt.date:
    """The first day that the date of a record may mean."""
    return date_of(record).earliest


def thing_of(record: Any) -> Hashable:
    """What a record is of, whatever its day: the test of a result, the drug of a line."""
    if isinstance(record, Lab | Serology):
        return record.test, record.test_name.casefold()
    if isinstance(record, TherapyLine):
        return record.drug, record.drug_name.casefold()
    if isinstance(record, AdverseEvent):
        return record.term, record.note if record.term == "other" else ""
    if isinstance(record, Pro):
        return record.instrument
    if isinstance(record, Consent):
        return record.kind, record.title.casefold(), record.answer
    if isinstance(record, Visit):
        return record.took_place
    return record.kind if isinstance(record, HeartTest) else ""


def key_of(record: Any) -> Hashable:
    """What two records of the same thing on the same day share; two lines of the same drug."""
    if isinstance(record, TherapyLine):
        return thing_of(record)
    date = record.onset if isinstance(record, AdverseEvent) else record.date
    return thing_of(record), str(date)


def _first(entry: tuple[dt.date, str, Any]) -> dt.date:
    return entry[0]
