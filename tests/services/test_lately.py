"""What was met lately: everybody in columns says what the record of each patient says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.services.demo import REFERENCE_DAY, invent
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.services.lately import lately_of, of_everybody, turn_of
from tests.support import holloway
from tests.support.columns import AS_OF, Inventor, record
from tests.support.desks import fill, in_a_file
from tests.support.people import day, percent, symptom


def everybody(desk: Desk, as_of: dt.date):
    with desk.registry.read() as session:
        return of_everybody(desk, session, as_of), list(desk.store.load_all(session))


@pytest.mark.parametrize(
    ("people", "as_of"),
    [
        (lambda: invent(15, 1), REFERENCE_DAY),
        (lambda: Inventor(Random(5)).records(40), AS_OF - dt.timedelta(days=60)),
    ],
    ids=["demonstration", "random"],
)
@in_a_file
def test_the_columns_say_what_each_record_says(
    desk: Desk, people: Callable[[], Iterable[PatientRecord]], as_of: dt.date
) -> None:
    fill(desk, *(_with_ids(item) for item in people()))
    answered, records = everybody(desk, as_of)
    assert len(answered) > 0.8 * len(records)
    for item in records:
        if item.patient.id in answered:
            assert answered[item.patient.id] == (lately_of(item, as_of), turn_of(item, as_of))
    assert any(turn is not None and turn.newly for _lately, turn in answered.values())


def _with_ids(item: PatientRecord) -> PatientRecord:
    """The record with ids as the registry wants them."""

    def named(parts: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(part, id=new_id()) for part in parts)

    lists = ("diagnoses", "visits", "tests", "hrct", "labs", "therapy", "adverse_events")
    bare = replace(item, procedures=(), consents=(), attachments=())  # they name other records by their ids
    return replace(bare, **{name: named(getattr(item, name)) for name in lists})


@in_a_file
def test_a_turn_is_what_the_latest_entry_met_and_the_one_before_did_not(desk: Desk) -> None:
    """73 is 8.75 % below 80; 71 is 11.25 %, 9 points in ten months, a slope of −10.8 points a year."""
    made = record(
        percent("2023-06-01", "80", id="a"),
        percent("2023-12-01", "73", id="b"),
        percent("2024-04-01", "71", id="c"),
    )
    turn = turn_of(made, AS_OF)
    assert turn is not None
    assert turn.day == day("2024-04-01")
    assert set(turn.newly) == {
        *("REVIEW_FVC_DECLINE", "INBUILD", "OMERACT", "ERICE"),
        *("RELIEF", "EUSTAR", "MCID_SSC"),
    }
    later = replace(made, visits=(symptom("2024-04-02", "stable"),))
    again = turn_of(later, AS_OF)
    assert again is not None
    assert (again.day, again.newly) == (day("2024-04-02"), ())
    assert again.met == turn.met
    fill(desk, _with_ids(made))
    answered, _records = everybody(desk, AS_OF)
    assert answered[made.patient.id][1] == turn


def test_nobody_has_a_turn_without_an_entry() -> None:
    assert turn_of(replace(record(), hrct=()), AS_OF) is None


@in_a_file
def test_a_visit_that_was_missed_is_no_visit(desk: Desk) -> None:
    made = _with_ids(record(percent("2023-06-01", "80"), percent("2024-03-01", "70")))
    missed = replace(
        symptom("2024-03-20", alternative_explanation=None), status="did_not_attend", id=new_id()
    )
    fill(desk, replace(made, appointments=(replace(missed, id=new_id()),)))
    answered, _records = everybody(desk, AS_OF)
    lately, _turn = answered[made.patient.id]
    assert {met.date for met in lately.met} == {day("2024-03-01")}


def test_the_history_of_one_patient() -> None:
    turn = turn_of(holloway.record(), holloway.TODAY)
    assert turn is not None
    assert turn.day == holloway.TODAY
    assert "INBUILD" in turn.newly
