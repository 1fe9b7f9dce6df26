"""Progression as the RELIEF trial defined it for its entry: the slope of FVC over several tests.

Behr J, et al. Lancet Respir Med 2021;9:476, doi 10.1016/S2213-2600(20)30554-3; protocol BMC Pulm Med 2017,
doi 10.1186/s12890-017-0462-y. At least three FVC values within 6 to 24 months with a fall of at least 5
points of % predicted a year, despite treatment, in fibrosing ILD other than IPF. "6 to 24 months" is read
as the length of the observation. The slope is that of least squares on days, in exact arithmetic; a year
has 365.25 days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.criteria.confirmation import confirm_advised
from ctdild_desktop.clinical.criteria.criterion import (
    CriteriaSettings,
    Criterion,
    Window,
    try_near_miss,
    window,
)
from ctdild_desktop.clinical.criteria.domains import with_fibrosis
from ctdild_desktop.clinical.criteria.facts import Facts
from ctdild_desktop.clinical.criteria.pairs import fvc_points, shown
from ctdild_desktop.clinical.criteria.telling import rate_key
from ctdild_desktop.clinical.criteria.treatment import treatment_context
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.series import FvcVisit
from ctdild_desktop.clinical.verdict import Assessment, Caution, Sentence, Verdict, sentence
from ctdild_desktop.language import marked, say

_ID = "RELIEF"
_TITLE = marked("RELIEF")
_MONTHS = 24
_SHORTEST_MONTHS = 6
_SOURCE = "Behr 2021, RELIEF, doi 10.1016/S2213-2600(20)30554-3"
_LIMIT = Fraction(-5)
_YEAR = Fraction(36525, 100)

Point = tuple[dt.date, Fraction]


def slope_a_year(points: Sequence[Point]) -> Fraction:
    """The least-squares slope of values on days, for a year of 365.25 days, exactly.

    Raises:
        ZeroDivisionError: all points lie on one day.
    """
    count = len(points)
    days = [point[0].toordinal() for point in points]
    values = [point[1] for point in points]
    crossed = count * sum(day * value for day, value in zip(days, values, strict=True))
    crossed -= sum(days) * sum(values, Fraction(0))
    squared = count * sum(day * day for day in days) - sum(days) ** 2
    return crossed / squared * _YEAR


def _judge(facts: Facts, as_of: dt.date, settings: CriteriaSettings) -> Assessment:
    visits = tuple(visit for visit in facts.fvc_until(as_of) if visit.percent is not None)
    return try_near_miss(
        lambda span: _answer(facts, span, visits),
        window(as_of, _MONTHS, settings),
        tuple(visit.date for visit in visits),
    )


def _answer(facts: Facts, span: Window, visits: tuple[FvcVisit, ...]) -> Assessment:
    inside = tuple(visit for visit in visits if span.tests_from <= visit.date <= span.end)
    blank = Assessment(
        criterion=_ID,
        title=say(_TITLE),
        as_of=span.end,
        verdict=Verdict.CANNOT_ASSESS,
        window_months=span.months,
        source=say(_SOURCE),
    )
    refusal = _refusal(span, inside)
    if refusal is None:
        made = _of_slope(facts, inside, blank)
    else:
        reason, code, need = refusal
        made = replace(
            blank, because=(reason,), needs=(need,), cautions=(Caution(code, reason, stated=True),)
        )
    final = with_fibrosis(made.verdict, facts)
    if final.verdict is Verdict.NOT_APPLICABLE:
        return replace(blank, verdict=final.verdict, because=final.because)
    context = treatment_context(facts, span)
    confirm: tuple[Caution, ...] = ()
    if final.verdict is Verdict.MET:
        pair = fvc_points(facts.patient)(inside[0], inside[-1])
        confirm = confirm_advised(facts, (pair,), only_dlco=False) if pair is not None else ()
    return replace(
        made,
        verdict=final.verdict,
        because=(*made.because, *final.because, context.told),
        needs=(*made.needs, *final.needs),
        cautions=(*made.cautions, *confirm),
        on_ild_treatment=context.on_treatment,
    )


def _refusal(span: Window, inside: tuple[FvcVisit, ...]) -> tuple[Sentence, str, Sentence] | None:
    """Why no slope is computed: the reason, its code, and what is needed; None when it can be."""
    if len(inside) < 3:
        found = (
            marked("Since {start} no usable FVC is recorded in % predicted; three are required."),
            marked("Since {start} one usable FVC is recorded in % predicted; three are required."),
            marked("Since {start} two usable FVC tests are recorded in % predicted; three are required."),
        )[len(inside)]
        return (
            sentence(found, start=span.start),
            ("NO_TEST_IN_WINDOW", "ONLY_ONE_TEST_IN_WINDOW", "ONLY_TWO_TESTS_IN_WINDOW")[len(inside)],
            sentence("three usable FVC tests in % predicted since {start}", start=span.start),
        )
    first, last = inside[0].date, inside[-1].date
    if last < add_months(first, _SHORTEST_MONTHS):
        return (
            sentence(
                "The FVC tests since {start} span only {span}, {first} to {last}; 6 months are required.",
                start=span.start,
                span=wording.span(first, last),
                first=first,
                last=last,
            ),
            "SPAN_TOO_SHORT",
            sentence("a usable FVC on or after {day}", day=add_months(first, _SHORTEST_MONTHS)),
        )
    sets = sorted({visit.percent.reference_set or "" for visit in inside if visit.percent is not None} - {""})
    if len(sets) > 1:
        return (
            sentence("The tests were recorded under different reference sets: {sets}.", sets=", ".join(sets)),
            "NOT_COMPARABLE",
            sentence(
                "FVC in % predicted under one reference set at every test since {start}", start=span.start
            ),
        )
    return None


def _of_slope(facts: Facts, inside: tuple[FvcVisit, ...], blank: Assessment) -> Assessment:
    slope = slope_a_year([(visit.date, visit.percent.value) for visit in inside if visit.percent is not None])
    because = sentence(
        "{count} FVC tests from {first} to {last}: slope +{slope} points of % predicted a year by least "
        "squares; limit: {limit} or a steeper fall."
        if slope > 0
        else "{count} FVC tests from {first} to {last}: slope {slope} points of % predicted a year by least "
        "squares; limit: {limit} or a steeper fall.",
        count=len(inside),
        first=inside[0].date,
        last=inside[-1].date,
        slope=shown(slope, 1, _LIMIT),
        limit=shown(_LIMIT, 0),
    )
    pair = fvc_points(facts.patient)(inside[0], inside[-1])
    return replace(
        blank,
        verdict=Verdict.MET if slope <= _LIMIT else Verdict.NOT_MET,
        because=(because,),
        cautions=_cautions(inside),
        evidence=(pair.evidence,) if pair is not None else (),
        key=rate_key(slope, _LIMIT),
    )


def _cautions(inside: tuple[FvcVisit, ...]) -> tuple[Caution, ...]:
    low = tuple(
        Caution(
            "LOW_QUALITY",
            sentence("The FVC of {date} has quality grade {grade}.", date=visit.date, grade=visit.low_grade),
        )
        for visit in inside
        if visit.low_grade is not None
    )
    if all(visit.percent is not None and visit.percent.reference_set for visit in inside):
        return low
    text = sentence("A reference set is not recorded; the % predicted values are taken as comparable.")
    return (*low, Caution("REFERENCE_SET_UNKNOWN", text))


CRITERION = Criterion(id=_ID, title=_TITLE, window_months=_MONTHS, source=_SOURCE, judge=_judge)
