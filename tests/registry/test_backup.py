"""Backups hold everything, are checked before they get their name, and come back as they were."""

from __future__ import annotations

import datetime as dt
import json
import threading
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from ctdild_desktop.registry import backup as backups
from ctdild_desktop.registry import making, schema
from ctdild_desktop.registry.errors import (
    DamagedError,
    DiskError,
    NewerError,
    NotFoundError,
    RegistryError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.models import Base, PatientRow, PftRow
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE, Clock, Made, in_a_file


def dump(registry: Registry) -> dict[str, list[tuple[object, ...]]]:
    """Every stored value of every table, except the trail, which grows with each event."""
    with registry.read() as session:
        return {
            table.name: [
                tuple(row) for row in session.execute(text(f"SELECT * FROM {table.name} ORDER BY id"))
            ]
            for table in Base.metadata.sorted_tables
            if not table.name.startswith("audit")
        }


def fill(registry: Registry, tests: int) -> None:
    with registry.write(LOGIN, "filled") as session:
        patient_id = session.execute(select(PatientRow.id)).scalars().first()
        session.add_all(
            [
                PftRow(patient_id=patient_id, date=dt.date(2026, 1, 1), fvc_l=Decimal(number) / 100)
                for number in range(100, 100 + tests)
            ]
        )


@in_a_file
def test_a_restored_registry_is_the_one_that_was_backed_up(registry: Registry, tmp_path: Path) -> None:
    fill(registry, 30)
    before, head = dump(registry), registry.head()
    made = registry.backup(tmp_path / "one.ctdild-backup")
    fill(registry, 5)
    restored = backups.restore(made, tmp_path / "new" / "again.ctdild", LOGIN, PASSPHRASE, clock=Clock())
    try:
        assert dump(restored) == before
        assert restored.verify(head)["ok"] is True
        assert restored.login == LOGIN
    finally:
        restored.close()
    names = sorted(file.name for file in (tmp_path / "new").iterdir())
    assert names == ["again.ctdild", "again.ctdild.keys"]


@in_a_file
def test_a_restore_is_in_the_trail(registry: Registry, tmp_path: Path) -> None:
    head = registry.head()
    made = registry.backup(tmp_path / "one.ctdild-backup")
    restored = backups.restore(made, tmp_path / "again.ctdild", LOGIN, PASSPHRASE, clock=Clock())
    assert restored.last_event("restore") == (Clock().now, {"backup": made.name, "head": head})
    restored.close()


@in_a_file
def test_a_backup_is_one_file_of_three_members_and_says_what_it_holds(
    registry: Registry, tmp_path: Path
) -> None:
    fill(registry, 7)
    head = registry.head()
    made = registry.backup(tmp_path / "one.ctdild-backup")
    with zipfile.ZipFile(made) as archive:
        assert sorted(archive.namelist()) == ["manifest.json", "registry.ctdild", "registry.ctdild.keys"]
        assert archive.read("registry.ctdild")[:15] != b"SQLite format 3"
    manifest, _ = backups.read_manifest(made)
    assert (manifest.revision, manifest.head) == (schema.REVISION, head)
    assert (manifest.counts["pft"], manifest.counts["patient"]) == (7, 1)
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


@in_a_file
def test_d4_a_backup_while_another_thread_writes_is_one_whole_moment(
    registry: Registry, tmp_path: Path
) -> None:
    """Each save adds three tests and one seal over their three entries; a backup never shows a part."""
    stop, began = threading.Event(), threading.Event()
    heads: dict[str, int] = {}

    def write_on() -> None:
        number = 0
        while not stop.is_set():
            fill(registry, 3)
            number += 3
            heads[registry.head()] = number
            began.set()

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        assert began.wait(30)
        made = [registry.backup(tmp_path / f"{number}.ctdild-backup") for number in range(3)]
    finally:
        stop.set()
        writer.join()
    for backup in made:
        manifest, _ = backups.read_manifest(backup)
        assert manifest.counts["pft"] == heads[manifest.head] > 0
        assert manifest.counts["audit"] == int(manifest.head.split("-")[0])
    assert len(heads) > len(made)
    assert registry.verify()["ok"] is True


@in_a_file
def test_d4_the_copy_is_made_in_one_step(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    real = making.connect

    class Watched:
        """A connection that notes how its backup is asked for."""

        def __init__(self, connection: Any) -> None:
            self._connection = connection

        def backup(self, target: Any, *, pages: int) -> None:
            steps.append(pages)
            self._connection.backup(target, pages=pages)

        def close(self) -> None:
            self._connection.close()

    monkeypatch.setattr(making, "connect", lambda *arguments: Watched(real(*arguments)))
    registry.backup(tmp_path / "one.ctdild-backup")
    assert steps == [-1]


@in_a_file
def test_an_old_backup_stays_when_the_new_one_fails(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "one.ctdild-backup"
    registry.backup(target)
    good = target.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "pack", full)
    with pytest.raises(DiskError, match="no space left"):
        registry.backup(target)
    assert target.read_bytes() == good
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".part")] == []


