"""The triggers that write the audit trail and guard it, as SQL text made from the tables.

Revisions of the schema carry their own frozen copy of this text; a test holds the two together. Triggers
catch every writer: sessions, bulk statements, plain SQL and foreign tools alike. A write that says no user is
refused by the database. An audit row holds the columns that are not empty, as one JSON text that SQLite and
PostgreSQL write alike, digit for digit, so that a trail keeps its seals when a registry moves to a server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Boolean, Connection, Date, Integer, LargeBinary, Table, inspect, text

from ctdild_desktop.registry.models import Base

UNAUDITED = frozenset({"audit", "audit_seal", "audit_context", "audit_key", "draft", "registry_keys"})
"""The trail itself, unfinished typing, which is nobody's record yet, and wrapped keys."""

_OPERATIONS = ("insert", "update", "delete")
_KEPT = ("seq", "batch", "at", "user_id", "op", "table_name", "row_id", "subject_id")
_BLANKED = ("reason", "old", "new")
_AT_ONCE = 50
"""Arguments in one call: PostgreSQL takes a hundred."""

Columns = Mapping[str, str]
"""Kind of each column that is audited: ``text``, ``integer``, ``boolean`` or ``date``."""


def audited_tables() -> tuple[Table, ...]:
    """Every table whose changes are written to the trail."""
    return tuple(table for table in Base.metadata.sorted_tables if table.name not in UNAUDITED)


def audited_columns(table: Table) -> Columns:
    """The columns of a table that its audit rows hold, in the order of the text; files are left out."""
    return dict(
        sorted(
            (column.name, _kind(column.type))
            for column in table.columns
            if not isinstance(column.type, LargeBinary)
        )
    )


def columns_in(connection: Connection, table: str) -> Columns:
    """The audited columns of a table as an open registry has it, of whatever revision."""
    return dict(
        sorted(
            (str(column["name"]), _kind(column["type"]))
            for column in inspect(connection).get_columns(table)
            if not isinstance(column["type"], LargeBinary)
        )
    )


def _kind(kind: object) -> str:
    if isinstance(kind, Boolean):
        return "boolean"
    if isinstance(kind, Date):
        return "date"
    return "integer" if isinstance(kind, Integer) else "text"


def row_json(columns: Columns, row: str, dialect: str) -> str:
    """The SQL expression of a row's audit text; ``row`` is ``NEW``, ``OLD`` or a table's name."""
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


def compared_json(columns: Columns, row: str, dialect: str) -> str:
    """The same text for a comparison of every row: on SQLite put together in half the time."""
    if dialect != "sqlite":
        return row_json(columns, row, dialect)
    pieces = [
        f"iif({row}.{column} IS NULL, '', concat(',\"{column}\":', json_quote({row}.{column})))"
        for column in columns
    ]
    groups = [
        f"concat({', '.join(pieces[start : start + _AT_ONCE])})" for start in range(0, len(pieces), _AT_ONCE)
    ]
    return f"concat('{{', substr(concat({', '.join(groups)}), 2), '}}')"


def expected(dialect: str) -> dict[str, str]:
    """All triggers of the present schema, and on PostgreSQL their functions: text by name."""
    made = dict(_sqlite_guards() if dialect == "sqlite" else _postgresql_guards())
    for table in audited_tables():
        columns = audited_columns(table)
        write = _sqlite_audit if dialect == "sqlite" else _postgresql_audit
        made.update(write(table.name, columns, subject_of(table.name, columns)))
    return made


def subject_of(table: str, columns: Columns) -> str | None:
    """The column that says which patient a row is about."""
    return "id" if table == "patient" else "patient_id" if "patient_id" in columns else None


def missing_tables(connection: Connection) -> tuple[str, ...]:
    """Names of the program's tables that an open registry does not have; an older one lacks the newer."""
    present = set(inspect(connection).get_table_names())
    return tuple(sorted(table.name for table in Base.metadata.sorted_tables if table.name not in present))


def differences(connection: Connection) -> tuple[str, ...]:
    """Names of triggers and functions that are missing, changed, switched off or not ours.

    A view or a virtual table in a file is not ours either: the program makes none.

    Triggers of a table that is not there are not missed here: :func:`missing_tables` tells of it.
    """
    dialect = connection.dialect.name
    rows = connection.execute(text(_PRESENT[dialect]))
    present = {str(name): str(sql) for name, sql in rows}
    absent = set(missing_tables(connection))
    wanted = {name: sql for name, sql in expected(dialect).items() if _table_of(name) not in absent}
    return tuple(
        sorted(name for name in present.keys() | wanted.keys() if present.get(name) != wanted.get(name))
    )


def _table_of(name: str) -> str:
    plain = name.removesuffix("()").removeprefix("audit_").removesuffix("_truncate")
    for operation in _OPERATIONS:
        plain = plain.removesuffix(f"_{operation}")
    return plain


_PRESENT = {
    "sqlite": (
        "SELECT name, sql FROM sqlite_master "
        "WHERE type IN ('trigger', 'view') OR sql LIKE 'CREATE VIRTUAL TABLE%'"
    ),
    "postgresql": (
        "SELECT tgname, CASE WHEN tgenabled = 'O' THEN '' ELSE 'switched off: ' END || "
        "replace(pg_get_triggerdef(oid), ' ON public.', ' ON ') "
        "FROM pg_trigger WHERE NOT tgisinternal "
        "UNION ALL "
        "SELECT proname || '()', prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
        "AND (proname LIKE 'audit\\_%' OR proname LIKE 'guard\\_%')"
    ),
}


# SQLite


def _sqlite_audit(table: str, columns: Columns, subject: str | None) -> Iterator[tuple[str, str]]:
    for operation in _OPERATIONS:
        row = "OLD" if operation == "delete" else "NEW"
        about = f"{row}.{subject}" if subject else "NULL"
        old = "NULL" if operation == "insert" else row_json(columns, "OLD", "sqlite")
        if operation == "delete" and subject:
            old = f"CASE WHEN c.erasing = {about} THEN NULL ELSE {old} END"
        new = "NULL" if operation == "delete" else row_json(columns, "NEW", "sqlite")
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
    """What may happen to an audit row: being sealed once, and losing its values when its person is erased."""
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
    new, old = row_json(columns, "NEW", "postgresql"), row_json(columns, "OLD", "postgresql")
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


def statements(dialect: str, made: Mapping[str, str]) -> Iterator[str]:
    """The statements that make these triggers (and, before them, their functions)."""
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
