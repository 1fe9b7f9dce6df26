"""Response to a therapy line by the gains that the source review counts after rituximab. All strict.

FVC gain above 10 % and DLCO gain above 15 % (review lines 311-313); above 30 % in FVC, FEV1 and DLCO together
(lines 338-340). Baseline within 8 months before the start (line 310); follow-up from 3 months after it (a
decision of the registry). Answers a category; ``verdict`` is MET for any response, NOT_MET for none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.criteria.criterion import (
    CriteriaSettings,
    Criterion,
    Window,
    try_near_miss,
)
from ctdild_desktop.clinical.criteria.facts import Facts, Treatment
from ctdild_desktop.clinical.criteria.pairs import (
    Pair,
    dlco_relative,
    fev1_relative,
    fvc_relative,
    shown,
    shown_value,
)
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.clinical.series import DlcoVisit, FvcVisit
from ctdild_desktop.clinical.verdict import Assessment, Sentence, Verdict, sentence
from ctdild_desktop.language import say

_ID = "RESPONSE_REVIEW"
_SOURCE = "Response thresholds of the source review"
_BEFORE_MONTHS = 8
_LAG_MONTHS = 3

Visit = TypeVar("Visit", FvcVisit, DlcoVisit)


@dataclass(frozen=True, slots=True)
class _Gains:
    fvc: Pair | None
    dlco: Pair | None
    fev1: Pair | None


def facts_for_line(facts: Facts, line: TherapyLine) -> Facts:
    """The same facts with the question put to one therapy line."""
    return replace(facts, treatment=Treatment(drug=line.drug, start=line.start))


def _judge(facts: Facts, as_of: dt.date, settings: CriteriaSettings) -> Assessment:
    treatment = facts.treatment
    start = treatment.start.exact if treatment is not None and treatment.start is not None else None
    if start is None:
        return _cannot_tell(
            facts,
            as_of,
            (sentence("The exact start of the therapy line is not recorded."),),
            (sentence("the day on which the line began"),),
        )
    fvc = facts.fvc_until(as_of)
    dlco = facts.dlco_until(as_of)
    first = add_months(start, -_BEFORE_MONTHS) - dt.timedelta(days=settings.window_grace_days)
    return try_near_miss(
        lambda span: _answer(facts, as_of, start, span, _gains(facts, start, span, (fvc, dlco))),
        Window(first, start, first, _BEFORE_MONTHS),
        (*(visit.date for visit in fvc), *(visit.date for visit in dlco)),
    )


def _gains(
    facts: Facts, start: dt.date, span: Window, visits: tuple[tuple[FvcVisit, ...], tuple[DlcoVisit, ...]]
) -> _Gains:
    """The gains of each measure; baseline and follow-up are chosen for FVC and DLCO separately."""
    fvc = _before_after(visits[0], start, span)
    dlco = _before_after(visits[1], start, span)
    return _Gains(
        fvc=fvc_relative(facts.patient)(*fvc) if fvc else None,
        dlco=dlco_relative(facts.patient)(*dlco) if dlco else None,
        fev1=fev1_relative(facts.patient)(*fvc) if fvc else None,
    )


def _before_after(visits: tuple[Visit, ...], start: dt.date, span: Window) -> tuple[Visit, Visit] | None:
    before = [visit for visit in visits if span.tests_from <= visit.date <= start]
    after = [visit for visit in visits if visit.date >= add_months(start, _LAG_MONTHS)]
    return (before[-1], after[-1]) if before and after else None


def _category(gains: _Gains) -> str | None:
    """The response category; None when it cannot be told."""

    def more_than(pair: Pair | None, limit: int) -> bool:
        return pair is not None and -pair.relative_fall > limit

    if all(more_than(pair, 30) for pair in (gains.fvc, gains.fev1, gains.dlco)):
        return "MARKED_RESPONSE"
    fvc, dlco = more_than(gains.fvc, 10), more_than(gains.dlco, 15)
    if fvc and dlco:
        return "FVC_AND_DLCO_RESPONSE"
    if fvc:
        return "FVC_RESPONSE"
    if dlco:
        return "DLCO_RESPONSE"
    return None if gains.fvc is None or gains.dlco is None else "NO_RESPONSE"


def _answer(facts: Facts, as_of: dt.date, start: dt.date, span: Window, gains: _Gains) -> Assessment:
    category = _category(gains)
    pairs = tuple(pair for pair in (gains.fvc, gains.dlco, gains.fev1) if pair is not None)
    marked = category == "MARKED_RESPONSE"
    because = tuple(
        _gain_sentence(pair, start, limit)
        for pair, limit in (
            (gains.fvc, 30 if marked else 10),
            (gains.dlco, 30 if marked else 15),
            (gains.fev1 if marked else None, 30),
        )
        if pair is not None
    )
    missing = tuple(name for name, pair in (("FVC", gains.fvc), ("DLCO", gains.dlco)) if pair is None)
    reasons = tuple(_missing_sentence(name, start, span) for name in missing)
    needs = tuple(
        sentence(
            "{name} between {first} and {start}, and again from {lag} on",
            name=name,
            first=span.start,
            start=start,
            lag=add_months(start, _LAG_MONTHS),
        )
        for name in missing
    )
    if category is None:
        return replace(
            _cannot_tell(facts, as_of, (*because, *reasons), needs),
            evidence=tuple(pair.evidence for pair in pairs),
        )
    return Assessment(
        criterion=_ID,
        title=_title(facts),
        as_of=as_of,
        verdict=Verdict.NOT_MET if category == "NO_RESPONSE" else Verdict.MET,
        category=category,
        because=(*because, *reasons),
        cautions=tuple(dict.fromkeys(caution for pair in pairs for caution in pair.cautions)),
        evidence=tuple(pair.evidence for pair in pairs),
        source=say(_SOURCE),
    )


def _gain_sentence(pair: Pair, start: dt.date, limit: int) -> Sentence:
    gain = -pair.relative_fall
    return sentence(
        "{name} {base}{unit} ({from_date}) before, {latest}{unit} ({to_date}) {interval} after the start: "
        "+{gain} % relative; limit: a gain of more than {limit} %."
        if gain > 0
        else "{name} {base}{unit} ({from_date}) before, {latest}{unit} ({to_date}) {interval} after the "
        "start: {gain} % relative; limit: a gain of more than {limit} %.",
        name={"fvc": "FVC", "dlco": "DLCO", "fev1": "FEV1"}[pair.measure],
        base=shown_value(pair.b),
        unit=pair.unit,
        from_date=pair.baseline.date,
        latest=shown_value(pair.f),
        to_date=pair.follow_up.date,
        interval=wording.span(start, pair.follow_up.date),
        gain=shown(gain, 1, Fraction(limit)),
        limit=limit,
    )


def _missing_sentence(name: str, start: dt.date, span: Window) -> Sentence:
    return sentence(
        "{name} cannot be compared: it needs a usable test from {first} to {start} and one from {lag} on.",
        name=name,
        first=span.start,
        start=start,
        lag=add_months(start, _LAG_MONTHS),
    )


def _title(facts: Facts) -> str:
    return (
        say("Response to {drug}", drug=drugs().label(facts.treatment.drug)) if facts.treatment else "Response"
    )


def _cannot_tell(
    facts: Facts, as_of: dt.date, because: tuple[Sentence, ...], needs: tuple[Sentence, ...]
) -> Assessment:
    return Assessment(
        criterion=_ID,
        title=_title(facts),
        as_of=as_of,
        verdict=Verdict.CANNOT_ASSESS,
        because=because,
        needs=needs,
        source=say(_SOURCE),
    )


CRITERION = Criterion(
    id=_ID,
    title="Response (review)",
    window_months=None,
    source=_SOURCE,
    judge=_judge,
    in_strip=False,
    of_line=True,
)
