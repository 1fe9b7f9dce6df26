"""What is due of the patient in sight: the rows of the work list that are not news, and the next meeting.

The due rules take a moment; a screen asks for this beside its work and shows the patient before.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from ctdild_desktop.registry.models import AgendaItemRow, MeetingRow
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.due import left_by
from ctdild_desktop.services.today_drafts import kept_of
from ctdild_desktop.services.today_rows import Group, TodayRow, reasons_of

_TO_COME = ("planned", "locked")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDue:
    """What is to be done about one patient, the most urgent first."""

    patient_id: str
    rows: tuple[TodayRow, ...] = ()
    following: tuple[dt.date, str] | None = None
    """The next day on which something may be done that is not due yet, and what."""
    left: str = ""
    """``died`` or ``withdrawn``: nothing is asked of who is no longer followed."""
    meeting: dt.date | None = None
    """The next meeting on whose agenda the patient is."""


@for_everybody
def due_of(desk: Desk, patient_id: str) -> PatientDue | None:
    """What is due of a patient today; None when there is no such patient (any more)."""
    today = desk.today()
    with desk.registry.read() as session:
        record = desk.store.load(session, patient_id)
        if record is None:
            return None
        drafts = kept_of(desk, session, (patient_id,)).get(patient_id, ())
        meeting = session.scalar(
            select(MeetingRow.date)
            .join(AgendaItemRow, AgendaItemRow.meeting_id == MeetingRow.id)
            .where(
                AgendaItemRow.patient_id == patient_id,
                AgendaItemRow.deleted_at.is_(None),
                MeetingRow.deleted_at.is_(None),
                MeetingRow.status.in_(_TO_COME),
                MeetingRow.date >= today,
            )
            .order_by(MeetingRow.date)
            .limit(1)
        )
    found = reasons_of(record, today, drafts=drafts)
    return PatientDue(
        patient_id=patient_id,
        rows=tuple(row for row in found.rows if row.group is not Group.PROGRESSION),
        following=found.following,
        left=left_by(record, today),
        meeting=meeting,
    )
