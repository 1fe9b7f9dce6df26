"""The minutes of a meeting: who was there, and on each case what was asked, decided and is to be done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import Decision, Meeting
from ctdild_desktop.language import joined, say, say_in
from ctdild_desktop.services import events
from ctdild_desktop.services.case_page import persons
from ctdild_desktop.services.cases import Case
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.meetings import meeting_view
from ctdild_desktop.services.pack import attendee_words, meeting_words
from ctdild_desktop.services.page_decision import (
    confidence_words,
    diagnosis_words,
    next_words,
    recommendation_words,
)
from ctdild_desktop.services.printed import PrintedBy, printed_by
from ctdild_desktop.services.since_mdt import action_words


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteCase:
    """One case: whom it is about, and what was said of it, each with its label."""

    title: str
    """``1. HOLLOWAY, Ingrid``."""
    identity: str
    entries: tuple[tuple[str, str], ...]
    """Label and text, in the order of the discussion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesData:
    """Everything that the minutes print; texts are final."""

    title: str
    meeting: str
    facts: tuple[tuple[str, str], ...]
    cases: tuple[MinuteCase, ...]
    signed: str
    """``Signed by R. Amsel, 19.03.2026``, or that they are not signed."""
    by: PrintedBy


@for_everybody
def minutes(desk: Desk, meeting_id: str) -> MinutesData:
    """The minutes of a meeting, noted in the audit trail for each patient.

    Raises:
        RefusedError: the meeting is not there any more.
    """
    view, names = meeting_view(desk, meeting_id), persons(desk)
    meeting = view.meeting
    missing = joined(view.quorum.missing)
    came = [one for one in meeting.attendees if one.presence != "apology"]
    away = [replace(one, presence="present") for one in meeting.attendees if one.presence == "apology"]
    quorum = say("reached") if view.quorum.met else say("not reached: {missing} missing", missing=missing)
    made = MinutesData(
        title=say("Minutes, MDT {date}", date=wording.day(meeting.date)),
        meeting=meeting_words(meeting),
        facts=(
            (say("Chair"), meeting.chair or say("not recorded")),
            (say("Coordinator"), meeting.coordinator or say("not recorded")),
            (say("Present"), attendee_words(came) or say("not recorded")),
            *(((say("Apologies"), attendee_words(away)),) if away else ()),
            (say("Quorum"), quorum),
            *(((say("Note"), meeting.note),) if meeting.note else ()),
        ),
        cases=tuple(
            MinuteCase(
                title=f"{case.number}. {case.name}",
                identity=case.identity,
                entries=_entries(case, names),
            )
            for case in view.cases
        ),
        signed=_signed(meeting, names),
        by=printed_by(desk),
    )
    events.note_all(
        desk,
        [
            events.Event("mdt_print", case.item.patient_id, {"what": "minutes", "of": str(meeting.date)})
            for case in view.cases
        ],
    )
    return made


def _signed(meeting: Meeting, names: dict[str, str]) -> str:
    if not meeting.minutes_signed_by or meeting.minutes_signed_at is None:
        return say("These minutes are not signed.")
    return say(
        "Signed by {name}, {date}.",
        name=names.get(meeting.minutes_signed_by, meeting.minutes_signed_by),
        date=wording.day(meeting.minutes_signed_at.astimezone().date()),
    )


def _entries(case: Case, names: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """What was asked and said; what is not recorded is left out, apart from what every case needs."""
    asked = case.item.question
    if case.item.requested_by:
        asked = say("{question} (asked by {asked_by})", question=asked, asked_by=case.item.requested_by)
    decision = case.decision
    if decision is None:
        return ((say("Question"), asked), (say("Decision"), say("none recorded")))
    told = (
        (say("Question"), asked),
        (say("Presented by"), decision.presenter),
        (say("Material"), joined(codes.label("material", code) for code in decision.material)),
        (say("Diagnosis"), _diagnosis(decision)),
        (say("Verdict"), _verdict(decision)),
        (say("Recommendation"), _recommendation(decision)),
        (say("Patient's wish"), decision.preference),
        (say("Dissent"), decision.dissent),
        (say("Actions"), "; ".join(map(action_words, case.actions)) or say("none")),
        (say("Next"), next_words(decision)),
        *(
            (
                say("Addendum"),
                f"{wording.day(one.date)} ({names.get(one.by, one.by)}): {one.text}",
            )
            for one in decision.addenda
        ),
        (say("Signed"), _signature(decision, names)),
    )
    return tuple((label, text) for label, text in told if text)


def _diagnosis(decision: Decision) -> str:
    return joined(part for part in (diagnosis_words(decision), confidence_words(decision)) if part)


def _verdict(decision: Decision) -> str:
    if decision.team_verdict is None:
        return say("not recorded")
    words = say_in("team_verdict", codes.label("team_verdict", decision.team_verdict))
    return f"{words} ({decision.verdict_reason})" if decision.verdict_reason else words


def _recommendation(decision: Decision) -> str:
    words = recommendation_words(decision)
    kinds = joined(codes.label("recommendation", one) for one in decision.recommendations)
    return f"{words} ({kinds})" if decision.recommendation and kinds else words


def _signature(decision: Decision, names: dict[str, str]) -> str:
    if not decision.signed or decision.signed_at is None:
        return say("not signed")
    day = wording.day(decision.signed_at.astimezone().date())
    return f"{names.get(decision.signed_by, decision.signed_by)}, {day}"
