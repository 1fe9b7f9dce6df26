"""Patients: finding them, adding and editing them, and the views of their diagnosis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.absence import absence_issues
from ctdild_desktop.clinical.code_fields import code_issues
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility import Issue, Severity, check_patient
from ctdild_desktop.clinical.records import Diagnosis, Patient, PatientRecord
from ctdild_desktop.clinical.typed_text import text_issues, tidy_line
from ctdild_desktop.language import say
from ctdild_desktop.services import consents, entries
from ctdild_desktop.services.acts import (
    Add,
    Amend,
    Remove,
    new_issues,
    perform,
    record_of,
    refuse_issues,
    saved_in,
    verdicts_changed,
    with_id,
)
from ctdild_desktop.services.assessment import PatientView, patient_view
from ctdild_desktop.services.desk import RECORDING, Desk, Done, RefusedError, Role, for_everybody, requires
from ctdild_desktop.services.events import note_view
from ctdild_desktop.services.reading import each_record
from ctdild_desktop.services.search_key import fold
from ctdild_desktop.services.site_criteria import own_criteria
from ctdild_desktop.services.texts import display_name

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_RECENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientHit:
    """One line of the search pop-up."""

    id: str
    mrn: str
    name: str
    """``HOLLOWAY, Ingrid``; empty when no name is recorded."""
    birth_date: PartialDate | None
    sex: str
    """``F``, ``M`` or empty."""
    diagnosis: str
    """Short label of the present diagnosis; empty when none is recorded."""
    incomplete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientSummary:
    """One row of the list of patients. Measurements are as recorded."""

    id: str
    mrn: str
    name: str
    sex: str
    birth_date: PartialDate | None
    diagnosis: str
    pattern: str
    last_test: dt.date | None
    last_fvc: str
    """``2.31 L``, or ``64 %`` when only % predicted was recorded; empty without a value."""
    last_dlco: str
    n_tests: int
    missing: tuple[str, ...]
    """What the record lacks: ``birth date``, ``diagnosis`` ..."""


class Column(StrEnum):
    """A column of the list, to order it by."""

    NAME = "name"
    MRN = "mrn"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    DIAGNOSIS = "diagnosis"
    PATTERN = "pattern"
    LAST_TEST = "last_test"
    FVC = "fvc"
    DLCO = "dlco"
    TESTS = "tests"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody registered, in the order of a column."""

    by: Column
    descending: bool
    ids: tuple[str, ...]
    incomplete: int
    """How many records lack something."""


@for_everybody
def find(desk: Desk, text: str, limit: int = 10) -> tuple[PatientHit, ...]:
    """Find patients by the beginnings or parts of names, MRN or birth date, in any order and without accents.

    An empty text gives the patients opened last at this desk, filled up with those changed last.
    """
    with desk.registry.read() as session:
        ids = desk.store.lists.search(session, text, limit) if text.strip() else _recent(desk, session, limit)
        return desk.store.lists.hits(session, ids)


@for_everybody
def prepare_search(desk: Desk) -> None:
    """Read what :func:`find` looks through, so that the first key need not wait for it."""
    with desk.registry.read() as session:
        desk.store.lists.index.keys(session)


def _recent(desk: Desk, session: Session, limit: int) -> list[str]:
    ids = list(dict.fromkeys((*desk.recent, *desk.store.lists.changed_last(session, limit))))
    return ids[:limit]


@for_everybody
def note_opened(desk: Desk, patient_id: str, where: str) -> None:
    """Remember a patient as opened last, for the empty search, and note the view in the audit trail.

    Call it when the record is in sight: it waits for the disk.

    Args:
        where: what the patient was opened from: ``search``, ``list`` ...
    """
    desk.recent[:] = [patient_id, *(known for known in desk.recent if known != patient_id)][:_RECENT]
    note_view(desk, patient_id, where)


@for_everybody
def roster(desk: Desk, by: Column = Column.NAME, *, descending: bool = False) -> Roster:
    """Everybody's place in the list; what it shows of them is read with :func:`summaries` when in sight."""
    with desk.registry.read() as session:
        return desk.store.listing.roster(session, by, descending=descending)


@for_everybody
def summaries(desk: Desk, ids: Sequence[str]) -> tuple[PatientSummary, ...]:
    """The rows of these patients, in the order given; who is no longer registered is left out."""
    with desk.registry.read() as session:
        return desk.store.listing.summaries(session, ids)


