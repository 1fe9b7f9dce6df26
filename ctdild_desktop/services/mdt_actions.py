"""What somebody has to do after a decision of the team: until when, and whether it was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from ctdild_desktop.clinical.issues import refused
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_mdt import check_action
from ctdild_desktop.clinical.records import Action, Decision, PatientRecord
from ctdild_desktop.language import marked, say
from ctdild_desktop.services import entries
from ctdild_desktop.services.acts import Amend, find_in, new_issues, patient_of, perform, refuse_issues
from ctdild_desktop.services.desk import RECORDING, Desk, Done, RefusedError, requires


def check(action: Action, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about an action, hard and soft; pure, for the form's live feedback."""
    decision = find_in(record, Decision, action.decision_id)
    if decision is None:
        text = "The decision of this action is no longer in the registry."
        return (refused("decision_id", "MISSING", text),)
    return check_action(action, decision, today)


def _name(action: Action) -> str:
    return say("action {what}", what=action.what)


_ACTION = entries.Noun(Action, _name, check)


@requires(*RECORDING)
def add_action(desk: Desk, action: Action, *, confirmed: Collection[str] = ()) -> Done[Action]:
    """Add what is to be done to a decision, signed or not.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    patient_id, _record = patient_of(desk, Decision, action.decision_id)
    return entries.keep(desk, _ACTION, patient_id, action, confirmed)


@requires(*RECORDING)
def amend_action(
    desk: Desk, action: Action, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[Action]:
    """Replace an action; raises StaleError when somebody else changed it meanwhile."""
    return entries.amend(desk, _ACTION, action, confirmed, reason)


@requires(*RECORDING)
def finish_action(
    desk: Desk, action_id: str, day: dt.date, *, confirmed: Collection[str] = ()
) -> Done[Action]:
    """Record that an action was done, and on which day.

    Raises:
        RefusedError: it is not open, or carries the issues.
    """
    changes = {"status": "done", "done_date": day}
    return _closed(desk, action_id, changes, marked("Done: {what}."), confirmed=confirmed)


@requires(*RECORDING)
def cancel_action(desk: Desk, action_id: str, reason: str) -> Done[Action]:
    """Record that an action will not be done, and why; the reason is added to its note.

    Raises:
        RefusedError: no reason is given, or it is not open.
    """
    if not reason.strip():
        raise RefusedError("Say why this is cancelled.")
    return _closed(
        desk, action_id, {"status": "cancelled"}, marked("Cancelled: {what}."), reason=reason.strip()
    )


def _closed(
    desk: Desk,
    action_id: str,
    changes: Mapping[str, Any],
    text: str,
    *,
    confirmed: Collection[str] = (),
    reason: str = "",
) -> Done[Action]:
    """Change an open action so that nothing is to be done any more; a reason is added to its note."""
    patient_id, record = patient_of(desk, Action, action_id)
    action = find_in(record, Action, action_id)
    if action is None:
        raise RefusedError("This record is no longer in the registry.")
    if action.status != "open":
        raise RefusedError("This action is not open any more.")
    note = "\n".join(filter(None, (action.note.strip(), reason)))
    value, today = replace(action, note=note, **changes), desk.today()
    refuse_issues(new_issues(check(value, record, today), check(action, record, today)), confirmed)
    return perform(
        desk,
        patient_id,
        (Amend(value),),
        label=say("change of {name}", name=_name(action)),
        value=lambda after: find_in(after, Action, action_id),
        say=lambda _before, _after: say(text, what=action.what),
        reason=reason,
    )
