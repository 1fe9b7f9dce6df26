"""Analyses of the patients of the registry, each with its definition, n at each step and who was left out.

The definitions are those of the studies that the evidence of the program names, so that a clinic's own
numbers can be set beside theirs. Each is computed on one reading of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ctdild_desktop.clinical.exposure import person_years
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.cohort import describing, responding, slopes
from ctdild_desktop.cohort.columns import NOT_RECORDED
from ctdild_desktop.cohort.courses import Change, Course, around, change_at, drug_baseline
from ctdild_desktop.cohort.declining import LOSSES, Declines, Loss, declines
from ctdild_desktop.cohort.describing import Proportion, Summary, Test
from ctdild_desktop.cohort.slopes import Pooled
from ctdild_desktop.language import say
from ctdild_desktop.services.cohort.data import (
    MEASURES,
    REGISTRY,
    Chosen,
    Cohort,
    Counts,
    counts,
    course_of,
    diagnosis_group,
    first_start,
    pattern_of,
    the_cohort,
)
from ctdild_desktop.services.cohort.times import (
    NO_BASELINE,
    NO_DRUG_BASELINE,
    check_drug,
    check_zero,
    course_from,
    no_start,
)
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.services.responses import line_responses

NO_LATER = "no later visit"
TOO_FEW = "fewer than three usable visits"
NO_OTHER_VISIT = "no visit 6 to 12 months before or after the start"


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
class Around:
    """A measure before and after a drug."""

    n: Counts
    before: Summary
    after: Summary
    """Relative changes in per cent."""
    in_litres: int
    """Patients of whom one of the changes or both are of litres, because % predicted is not known."""
    both: int
    wilcoxon: Test
    """After against before, in those who have both."""
    pairs: Mapping[str, tuple[Change | None, Change | None]]
    """By id: the change before and the change after; at least one of them is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Responses:
    """The published classes of response to the first line of a drug."""

    n: Counts
    classes: Mapping[str, Mapping[str, int]]
    """How many patients are in each class, by criterion."""
    by_patient: Mapping[str, Mapping[str, str]]
    """The class by id, by criterion."""


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
            if measure == _PERCENT:
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


_PERCENT = "fvc_percent_predicted"
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
            of_percent = course_of(record, _PERCENT, cohort.as_of)
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
        name: _AroundStart(measure, drug)
        for name, measure in (("fvc", _PERCENT), ("dlco", "dlco_percent_predicted"))
    }
    responses = _Answered(drug)
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
    told = _Answered(drug)
    for record in cohort.each():
        told.add(record, cohort.as_of)
    return told.result(cohort)


class _AroundStart:
    """What a measure was before and after the start of a drug, patient by patient."""

    def __init__(self, measure: str, drug: str) -> None:
        self._measure, self._drug = measure, drug
        self._pairs: dict[str, tuple[Change | None, Change | None]] = {}
        self._left: list[tuple[str, str]] = []
        self._in_litres = 0

    def add(self, record: PatientRecord, as_of: dt.date) -> None:
        """Take a patient in."""
        patient = record.patient.id
        line = first_start(record, self._drug, as_of)
        if line is None:
            self._left.append((patient, no_start(record, self._drug, as_of)))
            return
        course = course_of(record, self._measure, as_of)
        start = line.start.earliest
        made, known_by = around(course.visits, start), course.visits
        if self._measure == _PERCENT and None in made:
            litres = course_of(record, "fvc_l", as_of).visits
            of_percent, of_litres = made, around(litres, start)
            made = (of_percent[0] or of_litres[0], of_percent[1] or of_litres[1])
            self._in_litres += made != of_percent
            known_by = (*course.visits, *litres)
        if made != (None, None):
            self._pairs[patient] = made
        else:
            reason = NO_OTHER_VISIT if drug_baseline(known_by, start) else NO_DRUG_BASELINE
            self._left.append((patient, reason))

    def result(self, cohort: Cohort) -> Around:
        """What it was in all of them."""
        pairs = self._pairs
        before, after = ([_relative(pair[at]) for pair in pairs.values()] for at in (0, 1))
        both = [  # exact, so that ties are ties
            float(later - earlier)
            for earlier, later in zip(before, after, strict=True)
            if earlier is not None and later is not None
        ]
        return Around(
            n=counts(cohort, pairs, self._left),
            before=describing.summary([float(one) for one in before if one is not None]),
            after=describing.summary([float(one) for one in after if one is not None]),
            in_litres=self._in_litres,
            both=len(both),
            wilcoxon=describing.wilcoxon(both),
            pairs=pairs,
        )


def _relative(made: Change | None) -> Fraction | None:
    return None if made is None else made.relative


class _Answered:
    """The class of response to the first line of a drug, patient by patient."""

    def __init__(self, drug: str) -> None:
        self._drug = drug
        self._told: dict[str, dict[str, str]] = {name: {} for name in ("RESPONSE_KEIR", "RESPONSE_REVIEW")}
        self._given: list[str] = []
        self._left: list[tuple[str, str]] = []

    def add(self, record: PatientRecord, as_of: dt.date) -> None:
        """Take a patient in."""
        patient = record.patient.id
        line = first_start(record, self._drug, as_of)
        if line is None:
            self._left.append((patient, no_start(record, self._drug, as_of)))
            return
        self._given.append(patient)
        for name, by_patient in self._told.items():
            for one, answer in line_responses(record, name, as_of):
                if one.id == line.id:
                    by_patient[patient] = answer.category or answer.verdict

    def result(self, cohort: Cohort) -> Responses:
        """How many have each."""
        return Responses(
            n=counts(cohort, self._given, self._left),
            classes={name: dict(sorted(Counter(held.values()).items())) for name, held in self._told.items()},
            by_patient=self._told,
        )
