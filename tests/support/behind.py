"""Writing behind the program's back: with the right key, and with every trigger switched off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from ctdild_desktop.registry.registry import Registry


@contextmanager
def unwatched(registry: Registry) -> Iterator[Connection]:
    """A connection whose changes leave no trace: triggers, checks and references are off until it is left."""
    with registry._writing.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("PRAGMA ignore_check_constraints=ON")
        try:
            with connection.begin():
                made = connection.exec_driver_sql(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
                ).fetchall()
                for name, _sql in made:
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
                yield connection
                for _name, sql in made:
                    connection.exec_driver_sql(sql)
        finally:
            raw.execute("PRAGMA ignore_check_constraints=OFF")
            raw.execute("PRAGMA foreign_keys=ON")
