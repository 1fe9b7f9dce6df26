"""D10: this process never opens the live database, its log or its index by other means than the library.

On POSIX systems closing such a second handle drops the library's locks, and another program could write in
the middle of a transaction.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ctdild_desktop.registry.generation import Why
from ctdild_desktop.services import (
    access,
    backups,
    drafts,
    imports,
    patients,
    restoring,
    upkeep,
)
from ctdild_desktop.services.desk import Desk
from tests.support import holloway
from tests.support.desks import LOGIN, PASSPHRASE, Clock, fill, reopen

_WATCHED: list[tuple[set[str], list[str]]] = []


@pytest.fixture
def desk(file_desk: Desk) -> Desk:
    """An administrator at an empty registry in a file; one on a server is backed up by the server."""
    return file_desk


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or not _WATCHED or not isinstance(arguments[0], str | bytes | os.PathLike):
        return
    opened = os.path.realpath(os.fsdecode(arguments[0]))
    for files, seen in _WATCHED:
        if opened in files and _open_here(files):
            seen.append(opened)


def _open_here(files: set[str]) -> bool:
    """Whether this process has one of the files open; while it has none, there is no lock to lose."""
    held = set()
    for descriptor in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # the one that lists them is closed by now
            held.add(os.readlink(f"/proc/self/fd/{descriptor}"))
    return not files.isdisjoint(held)


sys.addaudithook(_hook)  # one cannot be taken away again; it does nothing while nobody watches


@contextmanager
def watching(registry: Path) -> Iterator[list[str]]:
    """What was opened of a registry besides, while this process had it open; a list of paths."""
    files = {os.path.realpath(f"{registry}{suffix}") for suffix in ("", "-wal", "-shm")}
    seen: list[str] = []
    _WATCHED.append((files, seen))
    try:
        yield seen
    finally:
        _WATCHED.pop()


def test_d10_the_guard_sees_what_it_shall_see(tmp_path: Path) -> None:
    registry = tmp_path / "a.ctdild"
    with watching(registry) as seen:
        registry.write_bytes(b"x")
        with closing(sqlite3.connect(registry.with_name("other"))) as other:
            other.execute("PRAGMA user_version")
            registry.read_bytes()
        assert seen == []
        registry.unlink()
        with closing(sqlite3.connect(registry)) as library:
            library.execute("CREATE TABLE a (b)")
            registry.read_bytes()
            os.close(os.open(registry, os.O_RDONLY))
            registry.with_name("a.ctdild-wal").write_bytes(b"x")
    assert len(seen) == 3


def test_d10_no_act_opens_the_live_files(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    path = desk.registry.path
    stick = tmp_path / "stick"
    stick.mkdir()
    source = tmp_path / "tests.csv"
    source.write_text("mrn,test_date,fvc_l\nNEW-1,2026-01-05,2.31\n")
    with watching(path) as seen:
        fill(desk, holloway.record())
        patient_id = holloway.patient().id
        patients.view(desk, patient_id)
        patients.find(desk, "hol")
        drafts.save_draft(desk, "test", patient_id, {"fvc": "2,3"})
        imports.run_import(desk, [source])
        desk.upkeep = replace(desk.upkeep, copy_folder=stick)
        assert backups.back_up_if_changed(desk, Why.REGULAR) is not None
        made = upkeep.backup(desk, tmp_path / "by hand").value
        assert backups.standing(desk, lambda: False) is not None
        assert upkeep.verify(desk).ok
        assert upkeep.place_warning(path) == ""
        assert restoring.rehearse(desk, made).value.ok
    assert seen == []
    clock.forward(minutes=1)
    desk = reopen(desk, clock)
    with watching(path) as seen:
        offered = restoring.offered(desk)
        assert offered.suggested is not None
        done = restoring.restore_over(desk, offered.suggested.path, passphrase=PASSPHRASE)
        assert patients.count(done.desk) == 2
        beside = access.unlock(path, login=LOGIN, passphrase=PASSPHRASE)
        assert patients.count(beside) == 2
        beside.close()
        done.desk.close()
    assert seen == []