@for_everybody
def list_patients(desk: Desk) -> tuple[PatientSummary, ...]:
    """The rows of everybody, in the order of names: for a registry that is not large."""
    with desk.registry.read() as session:
        order = desk.store.listing.roster(session, Column.NAME, descending=False)
        rows = {row.id: row for row in desk.store.listing.summaries(session)}
    return tuple(rows[patient_id] for patient_id in order.ids)


@for_everybody
def count(desk: Desk) -> int:
    """How many patients are registered."""
    with desk.registry.read() as session:
        return desk.store.lists.count(session)


@for_everybody
def load(desk: Desk, patient_id: str) -> PatientRecord:
    """Everything recorded of a patient; raises RefusedError when there is no such patient."""
    return record_of(desk, patient_id)


@for_everybody
def view(desk: Desk, patient_id: str) -> PatientView:
    """What the patient screen shows today, with the clinic's own thresholds; raises as :func:`load`."""
    return patient_view(load(desk, patient_id), desk.today(), own=own_criteria(desk))


@for_everybody
def by_mrn(desk: Desk, mrn: str) -> PatientRecord | None:
    """Everything recorded of the patient with exactly this MRN; None when there is none."""
    with desk.registry.read() as session:
        patient_id = desk.store.lists.id_of_mrn(session, tidy_line(mrn))
        return desk.store.load(session, patient_id) if patient_id else None


@for_everybody
def load_all(desk: Desk) -> Iterator[PatientRecord]:
    """Everything recorded of every patient of one moment, in MRN order, a hundred at a time."""
    with desk.registry.read() as session:
        yield from each_record(desk, session)


@for_everybody
def same_names(desk: Desk, patient: Patient) -> tuple[PatientHit, ...]:
    """Other patients with the same surname, accents and case aside: a reason to check the birth date."""
    family = fold(patient.family_name.strip())
    if not family:
        return ()
    with desk.registry.read() as session:
        ids = [other.id for other in _namesakes(desk, session, patient)]
        return desk.store.lists.hits(session, ids)


def _namesakes(desk: Desk, session: Session, patient: Patient) -> list[Patient]:
    family = fold(patient.family_name.strip())
    if not family:
        return []
    return [
        other
        for other in desk.store.lists.patients_called(session, patient.family_name)
        if other.id != patient.id and fold(other.family_name.strip()) == family
    ]


@for_everybody
def check(desk: Desk, patient: Patient) -> tuple[Issue, ...]:
    """Everything that speaks against saving a patient: implausible values, a used MRN, a likely twin
    entry.
    """
    if unseen := text_issues(patient):
        return unseen
    today = desk.today()
    issues = list(check_patient(patient, today))
    with desk.registry.read() as session:
        taken = desk.store.lists.id_of_mrn(session, patient.mrn)
        namesakes = _namesakes(desk, session, patient)
    if taken not in (None, patient.id):
        issues.append(
            Issue(
                "mrn",
                Severity.HARD,
                "MRN_TAKEN",
                say("The MRN {mrn} belongs to another patient.", mrn=patient.mrn),
            )
        )
    given = fold(patient.given_name.strip())
    for other in namesakes:
        if given != fold(other.given_name.strip()):
            continue
        if (
            patient.birth_date is not None
            and other.birth_date == patient.birth_date
            and other.sex == patient.sex
        ):
            text = say(
                "A patient with this name, sex and birth date is registered: MRN {mrn}.", mrn=other.mrn
            )
            issues.append(Issue("family_name", Severity.SOFT, "TWIN", text))
        elif patient.birth_date is None or other.birth_date is None:
            text = say(
                "A patient with this name is registered: MRN {mrn}. Check that it is another person.",
                mrn=other.mrn,
            )
            issues.append(Issue("family_name", Severity.SOFT, "SAME_NAME", text))
    return tuple(issues)


def _tidy(patient: Patient) -> Patient:
    return replace(
        patient,
        mrn=tidy_line(patient.mrn),
        family_name=tidy_line(patient.family_name),
        given_name=tidy_line(patient.given_name),
        alert_note=patient.alert_note.strip(),
    )


def _called(patient: Patient) -> str:
    return say("patient {value}", value=display_name(patient) or patient.mrn)


def _self(record: PatientRecord | None) -> Patient | None:
    return record.patient if record is not None else None


