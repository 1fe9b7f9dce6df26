"""A new data key for the whole registry: everybody keeps their passphrase, a leaver keeps nothing of use."""

from __future__ import annotations

import json
import random
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from ctdild_desktop.registry import rotation, users
from ctdild_desktop.registry.backup import restore
from ctdild_desktop.registry.engine import keyed, opens
from ctdild_desktop.registry.errors import (
    BusyError,
    DamagedError,
    DiskError,
    RegistryError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import CHEAPEST, Keystore, subkey
from ctdild_desktop.registry.models import AuditRow, PatientRow
from ctdild_desktop.registry.registry import Registry
from tests.support.old_keys import version_1
from tests.support.registries import LOGIN, PASSPHRASE, Made
from tests.support.warm import child, renews_keys


@pytest.fixture
def registry(file_registry: Registry) -> Registry:
    """What is tested here is done to a file."""
    return file_registry


OTHER = "another passphrase"


@pytest.fixture
def two(registry: Registry) -> Registry:
    """An open registry with a second person."""
    users.add_user(registry, "drossel", "T. Drossel", "recorder", OTHER, cost=CHEAPEST)
    return registry


def renew(registry: Registry) -> str:
    return rotation.renew_keys(registry, by=LOGIN, cost=CHEAPEST)


def everything(registry: Registry) -> dict[str, list[Any]]:
    """Every row of every table but those that tell of the keys themselves."""
    with registry.read() as session:
        names = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
        return {
            name: [tuple(row) for row in session.execute(text(f'SELECT * FROM "{name}" ORDER BY 1'))]
            for name in names.scalars().all()
            if name not in {"audit_key", "sqlite_sequence"}
        }


def in_order(registry: Registry) -> bool:
    found = registry.verify()
    assert found["ok"], found["checks"]
    return True


def test_every_row_is_kept_and_everybody_opens_with_their_passphrase(two: Registry, made: Made) -> None:
    before, old_key, head = everything(two), bytes(two.data_key), two.head()
    renew(two)
    assert bytes(two.data_key) != old_key
    after = everything(two)
    assert len(after.pop("audit")) == len(before["audit"]) + 1
    assert after.pop("audit_seal")[:-1] == before.pop("audit_seal")
    before.pop("audit")
    assert after == before
    assert in_order(two)
    assert two.verify(head)["ok"] is True, "a head that was printed before is still known"
    with two.write(LOGIN) as session:
        session.add(PatientRow(mrn="AFTER"))
    two.close()
    assert not opens(made.path, subkey(old_key, "db"))
    for login, passphrase in ((LOGIN, PASSPHRASE), ("drossel", OTHER), (LOGIN, PASSPHRASE)):
        opened = Registry.open(made.path, login, passphrase)
        assert in_order(opened)
        opened.close()
    assert sorted(file.name for file in made.path.parent.iterdir()) == [made.path.name, made.keys.name]


def test_it_is_in_the_trail_and_can_be_done_again(two: Registry, made: Made) -> None:
    for _ in range(3):
        renew(two)
        assert in_order(two)
    with two.read() as session:
        query = select(AuditRow.user_id, AuditRow.reason).where(AuditRow.row_id == "new_keys")
        assert session.execute(query).all() == [(LOGIN, "keys renewed")] * 3
    two.close()
    opened = Registry.open(made.path, "drossel", OTHER)
    assert in_order(opened)
    opened.close()


def test_a3_a_hostile_leaver_with_a_copy_of_everything_opens_nothing_new(
    two: Registry, made: Made, tmp_path: Path
) -> None:
    copied = tmp_path / "copied"
    copied.mkdir()
    shutil.copyfile(made.keys, copied / made.keys.name)
    leaver = Keystore.load(FileHolder(copied / made.keys.name))
    known = leaver.unlock("drossel", OTHER)
    users.remove_user(two, "drossel", "dismissed")
    backup = two.backup(tmp_path / "before.ctdild-backup")
    renew(two)
    two.close()
    assert not opens(made.path, subkey(known, "db"))
    shutil.copyfile(made.path, copied / made.path.name)
    with pytest.raises(DamagedError):
        Registry.open(copied / made.path.name, "drossel", OTHER)
    with pytest.raises(WrongPassphraseError, match="Nobody"):
        Registry.open(made.path, "drossel", OTHER)
    with pytest.raises(WrongPassphraseError):
        restore(backup, tmp_path / "old.ctdild", "drossel", OTHER)
    restored = restore(backup, tmp_path / "old.ctdild", LOGIN, PASSPHRASE)
    assert in_order(restored)
    restored.close()


def test_the_recovery_code_is_a_new_one(registry: Registry, made: Made) -> None:
    code = renew(registry)
    registry.close()
    given = {"login": LOGIN, "passphrase": "found again words", "cost": CHEAPEST}
    with pytest.raises(WrongPassphraseError, match="does not belong"):
        users.recover(made.path, recovery_code=made.code, **given)
    opened, _ = users.recover(made.path, recovery_code=code, **given)
    assert in_order(opened)
    opened.close()


def test_somebody_else_at_the_registry_is_not_disturbed(two: Registry, made: Made) -> None:
    other = Registry.open(made.path, "drossel", OTHER)
    before = made.keys.read_bytes()
    with pytest.raises(BusyError, match="Somebody else has this registry open; nothing was changed"):
        renew(two)
    assert in_order(other)
    assert in_order(two)
    assert made.keys.read_bytes() == before
    other.close()
    renew(two)
    assert in_order(two)


def test_whoever_waits_at_the_door_meanwhile_is_sent_away_and_writes_nothing(
    two: Registry, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that was made before the exchange must not write into the file that is gone."""
    old_key = subkey(two.data_key, "db")
    waiting: list[Any] = []
    put = rotation._put_in_place

    def with_a_newcomer(live: Any, fresh: Path, path: Path) -> None:
        waiting.append(keyed(made.path, old_key))
        put(live, fresh, path)

    monkeypatch.setattr(rotation, "_put_in_place", with_a_newcomer)
    renew(two)
    (late,) = waiting
    late.execute("SELECT count(*) FROM sqlite_master").fetchone()
    with pytest.raises(Exception, match="readonly"):
        late.execute("PRAGMA journal_mode=WAL")
    late.close()
    assert in_order(two)


def test_a_slot_of_version_1_holds_it_up_until_its_owner_unlocks(two: Registry, made: Made) -> None:
    db_id = two.keystore().db_id
    people = {LOGIN: PASSPHRASE, "drossel": OTHER}
    made.keys.write_bytes(version_1(db_id, bytes(two.data_key), people))
    with pytest.raises(RegistryError, match=f"{LOGIN}, drossel"):
        renew(two)
    assert in_order(two)
    two.close()
    Registry.open(made.path, "drossel", OTHER).close()
    registry = made.open()
    renew(registry)
    assert in_order(registry)
    registry.close()


def full_disk(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def no_file(live: Any, *_: object) -> None:
    with rotation._understood():
        live.execute("ATTACH '/nowhere/at/all' AS fresh")


def half_a_copy(live: Any, fresh: Path, key: bytes) -> None:
    WRITE_ANEW(live, fresh, key)
    copy = keyed(fresh, key)
    (trigger,) = copy.execute("SELECT sql FROM sqlite_master WHERE name = 'audit_patient_delete'").fetchone()
    copy.execute("DROP TRIGGER audit_patient_delete")
    copy.execute("DELETE FROM patient")
    copy.execute(trigger)
    copy.close()


WRITE_ANEW = rotation._write_anew
FAILURES: dict[str, tuple[str, Callable[..., Any], type[Exception]]] = {
    "no file": ("rotation._write_anew", no_file, DiskError),
    "half a copy": ("rotation._write_anew", half_a_copy, DamagedError),
    "no room for the slots": ("files.put_in_place", full_disk, DiskError),
    "no exchange": ("rotation.put_in_place", full_disk, DiskError),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_before_the_exchange_changes_nothing(
    two: Registry, made: Made, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    place, failure, error = FAILURES[name]
    before = everything(two)
    with monkeypatch.context() as broken:
        broken.setattr(f"ctdild_desktop.registry.{place}", failure)
        with pytest.raises(error, match=r"nothing was changed|no space left"):
            renew(two)
    assert everything(two) == before
    assert in_order(two)
    two.close()
    left = sorted(file.name for file in made.path.parent.iterdir())
    assert left == [made.path.name, made.keys.name]
    opened = Registry.open(made.path, "drossel", OTHER)
    assert in_order(opened)
    opened.close()


def test_a_disk_that_is_full_after_the_exchange_leaves_a_registry_that_opens(
    two: Registry, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = FileHolder.write
    calls: Iterator[int] = iter(range(10))

    def only_once(holder: FileHolder, content: bytes) -> None:
        if next(calls):
            raise DiskError("The disk is full; nothing of this was saved.")
        write(holder, content)

    with monkeypatch.context() as full:
        full.setattr(FileHolder, "write", only_once)
        with pytest.raises(RegistryError, match="The keys are renewed, but the new recovery code"):
            renew(two)
    assert in_order(two)
    assert Keystore.load(FileHolder.beside(made.path)).changing
    two.close()
    opened = Registry.open(made.path, "drossel", OTHER)
    assert in_order(opened)
    assert not opened.keystore().changing
    users.renew_recovery(opened, cost=CHEAPEST)
    opened.close()


def copied(made: Made, folder: Path) -> Made:
    folder.mkdir()
    for file in (made.path, made.keys):
        shutil.copyfile(file, folder / file.name)
    return Made(folder / made.path.name, made.code)


def opens_for_both(made: Made) -> None:
    """Either passphrase opens it, everything is there, and nothing half has a final name."""
    for login, passphrase in (("drossel", OTHER), (LOGIN, PASSPHRASE)):
        opened = Registry.open(made.path, login, passphrase)
        with opened.read() as session:
            assert session.execute(select(PatientRow.mrn)).scalars().all() == ["MRN-SENTINEL-1"]
        assert in_order(opened)
        assert not opened.keystore().changing
        assert not json.loads(made.keys.read_text("utf-8")).get("mac_coming")
        opened.close()
    names = {file.name for file in made.path.parent.iterdir() if not file.name.startswith(".")}
    # a journal that was cut off before its first page is left by the library and means nothing
    assert names - {f"{made.path.name}-journal"} == {made.path.name, made.keys.name}


@pytest.mark.parametrize("step", range(6))
def test_d5_a_kill_at_each_step_of_the_exchange_leaves_a_registry_that_opens(
    two: Registry, made: Made, tmp_path: Path, step: int
) -> None:
    """Steps 0 to 3: before and after the slots hold both keys, and before and after the file is exchanged."""
    two.close()
    place = copied(made, tmp_path / "killed")
    with child(renews_keys, place.path, step) as worker:
        assert worker.status() == -signal.SIGKILL
    renewed = step >= 3
    store = Keystore.load(FileHolder.beside(place.path))
    assert store.changing == (step in {1, 2, 3, 4})
    opens_for_both(place)
    registry = place.open()
    with registry.read() as session:
        query = select(AuditRow).where(AuditRow.row_id == "new_keys")
        assert len(session.execute(query).all()) == renewed
    renew(registry)
    assert in_order(registry)
    registry.close()


def test_d5_a_kill_at_any_moment_leaves_a_registry_that_opens(
    two: Registry, made: Made, tmp_path: Path
) -> None:
    two.close()
    chance = random.Random(20261129)
    for number in range(4):
        place = copied(made, tmp_path / f"killed{number}")
        with child(renews_keys, place.path, -1) as worker:
            assert worker.says("begin")
            worker.works_for(chance.random() * 0.4)
            worker.kill()
        opens_for_both(place)


def test_work_of_this_program_on_other_threads_waits_and_goes_on(file_registry: Registry) -> None:
    """The watch for changes of others, and reads, have connections that must not count as somebody else."""
    stop, started, answers = threading.Event(), threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            answers.append(file_registry.backend.wait_for_change(30))
            with file_registry.read() as session:
                answers.append(session.execute(select(PatientRow.mrn)).scalars().all())
            started.set()

    def read() -> None:
        while not stop.is_set():
            with file_registry.read() as session:
                assert session.execute(select(PatientRow.mrn)).scalar_one() == "MRN-SENTINEL-1"
            started.set()

    threads = [threading.Thread(target=work), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    started.wait()
    try:
        for _ in range(3):
            renew(file_registry)
    finally:
        stop.set()
        file_registry.record_event("wake", user=LOGIN)
    for thread in threads:
        thread.join(timeout=40)
        assert not thread.is_alive()
    assert ["MRN-SENTINEL-1"] in answers
    assert in_order(file_registry)


def test_work_that_does_not_end_holds_it_up_and_nothing_is_changed(
    file_registry: Registry, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ctdild_desktop.registry.local._FINISH_S", 0)
    before = made.keys.read_bytes()
    with file_registry.read() as session:
        session.execute(select(PatientRow.mrn)).scalars().all()
        with pytest.raises(BusyError, match="at work just now"):
            renew(file_registry)
    assert made.keys.read_bytes() == before
    renew(file_registry)
    assert in_order(file_registry)
