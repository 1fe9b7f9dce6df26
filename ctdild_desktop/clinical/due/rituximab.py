"""Checks around rituximab: before the next course, the decision on re-treatment, and hepatitis B.

Sources stand in the rule table: BSR biologics guideline for the panel, the label for hepatitis B and the
16 and 24 weeks, the source review for depletion over 6 to 9 months.
"""

from __future__ import annotations

from ctdild_desktop.clinical.due.depletion import RituximabCourse, rituximab_courses
from ctdild_desktop.clinical.due.facts import DrugCourse, DueFacts
from ctdild_desktop.clinical.due.item import DueItem, labels, stated, timed
from ctdild_desktop.clinical.due.table import Part, Rule
from ctdild_desktop.clinical.due.timing import Span, State, Timing, never_done, window_after
from ctdild_desktop.clinical.verdict import sentence

_HBSAG: Part = ("hbsag",)
_ANTI_HBC: Part = ("anti_hbc",)


def latest_course(course: DrugCourse, facts: DueFacts) -> RituximabCourse | None:
    """The latest course of infusions up to the as-of day; None when none is recorded."""
    return next(reversed(rituximab_courses(course.given(facts.as_of))), None)


def retreatment(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """When the decision on the next course is due: 6 months after the last infusion.

    A line that was closed because its course was completed is asked about as well, until depletion is over;
    one that was stopped for another reason is not.
    """
    earliest, usual, decision = rule.lengths()
    found = latest_course(course, facts)
    if not course.runs_on(facts.as_of):
        completed = course.lines[-1].stop_reason in {None, "completed"}
        if not completed or found is None or facts.as_of > found.depleted_possible:
            return None
    if found is None:
        need = sentence("the infusions that were given")
        return stated(rule, State.CANNOT_ASSESS, needs=(need,), drug=course.drug)
    opens, due = earliest.after(found.first), decision.after(found.last)
    grace = 14 if rule.grace is None else rule.grace
    timing = Timing(opens=min(opens, due), due=due, grace=grace, last=found.last)
    because = (
        sentence("Course from {first} to {last}.", first=found.first, last=found.last),
        sentence(
            "Depletion is expected until {expected} and possible until {possible}.",
            expected=found.depleted_expected,
            possible=found.depleted_possible,
        ),
        sentence(
            "Next course by the label: not before {earliest}, usual on {usual}.",
            earliest=opens,
            usual=usual.after(found.first),
        ),
    )
    return timed(
        rule, timing, facts.as_of, because=because, drug=course.drug, done="Last infusion on {date}."
    )


def before_course(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """The panel within the days before the usual next course."""
    (within,) = rule.lengths()
    found = latest_course(course, facts)
    if found is None:
        return None
    opens, due = within.before(found.usual_next), found.usual_next
    lacking = tuple(part for part in rule.parts if not any(result.date >= opens for result in facts.of(part)))
    last, _ = facts.latest_of_all(rule.parts)
    because = (sentence("Usual next course on {date}.", date=due),)
    if not lacking:
        return stated(rule, State.NOT_DUE, *because, drug=course.drug, last=last, due=due)
    grace = 14 if rule.grace is None else rule.grace
    timing = Timing(opens=opens, due=due, grace=grace, last=last)
    needs = (sentence("{tests}", tests=labels(lacking)),)
    return timed(rule, timing, facts.as_of, because=because, needs=needs, drug=course.drug)


def hepatitis_b(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """HBV DNA and ALT with anti-HBc and without HBsAg, until some time after the last infusion."""
    every, length = rule.lengths()
    core, surface = _answer(facts, _ANTI_HBC), _answer(facts, _HBSAG)
    if core is not True or surface is True:
        return None
    given = course.given(facts.as_of)
    until = length.after(given[-1]) if given else None
    because = [sentence("anti-HBc is positive; by the source prophylaxis is the alternative to these tests.")]
    if surface is None:
        because.append(sentence("HBsAg is not on record."))
    if until is not None:
        because.append(sentence("Asked for until {date}.", date=until))
        if facts.as_of > until:
            return stated(rule, State.NOT_APPLICABLE, *because, drug=course.drug)
    last, missing = facts.latest_of_all(rule.parts)
    timing = never_done(course.start) if last is None else window_after(last, Span(every, every), rule.grace)
    needs = (sentence("{tests}", tests=labels(missing)),) if missing else ()
    return timed(rule, timing, facts.as_of, because=tuple(because), needs=needs, drug=course.drug)


def hepatology(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """HBsAg positive: by the label a hepatology opinion stands before any dose."""
    if _answer(facts, _HBSAG) is not True:
        return None
    last, _ = facts.latest_of_all(rule.parts)
    because = (sentence("HBsAg is positive; the label asks for hepatology before any dose."),)
    if last is not None:
        return stated(rule, State.NOT_DUE, *because, drug=course.drug, last=last)
    return timed(rule, never_done(course.start), facts.as_of, because=because, drug=course.drug)


def _answer(facts: DueFacts, part: Part) -> bool | None:
    """Whether a screen was ever positive; None when no result says."""
    answers = [result.positive for result in facts.of(part) if result.positive is not None]
    return any(answers) if answers else None
