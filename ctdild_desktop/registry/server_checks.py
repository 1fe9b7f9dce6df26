"""What a PostgreSQL server is asked about its tables, in place of SQLite's own checks of a file."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from ctdild_desktop.registry.models import Base


def run(connection: Connection) -> dict[str, bool | str]:
    """Whether every row can be read, every reference leads somewhere and every constraint is in force.

    Encryption at rest is the server's own and is not told of here.
    """
    present = set(inspect(connection).get_table_names())
    tables = [table for table in Base.metadata.sorted_tables if table.name in present]
    unread = [table.name for table in tables if not _reads(connection, table.name)]
    loose = []
    for table in tables if not unread else ():
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            column, other = key.parent.name, key.column.table.name
            if other in present and _astray(connection, table.name, column, other, key.column.name):
                loose.append(f"{table.name}.{column}")
    not_in_force = "SELECT conname FROM pg_constraint WHERE NOT convalidated ORDER BY conname"
    loose += [f"{name} is not in force" for name in connection.execute(text(not_in_force)).scalars()]
    return {
        "integrity": f"cannot be read: {', '.join(unread)}" if unread else True,
        "foreign_keys": f"references lead nowhere: {', '.join(loose)}" if loose else True,
    }


def _reads(connection: Connection, table: str) -> bool:
    """Whether the whole table can be read, large values included."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f'SELECT sum(length(t::text)) FROM "{table}" AS t').scalar_one()
    except DBAPIError:
        return False
    return True


def _astray(connection: Connection, table: str, column: str, other: str, key: str) -> bool:
    query = (
        f'SELECT EXISTS (SELECT FROM "{table}" AS a LEFT JOIN "{other}" AS b ON b."{key}" = a."{column}" '
        f'WHERE a."{column}" IS NOT NULL AND b."{key}" IS NULL)'
    )
    return bool(connection.exec_driver_sql(query).scalar_one())
