"""Patients of a small cohort, made in a line: tests in litres, lines of therapy, events, a death."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Patient,
    PatientRecord,
    Pft,
    Sex,
    TherapyLine,
)
from ctdild_desktop.services.desk import new_id


def day(text: str) -> PartialDate:
    """A date as text says it."""
    return PartialDate.parse(text)


def record(
    mrn: str,
    *tests: tuple[str, str],
    ctd: str = "SSc",
    therapy: tuple[TherapyLine, ...] = (),
    events: tuple[AdverseEvent, ...] = (),
    died: str = "",
) -> PatientRecord:
    """A woman born in 1970, ill since December 2019; tests of FVC in litres, 25 times that in % predicted."""
    patient = Patient(
        id=new_id(),
        mrn=mrn,
        sex=Sex.FEMALE,
        birth_date=day("1970-01-01"),
        vital_status="dead" if died else None,
        death_date=day(died) if died else None,
    )
    return PatientRecord(
        patient=patient,
        diagnoses=(Diagnosis(id=new_id(), date=day("2019-12-01"), ctd=ctd, pattern="NSIP"),),
        tests=tuple(
            Pft(
                id=new_id(),
                date=dt.date.fromisoformat(on),
                entered=place,
                fvc_l=Decimal(litres),
                fvc_pct_pred=Decimal(litres) * 25,
            )
            for place, (on, litres) in enumerate(tests, start=1)
        ),
        therapy=therapy,
        adverse_events=events,
    )


def a_line(drug: str, start: str, stop: str = "", reason: str | None = None) -> TherapyLine:
    """A line of therapy."""
    return TherapyLine(
        id=new_id(), drug=drug, start=day(start), stop=day(stop) if stop else None, stop_reason=reason
    )
