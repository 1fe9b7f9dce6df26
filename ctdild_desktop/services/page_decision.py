"""What the team decided, as the page prints it: the filled box of today, and the line of the last meeting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import Action, Attendee, Decision, Meeting
from ctdild_desktop.language import joined, say, say_n
from ctdild_desktop.services.since_mdt import action_words

PRESENT_ROLES = ("respiratory", "rheumatology", "radiology", "pathology", "nurse")
"""The roles that the box has a tick for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDecision:
    """The decision box, filled; codes say which box is ticked, every text is final."""

    date: str
    diagnosis: str
    confidence: str
    """``definite``, ``high``, ``low``, ``unclassifiable`` or empty."""
    verdict: str
    """``progressing``, ``stable``, ``improved``, ``cannot_tell`` or empty."""
    reason: str
    """Why the team differs from the computed result."""
    recommendation: str
    actions: str
    dissent: str
    next: str
    """When the patient is discussed again."""
    present: tuple[str, ...]
    """Those of :data:`PRESENT_ROLES` that took part."""
    names: str
    """Who took part, with the roles."""
    signed_by: str
    signed_on: str
    addenda: tuple[str, ...] = ()
    """What was added after it was signed; no part of what was frozen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLast:
    """The line of the last decision."""

    date: str
    words: str
    implemented: str
    """``partly (access or funding)``, or ``not recorded``."""


def diagnosis_words(decision: Decision, *, free_text: bool = True) -> str:
    """Diagnosis, pattern and behaviour; ``not recorded`` where the team named none."""
    parts = [
        codes.diagnoses().label(decision.diagnosis) if decision.diagnosis else "",
        decision.diagnosis_note if free_text else "",
        codes.patterns().label(decision.pattern) if decision.pattern else "",
        codes.label("behaviour", decision.behaviour),
    ]
    return joined(part for part in parts if part) or say("not recorded")


def recommendation_words(decision: Decision, *, free_text: bool = True) -> str:
    """What the team recommends in its words, else the kinds of it."""
    if free_text and decision.recommendation:
        return decision.recommendation
    kinds = joined(codes.label("recommendation", code) for code in decision.recommendations)
    if not kinds and decision.recommendation:
        return say("said in words, which are left out")
    return wording.capital(kinds) if kinds else say("not recorded")


def confidence_words(decision: Decision) -> str:
    """The level of confidence, with the percentage where one was named."""
    words = codes.label("confidence", decision.confidence)
    if decision.confidence_percent is None:
        return words
    exact = f"{wording.as_typed(decision.confidence_percent)} %"
    return f"{words}, {exact}" if words else exact


def implemented_words(decision: Decision, *, free_text: bool = True) -> str:
    """Whether it was carried out, when, and why not."""
    if decision.implemented is None:
        return say("not recorded")
    when = wording.partial(decision.implemented_date) if decision.implemented_date is not None else ""
    why = codes.label("not_implemented", decision.not_implemented)
    behind = joined(part for part in (why, decision.implementation_note if free_text else "") if part)
    words = " ".join(part for part in (codes.label("implemented", decision.implemented), when) if part)
    return f"{words} ({behind})" if behind else words


def next_words(decision: Decision, *, free_text: bool = True) -> str:
    """When the patient is discussed again; empty when nothing was said."""
    when = wording.partial(decision.next_date) if decision.next_date is not None else ""
    return joined(part for part in (when, decision.next_trigger if free_text else "") if part)


def names_words(attendees: Sequence[Attendee]) -> str:
    """``Dr Croft (respiratory medicine), R. Amsel (coordinator, remote)``; apologies are left out."""
    told = []
    for one in attendees:
        if one.presence != "apology":
            role = codes.label("attendee_role", one.role)
            told.append(
                f"{one.name} ({joined((role, codes.label('presence', one.presence)))})"
                if one.presence == "remote"
                else f"{one.name} ({role})"
            )
    return ", ".join(told)


def page_decision(
    decision: Decision,
    actions: Sequence[Action],
    meeting: Meeting | None,
    name_of: Callable[[str], str],
    *,
    free_text: bool = True,
) -> PageDecision:
    """The filled box.

    Args:
        name_of: a login to the name of its person.
        free_text: without it, as on a pseudonymised page, what was typed and who was there are left out.
    """
    own = [action for action in actions if action.decision_id == decision.id and action.status != "cancelled"]
    attendees = [one for one in meeting.attendees if one.presence != "apology"] if meeting is not None else []
    if free_text:
        told = "; ".join(map(action_words, own)) or say("none")
    else:
        told = say_n("{n} action", "{n} actions", len(own)) if own else say("none")
    return PageDecision(
        date=wording.day(decision.date),
        diagnosis=diagnosis_words(decision, free_text=free_text),
        confidence=decision.confidence or "",
        verdict=decision.team_verdict or "",
        reason=decision.verdict_reason if free_text else "",
        recommendation=recommendation_words(decision, free_text=free_text),
        actions=told,
        dissent=decision.dissent if free_text else "",
        next=next_words(decision, free_text=free_text),
        present=tuple(role for role in PRESENT_ROLES if any(one.role == role for one in attendees)),
        names=names_words(attendees) if free_text else "",
        signed_by=name_of(decision.signed_by) if decision.signed_by and free_text else "",
        signed_on=wording.day(decision.signed_at.astimezone().date()) if decision.signed_at else "",
    )


def page_last(decision: Decision, *, free_text: bool = True) -> PageLast:
    """The line of the last decision."""
    words = recommendation_words(decision, free_text=free_text)
    return PageLast(
        date=wording.day(decision.date),
        words=words if decision.signed else say("{words} (not signed)", words=words),
        implemented=implemented_words(decision, free_text=free_text),
    )
