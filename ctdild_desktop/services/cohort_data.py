"""The patients of an analysis, the course of a measure in each, and who was left out for what reason."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
from ctdild_desktop.clinical.records import PatientRecord, TherapyLine
from ctdild_desktop.clinical.series import dlco_visits, fvc_visits
from ctdild_desktop.clinical.trajectory.comparable import (
    Series,
    dlco_percent_series,
    litre_series,
    percent_series,
)
from ctdild_desktop.cohort.courses import Course, Visit
from ctdild_desktop.cohort.facts import Facts
from ctdild_desktop.cohort.query import EVERYBODY, Query, holds
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody

MEASURES = ("fvc_l", "fvc_percent_predicted", "dlco_percent_predicted")
"""What an analysis may follow: litres, and per cent of the predicted value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Whom an analysis is about: those of whom a query is true as of a day; None for today."""

    query: Query = EVERYBODY
    as_of: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many there are at the end of an analysis, and why the others are not."""

    registry: int
    """Everybody in the registry."""
    cannot_tell: int
    """Of whom what is recorded does not tell whether they belong to the cohort; they are left out."""
    cohort: int
    analysed: int
    excluded: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cohort:
    """The patients that were asked for, as they were known on a day."""

    records: tuple[PatientRecord, ...]
    as_of: dt.date
    registry: int = 0
    cannot_tell: int = 0

    def courses(self, measure: str) -> Iterator[tuple[PatientRecord, Course]]:
        """Each patient with the usable visits of a measure up to the day; none where there is no visit.

        Raises:
            RefusedError: there is no such measure.
        """
        if measure not in MEASURES:
            raise RefusedError(f"{measure} is no measure; choose one of {', '.join(MEASURES)}.")
        for record in self.records:
            yield record, course_of(record, measure, self.as_of)


@for_everybody
def the_cohort(desk: Desk, chosen: Chosen) -> Cohort:
    """The patients of a query, of one reading of the registry."""
    as_of = chosen.as_of or desk.today()
    with desk.registry.read() as session:
        everybody = tuple(desk.store.load_all(session))
    if chosen.query == EVERYBODY:
        return Cohort(everybody, as_of, len(everybody))
    told = [(record, holds(chosen.query, Facts(record, as_of))) for record in everybody]
    return Cohort(
        tuple(record for record, answer in told if answer),
        as_of,
        len(everybody),
        sum(answer is None for _record, answer in told),
    )


def course_of(record: PatientRecord, measure: str, as_of: dt.date) -> Course:
    """The visits of one patient that may be compared with one another, as the criteria choose them."""
    patient = record.patient
    if measure == "dlco_percent_predicted":
        gas = dlco_visits(record.tests, patient, as_of, haemoglobins_of(record.labs))
        series = dlco_percent_series(gas, patient)
    else:
        visits = fvc_visits(record.tests, patient, as_of)
        series = litre_series(visits) if measure == "fvc_l" else percent_series(visits, patient)
    return Course(patient=patient.id, visits=_visits(series))


def _visits(series: Series) -> tuple[Visit, ...]:
    scale = Decimal("0.001") if series.basis == "ml" else Decimal(1)
    return tuple(Visit(reading.date, reading.value * scale) for reading in series.readings)


def first_start(record: PatientRecord, drug: str, as_of: dt.date) -> TherapyLine | None:
    """The first line of a drug up to the date; None where its day is not known."""
    begun = [line for line in record.therapy if line.drug == drug and line.start.earliest <= as_of]
    first = min(
        begun, key=lambda line: (line.start.earliest, line.start.exact is not None, line.id), default=None
    )
    return first if first is not None and first.start.exact is not None else None


def counts(cohort: Cohort, analysed: int, left_out: Iterable[str]) -> Counts:
    """Count who was left out by reason."""
    return Counts(
        registry=cohort.registry,
        cannot_tell=cohort.cannot_tell,
        cohort=len(cohort.records),
        analysed=analysed,
        excluded=dict(sorted(Counter(left_out).items())),
    )
