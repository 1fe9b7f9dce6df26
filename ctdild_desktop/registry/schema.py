"""The revision of the tables: reading it, and bringing an older registry up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from ctdild_desktop import bundled
from ctdild_desktop.language import say
from ctdild_desktop.registry import triggers
from ctdild_desktop.registry.engine import WRITING
from ctdild_desktop.registry.errors import DamagedError, NewerError

REVISION = "2026_11_30_inbox_said"
"""The revision that this program reads and writes: the head of ``db/versions``."""


def current(connection: Connection) -> str | None:
    """The revision of an open registry; None when it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return str(found[0]) if found else None


def upgrade(engine: Engine) -> None:
    """Bring the tables to :data:`REVISION`, all steps in one transaction, and check the audit triggers.

    Raises:
        NewerError: the registry has a revision that this program does not know.
    """
    writing = engine.execution_options(ctdild_begin=WRITING)
    with writing.connect() as connection, _references_checked_after(connection), connection.begin():
        upgrade_on(connection)


def upgrade_on(connection: Connection) -> None:
    """The same within the caller's transaction; on SQLite its foreign keys must be off."""
    from alembic import command

    config = configuration(bundled.migrations())
    _refuse_unknown(config, current(connection))
    config.attributes["connection"] = connection
    command.upgrade(config, REVISION)
    lost = triggers.differences(connection)
    if lost:
        raise AssertionError(f"the upgrade to {REVISION} leaves other triggers: {', '.join(lost)}")
    if connection.dialect.name == "sqlite":
        astray = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if astray:
            raise DamagedError(
                say("{astray} references lead nowhere; nothing was changed.", astray=len(astray))
            )


@contextmanager
def _references_checked_after(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild tables that others refer to: its foreign keys are off until the end.

    The setting is of the connection and cannot be changed within a transaction.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def ensure(engine: Engine, backup: Callable[[str], None]) -> None:
    """Make sure that an existing registry has the present revision.

    Args:
        engine: over the unlocked registry.
        backup: called with the old revision before anything is changed.

    Raises:
        DamagedError: the file has no tables of a registry.
        NewerError: it was made by a newer version of the program.
    """
    found = refuse_newer(engine)
    if found != REVISION:
        backup(found)
        upgrade(engine)


def refuse_newer(engine: Engine) -> str:
    """The revision of a registry, when this program knows it; raises as :func:`ensure` does."""
    with engine.connect() as connection, connection.begin():
        found = current(connection)
    if found is None:
        raise DamagedError("The file opens, but it holds no registry.")
    if found != REVISION:
        _refuse_unknown(configuration(bundled.migrations()), found)
    return found


def configuration(folder: Path) -> Any:
    """The Alembic configuration for the revisions in ``folder``."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _refuse_unknown(config: Any, revision: str | None) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise NewerError(
            "This registry was made by a newer version of the program; nothing was changed.",
            "Please install the newer version on this computer.",
        )