@in_a_file
def test_a_registry_that_fails_its_checks_is_not_backed_up(registry: Registry, tmp_path: Path) -> None:
    with registry._writing.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER audit_pft_update")
    with pytest.raises(DamagedError, match=r"no backup was made \(triggers"):
        registry.backup(tmp_path / "one.ctdild-backup")
    assert not (tmp_path / "one.ctdild-backup").exists()


@in_a_file
def test_a_backup_over_the_registry_is_refused(registry: Registry, made: Made) -> None:
    for target in (made.path, made.keys):
        with pytest.raises(RegistryError, match="another name"):
            registry.backup(target)


def test_a_present_registry_is_refused_or_moved_aside(made: Made, tmp_path: Path) -> None:
    registry = made.open()
    backup = registry.backup(tmp_path / "one.ctdild-backup")
    fill(registry, 4)
    registry.close()
    present = made.path.read_bytes()
    with pytest.raises(RegistryError, match="already there"):
        backups.restore(backup, made.path, LOGIN, PASSPHRASE)
    assert made.path.read_bytes() == present
    restored = backups.restore(backup, made.path, LOGIN, PASSPHRASE, replace=True, clock=Clock())
    with restored.read() as session:
        assert session.execute(select(PftRow)).first() is None
    restored.close()
    aside = made.path.with_name("clinic.ctdild.replaced-20260312-100000")
    assert aside.read_bytes() == present
    old = Registry.open(aside, LOGIN, PASSPHRASE)
    with old.read() as session:
        assert len(session.execute(select(PftRow)).all()) == 4
    old.close()


def test_a_second_restore_in_the_same_second_keeps_both_that_were_there(made: Made, tmp_path: Path) -> None:
    registry = made.open()
    fill(registry, 1)
    backup = registry.backup(tmp_path / "one.ctdild-backup")
    registry.close()
    kept = []
    for aside in ("clinic.ctdild.replaced-20260312-100000", "clinic.ctdild.replaced-20260312-100000-02"):
        present = made.path.read_bytes()
        backups.restore(backup, made.path, LOGIN, PASSPHRASE, replace=True, clock=Clock()).close()
        kept.append((made.path.with_name(aside), present))
    assert [path.read_bytes() == present for path, present in kept] == [True, True]
    for path, _present in kept:
        Registry.open(path, LOGIN, PASSPHRASE).close()


def rewrite(backup: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(backup, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def spoil_a_page(members: dict[str, bytes]) -> None:
    content = bytearray(members["registry.ctdild"])
    content[4096 * 7 + 9] ^= 1
    members["registry.ctdild"] = bytes(content)


def other_keys(members: dict[str, bytes]) -> None:
    members["registry.ctdild.keys"] = members["registry.ctdild.keys"].replace(
        b'"login": "amsel"', b'"login": "x"'
    )


def claim_more(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    manifest["counts"]["patient"] = 400
    members["manifest.json"] = json.dumps(manifest).encode()


def later_form(members: dict[str, bytes]) -> None:
    members["manifest.json"] = members["manifest.json"].replace(b'"version": 1', b'"version": 2')


def no_manifest(members: dict[str, bytes]) -> None:
    del members["manifest.json"]


def no_json(members: dict[str, bytes]) -> None:
    members["manifest.json"] = b"not json"


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (spoil_a_page, DamagedError, "is damaged"),
        (other_keys, DamagedError, "was changed after"),
        (claim_more, DamagedError, "was changed after"),
        (later_form, NewerError, "newer version"),
        (no_manifest, DamagedError, "not a backup"),
        (no_json, DamagedError, "not a backup"),
    ],
)
@in_a_file
def test_a_changed_backup_is_refused_and_nothing_is_made(
    registry: Registry,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
    error: type[RegistryError],
    words: str,
) -> None:
    backup = registry.backup(tmp_path / "one.ctdild-backup")
    rewrite(backup, change)
    with pytest.raises(error, match=words):
        backups.restore(backup, tmp_path / "new" / "again.ctdild", LOGIN, PASSPHRASE)
    assert not (tmp_path / "new").exists() or list((tmp_path / "new").iterdir()) == []


@in_a_file
def test_files_that_are_no_backup_are_refused(registry: Registry, tmp_path: Path) -> None:
    backup = registry.backup(tmp_path / "one.ctdild-backup")
    cut = tmp_path / "cut.ctdild-backup"
    cut.write_bytes(backup.read_bytes()[:20_000])
    (tmp_path / "text.ctdild-backup").write_text("hello")
    target = tmp_path / "again.ctdild"
    for name in ("cut.ctdild-backup", "text.ctdild-backup"):
        with pytest.raises(DamagedError, match="not a backup of a registry, or it was cut off"):
            backups.restore(tmp_path / name, target, LOGIN, PASSPHRASE)
    with pytest.raises(NotFoundError, match="There is no backup"):
        backups.restore(tmp_path / "none.ctdild-backup", target, LOGIN, PASSPHRASE)
    with pytest.raises(WrongPassphraseError):
        backups.restore(backup, target, LOGIN, "not the passphrase")
    assert not target.exists()
