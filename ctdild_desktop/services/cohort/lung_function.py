"""Analyses of the patients of the registry, each with its definition, n at each step and who was left out.

The definitions are those of the studies that the evidence of the program names, so that a clinic's own
numbers can be set beside theirs. Each is computed on one reading of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.exposure import person_years
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.cohort import describing, responding, slopes
from ctdild_desktop.cohort.columns import NOT_RECORDED
from ctdild_desktop.cohort.courses import Change, Course, change_at
from ctdild_desktop.cohort.declining import LOSSES, Declines, Loss, declines
from ctdild_desktop.cohort.describing import Proportion, Summary, Test
from ctdild_desktop.cohort.slopes import Pooled
from ctdild_desktop.language import say
from ctdild_desktop.services.cohort.around_start import PERCENT, Answered, Around, AroundStart, Responses
from ctdild_desktop.services.cohort.data import (
    MEASURES,
    REGISTRY,
    Chosen,
    Counts,
    counts,
    course_of,
    diagnosis_group,
    pattern_of,
    the_cohort,
)
from ctdild_desktop.services.cohort.times import (
    NO_BASELINE,
    check_drug,
    check_zero,
    course_from,
)
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.progress import Progress

NO_LATER = "no later visit"
TOO_FEW = "fewer than three usable visits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """Changes in few numbers, and whether they lie about zero."""

    summary: Summary
    paired_t: Test
    wilcoxon: Test


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Who is in the cohort; what is not recorded is counted, too."""

    n: Counts
    by: dict[str, dict[str, int]]
    """For each property (``diagnosis``, ``pattern``, ``sex`` ...): how many have each value."""
    values: dict[str, Summary]
    """Age at the first visit, the first FVC and DLCO, years of follow-up."""
    who: Mapping[str, Mapping[str, tuple[str, ...]]]
    """The ids behind each number of ``by``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The change from the baseline to a month."""

    n: Counts
    absolute: Tested
    relative: Tested
    responders: Mapping[str, Proportion]
    by_patient: Mapping[str, Change]
    """By id: the baseline and the visit at the month."""

    @property
    def class_of_patient(self) -> dict[str, str]:
        """The class of the responders by id."""
        relative = {patient: made.relative for patient, made in self.by_patient.items()}
        return {patient: responding.class_of(one) for patient, one in relative.items() if one is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slopes:
    """Change per year of each patient and of all."""

    n: Counts
    result: Summary
    pooled: Pooled
    by_patient: Mapping[str, float]
    """The change per year by id."""
    courses: Mapping[str, Course]
    """The visits of everybody who has one, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """The losses since the baseline."""

    n: Counts
    within_days: int
    losses: Mapping[str, Declines]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrePost:
    """What became of the measures around the start of a drug, and the two published classes of response."""

    measures: Mapping[str, Around]
    responses: Responses


def tested(changes: Sequence[float]) -> Tested:
    """Some changes described and tested against none."""
    return Tested(
        summary=describing.summary(changes),
        paired_t=describing.paired_t(changes),
        wilcoxon=describing.wilcoxon(changes),
    )


@for_everybody
def describe(desk: Desk, chosen: Chosen = REGISTRY, progress: Progress | None = None) -> Description:
    """Who is in the registry: disease, pattern, sex, drugs, and age and lung function at the first visit."""
    cohort = the_cohort(desk, chosen, progress)
    who: dict[str, dict[str, list[str]]] = {name: {} for name in _PROPERTIES}
    values: dict[str, list[float]] = {"age_years": [], "follow_up_years": [], **{one: [] for one in MEASURES}}
    for record in cohort.each():
        for name, told in _properties(record, cohort.as_of).items():
            for one in told:
                who[name].setdefault(one, []).append(record.patient.id)
        for measure in MEASURES:
            course = course_of(record, measure, cohort.as_of)
            start = course.baseline
            if start is None:
                continue
            values[measure].append(float(start.value))
            if measure == PERCENT:
                values["follow_up_years"].append(_years(start.date, course.visits[-1].date))
                born = record.patient.birth_date
                if born is not None and born.exact is not None:
                    values["age_years"].append(_years(born.exact, start.date))
    ordered = {
        name: dict(sorted(told.items(), key=lambda one: (-len(one[1]), one[0]))) for name, told in who.items()
    }
    return Description(
        n=counts(cohort, cohort.ids, ()),
        by={name: {one: len(ids) for one, ids in told.items()} for name, told in ordered.items()},
        values={name: describing.summary(told) for name, told in values.items()},
        who={name: {one: tuple(ids) for one, ids in told.items()} for name, told in ordered.items()},
    )


_PROPERTIES = ("sex", "diagnosis", "diagnosis_group", "pattern", "drug", "vital_status")


def _properties(record: PatientRecord, as_of: dt.date) -> dict[str, list[str]]:
    view = record.diagnosis_on(as_of)
    given = {line.drug for line in record.therapy if line.start.earliest <= as_of}
    return {
        "sex": [record.patient.sex or NOT_RECORDED],
        "diagnosis": [view.ctd if view is not None else NOT_RECORDED],
        "diagnosis_group": [diagnosis_group(record, as_of) or NOT_RECORDED],
        "pattern": [pattern_of(record, as_of) or NOT_RECORDED],
        "drug": sorted(given) or ["none"],
        "vital_status": [record.patient.vital_status or NOT_RECORDED],
    }


def _years(first: dt.date, last: dt.date) -> float:
    return float(person_years((last - first).days))


@for_everybody
def changes(
    desk: Desk,
    measure: str,
    months: int,
    chosen: Chosen = REGISTRY,
    progress: Progress | None = None,
    *,
    time_zero: str = "",
    drug: str = "",
) -> Changes:
    """The change of a measure from the baseline to the visit nearest to so many months later.

    Args:
        time_zero: what the baseline belongs to: ``first-pft`` (also when empty), ``ild-diagnosis`` or
            ``drug-start``.
        drug: of ``drug-start``.

    Raises:
        RefusedError: there is no such measure, time zero or drug.
    """
    zero = check_zero(time_zero, drug)
    cohort = the_cohort(desk, chosen, progress)
    found: dict[str, Change] = {}
    left: list[tuple[str, str]] = []
    none_then = say("no visit at {months} months", months=months)
    for record, whole in cohort.courses(measure):
        course, why_not = course_from(record, whole, zero, drug, cohort.as_of)
        made = change_at(course, months)
        if made is not None:
            found[record.patient.id] = made
        else:
            left.append((record.patient.id, why_not or none_then))
    relative = [one for one in (made.relative for made in found.values()) if one is not None]
    return Changes(
        n=counts(cohort, found, left),
        absolute=tested([float(made.absolute) for made in found.values()]),
        relative=tested([float(one) for one in relative]),
        responders=responding.table(relative),
        by_patient=found,
    )


@for_everybody
def slopes_of(
    desk: Desk, measure: str, chosen: Chosen = REGISTRY, progress: Progress | None = None
) -> Slopes:
    """The change of a measure per year, of each patient with three usable visits and of all together.

    Raises:
        RefusedError: there is no such measure.
    """
    cohort = the_cohort(desk, chosen, progress)
    courses = {record.patient.id: course for record, course in cohort.courses(measure)}
    made = {patient: slopes.per_year(course) for patient, course in courses.items()}
    known = {patient: slope for patient, slope in made.items() if slope is not None}
    left = [
        (patient, TOO_FEW if course.visits else NO_BASELINE)
        for patient, course in courses.items()
        if patient not in known
    ]
    return Slopes(
        n=counts(cohort, known, left),
        result=describing.summary(list(known.values())),
        pooled=slopes.pooled(list(courses.values())),
        by_patient=known,
        courses={patient: course for patient, course in courses.items() if course.visits},
    )


@for_everybody
def decline(
    desk: Desk,
    measure: str,
    *,
    within_days: int = 365,
    time_zero: str = "",
    drug: str = "",
    chosen: Chosen = REGISTRY,
    progress: Progress | None = None,
) -> Decline:
    """Who lost how much of a measure since the baseline.

    Losses in points are of % predicted: for FVC in litres they are taken from the % predicted of the same
    patients.

    Args:
        time_zero: as in :func:`changes`; the curve runs from the baseline.

    Raises:
        RefusedError: there is no such measure, time zero or drug.
    """
    zero = check_zero(time_zero, drug)
    cohort = the_cohort(desk, chosen, progress)
    courses: list[Course] = []
    points = courses if measure != "fvc_l" else []
    left: list[tuple[str, str]] = []
    for record, whole in cohort.courses(measure):
        course, why_not = course_from(record, whole, zero, drug, cohort.as_of)
        courses.append(course)
        if not course.later:
            left.append((course.patient, why_not or NO_LATER))
        if points is not courses:
            of_percent = course_of(record, PERCENT, cohort.as_of)
            points.append(course_from(record, of_percent, zero, drug, cohort.as_of)[0])

    def of(loss: Loss) -> Declines:
        return declines(courses if loss.relative else points, loss, within_days=within_days)

    return Decline(
        n=counts(cohort, (course.patient for course in courses if course.later), left),
        within_days=within_days,
        losses={loss.name: of(loss) for loss in LOSSES},
    )


@for_everybody
def pre_post(desk: Desk, drug: str, chosen: Chosen = REGISTRY, progress: Progress | None = None) -> PrePost:
    """The relative change of FVC and DLCO before and after the first start of a drug.

    Of % predicted; of FVC in litres where that is not known at both visits, as the criteria have it.

    Raises:
        RefusedError: there is no such drug.
    """
    check_drug(drug)
    cohort = the_cohort(desk, chosen, progress)
    measures = {
        name: AroundStart(measure, drug)
        for name, measure in (("fvc", PERCENT), ("dlco", "dlco_percent_predicted"))
    }
    responses = Answered(drug)
    for record in cohort.each():
        for told in measures.values():
            told.add(record, cohort.as_of)
        responses.add(record, cohort.as_of)
    return PrePost(
        measures={name: told.result(cohort) for name, told in measures.items()},
        responses=responses.result(cohort),
    )


@for_everybody
def responders(
    desk: Desk, drug: str, chosen: Chosen = REGISTRY, progress: Progress | None = None
) -> Responses:
    """How many patients have each published class of response to the first line of a drug.

    Raises:
        RefusedError: there is no such drug.
    """
    check_drug(drug)
    cohort = the_cohort(desk, chosen, progress)
    told = Answered(drug)
    for record in cohort.each():
        told.add(record, cohort.as_of)
    return told.result(cohort)
