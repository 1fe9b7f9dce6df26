"""Definitions that combine a relative fall of FVC with DLCO, symptoms and progression on HRCT.

A definition is a list of items; it is met by any item, and an item by all of its parts, in three-valued
logic. The parts are: the FVC fall of at least 10 % and of at least 5 %, that of 5 % with a DLCO fall of at
least 15 % between the same two visits, a DLCO fall of at least 15 %, worse symptoms, and progression of
fibrosis on HRCT. All limits are inclusive. The latest visit of the window is compared with each earlier
one. Used for Flaherty 2019 (INBUILD), Khanna 2015 (OMERACT), George 2020 (Erice) and the set attributed to
Cottin 2018.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from ctdild_desktop.clinical.criteria.confirmation import confirm_advised
from ctdild_desktop.clinical.criteria.criterion import (
    CriteriaSettings,
    Criterion,
    Window,
    try_near_miss,
    window,
)
from ctdild_desktop.clinical.criteria.domains import (
    Applicability,
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
    dlco_relative,
    fvc_relative,
    largest,
    skipped_caution,
)
from ctdild_desktop.clinical.criteria.review_decline import no_comparison
from ctdild_desktop.clinical.criteria.telling import relative_key, relative_sentence
from ctdild_desktop.clinical.criteria.treatment import treatment_context
from ctdild_desktop.clinical.series import DlcoVisit, FvcVisit
from ctdild_desktop.clinical.verdict import (
    Assessment,
    Caution,
    Domain,
    Sentence,
    Verdict,
    all_of,
    any_of,
    sentence,
)
from ctdild_desktop.language import say

FVC_10, FVC_5, FVC_5_DLCO_15, DLCO_15 = "fvc_10", "fvc_5", "fvc_5_dlco_15", "dlco_15"
SYMPTOMS, RADIOLOGY = "symptoms", "radiology"
_TEN, _FIVE, _FIFTEEN = Fraction(10), Fraction(5), Fraction(15)


@dataclass(frozen=True, slots=True)
class Item:
    """One way of meeting a definition: all of its parts."""

    words: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A published definition as its items."""

    id: str
    title: str
    source: str
    items: tuple[Item, ...]
    needs_fibrosis: bool
    despite_treatment: bool = False
    months: Callable[[CriteriaSettings], int] = lambda _settings: 24
    in_strip: bool = True

    @property
    def parts(self) -> frozenset[str]:
        """Every part that some item asks for."""
        return frozenset(part for item in self.items for part in item.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The answer of one part, with the pairs that gave it and what is needed when it is unknown."""

    verdict: Verdict
    pairs: tuple[Pair, ...] = ()
    because: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class _Findings:
    parts: dict[str, _Part]
    fvc: Comparison[FvcVisit]
    domains: tuple[Domain, ...]


def criterion_of(definition: Definition) -> Criterion:
    """The criterion that answers a definition."""

    def judge(facts: Facts, as_of: dt.date, settings: CriteriaSettings) -> Assessment:
        fvc = facts.fvc_until(as_of)
        dlco = facts.dlco_until(as_of)
        dates = tuple(visit.date for visit in fvc)
        if DLCO_15 in definition.parts:
            dates += tuple(visit.date for visit in dlco)
        return try_near_miss(
            lambda span: _answer(
                definition, facts, span, _find(definition, facts, settings, span, (fvc, dlco))
            ),
            window(as_of, definition.months(settings), settings),
            dates,
        )

    return Criterion(
        id=definition.id,
        title=say(definition.title),
        window_months=definition.months(CriteriaSettings()),
        source=say(definition.source),
        judge=judge,
        in_strip=definition.in_strip,
    )


def _find(
    definition: Definition,
    facts: Facts,
    settings: CriteriaSettings,
    span: Window,
    visits: tuple[tuple[FvcVisit, ...], tuple[DlcoVisit, ...]],
) -> _Findings:
    fvc, dlco = visits
    made = compare(fvc, span, fvc_relative(facts.patient))
    parts = _fvc_parts(made, span)
    asked = definition.parts
    if FVC_5_DLCO_15 in asked:
        parts[FVC_5_DLCO_15] = _same_visits(facts, made, dlco, parts[FVC_5])
    if DLCO_15 in asked:
        parts[DLCO_15] = _dlco_part(facts, span, dlco)
    domains: tuple[Domain, ...] = ()
    if SYMPTOMS in asked:
        heard, seen = symptoms(facts, span, settings), radiology(facts, span)
        parts[SYMPTOMS], parts[RADIOLOGY] = _domain_part(heard), _domain_part(seen)
        physiology = Domain(name="physiology", verdict=parts[FVC_5].verdict, because=parts[FVC_5].because[:1])
        domains = (physiology, heard.domain, seen.domain)
    return _Findings(parts, made, domains)


def _fvc_parts(made: Comparison[FvcVisit], span: Window) -> dict[str, _Part]:
    best = largest(made.pairs, lambda pair: pair.relative_fall)
    if best is None:
        reason, code, need = no_comparison("FVC", span, made)
        unknown = _Part(
            verdict=Verdict.CANNOT_ASSESS,
            because=(reason,),
            needs=(need,),
            cautions=(Caution(code, reason, stated=True),),
        )
        return {FVC_10: unknown, FVC_5: unknown}
    told = (relative_sentence(best, _TEN, _FIVE),)
    skipped = skipped_caution("FVC", [visit.date for visit in made.skipped])
    return {
        name: _Part(
            verdict=Verdict.MET if best.relative_fall >= limit else Verdict.NOT_MET,
            pairs=(best,),
            because=told,
            cautions=(*best.cautions, *skipped),
        )
        for name, limit in ((FVC_10, _TEN), (FVC_5, _FIVE))
    }


def _same_visits(facts: Facts, made: Comparison[FvcVisit], dlco: tuple[DlcoVisit, ...], five: _Part) -> _Part:
    """FVC fall of at least 5 % with a DLCO fall of at least 15 %, both between the same two visits.

    Each pair of FVC visits is asked; one that fell by 5 % and lacks DLCO is unknown and not left out.
    """
    if not made.pairs:
        return five
    by_day = {visit.date: visit for visit in dlco}
    compare_dlco = dlco_relative(facts.patient)
    unknown: list[Pair] = []
    met: list[tuple[Pair, Pair]] = []
    less: list[tuple[Pair, Pair]] = []
    for pair in made.pairs:
        if pair.relative_fall < _FIVE:
            continue
        first, last = by_day.get(pair.baseline.date), by_day.get(pair.follow_up.date)
        gas = compare_dlco(first, last) if first is not None and last is not None else None
        if gas is None:
            unknown.append(pair)
        else:
            (met if gas.relative_fall >= _FIFTEEN else less).append((pair, gas))
    if met or (less and not unknown):
        found = max(met or less, key=lambda both: (both[0].relative_fall, both[0].days))
        return _Part(
            verdict=Verdict.MET if met else Verdict.NOT_MET,
            pairs=found,
            because=(relative_sentence(found[1], _FIFTEEN),),
            cautions=found[1].cautions,
        )
    if not unknown:
        return _Part(verdict=Verdict.NOT_MET)
    chosen = max(unknown, key=lambda pair: (pair.relative_fall, pair.days))
    days = {"first": chosen.baseline.date, "last": chosen.follow_up.date}
    return _Part(
        verdict=Verdict.CANNOT_ASSESS,
        because=(sentence("DLCO of {first} and {last} cannot be compared.", **days),),
        needs=(sentence("DLCO of the same kind on {first} and on {last}", **days),),
    )


def _dlco_part(facts: Facts, span: Window, dlco: tuple[DlcoVisit, ...]) -> _Part:
    made = compare(dlco, span, dlco_relative(facts.patient))
    best = largest(made.pairs, lambda pair: pair.relative_fall)
    if best is None:
        reason, code, need = no_comparison("DLCO", span, made)
        return _Part(
            verdict=Verdict.CANNOT_ASSESS,
            because=(reason,),
            needs=(need,),
            cautions=(Caution(code, reason, stated=True),),
        )
    return _Part(
        verdict=Verdict.MET if best.relative_fall >= _FIFTEEN else Verdict.NOT_MET,
        pairs=(best,),
        because=(relative_sentence(best, _FIFTEEN),),
        cautions=(*best.cautions, *skipped_caution("DLCO", [visit.date for visit in made.skipped])),
    )


def _domain_part(answer: DomainAnswer) -> _Part:
    return _Part(
        verdict=answer.domain.verdict,
        because=(domain_sentence(answer.domain),),
        needs=answer.needs,
        cautions=answer.cautions,
    )


def _answer(definition: Definition, facts: Facts, span: Window, found: _Findings) -> Assessment:
    parts = found.parts
    answers = [(item, all_of(*(parts[name].verdict for name in item.parts))) for item in definition.items]
    verdict = any_of(*(answer for _, answer in answers))
    deciding = [item for item, answer in answers if answer is verdict]
    final = with_fibrosis(verdict, facts) if definition.needs_fibrosis else Applicability(verdict)
    blank = Assessment(
        criterion=definition.id,
        title=say(definition.title),
        as_of=span.end,
        verdict=final.verdict,
        window_months=span.months,
        because=final.because,
        source=say(definition.source),
    )
    if final.verdict is Verdict.NOT_APPLICABLE:
        return blank
    context = treatment_context(facts, span) if definition.despite_treatment else None
    undecided = verdict is Verdict.CANNOT_ASSESS and final.verdict is Verdict.CANNOT_ASSESS
    open_parts = [
        parts[name]
        for item in deciding
        for name in item.parts
        if undecided and parts[name].verdict is Verdict.CANNOT_ASSESS
    ]
    pairs = _reported(found, deciding if verdict is Verdict.MET else [])
    told = _told(definition, found, pairs)
    key = relative_key(pairs[0], _TEN, _FIVE, _FIFTEEN) if pairs else None
    return replace(
        blank,
        domains=found.domains,
        because=(
            *dict.fromkeys(line for part in told for line in part.because),
            _conclusion(verdict, deciding, definition, span),
            *final.because,
            *((context.told,) if context is not None else ()),
        ),
        needs=(*dict.fromkeys(need for part in open_parts for need in part.needs), *final.needs),
        cautions=(
            *dict.fromkeys(caution for part in told for caution in part.cautions),
            *(_confirm(facts, deciding, found) if final.verdict is Verdict.MET else ()),
        ),
        evidence=tuple(pair.evidence for pair in pairs),
        key=key,
        on_ild_treatment=context.on_treatment if context is not None else None,
    )


def _reported(found: _Findings, deciding: list[Item]) -> tuple[Pair, ...]:
    """The pairs of the answer, the one that decides first: the largest fall of FVC, unless DLCO decides.

    DLCO goes with it where the definition asks for it, between the same two visits.
    """
    parts = found.parts
    fvc, both, gas = parts[FVC_5].pairs, parts.get(FVC_5_DLCO_15), parts.get(DLCO_15)
    names = {name for item in deciding for name in item.parts}
    by_fvc = bool(names & {FVC_10, FVC_5})
    if both is not None and both.pairs and parts[FVC_10].verdict is not Verdict.MET:
        if both.pairs[0] is fvc[0] or (both.verdict is Verdict.MET and not by_fvc):
            return both.pairs
        return fvc
    if gas is None:
        return fvc
    return (*gas.pairs, *fvc) if gas.verdict is Verdict.MET and not by_fvc else (*fvc, *gas.pairs)


def _told(definition: Definition, found: _Findings, pairs: tuple[Pair, ...]) -> list[_Part]:
    """The parts that are worth telling: FVC, DLCO where it can matter, symptoms and HRCT."""
    parts = found.parts
    told = [parts[FVC_5]]
    both = parts.get(FVC_5_DLCO_15)
    largest_fvc = parts[FVC_5].pairs
    if both is not None and largest_fvc and parts[FVC_10].verdict is not Verdict.MET:
        if both.pairs and both.pairs[0] is not largest_fvc[0] and pairs == both.pairs:
            first = both.pairs[0]
            because = (relative_sentence(first, _TEN, _FIVE),)
            told = [_Part(verdict=both.verdict, because=because, cautions=first.cautions)]
        told.append(both)
    told += [parts[name] for name in (DLCO_15, SYMPTOMS, RADIOLOGY) if name in definition.parts]
    return told


def _confirm(facts: Facts, deciding: list[Item], found: _Findings) -> tuple[Caution, ...]:
    """Whether a repeat test is advised; never when symptoms and HRCT alone meet the definition."""
    if any(set(item.parts) == {SYMPTOMS, RADIOLOGY} for item in deciding):
        return ()
    names = {name for item in deciding for name in item.parts}
    # An answer that rests on a large fall as well as on a small one is judged by the large one.
    order = (FVC_10, FVC_5_DLCO_15, FVC_5, DLCO_15)
    chosen = next(name for name in order if name in names)
    return confirm_advised(facts, found.parts[chosen].pairs, only_dlco=chosen == DLCO_15)


def _conclusion(verdict: Verdict, deciding: list[Item], definition: Definition, span: Window) -> Sentence:
    told = definition.items if verdict is Verdict.NOT_MET else deciding
    head = {
        Verdict.MET: "Met within {months} months by: {items}.",
        Verdict.NOT_MET: "Within {months} months none of these is met: {items}.",
        Verdict.CANNOT_ASSESS: "Within {months} months it cannot be told whether this is met: {items}.",
    }[verdict]
    return sentence(head, months=span.months, items=tuple(sentence(item.words) for item in told))
