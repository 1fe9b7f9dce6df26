"""The steps of an act on records: add, amend, remove or restore one, each with the step that undoes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from ctdild_desktop import language
from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.records import (
    Action,
    AdverseEvent,
    AgendaItem,
    Attachment,
    Consent,
    Decision,
    Diagnosis,
    HeartTest,
    Hrct,
    Lab,
    LetterTemplate,
    Meeting,
    Patient,
    Pft,
    Pro,
    Procedure,
    SavedQuery,
    Serology,
    Snooze,
    TherapyLine,
    Visit,
)
from ctdild_desktop.services import mdt_rules
from ctdild_desktop.services.desk import RECORDING, Change, Desk, StaleError, for_everybody, requires

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ctdild_desktop.services.store import Current

Clinical = (
    Patient
    | Diagnosis
    | Visit
    | Pft
    | Hrct
    | TherapyLine
    | AdverseEvent
    | Serology
    | Procedure
    | Lab
    | HeartTest
    | Pro
    | Consent
    | Attachment
    | Meeting
    | AgendaItem
    | Decision
    | Action
    | Snooze
    | LetterTemplate
    | SavedQuery
)
R = TypeVar("R", bound=Clinical)

CHANGE_OF: dict[type[Any], Change] = {
    Patient: Change.PATIENT,
    Diagnosis: Change.DIAGNOSIS,
    Visit: Change.VISIT,
    Pft: Change.TEST,
    Hrct: Change.HRCT,
    TherapyLine: Change.THERAPY,
    AdverseEvent: Change.ADVERSE_EVENT,
    Serology: Change.SEROLOGY,
    Procedure: Change.PROCEDURE,
    Lab: Change.LAB,
    HeartTest: Change.HEART_TEST,
    Pro: Change.PRO,
    Consent: Change.CONSENT,
    Attachment: Change.ATTACHMENT,
    Meeting: Change.MEETING,
    AgendaItem: Change.MEETING,
    Decision: Change.DECISION,
    Action: Change.ACTION,
    Snooze: Change.SNOOZE,
    LetterTemplate: Change.SETTINGS,
    SavedQuery: Change.SETTINGS,
}


@dataclass(frozen=True, slots=True)
class Add:
    """Keep a new record; ``content`` are the bytes of a file."""

    value: Clinical
    content: bytes | None = field(default=None, repr=False)
    source: str = "typed"
    """Where it comes from, as it is kept: ``typed``, ``pasted``, ``import:`` and a fingerprint."""


@dataclass(frozen=True, slots=True)
class Amend:
    """Replace a record; ``value.version`` is the version that the person saw."""

    value: Clinical


@dataclass(frozen=True, slots=True)
class Remove:
    """Void a record (soft delete); with ``version`` only if it is still that version."""

    kind: type[Any]
    id: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Restore:
    """Bring a voided record back, as it was or with another ``value``."""

    kind: type[Any]
    id: str
    version: int | None = None
    value: Clinical | None = None


Plain = Add | Amend | Remove | Restore


@requires(*RECORDING)
def take(desk: Desk, session: Session, patient_id: str | None, step: Plain, reason: str) -> Plain:
    """Do one step; returns the step that takes it back.

    Args:
        patient_id: whose record it is; None for a meeting, and for what says itself whom it is about.

    Raises:
        StaleError: the record is not any more what the person saw.
        RefusedError: it belongs to what is signed.
    """
    store, now = desk.store, desk.clock()
    if isinstance(step, Add):
        mdt_rules.refuse(desk, session, None, step.value)
        kept = store.insert(session, patient_id, step.value, source=step.source)
        if step.content is not None and isinstance(kept, Attachment) and patient_id is not None:
            store.keep_content(session, patient_id, kept, step.content)
        return Remove(type(step.value), kept.id, kept.version)
    if isinstance(step, Amend):
        old = store.current(session, type(step.value), step.value.id)
        _check_version(desk, session, step.value, old, step.value.version)
        mdt_rules.refuse(desk, session, old.value, step.value)
        kept = store.update(session, step.value, user=desk.login, at=now)
        return Amend(replace(old.value, version=kept.version))
    if isinstance(step, Remove):
        old = store.current(session, step.kind, step.id)
        _check_version(desk, session, None, old, step.version)
        mdt_rules.refuse(desk, session, old.value, None)
        version = store.void(session, step.kind, step.id, user=desk.login, at=now, reason=reason)
        return Restore(step.kind, step.id, version)
    now_there = store.current(session, step.kind, step.id)
    if now_there.value is not None:
        raise stale(desk, session, step.value, now_there)
    back = store.removed(session, step.kind, step.id) if step.value is None else step.value
    mdt_rules.refuse(desk, session, None, back)
    version = store.unvoid(session, step.kind, step.id)
    if step.value is not None:
        version = store.update(session, step.value, user=desk.login, at=now).version
    return Remove(step.kind, step.id, version)


def _check_version(desk: Desk, session: Session, mine: Any, state: Current, version: int | None) -> None:
    """Refuse a step on a record that is not any more what the person saw."""
    theirs = state.value
    if theirs is None or version not in (None, theirs.version):
        raise stale(desk, session, mine, state)


@for_everybody
def stale(desk: Desk, session: Session, mine: Any, state: Current) -> StaleError:
    """The refusal of a change to a record that somebody else changed meanwhile, with both values."""
    theirs = state.value
    who = desk.store.lists.person(session, state.changed_by)
    at = state.changed_at or desk.clock()
    return StaleError(
        language.say(
            "This record was changed by {who} on {at}; your change was not saved."
            if theirs is not None
            else "This record was removed by {who} on {at}; your change was not saved.",
            who=who,
            at=_when(at),
        ),
        mine=mine,
        theirs=theirs,
        changed_by=who,
        changed_at=at,
    )


def _when(at: dt.datetime) -> str:
    local = at.astimezone()
    return language.say("{local} at {local2:%H:%M}", local=wording.day(local.date()), local2=local)
