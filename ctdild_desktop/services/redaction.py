"""A record cut to what was known on a day, and a record without anything that names the patient."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import AdverseEvent, Patient, PatientRecord, Pft, TherapyLine


def until(record: PatientRecord, day: dt.date) -> PatientRecord:
    """The record without anything dated after a day; what ended later is still running."""
    return replace(
        record,
        diagnoses=tuple(view for view in record.diagnoses if view.date.earliest <= day),
        visits=tuple(visit for visit in record.visits if visit.date <= day),
        tests=tuple(test for test in record.tests if test.date <= day),
        hrct=tuple(scan for scan in record.hrct if scan.date <= day),
        therapy=tuple(_line_until(line, day) for line in record.therapy if line.start.earliest <= day),
        adverse_events=tuple(
            _event_until(event, day) for event in record.adverse_events if event.onset.earliest <= day
        ),
    )


def _line_until(line: TherapyLine, day: dt.date) -> TherapyLine:
    stopped = line.stop is not None and line.stop.earliest <= day
    return replace(
        line,
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


def redacted(record: PatientRecord, pseudonym: str) -> PatientRecord:
    """The record with a pseudonym for name and MRN, the year of birth, and no free text.

    Dates of visits stay as they are. A drug or an event that is not in the program's lists may be free text
    and is named by its kind alone.
    """
    return PatientRecord(
        patient=_patient(record.patient, pseudonym),
        diagnoses=tuple(replace(view, note="") for view in record.diagnoses),
        visits=tuple(replace(visit, note="") for visit in record.visits),
        tests=tuple(_test(test) for test in record.tests),
        hrct=tuple(replace(scan, note="") for scan in record.hrct),
        therapy=tuple(_line(line) for line in record.therapy),
        adverse_events=tuple(_event(event) for event in record.adverse_events),
    )


def _patient(patient: Patient, pseudonym: str) -> Patient:
    birth, death = patient.birth_date, patient.death_date
    return replace(
        patient,
        mrn=pseudonym,
        family_name="",
        given_name="",
        birth_date=PartialDate(birth.year) if birth is not None else None,
        death_date=PartialDate(death.year) if death is not None else None,
        alert_note="",
    )


def _test(test: Pft) -> Pft:
    known = test.exclusion_reason in codes.choices("exclusion")
    return replace(test, comment="", laboratory="", exclusion_reason=test.exclusion_reason if known else "")


def _line(line: TherapyLine) -> TherapyLine:
    return replace(
        line,
        drug=line.drug if line.drug in codes.drugs() else "other drug",
        note="",
        dose_changes=tuple(replace(step, reason="") for step in line.dose_changes),
        interruptions=tuple(replace(gap, reason="") for gap in line.interruptions),
        infusions=tuple(replace(given, note="") for given in line.infusions),
    )


def _event(event: AdverseEvent) -> AdverseEvent:
    return replace(event, term=event.term if event.term in codes.ae_terms() else "other event", note="")
