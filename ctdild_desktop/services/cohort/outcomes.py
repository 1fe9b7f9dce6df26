"""Time to death, transplant or failure of treatment in groups of patients, and adverse events by drug.

The other events compete with the one that is asked for.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from ctdild_desktop.clinical.codes import ae_terms
from ctdild_desktop.clinical.exposure import (
    PatientCount,
    Rate,
    count_patient,
    exposure_of,
    person_years,
    pooled,
    rate,
)
from ctdild_desktop.clinical.records import AdverseEvent, PatientRecord, TherapyLine
from ctdild_desktop.clinical.safety import is_serious
from ctdild_desktop.cohort.columns import NOT_RECORDED
from ctdild_desktop.cohort.describing import Proportion, proportion
from ctdild_desktop.cohort.survival import (
    Curve,
    Followed,
    LogRank,
    cumulative_incidence,
    kaplan_meier,
    log_rank,
)
from ctdild_desktop.language import say
from ctdild_desktop.services.cohort.data import REGISTRY, Chosen, Counts, counts, the_cohort
from ctdild_desktop.services.cohort.times import check_group, check_zero, group_of, observed
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody
from ctdild_desktop.services.progress import Progress

EVENTS = ("death", "transplant", "treatment_failure")
"""What may end the time: the codes of the curve are their places, from 1."""
_FAILURE = EVENTS[2]
HARMS = frozenset({"adverse_event", "infection"})
"""The reasons of a stop that make it a discontinuation."""
NO_DRUG = "no drug was given"
NO_EXPOSURE = "no exposure is known to the day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """Time from time zero to an event, by group."""

    n: Counts
    event: str
    time_zero: str
    late: int
    """How many were first seen after time zero and are at risk from then on."""
    groups: Mapping[str, Curve]
    log_rank: LogRank
    incidence: Mapping[str, Mapping[str, tuple[float | None, ...]]]
    """By group and event that may end the time: the share to whom it has happened by each of ``days``, the
    others competing; None beyond the last observation of the group.
    """
    days: tuple[int, ...]
    patients: Mapping[str, tuple[str, ...]]
    """Ids by group, in the order of the people of its curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugEvents:
    """Adverse events during the exposure to one drug, whatever the cause unless it is said."""

    patients: int
    years: Fraction
    events: Rate
    first: Rate
    related: Rate
    """Of events judged certain, probable or possible by WHO-UMC."""
    first_related: Rate
    infections: Rate
    serious: Rate
    serious_infections: Rate
    by_grade: Mapping[str, int]
    grades: Mapping[str, Rate]
    """The rate of the events of each grade that occurs, and of those of grade 3 to 5 (``3-5``)."""
    discontinued: Proportion
    """Patients with a line of the drug that was stopped for an adverse event or an infection."""
    deaths: int
    """Patients who died during the exposure, had a fatal event in it, or whose line was stopped by death."""
    undated_events: int
    """Events in no number, because their onset may lie within the exposure or outside it."""
    undated_deaths: int
    """Deaths in no number, because their day may lie within the exposure or outside it."""
    lines_left_out: int
    """Lines in no number, because a date is not known to the day or no infusion is recorded."""
    who: Mapping[str, tuple[str, ...]]
    """Ids of the patients: ``exposed``, and those with an event by ``events``, ``related``, ``infections``,
    ``serious``, ``discontinued``, ``deaths`` and each grade.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvents:
    """Adverse events by drug."""

    n: Counts
    drugs: Mapping[str, DrugEvents]


@for_everybody
def survival(
    desk: Desk,
    event: str,
    *,
    by: str = "none",
    days: tuple[int, ...] = (365, 730, 1095, 1825),
    time_zero: str = "",
    drug: str = "",
    chosen: Chosen = REGISTRY,
    progress: Progress | None = None,
) -> Survival:
    """Time to an event from time zero; death, transplant and the last contact end it, a failure of treatment
    only when it is asked for.

    Death and transplant by their recorded dates; failure of treatment is the stop of a line for lack of
    effect or progression, or the day on which the response to a line was judged worse. Of dates of one day
    death counts before transplant, and that before failure.

    Args:
        event: one of :data:`EVENTS`, or several with commas between: the first of them.
        by: one of :data:`GROUPS`; by drug, a patient belongs to the first drug after time zero or running on
            it.
        time_zero: ``first-pft`` (also when empty), ``ild-diagnosis`` or ``drug-start``; who was first seen
            after it enters then.
        drug: of ``drug-start``.

    Raises:
        RefusedError: there is no such event, group, time zero or drug.
    """
    unknown = next((one for one in event.split(",") if one not in EVENTS), None)
    if unknown is not None:
        raise RefusedError(
            say("{event} is no event; choose one of {known}.", event=unknown, known=", ".join(EVENTS))
        )
    check_group(by)
    zero_name = check_zero(time_zero, drug)
    cohort = the_cohort(desk, chosen, progress)
    groups: dict[str, dict[str, Followed]] = {}
    left: list[tuple[str, str]] = []
    failure = _FAILURE in event.split(",")
    for record in cohort.each():
        made = observed(record, cohort.as_of, zero_name, drug, failure=failure)
        if isinstance(made, str):
            left.append((record.patient.id, made))
            continue
        start, time = made
        groups.setdefault(group_of(record, by, start, cohort.as_of), {})[record.patient.id] = time
    wanted = frozenset(EVENTS.index(one) + 1 for one in event.split(","))
    named = {name: list(people.values()) for name, people in sorted(groups.items())}
    return Survival(
        n=counts(cohort, (patient for name in named for patient in groups[name]), left),
        event=event,
        time_zero=zero_name,
        late=sum(one.entry > 0 for people in named.values() for one in people),
        groups={name: kaplan_meier(people, events=wanted) for name, people in named.items()},
        log_rank=log_rank(named, events=wanted),
        incidence={
            name: {
                one: cumulative_incidence(people, place, days)
                for place, one in enumerate(EVENTS, start=1)
                if failure or one != _FAILURE
            }
            for name, people in named.items()
        },
        days=days,
        patients={name: tuple(groups[name]) for name in named},
    )


@for_everybody
def adverse_events(desk: Desk, chosen: Chosen = REGISTRY, progress: Progress | None = None) -> AdverseEvents:
    """Adverse events per 100 patient-years of exposure to each drug that was given."""
    cohort = the_cohort(desk, chosen, progress)
    by_drug: dict[str, list[_Exposed]] = {}
    left: list[tuple[str, str]] = []
    kept: list[str] = []
    for record in cohort.each():
        begun = [line for line in record.therapy if line.start.earliest <= cohort.as_of]
        told = [_exposed(record, begun, drug, cohort.as_of) for drug in sorted({one.drug for one in begun})]
        for one in told:
            by_drug.setdefault(one.drug, []).append(one)
        if any(one.count.days for one in told):
            kept.append(record.patient.id)
        else:
            left.append((record.patient.id, NO_EXPOSURE if begun else NO_DRUG))
    made = {drug: _of_drug(told) for drug, told in sorted(by_drug.items())}
    return AdverseEvents(
        n=counts(cohort, kept, left), drugs={drug: one for drug, one in made.items() if one is not None}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exposed:
    """One patient and one drug."""

    patient: str
    drug: str
    count: PatientCount
    related: PatientCount
    untold_lines: int
    stopped_for_harm: bool
    died: bool | None
    """None where the day of death is not known well enough."""


def _exposed(record: PatientRecord, begun: Sequence[TherapyLine], drug: str, as_of: dt.date) -> _Exposed:
    death = record.patient.death_date
    exposure = exposure_of(begun, drug, as_of, death=death)
    count = count_patient(exposure, record.adverse_events)
    return _Exposed(
        patient=record.patient.id,
        drug=drug,
        count=count,
        related=count_patient(exposure, record.adverse_events, related=True),
        untold_lines=len(exposure.untold),
        stopped_for_harm=bool(stop_reasons(record, (drug,), as_of) & HARMS),
        died=died_during(record, drug, count, as_of),
    )


def died_during(record: PatientRecord, drug: str, count: PatientCount, as_of: dt.date) -> bool | None:
    """Whether a patient died during the exposure to a drug, of an event in it, or with the line.

    None where the day of death is not known well enough.
    """
    if "death" in stop_reasons(record, (drug,), as_of) or any(map(is_fatal, count.events)):
        return True
    death = record.patient.death_date
    return False if death is None else exposure_of(record.therapy, drug, as_of).covers(death)


def _of_drug(everybody: Sequence[_Exposed]) -> DrugEvents | None:
    told = [one for one in everybody if one.count.days]
    left_out = sum(one.untold_lines for one in everybody)
    if not told and not left_out:
        return None
    years = person_years(sum(one.count.days for one in told))
    events = [event for one in told for event in one.count.events]
    every, first = pooled(one.count for one in told)
    related, first_related = pooled(one.related for one in told)
    grades: dict[str, Callable[[AdverseEvent], bool]] = {
        grade: partial(_has_grade, grade) for grade in sorted({_grade(event) for event in events})
    }
    grades["3-5"] = _is_severe

    def rate_of(holds: Callable[[AdverseEvent], bool]) -> Rate:
        return rate(sum(map(holds, events)), years)

    def with_one(holds: Callable[[AdverseEvent], bool]) -> tuple[str, ...]:
        return tuple(one.patient for one in told if any(map(holds, one.count.events)))

    return DrugEvents(
        patients=len(told),
        years=years,
        events=every,
        first=first,
        related=related,
        first_related=first_related,
        infections=rate_of(is_infection),
        serious=rate_of(is_serious),
        serious_infections=rate_of(lambda event: is_infection(event) and is_serious(event)),
        by_grade=dict(sorted(Counter(map(_grade, events)).items())),
        grades={grade: rate_of(holds) for grade, holds in grades.items()},
        discontinued=proportion(sum(one.stopped_for_harm for one in told), len(told)),
        deaths=sum(bool(one.died) for one in told),
        undated_events=sum(len(one.count.undated) for one in told),
        undated_deaths=sum(one.died is None for one in told),
        lines_left_out=left_out,
        who={
            "exposed": tuple(one.patient for one in told),
            "events": tuple(one.patient for one in told if one.count.events),
            "related": tuple(one.patient for one in told if one.related.events),
            "infections": with_one(is_infection),
            "serious": with_one(is_serious),
            "discontinued": tuple(one.patient for one in told if one.stopped_for_harm),
            "deaths": tuple(one.patient for one in told if one.died),
            **{grade: with_one(holds) for grade, holds in grades.items()},
        },
    )


def stop_reasons(record: PatientRecord, drugs: Container[str], as_of: dt.date) -> set[str | None]:
    """Why lines of some drugs were stopped by the day; a stop that may lie after it is none."""
    ended = (line for line in record.therapy if line.drug in drugs and line.stop is not None)
    return {line.stop_reason for line in ended if line.stop is not None and line.stop.latest <= as_of}


def is_infection(event: AdverseEvent) -> bool:
    """Whether an adverse event is an infection, by its term or as it was entered."""
    term = ae_terms().get(event.term)
    return "infection" in {event.category, term.category if term is not None else None}


def is_fatal(event: AdverseEvent) -> bool:
    """Whether an adverse event ended in death."""
    return event.grade == 5 or event.outcome == "fatal"


def _grade(event: AdverseEvent) -> str:
    return str(event.grade or NOT_RECORDED)


def _has_grade(grade: str, event: AdverseEvent) -> bool:
    return _grade(event) == grade


def _is_severe(event: AdverseEvent) -> bool:
    return event.grade is not None and event.grade >= 3
