"""Messages of devices and laboratories that were received, with their part of the trail.

Revision: 2026_11_29_inbox
After: 2026_11_29_as_given

The trail is made already: so the triggers of the new tables are made here, in the same words. They hold no
bytes: neither a message nor what it says of a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_inbox"
down_revision = "2026_11_29_as_given"
branch_labels = None
depends_on = None

_MESSAGE = {
    **dict.fromkeys(("id", "sha256", "format", "state", "received_at", "received_by"), "text"),
    **dict.fromkeys(("received_from", "decided_at", "decided_by", "reason", "patients"), "text"),
    "size_bytes": "integer",
}
_AUDITED = {
    "inbox_message": dict(sorted(_MESSAGE.items())),
    "inbox_content": {"id": "text", "sha256": "text"},
}
_STATES = "'waiting', 'taken', 'set_aside', 'unreadable'"
_REASONS = "'other_patient', 'no_use', 'device_check', 'by_hand', 'withdrawn'"
_CHECKS = {
    "id": "length(id) = 32",
    "sha256": "length(sha256) = 64",
    "size_bytes": "size_bytes BETWEEN 1 AND 26214400",
    "state": f"state IN ({_STATES})",
    "received_from": "received_from IN ('folder', 'window', 'command')",
    "reason": f"reason IN ({_REASONS})",
    "decided": "(decided_at IS NULL) = (decided_by IS NULL)",
    "reason_of_setting_aside": "reason IS NULL OR state = 'set_aside'",
    "form_size_bytes": "size_bytes = CAST(size_bytes AS INTEGER)",
    "form_patients": "patients LIKE '[%]'",
    **{
        f"form_{name}": f"{name} LIKE '____-__-__T__:__:__.______Z'" for name in ("received_at", "decided_at")
    },
}


def upgrade() -> None:
    """Make the tables and their triggers."""
    bind = op.get_bind()
    op.create_table(
        "inbox_message",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False, server_default=""),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("state", "received_at", "received_by", "received_from")
        ),
        *(sa.Column(name, sa.Text) for name in ("decided_at", "decided_by", "reason")),
        sa.Column("patients", sa.Text, nullable=False, server_default="[]"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_message")),
        sa.UniqueConstraint("sha256", name=op.f("uq_inbox_message_sha256")),
        *(sa.CheckConstraint(text, name=op.f(f"ck_inbox_message_{name}")) for name, text in _CHECKS.items()),
    )
    op.create_table(
        "inbox_content",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("said", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_content")),
        sa.ForeignKeyConstraint(
            ["id"],
            ["inbox_message.id"],
            name=op.f("fk_inbox_content_id_inbox_message"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.CheckConstraint("length(content) > 0", name=op.f("ck_inbox_content_content")),
    )
    make = _on_sqlite if bind.dialect.name == "sqlite" else _on_postgresql
    for table, columns in _AUDITED.items():
        for statement in make(table, columns):
            bind.exec_driver_sql(statement)


def downgrade() -> None:
    """Remove the tables with their triggers."""
    for table in reversed(_AUDITED):
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(sa.text(f"DROP FUNCTION audit_{table}()"))


def _on_sqlite(table: str, columns: Mapping[str, str]) -> Iterator[str]:
    for operation in ("insert", "update", "delete"):
        row = "OLD" if operation == "delete" else "NEW"
        old = "NULL" if operation == "insert" else _sqlite_json(columns, "OLD")
        new = "NULL" if operation == "delete" else _sqlite_json(columns, "NEW")
        yield (
            f"CREATE TRIGGER audit_{table}_{operation} AFTER {operation.upper()} ON {table} BEGIN "
            "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new) "
            f"SELECT c.batch, c.at, c.user_id, c.reason, '{operation}', '{table}', CAST({row}.id AS TEXT), "
            f"NULL, {old}, {new} "
            "FROM (SELECT 1) LEFT JOIN audit_context AS c ON c.id = 1; END"
        )


def _sqlite_json(columns: Mapping[str, str], row: str) -> str:
    pairs = ", ".join(f"'{column}', {row}.{column}" for column in columns)
    return f"json_patch('{{}}', json_object({pairs}))"


def _on_postgresql(table: str, columns: Mapping[str, str]) -> Iterator[str]:
    yield (
        f"CREATE FUNCTION audit_{table}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $body${_body(table, columns)}$body$"
    )
    yield f"REVOKE ALL ON FUNCTION audit_{table}() FROM PUBLIC"
    yield (
        f"CREATE TRIGGER audit_{table} AFTER INSERT OR DELETE OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION audit_{table}()"
    )
    yield (
        f"CREATE TRIGGER audit_{table}_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
    )


def _body(table: str, columns: Mapping[str, str]) -> str:
    new, old = _postgresql_json(columns, "NEW"), _postgresql_json(columns, "OLD")
    return (
        "\nBEGIN\n"
        "  IF TG_OP = 'INSERT' THEN\n"
        f"    PERFORM audit_add('insert', '{table}', NEW.id::text, NULL, NULL, {new});\n"
        "  ELSIF TG_OP = 'UPDATE' THEN\n"
        f"    PERFORM audit_add('update', '{table}', NEW.id::text, NULL, {old}, {new});\n"
        "  ELSE\n"
        f"    PERFORM audit_add('delete', '{table}', OLD.id::text, NULL, {old}, NULL);\n"
        "  END IF;\n"
        "  RETURN NULL;\n"
        "END\n"
    )


def _postgresql_json(columns: Mapping[str, str], row: str) -> str:
    written = {"integer": "{}::text", "text": "to_json({})::text"}
    pieces = ", ".join(
        f"'\"{column}\":' || {written[kind].format(f'{row}.{column}')}" for column, kind in columns.items()
    )
    return f"'{{' || concat_ws(',', nullif(concat_ws(',', {pieces}), '')) || '}}'"
