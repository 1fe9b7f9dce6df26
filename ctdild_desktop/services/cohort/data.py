"""The patients of an analysis, the course of a measure in each, and who was left out for what reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.codes import diagnoses
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
from ctdild_desktop.language import say
from ctdild_desktop.services.cohort.knowing import known_on
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.services.reading import each_record, ids_in_order

MEASURES = ("fvc_l", "fvc_percent_predicted", "dlco_percent_predicted")
"""What an analysis may follow: litres, and per cent of the predicted value."""
_LITRE = Decimal("0.001")
"""Of a millilitre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Whom an analysis is about: those of whom a query is true as of a day; None for today."""

    query: Query = EVERYBODY
    as_of: dt.date | None = None


REGISTRY = Chosen()
"""Everybody in the registry, as of today."""


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
    who: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids of the patients of ``cohort``, ``cannot_tell``, ``analysed`` and each reason of ``excluded``."""


class Cohort:
    """The patients that were asked for, as they were known on a day: read a few at a time, and let go.

    Who belongs to it is known when :meth:`each` came to its end, which it may once.
    """

    def __init__(self, desk: Desk, chosen: Chosen, as_of: dt.date, progress: Progress) -> None:
        self._desk, self._query = desk, chosen.query
        self.as_of = as_of
        self.progress = progress
        self.ids: list[str] = []
        """Ids of those who belong to it."""
        self.cannot_tell: list[str] = []
        """Ids of those of whom what is recorded does not tell whether they belong here."""
        self.registry = 0
        """How many are in the registry."""
        self.given: set[str] = set()
        """The drugs that any of them was given up to the day."""

    def each(self) -> Iterator[PatientRecord]:
        """One patient after the other of one moment of the registry, telling how far it is.

        Raises:
            CancelledError: the work shall stop.
        """
        today = self._desk.today()
        self.progress.step(0, 0, "Reading the patients")
        with self._desk.registry.read() as session:
            ids = ids_in_order(self._desk, session)
            self.registry = len(ids)
            for done, whole in enumerate(each_record(self._desk, session, ids)):
                self.progress.step(done, len(ids), "Working out")
                record = known_on(whole, self.as_of, today)
                if self._takes(record):
                    yield record

    def _takes(self, record: PatientRecord) -> bool:
        told = self._query == EVERYBODY or holds(self._query, Facts(record, self.as_of))
        if told:
            self.ids.append(record.patient.id)
            begun = (line.drug for line in record.therapy if line.start.earliest <= self.as_of)
            self.given.update(begun)
        elif told is None:
            self.cannot_tell.append(record.patient.id)
        return bool(told)

    def courses(self, measure: str) -> Iterator[tuple[PatientRecord, Course]]:
        """Each patient with the usable visits of a measure up to the day; none where there is no visit.

        Raises:
            RefusedError: there is no such measure.
        """
        check_measure(measure)
        for record in self.each():
            yield record, course_of(record, measure, self.as_of)


def check_measure(measure: str) -> None:
    """Refuse what an analysis cannot follow."""
    if measure not in MEASURES:
        raise RefusedError(
            say(
                "{measure} is no measure; choose one of {known}.",
                measure=measure,
                known=", ".join(MEASURES),
            )
        )


@for_everybody
def the_cohort(desk: Desk, chosen: Chosen, progress: Progress | None = None) -> Cohort:
    """The patients of a query as they were known on the day; they are read by :meth:`Cohort.each`.

    Raises:
        RefusedError: the day is still to come: who is followed or exposed until then is not known.
    """
    today = desk.today()
    as_of = chosen.as_of or today
    if as_of > today:
        raise RefusedError(
            say("{day} is after today; choose today or an earlier day.", day=wording.day(as_of))
        )
    return Cohort(desk, chosen, as_of, progress or Progress())


def course_of(record: PatientRecord, measure: str, as_of: dt.date) -> Course:
    """The visits of one patient that may be compared with one another, as the criteria choose them."""
    patient = record.patient
    if measure == "dlco_percent_predicted":
        gas = dlco_visits(record.tests, patient, as_of, haemoglobins_of(record.labs))
        series = dlco_percent_series(gas, patient)
    else:
        litres = measure == "fvc_l"
        visits = fvc_visits(record.tests, patient, as_of, percents=() if litres else ("fvc",))
        series = litre_series(visits) if litres else percent_series(visits, patient)
    return Course(patient=patient.id, visits=_visits(series))


def _visits(series: Series) -> tuple[Visit, ...]:
    if series.basis == "ml":
        return tuple(Visit(reading.date, reading.value * _LITRE) for reading in series.readings)
    return tuple(
        Visit(reading.date, reading.value, None if reading.value == exact else exact)
        for reading, exact in zip(series.readings, series.exact, strict=True)
    )


def first_start(record: PatientRecord, drug: str, as_of: dt.date) -> TherapyLine | None:
    """The first line of a drug up to the date; None where its day is not known."""
    begun = [line for line in record.therapy if line.drug == drug and line.start.earliest <= as_of]
    first = min(
        begun, key=lambda line: (line.start.earliest, line.start.exact is not None, line.id), default=None
    )
    return first if first is not None and first.start.exact is not None else None


def diagnosis_group(record: PatientRecord, day: dt.date) -> str | None:
    """The group of the diagnosis as of a day; None where it is not recorded or not in the list."""
    view = record.diagnosis_on(day)
    listed = diagnoses().get(view.ctd) if view is not None else None
    return listed.group if listed is not None else None


def pattern_of(record: PatientRecord, day: dt.date) -> str | None:
    """The ILD pattern as of a day; None where it is not recorded."""
    view = record.diagnosis_on(day)
    return view.pattern if view is not None else None


def counts(cohort: Cohort, analysed: Iterable[str], left_out: Iterable[tuple[str, str]]) -> Counts:
    """Who is in an analysis and who was left out for what reason, when everybody was read.

    Args:
        analysed: ids of the patients.
        left_out: id and reason of each of the others.
    """
    kept = tuple(analysed)
    by_reason: dict[str, list[str]] = {}
    for patient, reason in left_out:
        by_reason.setdefault(reason, []).append(patient)
    named = dict(sorted(by_reason.items()))
    return Counts(
        registry=cohort.registry,
        cannot_tell=len(cohort.cannot_tell),
        cohort=len(cohort.ids),
        analysed=len(kept),
        excluded={reason: len(patients) for reason, patients in named.items()},
        who={
            "cohort": tuple(cohort.ids),
            "cannot_tell": tuple(cohort.cannot_tell),
            "analysed": kept,
            **{reason: tuple(patients) for reason, patients in named.items()},
        },
    )
