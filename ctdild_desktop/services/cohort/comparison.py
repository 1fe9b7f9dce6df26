"""Two drugs compared: pairs matched on what was known before, and analysis of covariance.

It describes two groups that nobody assigned at random; what was not recorded may be the cause of any
difference between them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.cohort import describing
from ctdild_desktop.cohort.ancova import Difference, ancova, welch
from ctdild_desktop.cohort.columns import Covariate, Subject
from ctdild_desktop.cohort.courses import Change, Course, change_from, drug_baseline
from ctdild_desktop.cohort.describing import Summary, Test
from ctdild_desktop.cohort.matching import (
    Balance,
    Pair,
    Propensity,
    UnmatchedError,
    balance,
    pairs,
    propensity,
)
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.cohort.covariates import COVARIATES, chosen_covariates, values_on
from ctdild_desktop.services.cohort.data import REGISTRY, Chosen, Counts, counts, the_cohort
from ctdild_desktop.services.cohort.times import NO_DRUG_BASELINE, check_drug, check_given
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody
from ctdild_desktop.services.progress import Progress

NEITHER = "neither drug was given"
NOT_KNOWN = "the first start of either drug is not known to the day"
TOGETHER = "both drugs were begun on the same day"
NOT_ASKED = marked("No covariate was chosen, so that nobody was matched.")
NO_PAIR = marked("No two patients are within the caliper of one another.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One patient of a comparison."""

    drug: str
    index: dt.date
    """The day on which the drug was begun."""
    change: Change
    logit: float | None
    """Of the propensity for the first drug; None for those who are not in its model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Those who were given one of the drugs."""

    baseline: Summary
    change: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The pairs and the differences within them."""

    pairs: tuple[tuple[str, str], ...]
    """Ids: of the first drug, of the second."""
    groups: Mapping[str, Group]
    difference: Summary
    """Change of the first less change of the second, pair by pair."""
    paired_t: Test
    ancova: Difference
    adjusted: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two drugs: the change of a measure under the first less that under the second."""

    n: Counts
    drugs: tuple[str, str]
    measure: str
    months: int
    covariates: tuple[Covariate, ...]
    groups: Mapping[str, Group]
    """By drug, of everybody who is analysed."""
    unadjusted: Difference
    ancova: Difference
    """Given the baseline."""
    adjusted: Difference
    """Given the baseline and the covariates."""
    model: Propensity | None
    balance: tuple[Balance, ...]
    matched: Matched | None
    not_matched: str
    """Why there are no pairs, as a sentence; empty when there are."""
    by_patient: Mapping[str, Compared]


