"""A record cut to what was known on a day, and a record without anything that names the patient."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    HELD_IN,
    Action,
    AdverseEvent,
    Attachment,
    Decision,
    Patient,
    PatientRecord,
    Pft,
    TherapyLine,
)


def until(record: PatientRecord, day: dt.date) -> PatientRecord:
    """The record without anything dated after a day; what ended later is still running."""
    held: dict[str, Any] = {
        name: tuple(_until(item, day) for item in getattr(record, name) if _began(item) <= day)
        for name in HELD_IN
    }
    later = tuple(name for name in HELD_IN if not held[name] and getattr(record, name))
    return replace(record, **held, only_later=(*record.only_later, *later))


def _began(item: Any) -> dt.date:
    """The first day that a record may be of; what has no date is always there."""
    if isinstance(item, Action):
        return dt.date.min
    if isinstance(item, TherapyLine):
        date: PartialDate | dt.date | None = item.start
    else:
        date = item.onset if isinstance(item, AdverseEvent) else item.date
    if date is None:
        return dt.date.min
    return date.earliest if isinstance(date, PartialDate) else date


def _until(item: Any, day: dt.date) -> Any:
    if isinstance(item, TherapyLine):
        return _line_until(item, day)
    if isinstance(item, AdverseEvent):
        return _event_until(item, day)
    if isinstance(item, Decision):
        return _decision_until(item, day)
    return _action_until(item, day) if isinstance(item, Action) else item


def _line_until(line: TherapyLine, day: dt.date) -> TherapyLine:
    stopped = line.stop is not None and line.stop.earliest <= day
    judged = line.response_date is None or line.response_date.earliest <= day
    return replace(
        line,
        response=line.response if judged else None,
        response_date=line.response_date if judged else None,
        stop=line.stop if stopped else None,
        stop_reason=line.stop_reason if stopped else None,
        dose_changes=tuple(step for step in line.dose_changes if step.date.earliest <= day),
        interruptions=tuple(
            gap if gap.stop is None or gap.stop.earliest <= day else replace(gap, stop=None)
            for gap in line.interruptions
            if gap.start.earliest <= day
        ),
        infusions=tuple(given for given in line.infusions if given.date <= day),
    )


def _event_until(event: AdverseEvent, day: dt.date) -> AdverseEvent:
    if event.end is None or event.end.earliest <= day:
        return event
    return replace(event, end=None, ongoing=True, outcome=None)


def _decision_until(decision: Decision, day: dt.date) -> Decision:
    """Without what became of it later."""
    answered = decision.implemented_date
    if answered is None or answered.earliest <= day:
        return decision
    return replace(
        decision, implemented=None, implemented_date=None, not_implemented=None, implementation_note=""
    )


def _action_until(action: Action, day: dt.date) -> Action:
    done = action.done_date is not None and action.done_date > day
    return replace(action, status="open", done_date=None) if done else action


def redacted(record: PatientRecord, pseudonym: str) -> PatientRecord:
    """The record with a pseudonym for name and MRN, the year of birth, and no free text.

    Dates of visits stay as they are. A drug or an event that is not in the program's lists may be free text
    and is named by its kind alone. Files, decisions of the team and what follows from them are left out: they
    name people.
    """
    held = {
        name: tuple(_without_words(item) for item in getattr(record, name))
        for name, kind in HELD_IN.items()
        if kind not in {Attachment, Decision, Action}
    }
    patient = _patient(record.patient, pseudonym)
    return PatientRecord(patient=patient, **held, only_later=record.only_later)


def decision_without_words(decision: Decision) -> Decision:
    """The team's decision in codes and days: no free text, no name, nothing of the page that was kept."""
    bare: Decision = _blank(decision)
    return replace(
        bare,
        question="",
        recommendation="left out" if decision.recommendation else "",
        snapshot="{}",
        addenda=(),
        signed_by="signed" if decision.signed else "",
    )


def _patient(patient: Patient, pseudonym: str) -> Patient:
    birth, death = patient.birth_date, patient.death_date
    bare: Patient = _blank(patient)
    return replace(
        bare,
        mrn=pseudonym,
        birth_date=PartialDate(birth.year) if birth is not None else None,
        death_date=PartialDate(death.year) if death is not None else None,
        allergies=(),
    )


def _without_words(item: Any) -> Any:
    bare = _blank(item)
    if isinstance(bare, Pft):
        known = item.exclusion_reason in codes.choices("exclusion")
        return replace(bare, exclusion_reason=item.exclusion_reason if known else "")
    if isinstance(bare, AdverseEvent):
        return replace(bare, term=bare.term if bare.term in codes.ae_terms() else "other event")
    if isinstance(bare, TherapyLine):
        return replace(
            bare,
            drug=bare.drug if bare.drug in codes.drugs() else "other drug",
            dose_changes=tuple(map(_blank, bare.dose_changes)),
            interruptions=tuple(map(_blank, bare.interruptions)),
            infusions=tuple(replace(_blank(given), checks=()) for given in bare.infusions),
        )
    return bare


def typed_texts(record: PatientRecord) -> frozenset[str]:
    """Names and free texts of a record: what somebody typed, and what :func:`redacted` takes away."""
    patient = record.patient
    found = {patient.mrn, patient.family_name, patient.family_name.upper(), patient.given_name}
    held = [item for name in HELD_IN for item in getattr(record, name)]
    held += [part for item in held if isinstance(item, TherapyLine) for part in _parts(item)]
    found |= {item.what for item in held if isinstance(item, Action)}
    for item in (patient, *held):
        found |= {getattr(item, name) for name in _text_fields(item)}
        for name in _TYPED_LISTS & {one.name for one in fields(item)}:
            found |= set(getattr(item, name))
    return frozenset(found - {""} - set(codes.choices("exclusion")))


def _parts(line: TherapyLine) -> tuple[Any, ...]:
    return (*line.dose_changes, *line.interruptions, *line.infusions)


_SAYS_WHAT = frozenset({"unit"})
"""Texts that are no free text: without its unit a number says nothing."""
_TYPED_LISTS = frozenset({"differentials"})


def _blank(record: Any) -> Any:
    """The record without its free texts: every text that may be empty, and lists of what somebody typed."""
    texts = _text_fields(record)
    lists = {item.name for item in fields(record)} & _TYPED_LISTS
    return replace(record, **dict.fromkeys(texts, ""), **dict.fromkeys(lists, ()))


def _text_fields(record: Any) -> frozenset[str]:
    return frozenset(item.name for item in fields(record) if item.default == "") - _SAYS_WHAT
