"""Everything that a registry stores, value for value as the database keeps it."""

from __future__ import annotations

from sqlalchemy import inspect, text

from ctdild_desktop.registry.registry import Registry

_NOT_OURS = {"alembic_version"}


def tables_of(registry: Registry) -> set[str]:
    """Every table that the file has."""
    with registry.read() as session:
        return set(inspect(session.connection()).get_table_names()) - _NOT_OURS


def dump(registry: Registry) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every table in the order of their key."""
    tables = sorted(tables_of(registry))
    with registry.read() as session:
        keys = inspect(session.connection())
        order = {table: ", ".join(keys.get_pk_constraint(table)["constrained_columns"]) for table in tables}
        return {
            table: [
                tuple(row) for row in session.execute(text(f"SELECT * FROM {table} ORDER BY {order[table]}"))
            ]
            for table in tables
        }
