"""U6: what shows data or hands it on is in the audit trail, without a flood and without holding up care."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ctdild_desktop.registry.errors import DiskError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.services import access, events, imports, pages, patients, upkeep
from ctdild_desktop.services.desk import Desk
from tests.support.desks import LOGIN, PASSPHRASE, Clock, as_user, fill, in_a_file, reopen
from tests.support.holloway import record as holloway

PATIENT = holloway().patient.id


def noted(desk: Desk, kind: str = "") -> list[tuple[str, str | None, dict[str, str]]]:
    """Kind, patient and detail of the events of the trail, in order."""
    with desk.registry.read() as session:
        found = session.execute(select(AuditRow).where(AuditRow.op == "event").order_by(AuditRow.seq))
        rows = [(row.row_id, row.subject_id, json.loads(row.new or "{}")) for row in found.scalars()]
    return [row for row in rows if kind in ("", row[0])]


def test_u6_signing_in_and_leaving_are_noted(desk: Desk, clock: Clock) -> None:
    assert noted(desk) == [("unlock", None, {"role": "administrator"})]
    access.note_locked(desk)
    again = reopen(desk, clock)
    try:
        assert [kind for kind, _subject, _detail in noted(again)] == ["unlock", "lock", "unlock"]
    finally:
        again.close()


def test_u6_the_recovery_code_is_noted(template: Path, tmp_path: Path) -> None:
    desk, code = access.create_registry(
        tmp_path / "new.ctdild", login=LOGIN, display_name="R. Amsel", passphrase=PASSPHRASE, cost=CHEAPEST
    )
    desk.close()
    desk, _renewed = access.recover(
        tmp_path / "new.ctdild",
        recovery_code=code,
        login=LOGIN,
        passphrase="another passphrase",
        cost=CHEAPEST,
    )
    try:
        assert noted(desk, "recovery") == [("recovery", None, {})]
    finally:
        desk.close()


def test_u6_a_view_is_noted_once_in_ten_minutes_for_each_person_and_patient(desk: Desk, clock: Clock) -> None:
    fill(desk, holloway())
    other = as_user(desk, "specht", "T. Specht", "viewer")
    for minutes in (0, 3, 6):
        patients.note_opened(desk, PATIENT, "search")
        patients.note_opened(other, PATIENT, "list")
        clock.forward(minutes=3)
        assert len(noted(desk, "view")) == 2, minutes
    assert noted(desk, "view") == [
        ("view", PATIENT, {"where": "search"}),
        ("view", PATIENT, {"where": "list"}),
    ]
    clock.forward(minutes=1)
    patients.note_opened(desk, PATIENT, "list")
    assert len(noted(desk, "view")) == 3


def test_u6_a_view_after_the_clock_went_back_is_noted(desk: Desk, clock: Clock) -> None:
    fill(desk, holloway())
    patients.note_opened(desk, PATIENT, "search")
    clock.forward(hours=-2)
    patients.note_opened(desk, PATIENT, "search")
    assert len(noted(desk, "view")) == 2


def test_u6_a_printout_is_noted_before_it_is_handed_on(desk: Desk) -> None:
    fill(desk, holloway())
    with no_room(desk), pytest.raises(DiskError):
        pages.mdt_page(desk, PATIENT)
    assert noted(desk, "mdt_page") == []
    pages.mdt_page(desk, PATIENT)
    assert noted(desk, "mdt_page") == [("mdt_page", PATIENT, {"as_of": "12.03.2026", "pseudonymised": "no"})]


@in_a_file
def test_u6_import_backup_verify_and_restore_are_noted(desk: Desk, tmp_path: Path) -> None:
    table = tmp_path / "holloway.csv"
    table.write_text("mrn,test_date,fvc_l\nP1,2024-05-06,2.51\nP2,2024-05-06,2.51\n", encoding="utf-8")
    imports.run_import(desk, [table])
    ((_kind, subject, detail),) = noted(desk, "import")
    assert subject is None
    assert (detail["rows_read"], detail["patients_added"], detail["tests_added"]) == ("2", "2", "2")
    assert "holloway" not in json.dumps(detail)
    imports.run_import(desk, [table])
    assert len(noted(desk, "import")) == 1

    assert upkeep.verify(desk).ok
    assert noted(desk, "verify") == [("verify", None, {"ok": "yes"})]
    made = upkeep.backup(desk, tmp_path / "copy.ctdild-backup").value
    assert noted(desk, "backup") == [("backup", None, {"file": "copy.ctdild-backup", "why": "by hand"})]
    other = upkeep.restore(made, tmp_path / "again.ctdild", login=LOGIN, passphrase=PASSPHRASE)
    try:
        ((_kind, _subject, detail),) = noted(other, "restore")
        assert detail["backup"] == "copy.ctdild-backup"
    finally:
        other.close()


@in_a_file
def test_u6_a_failed_check_is_noted_by_the_names_of_what_failed(desk: Desk) -> None:
    with desk.registry._writing.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER audit_pft_update")
    assert upkeep.verify(desk).failed == ("triggers",)
    assert noted(desk, "verify") == [("verify", None, {"ok": "no", "failed": "triggers"})]


@contextmanager
def no_room(desk: Desk) -> Iterator[None]:
    """The registry does not take a write, as on a full disk."""
    registry: Any = desk.registry
    write = registry.write

    @contextmanager
    def refuse(*_args: Any, **_words: Any) -> Iterator[Any]:
        raise DiskError("The disk is full; nothing of this was saved.")
        yield

    registry.write = refuse
    try:
        yield
    finally:
        registry.write = write


def test_u6_a_full_disk_holds_up_no_view_and_loses_none(desk: Desk, clock: Clock) -> None:
    fill(desk, holloway())
    with no_room(desk):
        patients.note_opened(desk, PATIENT, "search")
        assert patients.view(desk, PATIENT).record == holloway()
    assert noted(desk, "view") == []
    clock.forward(minutes=2)
    events.note(desk, "verify", ok="yes")
    assert noted(desk)[-2:] == [
        ("view", PATIENT, {"where": "search", "at": "2026-03-12T10:00:00+00:00"}),
        ("verify", None, {"ok": "yes"}),
    ]
    events.note(desk, "verify", ok="yes")
    assert len(noted(desk, "view")) == 1
