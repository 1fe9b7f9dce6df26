"""The meetings of the team: when they are, who takes part, what is on their agenda and how far each case is.

A meeting is about no patient; its cases are. Acts on the agenda are in :mod:`services.agenda`, those on what
was decided in :mod:`services.decisions`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_mdt import check_meeting
from ctdild_desktop.clinical.records import Action, AgendaItem, Decision, Meeting
from ctdild_desktop.language import say
from ctdild_desktop.services.acts import (
    Add,
    Amend,
    Remove,
    Step,
    new_issues,
    perform,
    refuse_issues,
    standing,
    with_id,
)
from ctdild_desktop.services.cases import MATERIAL, Case, Counts, cases_of, counts, lacking, written_of
from ctdild_desktop.services.desk import (
    LEADING,
    Desk,
    Done,
    RefusedError,
    StaleError,
    for_everybody,
    requires,
)

__all__ = [
    "MATERIAL",
    "Case",
    "MeetingLine",
    "MeetingView",
    "Quorum",
    "amend_meeting",
    "case_of",
    "case_steps",
    "check",
    "close_meeting",
    "lacking",
    "meeting_of",
    "meeting_view",
    "meetings",
    "named",
    "on_day",
    "plan_meeting",
    "quorum_of",
    "remove_meeting",
    "reopen_meeting",
]

_PLANNING = "planning meetings"
_GONE = "This meeting is no longer in the registry."


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether enough of the team take part, and the roles of which nobody does, in words."""

    met: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One meeting in the list: how many cases it has, how many are signed and how many lack something."""

    meeting: Meeting
    cases: int
    signed: int
    not_ready: int


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting with its cases in order."""

    meeting: Meeting
    cases: tuple[Case, ...]
    quorum: Quorum


def quorum_of(meeting: Meeting) -> Quorum:
    """Whether everybody whom the meeting's own rule asks for takes part, in the room or from elsewhere."""
    there = {one.role for one in meeting.attendees if one.presence != "apology"}
    missing = tuple(codes.label("attendee_role", role) for role in meeting.quorum_rule if role not in there)
    return Quorum(not missing, missing)


def named(meeting: Meeting) -> str:
    """``meeting 12.03.2026``."""
    return say("meeting {date}", date=wording.day(meeting.date))


@for_everybody
def meetings(desk: Desk) -> tuple[MeetingLine, ...]:
    """Every meeting, planned ones too, the newest first."""
    with desk.registry.read() as session:
        found: tuple[Meeting, ...] = desk.store.many(session, Meeting)
        counted = counts(desk, session)
    lines = ((meeting, counted.get(meeting.id, Counts())) for meeting in reversed(found))
    return tuple(MeetingLine(meeting, one.cases, one.signed, one.not_ready) for meeting, one in lines)


@for_everybody
def on_day(desk: Desk, day: dt.date) -> tuple[Meeting, ...]:
    """The meetings of a day, by their beginning."""
    from ctdild_desktop.registry.models import MeetingRow

    with desk.registry.read() as session:
        return desk.store.many(session, Meeting, MeetingRow.date == day)


@for_everybody
def meeting_of(desk: Desk, meeting_id: str) -> Meeting:
    """One meeting.

    Raises:
        RefusedError: it is not there any more.
    """
    with desk.registry.read() as session:
        found: Meeting | None = desk.store.current(session, Meeting, meeting_id).value
    if found is None:
        raise RefusedError(_GONE)
    return found


@for_everybody
def meeting_view(desk: Desk, meeting_id: str) -> MeetingView:
    """A meeting with its cases, what was decided on each and what is to be done.

    Raises:
        RefusedError: the meeting is not there any more.
    """
    with desk.registry.read() as session:
        found: Meeting | None = desk.store.current(session, Meeting, meeting_id).value
        if found is None:
            raise RefusedError(_GONE)
        cases = cases_of(desk, session, found)
    return MeetingView(found, cases, quorum_of(found))


@for_everybody
def case_of(desk: Desk, item_id: str) -> tuple[Meeting, Case]:
    """One case with its meeting.

    Raises:
        RefusedError: the case is on no agenda any more.
    """
    with desk.registry.read() as session:
        item = desk.store.current(session, AgendaItem, item_id).value
    if item is not None:
        view = meeting_view(desk, item.meeting_id)
        for case in view.cases:
            if case.item.id == item_id:
                return view.meeting, case
    raise RefusedError("This case is not on an agenda any more.")


