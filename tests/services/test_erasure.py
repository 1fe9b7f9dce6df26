"""U4: an erased person is gone from rows, trail and bytes; the trail stays whole, and nothing can be hidden
behind an erasure.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.registry import audit
from ctdild_desktop.registry import erasure as door
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.models import AuditRow, Base, ErasureRow
from ctdild_desktop.registry.subkeys import subkey
from ctdild_desktop.services import (
    access,
    drafts,
    erasure,
    events,
    history,
    imports,
    pages,
    patients,
    pft,
    removed,
    upkeep,
    visits,
)
from ctdild_desktop.services.desk import Desk, RefusedError, Role
from ctdild_desktop.services.history import LogFilter
from tests.support.behind import unwatched
from tests.support.desks import LOGIN, PASSPHRASE, Clock, as_user, copied_desk, fill, in_a_file
from tests.support.holloway import record as holloway
from tests.support.pages import found_in

PATIENT = holloway().patient.id
MRN = "DEMO-0417"
BASIS, REASON = erasure.BASES[1], "letter of 2 March 2026"
FREE_TEXT = "Quittenbrot im Garten"
WORDS = ("HOLLOWAY", "Ingrid", MRN, FREE_TEXT, "holloway", "misread by the nurse")
OTHER = PatientRecord(patient=Patient(id="b" * 32, mrn="55-2", family_name="Åkerlund", given_name="Bo"))


def _leave_traces(desk: Desk, clock: Clock, folder: Path) -> None:
    """Let a person leave traces everywhere that the program writes."""
    fill(desk, holloway(), OTHER)
    clock.forward(minutes=5)
    test = patients.load(desk, PATIENT).tests[-1]
    changed = replace(test, fvc_l=Decimal("2.13"), comment=FREE_TEXT)
    pft.amend_pft(desk, changed, confirmed=("fvc_l",), reason="misread by the nurse")
    visits.remove_visit(desk, patients.load(desk, PATIENT).visits[-1].id, f"{FREE_TEXT} again")
    pages.mdt_page(desk, PATIENT, question=f"{FREE_TEXT}?")
    drafts.save_draft(desk, "pft", PATIENT, {"comment": FREE_TEXT})
    table = folder / "holloway.csv"
    table.write_text(f"mrn,test_date,fvc_l\n{MRN},2026-03-01,2.51\n", encoding="utf-8")
    imports.run_import(desk, [table])
    patients.edit_patient(desk, replace(patients.load(desk, OTHER.patient.id).patient, alert_note="other"))


@pytest.fixture(scope="module")
def traces(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a registry in a file in which a person left traces, closed, to be copied."""
    folder, clock = tmp_path_factory.mktemp("traces"), Clock()
    made = copied_desk(template, folder, clock)
    _leave_traces(made, clock, folder)
    made.close()
    return folder


@pytest.fixture(params=["file", "server"])
def busy(request: pytest.FixtureRequest, clock: Clock, tmp_path: Path) -> Iterator[Desk]:
    """A registry in which a person left traces everywhere, and a desk that has just looked at them."""
    if request.param == "server":
        desk: Desk = request.getfixturevalue("server_desk")
        _leave_traces(desk, clock, tmp_path)
    else:
        template: Path = request.getfixturevalue("template")
        clock.forward(minutes=5)
        folder = shutil.copytree(request.getfixturevalue("traces"), tmp_path / "traces")
        desk = access.unlock(folder / template.name, login=LOGIN, passphrase=PASSPHRASE, clock=clock)
    patients.note_opened(desk, PATIENT, "search")
    yield desk
    desk.close()


busy_in_a_file = pytest.mark.parametrize("busy", ["file"], indirect=True)


def erase(desk: Desk) -> Any:
    return erasure.erase(desk, PATIENT, basis=BASIS, reason=REASON, typed_mrn=MRN)


