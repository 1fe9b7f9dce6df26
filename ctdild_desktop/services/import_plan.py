"""What an import would change, decided before anything is written: pure, on records.

Rows go to the patient with their MRN and to nobody else. A row that contradicts who that patient is known to
be is rejected, never attached by guess; a file that contradicts itself about a patient has all rows of that
patient rejected. What is recorded is never overwritten: empty fields are filled, different values become a
test of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from operator import attrgetter
from typing import Any

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility import Issue, check_patient, check_pft, check_visit
from ctdild_desktop.clinical.records import HELD_IN, Diagnosis, Patient, PatientRecord, Visit
from ctdild_desktop.interchange.measures import stored_unit
from ctdild_desktop.interchange.records import ClinicRow, Reading, Remark, TestRow, TestTable
from ctdild_desktop.language import say
from ctdild_desktop.services.field_words import field_value
from ctdild_desktop.services.import_identity import conflicts_of, merged_patient
from ctdild_desktop.services.import_tests import DayTests, Effect
from ctdild_desktop.services.progress import Progress

_PATIENTS_A_STEP = 20


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One accepted row as the preview shows it."""

    row: int
    mrn: str
    name: str
    effect: Effect
    text: str
    new_patient: bool
    source: TestRow | ClinicRow | None = field(default=None, repr=False)
    kind: str = "pft"
    """Which of the clinic's tables it is a row of."""

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Each value as the file has it and as it is read."""
        return () if self.source is None else readings_of(self.source)


@dataclass(slots=True)
class PatientPlan:
    """What is to be written for one patient; nothing when every row is already there."""

    patient: Patient
    before: Patient | None
    """The patient as recorded; None for a new one."""
    additions: list[Any] = field(default_factory=list)
    fillings: list[tuple[Any, Any]] = field(default_factory=list)
    """Recorded tests, visits and other records with their filled successors."""
    sources: dict[str, str] = field(default_factory=dict)
    """The fingerprint of the file of each addition and filling by its id, where it is not the one planned."""

    part_sources: dict[str, str] = field(default_factory=dict)
    """The fingerprint of the file of what another file put into a new line of therapy, by the line's id."""

    def absorb(self, later: PatientPlan) -> None:
        """Take up what is to be written after this, so that both are one."""
        self.patient = later.patient
        added = {value.id: place for place, value in enumerate(self.additions)}
        filled = {after.id: place for place, (_, after) in enumerate(self.fillings)}
        self.additions += later.additions
        for before, after in later.fillings:
            if (place := added.get(after.id)) is not None:
                self.additions[place] = after
                self.part_sources[after.id] = later.sources.get(after.id, "")
            elif (place := filled.get(after.id)) is not None:
                self.fillings[place] = (self.fillings[place][0], after)
            else:
                self.fillings.append((before, after))
        self.sources = later.sources | self.sources

    def applied_to(self, record: PatientRecord | None) -> PatientRecord:
        """The patient's record as it would be afterwards."""
        known = record or PatientRecord(patient=self.patient)
        filled = {after.id: after for _, after in self.fillings}
        added: dict[type[Any], list[Any]] = {}
        for value in self.additions:
            added.setdefault(type(value), []).append(value)
        changed = added.keys() | {type(after) for after in filled.values()}
        held = {
            name: (*(filled.get(value.id, value) for value in getattr(known, name)), *added.get(kind, ()))
            for name, kind in HELD_IN.items()
            if kind in changed and name != "appointments"
        }
        if "tests" in held:
            held["tests"] = tuple(sorted(held["tests"], key=lambda test: (test.date, test.entered)))
        return replace(known, patient=self.patient, **held)

    @property
    def empty(self) -> bool:
        """Whether nothing would be written."""
        return self.patient == self.before and not self.additions and not self.fillings


@dataclass(slots=True)
class ImportPlan:
    """All that one file would change, and why some of it would not."""

    patients: list[PatientPlan] = field(default_factory=list)
    rows: list[PlannedRow] = field(default_factory=list)
    rejected: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    def count(self, effect: Effect, kind: str = "pft") -> int:
        """How many accepted rows of a kind have this effect."""
        return sum(row.effect is effect and row.kind == kind for row in self.rows)


