"""Bronchoscopies, lavages and biopsies; a complication may be recorded as an adverse event in one act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_procedure import check_procedure
from ctdild_desktop.clinical.records import AdverseEvent, PatientRecord, Procedure
from ctdild_desktop.language import say
from ctdild_desktop.services import adverse_events, entries
from ctdild_desktop.services.acts import (
    Add,
    Amend,
    find_in,
    new_issues,
    patient_of,
    perform,
    record_of,
    refuse_issues,
    saved_in,
    verdicts_changed,
    with_id,
)
from ctdild_desktop.services.desk import RECORDING, Desk, Done, RefusedError, requires

_TERMS = {"pneumothorax": "pneumothorax", "bleeding": "pulmonary_haemorrhage"}
"""CTCAE term of a complication; the others have none of their own."""


def check(procedure: Procedure, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about a procedure, hard and soft; pure, for the form's live feedback."""
    return check_procedure(procedure, record.patient, record.adverse_events, today)


def _name(procedure: Procedure) -> str:
    kind = codes.label("procedure", procedure.kind)
    named = say("no procedure") if procedure.kind == "none" else kind
    return f"{named} {wording.partial(procedure.date)}"


_PROCEDURE = entries.Noun(Procedure, _name, check)


def is_complication(procedure: Procedure) -> bool:
    """Whether something went wrong, as far as it is recorded."""
    return procedure.complication not in (None, "none", "unknown")


def event_of(procedure: Procedure) -> AdverseEvent:
    """The adverse event that a complication is: its term, its day and its grade; nothing else is known."""
    term = _TERMS.get(procedure.complication or "", "other")
    found = codes.ae_terms().get(term)
    died = procedure.complication == "death" or procedure.complication_grade == 5
    said = procedure.complication_note.strip() or codes.label("complication", procedure.complication)
    return AdverseEvent(
        id="",
        onset=procedure.date,
        term=term,
        category=found.category if found is not None else None,
        grade=5 if died else procedure.complication_grade,
        serious=True if died else None,
        seriousness=("death",) if died else (),
        note=say("{said}, after {kind}", said=said, kind=codes.label("procedure", procedure.kind)),
    )


@requires(*RECORDING)
def record_procedure(
    desk: Desk,
    patient_id: str,
    procedure: Procedure,
    *,
    with_event: bool = False,
    confirmed: Collection[str] = (),
) -> Done[Procedure]:
    """Record a procedure.

    Args:
        with_event: record its complication as an adverse event as well; both are taken back together.
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    if not with_event:
        return entries.keep(desk, _PROCEDURE, patient_id, procedure, confirmed)
    value = with_id(procedure)
    record = record_of(desk, patient_id)
    event = _event(value)
    value = replace(value, adverse_event_id=event.id)
    known = replace(record, adverse_events=(*record.adverse_events, event))
    today = desk.today()
    refuse_issues((*check(value, known, today), *adverse_events.check(event, record, today)), confirmed)
    return _with_event(
        desk, patient_id, Add(value), event, text="Saved {name}, and the adverse event: {term}. {before}"
    )


@requires(*RECORDING)
def amend_procedure(
    desk: Desk,
    procedure: Procedure,
    *,
    with_event: bool = False,
    confirmed: Collection[str] = (),
    reason: str = "",
) -> Done[Procedure]:
    """Replace a procedure; raises StaleError when somebody else changed it meanwhile.

    Args:
        with_event: as in :func:`record_procedure`.
    """
    if not with_event:
        return entries.amend(desk, _PROCEDURE, procedure, confirmed, reason)
    patient_id, record = patient_of(desk, Procedure, procedure.id)
    saved = saved_in(desk, record, procedure)
    event = _event(procedure)
    value = replace(procedure, adverse_event_id=event.id)
    known = replace(record, adverse_events=(*record.adverse_events, event))
    today = desk.today()
    issues = new_issues(check(value, known, today), check(saved, record, today))
    refuse_issues((*issues, *adverse_events.check(event, record, today)), confirmed)
    return _with_event(
        desk,
        patient_id,
        Amend(value),
        event,
        text="Changed {name}, and the adverse event: {term}. {before}",
        reason=reason,
    )


@requires(*RECORDING)
def remove_procedure(desk: Desk, procedure_id: str, reason: str) -> Done[Procedure]:
    """Void a procedure with the reason; the adverse event of its complication stays."""
    return entries.remove(desk, _PROCEDURE, procedure_id, reason)


def _event(procedure: Procedure) -> AdverseEvent:
    if not is_complication(procedure):
        raise RefusedError("No complication is recorded that could be an adverse event.")
    if procedure.adverse_event_id is not None:
        raise RefusedError("The complication is recorded as an adverse event already.")
    return with_id(event_of(procedure))


def _with_event(
    desk: Desk, patient_id: str, step: Add | Amend, event: AdverseEvent, *, text: str, reason: str = ""
) -> Done[Procedure]:
    """Do the step and keep the adverse event in one act."""
    assert isinstance(step.value, Procedure)
    name, record_id = _name(step.value), step.value.id
    term = codes.ae_terms().label(event.term)
    return perform(
        desk,
        patient_id,
        (Add(event), step),
        label=say("{name} with its adverse event", name=name),
        value=lambda after: find_in(after, Procedure, record_id),
        say=lambda before, after: say(
            text,
            name=name,
            term=term,
            before=verdicts_changed(before, after),
        ).rstrip(),
        reason=reason,
    )
