"""Damages a registry at random, a thousand ways, and looks whether the program says so.

``python -m tests.support.tamper --tries 1000`` runs it whole. Each try takes a fresh copy of one registry
and does one thing to it: flips a bit of a file (the database, its keys, the write-ahead log of a stopped
program), or, with the right key and every trigger, check and reference switched off, changes a value, removes
a row or adds one. Opening or verifying must report it. What is not reported must be proven harmless: the
registry then holds, row for row, what it held before. Unfinished typing (the table ``draft``) is nobody's
record and is left out. It prints what was found and ends with status 1 when anything passed unseen.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, insert, select
from sqlalchemy.exc import IntegrityError

from ctdild_desktop.registry import erasure, triggers
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import Base, InboxContentRow, InboxMessageRow, PatientRow, VisitRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.services.inbox_messages import Said
from tests.support import any_row
from tests.support.behind import unwatched
from tests.support.registries import LOGIN, PASSPHRASE, Clock

_NAME = "tampered.ctdild"
_OF_CONTENT = frozenset({"attachment", "inbox_message", "inbox_content"})
"""Tables of which a row without its content, or with another one, is a fault."""
_OWN = ("alembic_version", "sqlite_sequence")
"""Tables that are not the program's models and hold something that counts."""
_LEFT_OUT = frozenset({"draft"})


@dataclass
class Found:
    """What was tried, what was said, and what passed unseen."""

    tries: int = 0
    reported: Counter[str] = field(default_factory=Counter)
    harmless: Counter[str] = field(default_factory=Counter)
    unseen: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Sample:
    """Files of a registry: closed, and as a killed program leaves them; and what both hold."""

    closed: Path
    stopped: Path
    content: dict[str, list[str]]
    content_stopped: dict[str, list[str]]


def make_sample(folder: Path) -> Sample:
    """A registry with rows in every table, acts of several kinds, and a log that was not taken up."""
    live, closed, stopped = folder / "live", folder / "closed", folder / "stopped"
    for place in (live, closed, stopped):
        place.mkdir()
    clock = Clock()
    registry, _code = Registry.create(live / _NAME, LOGIN, "R. Amsel", PASSPHRASE, cost=CHEAPEST, clock=clock)
    _fill(registry, clock)
    registry.close()
    _copy(live, closed)
    content = _content(closed / _NAME, folder / "look")
    registry = Registry.open(live / _NAME, LOGIN, PASSPHRASE, clock=clock)
    for number in range(6):
        clock.now += dt.timedelta(minutes=1)
        with registry.write(LOGIN, f"late act {number}") as session:
            session.add(PatientRow(mrn=f"LATE-{number}"))
    _copy(live, stopped)
    registry.close()
    return Sample(closed, stopped, content, _content(stopped / _NAME, folder / "look"))


def _fill(registry: Registry, clock: Clock) -> None:
    for table in triggers.audited_tables():
        if table.name in any_row.SINGLE | _OF_CONTENT:
            continue
        for _ in range(2):
            clock.now += dt.timedelta(minutes=1)
            with registry.write(LOGIN, f"a row of {table.name}") as session:
                values = any_row.values_for(session.connection(), table)
                session.connection().execute(insert(table).values(_with_version(values, table)))
    for data in (b"8000 one", b"8000 another"):
        with registry.write(LOGIN, "a message") as session:
            _receive(session.connection(), data)
    with registry.write(LOGIN, "changed") as session:
        session.query(VisitRow).update({"note": "seen again"})
    with registry.write(LOGIN, "gone") as session:
        session.delete(session.query(VisitRow).first())
    registry.record_event("export", user=LOGIN, detail={"rows": "3"})
    with registry.write(LOGIN, "registered") as session:
        patient = PatientRow(mrn="ERASED", family_name="Erased")
        session.add(patient)
    erasure.erase(registry, patient.id, basis="court order", reason="letter")


def _receive(connection: Connection, data: bytes) -> None:
    """A message with its bytes, as the inbox keeps them."""
    message, content = InboxMessageRow.__table__, InboxContentRow.__table__
    digest, said = {"sha256": hashlib.sha256(data).hexdigest()}, Said("invented.gdt").as_columns()
    values = {**any_row.values_for(connection, message), **digest}
    connection.execute(insert(message).values(_with_version(values, message)))
    connection.execute(insert(content).values(id=values["id"], content=data, **digest, **said))


def _with_version(values: dict[str, Any], table: Table) -> dict[str, Any]:
    return {**values, "version": 1} if "version" in table.columns else values


