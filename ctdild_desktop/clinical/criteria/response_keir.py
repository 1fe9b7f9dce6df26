"""Before and after a therapy line, as Keir and colleagues judged rituximab in severe ILD.

Keir GJ, et al., Thorax 2013;68 Suppl 3:A167 and Respirology 2014;19:353: improved or deteriorated by at
least 10 % of FVC or 15 % of DLCO, relative, from before to 6-12 months after. Baseline is the latest usable
test in the 6 months before the start (a decision of the registry); FVC and DLCO tests are chosen
separately. Answers a category; ``verdict`` is MET for improved and stable, which both count as success,
NOT_MET for the other two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.criteria.criterion import (
    CriteriaSettings,
    Criterion,
    Window,
    try_near_miss,
)
from ctdild_desktop.clinical.criteria.facts import Facts
from ctdild_desktop.clinical.criteria.pairs import Pair, dlco_relative, fvc_relative
from ctdild_desktop.clinical.criteria.telling import relative_key, relative_sentence
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.series import DlcoVisit, FvcVisit
from ctdild_desktop.clinical.verdict import Assessment, Caution, Sentence, Verdict, sentence
from ctdild_desktop.language import say

_ID = "RESPONSE_KEIR"
_SOURCE = "Keir 2014, Respirology 19:353"
_BEFORE, _EARLIEST, _LATEST = 6, 6, 12
_FVC, _DLCO = Fraction(10), Fraction(15)

Visit = TypeVar("Visit", FvcVisit, DlcoVisit)


def _judge(facts: Facts, as_of: dt.date, settings: CriteriaSettings) -> Assessment:
    treatment = facts.treatment
    blank = Assessment(
        criterion=_ID,
        title=say("Before and after {drug}", drug=drugs().label(treatment.drug))
        if treatment
        else "Before and after",
        as_of=as_of,
        verdict=Verdict.CANNOT_ASSESS,
        source=say(_SOURCE),
    )
    start = treatment.start.exact if treatment is not None and treatment.start is not None else None
    if start is None:
        return replace(
            blank,
            because=(sentence("The exact start of the therapy line is not recorded."),),
            needs=(sentence("the day on which the line began"),),
        )
    opens = add_months(start, _EARLIEST)
    if as_of < opens:
        reason = sentence(
            "The line began on {start}; it is judged from {opens} on.", start=start, opens=opens
        )
        return replace(
            blank,
            because=(reason,),
            needs=(sentence("a test from {opens} on", opens=opens),),
            cautions=(Caution("TOO_EARLY", reason, stated=True),),
        )
    fvc = facts.fvc_until(as_of)
    dlco = facts.dlco_until(as_of)
    first = add_months(start, -_BEFORE) - dt.timedelta(days=settings.window_grace_days)
    return try_near_miss(
        lambda span: _answer(
            start,
            span,
            _pair(before_after(fvc, start, span), fvc_relative(facts.patient)),
            _pair(before_after(dlco, start, span), dlco_relative(facts.patient)),
            blank,
        ),
        Window(first, start, first, _BEFORE),
        (*(visit.date for visit in fvc), *(visit.date for visit in dlco)),
    )


def before_after(visits: tuple[Visit, ...], start: dt.date, span: Window) -> tuple[Visit, Visit] | None:
    """The latest visit of the 6 months before the start and the latest of 6 to 12 months after it."""
    before = [visit for visit in visits if span.tests_from <= visit.date <= start]
    after = [
        visit for visit in visits if add_months(start, _EARLIEST) <= visit.date <= add_months(start, _LATEST)
    ]
    return (before[-1], after[-1]) if before and after else None


def _pair(visits: tuple[Visit, Visit] | None, make: Callable[[Visit, Visit], Pair | None]) -> Pair | None:
    return None if visits is None else make(*visits)


def _category(fvc: Pair | None, dlco: Pair | None) -> str | None:
    """The category; an unknown measure counts as neither up nor down. None when it cannot be told."""
    known = [(pair, limit) for pair, limit in ((fvc, _FVC), (dlco, _DLCO)) if pair is not None]
    up = any(-pair.relative_fall >= limit for pair, limit in known)
    down = any(pair.relative_fall >= limit for pair, limit in known)
    if up:
        return "MIXED" if down else "IMPROVED"
    if down:
        return "DETERIORATED"
    return "STABLE" if len(known) == 2 else None


def _answer(
    start: dt.date, span: Window, fvc: Pair | None, dlco: Pair | None, blank: Assessment
) -> Assessment:
    category = _category(fvc, dlco)
    known = tuple((pair, limit) for pair, limit in ((fvc, _FVC), (dlco, _DLCO)) if pair is not None)
    days = {
        "first": span.start,
        "start": start,
        "opens": add_months(start, _EARLIEST),
        "closes": add_months(start, _LATEST),
    }
    missing = [name for name, pair in (("FVC", fvc), ("DLCO", dlco)) if pair is None]
    because: list[Sentence] = [relative_sentence(pair, limit) for pair, limit in known]
    because += [
        sentence(
            "{name} cannot be compared: it needs a usable test from {first} to {start} and one from {opens} "
            "to {closes}.",
            name=name,
            **days,
        )
        for name in missing
    ]
    because.append(
        sentence("Counted: a change of at least 10 % of FVC or 15 % of DLCO, 6 to 12 months after the start.")
    )
    pairs = tuple(pair for pair, _ in known)
    made = replace(
        blank,
        because=tuple(because),
        cautions=tuple(dict.fromkeys(caution for pair in pairs for caution in pair.cautions)),
        evidence=tuple(pair.evidence for pair in pairs),
    )
    if category is None:
        needs = tuple(
            sentence("{name} from {first} to {start}, and again from {opens} to {closes}", name=name, **days)
            for name in missing
        )
        return replace(made, needs=needs)
    success = category in {"IMPROVED", "STABLE"}
    deciding = next((item for item in known if abs(item[0].relative_fall) >= item[1]), known[0])
    return replace(
        made,
        verdict=Verdict.MET if success else Verdict.NOT_MET,
        category=category,
        key=relative_key(*deciding),
    )


CRITERION = Criterion(
    id=_ID,
    title="Before and after (Keir)",
    window_months=None,
    source=_SOURCE,
    judge=_judge,
    in_strip=False,
    of_line=True,
)
