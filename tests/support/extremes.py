"""Cohorts that hardly are: each has a diagnosis of its own, so that a query chooses it in one registry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
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

NOBODY = "IPF"
COHORTS = {
    "RA": "one patient of whom nothing is recorded but the diagnosis",
    "SSc": "one patient with one visit",
    "PM": "one patient with everything",
    "DM": "equal values, on the same days, under two drugs",
    "MCTD": "the least and the largest values, a century apart",
    "SLE": "dates known to the year alone",
    "SjD": "everybody dead on the second day",
    "ASyS": "nobody with any event, one drug alone",
    NOBODY: "nobody",
}
"""By diagnosis."""
_START = dt.date(2020, 2, 29)
Tests = Sequence[tuple[str, str, str]]


def extreme_patients() -> Iterator[PatientRecord]:
    """The patients of all cohorts."""
    half_years = ("2019-06-01", "2019-12-01", "2020-02-29", "2020-08-31", "2021-02-28", "2021-08-31")
    yield _patient("RA", ())
    yield _patient("SSc", [("2020-02-29", "2.0", "60")])
    whole = [(day, f"{3 - place / 10}", f"{90 - 5 * place}") for place, day in enumerate(half_years)]
    yield _patient("PM", whole, drugs=("rituximab", "mycophenolate"), dies="2022-01-01", event="2020-03-01")
    for number in range(6):
        yield _patient(
            "DM",
            [(day, "2.0", "60") for day in half_years],
            drugs=(("rituximab", "mycophenolate")[number % 2],),
            event="2020-03-01",
        )
    for number, (least, most) in enumerate(
        (("0.31", "9.9"), ("9.9", "0.31"), ("0.31", "0.31"), ("5", "4.999"))
    ):
        yield _patient(
            "MCTD",
            [("1930-01-01", least, least), ("1930-01-02", most, most), ("2025-12-31", least, "150")],
            drugs=(("rituximab", "mycophenolate")[number % 2],),
            begun=dt.date(1930, 1, 1),
        )
    for _number in range(3):
        yield _patient("SLE", whole, drugs=("rituximab",), dies="2022", event="2020", year_alone=True)
    for _number in range(3):
        yield _patient(
            "SjD",
            [("2020-02-29", "2.0", "60"), ("2020-03-01", "1.5", "45")],
            drugs=("mycophenolate",),
            dies="2020-03-01",
            event="2020-02-29",
        )
    for number in range(4):
        yield _patient("ASyS", whole[: 3 + number % 3], drugs=("rituximab",))


def _patient(
    disease: str,
    tests: Tests,
    *,
    drugs: Sequence[str] = (),
    begun: dt.date = _START,
    dies: str = "",
    event: str = "",
    year_alone: bool = False,
) -> PatientRecord:
    patient = Patient(
        id=new_id(),
        mrn=f"X-{new_id()[:8]}",
        sex=Sex.FEMALE,
        birth_date=PartialDate.parse("1925"),
        vital_status="dead" if dies else None,
        death_date=PartialDate.parse(dies) if dies else None,
    )
    start = PartialDate.parse(str(begun.year)) if year_alone else PartialDate.of(begun)
    return PatientRecord(
        patient=patient,
        diagnoses=(Diagnosis(id=new_id(), date=PartialDate.parse("1925"), ctd=disease),),
        tests=tuple(
            Pft(
                id=new_id(),
                date=dt.date.fromisoformat(day),
                entered=place,
                fvc_l=Decimal(litres),
                fvc_pct_pred=Decimal(percent),
                dlco_pct_pred=Decimal(percent),
            )
            for place, (day, litres, percent) in enumerate(tests, start=1)
        ),
        therapy=tuple(
            TherapyLine(
                id=new_id(),
                drug=drug,
                start=start,
                infusions=(Infusion(date=begun),) if drug == "rituximab" and not year_alone else (),
            )
            for drug in drugs
        ),
        adverse_events=(
            AdverseEvent(id=new_id(), onset=PartialDate.parse(event), term="lung_infection", grade=3),
        )
        if event
        else (),
    )
