"""Progressive pulmonary fibrosis, ATS/ERS/JRS/ALAT guideline 2022.

Raghu G, et al. Am J Respir Crit Care Med 2022;205:e18, doi 10.1164/rccm.202202-0399ST. ILD other than IPF
with fibrosis on HRCT and at least two of three within the past year, with no other explanation: worse
symptoms; physiology (FVC fall of at least 5 points of % predicted, or Hb-corrected DLCO fall of at least 10
points); progression on HRCT. Exactly 5.0 and 10.0 points count.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
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
from ctdild_desktop.clinical.criteria.domains import (
    DomainAnswer,
    domain_sentence,
    radiology,
    symptoms,
    with_fibrosis,
)
from ctdild_desktop.clinical.criteria.facts import Facts
from ctdild_desktop.clinical.criteria.pairs import (
    Comparison,
    Pair,
    compare,
    dlco_points,
    fvc_points,
    largest,
    shown,
    shown_value,
    skipped_caution,
)
from ctdild_desktop.clinical.criteria.review_decline import no_comparison
from ctdild_desktop.clinical.criteria.telling import points_key
from ctdild_desktop.clinical.series import DlcoVisit, FvcVisit
from ctdild_desktop.clinical.verdict import (
    Assessment,
    Caution,
    Domain,
    Sentence,
    Verdict,
    any_of,
    sentence,
)
from ctdild_desktop.language import marked, say

_ID = "PPF2022"
_TITLE = marked("PPF 2022")
_MONTHS = 12
_SOURCE = "Raghu 2022, ATS/ERS/JRS/ALAT guideline, doi 10.1164/rccm.202202-0399ST"
_FVC_POINTS = Fraction(5)
_DLCO_POINTS = Fraction(10)
_REQUIRED = (
    "Two of three domains within {months} months are required; none are met.",
    "Two of three domains within {months} months are required; one is met.",
    "Two of three domains within {months} months are required; two are met.",
    "Two of three domains within {months} months are required; three are met.",
)
"""By the number of domains that are met."""


@dataclass(frozen=True, slots=True)
class _Arm:
    """One physiological measure: its answer and the pair with the largest fall."""

    verdict: Verdict
    best: Pair | None
    because: Sentence
    needs: tuple[Sentence, ...] = ()
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class _Physiology:
    answer: DomainAnswer
    pairs: tuple[Pair, ...]
    """The pair of each arm, the arm that decides first."""
    met: tuple[Pair, ...]
    only_dlco: bool


def _judge(facts: Facts, as_of: dt.date, settings: CriteriaSettings) -> Assessment:
    fvc = facts.fvc_until(as_of)
    dlco = facts.dlco_until(as_of)
    return try_near_miss(
        lambda span: _answer(facts, settings, span, _physiology(facts, span, fvc, dlco)),
        window(as_of, _MONTHS, settings),
        (*(visit.date for visit in fvc), *(visit.date for visit in dlco)),
    )


def _physiology(
    facts: Facts, span: Window, fvc: tuple[FvcVisit, ...], dlco: tuple[DlcoVisit, ...]
) -> _Physiology:
    """FVC or haemoglobin-corrected DLCO, each with its own anchor; the two are one domain."""
    first = _fvc_arm(compare(fvc, span, fvc_points(facts.patient)), span)
    second = _dlco_arm(compare(dlco, span, dlco_points(facts.patient)), span)
    verdict = any_of(first.verdict, second.verdict)
    arms = [first, second]
    if first.verdict is not Verdict.MET and second.verdict is Verdict.MET:
        arms.reverse()
    told = [arm for arm in arms if arm.verdict is verdict] if verdict is Verdict.MET else arms
    unknown = [arm for arm in arms if arm.verdict is Verdict.CANNOT_ASSESS]
    domain = Domain(name="physiology", verdict=verdict, because=tuple(arm.because for arm in told))
    needs = tuple(need for arm in unknown for need in arm.needs) if verdict is Verdict.CANNOT_ASSESS else ()
    answer = DomainAnswer(domain, needs, tuple(caution for arm in arms for caution in arm.cautions))
    met = tuple(arm.best for arm in arms if arm.verdict is Verdict.MET and arm.best is not None)
    return _Physiology(
        answer=answer,
        pairs=tuple(arm.best for arm in arms if arm.best is not None),
        met=met,
        only_dlco=first.verdict is not Verdict.MET and second.verdict is Verdict.MET,
    )


def _fvc_arm(made: Comparison[FvcVisit], span: Window) -> _Arm:
    best = largest(made.pairs, lambda pair: pair.fall)
    if best is None:
        return _unknown("FVC", made, span)
    return _known("FVC", best, _FVC_POINTS, made)


def _dlco_arm(made: Comparison[DlcoVisit], span: Window) -> _Arm:
    anchor = made.anchor
    if anchor is not None and not anchor.correctable:
        because = sentence(
            "DLCO of {date} cannot be corrected for haemoglobin; the uncorrected value is not used",
            date=anchor.date,
        )
        text = sentence("Haemoglobin for the DLCO of {date} is missing.", date=anchor.date)
        need = sentence("haemoglobin within 30 days of the DLCO of {date}", date=anchor.date)
        return _Arm(
            Verdict.CANNOT_ASSESS, None, because, (need,), (Caution("HB_MISSING", text, stated=True),)
        )
    best = largest(made.pairs, lambda pair: pair.fall)
    if best is None:
        return _unknown("DLCO", made, span)
    return _known("DLCO (Hb-corrected)", best, _DLCO_POINTS, made)


def _unknown(name: str, made: Comparison[FvcVisit] | Comparison[DlcoVisit], span: Window) -> _Arm:
    reason, code, need = no_comparison(name, span, made)
    if code == "NOT_COMPARABLE":
        kind = "Hb-corrected % predicted" if name == "DLCO" else "% predicted"
        need = sentence(
            "{name} in {kind} under one reference set at two tests since {start}",
            name=name,
            kind=kind,
            start=span.start,
        )
    inner = replace(reason, inner=True)
    return _Arm(Verdict.CANNOT_ASSESS, None, inner, (need,), (Caution(code, reason, stated=True),))


def _known(
    name: str, best: Pair, limit: Fraction, made: Comparison[FvcVisit] | Comparison[DlcoVisit]
) -> _Arm:
    change = -best.fall
    because = sentence(
        "{name} +{change} points from {from_date} to {to_date} ({base} → {latest}; limit {limit})"
        if change > 0
        else "{name} {change} points from {from_date} to {to_date} ({base} → {latest}; limit {limit})",
        name=name,
        change=shown(change, 1, -limit),
        from_date=best.baseline.date,
        to_date=best.follow_up.date,
        base=shown_value(best.b),
        latest=shown_value(best.f),
        limit=Decimal(-int(limit)),
    )
    skipped = skipped_caution(name, [visit.date for visit in made.skipped])
    verdict = Verdict.MET if best.fall >= limit else Verdict.NOT_MET
    return _Arm(verdict, best, because, cautions=(*best.cautions, *skipped))


def _answer(facts: Facts, settings: CriteriaSettings, span: Window, physiology: _Physiology) -> Assessment:
    domains = (physiology.answer, symptoms(facts, span, settings), radiology(facts, span))
    verdicts = [answer.domain.verdict for answer in domains]
    met = verdicts.count(Verdict.MET)
    open_domains = verdicts.count(Verdict.CANNOT_ASSESS)
    if met >= 2:
        verdict = Verdict.MET
    elif met + open_domains >= 2:
        verdict = Verdict.CANNOT_ASSESS
    else:
        verdict = Verdict.NOT_MET
    final = with_fibrosis(verdict, facts)
    not_applicable = final.verdict is Verdict.NOT_APPLICABLE
    because = final.because
    if not not_applicable:
        because = (
            *(domain_sentence(answer.domain) for answer in domains),
            sentence(_REQUIRED[met], months=span.months),
            *final.because,
        )
    undecided = verdict is Verdict.CANNOT_ASSESS and final.verdict is Verdict.CANNOT_ASSESS
    needs = tuple(need for answer in domains for need in answer.needs) if undecided else ()
    cautions = tuple(dict.fromkeys(caution for answer in domains for caution in answer.cautions))
    if final.verdict is Verdict.MET:
        because = (*because, *therapy_sentence(facts, span.end))
        cautions += confirm_advised(facts, physiology.met, only_dlco=physiology.only_dlco)
    return Assessment(
        criterion=_ID,
        title=say(_TITLE),
        as_of=span.end,
        verdict=final.verdict,
        window_months=span.months,
        domains=() if not_applicable else tuple(answer.domain for answer in domains),
        because=because,
        needs=(*needs, *final.needs),
        cautions=() if not_applicable else cautions,
        evidence=() if not_applicable else tuple(pair.evidence for pair in physiology.pairs),
        source=say(_SOURCE),
        key=_key(physiology) if physiology.pairs and not not_applicable else None,
    )


def _key(physiology: _Physiology) -> Sentence:
    first = physiology.pairs[0]
    return points_key(first, _FVC_POINTS if first.measure == "fvc" else _DLCO_POINTS)


CRITERION = Criterion(id=_ID, title=_TITLE, window_months=_MONTHS, source=_SOURCE, judge=_judge)
