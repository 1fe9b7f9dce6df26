"""The revision of the tables: reading it, and bringing an older registry up to date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from ctdild_desktop import bundled
from ctdild_desktop.registry import triggers
from ctdild_desktop.registry.engine import WRITING
from ctdild_desktop.registry.errors import DamagedError, NewerError

REVISION = "2026_11_23_site_criteria"
"""The revision that this program reads and writes: the head of ``db/versions``."""


def current(connection: Connection) -> str | None:
    """The revision of an open registry; None when it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return str(found[0]) if found else None


def upgrade(engine: Engine, folder: Path | None = None) -> None:
    """Bring the tables to :data:`REVISION`, all steps in one transaction, and check the audit triggers.

    Raises:
        NewerError: the registry has a revision that this program does not know.
    """
    from alembic import command

    folder = folder or bundled.migrations()
    with engine.execution_options(ctdild_begin=WRITING).connect() as connection, connection.begin():
        config = configuration(folder)
        _refuse_unknown(config, current(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, REVISION)
        lost = triggers.differences(connection)
        if lost:
            raise AssertionError(f"the upgrade to {REVISION} leaves other triggers: {', '.join(lost)}")


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
