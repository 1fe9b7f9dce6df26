"""The registry of a demonstration: made whole, made anew, stopped, and never over anything else."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from ctdild_desktop.clinical.plausibility_mdt import (
    check_action,
    check_agenda_item,
    check_decision,
    check_signing,
)
from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import AuditRow, PatientRow
from ctdild_desktop.services import (
    access,
    demo,
    inserting,
    meetings,
    patients,
    today,
)
from ctdild_desktop.services.demo import REFERENCE_DAY, DemoMade, fill, invent, make_demo
from ctdild_desktop.services.desk import RefusedError
from ctdild_desktop.services.progress import CancelledError, Progress


@pytest.fixture
def made(tmp_path) -> DemoMade:
    return make_demo(tmp_path / "demo", patients=5, seed=3, cost=CHEAPEST)


def unlocked(made: DemoMade):
    passphrase = made.passphrase_file.read_text(encoding="utf-8").strip()
    return access.unlock(made.registry, login=made.login, passphrase=passphrase)


def test_the_registry_holds_what_was_invented(made):
    desk = unlocked(made)
    try:
        assert desk.demo
        assert desk.role == "administrator"
        assert desk.registry.verify()["ok"]
        kept = {record.patient.mrn: record for record in patients.load_all(desk)}
    finally:
        desk.close()
    wanted = {record.patient.mrn: record for record in invent(5, 3)}
    assert kept.keys() == wanted.keys()
    for mrn, record in wanted.items():
        assert kept[mrn].patient == record.patient
        assert {test.id: test for test in kept[mrn].tests} == {test.id: test for test in record.tests}
        assert {line.id: line for line in kept[mrn].therapy} == {line.id: line for line in record.therapy}
        for name in ("diagnoses", "visits", "hrct", "adverse_events", "labs", "serology", "attachments"):
            of_kind = {one.id: one for one in getattr(record, name)}
            assert {one.id: one for one in getattr(kept[mrn], name)} == of_kind
    assert made.tests == sum(len(record.tests) for record in wanted.values())
    assert sorted(path.name for path in made.registry.parent.iterdir()) == [
        "demo.ctdild",
        "demo.ctdild.keys",
        "passphrase.txt",
    ]


def test_a_demonstration_is_made_anew(made):
    again = make_demo(made.registry.parent, patients=2, cost=CHEAPEST)
    desk = unlocked(again)
    try:
        assert patients.count(desk) == 2
    finally:
        desk.close()


def test_many_are_written_in_transactions_of_some_and_told_one_by_one(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "_TOGETHER", 2)
    told = []
    progress = Progress(lambda done, of, _what: told.append((done, of)))
    desk = make_demo(tmp_path, patients=5, cost=CHEAPEST, progress=progress).unlock()
    try:
        with desk.registry.read() as session:
            written = session.query(AuditRow.batch).filter(AuditRow.reason.startswith("invented patients"))
            batches = [batch for (batch,) in written.filter(AuditRow.table_name == "patient")]
        assert desk.registry.verify()["ok"]
        assert patients.count(desk) == 5
    finally:
        desk.close()
    assert [batches.count(one) for one in dict.fromkeys(batches)] == [2, 2, 1]
    assert told == [(done, 5) for done in range(5)]


def test_a_demonstration_that_is_stopped_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "_TOGETHER", 1)
    progress = Progress(lambda done, _of, _what: progress.cancel() if done == 2 else None)
    with pytest.raises(CancelledError):
        make_demo(tmp_path / "demo", patients=9, cost=CHEAPEST, progress=progress)
    assert list((tmp_path / "demo").iterdir()) == []


def test_a_pseudonym_that_somebody_has_is_drawn_again(tmp_path, monkeypatch):
    desk = make_demo(tmp_path, patients=1, cost=CHEAPEST).unlock()
    try:
        with desk.registry.read() as session:
            taken = session.execute(select(PatientRow.pseudonym)).scalar_one()
        drawn = iter([taken, "P-ACDEFGHJ"])
        monkeypatch.setattr(inserting, "new_pseudonym", lambda: next(drawn))
        fill(desk, [PatientRecord(patient=Patient(id="5" * 32, mrn="DEMO-9999"))])
        with desk.registry.read() as session:
            assert set(session.execute(select(PatientRow.pseudonym)).scalars()) == {taken, "P-ACDEFGHJ"}
    finally:
        desk.close()


@pytest.mark.parametrize("name", ["demo.ctdild", "demo.ctdild.keys", "passphrase.txt"])
def test_another_file_of_that_name_is_left_alone(tmp_path, name):
    (tmp_path / name).write_text("somebody's own\n", encoding="utf-8")
    with pytest.raises(RefusedError, match=f"{name} is not a demonstration"):
        make_demo(tmp_path, patients=1, cost=CHEAPEST)
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [
        (name, "somebody's own\n")
    ]


def test_a_clinic_s_registry_of_that_name_is_left_alone(tmp_path):
    desk, _code = access.create_registry(
        tmp_path / "demo.ctdild",
        login="demo",
        display_name="Demo",
        passphrase="a quiet passphrase",
        cost=CHEAPEST,
    )
    desk.close()
    (tmp_path / "passphrase.txt").write_text("a quiet passphrase\n", encoding="utf-8")
    before = (tmp_path / "demo.ctdild").read_bytes()
    with pytest.raises(RefusedError, match="not a demonstration"):
        make_demo(tmp_path, patients=1, cost=CHEAPEST)
    assert (tmp_path / "demo.ctdild").read_bytes() == before


def test_the_clock_stamps_the_trail_and_moves_no_history(tmp_path):
    def clock() -> dt.datetime:
        return dt.datetime(2027, 1, 2, 3, 4, tzinfo=dt.UTC)

    made = make_demo(tmp_path, patients=3, clock=clock, cost=CHEAPEST)
    desk = unlocked(made)
    try:
        records = tuple(patients.load_all(desk))
        with desk.registry.read() as session:
            stamps = {row.at for row in session.query(AuditRow)}
    finally:
        desk.close()
    assert [record.patient.mrn for record in records] == ["DEMO-0001", "DEMO-0002", "DEMO-0003"]
    assert max(test.date for record in records for test in record.tests) <= REFERENCE_DAY
    assert clock() in stamps


def test_invented_meetings_are_possible_signed_and_to_come(made):
    desk = unlocked(made)
    try:
        lines = meetings.meetings(desk)
        assert [(line.meeting.status, line.cases == line.signed) for line in lines] == [
            ("planned", False),
            ("closed", True),
            ("closed", True),
        ]
        records = {record.patient.id: record for record in patients.load_all(desk)}
        refused = []
        for line in lines:
            for case in meetings.meeting_view(desk, line.meeting.id).cases:
                patient, decision = records[case.item.patient_id].patient, case.decision
                refused += check_agenda_item(case.item, line.meeting, patient, ())
                if decision is not None:
                    refused += check_decision(decision, patient, REFERENCE_DAY)
                    refused += check_signing(decision, case.actions, REFERENCE_DAY)
                    assert len(decision.snapshot) > 1000
                for action in case.actions:
                    refused += check_action(action, decision, REFERENCE_DAY)
        assert refused == []
        ahead = today.next_meeting(desk, REFERENCE_DAY)
        assert ahead is not None
        assert ahead.patients == lines[0].cases > 0
    finally:
        desk.close()
