"""Patients whose records are untidy in every way that an analysis of many meets.

Ties of days and of values, losses of exactly a limit, equal values throughout, gaps, one visit or none, dates
known to the month or year, drugs given twice and at once, events on the day of a start, deaths on one day.
"""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Infusion,
    Patient,
    PatientRecord,
    Pft,
    Sex,
    TherapyLine,
)
from ctdild_desktop.services.desk import new_id

START = dt.date(2019, 1, 31)
_DRUGS = ("mycophenolate", "rituximab", "azathioprine")
_DISEASES = ("SSc", "RA", "DM")
_REASONS = ("lack_of_effect", "progression", "adverse_event", "infection", None)


def untidy_patients(count: int = 40, seed: int = 1) -> list[PatientRecord]:
    """Some patients; the first ones have no visit, one, and equal values."""
    chance = random.Random(seed)
    return [_patient(number, chance) for number in range(count)]


def _patient(number: int, chance: random.Random) -> PatientRecord:
    dies = chance.choice((None, None, "2021-01-31", "2020-06-30", "2021-03", "2022"))
    transplanted = chance.choice((None, None, None, None, "2020-06-30"))
    patient = Patient(
        id=new_id(),
        mrn=f"U{number:03d}",
        sex=chance.choice((Sex.FEMALE, Sex.MALE)),
        birth_date=PartialDate.parse(chance.choice(("1960-02-29", "1951", "1971-07"))),
        vital_status="dead" if dies else None,
        death_date=PartialDate.parse(dies) if dies else None,
        transplant="transplanted" if transplanted else None,
        transplant_date=PartialDate.parse(transplanted) if transplanted else None,
    )
    last = patient.death_date.earliest if patient.death_date is not None else dt.date(2024, 1, 1)
    drug = chance.choice(_DRUGS)
    lines = [_line(one, chance) for one in (drug, *chance.sample(_DRUGS, chance.randint(0, 2)))]
    return PatientRecord(
        patient=patient,
        diagnoses=(
            Diagnosis(
                id=new_id(),
                date=PartialDate.parse("2018-12"),
                ctd=chance.choice(_DISEASES),
                pattern=chance.choice((None, "NSIP", "UIP")),
            ),
        )
        if number % 9
        else (),
        tests=_tests(number, chance, last),
        therapy=tuple(lines) if number % 5 else (),
        adverse_events=tuple(_event(chance) for _event_number in range(chance.randint(0, 4))),
    )


def _tests(number: int, chance: random.Random, last: dt.date) -> tuple[Pft, ...]:
    count = number if number < 3 else chance.randint(1, 8)
    days = [START + dt.timedelta(days=chance.choice((0, 0, 15)))]
    while len(days) < count:
        days.append(
            add_months(days[0], 3 * len(days)) + dt.timedelta(days=chance.choice((-56, -10, 0, 10, 56)))
        )
    start, made = Decimal(chance.choice(("2.00", "3.00", "2.51"))), []
    for place, day in enumerate(sorted(one for one in days if one <= last), start=1):
        share = (
            "1"
            if number % 7 == 2
            else chance.choice(("1", "0.95", "0.9", "0.949", "0.901", "1.05", "1.1", "0.7"))
        )
        litres = (start * Decimal(share)).quantize(Decimal("0.001")) if place > 1 else start
        percent = litres * 25 if chance.random() < 0.9 else None
        made.append(
            Pft(
                id=new_id(),
                date=day,
                entered=place,
                fvc_l=litres,
                fvc_pct_pred=percent,
                dlco_pct_pred=litres * 20 if place % 4 else None,
            )
        )
    return tuple(made)


def _line(drug: str, chance: random.Random) -> TherapyLine:
    start = START + dt.timedelta(days=chance.choice((-30, 0, 0, 90, 400)))
    begun = PartialDate.of(start) if chance.random() < 0.9 else PartialDate.parse(f"{start:%Y-%m}")
    ends = start + dt.timedelta(days=chance.choice((0, 30, 200, 700)))
    stop = chance.choice(
        (None, PartialDate.of(ends), PartialDate.of(ends), PartialDate.of(dt.date(2020, 6, 30)))
    )
    if stop is not None and stop.earliest < begun.latest:
        stop = None
    return TherapyLine(
        id=new_id(),
        drug=drug,
        start=begun,
        stop=stop,
        stop_reason=chance.choice(_REASONS) if stop is not None else None,
        response=chance.choice((None, None, "worse", "stable")),
        response_date=PartialDate.of(start + dt.timedelta(days=180)),
        infusions=(Infusion(date=start), Infusion(date=start + dt.timedelta(days=14)))
        if drug == "rituximab"
        else (),
    )


def _event(chance: random.Random) -> AdverseEvent:
    onset = chance.choice(("2019-01-31", "2019-03-01", "2019-03", "2019-08-15", "2020-02-10", "2020"))
    return AdverseEvent(
        id=new_id(),
        onset=PartialDate.parse(onset),
        term=chance.choice(("lung_infection", "nausea")),
        grade=chance.choice((None, 1, 2, 3, 4)),
        serious=chance.choice((True, False, None)),
    )
