"""The backups in a folder: named, listed, thinned out, copied away."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
import zipfile
from pathlib import Path

import pytest

from ctdild_desktop.registry import generations
from ctdild_desktop.registry.errors import DamagedError, DiskError, NotFoundError, StoppedError
from ctdild_desktop.registry.generation import Generation, State, Why
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.registry import Registry
from tests.support.disks import largest_file
from tests.support.registries import LOGIN, PASSPHRASE, Clock


@pytest.fixture
def registry(file_registry: Registry) -> Registry:
    """What is tested here is done to a file."""
    return file_registry


def put(registry: Registry, folder: Path, why: Why = Why.REGULAR) -> Path:
    """A backup under the name that the program gives."""
    return registry.backup(generations.free_name(folder, registry.path, registry.clock(), why))


def listed(registry: Registry, *folders: Path) -> tuple[Generation, ...]:
    return generations.listed(folders, registry.path, registry.keystore().db_id, registry.data_key)


def spoil(path: Path) -> None:
    """Change one byte of the database within a backup, leaving its list as it is."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def test_a_name_tells_registry_moment_and_occasion_and_is_never_taken_twice(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    try:
        first, second = (
            put(registry, tmp_path / "b", Why.ON_CLOSE),
            put(registry, tmp_path / "b", Why.ON_CLOSE),
        )
    finally:
        monkeypatch.undo()
        time.tzset()
    assert first.name == "clinic 2026-03-12 100000 on close.ctdild-backup"
    assert second.name == "clinic 2026-03-12 100000 2 on close.ctdild-backup"
    assert generations.why_of(first.name, registry.path) == "on close"
    assert generations.why_of("clinic monday.ctdild-backup", registry.path) == ""


def test_the_list_is_newest_first_and_tells_what_each_one_holds(
    registry: Registry, clock: Clock, tmp_path: Path
) -> None:
    old = put(registry, tmp_path / "b")
    clock.now += dt.timedelta(days=3)
    new = put(registry, tmp_path / "b", Why.BY_HAND)
    mine = registry.backup(tmp_path / "b" / "monday.ctdild-backup")
    found = listed(registry, tmp_path / "b", tmp_path / "nowhere")
    assert {one.path for one in found[:2]} == {new, mine}
    assert found[2].path == old
    assert found[2].made_at == clock.now - dt.timedelta(days=3)
    assert (found[2].count("patient"), found[2].count("pft"), found[2].count("nothing")) == (1, 0, None)
    assert found[2].size == old.stat().st_size
    assert {one.path.name: one.why for one in found}["monday.ctdild-backup"] == ""
    assert all(one.state is State.SIGNED and one.good for one in found)


def test_backups_of_another_registry_are_not_listed(registry: Registry, tmp_path: Path) -> None:
    other, _ = Registry.create(tmp_path / "x" / "clinic.ctdild", LOGIN, "A", PASSPHRASE, cost=CHEAPEST)
    put(other, tmp_path / "b")
    other.close()
    (tmp_path / "b" / "notes.ctdild-backup").write_text("not a backup")
    assert listed(registry, tmp_path / "b") == ()
    mine = put(registry, tmp_path / "b")
    assert [one.path for one in listed(registry, tmp_path / "b")] == [mine]


def test_d6_a_damaged_backup_is_told_of_and_never_good(
    registry: Registry, clock: Clock, tmp_path: Path
) -> None:
    put(registry, tmp_path / "b")
    clock.now += dt.timedelta(hours=1)
    cut = put(registry, tmp_path / "b")
    cut.write_bytes(cut.read_bytes()[:9000])
    clock.now += dt.timedelta(hours=1)
    spoiled = put(registry, tmp_path / "b")
    spoil(spoiled)
    newest, second, third = listed(registry, tmp_path / "b")
    assert (second.path, second.state, second.made_at) == (
        cut,
        State.DAMAGED,
        clock.now - dt.timedelta(hours=1),
    )
    assert "not a backup of a registry, or it was cut off" in second.problem
    assert not second.good
    # its list is whole, so only reading it tells
    assert newest.state is State.SIGNED
    read = generations.checked(newest)
    assert (read.state, read.good) == (State.DAMAGED, False)
    assert spoiled.name in read.problem
    assert generations.checked(third).state is State.WHOLE
    assert generations.checked(second) == second


def test_a_list_that_was_changed_is_damage_and_other_keys_are_not(registry: Registry, tmp_path: Path) -> None:
    made = put(registry, tmp_path / "b")
    with zipfile.ZipFile(made) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    changed = {**members, "manifest.json": members["manifest.json"].replace(b'"patient": 1', b'"patient": 9')}
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in changed.items():
            archive.writestr(name, content)
    (one,) = listed(registry, tmp_path / "b")
    assert (one.state, one.problem) == (State.DAMAGED, f"{made.name} was changed after it was made.")
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    look = generations.look(made, registry.path, registry.keystore().db_id, bytes(32))
    assert look is not None
    assert (look.state, look.good) == (State.OTHER_KEYS, False)


