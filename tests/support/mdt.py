"""Invented meetings of the team for tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from ctdild_desktop.clinical.records import Action, AgendaItem, Attendee, Meeting, Patient, PatientRecord
from ctdild_desktop.services import agenda, decisions, meetings
from ctdild_desktop.services.desk import Desk
from tests.support import holloway
from tests.support.desks import fill

ID = holloway.patient().id
SECOND, THIRD = "b" * 32, "c" * 32
DAY = holloway.TODAY
ACTION = Action(id="", decision_id="", what="Repeat FVC and DLCO", owner="Clinic", due=dt.date(2026, 6, 1))
TEAM = (
    Attendee(name="R. Amsel", role="respiratory"),
    Attendee(name="T. Specht", role="radiology", presence="remote"),
    Attendee(name="A. Falke", role="rheumatology", presence="apology"),
)


def people() -> tuple[PatientRecord, ...]:
    """The patient of the full history without drugs and events, and two of whom little is known."""
    others = (
        Patient(id=SECOND, mrn="N-2", family_name="Berg", given_name="Nora"),
        Patient(id=THIRD, mrn="N-3"),
    )
    known = replace(holloway.record(), therapy=(), adverse_events=())
    return (known, *(PatientRecord(patient=one) for one in others))


def meeting(month: int = 3, day: int = 12, **values: Any) -> Meeting:
    """A meeting of 2026."""
    made = Meeting(id="", date=dt.date(2026, month, day), starts="14:00", kind="ild_mdt")
    return replace(made, **values)


def agenda_item(of: Meeting, patient_id: str = ID, **values: Any) -> AgendaItem:
    """A case that is put at the end of an agenda."""
    made = AgendaItem(
        id="", meeting_id=of.id, patient_id=patient_id, position=0, question="Has the lung got worse?"
    )
    return replace(made, **values)


def planned(
    desk: Desk, *patient_ids: str, on: Meeting | None = None
) -> tuple[Meeting, tuple[AgendaItem, ...]]:
    """A meeting of today with these cases, in a registry that holds :func:`people`."""
    fill(desk, *people())
    made = meetings.plan_meeting(desk, on or meeting(attendees=TEAM)).value
    items = [agenda.add_to_agenda(desk, agenda_item(made, one)).value for one in patient_ids or (ID,)]
    return made, tuple(items)


def treated(desk: Desk) -> None:
    """Add the drugs and events of the full history, which :func:`people` leaves out."""
    whole = holloway.record()
    with desk.registry.write(desk.login, "test data") as session:
        desk.store.insert_many(session, ID, (*whole.therapy, *whole.adverse_events))


def written(desk: Desk, item: AgendaItem, *actions: Action, **values: Any) -> Any:
    """The decision on a case as a person would write it, kept and not signed."""
    said = {"team_verdict": "progressing", "recommendation": "Discuss at the next clinic."}
    draft = replace(decisions.draft_decision(desk, item.id), **{**said, **values})
    return decisions.keep_decision(desk, draft, actions).value
