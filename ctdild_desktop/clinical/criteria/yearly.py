"""Categories of the change of FVC over one year in systemic sclerosis, from one pair of tests.

The latest usable FVC is compared with the usable FVC that lies nearest to 12 months before it, within 9 to
15 months; only that one is tried. The publications give 12 months; the span is a decision of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from ctdild_desktop.clinical.codes import diagnoses
from ctdild_desktop.clinical.criteria.confirmation import confirm_advised
from ctdild_desktop.clinical.criteria.criterion import (
    NEAR_MISS_DAYS,
    CriteriaSettings,
    Criterion,
    category_words,
    therapy_sentence,
)
from ctdild_desktop.clinical.criteria.facts import Facts
from ctdild_desktop.clinical.criteria.pairs import Pair, fvc_points, fvc_relative
from ctdild_desktop.clinical.criteria.telling import (
    points_key,
    points_sentence,
    relative_key,
    relative_sentence,
)
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.series import FvcVisit
from ctdild_desktop.clinical.verdict import Assessment, Caution, Sentence, Verdict, sentence
from ctdild_desktop.language import say

_FIRST, _AIM, _LAST = 15, 12, 9
_STALE_MONTHS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyTool:
    """A published set of categories of one change; ``limits`` are the amounts at which they meet."""

    id: str
    title: str
    source: str
    category: Callable[[Fraction], str]
    """The category of a change: follow-up minus baseline."""
    progressive: frozenset[str]
    limits: tuple[Fraction, ...]
    rule: Sentence
    caveat: Caution | None = None
    relative: Callable[[CriteriaSettings], bool] = lambda _settings: False
    """Whether the change is taken relative to the baseline and not in points of % predicted."""
    overall: Callable[[Facts, dt.date, Pair], tuple[Sentence, ...]] = lambda _facts, _as_of, _pair: ()
    """What is told of the whole course besides."""


def yearly_criterion(tool: YearlyTool) -> Criterion:
    """The criterion that answers a tool."""

    def judge(facts: Facts, as_of: dt.date, settings: CriteriaSettings) -> Assessment:
        return _judge(tool, facts, as_of, settings)

    return Criterion(id=tool.id, title=tool.title, window_months=_AIM, source=tool.source, judge=judge)


def _judge(tool: YearlyTool, facts: Facts, as_of: dt.date, settings: CriteriaSettings) -> Assessment:
    unanswered = Assessment(
        criterion=tool.id,
        title=say(tool.title),
        as_of=as_of,
        verdict=Verdict.CANNOT_ASSESS,
        window_months=_AIM,
        source=say(tool.source),
    )
    known = diagnoses().get(facts.diagnosis)
    if facts.diagnosis is not None and (known is None or known.group != "SSc"):
        text = sentence("Defined for systemic sclerosis; the diagnosis is another.")
        return replace(unanswered, verdict=Verdict.NOT_APPLICABLE, because=(text,))
    visits = facts.fvc_until(as_of)
    answer = _of_visits(tool, facts, settings, visits, unanswered)
    if facts.diagnosis is not None:
        return answer
    lacking = (
        sentence("Defined for systemic sclerosis; no diagnosis is recorded on or before {date}.", date=as_of)
        if facts.diagnosed_later
        else sentence("Defined for systemic sclerosis; no diagnosis is recorded.")
    )
    return replace(
        answer,
        verdict=Verdict.CANNOT_ASSESS,
        category=None,
        because=(*answer.because, lacking),
        needs=(*answer.needs, facts.needed_diagnosis(as_of)),
        cautions=tuple(item for item in answer.cautions if item.code != "NEAR_MISS"),
    )


def _of_visits(
    tool: YearlyTool,
    facts: Facts,
    settings: CriteriaSettings,
    visits: tuple[FvcVisit, ...],
    unanswered: Assessment,
) -> Assessment:
    if not visits:
        reason = sentence("There is no usable FVC.")
        return replace(
            unanswered,
            because=(reason,),
            needs=(sentence("two usable FVC tests 9 to 15 months apart"),),
            cautions=(Caution("NO_TEST_IN_WINDOW", reason, stated=True),),
        )
    anchor, as_of = visits[-1], unanswered.as_of
    stale: tuple[Caution, ...] = ()
    if anchor.date < add_months(as_of, -_STALE_MONTHS):
        text = sentence("The latest FVC, of {date}, is more than 15 months old.", date=anchor.date)
        stale = (Caution("STALE", text),)
    first = add_months(anchor.date, -_FIRST) - dt.timedelta(days=settings.window_grace_days)
    last = add_months(anchor.date, -_LAST)
    inside = [visit for visit in visits if first <= visit.date <= last]
    if not inside:
        made = _no_baseline(anchor, first, last, unanswered)
        near = _near_miss(tool, facts, settings, visits, (first, last))
        return replace(made, cautions=(*made.cautions, *stale, *near))
    baseline = _nearest(inside, add_months(anchor.date, -_AIM))
    pair = _pair(tool, facts, settings, baseline, anchor)
    if pair is None:
        made = _not_comparable(baseline, anchor, unanswered)
        return replace(made, cautions=(*made.cautions, *stale))
    return _of_pair(tool, facts, settings, pair, replace(unanswered, cautions=stale))


def _nearest(visits: list[FvcVisit], aim: dt.date) -> FvcVisit:
    """The visit nearest to a day; of two equally near the earlier."""
    return min(visits, key=lambda visit: (abs((visit.date - aim).days), visit.date))


def _pair(
    tool: YearlyTool, facts: Facts, settings: CriteriaSettings, baseline: FvcVisit, anchor: FvcVisit
) -> Pair | None:
    make = fvc_relative if tool.relative(settings) else fvc_points
    return make(facts.patient)(baseline, anchor)


def _change(tool: YearlyTool, settings: CriteriaSettings, pair: Pair) -> Fraction:
    return -pair.relative_fall if tool.relative(settings) else -pair.fall


def _of_pair(
    tool: YearlyTool, facts: Facts, settings: CriteriaSettings, pair: Pair, unanswered: Assessment
) -> Assessment:
    category = tool.category(_change(tool, settings, pair))
    progressive = category in tool.progressive
    relative = tool.relative(settings)
    cautions = (*unanswered.cautions, *pair.cautions, *((tool.caveat,) if tool.caveat is not None else ()))
    told = (relative_sentence if relative else points_sentence)(pair, *tool.limits)
    because = (told, tool.rule, *tool.overall(facts, unanswered.as_of, pair))
    if progressive:
        because = (*because, *therapy_sentence(facts, pair.follow_up.date))
        cautions += confirm_advised(facts, (pair,), only_dlco=False)
    return replace(
        unanswered,
        verdict=Verdict.MET if progressive else Verdict.NOT_MET,
        category=category,
        because=because,
        cautions=cautions,
        evidence=(pair.evidence,),
        key=(relative_key if relative else points_key)(pair, *tool.limits),
    )


def _no_baseline(anchor: FvcVisit, first: dt.date, last: dt.date, unanswered: Assessment) -> Assessment:
    reason = sentence(
        "There is no usable FVC between {first} and {last}, 9 to 15 months before the latest of {date}.",
        first=first,
        last=last,
        date=anchor.date,
    )
    need = sentence(
        "a usable FVC from {first} to {last}, or a next one 9 to 15 months after an earlier test",
        first=first,
        last=last,
    )
    return replace(
        unanswered,
        because=(reason,),
        needs=(need,),
        cautions=(Caution("ONLY_ONE_TEST_IN_WINDOW", reason, stated=True),),
    )


def _not_comparable(baseline: FvcVisit, anchor: FvcVisit, unanswered: Assessment) -> Assessment:
    days = {"first": baseline.date, "last": anchor.date}
    reason = sentence(
        "FVC of {first} and {last} cannot be compared in % predicted: a value is missing or the reference "
        "sets differ.",
        **days,
    )
    need = sentence("FVC in % predicted under one reference set on {first} and on {last}", **days)
    return replace(
        unanswered,
        because=(reason,),
        needs=(need,),
        cautions=(Caution("NOT_COMPARABLE", reason, stated=True),),
    )


def _near_miss(
    tool: YearlyTool,
    facts: Facts,
    settings: CriteriaSettings,
    visits: tuple[FvcVisit, ...],
    span: tuple[dt.date, dt.date],
) -> tuple[Caution, ...]:
    """The answer that a test up to 45 days outside the 9 to 15 months would have given."""

    def missed_by(visit: FvcVisit) -> int:
        return max((span[0] - visit.date).days, (visit.date - span[1]).days)

    anchor = visits[-1]
    near = [visit for visit in visits[:-1] if missed_by(visit) <= NEAR_MISS_DAYS]
    if not near:
        return ()
    chosen = _nearest(near, add_months(anchor.date, -_AIM))
    pair = _pair(tool, facts, settings, chosen, anchor)
    if pair is None:
        return ()
    days = missed_by(chosen)
    text = sentence(
        "The test of {date} lies {days} outside 9 to 15 months before the latest; with it the answer would "
        "be {answer}.",
        date=chosen.date,
        days=f"{days} day" if days == 1 else f"{days} days",
        answer=category_words(tool.category(_change(tool, settings, pair))),
    )
    return (Caution("NEAR_MISS", text),)
