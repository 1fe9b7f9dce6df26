"""What is put off on the work list, with its part of the trail.

Revision: 2026_11_29_snooze
After: 2026_11_29_trail

The trail is made already: so the triggers of the new table are made here, in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_snooze"
down_revision = "2026_11_29_trail"
branch_labels = None
depends_on = None

_TABLE = "snooze"
_TEXTS = ("patient_id", "item", "basis", "reason", "id", "source", "created_at", "created_by")
_MAY_LACK = ("verified_at", "verified_by", "deleted_at", "deleted_by", "deleted_reason")
_KINDS = {
    **dict.fromkeys((*_TEXTS, "absent", "updated_at", "updated_by", *_MAY_LACK), "text"),
    **dict.fromkeys(("date", "until"), "date"),
    "version": "integer",
}
_COLUMNS = dict(sorted(_KINDS.items()))
_CHECKS = {
    "id": "length(id) = 32",
    "version": "version >= 1",
    "verified": "(verified_at IS NULL) = (verified_by IS NULL)",
    "deleted": "(deleted_at IS NULL) = (deleted_by IS NULL)",
    "item": "length(item) > 0",
    "reason": "length(reason) > 0",
    "until": "until >= date",
    "form_version": "version = CAST(version AS INTEGER)",
    "form_absent": "absent LIKE '[%]'",
    **{
        f"form_{name}": f"{name} LIKE '____-__-__T__:__:__.______Z'"
        for name in ("created_at", "updated_at", "verified_at", "deleted_at")
    },
}
_DAY = {"sqlite": "{0} LIKE '____-__-__' AND {0} IS date({0})", "postgresql": "isfinite({0})"}


def upgrade() -> None:
    """Make the table and its triggers."""
    bind = op.get_bind()
    dialect = bind.dialect.name
    days = {f"form_{name}": _DAY[dialect].format(name) for name in ("date", "until")}
    op.create_table(
        _TABLE,
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("patient_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("absent", sa.Text, nullable=False, server_default="[]"),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("created_at", "created_by", "updated_at", "updated_by")
        ),
        *(sa.Column(name, sa.Text) for name in _MAY_LACK),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snooze")),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_snooze_patient_id_patient"),
            deferrable=True,
            initially="DEFERRED",
        ),
        *(
            sa.CheckConstraint(text, name=op.f(f"ck_snooze_{name}"))
            for name, text in {**_CHECKS, **days}.items()
        ),
    )
    op.create_index(op.f("ix_snooze_patient_id"), _TABLE, ["patient_id"])
    for statement in _on_sqlite() if dialect == "sqlite" else _on_postgresql():
        bind.exec_driver_sql(statement)


def downgrade() -> None:
    """Remove the table with its triggers."""
    op.drop_table(_TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("DROP FUNCTION audit_snooze()"))


def _on_sqlite() -> Iterator[str]:
    for operation in ("insert", "update", "delete"):
        row = "OLD" if operation == "delete" else "NEW"
        old = "NULL" if operation == "insert" else _sqlite_json("OLD")
        if operation == "delete":
            old = f"CASE WHEN c.erasing = OLD.patient_id THEN NULL ELSE {old} END"
        new = "NULL" if operation == "delete" else _sqlite_json("NEW")
        yield (
            f"CREATE TRIGGER audit_snooze_{operation} AFTER {operation.upper()} ON snooze BEGIN "
            "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new) "
            f"SELECT c.batch, c.at, c.user_id, c.reason, '{operation}', 'snooze', CAST({row}.id AS TEXT), "
            f"{row}.patient_id, {old}, {new} "
            "FROM (SELECT 1) LEFT JOIN audit_context AS c ON c.id = 1; END"
        )


def _sqlite_json(row: str) -> str:
    pairs = ", ".join(f"'{column}', {row}.{column}" for column in _COLUMNS)
    return f"json_patch('{{}}', json_object({pairs}))"


def _on_postgresql() -> Iterator[str]:
    yield (
        "CREATE FUNCTION audit_snooze() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $body${_body()}$body$"
    )
    yield "REVOKE ALL ON FUNCTION audit_snooze() FROM PUBLIC"
    yield (
        "CREATE TRIGGER audit_snooze AFTER INSERT OR DELETE OR UPDATE ON snooze "
        "FOR EACH ROW EXECUTE FUNCTION audit_snooze()"
    )
    yield (
        "CREATE TRIGGER audit_snooze_truncate BEFORE TRUNCATE ON snooze "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
    )


def _body() -> str:
    new, old = _postgresql_json("NEW"), _postgresql_json("OLD")
    erasing = "current_setting('ctdild.erasing', true)"
    return (
        "\nBEGIN\n"
        "  IF TG_OP = 'INSERT' THEN\n"
        f"    PERFORM audit_add('insert', 'snooze', NEW.id::text, NEW.patient_id, NULL, {new});\n"
        "  ELSIF TG_OP = 'UPDATE' THEN\n"
        f"    PERFORM audit_add('update', 'snooze', NEW.id::text, NEW.patient_id, {old}, {new});\n"
        "  ELSE\n"
        f"    IF {erasing} IS DISTINCT FROM OLD.patient_id\n"
        "        AND NOT pg_has_role(session_user, current_user, 'member') THEN\n"
        "      RAISE EXCEPTION 'rows of a patient go only when the patient is erased'\n"
        "        USING ERRCODE = 'insufficient_privilege';\n"
        "    END IF;\n"
        "    PERFORM audit_add('delete', 'snooze', OLD.id::text, OLD.patient_id, "
        f"CASE WHEN {erasing} = OLD.patient_id THEN NULL ELSE {old} END, NULL);\n"
        "  END IF;\n"
        "  RETURN NULL;\n"
        "END\n"
    )


def _postgresql_json(row: str) -> str:
    written = {"integer": "{}::text", "date": "to_json({}::text)::text", "text": "to_json({})::text"}
    pieces = ", ".join(
        f"'\"{column}\":' || {written[kind].format(f'{row}.{column}')}" for column, kind in _COLUMNS.items()
    )
    return f"'{{' || concat_ws(',', nullif(concat_ws(',', {pieces}), '')) || '}}'"
