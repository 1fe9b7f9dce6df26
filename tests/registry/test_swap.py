"""D5: putting a backup in the place of a registry, stopped at every step, leaves one that opens."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from ctdild_desktop.registry import backup, swap
from ctdild_desktop.registry.errors import DamagedError, DiskError, RegistryError
from ctdild_desktop.registry.files import companions
from ctdild_desktop.registry.models import PatientRow, VisitRow
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE, Clock, Made
from tests.support.warm import child, restores


class KilledError(BaseException):
    """The process ended here."""


@contextmanager
def killed_at(step: int) -> Iterator[list[int]]:
    """End at this rename, removal or durable write, counted from the first one on."""
    count, real = [0], {"replace": os.replace, "unlink": Path.unlink, "fsync": os.fsync}

    def wrapped(name: str) -> Any:
        def act(*args: Any, **kwargs: Any) -> Any:
            count[0] += 1
            if count[0] >= step:
                raise KilledError
            return real[name](*args, **kwargs)

        return act

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", wrapped("replace"))
        patch.setattr(os, "fsync", wrapped("fsync"))
        patch.setattr(Path, "unlink", wrapped("unlink"))
        yield count


def visits(registry: Registry) -> int:
    with registry.read() as session:
        return int(session.execute(select(func.count()).select_from(VisitRow)).scalar_one())


def add_visits(registry: Registry, number: int) -> None:
    with registry.write(LOGIN) as session:
        patient_id = session.execute(select(PatientRow.id)).scalar_one()
        session.add_all(
            [VisitRow(patient_id=patient_id, date=dt.date(2026, 1, 1), note="x") for _ in range(number)]
        )


@pytest.fixture
def prepared(made: Made, tmp_path: Path) -> tuple[Path, Path]:
    """A backup with two visits, and the closed registry that has five by now."""
    registry = made.open()
    add_visits(registry, 2)
    kept = registry.backup(tmp_path / "kept" / "two.ctdild-backup")
    add_visits(registry, 3)
    registry.close()
    return kept, made.path


def finished_names(folder: Path) -> set[str]:
    """Files with a final name, without those that SQLite keeps while somebody has the registry open."""
    names = {file.name for file in folder.iterdir() if not file.name.startswith(".")}
    return {name for name in names if not name.endswith(("-wal", "-shm"))}


def test_d5_a_restore_that_ends_at_any_step_leaves_the_old_or_the_new_registry(
    prepared: tuple[Path, Path], tmp_path: Path
) -> None:
    kept, path = prepared
    seen = []
    for step in range(1, 60):
        folder = tmp_path / f"step{step}"
        folder.mkdir()
        for name in (path.name, f"{path.name}.keys"):
            shutil.copyfile(path.with_name(name), folder / name)
        with killed_at(step) as count:
            try:
                backup.restore(
                    kept, folder / path.name, LOGIN, PASSPHRASE, replace=True, clock=Clock()
                ).close()
                ended = True
            except KilledError:
                ended = False
        registry = Registry.open(folder / path.name, LOGIN, PASSPHRASE)
        seen.append(visits(registry))
        assert registry.verify()["ok"] is True
        registry.close()
        assert not swap.note_path(folder / path.name).exists()
        aside = [name for name in finished_names(folder) if ".replaced-" in name]
        names = {path.name, f"{path.name}.keys", *aside}
        assert finished_names(folder) == names
        if seen[-1] == 2:
            old = Registry.open(folder / f"{path.name}.replaced-20260312-100000", LOGIN, PASSPHRASE)
            assert visits(old) == 5
            old.close()
        else:
            assert seen[-1] == 5
            assert aside == []
        if ended:
            break
    assert ended
    assert count[0] > 8
    assert seen == sorted(seen, reverse=True)  # the old one up to a step, the new one from there on
    assert set(seen) == {2, 5}


def test_d5_a_restore_to_a_new_place_that_ends_at_any_step_leaves_nothing_or_a_registry(
    prepared: tuple[Path, Path], tmp_path: Path
) -> None:
    kept, _path = prepared
    outcomes = set()
    for step in range(1, 60):
        target = tmp_path / f"new{step}" / "again.ctdild"
        with killed_at(step):
            try:
                backup.restore(kept, target, LOGIN, PASSPHRASE).close()
                ended = True
            except KilledError:
                ended = False
        # a second attempt is never refused because of what the first one left
        if swap.note_path(target).exists():
            registry = None
            with pytest.raises(RegistryError, match="already there"):
                backup.restore(kept, target, LOGIN, PASSPHRASE)
            registry = Registry.open(target, LOGIN, PASSPHRASE)
            outcomes.add("finished later")
        elif target.exists():
            registry = Registry.open(target, LOGIN, PASSPHRASE)
            outcomes.add("there")
        else:
            assert not target.parent.exists() or finished_names(target.parent) == set()
            registry = backup.restore(kept, target, LOGIN, PASSPHRASE)
            outcomes.add("again")
        assert visits(registry) == 2
        registry.close()
        assert finished_names(target.parent) == {"again.ctdild", "again.ctdild.keys"}
        if ended:
            break
    assert outcomes == {"finished later", "there", "again"}


def test_a_log_of_the_old_registry_never_meets_the_new_one(prepared: tuple[Path, Path]) -> None:
    kept, path = prepared
    wal = companions(path)[0]
    wal.write_bytes(b"left by a kill")
    registry = backup.restore(kept, path, LOGIN, PASSPHRASE, replace=True, clock=Clock())
    assert visits(registry) == 2
    registry.close()
    assert not wal.exists()


def test_a_log_goes_aside_with_its_registry(tmp_path: Path) -> None:
    path = tmp_path / "a.ctdild"
    for name in ("", "-wal", "-shm", ".keys"):
        path.with_name(f"a.ctdild{name}").write_bytes(f"old{name}".encode())
    for name in ("new.part", "keys.part"):
        (tmp_path / name).write_bytes(name.encode())
    swap.exchange(path, tmp_path / "new.part", tmp_path / "keys.part", "aside")
    assert {file.name: file.read_bytes().decode() for file in tmp_path.iterdir()} == {
        "a.ctdild": "new.part",
        "a.ctdild.keys": "keys.part",
        "aside": "old",
        "aside-wal": "old-wal",
        "aside-shm": "old-shm",
        "aside.keys": "old.keys",
    }


def test_d3_a_folder_that_takes_no_note_changes_nothing(
    prepared: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, path = prepared
    before = {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(DiskError, match="read-only file system"):
            backup.restore(kept, path, LOGIN, PASSPHRASE, replace=True)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()} == before


@pytest.mark.parametrize(
    "note", [b"", b"not json", b"[]", b'{"database": "../x", "keys": "k", "aside": "a"}']
)
def test_a_note_that_cannot_be_read_is_one_sentence(made: Made, note: bytes) -> None:
    swap.note_path(made.path).write_bytes(note)
    with pytest.raises(DamagedError, match="a restore was not finished"):
        made.open()


def test_a_note_whose_files_are_gone_brings_the_old_registry_back(prepared: tuple[Path, Path]) -> None:
    kept, path = prepared
    with killed_at(1000) as count, pytest.MonkeyPatch.context() as patch:
        patch.setattr(swap, "finish", lambda _path: (_ for _ in ()).throw(KilledError()))
        with pytest.raises(KilledError):
            swap.exchange(path, path.with_name("gone.part"), path.with_name("gone2.part"), "aside")
    assert count[0] > 0
    os.replace(path, path.with_name("aside"))
    registry = Registry.open(path, LOGIN, PASSPHRASE)
    assert visits(registry) == 5
    registry.close()
    assert kept.exists()


def test_d5_a_kill_during_a_restore_leaves_a_registry_that_opens(prepared: tuple[Path, Path]) -> None:
    kept, path = prepared
    chance = Random(11)
    for number in range(3):
        with child(restores, kept, path) as worker:
            for _ in range(1 + number % 2):
                assert worker.says("begin")
            worker.works_for(chance.random() * 0.6)
            worker.kill()
        registry = Registry.open(path, LOGIN, PASSPHRASE)
        assert registry.verify()["ok"] is True
        assert visits(registry) in {2, 5}
        registry.close()
