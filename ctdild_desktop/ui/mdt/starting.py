"""What a sheet of the room begins from, read from the registry; called away from the main thread."""

from __future__ import annotations

from collections.abc import Sequence

from ctdild_desktop.clinical.records import AgendaItem, Meeting
from ctdild_desktop.language import say
from ctdild_desktop.services import meetings, patients, texts
from ctdild_desktop.services.desk import Desk, RefusedError
from ctdild_desktop.services.suggestions import Suggestion
from ctdild_desktop.ui.mdt.case_sheet import CaseStart


def coming(desk: Desk) -> tuple[Meeting, ...]:
    """The meetings whose agenda is open, the next one first."""
    found = [line.meeting for line in meetings.meetings(desk)]
    today = desk.today()
    open_ones = [one for one in found if one.status in ("planned", "locked") and one.date >= today]
    return tuple(sorted(open_ones, key=lambda one: (one.date, one.starts)))


def new_case(
    desk: Desk, patient_id: str, meeting: Meeting | None = None, suggested: Suggestion | None = None
) -> CaseStart:
    """A case that is to be put on the agenda of a meeting, or of one of those to come.

    Raises:
        RefusedError: no meeting is planned, or the patient is on the agenda already.
    """
    listed = (meeting,) if meeting is not None else coming(desk)
    if not listed:
        raise RefusedError(say("No meeting is planned. Plan one in the MDT room (Ctrl+3)."))
    record = patients.load(desk, patient_id)
    items = tuple(case.item for one in listed for case in meetings.meeting_view(desk, one.id).cases)
    taken = {item.meeting_id for item in items if item.patient_id == patient_id}
    free = tuple(one for one in listed if one.id not in taken)
    if not free:
        raise RefusedError(say("This patient is on the agenda already."))
    return CaseStart(
        record=record,
        name=texts.display_name(record.patient) or record.patient.mrn,
        identity=texts.identity(record.patient, desk.today()),
        meetings=free,
        others=items,
        question=suggested.question if suggested is not None else "",
        reasons=suggested.reasons if suggested is not None else (),
    )


def case_to_come(desk: Desk, patient_id: str) -> tuple[Meeting, AgendaItem] | None:
    """The case of a patient on the next meeting where one stands and is not signed, with the meeting."""
    for meeting in coming(desk):
        for case in meetings.meeting_view(desk, meeting.id).cases:
            if case.item.patient_id == patient_id and not case.signed:
                return meeting, case.item
    return None


def saved_case(desk: Desk, item_id: str) -> CaseStart:
    """A case that is on an agenda.

    Raises:
        RefusedError: it is not there any more.
    """
    meeting, case = meetings.case_of(desk, item_id)
    record = patients.load(desk, case.item.patient_id)
    others: Sequence[meetings.Case] = meetings.meeting_view(desk, meeting.id).cases
    return CaseStart(
        record=record,
        name=case.name,
        identity=case.identity,
        meetings=(meeting,),
        others=tuple(one.item for one in others),
        saved=case.item,
    )