@busy_in_a_file
def test_the_preview_counts_what_will_go_and_changes_nothing(busy: Desk) -> None:
    before = busy.registry.head()
    seen = erasure.preview(busy, PATIENT)
    assert busy.registry.head() == before
    assert (seen.name, seen.mrn) == ("HOLLOWAY, Ingrid (DEMO-0417)", MRN)
    rows = {one.what: one.number for one in seen.rows}
    assert rows["PFT"] == len(holloway().tests) + 1
    assert rows["visit"] == len(holloway().visits)
    assert (rows["patient"], rows["draft"]) == (1, 1)
    assert seen.entries > 70
    assert seen.mentions == ()
    visit = patients.load(busy, PATIENT).visits[0]
    visits.record_visit(
        busy,
        OTHER.patient.id,
        replace(visit, id="", note="sister of Ingrid Holloway"),
        confirmed=("weight_kg",),
    )
    told = {one.what: one.number for one in erasure.preview(busy, PATIENT).mentions}
    assert told == {"visit of others": 1, "entry of the audit trail about others": 1}


def test_u4_an_erased_person_is_in_no_row_and_in_no_value_of_the_trail(busy: Desk) -> None:
    acts = len(history.log(busy, LogFilter(), limit=500).entries)
    done = erase(busy)
    assert done.undo is None
    assert done.message.endswith("This cannot be undone.")
    with busy.registry.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                said = repr(tuple(row))
                assert not [word for word in WORDS if word in said], table.name
        for table in door.tables_of_patients():
            column = table.c.id if table.name == "patient" else table.c.patient_id
            assert session.execute(select(table).where(column == PATIENT)).all() == []
        entries = session.execute(select(AuditRow).where(AuditRow.subject_id == PATIENT)).scalars().all()
        assert len(entries) > 100
        assert {(row.old, row.new, row.reason) for row in entries} == {(None, None, "")}
        stub = session.execute(select(ErasureRow)).scalar_one()
        assert (stub.subject_id, stub.basis, stub.reason, stub.erased_by) == (PATIENT, BASIS, REASON, "amsel")
        assert stub.entries == done.value.entries
    assert upkeep.verify(busy).ok
    assert [hit.mrn for hit in patients.find(busy, "")] == ["55-2"]
    assert removed.removed_patients(busy) == ()
    told = history.log(busy, LogFilter(), limit=500).entries
    assert len(told) == acts + 2
    assert {entry.about for entry in told} <= {"", "an erased patient", "2 patients", "ÅKERLUND, Bo (55-2)"}
    (shown,) = history.log(busy, LogFilter(group="Erasure")).entries
    assert "legal basis GDPR Art. 17(1)(b): consent withdrawn" in shown.text


def test_u4_the_others_keep_everything(busy: Desk) -> None:
    before = patients.load(busy, OTHER.patient.id)
    entries = history.of_patient(busy, OTHER.patient.id).entries
    erase(busy)
    assert patients.load(busy, OTHER.patient.id) == before
    assert history.of_patient(busy, OTHER.patient.id).entries == entries
    patients.edit_patient(busy, replace(before.patient, alert_note="and on it goes"))
    assert upkeep.verify(busy).ok


