"""Transactions: whole or not at all, stamped, told in words, and safe with several windows."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ctdild_desktop.registry import files
from ctdild_desktop.registry.errors import (
    BusyError,
    ChangedElsewhereError,
    DiskError,
    RegistryError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import Base, PatientRow, PftRow, RegistryInfoRow, UserRow, VisitRow
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE, Clock, Made, in_a_file


def the_patient(session: Session) -> PatientRow:
    return session.execute(select(PatientRow)).scalar_one()


def rename(registry: Registry, name: str) -> None:
    with registry.write(LOGIN) as session:
        the_patient(session).family_name = name


def test_a_new_registry_knows_its_first_user(registry: Registry) -> None:
    assert (registry.login, registry.display_name, registry.role) == (LOGIN, "R. Amsel", "administrator")
    with registry.read() as session:
        info = session.get_one(RegistryInfoRow, 1)
        assert len(info.db_id) == 32
        assert info.demo is False


def test_the_file_is_not_a_readable_database(made: Made) -> None:
    assert made.path.read_bytes()[:16] != b"SQLite format 3\0"


def test_nothing_compiled_for_a_closed_registry_is_kept(made: Made) -> None:
    def kept() -> int:
        return sum(len(vars(mapper).get("_compiled_cache", ())) for mapper in Base.registry.mappers)

    registry = Registry.open(made.path, LOGIN, PASSPHRASE)
    rename(registry, "Zaunkönig")
    assert kept() > 0
    registry.close()
    assert kept() == 0


@in_a_file
def test_who_and_when_are_stamped(registry: Registry, clock: Clock) -> None:
    with registry.read() as session:
        first = the_patient(session).created_at
    clock.now = dt.datetime(2026, 4, 1, 8, 0, tzinfo=dt.UTC)
    with registry.write("drossel", "name corrected") as session:
        the_patient(session).family_name = "Zaunkönig"
    with registry.read() as session:
        patient = the_patient(session)
        assert (patient.created_at, patient.created_by) == (first, LOGIN)
        assert (patient.updated_at, patient.updated_by) == (clock.now, "drossel")
        assert patient.version == 2


def test_an_exception_leaves_nothing(registry: Registry) -> None:
    class StopError(Exception):
        pass

    def fail() -> None:
        with registry.write(LOGIN) as session:
            session.add(PatientRow(mrn="2"))
            session.flush()
            raise StopError

    before = registry.head()
    with pytest.raises(StopError):
        fail()
    with registry.read() as session:
        assert the_patient(session).mrn == "MRN-SENTINEL-1"
    assert registry.head() == before


def test_a_read_sees_one_moment(registry: Registry) -> None:
    with registry.read() as session:
        before = the_patient(session).family_name
        rename(registry, "Other")
        session.expire_all()
        assert the_patient(session).family_name == before
    with registry.read() as session:
        assert the_patient(session).family_name == "Other"


def test_a_write_within_a_write_is_a_bug_and_is_told_at_once(registry: Registry) -> None:
    with registry.write(LOGIN), pytest.raises(RuntimeError, match="wait for itself"):
        rename(registry, "Other")
    rename(registry, "Other")


def test_a_write_needs_somebody(registry: Registry) -> None:
    with pytest.raises(ValueError, match="login"), registry.write(""):
        pass


def test_the_second_of_two_changes_is_refused(registry: Registry) -> None:
    with registry.read() as session:
        mine = the_patient(session)
    rename(registry, "Theirs")

    def save_mine() -> None:
        with registry.write(LOGIN) as session:
            session.add(mine)
            mine.family_name = "Mine"

    with pytest.raises(ChangedElsewhereError, match="changed this entry first"):
        save_mine()
    with registry.read() as session:
        assert the_patient(session).family_name == "Theirs"


def test_one_mrn_belongs_to_one_living_entry(registry: Registry) -> None:
    def add() -> None:
        with registry.write(LOGIN) as session:
            session.add(PatientRow(mrn="MRN-SENTINEL-1"))

    with pytest.raises(RegistryError, match="MRN is already"):
        add()
    with registry.write(LOGIN, "entered twice") as session:
        patient = the_patient(session)
        patient.deleted_at, patient.deleted_by, patient.deleted_reason = registry.clock(), LOGIN, "twice"
    add()
    with registry.read() as session:
        assert len(session.execute(select(PatientRow)).all()) == 2


def test_refused_words_name_no_patient(registry: Registry) -> None:
    def break_a_rule() -> None:
        with registry.write(LOGIN) as session:
            session.add(PatientRow(mrn="1", family_name="Geheim", sex="X"))

    with pytest.raises(Exception, match="ck_patient_sex") as caught:
        break_a_rule()
    assert "Geheim" not in str(caught.value)


@in_a_file
def test_a_full_disk_loses_nothing_and_is_told(registry: Registry) -> None:
    def fill() -> None:
        with registry.write(LOGIN) as session:
            connection = session.connection()
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            session.add(PatientRow(mrn="big", alert_note="x" * 200_000))

    with pytest.raises(DiskError, match="disk is full"):
        fill()
    registry._engine.dispose()
    rename(registry, "After")
    assert registry.verify()["ok"] is True


@in_a_file
def test_a_read_only_registry_is_told(registry: Registry) -> None:
    def save() -> None:
        with registry.write(LOGIN) as session:
            session.connection().exec_driver_sql("PRAGMA query_only=ON")
            session.add(PatientRow(mrn="2"))

    with pytest.raises(DiskError, match="read-only"):
        save()


@in_a_file
def test_a_second_window_waits_and_is_told(registry: Registry, made: Made) -> None:
    other = made.open()
    try:
        with registry.write(LOGIN) as session:
            session.add(PatientRow(mrn="2"))
            with other.read() as reading:
                assert len(reading.execute(select(PatientRow)).all()) == 1
                reading.connection().exec_driver_sql("PRAGMA busy_timeout=1")
            with pytest.raises(BusyError, match="Another window or program"):
                rename(other, "Other")
    finally:
        other.close()


def test_threads_take_turns(registry: Registry) -> None:
    with registry.read() as session:
        patient_id = the_patient(session).id

    def log(number: int) -> None:
        for step in range(5):
            with registry.write(LOGIN) as session:
                session.add(VisitRow(patient_id=patient_id, date=dt.date(2026, 1, 1 + number), mmrc=step % 5))

    threads = [threading.Thread(target=log, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with registry.read() as session:
        assert len(session.execute(select(VisitRow)).all()) == 20
    assert registry.verify()["ok"] is True


@in_a_file
def test_another_process_reads_and_writes_while_the_window_is_open(registry: Registry, made: Made) -> None:
    script = (
        "import sys; from pathlib import Path; from sqlalchemy import select\n"
        "from ctdild_desktop.registry.registry import Registry\n"
        "from ctdild_desktop.registry.models import PatientRow\n"
        "registry = Registry.open(Path(sys.argv[1]), sys.argv[2], sys.argv[3])\n"
        "with registry.write(registry.login) as session: session.add(PatientRow(mrn='from outside'))\n"
        "with registry.read() as session: print(len(session.execute(select(PatientRow)).all()))\n"
        "registry.close()\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script, str(made.path), LOGIN, PASSPHRASE],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "2"
    with registry.read() as session:
        assert len(session.execute(select(PatientRow)).all()) == 2
    assert registry.verify()["ok"] is True


@in_a_file
def test_a_login_that_is_switched_off_does_not_enter(registry: Registry, made: Made) -> None:
    with registry.write(LOGIN) as session:
        session.execute(select(UserRow)).scalar_one().active = False
    registry.close()
    with pytest.raises(WrongPassphraseError, match="switched off"):
        made.open()


@pytest.mark.skipif(sys.platform != "linux", reason="open files are asked of /proc, which is Linux's")
def test_a_read_that_outlasts_the_closing_lets_go_of_the_file_at_its_end(made: Made) -> None:
    """Its pool was given up: nobody else would close it, and the log would stay beside the file."""
    registry = made.open(Clock())
    with registry.read() as session:
        assert session.execute(select(PatientRow.mrn)).scalars().all()
        registry.close()
    held = set()
    for descriptor in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # the one that lists them is closed by now
            held.add(os.readlink(f"/proc/self/fd/{descriptor}"))
    assert not [name for name in held if name.startswith(str(made.path))]
    assert not made.path.with_name(f"{made.path.name}-wal").exists()


def test_closing_wipes_the_keys(made: Made) -> None:
    registry = made.open()
    keys = (registry._dek, registry.backend._key, registry._audit_key)
    assert all(any(key) for key in keys)
    registry.close()
    registry.close()
    assert not any(any(key) for key in keys)
    assert sorted(file.name for file in made.path.parent.iterdir()) == ["clinic.ctdild", "clinic.ctdild.keys"]


@in_a_file
def test_nothing_opens_live_files_behind_the_library(registry: Registry, made: Made, tmp_path: Path) -> None:
    opened: list[str] = []
    watching = [True]

    def watch(name: str, args: tuple[object, ...]) -> None:
        if watching and name == "open" and isinstance(args[0], str | bytes):
            opened.append(args[0] if isinstance(args[0], str) else args[0].decode("utf-8", "replace"))

    sys.addaudithook(watch)
    try:
        rename(registry, "Watched")
        registry.verify()
        registry.backup(tmp_path / "copy.ctdild-backup")
        with registry.read() as session:
            the_patient(session)
        made.open().close()
    finally:
        watching.clear()
    live = {str(made.path), f"{made.path}-wal", f"{made.path}-shm"}
    assert opened
    assert live.isdisjoint(opened)


def test_names_and_numbers_are_nowhere_on_the_disk(made: Made, tmp_path: Path) -> None:
    registry = made.open()
    with registry.read() as session:
        patient_id = the_patient(session).id
    for _ in range(20):
        with registry.write(LOGIN, "Reason-Sentinel") as session:
            session.add(
                PftRow(
                    patient_id=patient_id,
                    date=dt.date(2026, 1, 1),
                    fvc_l=Decimal("2.31"),
                    comment="Comment-Sentinel",
                )
            )
    registry.backup(tmp_path / "copy.ctdild-backup")
    found = {file.name: file.stat().st_size for file in tmp_path.iterdir()}
    assert {"clinic.ctdild", "clinic.ctdild-wal", "clinic.ctdild-shm", "copy.ctdild-backup"} <= found.keys()
    copies = subprocess.run(
        ["grep", "-rlaE", "Sentinel|SENTINEL|Zaunk", str(tmp_path)], capture_output=True, check=False
    )
    assert copies.stdout == b""
    registry.close()


@pytest.mark.parametrize("name", ["Mein Register #1.ctdild", "100%20?x=y.ctdild", "Ärzte & Söhne.ctdild"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    Registry.create(tmp_path / name, "a", "A", "long enough", cost=CHEAPEST)[0].close()
    registry = Registry.open(tmp_path / name, "a", "long enough")
    registry.backup(tmp_path / "b.ctdild-backup")
    registry.close()
    assert {file.name for file in tmp_path.iterdir()} == {name, f"{name}.keys", "b.ctdild-backup"}


@in_a_file
def test_damage_while_the_window_is_open_is_reported_in_words(registry: Registry, made: Made) -> None:
    with registry.write(LOGIN) as session:
        session.add_all([PatientRow(mrn=f"{number}", alert_note="x" * 500) for number in range(300)])
    with registry._engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    spoil = "import sys; f = open(sys.argv[1], 'r+b'); f.seek(-2000, 2); f.write(b'spoiled'); f.close()"
    subprocess.run([sys.executable, "-c", spoil, str(made.path)], check=True)
    found = registry.verify()
    assert found["ok"] is False
    assert all(isinstance(outcome, bool | str) for outcome in found["checks"].values())
    assert found["checks"]["cipher_integrity"] is not True


def test_the_longest_mount_point_decides() -> None:
    table = (
        "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "40 21 0:40 / /mnt/clinic\\040share rw - cifs //server/share rw\n"
        "41 21 0:41 / /mnt/clinic\\040share/local rw - xfs /dev/sdb1 rw\n"
    )
    assert files.file_system_in(table, Path("/home/a.ctdild")) == "ext4"
    assert files.file_system_in(table, Path("/mnt/clinic share/a.ctdild")) == "cifs"
    assert files.file_system_in(table, Path("/mnt/clinic share/local/a.ctdild")) == "xfs"
    assert files.file_system_in("nonsense\n", Path("/home/a.ctdild")) == ""


def test_the_disk_of_the_tests_is_local(tmp_path: Path) -> None:
    assert files.file_system(tmp_path) == files.file_system(tmp_path / "not" / "there")
    Registry.create(tmp_path / "sub" / "a.ctdild", "a", "A", "long enough", cost=CHEAPEST)[0].close()
    assert sorted(file.name for file in (tmp_path / "sub").iterdir()) == ["a.ctdild", "a.ctdild.keys"]


def test_a_small_file_is_written_whole_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "keys"
    files.write_whole(target, b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", fail)
    with pytest.raises(DiskError, match="no space left"):
        files.write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["keys"]
