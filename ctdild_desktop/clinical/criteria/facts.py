"""What the criteria look at, made from a patient's record (or from a worked case) for one as-of date.

Everything dated later is ignored. What counts as known on a date is a decision of the registry.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from ctdild_desktop.clinical.codes import ae_terms
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.haemoglobin import Haemoglobin, haemoglobins_of
from ctdild_desktop.clinical.records import Hrct, Patient, PatientRecord, Pft, TherapyLine, Visit
from ctdild_desktop.clinical.series import DlcoVisit, FvcVisit, dlco_visits, fvc_visits
from ctdild_desktop.clinical.verdict import Sentence, sentence

_DIAGNOSIS = sentence("the diagnosis")


def is_diagnosis(need: Sentence) -> bool:
    """Whether what is needed is the diagnosis, of any day or up to a day."""
    return need.template.startswith(_DIAGNOSIS.template)


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """The therapy line that a response criterion is asked about."""

    drug: str
    start: PartialDate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The recorded facts of one patient. Records later than the as-of date may be there and are ignored."""

    patient: Patient
    diagnosis: str | None = None
    """Code of the connective-tissue disease in force on the as-of date."""
    diagnosed_later: bool = False
    """No diagnosis was in force on the as-of date, and one is recorded from a later day on."""
    fibrosis: bool | None = None
    """Fibrosis on HRCT up to the as-of date; None when no reading says."""
    tests: tuple[Pft, ...] = ()
    visits: tuple[Visit, ...] = ()
    hrct: tuple[Hrct, ...] = ()
    haemoglobins: tuple[Haemoglobin, ...] = ()
    therapy: tuple[TherapyLine, ...] = ()
    infections: tuple[tuple[dt.date, dt.date], ...] = ()
    """Respiratory infections as first and last possible day."""
    treatment: Treatment | None = None
    _seen: dict[tuple[str, dt.date], Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """The visits up to a date, which every criterion asks for: they are worked out once."""

    def needed_diagnosis(self, as_of: dt.date) -> Sentence:
        """What is missing where a definition asks for the diagnosis."""
        if self.diagnosed_later:
            return sentence("the diagnosis on or before {date}", date=as_of)
        return _DIAGNOSIS

    def fvc_until(self, as_of: dt.date) -> tuple[FvcVisit, ...]:
        """See :func:`series.fvc_visits`."""
        key = ("fvc", as_of)
        if key not in self._seen:
            self._seen[key] = fvc_visits(self.tests, self.patient, as_of)
        found: tuple[FvcVisit, ...] = self._seen[key]
        return found

    def dlco_until(self, as_of: dt.date) -> tuple[DlcoVisit, ...]:
        """See :func:`series.dlco_visits`."""
        key = ("dlco", as_of)
        if key not in self._seen:
            self._seen[key] = dlco_visits(self.tests, self.patient, as_of, self.haemoglobins)
        found: tuple[DlcoVisit, ...] = self._seen[key]
        return found


def facts_from_record(record: PatientRecord, as_of: dt.date) -> Facts:
    """The facts of a record as known on a date.

    Fibrosis is true when any reading up to that date says so; else it is what the latest reading says. Of
    haemoglobin all results count, also later ones: one that was taken within 30 days of a test belongs to it.
    """
    readings = [reading for reading in record.hrct if reading.date <= as_of]
    latest = max(readings, key=lambda reading: reading.date, default=None)
    if any(reading.fibrosis is True for reading in readings):
        fibrosis: bool | None = True
    else:
        fibrosis = latest.fibrosis if latest is not None else None
    view = record.diagnosis_on(as_of)
    infections = tuple(
        (event.onset.earliest, (event.end or event.onset).latest)
        for event in record.adverse_events
        if (term := ae_terms().get(event.term)) is not None and term.respiratory_infection
    )
    return Facts(
        patient=record.patient,
        diagnosis=view.ctd if view is not None else None,
        diagnosed_later=record.diagnosed_after(as_of),
        fibrosis=fibrosis,
        tests=record.tests,
        visits=record.visits,
        hrct=record.hrct,
        haemoglobins=haemoglobins_of(record.labs),
        therapy=record.therapy,
        infections=infections,
    )


def entry_dates(record: PatientRecord) -> tuple[dt.date, ...]:
    """The dates of tests, symptoms and HRCT reads, on which the criteria may change their answer."""
    return (
        *(test.date for test in record.tests),
        *(reading.date for reading in record.hrct),
        *(
            visit.date
            for visit in record.visits
            if visit.symptom_change is not None or visit.mmrc is not None
        ),
    )


def latest_entry_date(record: PatientRecord) -> dt.date | None:
    """The date on which criteria are asked when none is named: the latest test, symptom or HRCT entry."""
    return max(entry_dates(record), default=None)


def running_lines(facts: Facts, on: dt.date) -> tuple[TherapyLine, ...]:
    """The therapy lines that may have been running on a date: stop day excluded, interruptions left out."""
    return tuple(
        line
        for line in facts.therapy
        if line.start.earliest <= on
        and (line.stop is None or line.stop.latest > on)
        and not any(
            gap.start.latest <= on and (gap.stop is None or gap.stop.earliest > on)
            for gap in line.interruptions
        )
    )
