"""The cases of meetings: whom they are about, how far each is, and what it lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ctdild_desktop.clinical.records import Action, AgendaItem, Decision, Meeting, Patient
from ctdild_desktop.language import marked, say
from ctdild_desktop.services import texts
from ctdild_desktop.services.desk import Desk, for_everybody

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_MANY = 400
"""Ids in one IN list: below every database's limit of bound parameters."""
MATERIAL = {
    "hrct": marked("HRCT"),
    "pft": marked("PFT"),
    "serology": marked("serology"),
    "pathology": marked("pathology"),
}
"""What a case may need to be discussed, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of a meeting, with what is known of it so far."""

    item: AgendaItem
    number: int
    """Place among the cases, from 1."""
    name: str
    """``HOLLOWAY, Ingrid``; the MRN of somebody without a name."""
    identity: str
    """As the banner says it, on the day of the meeting."""
    mrn: str
    decision: Decision | None = None
    actions: tuple[Action, ...] = ()
    lacks: tuple[str, ...] = ()
    """The material that is said not to be ready, in words."""

    @property
    def signed(self) -> bool:
        """Whether the decision is signed."""
        return self.decision is not None and self.decision.signed

    @property
    def state(self) -> str:
        """How far the case is, in a word."""
        if self.decision is None:
            return say("to discuss")
        return say("signed") if self.decision.signed else say("not signed")


def lacking(item: AgendaItem) -> tuple[str, ...]:
    """The material that is said not to be ready, in words."""
    return tuple(say(words) for name, words in MATERIAL.items() if getattr(item, f"{name}_ready") is False)


@for_everybody
def cases_of(
    desk: Desk, session: Session, found: Sequence[Meeting], only: Collection[str]
) -> dict[str, tuple[Case, ...]]:
    """The cases by meeting, in order; those of removed patients are left out.

    Args:
        found: the meetings whose cases are wanted.
        only: their ids where they are some of all; with them the actions are read, too.
    """
    from ctdild_desktop.registry.models import ActionRow, AgendaItemRow, DecisionRow

    store, dates = desk.store, {meeting.id: meeting.date for meeting in found}
    limited = (AgendaItemRow.meeting_id.in_(only),) if only else ()
    items: tuple[AgendaItem, ...] = store.many(session, AgendaItem, *limited)
    limited = (DecisionRow.meeting_id.in_(only),) if only else ()
    decided: tuple[Decision, ...] = store.many(session, Decision, *limited, whole=bool(only))
    decisions = {(one.meeting_id, one.patient_id): one for one in decided}
    actions: dict[str, list[Action]] = defaultdict(list)
    if only and decided:
        for action in store.many(session, Action, ActionRow.decision_id.in_([one.id for one in decided])):
            actions[action.decision_id].append(action)
    people = people_of(desk, session, {item.patient_id for item in items})
    cases: dict[str, list[Case]] = {meeting_id: [] for meeting_id in dates}
    for item in items:
        patient, listed = people.get(item.patient_id), cases.get(item.meeting_id)
        if patient is None or listed is None:
            continue
        decision = decisions.get((item.meeting_id, item.patient_id))
        listed.append(
            Case(
                item=item,
                number=len(listed) + 1,
                name=texts.display_name(patient) or patient.mrn,
                identity=texts.identity(patient, dates[item.meeting_id]),
                mrn=patient.mrn,
                decision=decision,
                actions=tuple(actions.get(decision.id, ())) if decision is not None else (),
                lacks=lacking(item),
            )
        )
    return {meeting_id: tuple(listed) for meeting_id, listed in cases.items()}


@for_everybody
def people_of(desk: Desk, session: Session, ids: Iterable[str]) -> dict[str, Patient]:
    """The patients of these ids who are in the registry."""
    from ctdild_desktop.registry.models import PatientRow

    wanted = sorted(ids)
    return {
        patient.id: patient
        for start in range(0, len(wanted), _MANY)
        for patient in desk.store.many(session, Patient, PatientRow.id.in_(wanted[start : start + _MANY]))
    }