def plan_import(
    table: TestTable,
    known: Mapping[str, PatientRecord],
    *,
    today: dt.date,
    new_id: Callable[[], str],
    only_mrn: str | None = None,
    progress: Progress | None = None,
) -> ImportPlan:
    """Decide what a file changes.

    Args:
        known: the recorded patients by MRN, at least those that the file names.
        only_mrn: accept rows of this patient alone and reject all others.
        progress: is told how far it is, and may stop it.
    """
    plan = ImportPlan(rejected=list(table.rejected), warnings=list(table.warnings))
    by_mrn: dict[str, list[TestRow]] = {}
    for row in table.rows:
        if only_mrn is not None and row.patient.mrn != only_mrn:
            plan.rejected.append(
                row.remark("mrn", say("belongs to another patient than the one that was chosen"))
            )
            continue
        by_mrn.setdefault(row.patient.mrn, []).append(row)
    for done, (mrn, rows) in enumerate(by_mrn.items()):
        if progress is not None and done % _PATIENTS_A_STEP == 0:
            progress.step(done, len(by_mrn), say("Comparing {name}", name=table.name))
        _PatientImport(
            plan=plan, table=table, record=known.get(mrn), rows=rows, today=today, new_id=new_id
        ).run()
    plan.rejected.sort(key=_place)
    plan.warnings.sort(key=_place)
    plan.rows.sort(key=attrgetter("row"))
    return plan


def _place(remark: Remark) -> int:
    return remark.row or 0