def aged(one: Generation, clock: Clock, days: float, state: State = State.SIGNED) -> Generation:
    moment = clock.now - dt.timedelta(days=days)
    name = f"clinic {moment:%Y-%m-%d %H%M%S} regular.ctdild-backup"
    path = one.path.with_name(name)
    path.write_bytes(b"x")
    return Generation(path, moment, 1, state, why="regular")


def test_d7_pruning_removes_what_retention_lets_go_and_nothing_else(
    registry: Registry, clock: Clock, tmp_path: Path
) -> None:
    clock.now = dt.datetime(2026, 6, 20, 12, 0, tzinfo=dt.UTC)
    real = listed(registry, put(registry, tmp_path / "b").parent)[0]
    same_day = [aged(real, clock, 5 + hour / 24) for hour in (0.1, 1, 2)]
    bad = aged(real, clock, 5 + 3 / 24, State.DAMAGED)
    own = Generation(
        tmp_path / "b" / "mine.ctdild-backup", clock.now - dt.timedelta(days=5.1), 1, State.SIGNED
    )
    own.path.write_bytes(b"x")
    gone = generations.prune((real, *same_day, own, bad), registry.path, clock.now)
    assert {path.name for path in gone} == {one.path.name for one in same_day[1:]}
    left = {file.name for file in (tmp_path / "b").iterdir()}
    assert left == {real.path.name, same_day[0].path.name, bad.path.name, "mine.ctdild-backup"}


def test_d7_the_last_one_with_the_present_keys_stays(
    registry: Registry, clock: Clock, tmp_path: Path
) -> None:
    real = listed(registry, put(registry, tmp_path / "b").parent)[0]
    mine = aged(real, clock, 30.6)
    others = [aged(real, clock, 30.6 - hour / 24, State.OTHER_KEYS) for hour in (1, 2)]
    gone = generations.prune((*others[::-1], mine), registry.path, clock.now)
    assert mine.path.exists()
    assert {path.name for path in gone} == {others[0].path.name}


def test_unfinished_files_go_after_a_day(registry: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    folder.mkdir()
    names = (
        ".clinic 2026-03-10 100000 regular.ctdild-backup.0badcafe.part",
        ".clinic 2026-03-10 100000 regular.ctdild-backup.0badcafe.part-wal",
        ".clinic 2026-03-10 110000 regular.ctdild-backup.1badcafe.part",
        ".ward 2026-03-10 110000 regular.ctdild-backup.1badcafe.part",
    )
    for number, name in enumerate(names):
        (folder / name).write_bytes(b"x")
        if number != 2:
            os.utime(folder / name, (time.time() - 90_000,) * 2)
    generations.sweep(folder, registry.path)
    assert sorted(file.name for file in folder.iterdir()) == sorted(names[2:])


def test_a_copy_is_whole_or_not_there(registry: Registry, tmp_path: Path) -> None:
    made = put(registry, tmp_path / "b")
    stick = tmp_path / "stick"
    with pytest.raises(NotFoundError, match="The folder for copies is not there"):
        generations.copy_out(made, stick)
    assert not stick.exists()
    stick.mkdir()
    copy = generations.copy_out(made, stick)
    assert copy.read_bytes() == made.read_bytes()
    asked = iter((False, True))
    with pytest.raises(StoppedError):
        generations.copy_out(put(registry, tmp_path / "b"), stick, lambda: next(asked))
    assert [file.name for file in stick.iterdir()] == [copy.name]


def test_a_damaged_backup_is_not_copied(registry: Registry, tmp_path: Path) -> None:
    made = put(registry, tmp_path / "b")
    spoil(made)
    stick = tmp_path / "stick"
    stick.mkdir()
    with pytest.raises(DamagedError):
        generations.copy_out(made, stick)
    assert list(stick.iterdir()) == []


def test_d3_a_full_stick_is_one_sentence_and_keeps_what_it_had(registry: Registry, tmp_path: Path) -> None:
    made = put(registry, tmp_path / "b")
    stick = tmp_path / "stick"
    stick.mkdir()
    shutil.copyfile(made, stick / "older.ctdild-backup")
    with largest_file(100_000), pytest.raises(DiskError) as caught:
        generations.copy_out(made, stick)
    assert "could not be written" in str(caught.value)
    assert [file.name for file in stick.iterdir()] == ["older.ctdild-backup"]
