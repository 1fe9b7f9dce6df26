"""The patients as they were known on a day in the past."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ctdild_desktop.clinical.records import AdverseEvent, Patient, PatientRecord
from ctdild_desktop.services.redaction import until


def known_on(record: PatientRecord, day: dt.date, today: dt.date) -> PatientRecord:
    """The record without anything dated after a day, a death or a transplant of later among it.

    Who died later was alive on the day; an event that ended in that death had no outcome yet, and no grade 5.
    Of today the record is as it stands.
    """
    if day >= today:
        return record
    cut = until(record, day)
    patient = _patient(cut.patient, day)
    if patient.death_date == cut.patient.death_date:
        return replace(cut, patient=patient)
    events = tuple(map(_not_yet_fatal, cut.adverse_events))
    return replace(cut, patient=patient, adverse_events=events)


def _patient(patient: Patient, day: dt.date) -> Patient:
    if patient.death_date is not None and patient.death_date.earliest > day:
        patient = replace(
            patient, death_date=None, vital_status="alive", cause_of_death=None, cause_of_death_note=""
        )
    if patient.transplant_date is not None and patient.transplant_date.earliest > day:
        patient = replace(patient, transplant=None, transplant_date=None)
    return patient


def _not_yet_fatal(event: AdverseEvent) -> AdverseEvent:
    return replace(
        event,
        outcome=None if event.outcome == "fatal" else event.outcome,
        grade=None if event.grade == 5 else event.grade,
    )
