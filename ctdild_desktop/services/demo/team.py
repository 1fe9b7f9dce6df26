"""Invented meetings of the team: two that were held and signed, and one to come. Nobody named here exists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.records import (
    Action,
    Addendum,
    AgendaItem,
    Attendee,
    Decision,
    Meeting,
    PatientRecord,
)
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.services import snapshots
from ctdild_desktop.services.agenda import material
from ctdild_desktop.services.decisions import computed
from ctdild_desktop.services.demo.stored import stored_id
from ctdild_desktop.services.desk import Desk, Role, requires
from ctdild_desktop.services.due import left_by

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FIRST, SECOND, TO_COME = dt.date(2024, 12, 18), dt.date(2026, 1, 22), dt.date(2026, 3, 19)
"""The days of the meetings, around the day on which the invented histories end."""
_LATE = dt.date(2026, 3, 5)
"""An action of the first meeting that is overdue at the end of the histories."""
_AT = dt.time(16, 0, tzinfo=dt.UTC)
_TEAM = (
    Attendee(name="Dr A. Invented", role="respiratory"),
    Attendee(name="Dr B. Madeup", role="radiology"),
    Attendee(name="Dr C. Fictive", role="rheumatology"),
    Attendee(name="D. Pretend", role="nurse"),
    Attendee(name="Dr E. Nobody", role="pathology", presence="remote"),
)
_QUESTIONS = (
    "Is this progression, and is treatment to be changed?",
    "Does the HRCT show fibrosis or inflammation?",
    "Is a biopsy needed to name the pattern?",
    "Is it time to refer for transplant?",
    "The drug was not tolerated: how to go on?",
    "Stable for two years: can visits be further apart?",
    "Infection or disease activity?",
)
_RECOMMENDED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("more_tests", "continue"), "Invented: treatment as before; FVC and DLCO again in three months."),
    (("switch",), "Invented: change of the drug as discussed, after the blood tests."),
    (("observe",), "Invented: no change; visit in six months."),
    (("no_biopsy", "continue"), "Invented: the pattern is clear without a biopsy."),
    (("transplant_referral", "rehabilitation"), "Invented: letter to the transplant centre; rehabilitation."),
    (("start", "oxygen"), "Invented: as noted by the team; oxygen when walking."),
)
_ANSWERS: tuple[tuple[str | None, str | None], ...] = (
    ("yes", None),
    ("partly", "access"),
    ("no", "patient_declined"),
    ("pending", None),
    (None, None),
    ("yes", None),
)
_TASKS = (
    "Repeat FVC and DLCO",
    "Request outside HRCT images",
    "Write to the family doctor",
    "Echo with RVSP",
)
_STATES = ("open", "done", "cancelled", "open")
_DUE = (dt.timedelta(days=30), dt.timedelta(days=14), dt.timedelta(days=21), dt.timedelta(days=98))


@dataclass(frozen=True, slots=True)
class Case:
    """One invented case; without a decision when the meeting is to come."""

    item: AgendaItem
    decision: Decision | None = None
    actions: tuple[Action, ...] = ()


def invented_meetings() -> tuple[Meeting, ...]:
    """The meetings, the same every time."""
    last = replace(_TEAM[2], presence="apology")
    return (
        _meeting(FIRST, attendees=_TEAM),
        _meeting(SECOND, attendees=(*_TEAM[:2], last, *_TEAM[3:])),
        _meeting(TO_COME),
    )


def _meeting(day: dt.date, **values: Any) -> Meeting:
    return Meeting(
        id=stored_id("MDT", f"meeting {day}", 0),
        date=day,
        starts="14:00",
        ends="15:30",
        kind="ild_mdt",
        place="Invented room 4",
        chair=_TEAM[0].name,
        coordinator=_TEAM[3].name,
        **values,
    )


def cases_of(records: Sequence[PatientRecord], meeting: Meeting) -> tuple[Case, ...]:
    """The cases of a meeting, chosen from those who were followed by then."""
    day = meeting.date
    able = [record for record in records if _followed(record, day)]
    chosen = {FIRST: able[:5], SECOND: able[1:7] or able, TO_COME: [*able[:1], *able[5:11]]}[day]
    return tuple(_case(record, meeting, place) for place, record in enumerate(chosen))


def _followed(record: PatientRecord, day: dt.date) -> bool:
    tested = sum(test.date < day for test in record.tests)
    return record.diagnosis_on(day) is not None and tested >= 2 and not left_by(record, day)


def _case(record: PatientRecord, meeting: Meeting, place: int) -> Case:
    item = AgendaItem(
        id=stored_id(record.patient.mrn, f"agenda {meeting.date}", 0),
        meeting_id=meeting.id,
        patient_id=record.patient.id,
        position=place + 1,
        question=_QUESTIONS[(place + meeting.date.month) % len(_QUESTIONS)],
        requested_by=_TEAM[place % 3].name,
        urgency="urgent" if place == 1 else "routine",
        minutes=10,
    )
    if meeting.date == TO_COME:
        ready: dict[str, Any] = {
            f"{name}_ready": known for name, known in material(record, meeting.date).items()
        }
        return Case(replace(item, **ready))
    item = replace(item, pft_ready=True, hrct_ready=True, serology_ready=True)
    decision = _decision(record, item, meeting, place)
    return Case(item, decision, tuple(_actions(decision, record.patient.mrn, place)))


def _decision(record: PatientRecord, item: AgendaItem, meeting: Meeting, place: int) -> Decision:
    day, view = meeting.date, record.diagnosis_on(meeting.date)
    shown = computed(record, day)
    verdicts = {verdict for _criterion, verdict in shown}
    seen = "stable" if Verdict.NOT_MET in verdicts else "cannot_tell"
    seen = "progressing" if Verdict.MET in verdicts else seen
    team = seen if place != 1 else "stable" if seen == "progressing" else "progressing"
    recommendations, words = _RECOMMENDED[(place + day.year) % len(_RECOMMENDED)]
    answer, why_not = _ANSWERS[place % len(_ANSWERS)] if day == SECOND else ("yes", None)
    done = answer in {"yes", "partly"}
    return Decision(
        id=stored_id(record.patient.mrn, f"decision {day}", 0),
        meeting_id=meeting.id,
        patient_id=record.patient.id,
        agenda_item_id=item.id,
        date=day,
        question=item.question,
        presenter=item.requested_by,
        reason="progression" if seen == "progressing" else "treatment",
        material=("hrct", "pft", "serology"),
        diagnosis=view.ctd if view is not None else None,
        confidence=(view.confidence if view is not None else None) or "high",
        pattern=view.pattern if view is not None else None,
        ctd_agreed=True,
        behaviour="progressive" if seen == "progressing" else "stable",
        shown=shown,
        team_verdict=team,
        verdict_reason="" if team == seen else "Invented: the team saw an infection at the latest test.",
        recommendations=recommendations,
        recommendation=words,
        preference_known=place % 2 == 0,
        preference="Invented: wishes to stay at home." if place % 2 == 0 else "",
        dissent="Invented: one of the team would wait." if place == 3 else "",
        next_date=PartialDate.of(add_months(day, 6)),
        typed_live=True,
        addenda=(_addendum(day),) if place == 2 else (),
        letter_to=("referrer", "patient") if place != 4 else (),
        letter_sent=day + dt.timedelta(days=6) if place != 4 else None,
        implemented=answer,
        implemented_date=PartialDate.of(day + dt.timedelta(days=28)) if done else None,
        not_implemented=why_not,
        implementation_note="Invented." if why_not else "",
    )


def _addendum(day: dt.date) -> Addendum:
    return Addendum(date=day + dt.timedelta(days=9), by="demo", text="Invented: the culture grew nothing.")


def _actions(decision: Decision, mrn: str, place: int) -> Iterator[Action]:
    state, due = _STATES[place % 4], decision.date + _DUE[place % 4]
    if decision.date == FIRST:
        state = "done"
    yield Action(
        id=stored_id(mrn, f"action {decision.date}", 0),
        decision_id=decision.id,
        what=_TASKS[place % 4],
        owner=_TEAM[place % len(_TEAM)].name,
        due=due,
        status=state,
        done_date=due - dt.timedelta(days=3) if state == "done" else None,
        note="Invented: done elsewhere." if state == "cancelled" else "",
    )
    if decision.date == FIRST and place == 0:
        yield Action(
            id=stored_id(mrn, f"action {decision.date}", 1),
            decision_id=decision.id,
            what=_TASKS[3],
            owner=_TEAM[0].name,
            due=_LATE,
        )


@requires(Role.ADMINISTRATOR, doing="making a demonstration")
def hold_meetings(desk: Desk, records: Sequence[PatientRecord]) -> int:
    """Write the invented meetings on patients of a demonstration; the earlier ones are signed and closed.

    May be called again for more patients: their cases come to the same meetings.

    Returns:
        How many cases were written.
    """
    found = [(meeting, case) for meeting in invented_meetings() for case in cases_of(records, meeting)]
    with desk.registry.write(desk.login, "invented meetings for demonstration") as session:
        for meeting in invented_meetings():
            if desk.store.current(session, Meeting, meeting.id).value is None:
                desk.store.insert(session, None, meeting)
        for _meeting, case in found:
            _write(desk, session, case)
    for meeting in sorted({meeting for meeting, case in found if case.decision}, key=lambda one: one.date):
        _sign(desk, meeting, [case for of, case in found if of is meeting and case.decision is not None])
    return len(found)


def _sign(desk: Desk, meeting: Meeting, cases: Sequence[Case]) -> None:
    """Sign the cases of a meeting and close it, after those of the meetings before it."""
    signed = [_signed(desk, case) for case in cases]
    with desk.registry.write(desk.login, "invented meetings for demonstration") as session:
        for decision in signed:
            desk.store.update(session, decision, user=desk.login, at=desk.clock())
        at = dt.datetime.combine(meeting.date, _AT)
        closed = replace(meeting, status="closed", minutes_signed_by=desk.login, minutes_signed_at=at)
        desk.store.update(session, closed, user=desk.login, at=desk.clock())


def _write(desk: Desk, session: Session, case: Case) -> None:
    records = (case.item, *((case.decision,) if case.decision is not None else ()), *case.actions)
    desk.store.insert_many(session, case.item.patient_id, records, source="demo")


def _signed(desk: Desk, case: Case) -> Decision:
    assert case.decision is not None
    at = dt.datetime.combine(case.decision.date, _AT)
    value = replace(case.decision, signed_by=desk.login, signed_at=at)
    return replace(value, snapshot=snapshots.freeze(desk, value, case.actions))
