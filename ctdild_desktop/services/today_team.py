"""Rows of the work list that follow from the team's decisions: what somebody has to do, and whom to discuss
again. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.records import Action, PatientRecord
from ctdild_desktop.language import say
from ctdild_desktop.services.today_rows import Group, Person, Place, State, TodayRow


def team_rows(record: PatientRecord, person: Person, as_of: dt.date) -> Iterator[TodayRow]:
    """What is open after the meetings up to a day."""
    for action in record.actions:
        if action.status == "open":
            yield action_row(action, person, as_of)
    yield from _discussion(record, person, as_of)


def action_row(action: Action, person: Person, as_of: dt.date) -> TodayRow:
    """What somebody has to do after a meeting."""
    overdue = (as_of - action.due).days if action.due is not None else 0
    state = State.OVERDUE if overdue > 0 else State.DUE if action.due == as_of else State.OPEN
    return TodayRow(
        person=person,
        group=Group.ACTIONS,
        key=f"action {action.id}",
        reason=f"{action.what} ({action.owner})" if action.owner else action.what,
        state=state,
        place=Place.MDT,
        record_id=action.id,
        opens=action.due,
        due=action.due,
        days=max(overdue, 0),
        ask=action.what,
        rests_on=f"{action.what} {action.due}",
    )


def _discussion(record: PatientRecord, person: Person, as_of: dt.date) -> Iterator[TodayRow]:
    """The day has come that the latest decision names for the next discussion."""
    signed = [one for one in record.decisions if one.signed and one.date <= as_of]
    if not signed or (named := signed[-1].next_date) is None or named.earliest > as_of:
        return
    if any(one.date > signed[-1].date for one in record.decisions):
        return
    overdue = (as_of - named.latest).days
    yield TodayRow(
        person=person,
        group=Group.ACTIONS,
        key=f"discussion {signed[-1].id}",
        reason=say(
            "To be discussed again: {named}, after the meeting {date}",
            named=wording.partial(named),
            date=wording.day(signed[-1].date),
        ),
        state=State.OVERDUE if overdue > 0 else State.OPEN,
        place=Place.PATIENT,
        opens=named.earliest,
        due=named.latest,
        days=max(overdue, 0),
        ask=say("to be discussed again"),
        rests_on=f"{signed[-1].id} {named}",
    )
