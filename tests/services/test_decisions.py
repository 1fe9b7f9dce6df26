"""Signing a decision, what it freezes, and what follows it, on both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Action, AgendaItem, Decision, Meeting, Pft
from ctdild_desktop.services import (
    acts,
    agenda,
    bringing_back,
    carried_out,
    decisions,
    history,
    mdt_actions,
    meetings,
    patients,
    people,
    pft,
    suggestions,
    today,
    upkeep,
)
from ctdild_desktop.services.acts import Add, Amend, Remove
from ctdild_desktop.services.desk import Desk, RefusedError, StaleError
from tests.support.desks import Clock, as_user, in_a_file
from tests.support.mdt import ACTION, ID, SECOND, THIRD, agenda_item, meeting, planned, written
from tests.support.valid_record import valid_record

MAY_CHANGE = {
    *("implemented", "implemented_date", "not_implemented", "implementation_note"),
    *("letter_to", "letter_sent", "addenda"),
}


def signed_case(desk: Desk, patient_id: str = ID) -> tuple[Meeting, AgendaItem, Decision]:
    made, (item,) = planned(desk, patient_id)
    verdict = "progressing" if patient_id == ID else "cannot_tell"
    kept = written(desk, item, ACTION, team_verdict=verdict)
    return made, item, decisions.sign_decision(desk, kept.id).value


def saved(desk: Desk, patient_id: str = ID) -> Decision:
    (decision,) = patients.load(desk, patient_id).decisions
    return decision


def test_signing_records_who_and_when_and_what_was_seen(desk: Desk, clock: Clock) -> None:
    _made, (item,) = planned(desk)
    kept = written(desk, item, ACTION)
    clock.forward(minutes=5)
    done = decisions.sign_decision(desk, kept.id)
    assert done.message == "Signed the decision 12.03.2026."
    assert (done.value.signed_by, done.value.signed_at) == ("amsel", clock.now)
    assert done.value.snapshot.startswith("{")
    assert len(done.value.snapshot) > 2
    (item_told,) = history.of_patient(desk, ID).entries[0].items
    assert item_told.changes[0].text == "signed by not recorded → R. Amsel"
    assert meetings.meeting_view(desk, item.meeting_id).cases[0].state == "signed"
    assert meetings.meetings(desk)[0].signed == 1
    assert done.undo is not None
    assert done.undo().value == replace(kept, version=3)
    assert upkeep.verify(desk).ok


@in_a_file
def test_a_decision_that_lacks_something_is_not_signed(desk: Desk) -> None:
    _made, (item,) = planned(desk)
    kept = written(desk, item, team_verdict=None, recommendation="")
    for values, field in (
        ({}, "team_verdict"),
        ({"team_verdict": "progressing"}, "recommendation"),
        ({"team_verdict": "stable", "recommendations": ("observe",)}, "verdict_reason"),
    ):
        kept = decisions.keep_decision(desk, replace(kept, **values)).value
        with pytest.raises(RefusedError) as caught:
            decisions.sign_decision(desk, kept.id)
        assert caught.value.issues[0].field == field
    kept = decisions.keep_decision(desk, replace(kept, verdict_reason="Infection at the latest test")).value
    assert decisions.sign_decision(desk, kept.id).value.signed
    with pytest.raises(RefusedError, match="signed already"):
        decisions.sign_decision(desk, kept.id)


@in_a_file
def test_a_result_that_changed_since_it_was_written_is_asked_about(desk: Desk) -> None:
    _made, (item,) = planned(desk)
    kept = written(desk, item)
    latest = patients.load(desk, ID).tests[-1]
    pft.remove_pft(desk, latest.id, "another patient's")
    with pytest.raises(RefusedError) as caught:
        decisions.sign_decision(desk, kept.id)
    assert {issue.field for issue in caught.value.issues} >= {"shown"}
    kept = decisions.keep_decision(desk, replace(kept, verdict_reason="As seen on HRCT")).value
    done = decisions.sign_decision(desk, kept.id, confirmed=("shown",))
    assert done.value.shown == decisions.computed(patients.load(desk, ID), kept.date) != kept.shown


@in_a_file
def test_the_day_of_the_meeting_must_have_come(desk: Desk) -> None:
    made, (item,) = planned(desk, on=meeting(4, 9))
    kept = written(desk, item)
    for act in (
        lambda: decisions.sign_decision(desk, kept.id),
        lambda: meetings.close_meeting(desk, made.id),
    ):
        with pytest.raises(RefusedError, match="has not come yet"):
            act()


@in_a_file
def test_a_signed_decision_is_not_written_removed_or_put_off(desk: Desk) -> None:
    made, item, signed = signed_case(desk)
    other = meetings.plan_meeting(desk, meeting(4, 9)).value
    (action,) = patients.load(desk, ID).actions
    for act in (
        lambda: decisions.keep_decision(desk, replace(signed, dissent="x"), [action]),
        lambda: acts.perform(
            desk, ID, (Remove(Decision, signed.id),), label="", value=lambda _r: None, say=lambda _a, _b: ""
        ),
        lambda: agenda.put_off(desk, item.id, other.id),
        lambda: agenda.remove_from_agenda(desk, item.id, "x"),
        lambda: agenda.amend_agenda_item(desk, replace(item, question="Another?")),
        lambda: meetings.remove_meeting(desk, made.id, "x"),
        lambda: meetings.amend_meeting(desk, replace(made, date=dt.date(2026, 3, 13))),
        lambda: mdt_actions.amend_action(desk, replace(action, what="Something else")),
        lambda: acts.transact(desk, ID, (Remove(type(action), action.id),)),
        lambda: acts.transact(desk, ID, (Add(replace(signed, id="d" * 32)),)),
        lambda: bringing_back.restore_record(desk, replace(signed, dissent="x")),
    ):
        with pytest.raises(RefusedError):
            act()
        assert saved(desk) == signed
    assert meetings.amend_meeting(desk, replace(made, place="Room 4")).value.place == "Room 4"


def test_signing_is_for_those_who_lead_and_asked_again_at_writing(desk: Desk) -> None:
    _made, (item,) = planned(desk)
    kept = written(desk, item)
    clinician = as_user(desk, "specht", "T. Specht", "clinician")
    people.set_role(desk, "specht", "recorder")
    with pytest.raises(RefusedError, match="signing a decision needs clinician"):
        decisions.sign_decision(clinician, kept.id)
    assert not saved(desk).signed
    assert clinician.role == "recorder"
    viewer = as_user(desk, "meise", "B. Meise", "viewer")
    with pytest.raises(RefusedError, match="recording needs recorder"):
        decisions.keep_decision(viewer, kept)


@in_a_file
def test_after_signing_no_act_changes_any_content_field(desk: Desk) -> None:
    _made, _item, signed = signed_case(desk, SECOND)
    names = [
        one.name
        for one in fields(Decision)
        if one.name not in {"id", "version", "signed_by", "signed_at", "absent"}
    ]
    links = {"meeting_id": signed.meeting_id, "patient_id": SECOND}

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(valid_record(Decision, **links), st.sampled_from(names))
    def kept(other: Decision, name: str) -> None:
        before = saved(desk, SECOND)
        changed = replace(before, **{name: getattr(other, name)})
        same = repr(getattr(before, name)) == repr(getattr(changed, name))
        fresh = name != "addenda" or not before.addenda
        if same or (name in MAY_CHANGE and fresh):
            acts.transact(desk, SECOND, (Amend(changed),))
            assert repr(getattr(saved(desk, SECOND), name)) == repr(getattr(changed, name))
        else:
            with pytest.raises(RefusedError, match=r"signed|stays|closed|no longer"):
                acts.transact(desk, SECOND, (Amend(changed),))
            assert saved(desk, SECOND) == before
        held = {one: getattr(before, one) for one in names if one not in MAY_CHANGE}
        assert held == {one: getattr(signed, one) for one in held}

    kept()
    now = saved(desk, SECOND)
    for theirs in ({"signed_by": "specht"}, {"signed_at": signed.signed_at + dt.timedelta(hours=1)}):  # type: ignore[operator]
        with pytest.raises(RefusedError):
            acts.transact(desk, SECOND, (Amend(replace(now, **theirs)),))


@in_a_file
def test_the_page_that_was_signed_is_read_of_one_patient_alone(desk: Desk) -> None:
    _made, _item, signed = signed_case(desk)
    with desk.registry.read() as session:
        for read in (desk.store.load_all(session), desk.store.load_many(session, [ID])):
            (decision,) = next(one for one in read if one.patient.id == ID).decisions
            assert decision == replace(signed, snapshot="{}")
    assert saved(desk) == signed


@in_a_file
def test_an_undo_from_before_the_signature_changes_nothing(desk: Desk) -> None:
    _made, (item,) = planned(desk)
    begun = decisions.keep_decision(desk, decisions.draft_decision(desk, item.id))
    more = decisions.keep_decision(
        desk, replace(begun.value, team_verdict="progressing", recommendations=("observe",))
    )
    signed = decisions.sign_decision(desk, more.value.id).value
    for done in (begun, more):
        assert done.undo is not None
        with pytest.raises(StaleError):
            done.undo()
    assert saved(desk) == signed


@in_a_file
def test_a_decision_is_opened_again_with_a_reason_until_the_minutes_are_signed(desk: Desk) -> None:
    made, _item, signed = signed_case(desk)
    with pytest.raises(RefusedError, match="Say why"):
        decisions.reopen_decision(desk, signed.id, " ")
    done = decisions.reopen_decision(desk, signed.id, "wrong dose")
    assert (done.value.signed, done.value.snapshot) == (False, "{}")
    assert history.of_patient(desk, ID).entries[0].reason == "wrong dose"
    with pytest.raises(RefusedError, match="neither signed nor put off"):
        meetings.close_meeting(desk, made.id)
    assert done.undo is not None
    assert replace(done.undo().value, version=signed.version) == signed
    closed = meetings.close_meeting(desk, made.id)
    assert (closed.value.status, closed.value.minutes_signed_by) == ("closed", "amsel")
    with pytest.raises(RefusedError, match="minutes of this meeting are signed"):
        decisions.reopen_decision(desk, signed.id, "wrong dose")


@in_a_file
@pytest.mark.parametrize("how", ["amended", "removed"])
def test_a_signature_is_not_put_back_on_other_actions(desk: Desk, clock: Clock, how: str) -> None:
    _made, _item, signed = signed_case(desk)
    clock.forward(minutes=1)
    opened = decisions.reopen_decision(desk, signed.id, "wrong dose")
    (action,) = patients.load(desk, ID).actions
    clock.forward(minutes=1)
    if how == "amended":
        changed = mdt_actions.amend_action(desk, replace(action, what="Repeat FVC"))
    else:
        changed = acts.perform(
            desk, ID, (Remove(Action, action.id),), label="x", value=lambda _: None, say=lambda *_: "x"
        )
    assert opened.undo is not None
    with pytest.raises(RefusedError, match="changed meanwhile"):
        opened.undo()
    assert not saved(desk).signed
    assert changed.undo is not None
    changed.undo()
    assert opened.undo().value.snapshot == signed.snapshot
    mdt_actions.finish_action(desk, action.id, dt.date(2026, 3, 12))
    again = decisions.reopen_decision(desk, signed.id, "wrong dose")
    assert again.undo is not None
    assert again.undo().value.signed, "that it is done may be said after signing"


@in_a_file
def test_signed_minutes_keep_the_meeting_and_its_agenda(desk: Desk) -> None:
    made, _item, signed = signed_case(desk)
    closed = meetings.close_meeting(desk, made.id)
    for act in (
        lambda: meetings.amend_meeting(desk, replace(closed.value, place="Room 5")),
        lambda: meetings.remove_meeting(desk, made.id, "x"),
        lambda: meetings.close_meeting(desk, made.id),
        lambda: agenda.add_to_agenda(desk, agenda_item(made, SECOND)),
    ):
        with pytest.raises(RefusedError, match="minutes of this meeting are signed"):
            act()
    assert decisions.add_addendum(desk, signed.id, "Echo was normal.").value.addenda[0].by == "amsel"
    assert closed.undo is not None
    assert closed.undo().value.status == "planned"
    meetings.close_meeting(desk, made.id)
    assert meetings.reopen_meeting(desk, made.id, "somebody was left out").value.status == "held"


def test_addenda_letters_and_answers_follow_a_signature(desk: Desk, clock: Clock) -> None:
    _made, (item,) = planned(desk)
    kept = written(desk, item)
    for act in (
        lambda: decisions.add_addendum(desk, kept.id, "x"),
        lambda: decisions.answer_carried_out(desk, kept.id, implemented="yes"),
        lambda: decisions.note_letter(desk, kept.id, ("gp",), None),
    ):
        with pytest.raises(RefusedError, match="not signed"):
            act()
    signed = decisions.sign_decision(desk, kept.id).value
    clock.forward(days=30)
    day = clock.now.date()
    added = decisions.add_addendum(desk, kept.id, " The echo was normal. ")
    assert (added.value.addenda[0].text, added.value.addenda[0].date) == ("The echo was normal.", day)
    with pytest.raises(RefusedError, match="older than the meeting"):
        decisions.note_letter(desk, kept.id, ("gp",), dt.date(2026, 3, 1))
    (told,) = history.of_patient(desk, ID).entries[0].items
    assert told.changes[0].now == "11.04.2026, R. Amsel, The echo was normal."
    assert decisions.note_letter(desk, kept.id, ("gp", "patient"), day).value.letter_sent == day
    record = patients.load(desk, ID)
    assert [one.id for one in decisions.unanswered(record, day)] == [kept.id]
    with pytest.raises(RefusedError, match="Why was it not carried out"):
        decisions.answer_carried_out(desk, kept.id, implemented="no")
    done = decisions.answer_carried_out(
        desk, kept.id, implemented="partly", date=PartialDate(2026, 4), not_implemented="access", note="later"
    )
    assert (done.value.implemented, done.value.implementation_note) == ("partly", "later")
    assert decisions.unanswered(patients.load(desk, ID), day) == ()
    assert done.message == "Saved whether the decision 12.03.2026 was carried out."
    assert (
        replace(
            done.value,
            **{name: getattr(signed, name) for name in MAY_CHANGE},
            version=signed.version,
        )
        == signed
    )


@in_a_file
def test_actions_are_done_cancelled_and_added_after_a_signature(desk: Desk, clock: Clock) -> None:
    _made, _item, signed = signed_case(desk)
    (action,) = patients.load(desk, ID).actions
    clock.forward(days=90)
    day = clock.now.date()
    assert [row.record_id for row in today.of_patient(desk, ID).rows if row.group is today.Group.ACTIONS] == [  # type: ignore[union-attr]
        action.id
    ]
    added = mdt_actions.add_action(desk, replace(ACTION, decision_id=signed.id, what="Echo"))
    done = mdt_actions.finish_action(desk, action.id, day)
    assert (done.value.status, done.value.done_date) == ("done", day)
    with pytest.raises(RefusedError, match="not open"):
        mdt_actions.cancel_action(desk, action.id, "x")
    assert done.undo is not None
    done.undo()
    cancelled = mdt_actions.cancel_action(desk, action.id, "moved away")
    assert (cancelled.value.status, cancelled.value.note) == ("cancelled", "moved away")
    assert mdt_actions.amend_action(desk, replace(added.value, owner="Nurse")).value.owner == "Nurse"
    another = mdt_actions.add_action(desk, replace(ACTION, decision_id=signed.id, what="DXA"))
    assert another.undo is not None
    another.undo()
    assert {one.what for one in patients.load(desk, ID).actions} == {ACTION.what, "Echo"}


@in_a_file
def test_history_names_the_meeting_and_the_decision_by_their_day(desk: Desk) -> None:
    _made, (item,) = planned(desk)
    written(desk, item, ACTION)
    told = [one.text for one in history.of_patient(desk, ID, group="MDT").entries[0].items]
    assert "; meeting 12.03.2026; " in told[0]
    assert "place on the agenda 12.03.2026" in told[0]
    assert "criteria shown FVC fall > 10 % MET, DLCO fall > 15 % NOT MET" in told[0]
    assert told[1].startswith("added action Repeat FVC and DLCO: owner Clinic; due 01.06.2026; ")
    assert told[1].endswith("decision 12.03.2026")
    assert (
        history.of_patient(desk, ID, group="MDT")
        .entries[1]
        .text.startswith("added place on the agenda Has the lung got worse?")
    )


@in_a_file
def test_the_report_counts_each_answer_and_shows_who_is_behind_it(desk: Desk, clock: Clock) -> None:
    made, items = planned(desk, ID, SECOND, THIRD)
    for item, values in zip(
        items,
        (
            {"recommendations": ("start", "more_tests")},
            {"recommendations": ("more_tests",), "recommendation": "", "team_verdict": "cannot_tell"},
            {"team_verdict": "cannot_tell"},
        ),
        strict=True,
    ):
        decisions.sign_decision(desk, written(desk, item, **values).id)
    clock.forward(days=30)
    first, second, _third = (case.decision for case in meetings.meeting_view(desk, made.id).cases)
    assert first is not None
    assert second is not None
    decisions.answer_carried_out(desk, first.id, implemented="yes")
    decisions.answer_carried_out(desk, second.id, implemented="no", not_implemented="access")
    report = carried_out.carried_out(desk, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert [report.all.of(answer) for answer in carried_out.ANSWERS] == [1, 0, 1, 0, 1]
    assert report.all.percent == Decimal("50.0")
    by = {line.label: (line.of("yes"), len(line.decisions)) for line in report.by_recommendation}
    assert by == {"start": (1, 1), "more tests": (1, 2), "in words only": (0, 1)}
    (line,) = report.by_reason
    assert (line.label, [one.mrn for one in line.decisions]) == ("access or funding", ["N-2"])
    assert carried_out.carried_out(desk, dt.date(2025, 1, 1), dt.date(2025, 12, 31)).all.percent is None


def test_suggestions_name_who_newly_met_a_criterion_and_what_is_overdue(desk: Desk, clock: Clock) -> None:
    _made, (item,) = planned(desk)
    target = meetings.plan_meeting(desk, meeting(4, 9)).value
    assert suggestions.suggestions(desk, target.id) == ()  # on the agenda of today's meeting
    agenda.remove_from_agenda(desk, item.id, "not ready")
    (found,) = suggestions.suggestions(desk, target.id)
    assert (found.patient_id, found.name) == (ID, "HOLLOWAY, Ingrid")
    assert any(reason.endswith("newly MET on 12.03.2026") for reason in found.reasons)
    assert len(found.question) <= 200
    made = meetings.meetings(desk)[-1].meeting
    again = agenda.add_to_agenda(desk, agenda_item(made)).value
    due = replace(ACTION, due=dt.date(2026, 4, 1))
    kept = written(desk, again, due, next_date=PartialDate(2026, 4))
    decisions.sign_decision(desk, kept.id)
    clock.forward(days=25)
    (found,) = suggestions.suggestions(desk, target.id)
    assert found.reasons == (
        "next discussion: 04.2026",
        "overdue since 01.04.2026: Repeat FVC and DLCO",
    )
    agenda.add_to_agenda(desk, agenda_item(target))
    assert suggestions.suggestions(desk, target.id) == ()


@in_a_file
def test_material_is_proposed_from_what_is_recorded(desk: Desk) -> None:
    planned(desk)
    record = patients.load(desk, ID)
    scanned = record.hrct[-1].date
    assert agenda.material(record, scanned)["hrct"]
    assert agenda.material(record, dt.date(2026, 3, 12)) == {
        "pft": True,
        "hrct": False,
        "serology": True,
        "pathology": None,
    }
    assert agenda.material(record, dt.date(2028, 3, 12))["pft"] is False
    excluded = tuple(replace(test, excluded=True) for test in record.tests if isinstance(test, Pft))
    assert agenda.material(replace(record, tests=excluded), dt.date(2026, 3, 12))["pft"] is False