@requires(*RECORDING)
def add_patient(desk: Desk, patient: Patient, *, confirmed: Collection[str] = ()) -> Done[Patient]:
    """Register a patient; only the MRN must be known.

    Args:
        confirmed: fields or issue codes (``TWIN``, ``SAME_NAME``) that were confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    value = with_id(_tidy(patient))
    refuse_issues(check(desk, value), confirmed)
    name = _called(value)
    return perform(
        desk,
        value.id,
        (Add(value), *consents.answered(value, None, (), desk.today())),
        label=name,
        value=_self,
        say=lambda _before, _after: say("Added {name}.", name=name),
    )


@requires(*RECORDING)
def edit_patient(
    desk: Desk, patient: Patient, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[Patient]:
    """Change what is known of a patient; raises StaleError when somebody else changed it meanwhile."""
    value = _tidy(patient)
    with desk.registry.read() as session:
        record = desk.store.load(session, value.id)
    saved = saved_in(desk, record, value)
    refuse_issues(new_issues(check(desk, value), check(desk, saved)), confirmed)
    answers = consents.answered(value, saved, record.consents if record else (), desk.today())
    name = _called(value)
    return perform(
        desk,
        value.id,
        (Amend(value), *answers),
        label=say("change of {name}", name=name),
        value=_self,
        say=lambda before, after: say(
            "Changed {name}. {before}", name=name, before=verdicts_changed(before, after)
        ).rstrip(),
        reason=reason,
    )


@requires(Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR, doing="removing a patient")
def remove_patient(desk: Desk, patient_id: str, reason: str) -> Done[Patient]:
    """Void a patient with the reason: for one registered by mistake. Nothing is erased; undo brings all
    back.
    """
    if not reason.strip():
        raise RefusedError("Say why this is removed.")
    saved = record_of(desk, patient_id).patient
    name = _called(saved)
    return perform(
        desk,
        patient_id,
        (Remove(Patient, patient_id),),
        label=say("removal of {name}", name=name),
        value=lambda _after: saved,
        say=lambda _before, _after: say("Removed {name}.", name=name),
        reason=reason.strip(),
    )


def check_view(view: Diagnosis, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything that cannot be in a view of the diagnosis: an unknown code, a date to come or before
    birth.
    """
    issues = []
    if view.ctd not in codes.diagnoses():
        issues.append(Issue("ctd", Severity.HARD, "CODE", say("Choose the connective-tissue disease.")))
    if view.pattern is not None and view.pattern not in codes.patterns():
        issues.append(Issue("pattern", Severity.HARD, "CODE", say("Choose the ILD pattern from the list.")))
    birth = record.patient.birth_date
    for field, date in (
        ("date", view.date),
        ("ctd_diagnosed", view.ctd_diagnosed),
        ("ild_diagnosed", view.ild_diagnosed),
    ):
        if date is None:
            continue
        if date.earliest > today:
            issues.append(
                Issue(
                    field, Severity.HARD, "DATE", say("{date} is in the future.", date=wording.partial(date))
                )
            )
        elif birth is not None and date.latest < birth.earliest:
            issues.append(
                Issue(
                    field, Severity.HARD, "DATE", say("{date} is before birth.", date=wording.partial(date))
                )
            )
    return (*issues, *code_issues(view), *absence_issues(view))


_VIEW = entries.Noun(
    Diagnosis,
    lambda view: say(
        "diagnosis {ctd}, {date}", ctd=codes.diagnoses().label(view.ctd), date=wording.partial(view.date)
    ),
    check_view,
)


@requires(*RECORDING)
def record_diagnosis(
    desk: Desk, patient_id: str, view: Diagnosis, *, confirmed: Collection[str] = ()
) -> Done[Diagnosis]:
    """Record a new view of the diagnosis; earlier views stay as they were.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    return entries.keep(desk, _VIEW, patient_id, view, confirmed)


@requires(*RECORDING)
def amend_diagnosis(
    desk: Desk, view: Diagnosis, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[Diagnosis]:
    """Correct a view that was entered wrongly; raises StaleError when somebody else changed it meanwhile."""
    return entries.amend(desk, _VIEW, view, confirmed, reason)


@requires(*RECORDING)
def remove_diagnosis(desk: Desk, diagnosis_id: str, reason: str) -> Done[Diagnosis]:
    """Void a view of the diagnosis with the reason."""
    return entries.remove(desk, _VIEW, diagnosis_id, reason)
