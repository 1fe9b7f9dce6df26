"""Time to death, transplant or failure of treatment in groups of patients, and adverse events by drug.

What counts as failure of treatment, as contact, and as the drug of a patient are decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ctdild_desktop.clinical.codes import ae_terms, diagnoses
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.exposure import (
    PatientCount,
    Rate,
    count_patient,
    exposure_of,
    person_years,
    pooled,
    rate,
)
from ctdild_desktop.clinical.records import AdverseEvent, PatientRecord
from ctdild_desktop.clinical.safety import is_serious
from ctdild_desktop.clinical.series import fvc_visits
from ctdild_desktop.cohort.survival import (
    Curve,
    Followed,
    LogRank,
    cumulative_incidence,
    kaplan_meier,
    log_rank,
)
from ctdild_desktop.services.cohort_data import Chosen, Cohort, Counts, counts, the_cohort
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody

REGISTRY = Chosen()
EVENTS = ("death", "transplant", "treatment_failure")
"""What may end the time: the codes of the curve are their places, from 1."""
GROUPS = ("none", "drug", "diagnosis", "pattern")
NO_START = "no usable visit to count from"
NOT_FOLLOWED = "not followed after time zero"
INEXACT = "a date is not known to the day"
_FAILED = frozenset({"lack_of_effect", "progression"})
_EVERYBODY = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """Time from the first usable visit to an event, by group."""

    n: Counts
    event: str
    groups: Mapping[str, Curve]
    log_rank: LogRank
    incidence: Mapping[str, Mapping[str, tuple[float | None, ...]]]
    """By group and event: the share to whom it has happened by each of ``days``, the others competing; None
    beyond the last observation of the group.
    """
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugEvents:
    """Adverse events during the exposure to one drug, whatever the cause."""

    patients: int
    years: Fraction
    events: Rate
    first: Rate
    infections: Rate
    serious: Rate
    by_grade: Mapping[str, int]
    discontinued: int
    """Patients with a line of the drug that was stopped for an adverse event or an infection."""
    deaths: int
    """Patients with a fatal event during the exposure, or whose line was stopped by death."""
    undated_events: int
    """Events in no number, because their onset may lie within the exposure or outside it."""
    lines_left_out: int
    """Lines in no number, because a date is not known to the day or no infusion is recorded."""


@for_everybody
def survival(
    desk: Desk,
    event: str,
    *,
    by: str = "none",
    days: tuple[int, ...] = (365, 730, 1095, 1825),
    chosen: Chosen = REGISTRY,
) -> Survival:
    """Time to an event from the first usable FVC; the other events and the last contact end it.

    Death and transplant by their recorded dates; failure of treatment is the stop of a line for lack of
    effect or progression. Of dates of one day death counts before transplant, and that before failure.

    Args:
        event: one of :data:`EVENTS`.
        by: one of :data:`GROUPS`; by drug, a patient belongs to the first drug after time zero or running on
            it.

    Raises:
        RefusedError: there is no such event or group.
    """
    if event not in EVENTS:
        raise RefusedError(f"{event} is no event; choose one of {', '.join(EVENTS)}.")
    if by not in GROUPS:
        raise RefusedError(f"Patients cannot be compared by {by}; choose one of {', '.join(GROUPS)}.")
    cohort = the_cohort(desk, chosen)
    groups: dict[str, list[Followed]] = {}
    left: list[str] = []
    for record in cohort.records:
        made = _followed(record, cohort.as_of)
        if isinstance(made, str):
            left.append(made)
            continue
        start, followed = made
        groups.setdefault(_group(record, by, start, cohort.as_of), []).append(followed)
    wanted = frozenset({EVENTS.index(event) + 1})
    named = dict(sorted(groups.items()))
    return Survival(
        n=counts(cohort, sum(map(len, named.values())), left),
        event=event,
        groups={name: kaplan_meier(people, events=wanted) for name, people in named.items()},
        log_rank=log_rank(named, events=wanted),
        incidence={
            name: {
                one: cumulative_incidence(people, place, days) for place, one in enumerate(EVENTS, start=1)
            }
            for name, people in named.items()
        },
        days=days,
    )


def _followed(record: PatientRecord, as_of: dt.date) -> tuple[dt.date, Followed] | str:
    visits = fvc_visits(record.tests, record.patient, as_of)
    if not visits:
        return NO_START
    start = visits[0].date
    happened: list[tuple[dt.date, int]] = []
    untold: list[PartialDate | None] = []
    for place, on in _events(record):
        day = on.exact if on is not None else None
        if day is None:
            untold.append(on)
        elif start <= day <= as_of:
            happened.append((day, place))
    end = min(happened)[0] if happened else as_of
    if any(on is None or (on.latest >= start and on.earliest <= end) for on in untold):
        return INEXACT
    if happened:
        day, place = min(happened)
        return start, Followed((day - start).days, place)
    last = max((day for day in _contacts(record) if day <= as_of), default=start)
    return (start, Followed((last - start).days, 0)) if last > start else NOT_FOLLOWED


def _events(record: PatientRecord) -> Iterator[tuple[int, PartialDate | None]]:
    patient = record.patient
    if patient.death_date is not None:
        yield 1, patient.death_date
    elif patient.vital_status == "dead":
        yield 1, None
    if patient.transplant == "transplanted":
        yield 2, patient.transplant_date
    for line in record.therapy:
        if line.stop is not None and line.stop_reason in _FAILED:
            yield 3, line.stop


def _contacts(record: PatientRecord) -> Iterator[dt.date]:
    """The days on which the patient is known to have been seen."""
    yield from (visit.date for visit in record.visits)
    yield from (test.date for test in record.tests)
    yield from (lab.date.exact for lab in record.labs if lab.date.exact is not None)
    for line in record.therapy:
        yield from (infusion.date for infusion in line.given_infusions)
    known = record.patient.vital_status_date
    if known is not None and known.exact is not None and record.patient.vital_status != "unknown":
        yield known.exact


def _group(record: PatientRecord, by: str, start: dt.date, as_of: dt.date) -> str:
    if by == "none":
        return _EVERYBODY
    if by == "drug":
        begun = [line for line in record.therapy if line.start.earliest <= as_of]
        taken = [line for line in begun if line.stop is None or line.stop.latest >= start]
        first = min(taken, key=lambda line: (line.start.earliest, line.id), default=None)
        return first.drug if first is not None else "none"
    view = record.diagnosis_on(as_of)
    if by == "pattern":
        return (view.pattern if view is not None else None) or "not recorded"
    listed = diagnoses().get(view.ctd) if view is not None else None
    return listed.group if listed is not None else "not recorded"


@for_everybody
def adverse_events(desk: Desk, chosen: Chosen = REGISTRY) -> Mapping[str, DrugEvents]:
    """Adverse events per 100 patient-years of exposure to each drug that was given."""
    cohort = the_cohort(desk, chosen)
    given = sorted({line.drug for record in cohort.records for line in record.therapy})
    return {drug: made for drug in given if (made := _of_drug(cohort, drug)) is not None}


def _of_drug(cohort: Cohort, drug: str) -> DrugEvents | None:
    told: list[tuple[PatientRecord, PatientCount]] = []
    left_out = 0
    for record in cohort.records:
        exposure = exposure_of(record.therapy, drug, cohort.as_of, death=record.patient.death_date)
        left_out += len(exposure.untold)
        if exposure.days:
            told.append((record, count_patient(exposure, record.adverse_events)))
    if not told:
        return None
    years = person_years(sum(count.days for _record, count in told))
    events = [event for _record, count in told for event in count.events]
    every, first = pooled(count for _record, count in told)
    infections = sum(map(_is_infection, events))
    stops = [_stops(record, drug, cohort.as_of) for record, _count in told]
    fatal = [any(map(_is_fatal, count.events)) for _record, count in told]
    return DrugEvents(
        patients=len(told),
        years=years,
        events=every,
        first=first,
        infections=rate(infections, years),
        serious=rate(sum(map(is_serious, events)), years),
        by_grade=dict(sorted(Counter(str(event.grade or "not recorded") for event in events).items())),
        discontinued=sum(bool(reasons & {"adverse_event", "infection"}) for reasons in stops),
        deaths=sum("death" in reasons or died for reasons, died in zip(stops, fatal, strict=True)),
        undated_events=sum(len(count.undated) for _record, count in told),
        lines_left_out=left_out,
    )


def _stops(record: PatientRecord, drug: str, as_of: dt.date) -> set[str | None]:
    """Why lines of a drug were stopped by the day; a stop that may lie after it is none."""
    ended = (line for line in record.therapy if line.drug == drug and line.stop is not None)
    return {line.stop_reason for line in ended if line.stop is not None and line.stop.latest <= as_of}


def _is_infection(event: AdverseEvent) -> bool:
    term = ae_terms().get(event.term)
    return "infection" in {event.category, term.category if term is not None else None}


def _is_fatal(event: AdverseEvent) -> bool:
    return event.grade == 5 or event.outcome == "fatal"
