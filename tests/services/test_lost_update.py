"""Two desks at one record: nobody overwrites what they did not see, and who tries is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ctdild_desktop.clinical.records import AdverseEvent, Diagnosis, Hrct, Patient, Pft, TherapyLine, Visit
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.services import acts, adverse_events, hrct, patients, pft, removed, rows, therapy, visits
from ctdild_desktop.services.desk import Desk, Done, RefusedError, StaleError
from tests.support import holloway
from tests.support.desks import Clock, as_user, fill

PATIENT_ID = holloway.patient().id


@dataclass(frozen=True)
class Kind:
    """How records of a kind are changed and removed, and a field that takes any text."""

    type: type[Any]
    amend: Callable[[Desk, Any], Done[Any]]
    remove: Callable[[Desk, str, str], Done[Any]]
    text: str = "note"


KINDS = (
    Kind(Patient, patients.edit_patient, patients.remove_patient, "alert_note"),
    Kind(Diagnosis, patients.amend_diagnosis, patients.remove_diagnosis),
    Kind(Visit, visits.amend_visit, visits.remove_visit),
    Kind(Pft, pft.amend_pft, pft.remove_pft, "comment"),
    Kind(Hrct, hrct.amend_hrct, hrct.remove_hrct),
    Kind(TherapyLine, therapy.amend_line, therapy.remove_line),
    Kind(AdverseEvent, adverse_events.amend_adverse_event, adverse_events.remove_adverse_event),
)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type.__name__)


@pytest.fixture
def other(desk: Desk) -> Desk:
    """A second person at a desk of the same registry, which holds one patient."""
    fill(desk, holloway.record())
    return as_user(desk, "brandt", "B. Brandt", "clinician")


def first(desk: Desk, kind: type[Any]) -> Any:
    record = patients.load(desk, PATIENT_ID)
    parts = (record.patient, *record.diagnoses, *record.visits, *record.tests, *record.hrct)
    return next(one for one in (*parts, *record.therapy, *record.adverse_events) if isinstance(one, kind))


def standing(desk: Desk, kind: Kind, record_id: str) -> Any:
    """The record as the registry has it; None when it is removed."""
    found = acts.standing(desk, kind.type, record_id)
    assert found is not None
    return found.value


@every_kind
def test_p2_a_second_save_of_what_was_seen_before_is_told_with_who_when_and_both_values(
    desk: Desk, other: Desk, clock: Clock, kind: Kind
) -> None:
    seen = first(desk, kind.type)
    clock.forward(minutes=5)
    theirs = kind.amend(other, replace(seen, **{kind.text: "theirs"})).value
    before = desk.registry.head()
    mine = replace(seen, **{kind.text: "mine"})
    with pytest.raises(StaleError, match=r"changed by B\. Brandt on 12\.03\.2026 at \d\d:05") as caught:
        kind.amend(desk, mine)
    told = caught.value
    assert (getattr(told.mine, kind.text), told.theirs) == ("mine", theirs)
    assert (told.changed_by, told.changed_at) == ("B. Brandt", clock.now)
    assert desk.registry.head() == before
    assert standing(desk, kind, seen.id) == theirs
    assert theirs.version == seen.version + 1
    kept = kind.amend(desk, replace(theirs, **{kind.text: "both"})).value
    assert (kept.version, getattr(kept, kind.text)) == (seen.version + 2, "both")


@every_kind
def test_p2_a_save_of_what_was_removed_is_told_and_brings_nothing_back(
    desk: Desk, other: Desk, kind: Kind
) -> None:
    seen = first(desk, kind.type)
    kind.remove(other, seen.id, "entered twice")
    before = desk.registry.head()
    with pytest.raises(RefusedError) as caught:
        kind.amend(desk, replace(seen, **{kind.text: "mine"}))
    assert isinstance(caught.value, StaleError)
    assert "removed by B. Brandt on 12.03.2026 at" in str(caught.value)
    assert caught.value.theirs is None
    assert desk.registry.head() == before
    assert standing(desk, kind, seen.id) is None


@every_kind
def test_p2_an_undo_does_not_undo_what_somebody_else_did(desk: Desk, other: Desk, kind: Kind) -> None:
    seen = first(desk, kind.type)
    changed = kind.amend(desk, replace(seen, **{kind.text: "mine"}))
    theirs = kind.amend(other, replace(changed.value, **{kind.text: "theirs"})).value
    assert changed.undo is not None
    with pytest.raises(StaleError):
        changed.undo()
    assert standing(desk, kind, seen.id) == theirs


@every_kind
def test_p2_an_undone_removal_does_not_go_over_a_record_that_is_there_again(
    desk: Desk, other: Desk, kind: Kind
) -> None:
    seen = first(desk, kind.type)
    gone = kind.remove(desk, seen.id, "entered twice")
    if kind.type is Patient:
        removed.restore_removed_patient(other, seen.id)
    else:
        removed.restore_removed(other, kind.type, seen.id)
    theirs = kind.amend(other, replace(standing(other, kind, seen.id), **{kind.text: "theirs"})).value
    assert gone.undo is not None
    with pytest.raises(StaleError, match=r"changed by B\. Brandt"):
        gone.undo()
    mine = replace(seen, **{kind.text: "mine"})
    with pytest.raises(StaleError):
        acts.transact(desk, PATIENT_ID, (acts.Restore(kind.type, seen.id, value=mine),))
    assert standing(desk, kind, seen.id) == theirs


@dataclass
class Undo:
    """An act that may be taken back: while the record is still as the act left it."""

    act: Callable[[], Done[Any]]
    after: tuple[bool, int | None]
    """Whether the record was there, and in which version; a removal is taken back while it is removed."""
    text: str | None


@dataclass
class Seat:
    """A desk, and the record as its person saw it last."""

    desk: Desk
    seen: Any
    undo: Undo | None = None


@dataclass
class Truth:
    """The record as it must be by everything that was acknowledged."""

    version: int
    text: str
    there: bool = True
    acknowledged: int = 0

    def keep(self, text: str, *, there: bool = True) -> None:
        self.version, self.text, self.there = self.version + 1, text, there
        self.acknowledged += 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from((0, 1)), st.sampled_from(("look", "save", "save", "remove", "restore", "undo"))
    ),
    min_size=4,
    max_size=14,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, kind=st.sampled_from(KINDS[1:]))
def test_p2_in_any_order_of_two_desks_nothing_that_was_saved_is_overwritten_unseen(
    desk: Desk, other: Desk, steps: list[tuple[int, str]], kind: Kind
) -> None:
    record_id = first_id(kind)
    if standing(desk, kind, record_id) is None:
        removed.restore_removed(desk, kind.type, record_id)
    record = standing(desk, kind, record_id)
    truth = Truth(record.version, getattr(record, kind.text))
    seats = (Seat(desk, record), Seat(other, record))
    entry = desk.registry.last_entry()
    for number, (who, what) in enumerate(steps):
        # the version makes each text another one than in every example before
        one_step(seats[who], what, kind, truth, f"text {number} of {who} on {truth.version}")
        held = standing(desk, kind, record_id)
        assert (held is not None) == truth.there
        if held is not None:
            assert (held.version, getattr(held, kind.text)) == (truth.version, truth.text)
    assert versions_since(desk.registry, entry, kind, record_id) == [
        *range(record.version + 1, truth.version + 1)
    ]
    assert truth.version - record.version == truth.acknowledged


def first_id(kind: Kind) -> str:
    record = holloway.record()
    parts = (*record.diagnoses, *record.visits, *record.tests, *record.hrct, *record.therapy)
    return next(str(one.id) for one in (*parts, *record.adverse_events) if isinstance(one, kind.type))


def one_step(seat: Seat, what: str, kind: Kind, truth: Truth, text: str) -> None:
    desk, record_id = seat.desk, seat.seen.id
    before = truth.text
    if what == "look" and truth.there:
        seat.seen = standing(desk, kind, record_id)
    elif what == "save":
        fresh = truth.there and seat.seen.version == truth.version
        mine = replace(seat.seen, **{kind.text: text})
        done = attempt(lambda: kind.amend(desk, mine), allowed=fresh)
        if done is not None:
            truth.keep(text)
            seat.seen, seat.undo = done.value, undo_of(done, (True, truth.version), before)
    elif what == "remove":
        done = attempt(lambda: kind.remove(desk, record_id, "twice"), allowed=truth.there)
        if done is not None:
            truth.keep(before, there=False)
            seat.undo = undo_of(done, (False, None), before)
    elif what == "restore":
        done = attempt(lambda: removed.restore_removed(desk, kind.type, record_id), allowed=not truth.there)
        if done is not None:
            truth.keep(before)
            seat.undo = undo_of(done, (True, truth.version), None)
    elif what == "undo" and seat.undo is not None:
        undo, seat.undo = seat.undo, None
        there, version = undo.after
        as_left = truth.there == there and version in (None, truth.version)
        if attempt(undo.act, allowed=as_left) is not None:
            truth.keep(before if undo.text is None or not there else undo.text, there=undo.text is not None)


def undo_of(done: Done[Any], after: tuple[bool, int | None], text: str | None) -> Undo:
    assert done.undo is not None
    return Undo(done.undo, after, text)


def attempt(act: Callable[[], Done[Any]], *, allowed: bool) -> Done[Any] | None:
    """Do what is allowed; what is not must be refused, with both values where it is a conflict."""
    if allowed:
        return act()
    with pytest.raises(RefusedError):
        act()
    return None


def versions_since(registry: Registry, entry: int, kind: Kind, record_id: str) -> list[int]:
    """The versions that the trail tells of a record after an entry."""
    with registry.read() as session:
        told = session.execute(
            select(AuditRow.new)
            .where(AuditRow.seq > entry, AuditRow.row_id == record_id, AuditRow.op == "update")
            .where(AuditRow.table_name == rows.ROW_OF[kind.type].__tablename__)
            .order_by(AuditRow.seq)
        ).scalars()
        return [json.loads(str(new))["version"] for new in told]
