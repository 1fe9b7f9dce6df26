"""What was read in a message of the inbox is covered by a hash, with that in its part of the trail.

Revision: 2026_11_30_inbox_said
After: 2026_11_29_saved_queries

Rows of before keep an empty hash: what they say was written without a salt, and the trail would hold its
plain hash for good.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_inbox_said"
down_revision = "2026_11_29_saved_queries"
branch_labels = None
depends_on = None

_TABLE = "inbox_content"
_COLUMN = "said_sha256"
_BEFORE = ("id", "sha256")


def upgrade() -> None:
    """Add the column and make the triggers of the table anew."""
    _drop_triggers()
    op.add_column(_TABLE, sa.Column(_COLUMN, sa.Text, nullable=False, server_default=""))
    _make_triggers(sorted((*_BEFORE, _COLUMN)))


def downgrade() -> None:
    """Take the column out."""
    _drop_triggers()
    op.drop_column(_TABLE, _COLUMN)
    _make_triggers(_BEFORE)


def _drop_triggers() -> None:
    """On SQLite; on PostgreSQL the function that they call is made anew."""
    if op.get_bind().dialect.name == "sqlite":
        for operation in ("insert", "update", "delete"):
            op.execute(sa.text(f"DROP TRIGGER audit_{_TABLE}_{operation}"))


def _make_triggers(columns: Sequence[str]) -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        for statement in _on_sqlite(columns):
            bind.exec_driver_sql(statement)
        return
    bind.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION audit_{_TABLE}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $body${_body(columns)}$body$"
    )


def _on_sqlite(columns: Sequence[str]) -> Iterator[str]:
    for operation in ("insert", "update", "delete"):
        row = "OLD" if operation == "delete" else "NEW"
        old = "NULL" if operation == "insert" else _sqlite_json(columns, "OLD")
        new = "NULL" if operation == "delete" else _sqlite_json(columns, "NEW")
        yield (
            f"CREATE TRIGGER audit_{_TABLE}_{operation} AFTER {operation.upper()} ON {_TABLE} BEGIN "
            "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new) "
            f"SELECT c.batch, c.at, c.user_id, c.reason, '{operation}', '{_TABLE}', CAST({row}.id AS TEXT), "
            f"NULL, {old}, {new} "
            "FROM (SELECT 1) LEFT JOIN audit_context AS c ON c.id = 1; END"
        )


def _sqlite_json(columns: Sequence[str], row: str) -> str:
    pairs = ", ".join(f"'{column}', {row}.{column}" for column in columns)
    return f"json_patch('{{}}', json_object({pairs}))"


def _body(columns: Sequence[str]) -> str:
    new, old = _postgresql_json(columns, "NEW"), _postgresql_json(columns, "OLD")
    return (
        "\nBEGIN\n"
        "  IF TG_OP = 'INSERT' THEN\n"
        f"    PERFORM audit_add('insert', '{_TABLE}', NEW.id::text, NULL, NULL, {new});\n"
        "  ELSIF TG_OP = 'UPDATE' THEN\n"
        f"    PERFORM audit_add('update', '{_TABLE}', NEW.id::text, NULL, {old}, {new});\n"
        "  ELSE\n"
        f"    PERFORM audit_add('delete', '{_TABLE}', OLD.id::text, NULL, {old}, NULL);\n"
        "  END IF;\n"
        "  RETURN NULL;\n"
        "END\n"
    )


def _postgresql_json(columns: Sequence[str], row: str) -> str:
    pieces = ", ".join(f"'\"{column}\":' || to_json({row}.{column})::text" for column in columns)
    return f"'{{' || concat_ws(',', nullif(concat_ws(',', {pieces}), '')) || '}}'"