class _PatientImport:
    """The rows of one MRN against what is recorded of that patient."""

    def __init__(
        self,
        *,
        plan: ImportPlan,
        table: TestTable,
        record: PatientRecord | None,
        rows: list[TestRow],
        today: dt.date,
        new_id: Callable[[], str],
    ) -> None:
        self._plan = plan
        self._table = table
        self._record = record
        self._today = today
        self._new_id = new_id
        conflicts = conflicts_of(rows, record.patient if record else None)
        plan.rejected += conflicts.remarks
        self._rows = [row for row in rows if row.row not in conflicts.rows]
        stored = record.patient if record else None
        self._base = stored or Patient(id=new_id(), mrn=rows[0].patient.mrn)
        self._out = PatientPlan(merged_patient(self._base, self._rows), stored)
        self._tests = DayTests(record.tests if record else (), table.sha256)
        self._visits = {visit.date: visit for visit in reversed(record.visits)} if record else {}
        self._new_visits: set[str] = set()
        self._entered = max((test.entered for test in record.tests), default=0) if record else 0

    def run(self) -> None:
        if not self._rows or self._impossible_patient():
            return
        accepted = [row for row in sorted(self._rows, key=_day_and_row) if self._take(row)]
        if not accepted and self._record is None:
            return
        self._out.patient = merged_patient(self._base, accepted)
        self._name_diagnosis(accepted)
        if self._record is not None:
            self._out.fillings += self._tests.fillings
            stored = {visit.id: visit for visit in self._record.visits}
            changed = (visit for visit in self._visits.values() if visit.id in stored)
            self._out.fillings += [(stored[v.id], v) for v in changed if stored[v.id] != v]
        self._out.additions += [visit for visit in self._visits.values() if visit.id in self._new_visits]
        self._plan.patients.append(self._out)

    def _impossible_patient(self) -> bool:
        """Reject every row when what the file says of the patient cannot be."""
        if self._out.patient == self._out.before:
            return False
        for issue in check_patient(self._out.patient, self._today):
            if (
                issue.field == "height_cm"
            ):  # judged with the test that brings it, so that one slip costs one row
                continue
            stating = [row for row in self._rows if issue.field in row.written] or self._rows
            if issue.hard:
                self._plan.rejected += [row.remark(issue.field, issue.text) for row in self._rows]
                return True
            self._plan.warnings.append(stating[0].remark(issue.field, issue.text))
        return False

    def _take(self, row: TestRow) -> bool:
        """Decide one row; False when it is rejected."""
        patient = self._out.patient
        issues: list[Issue] = []
        if row.test is not None:
            issues += check_pft(row.test, patient, self._tests.before(row.test), self._today)
        if row.visit is not None:
            issues += check_visit(row.visit, patient, self._visits_before(row.visit), self._today)
        hard = {(issue.field, issue.text): issue for issue in issues if issue.hard}
        if hard:
            self._plan.rejected += [row.remark(issue.field, issue.text) for issue in hard.values()]
            return False
        effect = self._keep_test(row, issues) if row.test is not None else Effect.NO_TEST
        if row.visit is not None and self._keep_visit(row, row.visit) and row.test is None:
            for issue in issues:
                self._warn(row, issue.field, issue.text)
        name = shown_name(patient)
        self._plan.rows.append(
            PlannedRow(row.row, patient.mrn, name, effect, _told(row), self._record is None, row)
        )
        return True

    def _visits_before(self, visit: Visit) -> tuple[Visit, ...]:
        """The visits that a weight is compared with."""
        if visit.weight_kg is None:
            return ()
        return tuple(one for one in self._visits.values() if one.date < visit.date)

    def _keep_test(self, row: TestRow, issues: Iterable[Issue]) -> Effect:
        assert row.test is not None
        effect, reason = self._tests.place(row.test)
        if reason:
            self._warn(row, "date", reason)
        if effect is not Effect.KNOWN:
            for issue in issues:
                self._warn(row, issue.field, issue.text)
        if effect is Effect.NEW:
            self._entered += 1
            kept = replace(
                row.test,
                id=self._new_id(),
                entered=self._entered,
                source_format=self._table.format,
                source_sha256=self._table.sha256,
            )
            self._tests.add(kept, row.row)
            self._out.additions.append(kept)
        return effect

    def _keep_visit(self, row: TestRow, said: Visit) -> bool:
        """Keep what a row says of a visit; whether it says anything new."""
        stored_visit = visit = self._visits.get(said.date)
        if visit is None:
            visit = replace(said, id=self._new_id())
            self._new_visits.add(visit.id)
        for name in ("mmrc", "weight_kg", "spo2_rest"):
            value, stored = getattr(said, name), getattr(visit, name)
            if value is not None and stored is None:
                visit = replace(visit, **{name: value})
            elif value is not None and value != stored:
                self._warn(
                    row, name, say("the visit of this day has {stored}; it is not changed", stored=stored)
                )
        self._visits[said.date] = visit
        return visit != stored_visit

    def _name_diagnosis(self, accepted: list[TestRow]) -> None:
        """A view of the diagnosis for a patient who has none, and a new one where the file changes it."""
        views = self._record.diagnoses if self._record else ()
        latest: tuple[str, str | None] | None = None
        for row in accepted:
            if row.diagnosis is None:
                continue
            said = row.diagnosis, row.pattern
            if said == latest:
                continue
            latest = said
            if views:
                self._compare_diagnosis(row)
                continue
            date = PartialDate.of(row.date)
            self._out.additions.append(
                Diagnosis(id=self._new_id(), date=date, ctd=row.diagnosis, pattern=row.pattern)
            )

    def _compare_diagnosis(self, row: TestRow) -> None:
        assert self._record is not None
        view = self._record.diagnosis_on(row.date) or self._record.diagnoses[0]
        if row.diagnosis != view.ctd:
            label = codes.diagnoses().label(view.ctd)
            self._warn(row, "ctd", say("the recorded diagnosis is {label}; it is not changed", label=label))
        elif row.pattern is not None and row.pattern != view.pattern:
            label = codes.patterns().label(view.pattern) or say("not recorded")
            self._warn(row, "pattern", say("the recorded pattern is {label}; it is not changed", label=label))

    def _warn(self, row: TestRow, record_field: str, reason: str) -> None:
        self._plan.warnings.append(row.remark(record_field, reason))


