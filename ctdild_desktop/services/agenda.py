"""The agenda of a meeting: who is discussed, with which question, in which order, and what is ready."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_mdt import check_agenda_item
from ctdild_desktop.clinical.records import AgendaItem, Meeting, Patient, PatientRecord
from ctdild_desktop.language import say
from ctdild_desktop.services import texts
from ctdild_desktop.services.acts import (
    Add,
    Amend,
    Step,
    new_issues,
    perform,
    record_of,
    refuse_issues,
    standing,
    with_id,
)
from ctdild_desktop.services.desk import LEADING, RECORDING, Desk, Done, RefusedError, requires
from ctdild_desktop.services.meetings import (
    MeetingView,
    case_of,
    case_steps,
    meeting_view,
    named,
)

_FRESH_MONTHS = {"pft": 3, "hrct": 12}
"""How old lung function and a scan may be at a meeting; decisions of the registry."""
_NO_TISSUE = frozenset({"bal", "none"})


def material(record: PatientRecord, day: dt.date) -> dict[str, bool | None]:
    """What of the material is recorded and recent enough on a day; pure, as a proposal for the form.

    Pathology is None unless a biopsy is recorded: nobody has to wait for it.
    """
    since = {name: add_months(day, -months) for name, months in _FRESH_MONTHS.items()}
    biopsies = [one for one in record.procedures if one.kind not in _NO_TISSUE and one.date.earliest <= day]
    return {
        "pft": any(since["pft"] <= test.date <= day for test in record.tests if not test.excluded),
        "hrct": any(since["hrct"] <= scan.date <= day for scan in record.hrct),
        "serology": any(one.date.earliest <= day for one in record.serology)
        or any(view.antibodies for view in record.diagnoses if view.date.earliest <= day),
        "pathology": any(one.biopsy_pattern is not None for one in biopsies) if biopsies else None,
    }


def check(
    draft: AgendaItem, meeting: Meeting, patient: Patient, others: Sequence[AgendaItem]
) -> tuple[Issue, ...]:
    """Everything implausible about a place on the agenda; pure, for the form's live feedback."""
    return check_agenda_item(draft, meeting, patient, others)


def _others(view: MeetingView) -> tuple[AgendaItem, ...]:
    return tuple(case.item for case in view.cases)


def _named(patient: Patient, meeting: Meeting) -> str:
    return say(
        "case {name} of the {meeting}",
        name=texts.display_name(patient) or patient.mrn,
        meeting=named(meeting),
    )


