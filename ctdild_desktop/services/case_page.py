"""The page of one case of a meeting, made from the record as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.criteria import Criterion
from ctdild_desktop.clinical.records import Action, Decision, Meeting, PatientRecord
from ctdild_desktop.language import say
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.history import persons_of
from ctdild_desktop.services.meetings import Case, MeetingView, meeting_view
from ctdild_desktop.services.page_decision import page_decision
from ctdild_desktop.services.pages import MdtPageData, build_page
from ctdild_desktop.services.redaction import until
from ctdild_desktop.services.site_criteria import own_criteria


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOf:
    """What the page says of its case beside the record."""

    meeting: Meeting
    question: str
    requested_by: str = ""
    number: int | None = None
    """Place among the cases; None for a decision that is on no agenda any more."""
    count: int = 0
    decision: Decision | None = None
    actions: tuple[Action, ...] = ()


@for_everybody
def persons(desk: Desk) -> dict[str, str]:
    """The names of the people who work at the registry, by login."""
    with desk.registry.read() as session:
        return persons_of(session)


@for_everybody
def case_of_decision(desk: Desk, decision: Decision) -> CaseOf:
    """The case of a decision, from the agenda that it stands on.

    Raises:
        RefusedError: the meeting is no longer in the registry.
    """
    view = meeting_view(desk, decision.meeting_id)
    for case in view.cases:
        if case.item.patient_id == decision.patient_id:
            return replace(case_in(view, case), question=decision.question)
    return CaseOf(meeting=view.meeting, question=decision.question)


def case_in(view: MeetingView, case: Case) -> CaseOf:
    """A case as it stands on its agenda, with what is signed of it."""
    decision = case.decision if case.signed else None
    return CaseOf(
        meeting=view.meeting,
        question=case.item.question,
        requested_by=case.item.requested_by,
        number=case.number,
        count=len(view.cases),
        decision=decision,
        actions=case.actions if decision is not None else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """What is the same for every page that is printed at one time."""

    names: Mapping[str, str]
    """The people who work at the registry, by login."""
    own: tuple[Criterion, ...]
    """The clinic's own thresholds."""
    by: str
    day: dt.date
    demo: bool
    practice: bool


@for_everybody
def printing(desk: Desk) -> Printing:
    """Who prints, when, and what is looked up once for all pages."""
    return Printing(
        names=persons(desk),
        own=own_criteria(desk),
        by=desk.display_name,
        day=desk.today(),
        demo=desk.demo,
        practice=desk.practice,
    )


def signed_day(decision: Decision) -> dt.date | None:
    """The day at this workstation on which a decision was signed; None while it is not."""
    return None if decision.signed_at is None else decision.signed_at.astimezone().date()


def built_page(
    record: PatientRecord,
    case: CaseOf,
    common: Printing,
    *,
    pseudonym: str | None = None,
    day: dt.date | None = None,
) -> MdtPageData:
    """The page of a case as of a day, by default that of printing, from the record as it is now; pure.

    ``pseudonym`` stands for name and number; question, asker, names and all that was typed are left out then.
    """
    meeting, named, day = case.meeting, pseudonym is None, day or common.day
    page = build_page(until(record, day), day, pseudonym=pseudonym, own=common.own, meeting=meeting.date)
    box = None
    if case.decision is not None:
        box = page_decision(
            case.decision,
            case.actions,
            meeting,
            lambda login: common.names.get(login, login),
            free_text=named,
        )
    return replace(
        page,
        meeting=say("MDT {meeting_date}", meeting_date=wording.day(meeting.date)),
        meeting_kind=codes.label("meeting_kind", meeting.kind),
        case=say("case {number} of {count}", number=case.number, count=case.count)
        if case.number is not None
        else "",
        question=case.question if named else "",
        asked_by=case.requested_by if named else "",
        decision=box,
        printed_by=common.by,
        printed_on=wording.day(common.day),
        demo=common.demo,
        practice=common.practice,
    )
