"""Putting off a row of the work list: gone until its day, back at once when it rests on something else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from ctdild_desktop.clinical.putting_off import check_snooze
from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.services import erasure, history, patients, pft, snoozes, today
from ctdild_desktop.services.desk import Change, Desk, RefusedError
from ctdild_desktop.services.today import Group, OfPatient, State, TodayRow
from ctdild_desktop.services.today_rows import rows_of
from tests.services.test_today import record, whole
from tests.support import holloway
from tests.support.desks import as_user, fill, in_a_file

ID = holloway.patient().id
TODAY = holloway.TODAY
SOON = TODAY + dt.timedelta(days=8)


@pytest.fixture
def filled(desk: Desk) -> Desk:
    fill(desk, holloway.record())
    return desk


def of_ingrid(desk: Desk, day: dt.date = TODAY) -> OfPatient:
    found = today.of_patient(desk, ID, day)
    assert found is not None
    return found


def newly_met(desk: Desk) -> TodayRow:
    return next(row for row in of_ingrid(desk).rows if row.group is Group.PROGRESSION)


def test_a_row_is_gone_until_its_day_with_undo_and_in_the_history(filled: Desk) -> None:
    row = newly_met(filled)
    done = snoozes.put_off(filled, row, SOON, "Seen at the meeting on the 19th")
    assert done.message == "Saved row of the work list, put off until 20.03.2026."
    assert (done.changes.kinds, done.changes.patient_id) == ({Change.SNOOZE}, ID)
    found = of_ingrid(filled)
    assert row not in found.rows
    (held,) = found.put_off
    assert held == replace(row, snooze=held.snooze)
    assert held.snooze is not None
    assert (held.snooze.until, held.snooze.reason) == (SOON, "Seen at the meeting on the 19th")
    assert {one.item for one in of_ingrid(filled, SOON - dt.timedelta(days=1)).put_off} == {row.item}
    assert of_ingrid(filled, SOON).put_off == ()
    told = history.of_patient(filled, ID).entries[0]
    assert "put off until 20.03.2026" in " ".join(item.name for item in told.items)
    assert done.undo is not None
    undone = done.undo()
    assert newly_met(filled) == row
    assert undone.undo is not None
    undone.undo()
    assert of_ingrid(filled).put_off


@in_a_file
def test_it_is_back_at_once_when_it_rests_on_another_number(filled: Desk) -> None:
    snoozes.put_off(filled, newly_met(filled), SOON, "Waits for the meeting")
    known = patients.load(filled, ID)
    corrected = replace(known.tests[-1], fvc_l=Decimal("2.24"))
    issues = pft.check(corrected, known, TODAY)
    pft.amend_pft(filled, corrected, confirmed={one.field for one in issues} | {one.code for one in issues})
    assert newly_met(filled).reason.startswith("FVC 72.8 → 62.4 %")
    assert [row for row in of_ingrid(filled).put_off if row.group is Group.PROGRESSION] == []


def test_time_alone_does_not_bring_it_back_though_it_becomes_overdue() -> None:
    made = record(whole("2025-02-10", "80"))
    states = {}
    for day in (dt.date(2026, 2, 12), TODAY):
        (row,) = (one for one in rows_of(made, day) if one.key == "log_pft")
        states[row.state] = (row.item, row.basis)
    assert states.keys() == {State.DUE, State.OVERDUE}
    assert states[State.DUE] == states[State.OVERDUE]


@in_a_file
def test_show_again_brings_it_back_once(filled: Desk) -> None:
    row = newly_met(filled)
    kept = snoozes.put_off(filled, row, SOON, "Waits").value
    snoozes.show_again(filled, kept.id)
    assert newly_met(filled) == row
    with pytest.raises(RefusedError):
        snoozes.show_again(filled, kept.id)


@pytest.mark.parametrize(
    ("until", "reason", "field", "hard"),
    [
        (TODAY, "waits", "until", True),
        (TODAY + dt.timedelta(days=1), " ", "reason", True),
        (TODAY + dt.timedelta(days=92), "waits", "", False),
        (TODAY + dt.timedelta(days=93), "waits", "until", False),
        (TODAY + dt.timedelta(days=366), "waits", "until", False),
        (TODAY + dt.timedelta(days=367), "waits", "until", True),
    ],
)
def test_the_day_is_to_come_and_the_reason_is_said(
    until: dt.date, reason: str, field: str, hard: bool
) -> None:
    row = TodayRow(
        person=today.Person(
            id="p", mrn="M", name="", birth_date=None, sex="", age="", disease=""
        ),
        group=Group.DUE,
        key="x",
        reason="PFT",
        state=State.DUE,
        place=today.Place.LOG_PFT,
    )  # fmt: skip
    draft = snoozes.draft_of(row, TODAY, until, reason)
    found = check_snooze(draft, PatientRecord(patient=Patient(id="p", mrn="M")), TODAY)
    assert [(issue.field, issue.hard) for issue in found] == ([(field, hard)] if field else [])


@in_a_file
def test_nothing_is_kept_without_a_reason_or_by_who_only_reads(filled: Desk) -> None:
    row = newly_met(filled)
    with pytest.raises(RefusedError, match="Say why it can wait"):
        snoozes.put_off(filled, row, SOON, "  ")
    with pytest.raises(RefusedError, match="viewer"):
        snoozes.put_off(as_user(filled, "vera", "V. Reader", "viewer"), row, SOON, "waits")
    assert of_ingrid(filled).put_off == ()


def test_e_erasing_the_patient_takes_what_was_put_off_too(filled: Desk) -> None:
    snoozes.put_off(filled, newly_met(filled), SOON, "Waits for Ingrid's letter")
    erasure.erase(
        filled, ID, basis=erasure.BASES[0], reason="asked on the 12th", typed_mrn=holloway.patient().mrn
    )
    assert today.of_patient(filled, ID) is None
    with filled.registry.read() as session:
        assert session.execute(text("SELECT count(*) FROM snooze")).scalar_one() == 0
    assert filled.registry.verify()["ok"]
