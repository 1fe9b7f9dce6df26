"""The tables of an export: which there are, their columns, and their rows for one patient.

Every kind of record has one table with every field. Parts of records (doses, infusions, scores) have tables
of their own. The first two columns, ``mrn`` (or the pseudonym) and ``record_id``, tie the tables together;
the parts of one record are told apart by their ``position``. What is derived stands in columns of its own,
whose names begin with ``derived_``, after all that is recorded.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ctdild_desktop.clinical.derived import DerivedTest, derive
from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
from ctdild_desktop.clinical.records import (
    Action,
    AdverseEvent,
    AgendaItem,
    Attachment,
    Consent,
    Decision,
    Diagnosis,
    HeartTest,
    Hrct,
    Lab,
    Meeting,
    Patient,
    PatientRecord,
    Pft,
    Pro,
    Procedure,
    Serology,
    Snooze,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.export_columns import (
    Cell,
    Column,
    Field,
    Type,
    cells_of,
    fields_of,
    inner_type,
    part_of,
)
from ctdild_desktop.interchange.export_derived import DERIVED, OUTCOMES, derived_cells, outcome_rows, rounded
from ctdild_desktop.interchange.pseudonym_fields import DECIDED, Kept
from ctdild_desktop.interchange.pseudonyms import (
    Key,
    age_told,
    is_very_old,
    reaches_very_old,
    without_identity,
)

LONGEST_TEXT = 32_000
"""Letters that one cell of a spreadsheet takes; what a longer text has more stands in a table of its own."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an export."""

    name: str
    kind: type[Any] | None
    """The kind of record or part that a row is; None for a table that only derives."""
    path: tuple[str, ...]
    """Where its records lie in the record of a patient: the field, then the fields of parts."""
    keys: tuple[Column, ...]
    fields: tuple[Field, ...]
    derived: tuple[Column, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns in their order."""
        return (*self.keys, *(column for field in self.fields for column in field.columns), *self.derived)


@dataclass(frozen=True, slots=True)
class Case:
    """One patient as they are handed on, with what follows from their tests."""

    record: PatientRecord
    agenda: tuple[AgendaItem, ...] = ()
    derived: tuple[DerivedTest, ...] = ()
    """In the order of the tests; computed from the exact birth date."""
    ages: tuple[Decimal | None, ...] = ()
    """Age at each test."""
    untold: tuple[bool, ...] = ()
    """Tests whose predicted values would tell an age above the oldest that is told, at that test or later."""


def case_of(record: PatientRecord, key: Key | None, agenda: tuple[AgendaItem, ...] = ()) -> Case:
    """One patient as they are handed on: without identity where there is a key."""
    lent = haemoglobins_of(record.labs)
    derived = tuple(derive(test, record.patient, lent) for test in record.tests)
    birth = record.patient.birth_date
    if key is None:
        ages = tuple(rounded(one.age_years) for one in derived)
        return Case(record, agenda, derived, ages, (False,) * len(ages))
    untold = reaches_very_old(record)
    younger = untold and not all(is_very_old(birth, test.date) for test in record.tests)
    return Case(
        without_identity(record, key),
        (),
        derived,
        tuple(None if younger else age_told(birth, test.date) for test in record.tests),
        (untold,) * len(derived),
    )


_NAMES: tuple[tuple[str, type[Any], tuple[str, ...]], ...] = (
    ("patients", Patient, ("patient",)),
    ("diagnoses", Diagnosis, ("diagnoses",)),
    ("visits", Visit, ("visits",)),
    ("pft", Pft, ("tests",)),
    ("hrct", Hrct, ("hrct",)),
    ("therapy", TherapyLine, ("therapy",)),
    ("adverse_events", AdverseEvent, ("adverse_events",)),
    ("labs", Lab, ("labs",)),
    ("serology", Serology, ("serology",)),
    ("procedures", Procedure, ("procedures",)),
    ("heart_tests", HeartTest, ("heart_tests",)),
    ("pros", Pro, ("pros",)),
    ("consents", Consent, ("consents",)),
    ("files", Attachment, ("attachments",)),
    ("meetings", Meeting, ("meetings",)),
    ("agenda_items", AgendaItem, ("agenda",)),
    ("decisions", Decision, ("decisions",)),
    ("actions", Action, ("actions",)),
    ("snoozes", Snooze, ("snoozes",)),
)
_PART_NAMES = {
    ("patient", "allergies"): "allergies",
    ("diagnoses", "differentials"): "differentials",
    ("therapy", "dose_changes"): "dose_changes",
    ("therapy", "interruptions"): "interruptions",
    ("therapy", "infusions"): "infusions",
    ("therapy", "infusions", "checks"): "infusion_checks",
    ("pros", "scores"): "pro_scores",
    ("meetings", "attendees"): "meeting_attendees",
    ("decisions", "differentials"): "decision_differentials",
    ("decisions", "addenda"): "decision_addenda",
}
_MRN = Column("mrn", Type.TEXT, label="MRN")
_PSEUDONYM = Column("mrn", Type.TEXT, label="pseudonym in place of the MRN")
_RECORD = Column("record_id", Type.TEXT, label="id of the record")
_IN = Column("in_position", Type.WHOLE, label="position of the part that it belongs to, from 1")
_POSITION = Column("position", Type.WHOLE, label="position in the record, from 1")
_PLACES = {1: (), 2: (_POSITION,), 3: (_IN, _POSITION)}
LONG_TEXTS = Table(
    "long_texts",
    None,
    (),
    (
        _MRN,
        _RECORD,
        _IN,
        _POSITION,
        Column("table", Type.TEXT, label="table of the cell that goes on here"),
        Column("column", Type.TEXT, label="column of the cell that goes on here"),
        Column("part", Type.WHOLE, label="which piece of the text, from 2"),
        Column("text", Type.TEXT, label="the piece"),
    ),
    (),
)
_OUTCOMES = Table("outcomes", None, (), (_MRN, _RECORD), (), OUTCOMES)


@functools.cache
def tables(*, pseudonymised: bool) -> tuple[Table, ...]:
    """The tables of an export, in their order.

    Without identity a field that stays behind has no column, and a kind that stays behind has no table.
    """
    made = []
    for name, kind, path in _NAMES:
        for table in _with_parts(name, kind, path, pseudonymised=pseudonymised):
            made.append(table)
            if table.name == "patients":
                made.append(_OUTCOMES)
    return tuple(made) if pseudonymised else (*made, LONG_TEXTS)


def _with_parts(name: str, kind: type[Any], path: tuple[str, ...], *, pseudonymised: bool) -> Iterator[Table]:
    staying = DECIDED.get(kind, {}) if pseudonymised else None
    if staying == {}:
        return
    first = _PSEUDONYM if pseudonymised else _MRN
    keys = (*(() if path[0] == "meetings" else (first,)), _RECORD, *_PLACES[len(path)])
    fields = tuple(
        field
        for field in fields_of(kind)
        if (field.name != "mrn" or kind is not Patient)
        and (staying is None or staying.get(field.name, Kept.NOT) is not Kept.NOT or _as_year(kind, field))
    )
    yield Table(name, kind, path, keys, fields, DERIVED if kind is Pft else ())
    for part_name, hint in typing.get_type_hints(kind).items():
        part = part_of(inner_type(hint))
        if part is None or (staying is not None and staying.get(part_name) is not Kept.PARTS):
            continue
        inside = (*path, part_name)
        yield from _with_parts(_PART_NAMES[inside], part, inside, pseudonymised=pseudonymised)


def _as_year(kind: type[Any], field: Field) -> bool:
    return kind is Patient and field.name == "birth_date"


Row = tuple[str, list[Cell]]
"""The name of a table and the cells of one row of it."""


def rows_of(case: Case, *, pseudonymised: bool) -> Iterator[Row]:
    """Every row of one patient, table by table."""
    mrn = case.record.patient.mrn
    for table in tables(pseudonymised=pseudonymised):
        if table.name == "outcomes":
            for cells in outcome_rows(case.record.patient):
                yield table.name, [mrn, case.record.patient.id, *cells]
        elif table.kind not in {None, Meeting} and table.path[0] != "meetings":
            found = _records(case, table.path[0])
            yield from _long_apart(table, mrn, _rows(table, mrn, found, case), whole=pseudonymised)


def meeting_rows(meetings: Iterable[Meeting]) -> Iterator[Row]:
    """The rows of meetings, which belong to no patient."""
    held = tuple(meetings)
    for table in tables(pseudonymised=False):
        if table.path[:1] == ("meetings",):
            yield from _long_apart(table, None, _rows(table, None, held, None), whole=False)


def _records(case: Case, name: str) -> Sequence[Any]:
    record = case.record
    if name == "patient":
        return (record.patient,)
    if name == "agenda":
        return case.agenda
    if name == "visits":
        return (*record.visits, *record.appointments)
    found: Sequence[Any] = getattr(record, name)
    return found


def _rows(table: Table, mrn: str | None, records: Sequence[Any], case: Case | None) -> Iterator[list[Cell]]:
    of_patient: list[Cell] = [] if mrn is None else [mrn]
    for number, record in enumerate(records):
        for places, item in _items(record, table.path[1:]):
            cells: list[Cell] = [*of_patient, record.id, *places]
            for field in table.fields:
                cells.extend(cells_of(type(item), field, getattr(item, field.name)))
            if table.derived and case is not None:
                cells.extend(
                    derived_cells(case.derived[number], case.ages[number], told=not case.untold[number])
                )
            yield cells


def _items(record: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[int, ...], Any]]:
    """The parts of a record at a path, each with its positions from 1."""
    if not path:
        yield (), record
        return
    for position, part in enumerate(getattr(record, path[0]), start=1):
        for places, item in _items(part, path[1:]):
            yield (position, *places), item


def _long_apart(table: Table, mrn: str | None, rows: Iterable[list[Cell]], *, whole: bool) -> Iterator[Row]:
    """The rows, with what one cell cannot hold in rows of the table of long texts after them."""
    first = 0 if mrn is None else 1
    for cells in rows:
        rest: list[Row] = []
        for place, cell in enumerate(cells):
            if not whole and isinstance(cell, str) and len(cell) > LONGEST_TEXT:
                pieces = [cell[at : at + LONGEST_TEXT] for at in range(0, len(cell), LONGEST_TEXT)]
                cells[place] = pieces[0]
                places = cells[first + 1 : len(table.keys)]
                at = [None] * (2 - len(places)) + places
                for part, piece in enumerate(pieces[1:], start=2):
                    key = [mrn, cells[first], *at, table.name, table.columns[place].name, part, piece]
                    rest.append((LONG_TEXTS.name, key))
        yield table.name, cells
        yield from rest
