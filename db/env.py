"""The Alembic environment: runs the revisions on the open, unlocked connection that it is given.

A registry is encrypted, so there is no URL that could open it; ``ctdild_desktop.registry.schema`` passes the
connection in ``config.attributes["connection"]`` and owns the transaction.
"""

from __future__ import annotations

from alembic import context
from alembic.util import CommandError

from ctdild_desktop.registry.models import Base


def run() -> None:
    """Run the revisions on the given connection."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise CommandError("Revisions run through ctdild_desktop.registry.schema, which opens the registry.")
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


run()
