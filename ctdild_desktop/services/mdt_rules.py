"""What holds of meetings at every step of every act: of a form, an undo, a merge and a restore alike.

A signed decision keeps its content; what was carried out, the letters and addenda may still be recorded, and
it is opened again as it stands or not at all. Signed minutes keep the meeting and its agenda. A patient is on
an agenda once and has one decision of a meeting.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from ctdild_desktop.clinical.records import Action, AgendaItem, Decision, LetterTemplate, Meeting, SavedQuery
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

AFTER_SIGNING = frozenset(
    {
        *("implemented", "implemented_date", "not_implemented", "implementation_note"),
        *("letter_to", "letter_sent", "addenda"),
    }
)
"""Fields of a decision that may change after it was signed."""
_SIGNATURE = frozenset({"signed_by", "signed_at", "snapshot", "shown"})
"""What signing itself writes."""
_MINUTES = frozenset({"status", "minutes_signed_by", "minutes_signed_at"})
_KEPT = "This decision is signed; what it says is not changed any more. Add an addendum instead."
_CLOSED = "The minutes of this meeting are signed; nothing of it is changed any more."


@for_everybody
def refuse(desk: Desk, session: Session, before: Any, after: Any) -> None:
    """Refuse a step that would change what is signed, or take a place that is taken.

    Args:
        before: the record as the registry has it; None when it is added or brought back.
        after: as it will be; None when it is removed.

    Raises:
        RefusedError: a signature covers what would change, or another record has its place.
    """
    rule = _RULES.get(type(after if before is None else before))
    if rule is not None:
        rule(desk, session, before, after)


def content(decision: Decision) -> dict[str, Any]:
    """What a signature on a decision covers, by field."""
    return _without(decision, AFTER_SIGNING)


def _without(record: Any, left_out: frozenset[str]) -> dict[str, Any]:
    """The fields of a record but for some; the reasons of empty fields are those of the other fields."""
    held = {item.name: getattr(record, item.name) for item in fields(record) if item.name not in left_out}
    held.pop("version")
    held["absent"] = tuple(pair for pair in record.absent if pair[0] not in left_out)
    return {name: (value, str(value)) for name, value in held.items()}


def _decision(desk: Desk, session: Session, before: Decision | None, after: Decision | None) -> None:
    from ctdild_desktop.registry.models import ActionRow, DecisionRow

    meetings = {one.meeting_id for one in (before, after) if one is not None}
    if before is not None and after is None and _any(session, ActionRow, decision_id=before.id):
        raise RefusedError("There are actions of this decision; remove them first.")
    if before is None and after is not None:
        _refuse_without_case(desk, session, after)
    if before is None or not before.signed:
        _refuse_closed(desk, session, meetings)
        if after is not None and _taken(session, DecisionRow, after):
            raise RefusedError("A decision on this case is recorded already; open the case again.")
        if after is None or not after.signed:
            return
        if before is None or _without(before, _SIGNATURE) != _without(after, _SIGNATURE):
            raise RefusedError(_KEPT)
        _refuse_other_actions(session, after)
        return
    if after is None:
        raise RefusedError("A signed decision is not removed; open it again first.")
    if after.addenda[: len(before.addenda)] != before.addenda:
        raise RefusedError("An addendum to a signed decision stays as it was written.")
    if after.signed:
        if content(before) != content(after):
            raise RefusedError(_KEPT)
        return
    _refuse_closed(desk, session, meetings)
    if _without(before, _SIGNATURE | AFTER_SIGNING) != _without(after, _SIGNATURE | AFTER_SIGNING):
        raise RefusedError(_KEPT)


def _refuse_other_actions(session: Session, signed: Decision) -> None:
    """What is to be done is what the page says, also where an undo puts a signature back."""
    from sqlalchemy import select

    from ctdild_desktop.registry.models import ActionRow

    row = ActionRow
    told = f"; {_actions_told(signed.snapshot)}; "
    query = select(row.what, row.status, row.created_at, row.deleted_at).where(row.decision_id == signed.id)
    for what, status, made, gone in session.execute(query):
        if signed.signed_at is None or made > signed.signed_at:
            continue
        lost = gone is not None and gone > signed.signed_at
        other = (
            gone is None and status != "cancelled" and not (f"; {what}; " in told or f"; {what} (" in told)
        )
        if lost or other:
            raise RefusedError("What is to be done was changed meanwhile; look at it and sign again.")


def _actions_told(snapshot: str) -> str:
    """The actions as a kept page lists them; empty where no page is kept."""
    page = json.loads(snapshot).get("page") or {}
    return str((page.get("decision") or {}).get("actions", ""))


def _refuse_without_case(desk: Desk, session: Session, decision: Decision) -> None:
    item = decision.agenda_item_id
    if item is not None and desk.store.current(session, AgendaItem, item).value is None:
        raise RefusedError("This case is not on an agenda any more.")


def _action(desk: Desk, session: Session, before: Action | None, after: Action | None) -> None:
    """What was to be done when the decision was signed stays; who does it, until when and that it is done
    may change, and an action that was added later may go again.
    """
    from ctdild_desktop.registry.models import ActionRow, DecisionRow

    if before is None:
        if after is not None and desk.store.current(session, Decision, after.decision_id).value is None:
            raise RefusedError("The decision of this action is no longer in the registry.")
        return
    signed_at = session.get_one(DecisionRow, before.decision_id).signed_at
    if signed_at is None or session.get_one(ActionRow, before.id).created_at > signed_at:
        return
    if after is None:
        raise RefusedError("The decision of this action is signed: cancel the action instead.")
    if (after.what, after.decision_id) != (before.what, before.decision_id):
        raise RefusedError("The decision of this action is signed: what is to be done stays as it is.")


def _agenda_item(desk: Desk, session: Session, before: AgendaItem | None, after: AgendaItem | None) -> None:
    from ctdild_desktop.registry.models import AgendaItemRow, DecisionRow

    _refuse_closed(desk, session, {one.meeting_id for one in (before, after) if one is not None})
    if after is not None and _taken(session, AgendaItemRow, after):
        raise RefusedError("This patient is on the agenda of this meeting already.")
    if before is None:
        return
    case = {"meeting_id": before.meeting_id, "patient_id": before.patient_id}
    moved = after is not None and replace(after, position=before.position, version=before.version) == before
    if not moved and _signed_cases(session, **case):
        raise RefusedError("The decision on this case is signed; its place on the agenda stays.")
    if after is None and _any(session, DecisionRow, **case):
        raise RefusedError("A decision on this case is recorded; remove the case with it.")


def _meeting(desk: Desk, session: Session, before: Meeting | None, after: Meeting | None) -> None:
    from ctdild_desktop.registry.models import AgendaItemRow

    if before is None:
        if after is not None and after.status == "closed":
            raise RefusedError("The minutes are signed when the meeting was held.")
        return
    if before.status == "closed":
        opened = after is not None and after.status != "closed"
        if after is None or not opened or _without(before, _MINUTES) != _without(after, _MINUTES):
            raise RefusedError(_CLOSED)
        return
    if (after is None or after.date != before.date) and _signed_cases(session, before.id):
        raise RefusedError(
            "A decision of this meeting is signed; the meeting is not removed and keeps its day."
        )
    if after is None and _any(session, AgendaItemRow, meeting_id=before.id):
        raise RefusedError("There are cases on the agenda of this meeting; remove them with it.")
    if after is not None and after.status == "closed":
        _refuse_unsigned(session, after.id)


def _taken(session: Session, row: type[Any], record: AgendaItem | Decision) -> bool:
    """Whether another live row has the place of a record: this patient at this meeting."""
    from sqlalchemy import select

    query = select(row.id).where(
        row.deleted_at.is_(None),
        row.meeting_id == record.meeting_id,
        row.patient_id == record.patient_id,
        row.id != record.id,
    )
    return session.execute(query.limit(1)).first() is not None


def _any(session: Session, row: type[Any], **which: str) -> bool:
    """Whether a live row is there with these values."""
    from sqlalchemy import select

    conditions = (getattr(row, name) == value for name, value in which.items())
    query = select(row.id).where(row.deleted_at.is_(None), *conditions).limit(1)
    return session.execute(query).first() is not None


def _template(_desk: Desk, session: Session, _before: Any, after: LetterTemplate | None) -> None:
    from sqlalchemy import select

    from ctdild_desktop.registry.models import LetterTemplateRow

    if after is None:
        return
    query = select(LetterTemplateRow.id).where(
        LetterTemplateRow.deleted_at.is_(None),
        LetterTemplateRow.kind == after.kind,
        LetterTemplateRow.id != after.id,
    )
    if session.execute(query.limit(1)).first() is not None:
        raise RefusedError("This letter was given another text meanwhile.")


def _saved_query(_desk: Desk, session: Session, _before: Any, after: SavedQuery | None) -> None:
    from sqlalchemy import select

    from ctdild_desktop.registry.models import SavedQueryRow

    if after is None:
        return
    query = select(SavedQueryRow.id).where(
        SavedQueryRow.deleted_at.is_(None),
        SavedQueryRow.name == after.name,
        SavedQueryRow.id != after.id,
    )
    if session.execute(query.limit(1)).first() is not None:
        raise RefusedError("Another question was saved by this name.")


def _refuse_unsigned(session: Session, meeting_id: str) -> None:
    """The minutes are signed when every case of the agenda is."""
    from sqlalchemy import select

    from ctdild_desktop.registry.models import AgendaItemRow, PatientRow

    query = (
        select(AgendaItemRow.patient_id)
        .join(PatientRow, PatientRow.id == AgendaItemRow.patient_id)
        .where(AgendaItemRow.meeting_id == meeting_id, AgendaItemRow.deleted_at.is_(None))
        .where(PatientRow.deleted_at.is_(None))
    )
    if not set(session.execute(query).scalars()) <= _signed_cases(session, meeting_id):
        raise RefusedError("A case of this meeting is neither signed nor put off to another meeting.")


def _signed_cases(session: Session, meeting_id: str, patient_id: str | None = None) -> set[str]:
    """The patients on whom a decision of a meeting is signed."""
    from sqlalchemy import select

    from ctdild_desktop.registry.models import DecisionRow

    query = select(DecisionRow.patient_id).where(
        DecisionRow.meeting_id == meeting_id,
        DecisionRow.deleted_at.is_(None),
        DecisionRow.signed_at.is_not(None),
    )
    if patient_id is not None:
        query = query.where(DecisionRow.patient_id == patient_id)
    return set(session.execute(query).scalars())


def _refuse_closed(desk: Desk, session: Session, meeting_ids: set[str]) -> None:
    for meeting_id in meeting_ids:
        meeting = desk.store.current(session, Meeting, meeting_id).value
        if meeting is None:
            raise RefusedError("This meeting is no longer in the registry.")
        if meeting.status == "closed":
            raise RefusedError(_CLOSED)


_RULES: Mapping[type[Any], Callable[[Desk, Session, Any, Any], None]] = {
    Decision: _decision,
    Action: _action,
    AgendaItem: _agenda_item,
    Meeting: _meeting,
    LetterTemplate: _template,
    SavedQuery: _saved_query,
}