def check(draft: Meeting, others: Sequence[Meeting], today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about a meeting; ``others`` are those of :func:`on_day`; pure, for the form."""
    return check_meeting(draft, others, today)


@requires(*LEADING, doing=_PLANNING)
def plan_meeting(desk: Desk, meeting: Meeting, *, confirmed: Collection[str] = ()) -> Done[Meeting]:
    """Add a meeting, one to come or one that was held.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    value = replace(with_id(meeting), minutes_signed_by="", minutes_signed_at=None)
    refuse_issues(check(value, on_day(desk, value.date), desk.today()), confirmed)
    name = named(value)
    return _done(desk, value.id, (Add(value),), label=name, text="Saved {name}.")


@requires(*LEADING, doing=_PLANNING)
def amend_meeting(
    desk: Desk, meeting: Meeting, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[Meeting]:
    """Replace a meeting; what is written on its cases and not signed goes with it to another day.

    Raises:
        StaleError: somebody else changed it meanwhile.
        RefusedError: carries the issues, or a signature covers what would change; nothing was saved.
    """
    saved = _saved(desk, meeting)
    value = replace(
        meeting,
        minutes_signed_by=saved.minutes_signed_by,
        minutes_signed_at=saved.minutes_signed_at,
    )
    if saved.status != "closed" and value.status == "closed":
        raise RefusedError("The minutes are signed by an act of its own.")
    today = desk.today()
    issues = new_issues(
        check(value, on_day(desk, value.date), today), check(saved, on_day(desk, saved.date), today)
    )
    refuse_issues(issues, confirmed)
    steps: list[Step] = [Amend(value)]
    if value.date != saved.date:
        steps += [Amend(replace(one, date=value.date)) for one in _decisions(desk, meeting.id)]
    name = named(value)
    return _done(
        desk,
        value.id,
        steps,
        label=say("change of {name}", name=name),
        name=name,
        text="Changed {name}.",
        reason=reason,
    )


@requires(*LEADING, doing=_PLANNING)
def remove_meeting(desk: Desk, meeting_id: str, reason: str) -> Done[Meeting]:
    """Void a meeting with its agenda and what is written on its cases, those of removed patients, too; undo
    brings all of it back.

    Raises:
        RefusedError: no reason is given, or a decision of the meeting is signed.
    """
    if not reason.strip():
        raise RefusedError("Say why this is removed.")
    view = meeting_view(desk, meeting_id)
    if view.meeting.status == "closed":
        raise RefusedError("The minutes of this meeting are signed; nothing of it is changed any more.")
    with desk.registry.read() as session:
        items, decided, actions = written_of(desk, session, meeting_id)
    if any(decision.signed for decision in decided):
        raise RefusedError(
            "A decision of this meeting is signed; the meeting is not removed and keeps its day."
        )
    written: tuple[Action | Decision | AgendaItem, ...] = (*actions, *decided, *items)
    steps = [Remove(type(one), one.id, one.version) for one in written]
    name = named(view.meeting)
    return _done(
        desk,
        meeting_id,
        (*steps, Remove(Meeting, meeting_id, view.meeting.version)),
        label=say("removal of {name}", name=name),
        name=name,
        text="Removed {name}.",
        reason=reason.strip(),
        value=view.meeting,
    )


@requires(*LEADING, doing="signing the minutes")
def close_meeting(desk: Desk, meeting_id: str) -> Done[Meeting]:
    """Sign the minutes: nothing of the meeting and its agenda is changed after it; undo opens them again.

    Raises:
        RefusedError: the day has not come, or a case is neither signed nor put off to another meeting.
    """
    saved = meeting_of(desk, meeting_id)
    if saved.status == "closed":
        raise RefusedError("The minutes of this meeting are signed already.")
    if saved.date > desk.today():
        raise RefusedError("The day of the meeting has not come yet.")
    value = replace(saved, status="closed", minutes_signed_by=desk.login, minutes_signed_at=desk.clock())
    name = say("minutes of the {name}", name=named(saved))
    return _done(
        desk,
        meeting_id,
        (Amend(value),),
        label=say("signing the {name}", name=name),
        name=name,
        text="Signed the {name}.",
    )


@requires(*LEADING, doing="signing the minutes")
def reopen_meeting(desk: Desk, meeting_id: str, reason: str) -> Done[Meeting]:
    """Open signed minutes again, with the reason.

    Raises:
        RefusedError: no reason is given, or the minutes are not signed.
    """
    if not reason.strip():
        raise RefusedError("Say why this is opened again.")
    saved = meeting_of(desk, meeting_id)
    if saved.status != "closed":
        raise RefusedError("The minutes of this meeting are not signed.")
    name = say("minutes of the {name}", name=named(saved))
    return _done(
        desk,
        meeting_id,
        (Amend(replace(saved, status="held", minutes_signed_by="", minutes_signed_at=None)),),
        label=say("opening of the {name}", name=name),
        name=name,
        text="Opened the {name} again.",
        reason=reason.strip(),
    )


def case_steps(case: Case) -> tuple[Step, ...]:
    """The steps that void a case with what is written on it."""
    steps: list[Step] = [Remove(Action, one.id, one.version) for one in case.actions]
    if case.decision is not None:
        steps.append(Remove(Decision, case.decision.id, case.decision.version))
    return (*steps, Remove(AgendaItem, case.item.id, case.item.version))


def _decisions(desk: Desk, meeting_id: str) -> tuple[Decision, ...]:
    from ctdild_desktop.registry.models import DecisionRow

    with desk.registry.read() as session:
        return desk.store.many(session, Decision, DecisionRow.meeting_id == meeting_id)


def _saved(desk: Desk, mine: Meeting) -> Meeting:
    """What the registry has of the meeting that somebody changes."""
    found = standing(desk, Meeting, mine.id)
    if found is None:
        raise RefusedError(_GONE)
    if found.value is None:
        raise StaleError(
            say("This meeting was removed by {who}; your change was not saved.", who=found.changed_by),
            mine=mine,
            theirs=None,
            changed_by=found.changed_by,
            changed_at=found.changed_at,
        )
    saved: Meeting = found.value
    return saved


def _done(
    desk: Desk,
    meeting_id: str,
    steps: Sequence[Step],
    *,
    label: str,
    text: str,
    name: str = "",
    reason: str = "",
    value: Meeting | None = None,
) -> Done[Meeting]:
    """Do the steps of an act on a meeting, which is about no single patient."""

    def kept(_record: Any) -> Meeting | None:
        found = standing(desk, Meeting, meeting_id)
        return value if found is None or found.value is None else found.value

    return perform(
        desk,
        None,
        steps,
        label=label,
        value=kept,
        say=lambda _before, _after: say(text, name=name or label),
        reason=reason,
    )
