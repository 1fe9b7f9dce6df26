"""The two rows of marks below the lanes: adverse events, and scans, admissions and meetings of the team."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.codes import ae_terms, drugs, label, patterns
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Decision,
    Diagnosis,
    Hrct,
    HrctResult,
    PatientRecord,
    TherapyLine,
    Visit,
)
from ctdild_desktop.figures.scene import EventKind, EventMark
from ctdild_desktop.language import marked, say, say_n

_RESULT_WORD = {
    HrctResult.PROGRESSION: marked("worse"),
    HrctResult.STABLE: marked("same"),
    HrctResult.IMPROVED: marked("better"),
}


def is_ongoing(event: AdverseEvent, today: dt.date) -> bool:
    """Whether an event is recorded as going on; an event without an end and without a word is not."""
    if event.end is not None:
        return event.end.earliest > today
    return event.ongoing is True


def adverse_event_mark(event: AdverseEvent, therapy: Sequence[TherapyLine], today: dt.date) -> EventMark:
    """One adverse event; grave and running ones carry their name."""
    term = ae_terms().label(event.term)
    words = [term]
    if event.grade is not None:
        words.append(say("grade {grade}", grade=event.grade))
    if event.serious:
        words.append(say("serious"))
    words.append(wording.partial(event.onset))
    ongoing = is_ongoing(event, today)
    if ongoing:
        words.append(say("ongoing"))
    elif event.end is not None:
        words.append(say("until {end}", end=wording.partial(event.end)))
    suspected = [drugs().label(line.drug) for line in therapy if line.id in event.suspected_lines]
    if suspected:
        words.append(say("suspected {suspected}", suspected=", ".join(suspected)))
    notable = ongoing or bool(event.serious) or (event.grade or 0) >= 3
    return EventMark(
        kind=EventKind.ADVERSE_EVENT,
        date=event.onset.middle,
        record_id=event.id,
        label=term.partition(" (")[0] if notable else "",
        read_out=", ".join(words),
        grade=event.grade,
        serious=bool(event.serious),
        ongoing_until=today if ongoing else None,
        uncertain=None if event.onset.exact else (event.onset.earliest, event.onset.latest),
    )


def scan_mark(scan: Hrct) -> EventMark:
    """One HRCT, with better, same or worse where it was compared."""
    words = [say("HRCT {date}", date=wording.day(scan.date))]
    if scan.result is not None:
        compared = (
            say(" against {compared_with}", compared_with=wording.day(scan.compared_with))
            if scan.compared_with
            else ""
        )
        words.append(label("hrct_result", scan.result.value) + compared)
    if scan.extent_percent is not None:
        words.append(say("extent {extent_percent} %", extent_percent=wording.as_typed(scan.extent_percent)))
    words.extend(label("hrct_sign", sign) for sign in scan.signs)
    return EventMark(
        kind=EventKind.HRCT,
        date=scan.date,
        record_id=scan.id,
        label=say(_RESULT_WORD.get(scan.result, "")) if scan.result is not None else "",
        read_out=", ".join(words),
    )


def admission_mark(visit: Visit) -> EventMark:
    """One admission with its nights."""
    nights = visit.admitted_nights or 0
    words = say_n("{n} night", "{n} nights", nights)
    return EventMark(
        kind=EventKind.ADMISSION,
        date=visit.date,
        record_id=visit.id,
        label=words,
        read_out=say("Admission {date}, {words}", date=wording.day(visit.date), words=words),
    )


def mdt_mark(view: Diagnosis) -> EventMark:
    """One view of the diagnosis that came from an MDT."""
    words = [say("MDT {date}", date=wording.partial(view.date))]
    if view.pattern:
        words.append(patterns().label(view.pattern))
    if view.confidence:
        words.append(label("confidence", view.confidence))
    return EventMark(
        kind=EventKind.MDT,
        date=view.date.middle,
        record_id=view.id,
        read_out=", ".join(words),
        uncertain=None if view.date.exact else (view.date.earliest, view.date.latest),
    )


def decision_mark(decision: Decision) -> EventMark:
    """What the team decided at one meeting, in codes alone: the words are in its record."""
    words = [say("MDT {date}", date=wording.day(decision.date))]
    if decision.team_verdict:
        words.append(label("team_verdict", decision.team_verdict))
    words += [label("recommendation", one) for one in decision.recommendations]
    return EventMark(kind=EventKind.MDT, date=decision.date, record_id="", read_out=", ".join(words))


def _team_marks(record: PatientRecord, today: dt.date) -> Iterator[EventMark]:
    """Views and signed decisions of meetings that are past; both of one day have one mark."""
    decided = [one for one in record.decisions if one.signed and one.date < today]
    days = {one.date for one in decided}
    for view in record.diagnoses:
        if view.basis == "MDT" and view.date.exact not in days:
            yield mdt_mark(view)
    yield from map(decision_mark, decided)


def build_events(
    record: PatientRecord, today: dt.date, meeting: dt.date | None = None
) -> tuple[EventMark, ...]:
    """All marks up to ``today`` in date order, and the planned meeting."""
    marks = [adverse_event_mark(event, record.therapy, today) for event in record.adverse_events]
    marks += [scan_mark(scan) for scan in record.hrct]
    marks += [admission_mark(visit) for visit in record.visits if visit.admitted_nights]
    marks += _team_marks(record, today)
    marks = [mark for mark in marks if mark.date <= today]
    if meeting is not None:
        marks = [mark for mark in marks if mark.kind is not EventKind.MDT or mark.date != meeting]
        text = say("MDT {meeting}, planned", meeting=wording.day(meeting))
        marks.append(
            EventMark(kind=EventKind.MDT, date=meeting, record_id="", read_out=text, planned=meeting >= today)
        )
    return tuple(sorted(marks, key=lambda mark: (mark.date, mark.kind, mark.record_id)))


def adverse_now(record: PatientRecord, today: dt.date) -> str:
    """Now text of the adverse-event row."""
    if not record.adverse_events:
        return say("none recorded")
    running = sum(1 for event in record.adverse_events if is_ongoing(event, today))
    return say("{running} ongoing", running=running) if running else say("none ongoing")


def other_now(record: PatientRecord, today: dt.date, meeting: dt.date | None = None) -> str:
    """Now text of the row of scans, admissions and MDT views: the meeting to come, else the latest scan."""
    if meeting is not None:
        return say("MDT {meeting}", meeting=wording.day(meeting))
    dates = [scan.date for scan in record.hrct if scan.date <= today]
    return (
        say("CT {year}", year=wording.partial(PartialDate(max(dates).year, max(dates).month)))
        if dates
        else say("no CT recorded")
    )
