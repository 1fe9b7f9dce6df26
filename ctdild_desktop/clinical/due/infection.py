"""Pneumocystis prophylaxis and live vaccines: when the rule speaks, and on what it rests.

EULAR 2023 (doi 10.1136/ard-2022-223335) asks to consider prophylaxis above 15 to 30 mg prednisolone a day for
more than 2 to 4 weeks, above all in combination; the sharp limits used here are a decision of the registry.
Live vaccines: ACR 2022 (doi 10.1002/acr.25045), with doses and times from customary practice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.due.facts import DrugCourse, DueFacts, Result
from ctdild_desktop.clinical.due.item import DueItem, stated
from ctdild_desktop.clinical.due.steroids import daily_dose, days_in_a_row, is_steroid
from ctdild_desktop.clinical.due.table import Rule
from ctdild_desktop.clinical.due.timing import Interval, State
from ctdild_desktop.clinical.verdict import Sentence, sentence

IMMUNOSUPPRESSIVE = frozenset({"conventional", "cyclophosphamide", "anti_cd20", "other_biologic", "jak"})
"""Drug classes that count as another immunosuppressant beside steroids."""
_NOT_SUPPRESSIVE = frozenset({"hydroxychloroquine", "other"})
_LIVE_BLOCKERS = frozenset({"tocilizumab", "mycophenolate", "mycophenolate_sodium"})


def suppressive(course: DrugCourse) -> bool:
    """Whether a course is an immunosuppressant beside steroids; hydroxychloroquine is not."""
    return course.drug_class in IMMUNOSUPPRESSIVE and course.drug not in _NOT_SUPPRESSIVE


def prophylaxis(rule: Rule, facts: DueFacts) -> DueItem | None:
    """RECOMMEND with cyclophosphamide; with >= 20 mg prednisolone a day for >= 28 days and another
    immunosuppressant; or with any steroid within 6 months after rituximab. CONSIDER above 15 mg a day for
    more than 14 days. None when neither holds and every steroid dose is known.
    """
    (after_rituximab,) = rule.lengths()
    reason = _recommends(facts, after_rituximab)
    state = State.RECOMMEND
    if reason is None:
        days, first = days_in_a_row(facts.therapy, facts.as_of, lambda mg: mg > 15)
        if days > 14 and first is not None:
            state = State.CONSIDER
            reason = sentence("Prednisolone equivalent above 15 mg a day since {date}.", date=first)
    if reason is not None:
        taken = [course for course in facts.running() if course.drug == "co_trimoxazole"]
        if taken:
            told = sentence("Co-trimoxazole is recorded since {date}.", date=taken[0].start)
            return stated(rule, State.NOT_DUE, reason, told)
        told = sentence("No prophylaxis is on record.")
        return stated(rule, state, reason, told)
    if not daily_dose(facts.therapy, facts.as_of).known:
        need = sentence("the daily dose of the steroid")
        return stated(rule, State.CANNOT_ASSESS, needs=(need,))
    return None


def _recommends(facts: DueFacts, after_rituximab: Interval) -> Sentence | None:
    running = facts.running()
    for course in running:
        if course.drug_class == "cyclophosphamide":
            return sentence("{drug} since {date}.", drug=course.name, date=course.start)
    others = [course for course in running if suppressive(course)]
    days, first = days_in_a_row(facts.therapy, facts.as_of, lambda mg: mg >= 20)
    if days >= 28 and others and first is not None:
        return sentence(
            "Prednisolone equivalent of 20 mg a day or more since {date}, with {drugs}.",
            date=first,
            drugs=", ".join(course.name for course in others),
        )
    infusion = latest_rituximab(facts)
    if infusion is not None and facts.as_of <= after_rituximab.after(infusion) and _on_steroid(facts):
        return sentence("Rituximab on {date}, with a systemic steroid.", date=infusion)
    return None


def latest_rituximab(facts: DueFacts, on: dt.date | None = None) -> dt.date | None:
    """Day of the latest rituximab infusion up to a day."""
    days = [
        given.date
        for line in facts.therapy
        if line.drug == "rituximab"
        for given in line.given_infusions
        if given.date <= (on or facts.as_of)
    ]
    return max(days, default=None)


def _on_steroid(facts: DueFacts) -> bool:
    return any(
        is_steroid(line)
        and line.frequency != "course"
        and line.start.earliest <= facts.as_of
        and (line.stop is None or line.stop.latest > facts.as_of)
        for line in facts.therapy
    )


def live_vaccine_obstacles(rule: Rule, facts: DueFacts) -> tuple[Sentence, ...]:
    """Why the rule speaks against a live vaccine on the as-of day; empty when nothing on record does.

    Cyclophosphamide, rituximab within 12 months, tocilizumab, mycophenolate, azathioprine above 3 mg/kg a
    day, prednisolone equivalent of 20 mg a day or more for 14 days or more.
    """
    (after_rituximab,) = rule.lengths()
    found = []
    for course in facts.running():
        if course.drug_class == "cyclophosphamide" or course.drug in _LIVE_BLOCKERS:
            found.append(sentence("{drug} since {date}.", drug=course.name, date=course.start))
        elif course.drug == "azathioprine" and _azathioprine_mg_kg(course, facts) > 3:
            found.append(sentence("Azathioprine above 3 mg/kg a day."))
    infusion = latest_rituximab(facts)
    if infusion is not None and facts.as_of < after_rituximab.after(infusion):
        found.append(sentence("Rituximab on {date}.", date=infusion))
    days, first = days_in_a_row(facts.therapy, facts.as_of, lambda mg: mg >= 20)
    if days >= 14 and first is not None:
        found.append(sentence("Prednisolone equivalent of 20 mg a day or more since {date}.", date=first))
    return tuple(found)


def _azathioprine_mg_kg(course: DrugCourse, facts: DueFacts) -> Decimal:
    """The daily dose in mg/kg; 0 when it cannot be reckoned from the line and the latest weight."""
    line = course.lines[-1]
    changes = [change for change in line.dose_changes if change.date.earliest <= facts.as_of]
    latest = max(changes, key=lambda change: change.date.earliest, default=None)
    dose = latest.dose if latest is not None else line.dose
    if dose is None or line.frequency not in {"daily", "bd"}:
        return Decimal(0)
    daily = dose * (2 if line.frequency == "bd" else 1)
    if line.dose_unit == "mg/kg":
        return daily
    weights = [result for result in facts.of(("weight",)) if result.value]
    weighed = max(weights, key=lambda result: result.date, default=None)
    if line.dose_unit != "mg" or weighed is None or weighed.value is None:
        return Decimal(0)
    return daily / weighed.value


def live_vaccine(rule: Rule, facts: DueFacts) -> DueItem | None:
    """The latest live vaccine of 12 months, when it was given against the rule; None otherwise."""
    last = facts.latest(("vaccine_live",))
    if last is None or last < add_months(facts.as_of, -12):
        return None
    obstacles = live_vaccine_obstacles(rule, replace(facts, as_of=last))
    if not obstacles:
        return None
    told = sentence("Given on {date} against the rule, which asks for a recorded reason.", date=last)
    return stated(rule, State.WARNING, told, *obstacles, last=last)


def vaccine_timing(rule: Rule, facts: DueFacts) -> DueItem | None:
    """A vaccine other than influenza was given less than 6 months after rituximab; the latest such one."""
    (gap,) = rule.lengths()
    early: list[tuple[Result, dt.date]] = []
    for result in facts.results:
        if not result.test.startswith("vaccine_") or result.test == "vaccine_influenza":
            continue
        infusion = latest_rituximab(facts, result.date)
        if result.date <= facts.as_of and infusion is not None and result.date < gap.after(infusion):
            early.append((result, infusion))
    if not early:
        return None
    result, infusion = max(early, key=lambda pair: pair[0].date)
    if result.date < add_months(facts.as_of, -12):
        return None
    told = sentence(
        "Given on {date}, after rituximab on {infusion}: the response may be poor.",
        date=result.date,
        infusion=infusion,
    )
    return stated(rule, State.WARNING, told, last=result.date, drug="rituximab")
