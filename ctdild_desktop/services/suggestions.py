"""Who might be discussed at a meeting: those of whom there is news since the team spoke of them last.

A suggestion says what is recorded; whether it is a question for the team, people decide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.due import Met
from ctdild_desktop.clinical.plausibility_mdt import QUESTION
from ctdild_desktop.clinical.records import Action, AgendaItem, Decision, Meeting, Patient, PatientRecord
from ctdild_desktop.language import say
from ctdild_desktop.services import texts
from ctdild_desktop.services.cases import people_of
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.due import left_by
from ctdild_desktop.services.lately import lately_of, of_everybody
from ctdild_desktop.services.meetings import meeting_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One patient who is not on the agenda, why the team might want to speak of them, and a question."""

    patient_id: str
    name: str
    identity: str
    reasons: tuple[str, ...]
    question: str
    """A proposal for the form."""


@dataclass(slots=True)
class _News:
    """What is recorded of one patient that bears on a discussion."""

    met: Sequence[Met] = ()
    last: Decision | None = None
    open: list[Action] = field(default_factory=list)


@for_everybody
def suggestions(desk: Desk, meeting_id: str) -> tuple[Suggestion, ...]:
    """Who might be put on the agenda of a meeting, those with most reasons first.

    Left out is who is on this agenda or on that of another meeting to come, and who is not followed any more.

    Raises:
        RefusedError: the meeting is not there any more.
    """
    day = meeting_of(desk, meeting_id).date
    with desk.registry.read() as session:
        news = _news(desk, session, day)
        reasons = {one: tuple(_reasons(found, day)) for one, found in news.items()}
        told = {one for one, said in reasons.items() if said} - _on_agendas(desk, session, meeting_id)
        people = people_of(desk, session, told)
    followed = [one for one in people.values() if not left_by(PatientRecord(patient=one), day)]
    made = [_suggested(patient, reasons[patient.id], day) for patient in followed]
    return tuple(sorted(made, key=lambda one: (-len(one.reasons), one.name.casefold(), one.patient_id)))


def _suggested(patient: Patient, reasons: Sequence[tuple[str, str]], day: dt.date) -> Suggestion:
    return Suggestion(
        patient.id,
        texts.display_name(patient) or patient.mrn,
        texts.identity(patient, day),
        tuple(reason for reason, _question in reasons),
        reasons[0][1][:QUESTION],
    )


def _news(desk: Desk, session: Session, day: dt.date) -> dict[str, _News]:
    from ctdild_desktop.registry.models import ActionRow, DecisionRow

    known = of_everybody(desk, session, day)
    everybody = [one for chunk in desk.store.cells(session, Patient, ("id",)) for (one,) in chunk]
    news = {one: _News() for one in everybody}
    for one, (lately, _turn) in known.items():
        if one in news:
            news[one].met = lately.met
    for record in desk.store.load_many(session, [one for one in everybody if one not in known]):
        news[record.patient.id].met = lately_of(record, day).met
    decided = desk.store.many(session, Decision, DecisionRow.date <= day, whole=False)
    patient_of = {one.id: one.patient_id for one in decided if one.patient_id in news}
    for decision in decided:  # the latest comes last
        if decision.id in patient_of:
            news[decision.patient_id].last = decision
    for action in desk.store.many(session, Action, ActionRow.status == "open"):
        if action.decision_id in patient_of:
            news[patient_of[action.decision_id]].open.append(action)
    return news


def _reasons(news: _News, day: dt.date) -> Iterator[tuple[str, str]]:
    """Each reason with the question that it raises."""
    since = news.last.date if news.last is not None else dt.date.min
    latest = {met.criterion: met for met in news.met if met.newly and met.date > since}
    for met in sorted(latest.values(), key=lambda one: one.date, reverse=True):
        reason = say("{title}: newly MET on {date}", title=met.title, date=wording.day(met.date))
        yield reason, say("Is the lung disease progressing? {reason}", reason=reason)
    following = news.last.next_date if news.last is not None else None
    if news.last is not None and following is not None and following.earliest <= day:
        yield (
            say("next discussion: {date}", date=wording.partial(following)),
            say(
                "Next discussion after {date}: {question}",
                date=wording.day(since),
                question=news.last.question,
            ),
        )
    for action in news.open:
        if action.due is not None and action.due < day:
            reason = say("overdue since {date}: {what}", date=wording.day(action.due), what=action.what)
            yield reason, say("What became of the action? {reason}", reason=reason)


def _on_agendas(desk: Desk, session: Session, meeting_id: str) -> set[str]:
    """Who is on this agenda, or on that of another meeting to come."""
    from ctdild_desktop.registry.models import AgendaItemRow, MeetingRow

    to_come = desk.store.many(session, Meeting, MeetingRow.status.in_(("planned", "locked")))
    ids = {meeting_id, *(one.id for one in to_come if one.date >= desk.today())}
    items: tuple[AgendaItem, ...] = desk.store.many(session, AgendaItem, AgendaItemRow.meeting_id.in_(ids))
    return {item.patient_id for item in items}
