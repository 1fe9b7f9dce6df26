"""Whether every row is what the audit trail says it is.

The chain of the trail shows that no entry was changed. Rows that somebody changed, removed or added with the
triggers switched off left no entry at all: they are found here, by comparing each row with its last entry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, inspect, literal, select, text
from sqlalchemy.exc import DBAPIError

from ctdild_desktop.registry import triggers
from ctdild_desktop.registry.models import Base

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""What a table of the program can be called: a name that somebody else chose may be anything."""
# The comparison itself is the database's: it takes no memory, and other checks go on beside it.
_DIFFERENT = """
    SELECT {row_id} AS row_id, {written} AS now, entry.op AS op, entry.new AS new
    FROM {table}
    LEFT JOIN audit AS entry ON entry.seq = (
        SELECT max(seq) FROM audit AS a
        WHERE a.table_name = '{table}' AND a.row_id = {row_id} AND a.op <> 'event'
    )
    WHERE entry.op IS NULL OR entry.op = 'delete' OR entry.new IS DISTINCT FROM {written}
"""
_MISSING = """
    SELECT row_id FROM audit
    WHERE seq IN (
        SELECT max(seq) FROM audit WHERE table_name = '{table}' AND op <> 'event' GROUP BY row_id
    ) AND op <> 'delete' AND row_id NOT IN (SELECT {row_id} FROM {table})
    ORDER BY seq
"""
_LIVING = text(
    "SELECT table_name, sum(CASE op WHEN 'insert' THEN 1 WHEN 'delete' THEN -1 ELSE 0 END) AS rows "
    "FROM audit WHERE op <> 'event' GROUP BY table_name"
)


def differences(connection: Connection) -> str:
    """Which rows differ from their last entry, or have none, by table; empty when none does.

    Entries that an erasure emptied are no reason: the rows they were about are gone with an entry of their
    own. A column that a later program added counts as written when it holds its default.
    """
    named, strange = _present(connection)
    told = [f"{table}: is no table of this program" for table in strange]
    for table in named:
        try:
            changed, unknown = _compare(connection, table)
        except DBAPIError:
            told.append(f"{table}: holds what this program does not write")
            continue
        told += _words(table, changed, "not as the trail says")
        told += _words(table, unknown, "without any entry")
        if unknown:  # they would hide as many that are gone from whoever counts
            told += _gone(connection, table)
    return "; ".join((*told, *_leftovers(connection)))


def gone(connection: Connection, living: Mapping[str, int] | None = None) -> str:
    """Which rows the trail has and no table, by table; empty when there are none.

    Args:
        connection: an open transaction of the registry.
        living: by table, how many rows the trail has; counted here when nobody has counted them.
    """
    if living is None:
        living = {str(table): int(rows) for table, rows in connection.execute(_LIVING)}
    present, _strange = _present(connection)
    told = [
        f"{table}: no such table" for table, rows in sorted(living.items()) if rows and table not in present
    ]
    for table in present:
        if living.get(table) and _count(connection, table) != living[table]:
            told += _gone(connection, table)
    return "; ".join(told)


def _gone(connection: Connection, table: str) -> list[str]:
    missing = text(_MISSING.format(table=table, row_id=_row_id(connection, table)))
    return _words(table, list(connection.execute(missing).scalars()), "gone without an entry")


def _present(connection: Connection) -> tuple[list[str], list[str]]:
    """The tables to compare, and those whose names go into no statement."""
    found = sorted(set(inspect(connection).get_table_names()) - triggers.UNAUDITED - {"alembic_version"})
    return [name for name in found if _NAME.fullmatch(name)], [n for n in found if not _NAME.fullmatch(n)]


def _words(table: str, ids: list[str], words: str) -> list[str]:
    return [f"{table}: {len(ids)} {words} (first: {ids[0]})"] if ids else []


def _compare(connection: Connection, table: str) -> tuple[list[str], list[str]]:
    """The rows that are not as their entry says, and those that have none."""
    columns = triggers.columns_in(connection, table)
    query = _DIFFERENT.format(
        table=table,
        row_id=_row_id(connection, table, columns),
        written=triggers.compared_json(columns, table, connection.dialect.name),
    )
    changed, unknown = [], []
    defaults: dict[str, Any] | None = None
    for row in connection.exec_driver_sql(query):
        if row.op is None or row.op == "delete":
            unknown.append(str(row.row_id))
            continue
        if defaults is None:
            defaults = _defaults(connection, table)
        if not _same(row.now, row.new, defaults):
            changed.append(str(row.row_id))
    return changed, unknown


def _row_id(connection: Connection, table: str, columns: triggers.Columns | None = None) -> str:
    """The expression of what the trail calls a row."""
    columns = columns or triggers.columns_in(connection, table)
    return f"{table}.id" if columns.get("id") == "text" else f"CAST({table}.id AS TEXT)"


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
