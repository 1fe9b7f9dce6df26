"""What share of the team's recommendations was carried out: the answers, counted, with those behind each
number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import Decision
from ctdild_desktop.language import say
from ctdild_desktop.services import texts
from ctdild_desktop.services.cases import people_of
from ctdild_desktop.services.decisions import recommends
from ctdild_desktop.services.desk import Desk, for_everybody

ANSWERS = ("yes", "partly", "no", "pending", "unanswered")
"""What is known of each, in the order of the report."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One signed decision that recommends something, with whom it is about and what became of it."""

    decision: Decision
    """Without the page that the team saw."""
    name: str
    mrn: str

    @property
    def answer(self) -> str:
        """One of :data:`ANSWERS`."""
        return self.decision.implemented or "unanswered"


@dataclass(frozen=True, slots=True)
class Count:
    """A line of the report: what is counted, and the decisions that were."""

    label: str
    decisions: tuple[Followed, ...]

    def of(self, answer: str) -> int:
        """How many have this answer."""
        return sum(one.answer == answer for one in self.decisions)

    @property
    def settled(self) -> int:
        """How many have an answer that stands: yes, partly or no."""
        return sum(self.of(answer) for answer in ANSWERS[:3])

    @property
    def percent(self) -> Decimal | None:
        """Carried out in full, in percent of those with an answer that stands; None without any."""
        if not self.settled:
            return None
        return wording.rounded(Fraction(100 * self.of("yes"), self.settled), 1)


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """The report on the meetings of a span of time."""

    since: dt.date
    until: dt.date
    all: Count
    by_recommendation: tuple[Count, ...]
    """A decision that recommends several things counts in each; one in words alone under its own line."""
    by_reason: tuple[Count, ...]
    """Those not carried out in full, by the reason."""


@for_everybody
def carried_out(desk: Desk, since: dt.date, until: dt.date) -> CarriedOut:
    """Count what became of the signed decisions of the meetings from one day to another, both included.

    Of patients who were removed from the registry nothing is counted.
    """
    from ctdild_desktop.registry.models import DecisionRow

    with desk.registry.read() as session:
        found: tuple[Decision, ...] = desk.store.many(
            session,
            Decision,
            DecisionRow.date.between(since, until),
            DecisionRow.signed_at.is_not(None),
            whole=False,
        )
        people = people_of(desk, session, {one.patient_id for one in found})
    followed = [
        Followed(one, texts.display_name(patient) or patient.mrn, patient.mrn)
        for one in found
        if recommends(one) and (patient := people.get(one.patient_id)) is not None
    ]
    return report_of(followed, since, until)


def report_of(followed: Iterable[Followed], since: dt.date, until: dt.date) -> CarriedOut:
    """The report on these decisions; pure."""
    every = tuple(followed)
    undone = [one for one in every if one.answer in {"no", "partly"}]
    return CarriedOut(
        since,
        until,
        Count(say("all decisions with a recommendation"), every),
        tuple(_by_recommendation(every)),
        tuple(_by_reason(undone)),
    )


def _by_recommendation(every: Iterable[Followed]) -> Iterable[Count]:
    held = tuple(every)
    for choice in codes.choices("recommendation"):
        which = tuple(one for one in held if choice.code in one.decision.recommendations)
        if which:
            yield Count(codes.label("recommendation", choice.code), which)
    in_words = tuple(one for one in held if not one.decision.recommendations)
    if in_words:
        yield Count(say("in words only"), in_words)


def _by_reason(undone: Iterable[Followed]) -> Iterable[Count]:
    held = tuple(undone)
    for choice in codes.choices("not_implemented"):
        which = tuple(one for one in held if one.decision.not_implemented == choice.code)
        if which:
            yield Count(codes.label("not_implemented", choice.code), which)
    unsaid = tuple(one for one in held if one.decision.not_implemented is None)
    if unsaid:
        yield Count(say(texts.NOT_RECORDED), unsaid)
