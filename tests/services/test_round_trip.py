"""Every field of every record comes out of the registry as it went in."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy.orm import Session

from ctdild_desktop.clinical.records import (
    AgendaItem,
    Decision,
    Meeting,
    Patient,
    PatientRecord,
    TherapyLine,
)
from ctdild_desktop.services import rows
from ctdild_desktop.services.desk import Desk, new_id
from tests.support.desks import fill
from tests.support.valid_record import WITH_ABSENT, valid_record

PATIENT = Patient(id=new_id(), mrn="X-0")
MEETING = Meeting(id=new_id(), date=dt.date(2026, 3, 10))
DECISION = Decision(
    id=new_id(), meeting_id=MEETING.id, patient_id=PATIENT.id, date=MEETING.date, question="Worse?"
)
LINKS: dict[str, str] = {
    "meeting_id": MEETING.id,
    "patient_id": PATIENT.id,
    "decision_id": DECISION.id,
}


class RolledBackError(Exception):
    """Ends a transaction of which nothing shall be kept."""


@pytest.fixture(params=["file", "owner"])
def filled(request: pytest.FixtureRequest) -> Desk:
    """Of every kind, also of those that no act at a desk writes: on a server as the owner of the database."""
    desk: Desk = request.getfixturevalue(f"{request.param}_desk")
    fill(desk, PatientRecord(patient=PATIENT))
    with desk.registry.write(desk.login) as session:
        desk.store.insert(session, None, MEETING)
        desk.store.insert(session, PATIENT.id, DECISION)
    return desk


def links_of(kind: type[Any]) -> dict[str, str]:
    needed = {item.name for item in fields(kind)} & LINKS.keys()
    return {name: LINKS[name] for name in needed}


def test_every_kind_that_stands_for_itself_is_tried() -> None:
    assert set(WITH_ABSENT) == rows.ROW_OF.keys() - set(rows.PARTS.values())


@pytest.mark.parametrize("kind", WITH_ABSENT, ids=lambda kind: kind.__name__)
def test_every_field_comes_back_digit_for_digit(filled: Desk, kind: type[Any]) -> None:
    store = filled.store

    def write_and_read(session: Session, record: Any, other: Any) -> None:
        if kind in (Decision, AgendaItem):
            store.void(session, Decision, DECISION.id, user="x", at=filled.clock(), reason="")
        kept = store.insert(
            session, PATIENT.id if kind in rows.OF_PATIENT or kind is Patient else None, record
        )
        session.expire_all()
        found = store.current(session, kind, record.id).value
        assert differing(replace(in_order(found), **decided(record)), in_order(record)) == {}
        changed = replace(other, id=record.id, **decided(kept))
        store.update(session, changed, user=filled.login, at=filled.clock())
        session.expire_all()
        found = store.current(session, kind, record.id).value
        assert differing(replace(in_order(found), version=1), replace(in_order(changed), version=1)) == {}
        raise RolledBackError

    @settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
    @given(valid_record(kind, **links_of(kind)), valid_record(kind, **links_of(kind)))
    def comes_back(record: Any, other: Any) -> None:
        with suppress(RolledBackError), filled.registry.write(filled.login) as session:
            write_and_read(session, record, other)
            raise AssertionError("nothing was rolled back")

    comes_back()


def differing(one: Any, other: Any) -> dict[str, tuple[str, str]]:
    """The fields that two records say differently: 2.30 and 2.3 differ."""
    pairs = {
        item.name: (repr(getattr(one, item.name)), repr(getattr(other, item.name))) for item in fields(one)
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def decided(record: Any) -> dict[str, Any]:
    """What the store itself decides of a record."""
    return {name: getattr(record, name) for name in ("version", "entered") if hasattr(record, name)}


def in_order(record: Any) -> Any:
    """A line of therapy with its parts in one order, those of one day by what they say."""
    if not isinstance(record, TherapyLine):
        return record
    parts = {name: tuple(sorted(getattr(record, name), key=repr)) for name in rows.PARTS}
    return replace(record, **parts)
