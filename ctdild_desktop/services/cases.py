"""The cases of meetings: whom they are about, how far each is, and what it lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
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
def cases_of(desk: Desk, session: Session, meeting: Meeting) -> tuple[Case, ...]:
    """The cases of a meeting in order; those of removed patients are left out."""
    items, decided, done = written_of(desk, session, meeting.id)
    decisions = {one.patient_id: one for one in decided}
    actions: dict[str, list[Action]] = defaultdict(list)
    for action in done:
        actions[action.decision_id].append(action)
    people = people_of(desk, session, {item.patient_id for item in items})
    listed = [item for item in items if item.patient_id in people]
    cases = []
    for number, item in enumerate(listed, 1):
        patient, decision = people[item.patient_id], decisions.get(item.patient_id)
        cases.append(
            Case(
                item=item,
                number=number,
                name=texts.display_name(patient) or patient.mrn,
                identity=texts.identity(patient, meeting.date),
                mrn=patient.mrn,
                decision=decision,
                actions=tuple(actions.get(decision.id, ())) if decision is not None else (),
                lacks=lacking(item),
            )
        )
    return tuple(cases)


@for_everybody
def written_of(
    desk: Desk, session: Session, meeting_id: str
) -> tuple[tuple[AgendaItem, ...], tuple[Decision, ...], tuple[Action, ...]]:
    """The agenda of a meeting in order, its decisions and their actions; those of removed patients, too."""
    from ctdild_desktop.registry.models import ActionRow, AgendaItemRow, DecisionRow

    many = desk.store.many
    items: tuple[AgendaItem, ...] = many(session, AgendaItem, AgendaItemRow.meeting_id == meeting_id)
    decided: tuple[Decision, ...] = many(session, Decision, DecisionRow.meeting_id == meeting_id)
    ids = [one.id for one in decided]
    return items, decided, many(session, Action, ActionRow.decision_id.in_(ids)) if ids else ()


@dataclass(slots=True)
class Counts:
    """How many cases a meeting has, how many are signed and how many lack something."""

    cases: int = 0
    signed: int = 0
    not_ready: int = 0


@for_everybody
def counts(desk: Desk, session: Session) -> dict[str, Counts]:
    """The cases of every meeting that has any, counted; those of removed patients are left out."""
    from sqlalchemy import and_, select

    from ctdild_desktop.registry.models import AgendaItemRow, DecisionRow, PatientRow

    del desk
    of_case = and_(
        DecisionRow.meeting_id == AgendaItemRow.meeting_id,
        DecisionRow.patient_id == AgendaItemRow.patient_id,
        DecisionRow.deleted_at.is_(None),
    )
    flags = [getattr(AgendaItemRow, f"{name}_ready") for name in MATERIAL]
    query = (
        select(AgendaItemRow.meeting_id, DecisionRow.signed_at, *flags)
        .join(PatientRow, PatientRow.id == AgendaItemRow.patient_id)
        .outerjoin(DecisionRow, of_case)
        .where(AgendaItemRow.deleted_at.is_(None), PatientRow.deleted_at.is_(None))
    )
    found: dict[str, Counts] = defaultdict(Counts)
    for meeting_id, signed_at, *ready in session.execute(query):
        counted = found[meeting_id]
        counted.cases += 1
        counted.signed += signed_at is not None
        counted.not_ready += False in ready
    return found


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