def _copy(source: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for file in source.iterdir():
        if file.name.startswith(_NAME) and not file.name.endswith("-shm"):
            shutil.copyfile(file, target / file.name)


def _content(path: Path, work: Path) -> dict[str, list[str]]:
    """Every row of every table of a copy, in words."""
    shutil.rmtree(work, ignore_errors=True)
    _copy(path.parent, work)
    registry = Registry.open(work / path.name, LOGIN, PASSPHRASE, clock=Clock())
    try:
        return _rows(registry)
    finally:
        registry.close()


def _rows(registry: Registry) -> dict[str, list[str]]:
    with registry.read() as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


# what is done to it


def flip(sample: Sample, case: Path, chance: random.Random) -> str:
    """Flip one bit of one file."""
    source, suffix = chance.choice(
        ((sample.closed, ""), (sample.closed, ".keys"), (sample.stopped, "-wal"), (sample.stopped, ""))
    )
    _copy(source, case)
    file = case / f"{_NAME}{suffix}"
    content = bytearray(file.read_bytes())
    at = chance.randrange(len(content)) if chance.random() < 0.8 else chance.randrange(min(200, len(content)))
    content[at] ^= 1 << chance.randrange(8)
    file.write_bytes(content)
    return f"flip {suffix or 'database'} {source.name}: byte {at} of {len(content)}"


def change(sample: Sample, case: Path, chance: random.Random) -> str:
    """Change one value of one row."""
    return _behind(sample, case, lambda connection: _change(connection, chance))


def remove(sample: Sample, case: Path, chance: random.Random) -> str:
    """Remove one row."""
    return _behind(sample, case, lambda connection: _remove(connection, chance))


def append(sample: Sample, case: Path, chance: random.Random) -> str:
    """Add one row."""
    return _behind(sample, case, lambda connection: _append(connection, chance))


def _behind(sample: Sample, case: Path, act: Callable[[Connection], str]) -> str:
    _copy(sample.closed, case)
    registry = Registry.open(case / _NAME, LOGIN, PASSPHRASE, clock=Clock())
    try:
        with unwatched(registry) as connection:
            return act(connection)
    finally:
        registry.close()


def _tables_with_rows(connection: Connection) -> list[str]:
    names = [table.name for table in Base.metadata.sorted_tables if table.name not in _LEFT_OUT]
    return [
        name
        for name in (*names, *_OWN)
        if connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
    ]


def _some_row(connection: Connection, chance: random.Random) -> tuple[str, int, dict[str, Any]]:
    table = chance.choice(_tables_with_rows(connection))
    rows = connection.exec_driver_sql(f"SELECT rowid AS tampered_row, * FROM {table}").mappings().all()
    row = dict(chance.choice(rows))
    place = int(row.pop("tampered_row"))
    return table, place, row


def _change(connection: Connection, chance: random.Random) -> str:
    while True:  # a table refuses some values (NOT NULL, a unique one) whatever is switched off
        table, place, row = _some_row(connection, chance)
        column = chance.choice(list(row))
        new = _another(row[column], chance)
        with suppress(IntegrityError):
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, place))
            return f"change {table}.{column}"


def _another(value: Any, chance: random.Random) -> Any:
    """A value of about the same kind that is not the same."""
    if value is None:
        return chance.choice(("x", "1", "2026-01-01"))
    if isinstance(value, bytes):
        content = bytearray(value or b"0")
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        return bytes(content)
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 1000))
    text = str(value)
    at = chance.randrange(len(text) + 1)
    return chance.choice((text + " ", text[:at] + "x" + text[at:], text[1:] or "y", None if text else "z"))


def _remove(connection: Connection, chance: random.Random) -> str:
    table, place, _row = _some_row(connection, chance)
    connection.exec_driver_sql(f"DELETE FROM {table} WHERE rowid = ?", (place,))
    return f"remove from {table}"


def _append(connection: Connection, chance: random.Random) -> str:
    """A copy of a row under another key, or a row that the table's own rules accept."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in _LEFT_OUT]
    table = chance.choice(tables)
    values = any_row.values_for(connection, table)
    key = next(iter(table.primary_key)).name
    if table.name in {"audit", "audit_seal", "audit_key", "audit_context", "registry_keys"} | any_row.SINGLE:
        last = connection.exec_driver_sql(f"SELECT max({key}) FROM {table.name}").scalar_one()
        values[key] = (last or 0) + 1
    for column in table.columns:
        if isinstance(column.type, LargeBinary) and column.name in values:
            values[column.name] = chance.randbytes(32)
    connection.execute(insert(table).values(_with_version(values, table)))
    return f"append to {table.name}"


WAYS: tuple[Callable[[Sample, Path, random.Random], str], ...] = (flip, change, remove, append)


def judge(sample: Sample, case: Path) -> tuple[str, str]:
    """How the program takes a case: ``open``, ``verify`` or ``event`` report it; ``harmless``; ``unseen``."""
    try:
        registry = Registry.open(case / _NAME, LOGIN, PASSPHRASE, clock=Clock())
    except RegistryError as error:
        return "open", error.text
    try:
        found = registry.verify()
        if not found["ok"]:
            return "verify", str({name: said for name, said in found["checks"].items() if said is not True})
        if registry.unfinished:
            return "event", "a change that is not whole"
        rows = _rows(registry)
    finally:
        registry.close()
    return ("harmless", "") if rows in (sample.content, sample.content_stopped) else ("unseen", "")


def run(tries: int, seed: int, ways: Sequence[Callable[[Sample, Path, random.Random], str]] = WAYS) -> Found:
    """Try so many times, each way in turn."""
    found, began, chance = Found(), time.monotonic(), random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        sample = make_sample(folder)
        for number in range(tries):
            case = folder / "case"
            what = ways[number % len(ways)](sample, case, chance)
            outcome, _words = judge(sample, case)
            kind = what.split(":", maxsplit=1)[0] if what.startswith("flip") else what.split()[0]
            if outcome == "unseen":
                found.unseen.append(f"try {number}: {what}")
            elif outcome == "harmless":
                found.harmless[kind] += 1
                if not what.startswith("flip"):
                    found.unseen.append(f"try {number}: {what} was taken for nothing")
            else:
                found.reported[f"{kind}, by {outcome}"] += 1
            found.tries += 1
            shutil.rmtree(case)
    found.seconds = round(time.monotonic() - began, 1)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and print what was found as one JSON document."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.tamper")
    parser.add_argument("--tries", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261129)
    wanted = parser.parse_args(arguments)
    found = run(wanted.tries, wanted.seed)
    print(json.dumps(found.__dict__, indent=1, sort_keys=True))
    return 1 if found.unseen else 0


if __name__ == "__main__":
    sys.exit(main())