@dataclass(frozen=True, slots=True)
class _Asked:
    drugs: tuple[str, str]
    measure: str
    months: int
    covariates: tuple[Covariate, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    subject: Subject
    drug: str
    index: dt.date
    change: Change


@for_everybody
def compare(
    desk: Desk,
    drugs: tuple[str, str],
    measure: str = "fvc_percent_predicted",
    months: int = 12,
    *,
    covariates: Sequence[str] | None = None,
    chosen: Chosen = REGISTRY,
    progress: Progress | None = None,
) -> Comparison:
    """Compare the change of a measure after the first start of either of two drugs.

    Args:
        drugs: codes; the difference is the first less the second.
        covariates: names of :data:`COVARIATES`; None for all, none for analysis of covariance alone.

    Raises:
        RefusedError: the drugs are the same or unknown, nobody is there, or one of the drugs was given to
            nobody who can be analysed.
    """
    named = chosen_covariates(tuple(COVARIATES) if covariates is None else covariates)
    asked = _Asked(drugs, measure, months, named)
    _check(drugs)
    cohort = the_cohort(desk, chosen, progress)
    told: list[_Told] = []
    left: list[tuple[str, str]] = []
    for record, course in cohort.courses(measure):
        made = _told(record, course, asked, cohort.as_of)
        if isinstance(made, str):
            left.append((record.patient.id, made))
        else:
            told.append(made)
    if not cohort.ids:
        raise RefusedError("There is nobody in the cohort.")
    for drug in drugs:
        check_given(cohort, drug)
    for drug in drugs:
        if not any(one.drug == drug for one in told):
            raise RefusedError(
                say("Nobody who was given {drug} can be analysed; two groups are needed.", drug=drug)
            )
    return _compared(asked, told, counts(cohort, _ids(told), left))


def _check(drugs: tuple[str, str]) -> None:
    for drug in drugs:
        check_drug(drug)
    if drugs[0] == drugs[1]:
        raise RefusedError("Choose two different drugs.")


def _told(record: PatientRecord, course: Course, asked: _Asked, as_of: dt.date) -> _Told | str:
    begun = [line for line in record.therapy if line.drug in asked.drugs and line.start.earliest <= as_of]
    if not begun:
        return NEITHER
    index = min(line.start.earliest for line in begun)
    first = [line for line in begun if line.start.earliest == index]
    if any(line.start.exact is None for line in first):
        return NOT_KNOWN
    if len({line.drug for line in first}) > 1:
        return TOGETHER
    start = drug_baseline(course.visits, index)
    if start is None:
        return NO_DRUG_BASELINE
    change = change_from(start, course.visits, asked.months)
    if change is None:
        return say("no visit at {months} months", months=asked.months)
    values = values_on(record, index, as_of, asked.covariates)
    for one in asked.covariates:
        if values[one.name] is None:
            return say("not known at the start: {covariate}", covariate=one.label)
    drug = first[0].drug
    subject = Subject(
        patient=record.patient.id,
        first=drug == asked.drugs[0],
        values={name: value for name, value in values.items() if value is not None},
    )
    return _Told(subject, drug, index, change)


def _ids(told: Sequence[_Told]) -> list[str]:
    return [one.subject.patient for one in told]


def _compared(asked: _Asked, told: Sequence[_Told], n: Counts) -> Comparison:
    drugs, covariates = asked.drugs, asked.covariates
    subjects = [one.subject for one in told]
    model: Propensity | None = None
    made: tuple[Pair, ...] = ()
    why_not = NOT_ASKED
    if covariates:
        try:
            model = propensity(subjects, covariates)
            made = pairs(model)
            why_not = "" if made else NO_PAIR
        except UnmatchedError as error:
            why_not = error.args[0]
    by_group = {drug: [float(one.change.absolute) for one in told if one.drug == drug] for drug in drugs}
    logits = dict(zip((one.patient for one in model.subjects), model.logits, strict=True)) if model else {}
    return Comparison(
        n=n,
        drugs=drugs,
        measure=asked.measure,
        months=asked.months,
        covariates=covariates,
        groups=_groups(drugs, told),
        unadjusted=welch(*by_group.values()),
        ancova=_given_baseline(told),
        adjusted=_given_baseline(told, covariates),
        model=model,
        balance=balance(subjects, made, covariates),
        matched=_matched(drugs, told, made, covariates) if made else None,
        not_matched=say(why_not),
        by_patient={
            one.subject.patient: Compared(
                drug=one.drug, index=one.index, change=one.change, logit=logits.get(one.subject.patient)
            )
            for one in told
        },
    )


def _groups(drugs: tuple[str, str], told: Sequence[_Told]) -> dict[str, Group]:
    return {
        drug: Group(
            baseline=describing.summary([float(one.change.before.value) for one in told if one.drug == drug]),
            change=describing.summary([float(one.change.absolute) for one in told if one.drug == drug]),
        )
        for drug in drugs
    }


def _given_baseline(told: Sequence[_Told], covariates: Sequence[Covariate] = ()) -> Difference:
    return ancova(
        [one.subject for one in told],
        [float(one.change.absolute) for one in told],
        [float(one.change.before.value) for one in told],
        covariates,
    )


def _matched(
    drugs: tuple[str, str],
    told: Sequence[_Told],
    made: Sequence[Pair],
    covariates: Sequence[Covariate],
) -> Matched:
    known = {one.subject.patient: one for one in told}
    both = [(known[pair.first.patient], known[pair.second.patient]) for pair in made]
    kept = [one for pair in both for one in pair]
    # exact before it is rounded, so that equal changes differ by nothing
    apart = [float(first.change.absolute - second.change.absolute) for first, second in both]
    return Matched(
        pairs=tuple((first.subject.patient, second.subject.patient) for first, second in both),
        groups=_groups(drugs, kept),
        difference=describing.summary(apart),
        paired_t=describing.paired_t(apart),
        ancova=_given_baseline(kept),
        adjusted=_given_baseline(kept, covariates),
    )