@busy_in_a_file
@pytest.mark.parametrize("scrubbed", [True, False])
def test_u4_no_byte_of_an_erased_person_is_left_in_any_page(
    busy: Desk, scrubbed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, key = busy.registry.path, subkey(busy.registry.data_key, "db")
    assert found_in(path, key, WORDS) == sorted(WORDS)
    if scrubbed:
        done = erase(busy)
        assert done.value.clean
        assert found_in(path, key, WORDS) == []
        assert not path.with_name(f"{path.name}-wal").stat().st_size
        assert upkeep.verify(busy).ok
        busy.close()
    else:
        monkeypatch.setattr(door, "scrub", lambda _registry: False)
        done = erase(busy)
        assert "when the program is closed at every desk" in done.message
        busy.close()
    assert found_in(path, key, WORDS) == []
    assert found_in(path, key, ("Åkerlund",)) == ["Åkerlund"]


@busy_in_a_file
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"typed_mrn": "DEMO-0418"}, "not the MRN"),
        ({"typed_mrn": ""}, "not the MRN"),
        ({"basis": " "}, "legal basis"),
        ({"reason": ""}, "who asked"),
        ({"reason": "asked by Mrs holloway"}, "would keep the name"),
        ({"reason": f"for {MRN}"}, "would keep the name"),
        ({"basis": "the court of Ingrid"}, "would keep the name"),
    ],
)
def test_what_is_missing_or_wrong_erases_nothing(busy: Desk, change: dict[str, str], words: str) -> None:
    before = patients.load(busy, PATIENT)
    given = {"basis": BASIS, "reason": REASON, "typed_mrn": MRN} | change
    with pytest.raises(RefusedError, match=words):
        erasure.erase(busy, PATIENT, **given)
    assert patients.load(busy, PATIENT) == before


@busy_in_a_file
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_erase(busy: Desk, role: Role) -> None:
    other = as_user(busy, "specht", "T. Specht", role)
    for act in (
        lambda: erasure.preview(other, PATIENT),
        lambda: erasure.erase(other, PATIENT, basis=BASIS, reason=REASON, typed_mrn=MRN),
        lambda: erasure.record_refused_erasure(other, PATIENT, basis=BASIS, reason=REASON),
    ):
        with pytest.raises(RefusedError, match="erasing a person needs administrator"):
            act()
    assert patients.load(busy, PATIENT).patient.mrn == MRN


def test_a_removed_patient_can_be_erased_and_nobody_twice(busy: Desk) -> None:
    patients.remove_patient(busy, PATIENT, "registered twice")
    assert erasure.person(busy, MRN) == PATIENT
    erase(busy)
    with pytest.raises(RefusedError, match="no longer in the registry"):
        erase(busy)
    with pytest.raises(RefusedError, match="No patient has the MRN"):
        erasure.person(busy, MRN)
    assert upkeep.verify(busy).ok


@busy_in_a_file
def test_two_persons_can_be_erased_one_after_the_other(busy: Desk) -> None:
    erase(busy)
    erasure.erase(busy, OTHER.patient.id, basis=BASIS, reason=REASON, typed_mrn="55-2")
    assert patients.count(busy) == 0
    assert upkeep.verify(busy).ok


def test_a_refused_erasure_is_kept_in_the_patient_s_history(busy: Desk) -> None:
    done = erasure.record_refused_erasure(busy, PATIENT, basis=erasure.REFUSAL, reason=REASON)
    assert done.undo is None
    told = history.of_patient(busy, PATIENT).entries[0].text
    assert told == f"erasure refused: legal basis {erasure.REFUSAL}; reason {REASON}"
    with pytest.raises(RefusedError, match="legal basis"):
        erasure.record_refused_erasure(busy, PATIENT, basis="", reason=REASON)


@in_a_file
def test_backups_that_hold_the_person_are_named_and_no_new_one_is_made(
    desk: Desk, clock: Clock, tmp_path: Path
) -> None:
    folder = desk.registry.path.parent
    upkeep.backup(desk, tmp_path / "elsewhere" / "too early.ctdild-backup")
    clock.forward(days=1)
    fill(desk, holloway())
    clock.forward(days=1)
    upkeep.backup(desk, folder / "backups" / "by hand.ctdild-backup")
    clock.forward(days=1)
    stick = tmp_path / "stick"
    upkeep.backup(desk, stick / "on a stick.ctdild-backup")
    before = {path.name for path in folder.rglob("*ctdild-backup")}
    seen = erasure.preview(desk, PATIENT).files
    assert [(one.name, one.folder) for one in seen] == [
        ("on a stick.ctdild-backup", ""),
        ("by hand.ctdild-backup", str(folder / "backups")),
    ]
    done = erase(desk)
    assert {one.name for one in done.value.files} == {one.name for one in seen}
    assert "2 backups made before still hold the person" in done.message
    assert {path.name for path in folder.rglob("*ctdild-backup")} == before