@requires(*RECORDING)
def add_to_agenda(desk: Desk, item: AgendaItem, *, confirmed: Collection[str] = ()) -> Done[AgendaItem]:
    """Put a patient on the agenda of a meeting; with position 0 at its end.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    view, patient = meeting_view(desk, item.meeting_id), record_of(desk, item.patient_id).patient
    last = max((one.position for one in _others(view)), default=0)
    value = replace(with_id(item), position=item.position or last + 1)
    refuse_issues(check(value, view.meeting, patient, _others(view)), confirmed)
    name = _named(patient, view.meeting)
    return _done(desk, value, (Add(value),), label=name, message=say("Saved {name}.", name=name))


@requires(*RECORDING)
def amend_agenda_item(
    desk: Desk, item: AgendaItem, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[AgendaItem]:
    """Replace a place on the agenda.

    Raises:
        StaleError: somebody else changed it meanwhile.
        RefusedError: carries the issues, or the case is signed; nothing was saved.
    """
    meeting, case = case_of(desk, item.id)
    if (item.meeting_id, item.patient_id) != (meeting.id, case.item.patient_id):
        raise RefusedError("A case keeps its patient; it is put off to another meeting by an act of its own.")
    others = _others(meeting_view(desk, meeting.id))
    patient = record_of(desk, item.patient_id).patient
    issues = new_issues(check(item, meeting, patient, others), check(case.item, meeting, patient, others))
    refuse_issues(issues, confirmed)
    name = _named(patient, meeting)
    return _done(
        desk,
        item,
        (Amend(item),),
        label=say("change of {name}", name=name),
        message=say("Changed {name}.", name=name),
        reason=reason,
    )


@requires(*RECORDING)
def remove_from_agenda(desk: Desk, item_id: str, reason: str) -> Done[AgendaItem]:
    """Take a case off the agenda with what is written on it and not signed; undo brings all of it back.

    Raises:
        RefusedError: no reason is given, or the case is signed.
    """
    if not reason.strip():
        raise RefusedError("Say why this is removed.")
    meeting, case = case_of(desk, item_id)
    if case.signed:
        raise RefusedError("The decision on this case is signed; its place on the agenda stays.")
    patient = record_of(desk, case.item.patient_id).patient
    name = _named(patient, meeting)
    return _done(
        desk,
        case.item,
        case_steps(case),
        label=say("removal of {name}", name=name),
        message=say("Removed {name}.", name=name),
        reason=reason.strip(),
    )


@requires(*LEADING, doing="ordering an agenda")
def order_agenda(desk: Desk, meeting_id: str, item_ids: Sequence[str]) -> Done[tuple[AgendaItem, ...]]:
    """Put the cases of a meeting into this order.

    Args:
        item_ids: every case of the agenda, each once.

    Raises:
        RefusedError: another desk put a case on the agenda or took one off meanwhile.
    """
    view = meeting_view(desk, meeting_id)
    items = {case.item.id: case.item for case in view.cases}
    if sorted(item_ids) != sorted(items):
        raise RefusedError("The agenda was changed meanwhile; look at it before you order it again.")
    steps: list[Step] = [
        Amend(replace(items[one], position=place))
        for place, one in enumerate(item_ids, 1)
        if items[one].position != place
    ]
    if not steps:
        raise RefusedError("The agenda is in this order already.")
    name = say("order of the agenda of the {meeting}", meeting=named(view.meeting))
    return perform(
        desk,
        None,
        steps,
        label=name,
        value=lambda _record: _others(meeting_view(desk, meeting_id)),
        say=lambda _before, _after: say("Changed {name}.", name=name),
    )


@requires(*LEADING, doing="putting a case off")
def put_off(
    desk: Desk, item_id: str, to_meeting_id: str, *, confirmed: Collection[str] = ()
) -> Done[AgendaItem]:
    """Carry a case to the end of the agenda of another meeting, with what is written on it.

    Raises:
        RefusedError: the case is signed, or the patient is on that agenda already.
    """
    meeting, case = case_of(desk, item_id)
    target = meeting_view(desk, to_meeting_id)
    patient = record_of(desk, case.item.patient_id).patient
    if target.meeting.id == meeting.id:
        raise RefusedError("The case is on the agenda of this meeting already.")
    last = max((one.position for one in _others(target)), default=0)
    value = replace(case.item, meeting_id=to_meeting_id, position=last + 1)
    refuse_issues(check(value, target.meeting, patient, _others(target)), confirmed)
    steps: list[Step] = [Amend(value)]
    if case.decision is not None:
        carried = replace(case.decision, meeting_id=to_meeting_id, date=target.meeting.date)
        steps.append(Amend(carried))
    name = texts.display_name(patient) or patient.mrn
    return _done(
        desk,
        value,
        steps,
        label=say("putting off of {name}", name=name),
        message=say("Put {name} off to {date}.", name=name, date=wording.day(target.meeting.date)),
    )


def _done(
    desk: Desk, item: AgendaItem, steps: Sequence[Step], *, label: str, message: str, reason: str = ""
) -> Done[AgendaItem]:
    """Do the steps of an act on one case."""

    def kept(_record: PatientRecord | None) -> AgendaItem:
        found = standing(desk, AgendaItem, item.id)
        return item if found is None or found.value is None else found.value

    return perform(
        desk,
        item.patient_id,
        steps,
        label=label,
        value=kept,
        say=lambda _before, _after: message,
        reason=reason,
    )
