"""The pack of a meeting: what is asked of whom, and the page of each case, as values for paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import Attendee, Meeting, PatientRecord
from ctdild_desktop.language import joined, say
from ctdild_desktop.services import events
from ctdild_desktop.services.assessment import patient_view
from ctdild_desktop.services.case_page import Printing, built_page, case_in, printing, signed_day
from ctdild_desktop.services.cases import Case
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody
from ctdild_desktop.services.full_history import HistoryTable, full_history
from ctdild_desktop.services.meetings import MeetingView, case_of, meeting_view
from ctdild_desktop.services.pages import MdtPageData
from ctdild_desktop.services.printed import PrintedBy, printed_by
from ctdild_desktop.services.redaction import decision_without_words, redacted, until
from ctdild_desktop.services.snapshots import kept_page


@dataclass(frozen=True, slots=True, kw_only=True)
class PackLine:
    """One case on the cover."""

    number: str
    name: str
    identity: str
    question: str
    asked_by: str
    urgency: str
    lacks: str
    """What is not ready: ``HRCT, pathology``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackCase:
    """One case: its line, its page, and its full history when that was asked for."""

    line: PackLine
    page: MdtPageData
    history: tuple[HistoryTable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackData:
    """Everything that the pack prints."""

    title: str
    """``MDT 19.03.2026``."""
    meeting: str
    """``ILD MDT, 14:00 – 15:30, Room 2``."""
    attendees: str
    cases: tuple[PackCase, ...]
    appendix: bool
    by: PrintedBy


@for_everybody
def case_page(desk: Desk, item_id: str, *, pseudonymised: bool = False) -> MdtPageData:
    """The page of one case: the signed one as it was signed, else from the record as it is.

    A pseudonymised page is always made from the record, because the one that was signed has names in it; of a
    signed case it holds what was recorded up to the day of signing.

    Raises:
        RefusedError: the case is on no agenda any more.
    """
    meeting, case = case_of(desk, item_id)
    (made,) = _pages(
        desk, meeting_view(desk, meeting.id), (case,), pseudonymised=pseudonymised, appendix=False
    )
    return made.page


@for_everybody
def pack(
    desk: Desk,
    meeting_id: str,
    *,
    pseudonymised: bool = False,
    appendix: bool = False,
    only: Collection[str] = (),
) -> PackData:
    """The pack of a meeting, noted in the audit trail for each patient in it.

    Args:
        desk: where the registry is open.
        meeting_id: the meeting.
        pseudonymised: no name, MRN, birth date or free text: neither question nor who asks it.
        appendix: the full history of each patient behind the pages.
        only: ids of the cases that are wanted; none for all. They keep their numbers.

    Raises:
        RefusedError: the meeting is not there any more.
    """
    view = meeting_view(desk, meeting_id)
    wanted = tuple(case for case in view.cases if not only or case.item.id in only)
    return PackData(
        title=say("MDT {meeting_date}", meeting_date=wording.day(view.meeting.date)),
        meeting=meeting_words(view.meeting, free_text=not pseudonymised),
        attendees="" if pseudonymised else attendee_words(view.meeting.attendees),
        cases=_pages(desk, view, wanted, pseudonymised=pseudonymised, appendix=appendix),
        appendix=appendix,
        by=printed_by(desk, pseudonymised=pseudonymised),
    )


def meeting_words(meeting: Meeting, *, free_text: bool = True) -> str:
    """``ILD MDT, 14:00 – 15:30, Room 2``."""
    times = " – ".join(time for time in (meeting.starts, meeting.ends) if time)
    place = meeting.place if free_text else ""
    return joined(
        part for part in (wording.capital(codes.label("meeting_kind", meeting.kind)), times, place) if part
    )


def attendee_words(attendees: Iterable[Attendee]) -> str:
    """Who is expected or was there, with roles; who takes part from afar or sent apologies is said to."""
    told = []
    for one in attendees:
        how = codes.label("presence", one.presence) if one.presence != "present" else ""
        role = codes.label("attendee_role", one.role)
        told.append(f"{one.name} ({joined(part for part in (role, how) if part)})")
    return "; ".join(told)


def _pages(
    desk: Desk, view: MeetingView, cases: tuple[Case, ...], *, pseudonymised: bool, appendix: bool
) -> tuple[PackCase, ...]:
    wanted = [case.item.patient_id for case in cases]
    with desk.registry.read() as session:
        records = {record.patient.id: record for record in desk.store.load_many(session, wanted)}
        pseudonyms = {
            patient_id: desk.store.lists.pseudonym(session, patient_id)
            for patient_id in (wanted if pseudonymised else ())
        }
    common, day = printing(desk), desk.today()
    made = []
    for case in cases:
        record = records.get(case.item.patient_id)
        if record is None:
            raise RefusedError("This patient is no longer in the registry.")
        pseudonym = pseudonyms.get(case.item.patient_id)
        page = _page(record, view, case, common, pseudonym)
        made.append(
            PackCase(
                line=_line(case, page, named=pseudonym is None),
                page=page,
                history=_history(record, day, pseudonym) if appendix else (),
            )
        )
    events.note_all(
        desk,
        [
            events.Event(
                "mdt_page",
                case.item.patient_id,
                {"as_of": wording.day(day), "pseudonymised": "yes" if pseudonymised else "no"},
            )
            for case in cases
        ],
    )
    return tuple(made)


def _page(
    record: PatientRecord, view: MeetingView, case: Case, common: Printing, pseudonym: str | None
) -> MdtPageData:
    if case.decision is not None and case.signed and pseudonym is None:
        return kept_page(record, case.decision, common)
    day = signed_day(case.decision) if case.decision is not None else None
    return built_page(record, case_in(view, case), common, pseudonym=pseudonym, day=day)


def _line(case: Case, page: MdtPageData, *, named: bool) -> PackLine:
    return PackLine(
        number=str(case.number),
        name=case.name if named else page.name,
        identity=case.identity if named else page.identity,
        question=case.item.question if named else "",
        asked_by=case.item.requested_by if named else "",
        urgency=codes.label("urgency", case.item.urgency) or say("not recorded"),
        lacks=joined(case.lacks) or "–",
    )


def _history(record: PatientRecord, day: dt.date, pseudonym: str | None) -> tuple[HistoryTable, ...]:
    known = until(record, day)
    if pseudonym is None:
        return full_history(patient_view(known, day))
    bare = replace(redacted(known, pseudonym), decisions=tuple(map(decision_without_words, known.decisions)))
    born = known.patient.birth_date
    view = patient_view(replace(bare, patient=replace(bare.patient, birth_date=born)), day)
    return full_history(view, free_text=False)
