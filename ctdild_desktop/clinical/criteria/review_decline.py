"""The source review's amounts of change used as alarms for decline, asked for by the clinic.

More than 10 % relative fall of FVC; more than 15 % relative fall of DLCO; both strict, over 24 months, latest
against each earlier usable test. Any CTD-ILD; no fibrosis needed. FVC and DLCO are asked apart: where DLCO
is missing, the answer for FVC stays clear.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

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
    change_sentence,
    compare,
    dlco_relative,
    fvc_relative,
    largest,
    skipped_caution,
)
from ctdild_desktop.clinical.criteria.telling import relative_key
from ctdild_desktop.clinical.series import DlcoVisit, FvcVisit
from ctdild_desktop.clinical.verdict import Assessment, Caution, Sentence, Verdict, sentence
from ctdild_desktop.language import marked, say

_SOURCE = "Thresholds of the source review"


@dataclass(frozen=True, slots=True)
class _Measure:
    criterion: str
    title: str
    name: str
    limit: Fraction


_FVC = _Measure("REVIEW_FVC_DECLINE", marked("FVC fall > 10 %"), "FVC", Fraction(10))
_DLCO = _Measure("REVIEW_DLCO_DECLINE", marked("DLCO fall > 15 %"), "DLCO", Fraction(15))


def _judge_fvc(facts: Facts, as_of: dt.date, settings: CriteriaSettings) -> Assessment:
    visits = facts.fvc_until(as_of)
    return try_near_miss(
        lambda span: _answer(_FVC, facts, span, _compare_fvc(facts, visits, span)),
        window(as_of, settings.review_window_months, settings),
        tuple(visit.date for visit in visits),
    )


def _judge_dlco(facts: Facts, as_of: dt.date, settings: CriteriaSettings) -> Assessment:
    visits = facts.dlco_until(as_of)
    return try_near_miss(
        lambda span: _answer(_DLCO, facts, span, compare(visits, span, dlco_relative(facts.patient))),
        window(as_of, settings.review_window_months, settings),
        tuple(visit.date for visit in visits),
    )


def _compare_fvc(facts: Facts, visits: tuple[FvcVisit, ...], span: Window) -> Comparison[FvcVisit]:
    return compare(visits, span, fvc_relative(facts.patient))


def _answer(
    measure: _Measure, facts: Facts, span: Window, made: Comparison[FvcVisit] | Comparison[DlcoVisit]
) -> Assessment:
    best = largest(made.pairs, lambda pair: pair.relative_fall)
    if best is None:
        return _cannot_tell(measure, span, made)
    met = best.relative_fall > measure.limit
    because: tuple[Sentence, ...] = (
        change_sentence(best, name=_named(measure, best.basis), limit=measure.limit, months=span.months),
    )
    cautions = (
        *best.cautions,
        *skipped_caution(measure.name, [visit.date for visit in made.skipped]),
    )
    if met:
        because += therapy_sentence(facts, best.follow_up.date)
        alone = measure is _DLCO and not _fvc_met(facts, span)
        cautions += confirm_advised(facts, (best,), only_dlco=alone)
    others = sorted(made.pairs, key=lambda pair: pair is not best)
    return Assessment(
        criterion=measure.criterion,
        title=say(measure.title),
        as_of=span.end,
        verdict=Verdict.MET if met else Verdict.NOT_MET,
        window_months=span.months,
        because=because,
        cautions=cautions,
        evidence=tuple(pair.evidence for pair in others[:1]),
        source=say(_SOURCE),
        key=relative_key(best, measure.limit),
    )


def _named(measure: _Measure, basis: str) -> str:
    return (
        say("{name} (Hb-corrected)", name=say(measure.name))
        if basis == "percent_predicted_hb_corrected"
        else measure.name
    )


def _fvc_met(facts: Facts, span: Window) -> bool:
    visits = facts.fvc_until(span.end)
    best = largest(_compare_fvc(facts, visits, span).pairs, lambda pair: pair.relative_fall)
    return best is not None and best.relative_fall > _FVC.limit


def _cannot_tell(
    measure: _Measure, span: Window, made: Comparison[FvcVisit] | Comparison[DlcoVisit]
) -> Assessment:
    reason, code, need = no_comparison(measure.name, span, made)
    return Assessment(
        criterion=measure.criterion,
        title=say(measure.title),
        as_of=span.end,
        verdict=Verdict.CANNOT_ASSESS,
        window_months=span.months,
        because=(reason,),
        needs=(need,),
        cautions=(Caution(code, reason, stated=True),),
        source=say(_SOURCE),
    )


def no_comparison(
    name: str, span: Window, made: Comparison[FvcVisit] | Comparison[DlcoVisit]
) -> tuple[Sentence, str, Sentence]:
    """Why a measure cannot be compared in a window: the reason, its code, and what is needed."""
    start = span.start
    if not made.visits:
        return (
            sentence("There is no usable {name} since {start}.", name=name, start=start),
            "NO_TEST_IN_WINDOW",
            sentence("two usable {name} tests since {start}", name=name, start=start),
        )
    if len(made.visits) == 1:
        return (
            sentence(
                "There is only one usable {name} since {start}, of {date}.",
                name=name,
                start=start,
                date=made.visits[0].date,
            ),
            "ONLY_ONE_TEST_IN_WINDOW",
            sentence("a second usable {name} since {start}", name=name, start=start),
        )
    reason = sentence(
        "No earlier {name} since {start} can be compared with that of {date}: reference set, unit or "
        "haemoglobin correction differ, or values are missing.",
        name=name,
        start=start,
        date=made.visits[-1].date,
    )
    need = sentence("{name} of the same kind at two tests since {start}", name=name, start=start)
    return reason, "NOT_COMPARABLE", need


FVC_CRITERION = Criterion(
    id=_FVC.criterion, title=_FVC.title, window_months=24, source=_SOURCE, judge=_judge_fvc
)
DLCO_CRITERION = Criterion(
    id=_DLCO.criterion, title=_DLCO.title, window_months=24, source=_SOURCE, judge=_judge_dlco
)
