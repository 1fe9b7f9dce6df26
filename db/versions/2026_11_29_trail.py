"""The trail on both databases: triggers for every table, erasure on a legal request, keys on a server.

Revision: 2026_11_29_trail
After: 2026_11_29_people

Every audit trigger is made anew from the tables that are there. An audit row then holds the same text whether
SQLite or PostgreSQL wrote it, and may lose its values when its person is erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_trail"
down_revision = "2026_11_29_people"
branch_labels = None
depends_on = None

_UNAUDITED = {
    *("alembic_version", "audit", "audit_seal", "audit_context", "audit_key", "draft", "registry_keys"),
}


def upgrade() -> None:
    """Make the tables of erasure and of keys, and every trigger anew."""
    bind = op.get_bind()
    _drop_triggers(bind)
    _make_context(sa.Column("erasing", sa.Text))
    op.create_table(
        "erasure",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("erased_at", sa.Text, nullable=False),
        sa.Column("erased_by", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_erasure_id")),
        sa.CheckConstraint("length(basis) > 0", name=op.f("ck_erasure_basis")),
        sa.CheckConstraint("entries >= 0", name=op.f("ck_erasure_entries")),
    )
    op.create_table(
        "registry_keys",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_keys")),
        sa.CheckConstraint("id = 1", name=op.f("ck_registry_keys_single")),
    )
    for statement in _statements(bind.dialect.name, _triggers(bind)):
        bind.exec_driver_sql(statement)


def downgrade() -> None:
    """Remove both tables; the triggers of before are not made again, so that an older program refuses."""
    _drop_triggers(op.get_bind())
    op.drop_table("registry_keys")
    op.drop_table("erasure")
    _make_context()


def _make_context(*more: sa.Column[str]) -> None:
    """The table of who writes, which is empty between two transactions."""
    op.drop_table("audit_context")
    op.create_table(
        "audit_context",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        *more,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_context")),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_context_single")),
    )


def _drop_triggers(bind: sa.Connection) -> None:
    if bind.dialect.name == "sqlite":
        names = bind.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            op.execute(sa.text(f"DROP TRIGGER {name}"))
        return
    functions = bind.execute(
        sa.text(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "AND (proname LIKE 'audit\\_%' OR proname LIKE 'guard\\_%')"
        )
    )
    for name in functions.scalars().all():
        op.execute(sa.text(f"DROP FUNCTION {name} CASCADE"))


_OPERATIONS = ("insert", "update", "delete")
_KEPT = ("seq", "batch", "at", "user_id", "op", "table_name", "row_id", "subject_id")
_BLANKED = ("reason", "old", "new")
_AT_ONCE = 50

Columns = dict[str, str]


def _row_json(columns: Columns, row: str, dialect: str) -> str:
    if dialect == "sqlite":
        pairs = ", ".join(f"'{column}', {row}.{column}" for column in columns)
        return f"json_patch('{{}}', json_object({pairs}))"
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


def _triggers(bind: sa.Connection) -> dict[str, str]:
    """All triggers for the tables that are there, and on PostgreSQL their functions: text by name."""
    dialect = bind.dialect.name
    made = dict(_sqlite_guards() if dialect == "sqlite" else _postgresql_guards())
    for table in sorted(set(sa.inspect(bind).get_table_names()) - _UNAUDITED):
        columns = _columns(bind, table)
        subject = "id" if table == "patient" else "patient_id" if "patient_id" in columns else None
        write = _sqlite_audit if dialect == "sqlite" else _postgresql_audit
        made.update(write(table, columns, subject))
    return made


def _columns(bind: sa.Connection, table: str) -> dict[str, str]:
    kinds = ((sa.Boolean, "boolean"), (sa.Date, "date"), (sa.Integer, "integer"))
    found = {}
    for column in sa.inspect(bind).get_columns(table):
        if not isinstance(column["type"], sa.LargeBinary):
            named = (word for kind, word in kinds if isinstance(column["type"], kind))
            found[str(column["name"])] = next(named, "text")
    return dict(sorted(found.items()))


# SQLite


def _sqlite_audit(table: str, columns: Columns, subject: str | None) -> Iterator[tuple[str, str]]:
    for operation in _OPERATIONS:
        row = "OLD" if operation == "delete" else "NEW"
        about = f"{row}.{subject}" if subject else "NULL"
        old = "NULL" if operation == "insert" else _row_json(columns, "OLD", "sqlite")
        if operation == "delete" and subject:
            old = f"CASE WHEN c.erasing = {about} THEN NULL ELSE {old} END"
        new = "NULL" if operation == "delete" else _row_json(columns, "NEW", "sqlite")
        yield (
            f"audit_{table}_{operation}",
            f"CREATE TRIGGER audit_{table}_{operation} AFTER {operation.upper()} ON {table} BEGIN "
            "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new) "
            f"SELECT c.batch, c.at, c.user_id, c.reason, '{operation}', '{table}', CAST({row}.id AS TEXT), "
            f"{about}, {old}, {new} "
            "FROM (SELECT 1) LEFT JOIN audit_context AS c ON c.id = 1; END",
        )


def _sqlite_guards() -> Iterator[tuple[str, str]]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit trail cannot be changed'); END"
    erasing = "(SELECT erasing FROM audit_context WHERE id = 1)"
    allowed = _allowed("IS", erasing)
    yield (
        "guard_audit_update",
        f"CREATE TRIGGER guard_audit_update BEFORE UPDATE ON audit WHEN NOT ({allowed}) {refuse}",
    )
    yield "guard_audit_delete", f"CREATE TRIGGER guard_audit_delete BEFORE DELETE ON audit {refuse}"
    for operation in ("update", "delete"):
        yield (
            f"guard_audit_seal_{operation}",
            f"CREATE TRIGGER guard_audit_seal_{operation} BEFORE {operation.upper()} ON audit_seal {refuse}",
        )


def _allowed(same_as: str, erasing: str) -> str:
    same = _same(_KEPT, same_as)
    sealed = f"OLD.row_mac IS NULL AND NEW.row_mac IS NOT NULL AND {_same(_BLANKED, same_as)}"
    blanked = (
        f"OLD.row_mac IS NOT NULL AND NEW.row_mac = OLD.row_mac AND OLD.subject_id = {erasing} "
        "AND NEW.nonce IS NULL AND NEW.old IS NULL AND NEW.new IS NULL AND NEW.reason = ''"
    )
    return f"coalesce({same} AND (({sealed}) OR ({blanked})), FALSE)"


def _same(columns: Sequence[str], same_as: str) -> str:
    return " AND ".join(f"NEW.{column} {same_as} OLD.{column}" for column in columns)


# PostgreSQL

_ADD = """
DECLARE
  writer text := coalesce(current_setting('ctdild.user', true), '');
