"""Whether every row is what the audit trail says it is.

The chain of the trail shows that no entry was changed. Rows that somebody changed, removed or added with the
triggers switched off left no entry at all: they are found here, by comparing each row with its last entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, inspect, literal, select, text
from sqlalchemy.exc import DBAPIError

from ctdild_desktop.registry import triggers
from ctdild_desktop.registry.models import Base

_LAST = text("SELECT seq, table_name, row_id, op, new FROM audit WHERE op <> 'event' ORDER BY seq")
_ENTRY = text("SELECT new FROM audit WHERE seq = :seq")


@dataclass(slots=True)
class _Found:
    """Rows of one table that are not as the trail says."""

    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        parts = (
            (self.changed, "not as the trail says"),
            (self.missing, "gone without an entry"),
            (self.unknown, "without any entry"),
        )
        return ", ".join(f"{len(ids)} {words} (first: {ids[0]})" for ids, words in parts if ids)


def differences(connection: Connection) -> str:
    """What differs between the rows and the trail, by table; empty when nothing does.

    Entries that an erasure emptied are no reason: the rows they were about are gone with an entry of their
    own. A column that a later program added counts as written when it holds its default.
    """
    last = _last_entries(connection)
    present = set(inspect(connection).get_table_names()) - triggers.UNAUDITED - {"alembic_version"}
    told = []
    for table in sorted(present):
        try:
            words = _compare(connection, table, last.pop(table, {})).words
        except DBAPIError:
            words = "holds what this program does not write"
        if words:
            told.append(f"{table}: {words}")
    told += [f"{table}: no such table" for table, entries in sorted(last.items()) if _left(entries)]
    return "; ".join((*told, *_leftovers(connection)))


_Entries = dict[str, tuple[int, int | None]]
"""By row: place and hash of its last entry; no hash once the row was deleted.

Python's own hash is keyed anew for each process and twenty times as quick as a digest.
"""


def _last_entries(connection: Connection) -> dict[str, _Entries]:
    """The last entry of each row, by table."""
    found: dict[str, _Entries] = {}
    for seq, table, row_id, op, new in connection.execute(_LAST):
        found.setdefault(table, {})[row_id] = (seq, None if op == "delete" else hash(new or ""))
    return found


def _left(entries: _Entries) -> list[str]:
    return [row_id for row_id, (_seq, hashed) in entries.items() if hashed is not None]


def _compare(connection: Connection, table: str, entries: _Entries) -> _Found:
    columns = triggers.columns_in(connection, table)
    written = triggers.row_json(columns, table, connection.dialect.name)
    found = _Found()
    defaults: dict[str, Any] | None = None
    for row_id, values in connection.execute(text(f"SELECT CAST(id AS TEXT), {written} FROM {table}")):
        seq, hashed = entries.pop(row_id, (0, None))
        if hashed is None:
            found.unknown.append(row_id)
        elif hashed != hash(values or ""):
            if defaults is None:
                defaults = _defaults(connection, table)
            if not _same(values, connection.execute(_ENTRY, {"seq": seq}).scalar_one(), defaults):
                found.changed.append(row_id)
    found.missing = _left(entries)
    return found


def _same(values: str, entry: str | None, defaults: dict[str, Any]) -> bool:
    """Whether a row is as its entry says, apart from columns that a later revision added with a default."""
    now, then = _object(values), _object(entry)
    if now is None or then is None:
        return False
    added = {name: value for name, value in now.items() if name not in then}
    kept = {name: value for name, value in now.items() if name in then}
    return bool(kept == then) and all(
        name in defaults and defaults[name] == value for name, value in added.items()
    )


def _object(values: str | None) -> dict[str, Any] | None:
    """The values of a text of the trail; None when somebody made it something else."""
    try:
        found = json.loads(values) if values else {}
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _defaults(connection: Connection, table: str) -> dict[str, Any]:
    """What the database itself puts into a column that a row was written without."""
    found = {}
    for column in Base.metadata.tables[table].columns if table in Base.metadata.tables else ():
        default: Any = getattr(column.server_default, "arg", None)
        if default is not None:
            given = literal(default) if isinstance(default, str) else default
            found[column.name] = connection.execute(select(given)).scalar_one()
    return found


def _leftovers(connection: Connection) -> Iterator[str]:
    """What the program never leaves behind: a writer between two acts, a second revision, a moved counter."""
    if _count(connection, "audit_context"):
        yield "audit_context: names a writer outside any act"
    if _count(connection, "alembic_version") != 1:
        yield "alembic_version: more than one revision"
    if connection.dialect.name == "sqlite":
        if inspect(connection).has_table("registry_keys") and _count(connection, "registry_keys"):
            yield "registry_keys: the keys of a file lie beside it"
        counted = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")).scalars()
        highest = connection.execute(text("SELECT max(seq) FROM audit")).scalar_one()
        if list(counted) != ([highest] if highest else []):
            yield "sqlite_sequence: does not go on from the last entry"


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
