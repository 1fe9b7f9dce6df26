"""The triggers that write the audit trail and guard it, as SQL text made from the tables.

Revisions of the schema carry their own frozen copy of this text; a test holds the two together. Triggers
catch every writer: sessions, bulk statements, plain SQL and foreign tools alike. A write with no context
row has no user, and the NOT NULL of ``audit.user_id`` refuses it.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, inspect, text

from ctdild_desktop.registry.models import Base

UNAUDITED = frozenset({"audit", "audit_seal", "audit_context", "draft"})
"""The trail itself, and unfinished typing, which is nobody's record yet."""

_OPERATIONS = ("insert", "update", "delete")


def audited_tables() -> tuple[Table, ...]:
    """Every table whose changes are written to the trail."""
    return tuple(table for table in Base.metadata.sorted_tables if table.name not in UNAUDITED)


def expected() -> dict[str, str]:
    """All triggers of the present schema: SQL by name."""
    made: dict[str, str] = dict(_guards())
    for table in audited_tables():
        columns = sorted(column.name for column in table.columns)
        subject = "id" if table.name == "patient" else "patient_id" if "patient_id" in columns else None
        for operation in _OPERATIONS:
            made[f"audit_{table.name}_{operation}"] = _audit(table.name, columns, subject, operation)
    return made


def missing_tables(connection: Connection) -> tuple[str, ...]:
    """Names of the program's tables that an open registry does not have; an older one lacks the newer."""
    present = set(inspect(connection).get_table_names())
    return tuple(sorted(table.name for table in Base.metadata.sorted_tables if table.name not in present))


def differences(connection: Connection) -> tuple[str, ...]:
    """Names of triggers that are missing, changed or not ours in an open registry.

    Triggers of a table that is not there are not missed here: :func:`missing_tables` tells of it.
    """
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    present = {str(name): str(sql) for name, sql in rows}
    absent = {f"audit_{table}_{act}" for table in missing_tables(connection) for act in _OPERATIONS}
    wanted = {name: sql for name, sql in expected().items() if name not in absent}
    return tuple(
        sorted(name for name in present.keys() | wanted.keys() if present.get(name) != wanted.get(name))
    )


def _audit(table: str, columns: list[str], subject: str | None, operation: str) -> str:
    row = "OLD" if operation == "delete" else "NEW"
    old = "NULL" if operation == "insert" else _as_json("OLD", columns)
    new = "NULL" if operation == "delete" else _as_json("NEW", columns)
    return (
        f"CREATE TRIGGER audit_{table}_{operation} AFTER {operation.upper()} ON {table} BEGIN "
        "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new) "
        f"SELECT c.batch, c.at, c.user_id, c.reason, '{operation}', '{table}', CAST({row}.id AS TEXT), "
        f"{f'{row}.{subject}' if subject else 'NULL'}, {old}, {new} "
        "FROM (SELECT 1) LEFT JOIN audit_context AS c ON c.id = 1; END"
    )


def _as_json(row: str, columns: list[str]) -> str:
    pairs = ", ".join(f"'{column}', {row}.{column}" for column in columns)
    return f"json_patch('{{}}', json_object({pairs}))"


def _guards() -> tuple[tuple[str, str], ...]:
    kept = (
        "seq",
        "batch",
        "at",
        "user_id",
        "reason",
        "op",
        "table_name",
        "row_id",
        "subject_id",
        "old",
        "new",
    )
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in kept)
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit trail cannot be changed'); END"
    return (
        (
            "guard_audit_update",
            "CREATE TRIGGER guard_audit_update BEFORE UPDATE ON audit "
            f"WHEN NOT (OLD.row_mac IS NULL AND NEW.row_mac IS NOT NULL AND {same}) {refuse}",
        ),
        ("guard_audit_delete", f"CREATE TRIGGER guard_audit_delete BEFORE DELETE ON audit {refuse}"),
        (
            "guard_audit_seal_update",
            f"CREATE TRIGGER guard_audit_seal_update BEFORE UPDATE ON audit_seal {refuse}",
        ),
        (
            "guard_audit_seal_delete",
            f"CREATE TRIGGER guard_audit_seal_delete BEFORE DELETE ON audit_seal {refuse}",
        ),
    )
