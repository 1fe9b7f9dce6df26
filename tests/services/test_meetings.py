"""Meetings, their agenda and what is written on the cases, on both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.records import Attendee, Meeting
from ctdild_desktop.services import (
    agenda,
    decisions,
    history,
    meetings,
    patients,
    removed,
    removed_meetings,
    today,
    upkeep,
)
from ctdild_desktop.services.desk import Change, Desk, Done, RefusedError, StaleError
from tests.support.desks import Clock, as_user, in_a_file
from tests.support.mdt import (
    ACTION,
    ID,
    SECOND,
    THIRD,
    agenda_item,
    meeting,
    planned,
    written,
)


def undone(done: Done[object]) -> str:
    assert done.undo is not None
    return done.undo().message


def order(desk: Desk, of: Meeting) -> list[str]:
    return [case.mrn for case in meetings.meeting_view(desk, of.id).cases]


def test_a_meeting_is_planned_amended_removed_and_brought_back(desk: Desk) -> None:
    done = meetings.plan_meeting(desk, meeting())
    assert (done.message, done.changes.kinds) == ("Saved meeting 12.03.2026.", {Change.MEETING})
    assert done.changes.patient_id is None
    changed = meetings.amend_meeting(desk, replace(done.value, place="Room 4"))
    assert (changed.value.place, changed.value.version) == ("Room 4", 2)
    with pytest.raises(StaleError) as caught:
        meetings.amend_meeting(desk, replace(done.value, place="Room 5"))
    assert caught.value.theirs.place == "Room 4"
    assert undone(changed) == "Undone: change of meeting 12.03.2026."
    removed = meetings.remove_meeting(desk, done.value.id, "moved")
    assert meetings.meetings(desk) == ()
    assert undone(removed) == "Undone: removal of meeting 12.03.2026."
    (line,) = meetings.meetings(desk)
    assert (line.meeting.place, line.cases, line.signed, line.not_ready) == ("", 0, 0, 0)
    assert [entry.text for entry in history.log(desk, history.LogFilter(group="MDT")).entries][-1].startswith(
        "added meeting 12.03.2026: from 14:00; kind ILD MDT"
    )
    assert upkeep.verify(desk).ok


@in_a_file
def test_a_meeting_is_checked(desk: Desk) -> None:
    for field, value, issue in (
        ("starts", "25:00", "starts"),
        ("ends", "13:00", "ends"),
        ("date", dt.date(2028, 1, 1), "date"),
        ("attendees", (Attendee(name=" ", role="nurse"),), "attendees"),
        ("status", "dreamt", "status"),
    ):
        with pytest.raises(RefusedError) as caught:
            meetings.plan_meeting(desk, replace(meeting(), **{field: value}))
        assert caught.value.issues[0].field == issue
    meetings.plan_meeting(desk, meeting())
    with pytest.raises(RefusedError, match="Another meeting of this kind"):
        meetings.plan_meeting(desk, meeting())
    meetings.plan_meeting(desk, meeting(), confirmed=("TWICE",))
    assert len(meetings.on_day(desk, dt.date(2026, 3, 12))) == 2


@in_a_file
def test_quorum_says_which_roles_are_missing(desk: Desk) -> None:
    made, _items = planned(desk)
    (entry, *_others) = history.log(desk, history.LogFilter(group="MDT"), limit=2).entries[1:]
    assert "attendees R. Amsel, respiratory medicine, present; T. Specht, radiology, remote;" in entry.text
    assert meetings.meeting_view(desk, made.id).quorum == meetings.Quorum(False, ("rheumatology",))
    whole = replace(made, attendees=(*made.attendees, Attendee(name="N. N.", role="rheumatology")))
    assert meetings.quorum_of(whole) == meetings.Quorum(True)
    assert meetings.quorum_of(replace(made, quorum_rule=())).met


def test_an_agenda_is_ordered_in_one_act(desk: Desk) -> None:
    made, items = planned(desk, ID, SECOND, THIRD)
    assert order(desk, made) == ["DEMO-0417", "N-2", "N-3"]
    done = agenda.order_agenda(desk, made.id, [items[2].id, items[0].id, items[1].id])
    assert order(desk, made) == ["N-3", "DEMO-0417", "N-2"]
    entry = history.log(desk, history.LogFilter(group="MDT")).entries[0]
    assert (len(entry.items), entry.about) == (3, "3 patients")
    assert undone(done) == "Undone: order of the agenda of the meeting 12.03.2026."
    assert order(desk, made) == ["DEMO-0417", "N-2", "N-3"]
    with pytest.raises(RefusedError, match="changed meanwhile"):
        agenda.order_agenda(desk, made.id, [items[0].id])


@in_a_file
def test_a_case_says_who_it_is_and_what_it_lacks(desk: Desk) -> None:
    made, (item,) = planned(desk)
    agenda.amend_agenda_item(desk, replace(item, hrct_ready=False, pft_ready=False, serology_ready=True))
    (case,) = meetings.meeting_view(desk, made.id).cases
    assert (case.number, case.name, case.mrn) == (1, "HOLLOWAY, Ingrid", "DEMO-0417")
    assert case.identity == "F · 55 y · 18.09.1970 · DEMO-0417"
    assert case.lacks == ("HRCT", "PFT")
    assert (case.state, case.signed) == ("to discuss", False)
    assert meetings.meetings(desk)[0].not_ready == 1


@in_a_file
def test_a_case_is_checked(desk: Desk) -> None:
    made, _items = planned(desk)
    for values, text in (
        ({"patient_id": ID}, "on the agenda of this meeting already"),
        ({"question": "  "}, "question to the team"),
        ({"question": "x" * 201}, "201 letters"),
        ({"minutes": 0}, "1 to 600"),
        ({"urgency": "soon"}, "not one of the choices"),
        ({"meeting_id": "0" * 32}, "no longer in the registry"),
    ):
        with pytest.raises(RefusedError, match=text):
            agenda.add_to_agenda(desk, replace(agenda_item(made, SECOND), **values))
    meetings.amend_meeting(desk, replace(made, status="locked"))
    with pytest.raises(RefusedError, match="locked"):
        agenda.add_to_agenda(desk, agenda_item(made, SECOND))
    added = agenda.add_to_agenda(desk, agenda_item(made, SECOND), confirmed=("LOCKED",))
    assert added.value.position == 2


@in_a_file
def test_a_case_taken_off_goes_and_returns_with_what_is_written_on_it(desk: Desk) -> None:
    made, (item,) = planned(desk)
    written(desk, item, ACTION)
    done = agenda.remove_from_agenda(desk, item.id, "not ready")
    record = patients.load(desk, ID)
    assert (record.decisions, record.actions, order(desk, made)) == ((), (), [])
    undone(done)
    record = patients.load(desk, ID)
    assert (len(record.decisions), len(record.actions), order(desk, made)) == (1, 1, ["DEMO-0417"])


@in_a_file
def test_a_case_is_put_off_with_what_is_written_on_it(desk: Desk) -> None:
    made, (item,) = planned(desk)
    other = meetings.plan_meeting(desk, meeting(4, 9)).value
    kept = written(desk, item)
    done = agenda.put_off(desk, item.id, other.id)
    assert done.message == "Put HOLLOWAY, Ingrid off to 09.04.2026."
    assert (order(desk, made), order(desk, other)) == ([], ["DEMO-0417"])
    (decision,) = patients.load(desk, ID).decisions
    assert (decision.id, decision.date) == (kept.id, other.date)
    undone(done)
    assert (order(desk, made), order(desk, other)) == (["DEMO-0417"], [])
    agenda.add_to_agenda(desk, agenda_item(other))
    with pytest.raises(RefusedError, match="on the agenda of this meeting already"):
        agenda.put_off(desk, item.id, other.id)


@in_a_file
def test_a_decision_begins_with_what_the_record_says(desk: Desk) -> None:
    _made, (item,) = planned(desk)
    draft = decisions.draft_decision(desk, item.id)
    assert (draft.id, draft.question, draft.date) == ("", item.question, dt.date(2026, 3, 12))
    view = patients.load(desk, ID).diagnoses[-1]
    assert (draft.diagnosis, draft.pattern, draft.confidence) == (view.ctd, view.pattern, view.confidence)
    assert dict(draft.shown)["INBUILD"] == "MET"
    assert decisions.differs(replace(draft, team_verdict="stable"))
    assert not decisions.differs(replace(draft, team_verdict="progressing"))
    assert not decisions.differs(draft)


def test_a_decision_and_its_actions_are_one_act(desk: Desk) -> None:
    _made, (item,) = planned(desk)
    draft = decisions.draft_decision(desk, item.id)
    done = decisions.keep_decision(desk, draft, [ACTION, replace(ACTION, what="Letter")])
    entry = history.of_patient(desk, ID).entries[0]
    assert [one.head for one in entry.items] == [
        "added decision 12.03.2026",
        "added action Repeat FVC and DLCO",
        "added action Letter",
    ]
    kept = {one.what: one for one in patients.load(desk, ID).actions}
    again = decisions.keep_decision(
        desk,
        replace(done.value, diagnosis_note="x"),
        [replace(kept["Letter"], owner="Secretary"), replace(ACTION, what="Echo")],
    )
    actions = patients.load(desk, ID).actions
    assert {one.what: one.owner for one in actions} == {"Letter": "Secretary", "Echo": "Clinic"}
    assert undone(again) == "Undone: change of decision 12.03.2026."
    assert {one.what for one in patients.load(desk, ID).actions} == set(kept)


@in_a_file
def test_a_decision_that_was_begun_is_taken_back_whole(desk: Desk) -> None:
    _made, (item,) = planned(desk)
    done = decisions.keep_decision(desk, decisions.draft_decision(desk, item.id), [ACTION])
    assert undone(done) == "Undone: decision 12.03.2026."
    assert patients.load(desk, ID).decisions == patients.load(desk, ID).actions == ()


def test_two_desks_that_write_on_one_case_are_told(desk: Desk) -> None:
    _made, (item,) = planned(desk)
    other = as_user(desk, "specht", "T. Specht", "recorder")
    draft = decisions.draft_decision(desk, item.id)
    decisions.keep_decision(other, replace(draft, diagnosis_note="theirs"))
    with pytest.raises(StaleError, match=r"T\. Specht wrote on this case") as caught:
        decisions.keep_decision(desk, replace(draft, diagnosis_note="mine"))
    assert caught.value.theirs.diagnosis_note == "theirs"


@in_a_file
def test_a_decision_is_checked(desk: Desk) -> None:
    _made, (item,) = planned(desk)
    draft = decisions.draft_decision(desk, item.id)
    for values, field in (
        ({"diagnosis": "dragon"}, "diagnosis"),
        ({"confidence_percent": Decimal(101)}, "confidence_percent"),
        ({"confidence": "definite", "confidence_percent": Decimal(89)}, "confidence"),
        ({"recommendations": ("dance",)}, "recommendations"),
        ({"question": ""}, "question"),
    ):
        with pytest.raises(RefusedError) as caught:
            decisions.keep_decision(desk, replace(draft, **values))
        assert caught.value.issues[0].field == field
    with pytest.raises(RefusedError) as caught:
        decisions.keep_decision(desk, draft, [replace(ACTION, what=" ")])
    assert caught.value.issues[0].field == "what"
    kept = decisions.keep_decision(
        desk, replace(draft, signed_by="amsel", signed_at=desk.clock(), implemented="yes")
    )
    assert (kept.value.signed, kept.value.implemented) == (False, None)


@in_a_file
def test_a_meeting_that_moves_takes_what_is_written_with_it(desk: Desk) -> None:
    made, (item,) = planned(desk)
    written(desk, item, ACTION)
    moved = meetings.amend_meeting(desk, replace(made, date=dt.date(2026, 3, 19)))
    assert decisions.draft_decision(desk, item.id).date == dt.date(2026, 3, 19)
    undone(moved)
    removed = meetings.remove_meeting(desk, made.id, "cancelled")
    assert patients.load(desk, ID).decisions == ()
    undone(removed)
    assert decisions.draft_decision(desk, item.id).date == dt.date(2026, 3, 12)
    (case,) = meetings.meeting_view(desk, made.id).cases
    assert [one.what for one in case.actions] == [ACTION.what]


@in_a_file
def test_a_removed_meeting_returns_with_what_went_with_it_and_no_more(desk: Desk, clock: Clock) -> None:
    made, (item, other) = planned(desk, ID, SECOND)
    written(desk, item, ACTION)
    agenda.remove_from_agenda(desk, other.id, "not ready")
    clock.forward(minutes=5)
    meetings.remove_meeting(desk, made.id, "cancelled")
    assert [one.id for one in removed_meetings.removed_meetings(desk)] == [made.id]
    (decision,) = removed.removed_records(desk, ID)[:1]
    with pytest.raises(RefusedError, match=r"no longer|not on an agenda"):
        removed.restore_removed(desk, decision.kind, decision.id)
    done = removed_meetings.restore_meeting(desk, made.id)
    assert done.message == "Restored meeting 12.03.2026."
    (case,) = meetings.meeting_view(desk, made.id).cases
    assert (case.mrn, [one.what for one in case.actions]) == ("DEMO-0417", [ACTION.what])
    assert removed_meetings.removed_meetings(desk) == ()
    with pytest.raises(RefusedError, match="not removed any more"):
        removed_meetings.restore_meeting(desk, made.id)
    assert undone(done) == "Undone: restoring of meeting 12.03.2026."
    assert meetings.meetings(desk) == ()


@in_a_file
def test_a_case_of_a_removed_patient_is_left_out(desk: Desk) -> None:
    made, _items = planned(desk, ID, SECOND)
    patients.remove_patient(desk, ID, "entered twice")
    assert order(desk, made) == ["N-2"]
    (line,) = meetings.meetings(desk)
    assert line.cases == 1
    ahead = today.next_meeting(desk)
    assert ahead is not None
    assert ahead.patients == 1


@in_a_file
def test_a_meeting_goes_with_the_cases_of_removed_patients_and_they_come_back_with_it(desk: Desk) -> None:
    made, (item, _other) = planned(desk, ID, SECOND)
    written(desk, item, ACTION)
    patients.remove_patient(desk, ID, "entered twice")
    gone = meetings.remove_meeting(desk, made.id, "cancelled")
    assert meetings.meetings(desk) == ()
    assert undone(gone) == "Undone: removal of meeting 12.03.2026."
    removed.restore_removed_patient(desk, ID)
    case, _second = meetings.meeting_view(desk, made.id).cases
    assert (case.mrn, [one.what for one in case.actions]) == ("DEMO-0417", [ACTION.what])


def test_a7_meetings_are_planned_by_those_who_lead_and_cases_put_by_who_records(desk: Desk) -> None:
    made, (item,) = planned(desk)
    recorder = as_user(desk, "specht", "T. Specht", "recorder")
    with pytest.raises(RefusedError, match="planning meetings needs clinician"):
        meetings.plan_meeting(recorder, meeting())
    with pytest.raises(RefusedError, match="ordering an agenda needs clinician"):
        agenda.order_agenda(recorder, made.id, [item.id])
    assert agenda.add_to_agenda(recorder, agenda_item(made, SECOND)).value.position == 2
