"""What keeping a registry safe costs: encryption, a verified backup, and checking everything."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli.benchmark.figures import read_rows
from ctdild_desktop.cli.benchmark.invented import TESTS, invented_record, values_to_insert
from ctdild_desktop.cli.benchmark.measure import Figure, against_floor
from ctdild_desktop.services.desk import Desk

if TYPE_CHECKING:
    from sqlalchemy import Engine

_REPEATS = 3
_READS, _WRITES = 5, 5
_TOGETHER = 20
"""Patients in one transaction, with twenty tests each."""
_CHUNK = 1 << 20


def backup_and_verify(desk: Desk, folder: Path, patients: int) -> Iterator[Figure]:
    """A verified backup and every check, against a finished backup: the live registry is never opened."""
    from ctdild_desktop.services import upkeep

    finished = upkeep.backup(desk, folder / "finished").value
    tests = patients * TESTS
    for figure in (_backup(desk, folder, finished), _verify(desk, finished)):
        what = f"{figure.what}, {patients:,} patients with {TESTS} tests each"
        yield replace(figure, what=what, detail=(("tests", tests), ("bytes", finished.stat().st_size)))
    finished.unlink()


def _backup(desk: Desk, folder: Path, finished: Path) -> Figure:
    from ctdild_desktop.services import upkeep

    copy = folder / "copy"
    try:
        return against_floor(
            "backup",
            "a verified backup",
            lambda: upkeep.backup(desk, folder / "measured"),
            floor=lambda: shutil.copyfile(finished, copy),
            floor_words="copying a file of that size",
            repeats=_REPEATS,
        )
    finally:
        copy.unlink()
        (folder / "measured.ctdild-backup").unlink()


def _verify(desk: Desk, finished: Path) -> Figure:
    from ctdild_desktop.services import upkeep

    def work() -> None:
        if not upkeep.verify(desk).ok:
            raise ValueError("the benchmark's own registry did not pass")

    def read_once() -> int:
        with finished.open("rb") as stream:
            return sum(len(chunk) for chunk in iter(lambda: stream.read(_CHUNK), b""))

    return against_floor(
        "verify",
        "every check",
        work,
        floor=read_once,
        floor_words="reading a file of that size once",
        repeats=_REPEATS,
    )


def encryption_overhead(desk: Desk, folder: Path) -> Figure:
    """Reading the rows of the criteria from the encrypted file against the same file unencrypted."""
    from ctdild_desktop.clinical.fast.columns import FIELDS

    with _copies(desk, folder, ("plain", "")) as (engine,), engine.connect() as connection:

        def read_plain() -> int:
            count = 0
            for table, fields in FIELDS.items():
                query = f"SELECT {', '.join(fields)} FROM {table} WHERE deleted_at IS NULL"
                cursor = connection.connection.cursor()
                cursor.execute(query)
                while chunk := cursor.fetchmany(20_000):
                    count += len(chunk)
            return count

        return against_floor(
            "encryption_overhead",
            "reading the rows of the criteria from the encrypted file",
            lambda: read_rows(desk),
            floor=read_plain,
            floor_words="the same rows from the same file unencrypted",
            repeats=_READS,
        )


def encryption_overhead_write(desk: Desk, folder: Path) -> Figure:
    """The same audited, sealed and committed inserts into an encrypted file and into a plain one."""
    raw_key = "x'" + "5a" * 32 + "'"
    with _copies(desk, folder, ("cipher", raw_key), ("plain", "")) as (cipher, plain):
        return against_floor(
            "encryption_overhead_write",
            f"{_TOGETHER} patients with {TESTS} tests each recorded in the encrypted file",
            _writing(cipher, 3_000_000, desk),
            floor=_writing(plain, 4_000_000, desk),
            floor_words="the same into a file unencrypted",
            repeats=_WRITES,
        )


def _writing(engine: Engine, first: int, desk: Desk) -> Callable[[], None]:
    from ctdild_desktop.registry import audit

    rng, numbers = Random(first), itertools.count(first)
    runs = iter(
        [
            list(values_to_insert(desk, [invented_record(rng, next(numbers)) for _ in range(_TOGETHER)]))
            for _run in range(_WRITES + 1)
        ]
    )

    def work() -> None:
        with engine.connect() as connection, connection.begin():
            batch = audit.begin(connection, user=desk.login, reason="", at=desk.clock())
            for table, values in next(runs):
                connection.execute(table.insert(), values)
            audit.seal(connection, bytes(32), batch)

    return work


@contextmanager
def _copies(desk: Desk, folder: Path, *wanted: tuple[str, str]) -> Iterator[tuple[Engine, ...]]:
    """Copies of the registry as (name, key), an empty key for a plain one; removed afterwards."""
    from sqlalchemy import create_engine
    from sqlcipher3 import dbapi2 as driver

    paths = [folder / f"{name}.sqlite" for name, _key in wanted]
    with desk.registry.read() as session:
        connection: Any = session.connection().connection
        connection.execute("COMMIT")
        for path, (_name, key) in zip(paths, wanted, strict=True):
            connection.execute("ATTACH DATABASE ? AS copied KEY ?", (str(path), key))
            connection.execute("SELECT sqlcipher_export('copied')")
            connection.execute("DETACH DATABASE copied")
        connection.execute("BEGIN")

    def opened(path: Path, key: str) -> Engine:
        def connect() -> Any:
            made = driver.connect(str(path), isolation_level=None, check_same_thread=False)
            if key:
                made.set_key(key)
            for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                made.execute(f"PRAGMA {setting}").fetchall()
            return made

        return create_engine("sqlite://", module=driver, creator=connect)

    engines = tuple(opened(path, key) for path, (_name, key) in zip(paths, wanted, strict=True))
    try:
        yield engines
    finally:
        for engine in engines:
            engine.dispose()
        for path in paths:
            with suppress(OSError):
                path.unlink()
