"""Questions about the registry by name, with their part of the trail.

Revision: 2026_11_29_saved_queries
After: 2026_11_29_inbox

The trail is made already: so the triggers of the new table are made here, in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_saved_queries"
down_revision = "2026_11_29_inbox"
branch_labels = None
depends_on = None

_TABLE = "saved_query"
_TEXTS = ("name", "text", "id", "source", "created_at", "created_by")
_MAY_LACK = ("verified_at", "verified_by", "deleted_at", "deleted_by", "deleted_reason")
_KINDS = {
    **dict.fromkeys((*_TEXTS, "absent", "updated_at", "updated_by", *_MAY_LACK), "text"),
    "version": "integer",
}
_COLUMNS = dict(sorted(_KINDS.items()))
_CHECKS = {
    "id": "length(id) = 32",
    "version": "version >= 1",
    "verified": "(verified_at IS NULL) = (verified_by IS NULL)",
    "deleted": "(deleted_at IS NULL) = (deleted_by IS NULL)",
    "name": "length(name) > 0",
    "text": "length(text) > 0",
    "form_version": "version = CAST(version AS INTEGER)",
    "form_absent": "absent LIKE '[%]'",
    **{
        f"form_{name}": f"{name} LIKE '____-__-__T__:__:__.______Z'"
        for name in ("created_at", "updated_at", "verified_at", "deleted_at")
    },
}


def upgrade() -> None:
    """Make the table and its triggers."""
    bind = op.get_bind()
    op.create_table(
        _TABLE,
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("absent", sa.Text, nullable=False, server_default="[]"),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("created_at", "created_by", "updated_at", "updated_by")
        ),
        *(sa.Column(name, sa.Text) for name in _MAY_LACK),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_query")),
        *(sa.CheckConstraint(text, name=op.f(f"ck_saved_query_{name}")) for name, text in _CHECKS.items()),
    )
    live = sa.text("deleted_at IS NULL")
    op.create_index(
        "uq_saved_query_live", _TABLE, ["name"], unique=True, sqlite_where=live, postgresql_where=live
    )
    for statement in _on_sqlite() if bind.dialect.name == "sqlite" else _on_postgresql():
        bind.exec_driver_sql(statement)


def downgrade() -> None:
    """Remove the table with its triggers."""
    op.drop_table(_TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("DROP FUNCTION audit_saved_query()"))


def _on_sqlite() -> Iterator[str]:
    for operation in ("insert", "update", "delete"):
        row = "OLD" if operation == "delete" else "NEW"
        old = "NULL" if operation == "insert" else _sqlite_json("OLD")
        new = "NULL" if operation == "delete" else _sqlite_json("NEW")
        yield (
            f"CREATE TRIGGER audit_{_TABLE}_{operation} AFTER {operation.upper()} ON {_TABLE} BEGIN "
            "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new) "
            f"SELECT c.batch, c.at, c.user_id, c.reason, '{operation}', '{_TABLE}', CAST({row}.id AS TEXT), "
            f"NULL, {old}, {new} "
            "FROM (SELECT 1) LEFT JOIN audit_context AS c ON c.id = 1; END"
        )


def _sqlite_json(row: str) -> str:
    pairs = ", ".join(f"'{column}', {row}.{column}" for column in _COLUMNS)
    return f"json_patch('{{}}', json_object({pairs}))"


def _on_postgresql() -> Iterator[str]:
    yield (
        "CREATE FUNCTION audit_saved_query() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $body${_body()}$body$"
    )
    yield "REVOKE ALL ON FUNCTION audit_saved_query() FROM PUBLIC"
    yield (
        "CREATE TRIGGER audit_saved_query AFTER INSERT OR DELETE OR UPDATE ON saved_query "
        "FOR EACH ROW EXECUTE FUNCTION audit_saved_query()"
    )
    yield (
        "CREATE TRIGGER audit_saved_query_truncate BEFORE TRUNCATE ON saved_query "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
    )


def _body() -> str:
    new, old = _postgresql_json("NEW"), _postgresql_json("OLD")
    return (
        "\nBEGIN\n"
        "  IF TG_OP = 'INSERT' THEN\n"
        f"    PERFORM audit_add('insert', 'saved_query', NEW.id::text, NULL, NULL, {new});\n"
        "  ELSIF TG_OP = 'UPDATE' THEN\n"
        f"    PERFORM audit_add('update', 'saved_query', NEW.id::text, NULL, {old}, {new});\n"
        "  ELSE\n"
        f"    PERFORM audit_add('delete', 'saved_query', OLD.id::text, NULL, {old}, NULL);\n"
        "  END IF;\n"
        "  RETURN NULL;\n"
        "END\n"
    )


def _postgresql_json(row: str) -> str:
    written = {"integer": "{}::text", "text": "to_json({})::text"}
    pieces = ", ".join(
        f"'\"{column}\":' || {written[kind].format(f'{row}.{column}')}" for column, kind in _COLUMNS.items()
    )
    return f"'{{' || concat_ws(',', nullif(concat_ws(',', {pieces}), '')) || '}}'"
