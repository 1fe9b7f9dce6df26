"""A threshold that a clinic sets for itself, answered like a published definition and named its own.

The fall of FVC or of DLCO between the latest usable test and each earlier one in a window, in points of %
predicted or relative to the earlier value. DLCO in points is taken at standard haemoglobin, as everywhere.
Its source is the clinic: who set it and when is kept with it. Pairs are made by a decision of the registry,
as for the published definitions.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.criteria.confirmation import confirm_advised
from ctdild_desktop.clinical.criteria.criterion import (
    CriteriaSettings,
    Criterion,
    Window,
    therapy_sentence,
    try_near_miss,
    window,
)
from ctdild_desktop.clinical.criteria.facts import Facts
from ctdild_desktop.clinical.criteria.pairs import (
    Comparison,
    Pair,
    compare,
    dlco_points,
    dlco_relative,
    fvc_points,
    fvc_relative,
    largest,
    skipped_caution,
)
from ctdild_desktop.clinical.criteria.review_decline import no_comparison
from ctdild_desktop.clinical.criteria.telling import (
    points_key,
    points_sentence,
    relative_key,
    relative_sentence,
)
from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.series import DlcoVisit, FvcVisit
from ctdild_desktop.clinical.verdict import Assessment, Caution, Sentence, Verdict, sentence
from ctdild_desktop.language import say


class ThresholdMeasure(StrEnum):
    """What is compared."""

    FVC = "fvc"
    DLCO = "dlco"


class ThresholdBasis(StrEnum):
    """How a fall is counted."""

    POINTS = "points"
    """Absolute, in points of % predicted."""
    RELATIVE = "relative"
    """In percent of the earlier value."""


class Comparator(StrEnum):
    """Whether the amount itself counts."""

    MORE_THAN = "more_than"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserThreshold:
    """A clinic's own threshold, with who set it and when.

    Raises:
        EntryError: no name, an amount that is not above 0 and up to 100 with at most two decimals, or a
            window that is not 1 to 120 months.
    """

    id: str
    """Unique among the clinic's thresholds; the criterion is called ``OWN_`` and this."""
    name: str
    measure: ThresholdMeasure
    basis: ThresholdBasis
    amount: Decimal
    """Points of % predicted or percent, by ``basis``."""
    comparator: Comparator
    window_months: int
    set_by: str
    set_on: dt.date

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise EntryError("Give the threshold a name.")
        if not self.amount.is_finite() or not 0 < self.amount <= 100:
            raise EntryError("The amount must be more than 0 and at most 100.")
        if self.amount != round(self.amount, 2):
            raise EntryError("The amount may have two decimals.")
        if not 1 <= self.window_months <= 120:
            raise EntryError("The window must be 1 to 120 months.")

    @property
    def rule(self) -> Sentence:
        """``FVC fall of more than 7.5 points within 12 months``."""
        unit = "points" if self.basis is ThresholdBasis.POINTS else "%"
        words = "more than" if self.comparator is Comparator.MORE_THAN else "at least"
        return sentence(
            "{measure} fall of {words} {amount} {unit} within {months} months",
            measure=self.measure.upper(),
            words=words,
            amount=wording.rounded(self.amount, 2).normalize() if self.amount % 1 else int(self.amount),
            unit=unit,
            months=self.window_months,
        )

    @property
    def source(self) -> str:
        """Who set it, in place of a publication."""
        return say(
            "Clinic's own, set by {set_by} on {set_on}", set_by=self.set_by, set_on=self.set_on.isoformat()
        )


def user_threshold(definition: UserThreshold) -> Criterion:
    """The criterion that answers a clinic's own threshold; it is asked of every patient."""

    def judge(facts: Facts, as_of: dt.date, settings: CriteriaSettings) -> Assessment:
        fvc = facts.fvc_until(as_of)
        dlco = facts.dlco_until(as_of)
        of_fvc = definition.measure is ThresholdMeasure.FVC
        return try_near_miss(
            lambda span: _answer(definition, facts, span, _compare(definition, facts, span, fvc, dlco)),
            window(as_of, definition.window_months, settings),
            tuple(visit.date for visit in (fvc if of_fvc else dlco)),
        )

    return Criterion(
        id=f"OWN_{definition.id}",
        title=definition.name,
        window_months=definition.window_months,
        source=say(definition.source),
        judge=judge,
    )


def _compare(
    definition: UserThreshold,
    facts: Facts,
    span: Window,
    fvc: tuple[FvcVisit, ...],
    dlco: tuple[DlcoVisit, ...],
) -> Comparison[FvcVisit] | Comparison[DlcoVisit]:
    points = definition.basis is ThresholdBasis.POINTS
    if definition.measure is ThresholdMeasure.FVC:
        return compare(fvc, span, (fvc_points if points else fvc_relative)(facts.patient))
    return compare(dlco, span, (dlco_points if points else dlco_relative)(facts.patient))


def _reaches(definition: UserThreshold, fall: Fraction) -> bool:
    limit = Fraction(definition.amount)
    return fall > limit or (definition.comparator is Comparator.AT_LEAST and fall == limit)


def _fvc_fell_too(definition: UserThreshold, facts: Facts, span: Window) -> bool:
    """Whether FVC has fallen by the same amount, so that a fall of DLCO does not stand alone."""
    points = definition.basis is ThresholdBasis.POINTS
    visits = facts.fvc_until(span.end)
    made = compare(visits, span, (fvc_points if points else fvc_relative)(facts.patient))
    return any(_reaches(definition, pair.fall if points else pair.relative_fall) for pair in made.pairs)


def _answer(
    definition: UserThreshold,
    facts: Facts,
    span: Window,
    made: Comparison[FvcVisit] | Comparison[DlcoVisit],
) -> Assessment:
    points = definition.basis is ThresholdBasis.POINTS
    name = definition.measure.upper()
    blank = Assessment(
        criterion=f"OWN_{definition.id}",
        title=definition.name,
        as_of=span.end,
        verdict=Verdict.CANNOT_ASSESS,
        window_months=span.months,
        source=say(definition.source),
    )

    def size(pair: Pair) -> Fraction:
        return pair.fall if points else pair.relative_fall

    best = largest(made.pairs, size)
    if best is None:
        reason, code, need = no_comparison(name, span, made)
        return replace(
            blank,
            because=(reason,),
            needs=(need,),
            cautions=(Caution(code, reason, stated=True),),
        )
    limit = Fraction(definition.amount)
    met = _reaches(definition, size(best))
    told = (points_sentence if points else relative_sentence)(best, limit)
    rule = sentence("The clinic's own limit: {rule}.", rule=definition.rule)
    cautions = (*best.cautions, *skipped_caution(name, [visit.date for visit in made.skipped]))
    if met:
        alone = definition.measure is ThresholdMeasure.DLCO and not _fvc_fell_too(definition, facts, span)
        cautions += confirm_advised(facts, (best,), only_dlco=alone)
    return replace(
        blank,
        verdict=Verdict.MET if met else Verdict.NOT_MET,
        because=(told, rule, *(therapy_sentence(facts, best.follow_up.date) if met else ())),
        cautions=cautions,
        evidence=(best.evidence,),
        key=(points_key if points else relative_key)(best, limit),
    )