_NOT_SHOWN = frozenset({"id", "version", "absent", "suspected_lines"})


def readings_of(row: TestRow | ClinicRow) -> tuple[Reading, ...]:
    """The values of a row: those of a message as its reader noted them, those of a table from its cells."""
    if isinstance(row, ClinicRow) and row.whole:
        return tuple(_whole_readings(row.record))
    if isinstance(row, ClinicRow):
        return tuple(_worded(row, name, *told) for name, told in row.written.items())
    if row.readings:
        return row.readings
    holders = (row, row.test, row.visit, row.patient)
    return tuple(_reading(holders, name, *told) for name, told in row.written.items())


def _whole_readings(record: Any) -> Iterator[Reading]:
    """What a file says of a whole record, field by field."""
    for item in fields(record):
        value = getattr(record, item.name)
        if item.name in _NOT_SHOWN or item.name.endswith("_id") or value in (None, "", ()):
            continue
        told = " ".join(field_value(record, item.name).split("\n"))
        text = told if isinstance(value, tuple) else str(value)
        yield Reading(label=item.name, text=text, unit="", field=item.name, read_as=told)


def _worded(row: ClinicRow, name: str, column: str, text: str) -> Reading:
    """One cell of a clinic's table, read in the words in which the record shows it."""
    for record in (row.record, row.patient):
        if getattr(record, name, None) in (None, "", ()):
            continue
        with suppress(KeyError):
            return Reading(label=column, text=text, unit="", field=name, read_as=field_value(record, name))
    if name in {"drug", "suspected"} and row.drugs:
        drugs = ", ".join(codes.drugs().label(drug) for drug in row.drugs)
        return Reading(label=column, text=text, unit="", field=name, read_as=drugs)
    return _reading((row.record, row.patient), name, column, text)


def _reading(holders: Sequence[Any], name: str, column: str, text: str) -> Reading:
    value = next(
        (held for holder in holders if (held := getattr(holder, name, None)) not in (None, "", ())), None
    )
    if isinstance(value, Decimal):
        unit = stored_unit(name)
        shown = next((found for one in holders if (found := getattr(one, "dlco_unit", None))), None)
        if not unit and shown is not None:
            unit = shown.value
        return Reading(label=column, text=text, unit="", field=name, value=value, stored_unit=unit)
    if isinstance(value, dt.date):
        said = wording.day(value)
    elif isinstance(value, tuple):
        said = "; ".join(map(str, value))
    else:
        said = wording.partial(value) if isinstance(value, PartialDate) else str(value or text)
    return Reading(label=column, text=text, unit="", field=name, read_as=said)


def shown_name(patient: Patient) -> str:
    """``HOLLOWAY, Ingrid``; empty when no name is known."""
    return ", ".join(part for part in (patient.family_name.upper(), patient.given_name) if part)


def _told(row: TestRow) -> str:
    """The row's values in the words of a table: ``12.03.2026: FVC 2.31 L, DLCO 10.3``."""
    parts = []
    if row.test is not None:
        test = row.test
        for measure, value, unit in (
            ("fvc", test.fvc_l, "L"),
            ("fvc", test.fvc_pct_pred, "%"),
            ("fev1", test.fev1_l if test.fvc_l is None and test.fvc_pct_pred is None else None, "L"),
            ("dlco", test.dlco, test.dlco_unit.value if test.dlco_unit else ""),
            ("dlco", test.dlco_pct_pred, "%"),
        ):
            if value is not None:
                parts.append(f"{wording.measure(measure)} {wording.as_typed(value)} {unit}".rstrip())
        parts = parts or [say("test")]
    elif row.visit is not None and row.visit.mmrc is not None:
        parts.append(say("mMRC {mmrc}", mmrc=row.visit.mmrc))
    return f"{wording.day(row.date)}: {', '.join(parts)}" if parts else wording.day(row.date)


def _day_and_row(row: TestRow) -> tuple[dt.date, int]:
    return row.date, row.row
