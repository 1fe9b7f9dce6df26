"""Checks around cyclophosphamide: before each infusion, at the nadir, and the cervical smear.

Sources stand in the rule table: NHS Lanarkshire protocol for the panel and the day-10 count, Practical
Neurology for the smear, PMC7771069 for mesna.
"""

from __future__ import annotations

import datetime as dt

from ctdild_desktop.clinical.due.facts import DrugCourse, DueFacts
from ctdild_desktop.clinical.due.item import DueItem, labels, stated, timed
from ctdild_desktop.clinical.due.table import Part, Rule
from ctdild_desktop.clinical.due.timing import Span, State, Timing, never_done, window_after
from ctdild_desktop.clinical.verdict import sentence

_BETWEEN = {"weekly": 7, "2-weekly": 14, "4-weekly": 28}
_CYCLE_DAYS = 28


def before_infusion(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """The panel within the days before the next infusion; the latest infusion is looked back at as well.

    The next infusion is reckoned from the latest one and the frequency of the line; without a frequency it
    cannot be told and is named as needed.
    """
    (within,) = rule.lengths()
    given = course.given(facts.as_of)
    because = []
    if given:
        lacking = _outside(rule.parts, facts, within.before(given[-1]), given[-1])
        if lacking:
            because.append(
                sentence(
                    "Not on record within {length} before the infusion of {date}: {tests}.",
                    length=str(within),
                    date=given[-1],
                    tests=labels(lacking),
                )
            )
    frequency = course.lines[-1].frequency or ""
    if frequency not in _BETWEEN:
        need = sentence("the date of the next infusion, or the frequency of the line")
        return stated(rule, State.CANNOT_ASSESS, *because, needs=(need,), drug=course.drug)
    between = dt.timedelta(days=_BETWEEN[frequency])
    planned = given[-1] + between if given else course.start
    because.insert(0, sentence("The next infusion is reckoned for {date}.", date=planned))
    opens = within.before(planned)
    last, _ = facts.latest_of_all(rule.parts)
    if last is not None and last >= opens:
        text = sentence("Last done on {date}.", date=last)
        return stated(rule, State.NOT_DUE, text, *because, drug=course.drug, last=last, due=planned)
    lacking = tuple(part for part in rule.parts if (facts.latest(part) or dt.date.min) < opens)
    timing = Timing(opens=opens, due=planned, grace=0 if rule.grace is None else rule.grace, last=last)
    needs = (sentence("{tests}", tests=labels(lacking)),)
    return timed(rule, timing, facts.as_of, because=tuple(because), needs=needs, drug=course.drug)


def nadir(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """The blood count after the latest infusion: expected on one day, accepted within a range around it.

    It stays open until the next infusion, at most 28 days; after that the nadir can no longer be measured.
    """
    first, ideal, final = rule.lengths()
    given = course.given(facts.as_of)
    if not given:
        return None
    infusion = given[-1]
    opens, due, end = first.after(infusion), ideal.after(infusion), final.after(infusion)
    counted = [result.date for part in rule.parts for result in facts.of(part) if opens <= result.date <= end]
    about = (
        sentence("Infusion on {date}.", date=infusion),
        sentence("A count from {first} to {last} is accepted.", first=opens, last=end),
    )
    if counted:
        done = sentence("Done on {date}.", date=min(counted))
        return stated(rule, State.NOT_DUE, done, *about, drug=course.drug, last=min(counted), due=due)
    if (facts.as_of - infusion).days > _CYCLE_DAYS:
        missed = sentence("No count was recorded in that time, which is over.")
        return stated(rule, State.NOT_APPLICABLE, *about, missed, drug=course.drug)
    timing = Timing(opens=opens, due=due, grace=(end - due).days)
    return timed(rule, timing, facts.as_of, because=about, drug=course.drug)


def mesna(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """Whether mesna is recorded, yes or no, for the latest infusion."""
    given = course.given(facts.as_of)
    if not given:
        return None
    about = sentence("Infusion on {date}.", date=given[-1])
    if any(result.date == given[-1] for part in rule.parts for result in facts.of(part)):
        return stated(rule, State.NOT_DUE, about, drug=course.drug, last=given[-1])
    need = sentence("mesna yes or no for that infusion")
    return timed(rule, never_done(given[-1]), facts.as_of, because=(about,), needs=(need,), drug=course.drug)


def smear(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """Again and again for some years after the start."""
    every, length = rule.lengths()
    end = length.after(course.start)
    because = (
        sentence("{drug} began on {date}.", drug=course.name, date=course.start),
        sentence("Asked for every {interval} until {date}.", interval=str(every), date=end),
    )
    if facts.as_of > end:
        return stated(rule, State.NOT_APPLICABLE, *because, drug=course.drug)
    last, _ = facts.latest_of_all(rule.parts)
    timing = never_done(course.start) if last is None else window_after(last, Span(every, every), rule.grace)
    return timed(rule, timing, facts.as_of, because=because, drug=course.drug)


def _outside(parts: tuple[Part, ...], facts: DueFacts, first: dt.date, last: dt.date) -> tuple[Part, ...]:
    """The parts without a result in a closed span of days."""
    return tuple(part for part in parts if not any(first <= result.date <= last for result in facts.of(part)))
