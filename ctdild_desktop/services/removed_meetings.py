"""Meetings that were removed, and bringing them back with everything that went with them."""

from __future__ import annotations

from ctdild_desktop.clinical.records import Action, AgendaItem, Decision, Meeting
from ctdild_desktop.language import say
from ctdild_desktop.services.acts import Restore, Step, perform, standing
from ctdild_desktop.services.desk import LEADING, Desk, Done, RefusedError, for_everybody, requires
from ctdild_desktop.services.meetings import named


@for_everybody
def removed_meetings(desk: Desk) -> tuple[Meeting, ...]:
    """The meetings that were removed, the newest first."""
    from ctdild_desktop.registry.models import MeetingRow

    with desk.registry.read() as session:
        rows = session.query(MeetingRow.id).where(MeetingRow.deleted_at.is_not(None)).all()
        found = [desk.store.removed(session, Meeting, row.id) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.date, one.starts), reverse=True))


@requires(*LEADING, doing="planning meetings")
def restore_meeting(desk: Desk, meeting_id: str) -> Done[Meeting]:
    """Bring a removed meeting back with everything that was removed with it.

    Raises:
        RefusedError: it is not removed any more.
    """
    from ctdild_desktop.registry.models import ActionRow, AgendaItemRow, DecisionRow, MeetingRow

    with desk.registry.read() as session:
        gone = session.get(MeetingRow, meeting_id)
        if gone is None or gone.deleted_at is None:
            raise RefusedError("This meeting is not removed any more.")
        steps: list[Step] = [Restore(Meeting, meeting_id)]
        cases = session.query(DecisionRow.id).where(DecisionRow.meeting_id == meeting_id)
        for kind, row, which in (
            (AgendaItem, AgendaItemRow, AgendaItemRow.meeting_id == meeting_id),
            (Decision, DecisionRow, DecisionRow.meeting_id == meeting_id),
            (Action, ActionRow, ActionRow.decision_id.in_(cases.scalar_subquery())),
        ):
            together = session.query(row.id).where(which, row.deleted_at == gone.deleted_at)
            steps += [Restore(kind, found.id) for found in together]
        name = named(desk.store.removed(session, Meeting, meeting_id))
    return perform(
        desk,
        None,
        steps,
        label=say("restoring of {name}", name=name),
        value=lambda _record: _standing(desk, meeting_id),
        say=lambda _before, _after: say("Restored {name}.", name=name),
    )


def _standing(desk: Desk, meeting_id: str) -> Meeting | None:
    found = standing(desk, Meeting, meeting_id)
    return None if found is None else found.value
