"""The ordinary kinds of rules: an interval, phases after the start, fixed checks, once before, at each visit.

Sources stand in each row of the rule table (``resources/due/rules.csv``); what these functions add is the
calendar, which is the registry's own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ctdild_desktop.clinical.due.facts import DrugCourse, DueFacts
from ctdild_desktop.clinical.due.item import DueItem, labels, merged, stated, timed
from ctdild_desktop.clinical.due.mode import Mode
from ctdild_desktop.clinical.due.table import Part, Plan, Rule, plan_of
from ctdild_desktop.clinical.due.timing import (
    Interval,
    Span,
    State,
    Timing,
    grace_days,
    never_done,
    window_after,
)
from ctdild_desktop.clinical.verdict import Sentence, sentence


def interval_items(
    rule: Rule, facts: DueFacts, anchor: dt.date | None, mode: Mode, *, drug: str = ""
) -> list[DueItem]:
    """Each part of a rule again and again; without any result it is due since the anchor date."""
    span = rule.span(mode.stable)
    asks = sentence("Asked for every {interval}.", interval=str(span))
    because = (asks, mode.because) if rule.stable and rule.stable != rule.schedule else (asks,)
    groups = [(part,) for part in rule.parts] if rule.apart else [rule.parts]
    items = []
    for parts in groups:
        last, missing = facts.latest_of_all(parts)
        needs = _missing(missing)
        if last is not None:
            timing = window_after(last, span, rule.grace)
        elif anchor is not None:
            timing = never_done(anchor)
        else:
            need = sentence("the date of the ILD diagnosis, from which the first check is counted")
            items.append(stated(rule, State.NEVER_DONE, *because, needs=(*needs, need), drug=drug))
            continue
        items.append(timed(rule, timing, facts.as_of, parts=parts, because=because, needs=needs, drug=drug))
    return merged(items, rule)


def phases_item(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem:
    """The next test of a schedule whose interval depends on where the last test lies after the start, or
    after the latest dose increase.
    """
    plan = plan_of(rule.schedule)
    begun = course.restarted(facts.as_of)
    last, missing = facts.latest_of_all(rule.parts)
    because = [_since(course, begun)]
    if last is None:
        timing = never_done(course.start)
        step = plan.phases[0].step
    elif last < begun:
        step = plan.phases[0].step
        timing = _next(step.after(begun), step, rule, last)
    else:
        step = _phase_step(plan, begun, last)
        timing = _next(step.after(last), step, rule, last)
    because.append(sentence("The interval in this phase is {interval}.", interval=str(step)))
    flags = _baseline(rule, plan, facts, course, because)
    return timed(
        rule,
        timing,
        facts.as_of,
        because=tuple(because),
        needs=_missing(missing),
        flags=flags,
        drug=course.drug,
    )


def checks_item(rule: Rule, facts: DueFacts, course: DrugCourse, begun: dt.date | None = None) -> DueItem:
    """The next of the fixed checks after the start, then the interval after the last result.

    A fixed check is answered by a result on or after the day it opens, so that one late result also answers
    the checks before it.
    """
    plan = plan_of(rule.schedule)
    start = begun or course.start
    last, missing = facts.latest_of_all(rule.parts)
    because = [_since(course, start)]
    timing = never_done(start)
    if last is not None:
        for number, (least, most) in enumerate(plan.checks, start=1):
            due = most.after(start)
            step = most if number == 1 else _between(plan.checks[number - 2][1], most)
            opens = least.after(start) if least else due - dt.timedelta(days=7 if step.short else 14)
            if last < opens:
                grace = grace_days(step) if rule.grace is None else rule.grace
                timing = Timing(opens=opens, due=due, grace=grace, last=last)
                because.append(
                    sentence(
                        "Check {number} of {count} after the start.", number=number, count=len(plan.checks)
                    )
                )
                break
        else:
            then = plan.then or plan.checks[-1][1]
            timing = window_after(last, Span(then, then), rule.grace)
            because.append(sentence("After the first checks every {interval}.", interval=str(then)))
    flags = _baseline(rule, plan, facts, course, because) if begun is None else ()
    return timed(
        rule,
        timing,
        facts.as_of,
        because=tuple(because),
        needs=_missing(missing),
        flags=flags,
        drug=course.drug,
    )


def once_items(rule: Rule, facts: DueFacts, course: DrugCourse, asked: set[str]) -> list[DueItem]:
    """What is asked for before a start. A result from the start on answers it too, and is said to be late.

    Args:
        asked: tests that an earlier row found missing already; they are not asked for again, and the ones
            found missing here are added.
    """
    earliest = None
    if rule.schedule:
        earliest = Interval.parse(rule.schedule).before(course.start)
    groups = [(part,) for part in rule.parts] if rule.apart else [rule.parts]
    items = []
    for parts in groups:
        lacking = [part for part in parts if not _counts(facts, part, earliest)]
        if not lacking:
            items.append(_answered(rule, facts, course, parts))
            continue
        if all(set(part) & asked for part in lacking):
            continue
        asked |= {test for part in lacking for test in part}
        because = [sentence("{drug} began on {date}.", drug=course.name, date=course.start)]
        if earliest is not None:
            because.append(
                sentence("It counts when dated from {date} on.", date=earliest),
            )
        items.append(
            timed(
                rule,
                never_done(course.start),
                facts.as_of,
                parts=parts,
                because=tuple(because),
                needs=_missing(tuple(lacking)),
                drug=course.drug,
            )
        )
    return merged(items, rule)


def visit_item(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem:
    """Asked for at each visit since the start: due since the latest visit without it."""
    visits = [day for day in facts.visits if course.start <= day <= facts.as_of]
    last, missing = facts.latest_of_all(rule.parts)
    if not visits:
        text = sentence("Asked for at each visit; none is recorded since {date}.", date=course.start)
        return stated(rule, State.NOT_DUE, text, drug=course.drug, last=last)
    latest = max(visits)
    because = (sentence("Asked for at each visit; the latest was on {date}.", date=latest),)
    if last is not None and last >= latest:
        return stated(
            rule,
            State.NOT_DUE,
            sentence("Last done on {date}.", date=last),
            *because,
            drug=course.drug,
            last=last,
        )
    timing = never_done(latest) if last is None else Timing(opens=latest, due=latest, grace=14, last=last)
    return timed(rule, timing, facts.as_of, because=because, needs=_missing(missing), drug=course.drug)


def after_stop_item(rule: Rule, facts: DueFacts, course: DrugCourse, stop: dt.date) -> DueItem:
    """Asked for again and again after a drug was stopped, without an end."""
    (every,) = rule.lengths()
    last, missing = facts.latest_of_all(rule.parts)
    counted = stop if last is None else max(last, stop)
    timing = window_after(counted, Span(every, every), rule.grace)
    because = (
        sentence("{drug} was stopped on {date}.", drug=course.name, date=stop),
        sentence("Asked for every {interval} from then on.", interval=str(every)),
    )
    window = replace(timing, last=last) if last is not None else never_done(timing.due)
    return timed(rule, window, facts.as_of, because=because, needs=_missing(missing), drug=course.drug)


def _next(due: dt.date, step: Interval, rule: Rule, last: dt.date) -> Timing:
    opens = due - dt.timedelta(days=7 if step.short else 14)
    return Timing(
        opens=opens, due=due, grace=grace_days(step) if rule.grace is None else rule.grace, last=last
    )


def _phase_step(plan: Plan, begun: dt.date, last: dt.date) -> Interval:
    """Each phase begins where the one before it ends; its own end is not part of it."""
    end = begun
    for phase in plan.phases:
        if phase.until is None:
            return phase.step
        end = phase.until.after(end)
        if last < end:
            return phase.step
    raise ValueError("the last phase has no end")


def _between(before: Interval, due: Interval) -> Interval:
    """The step between two fixed checks, which says how wide the window is."""
    if before.unit == due.unit:
        return Interval(due.count - before.count, due.unit)
    return due


def _since(course: DrugCourse, begun: dt.date) -> Sentence:
    if begun > course.start:
        return sentence("{drug}: dose increased on {date}.", drug=course.name, date=begun)
    return sentence("{drug} began on {date}.", drug=course.name, date=begun)


def _baseline(
    rule: Rule, plan: Plan, facts: DueFacts, course: DrugCourse, because: list[Sentence]
) -> tuple[str, ...]:
    """Says when no result lies within the time before the start that the schedule asks for."""
    if plan.base is None:
        return ()
    earliest = plan.base.before(course.start)
    if all(any(earliest <= result.date <= course.start for result in facts.of(part)) for part in rule.parts):
        return ()
    because.append(sentence("No complete result within {length} before the start.", length=str(plan.base)))
    return ("BASELINE_MISSING",)


def _counts(facts: DueFacts, part: Part, earliest: dt.date | None) -> bool:
    return any(earliest is None or result.date >= earliest for result in facts.of(part))


def _answered(rule: Rule, facts: DueFacts, course: DrugCourse, parts: tuple[Part, ...]) -> DueItem:
    days = [min((result.date for result in facts.of(part)), default=None) for part in parts]
    latest = max(day for day in days if day is not None)
    last, _ = facts.latest_of_all(parts)
    timing = Timing(opens=dt.date.max, due=dt.date.max, grace=0, last=last)
    made = timed(rule, timing, facts.as_of, parts=parts, drug=course.drug)
    late = () if latest <= course.start else (sentence("First done after the start of the drug."),)
    return DueItem(
        rule=made.rule,
        item=made.item,
        state=State.NOT_DUE,
        last=last,
        tests=made.tests,
        drug=made.drug,
        gate=made.gate,
        because=(*made.because, *late),
        source=made.source,
        check=made.check,
        note=made.note,
    )


def _missing(parts: tuple[Part, ...]) -> tuple[Sentence, ...]:
    return (sentence("{tests}", tests=labels(parts)),) if parts else ()
