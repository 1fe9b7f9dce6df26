"""What a clinic's old workbook would change: every table of every file of one import, as one set.

The tables are taken in an order in which each finds what it needs: patients, what became of them, tests,
therapy and its infusions, then the rest. A row of therapy may name a patient whom another file of the same
import adds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility import check_patient
from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.interchange.records import ClinicRow, Remark, TestTable
from ctdild_desktop.language import say, say_n
from ctdild_desktop.services.import_chart import Chart, Shared, date_of
from ctdild_desktop.services.import_identity import conflicts_of, with_identity
from ctdild_desktop.services.import_kinds import take_row
from ctdild_desktop.services.import_outcomes import take_failure, take_outcome
from ctdild_desktop.services.import_patients import take_patient
from ctdild_desktop.services.import_plan import ImportPlan, PatientPlan, plan_import
from ctdild_desktop.services.import_therapy import link_events, take_infusions, take_line
from ctdild_desktop.services.progress import Progress

_PATIENTS_A_STEP = 20
_STAGES = (
    *("patients", "outcomes", "visits", "pft", "diagnoses", "therapy", "infusions", "failures"),
    *("adverse_events", "hrct", "labs", "serology", "pros", "heart_tests", "procedures", "consents"),
)


@dataclass(slots=True)
class SetPlan:
    """What the files of one set would change."""

    plans: list[ImportPlan]
    """One for each file: its rows, what is rejected, and the patients that it touches."""
    patients: list[PatientPlan] = field(default_factory=list)
    """All that is to be written, one for each patient."""


def plan_set(
    tables: Sequence[TestTable],
    known: Mapping[str, PatientRecord],
    *,
    today: dt.date,
    new_id: Callable[[], str],
    only_mrn: str | None = None,
    edited: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> SetPlan:
    """Decide what the files change together.

    Args:
        known: the recorded patients by MRN, at least those that the files name.
        only_mrn: accept rows of this patient alone and reject all others.
        edited: ids of records that came with one of these files and were changed by a person since.
        progress: is told how far it is, and may stop it.
    """
    shared = Shared(today, new_id, frozenset(known), set(edited), first_dates=_first_dates(tables))
    plans = [ImportPlan(rejected=list(it.rejected), warnings=list(it.warnings)) for it in tables]
    planner = _Planner(shared, dict(known), only_mrn, _listed(tables), progress or Progress())
    for stage in _STAGES:
        for table, plan in zip(tables, plans, strict=True):
            planner.take(stage, table, plan)
    for table, plan in zip(tables, plans, strict=True):
        plan.patients = _merged(plan.patients)
        plan.warnings += _repeated(shared, table)
        plan.rejected.sort(key=_place)
        plan.warnings.sort(key=_place)
        plan.rows.sort(key=attrgetter("kind", "row"))
    patients = _merged(planner.written)
    for patient in patients:
        link_events(patient, shared)
    return SetPlan(plans, patients)


class _Planner:
    """Takes the rows of one stage after the other, each on what the ones before it left."""

    def __init__(
        self,
        shared: Shared,
        known: dict[str, PatientRecord],
        only_mrn: str | None,
        listed: set[str] | None,
        progress: Progress,
    ) -> None:
        self._shared = shared
        self._known = known
        self._only_mrn = only_mrn
        self._listed = listed
        self._recorded = frozenset(known)
        self._progress = progress
        self.written: list[PatientPlan] = []

    def take(self, stage: str, table: TestTable, plan: ImportPlan) -> None:
        """Take the rows of a file that are of one stage."""
        if stage == "pft":
            self._take_tests(table, plan)
            return
        by_mrn: dict[str, list[ClinicRow]] = {}
        for row in table.clinic:
            if _stage_of(row) != stage:
                continue
            if self._only_mrn is not None and row.patient.mrn != self._only_mrn:
                reason = say("belongs to another patient than the one that was chosen")
                plan.rejected.append(row.remark("mrn", reason))
                continue
            by_mrn.setdefault(row.patient.mrn, []).append(row)
        comparing = say("Comparing {name}", name=table.name)
        for done, (mrn, rows) in enumerate(by_mrn.items()):
            if done % _PATIENTS_A_STEP == 0:
                self._progress.step(done, len(by_mrn), comparing)
            self._take_patient(stage, mrn, rows, table, plan)

    def _take_tests(self, table: TestTable, plan: ImportPlan) -> None:
        if not table.rows:
            return
        found = plan_import(
            replace(table, rejected=(), warnings=(), clinic=()),
            self._known,
            today=self._shared.today,
            new_id=self._shared.new_id,
            only_mrn=self._only_mrn,
            progress=self._progress,
        )
        plan.rows += [replace(row, new_patient=row.mrn not in self._recorded) for row in found.rows]
        plan.rejected += found.rejected
        plan.warnings += found.warnings
        first_rows = {row.patient.mrn: row for row in reversed(table.rows)}
        for patient in found.patients:
            patient.sources |= dict.fromkeys((it.id for it in patient.additions), table.sha256)
            self._keep(patient, plan)
            mrn = patient.patient.mrn
            self._tell_unlisted(mrn, plan, first_rows[mrn].remark)

    def _take_patient(
        self, stage: str, mrn: str, rows: list[ClinicRow], table: TestTable, plan: ImportPlan
    ) -> None:
        record = self._known.get(mrn)
        conflicts = conflicts_of(rows, record.patient if record is not None else None)
        plan.rejected += conflicts.remarks
        rows = [row for row in rows if row.row not in conflicts.rows]
        if not rows:
            return
        stored = record.patient if record is not None else None
        base = stored or Patient(id=self._shared.new_id(), mrn=mrn)
        patient = with_identity(base, rows)
        if stage != "patients" and not self._may_be(base, patient, rows, plan):
            return
        chart = Chart(plan, table.sha256, record, patient, self._shared)
        accepted = len(plan.rows)
        if stage == "infusions":
            take_infusions(chart, rows)
        else:
            for row in rows:
                _TAKERS.get(stage, take_row)(chart, row)
        if len(plan.rows) == accepted:
            return
        self._keep(chart.finish(), plan)
        self._tell_unlisted(mrn, plan, rows[0].remark)

    def _may_be(self, base: Patient, patient: Patient, rows: Sequence[ClinicRow], plan: ImportPlan) -> bool:
        """Whether what the rows say of the person can be; a row of the patients is judged by itself."""
        if patient == base:
            return True
        before = check_patient(base, self._shared.today)
        found = [one for one in check_patient(patient, self._shared.today) if one not in before]
        for issue in found:
            if issue.hard:
                plan.rejected += [row.remark(issue.field, issue.text) for row in rows]
                return False
        for issue in found:
            stating = [row for row in rows if issue.field in row.written] or rows
            plan.warnings.append(stating[0].remark(issue.field, issue.text))
        return True

    def _keep(self, patient: PatientPlan, plan: ImportPlan) -> None:
        mrn = patient.patient.mrn
        plan.patients.append(patient)
        self.written.append(replace(patient, additions=[*patient.additions], fillings=[*patient.fillings]))
        self._known[mrn] = patient.applied_to(self._known.get(mrn))

    def _tell_unlisted(self, mrn: str, plan: ImportPlan, remark: Callable[[str, str], Remark]) -> None:
        """Tell once of an MRN that the table of patients lacks: it may be a slip."""
        if self._listed is None or mrn in self._listed or mrn in self._recorded:
            return
        reason = say("this MRN is not in the table of patients; a patient with little else is made")
        plan.warnings.append(remark("mrn", reason))
        self._listed.add(mrn)


_TAKERS: Mapping[str, Callable[[Chart, ClinicRow], None]] = {
    "patients": take_patient,
    "outcomes": take_outcome,
    "therapy": take_line,
    "failures": take_failure,
}


def _stage_of(row: ClinicRow) -> str:
    failed = row.kind == "outcomes" and row.record.event == "treatment_failure"
    return "failures" if failed else row.kind


def _listed(tables: Sequence[TestTable]) -> set[str] | None:
    """The MRNs in the tables of patients; None when there is no such table."""
    found = {row.patient.mrn for table in tables for row in table.clinic if row.kind == "patients"}
    return found or None


def _first_dates(tables: Sequence[TestTable]) -> dict[str, PartialDate]:
    """The first date that the files tell of each patient, as exactly as they tell it."""
    found: dict[str, PartialDate] = {}

    def note(mrn: str, date: PartialDate) -> None:
        if mrn not in found or date.earliest < found[mrn].earliest:
            found[mrn] = date

    for table in tables:
        for test in table.rows:
            note(test.patient.mrn, PartialDate.of(test.date))
        for row in table.clinic:
            if row.kind != "patients" and row.record is not None:
                note(row.patient.mrn, date_of(row.record))
    return found


def _merged(plans: Sequence[PatientPlan]) -> list[PatientPlan]:
    """One plan for each patient."""
    found: dict[str, PatientPlan] = {}
    for plan in plans:
        mrn = plan.patient.mrn
        if mrn in found:
            found[mrn].absorb(plan)
        else:
            found[mrn] = replace(plan, additions=[*plan.additions], fillings=[*plan.fillings])
    return list(found.values())


def _repeated(shared: Shared, table: TestTable) -> list[Remark]:
    return [
        Remark(
            None,
            "",
            "",
            say(
                "{rows} say what an earlier row says; it is kept once",
                rows=say_n("{n} row", "{n} rows", count),
            ),
            name,
        )
        for (sha256, name), count in shared.repeated.items()
        if sha256 == table.sha256
    ]


def _place(remark: Remark) -> tuple[str, int]:
    return remark.table, remark.row or 0