@busy_in_a_file
def test_what_waited_to_be_noted_of_the_person_is_forgotten(busy: Desk) -> None:
    busy.unnoted.append(events.Event("view", PATIENT, {"where": "search"}))
    erase(busy)
    events.note(busy, "verify", ok="yes")
    with busy.registry.read() as session:
        last = session.execute(select(AuditRow).order_by(AuditRow.seq.desc())).scalars().first()
        assert last is not None
        assert (last.row_id, last.subject_id) == ("verify", None)
    assert PATIENT not in busy.recent


def test_u4_only_the_person_who_is_being_erased_can_be_taken_out_of_the_trail(busy: Desk) -> None:
    blanked = "UPDATE audit SET old = NULL, new = NULL, reason = '', nonce = NULL WHERE subject_id = '{}'"

    def take(subject: str, statement: str) -> None:
        with busy.registry.write(busy.login, erasing=subject) as session:
            session.execute(text(statement))

    for subject, statement in (
        (PATIENT, blanked.format(OTHER.patient.id)),
        (PATIENT, "UPDATE audit SET user_id = 'x' WHERE subject_id = '" + PATIENT + "'"),
        (PATIENT, "UPDATE audit SET new = '{}' WHERE subject_id = '" + PATIENT + "'"),
        (PATIENT, "DELETE FROM audit WHERE subject_id = '" + PATIENT + "'"),
    ):
        with pytest.raises((DBAPIError, RegistryError)):
            take(subject, statement)
    with pytest.raises((DBAPIError, RegistryError)), busy.registry.write(busy.login) as session:
        session.execute(text(blanked.format(PATIENT)))
    assert upkeep.verify(busy).ok


FIRST = "WHERE seq = (SELECT min(seq) FROM audit WHERE subject_id = '{person}')"
BLANK = "old = NULL, new = NULL, reason = '', nonce = NULL"


@busy_in_a_file
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f"UPDATE audit SET {BLANK} WHERE subject_id = '{{other}}'", "was changed"),
        (f"UPDATE audit SET user_id = 'x' {FIRST}", "entries of an erased person"),
        (f"UPDATE audit SET at = '2020' {FIRST}", "entries of an erased person"),
        (f"UPDATE audit SET row_mac = x'00' {FIRST}", "seal"),
        (f"UPDATE audit SET new = 'x' {FIRST}", "was changed"),
        (f"DELETE FROM audit {FIRST}", "is missing"),
        ("UPDATE audit SET new = replace(new, '[[', '[[1,2],[') WHERE row_id = 'erasure'", "was changed"),
        ("DELETE FROM erasure", ""),
    ],
)
def test_u4_nothing_can_be_hidden_behind_an_erasure(busy: Desk, statement: str, words: str) -> None:
    erase(busy)
    with unwatched(busy.registry) as connection:
        connection.exec_driver_sql(statement.format(person=PATIENT, other=OTHER.patient.id))
    found = busy.registry.verify()
    assert found["ok"] is False
    if words:
        assert words in str(found["checks"]["audit_chain"])
    else:
        assert "erasure: 1 gone without an entry" in str(found["checks"]["content"])


def test_every_table_that_refers_to_a_patient_s_rows_says_whose_they_are() -> None:
    of_patients = {table.name for table in door.tables_of_patients()}
    for table in Base.metadata.sorted_tables:
        referred = {key.column.table.name for key in table.foreign_keys}
        if referred & of_patients:
            assert table.name in of_patients, table.name


def test_the_event_of_an_erasure_names_the_entries_in_spans() -> None:
    assert audit._spans([1, 2, 3, 7, 9, 10]) == [[1, 3], [7, 7], [9, 10]]
    assert audit._spans([]) == []
    assert json.dumps(audit._spans([5])) == "[[5, 5]]"