BEGIN
  IF writer = '' THEN
    RAISE EXCEPTION 'a write says no user' USING ERRCODE = 'not_null_violation';
  END IF;
  IF session_user <> current_database() || '.' || writer
      AND NOT pg_has_role(session_user, current_user, 'member') THEN
    RAISE EXCEPTION 'a write in the name of somebody else' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO audit (seq, batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new)
  VALUES (
    (SELECT coalesce(max(seq), 0) + 1 FROM audit), current_setting('ctdild.batch', true),
    current_setting('ctdild.at', true), writer, coalesce(current_setting('ctdild.reason', true), ''),
    op, table_name, row_id, subject_id, old, new
  );
END
"""
_NOTE = "\nBEGIN\n  PERFORM audit_add('event', '', kind, subject, NULL, detail);\nEND\n"
_REFUSAL = "  RAISE EXCEPTION 'the audit trail cannot be changed';\n"
_REFUSE = f"\nBEGIN\n{_REFUSAL}END\n"
_REFUSE_TRUNCATE = "\nBEGIN\n  RAISE EXCEPTION 'a table cannot be emptied at once';\nEND\n"


def _guard_body() -> str:
    allowed = _allowed("IS NOT DISTINCT FROM", "current_setting('ctdild.erasing', true)")
    return (
        f"\nBEGIN\n  IF {allowed} THEN\n    RETURN NEW;\n  END IF;{_REFUSE.removeprefix(chr(10) + 'BEGIN')}"
    )


def _audit_body(table: str, columns: Columns, subject: str | None) -> str:
    new, old = _row_json(columns, "NEW", "postgresql"), _row_json(columns, "OLD", "postgresql")
    about_new = f"NEW.{subject}" if subject else "NULL"
    about_old = f"OLD.{subject}" if subject else "NULL"
    gone, kept = old, ""
    if subject:
        kept = (
            f"    IF current_setting('ctdild.erasing', true) IS DISTINCT FROM {about_old}\n"
            "        AND NOT pg_has_role(session_user, current_user, 'member') THEN\n"
            "      RAISE EXCEPTION 'rows of a patient go only when the patient is erased'\n"
            "        USING ERRCODE = 'insufficient_privilege';\n"
            "    END IF;\n"
        )
        gone = f"CASE WHEN current_setting('ctdild.erasing', true) = {about_old} THEN NULL ELSE {old} END"
    return (
        "\nBEGIN\n"
        "  IF TG_OP = 'INSERT' THEN\n"
        f"    PERFORM audit_add('insert', '{table}', NEW.id::text, {about_new}, NULL, {new});\n"
        "  ELSIF TG_OP = 'UPDATE' THEN\n"
        f"    PERFORM audit_add('update', '{table}', NEW.id::text, {about_new}, {old}, {new});\n"
        f"  ELSE\n{kept}"
        f"    PERFORM audit_add('delete', '{table}', OLD.id::text, {about_old}, {gone}, NULL);\n"
        "  END IF;\n"
        "  RETURN NULL;\n"
        "END\n"
    )


def _postgresql_audit(table: str, columns: Columns, subject: str | None) -> Iterator[tuple[str, str]]:
    yield f"audit_{table}()", _audit_body(table, columns, subject)
    yield (
        f"audit_{table}",
        f"CREATE TRIGGER audit_{table} AFTER INSERT OR DELETE OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION audit_{table}()",
    )
    yield (
        f"audit_{table}_truncate",
        f"CREATE TRIGGER audit_{table}_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
    )


def _postgresql_guards() -> Iterator[tuple[str, str]]:
    yield "audit_add()", _ADD
    yield "audit_note()", _NOTE
    yield "guard_audit()", _guard_body()
    yield "guard_trail()", _REFUSE
    yield "guard_truncate()", _REFUSE_TRUNCATE
    yield (
        "guard_audit_update",
        "CREATE TRIGGER guard_audit_update BEFORE UPDATE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION guard_audit()",
    )
    for table, events in (("audit", "DELETE"), ("audit_seal", "DELETE OR UPDATE")):
        yield (
            f"guard_{table}_kept",
            f"CREATE TRIGGER guard_{table}_kept BEFORE {events} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION guard_trail()",
        )
        yield (
            f"guard_{table}_truncate",
            f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_trail()",
        )


_SIGNATURES = {
    "audit_add()": "audit_add(op text, table_name text, row_id text, subject_id text, old text, new text) "
    "RETURNS void",
    "audit_note()": "audit_note(kind text, subject text, detail text) RETURNS void",
}


def _statements(dialect: str, made: Mapping[str, str]) -> Iterator[str]:
    if dialect == "sqlite":
        yield from made.values()
        return
    for name, body in made.items():
        if name.endswith("()"):
            signature = _SIGNATURES.get(name, f"{name} RETURNS trigger")
            yield (
                f"CREATE FUNCTION {signature} LANGUAGE plpgsql SECURITY DEFINER "
                f"SET search_path = public, pg_temp AS $body${body}$body$"
            )
            yield f"REVOKE ALL ON FUNCTION {signature.split(' RETURNS')[0]} FROM PUBLIC"
    yield from (sql for name, sql in made.items() if not name.endswith("()"))
