"""Lung function keeps the words of the file that it was read from, with that in its part of the trail.

Revision: 2026_11_29_as_given
After: 2026_11_29_letters

SQLite makes the table anew, because a column that is added later is not held by a named CHECK.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_as_given"
down_revision = "2026_11_29_letters"
branch_labels = None
depends_on = None

_COLUMN = "as_given"
_LINES = (
    "\n\tas_given TEXT DEFAULT '[]' NOT NULL, ",
    "\n\tCONSTRAINT ck_pft_form_as_given CHECK (as_given LIKE '[%]'), ",
)
_AT_ONCE = 50


def upgrade() -> None:
    """Add the column and make the triggers of the table anew."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        before, first, rest = _made(bind).partition("\n\tCONSTRAINT ")
        _make_anew(bind, f"{before}{_LINES[0]}{_LINES[1]}{first}{rest}")
    else:
        op.add_column("pft", sa.Column(_COLUMN, sa.Text, nullable=False, server_default="[]"))
        op.create_check_constraint(op.f("ck_pft_form_as_given"), "pft", "as_given LIKE '[%]'")
    _make_triggers(bind)


def downgrade() -> None:
    """Take the column out; what the files said is lost."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        made = _made(bind)
        for line in _LINES:
            made = made.replace(line, "")
        _make_anew(bind, made)
    else:
        op.drop_constraint(op.f("ck_pft_form_as_given"), "pft", type_="check")
        op.drop_column("pft", _COLUMN)
    _make_triggers(bind)


def _made(bind: sa.Connection) -> str:
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'pft'")
    return str(bind.execute(query).scalar_one())


def _make_anew(bind: sa.Connection, statement: str) -> None:
    indexes = sa.text(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'pft' AND sql IS NOT NULL"
    )
    kept = [str(sql) for sql in bind.execute(indexes).scalars()]
    there = {column["name"] for column in sa.inspect(bind).get_columns("pft")}
    bind.exec_driver_sql("CREATE TABLE kept_pft AS SELECT * FROM pft")
    bind.exec_driver_sql("DROP TABLE pft")
    bind.exec_driver_sql(statement)
    both = ", ".join(
        column["name"] for column in sa.inspect(bind).get_columns("pft") if column["name"] in there
    )
    bind.exec_driver_sql(f"INSERT INTO pft ({both}) SELECT {both} FROM kept_pft")
    bind.exec_driver_sql("DROP TABLE kept_pft")
    for index in kept:
        bind.exec_driver_sql(index)


def _make_triggers(bind: sa.Connection) -> None:
    columns = {
        str(column["name"]): _kind(column["type"])
        for column in sorted(sa.inspect(bind).get_columns("pft"), key=lambda column: str(column["name"]))
    }
    if bind.dialect.name == "sqlite":
        for statement in _on_sqlite(columns):
            bind.exec_driver_sql(statement)
        return
    bind.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION audit_pft() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $body${_body(columns)}$body$"
    )


def _kind(kind: object) -> str:
    if isinstance(kind, sa.Boolean):
        return "boolean"
    if isinstance(kind, sa.Date):
        return "date"
    return "integer" if isinstance(kind, sa.Integer) else "text"


def _on_sqlite(columns: Mapping[str, str]) -> Iterator[str]:
    for operation in ("insert", "update", "delete"):
        row = "OLD" if operation == "delete" else "NEW"
        old = "NULL" if operation == "insert" else _sqlite_json(columns, "OLD")
        if operation == "delete":
            old = f"CASE WHEN c.erasing = OLD.patient_id THEN NULL ELSE {old} END"
        new = "NULL" if operation == "delete" else _sqlite_json(columns, "NEW")
        yield (
            f"CREATE TRIGGER audit_pft_{operation} AFTER {operation.upper()} ON pft BEGIN "
            "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new) "
            f"SELECT c.batch, c.at, c.user_id, c.reason, '{operation}', 'pft', CAST({row}.id AS TEXT), "
            f"{row}.patient_id, {old}, {new} "
            "FROM (SELECT 1) LEFT JOIN audit_context AS c ON c.id = 1; END"
        )


def _sqlite_json(columns: Mapping[str, str], row: str) -> str:
    pairs = ", ".join(f"'{column}', {row}.{column}" for column in columns)
    return f"json_patch('{{}}', json_object({pairs}))"


def _body(columns: Mapping[str, str]) -> str:
    new, old = _postgresql_json(columns, "NEW"), _postgresql_json(columns, "OLD")
    erasing = "current_setting('ctdild.erasing', true)"
    return (
        "\nBEGIN\n"
        "  IF TG_OP = 'INSERT' THEN\n"
        f"    PERFORM audit_add('insert', 'pft', NEW.id::text, NEW.patient_id, NULL, {new});\n"
        "  ELSIF TG_OP = 'UPDATE' THEN\n"
        f"    PERFORM audit_add('update', 'pft', NEW.id::text, NEW.patient_id, {old}, {new});\n"
        "  ELSE\n"
        f"    IF {erasing} IS DISTINCT FROM OLD.patient_id\n"
        "        AND NOT pg_has_role(session_user, current_user, 'member') THEN\n"
        "      RAISE EXCEPTION 'rows of a patient go only when the patient is erased'\n"
        "        USING ERRCODE = 'insufficient_privilege';\n"
        "    END IF;\n"
        "    PERFORM audit_add('delete', 'pft', OLD.id::text, OLD.patient_id, "
        f"CASE WHEN {erasing} = OLD.patient_id THEN NULL ELSE {old} END, NULL);\n"
        "  END IF;\n"
        "  RETURN NULL;\n"
        "END\n"
    )


def _postgresql_json(columns: Mapping[str, str], row: str) -> str:
    written = {
        "boolean": "{}::integer::text",
        "integer": "{}::text",
        "date": "to_json({}::text)::text",
        "text": "to_json({})::text",
    }
    pieces = [
        f"'\"{column}\":' || {written[kind].format(f'{row}.{column}')}" for column, kind in columns.items()
    ]
    groups = [
        f"nullif(concat_ws(',', {', '.join(pieces[start : start + _AT_ONCE])}), '')"
        for start in range(0, len(pieces), _AT_ONCE)
    ]
    return f"'{{' || concat_ws(',', {', '.join(groups)}) || '}}'"
