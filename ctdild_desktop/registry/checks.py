"""Checking an open registry from end to end."""

from __future__ import annotations

from dataclasses import dataclass

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from ctdild_desktop.registry import audit, blobs, content, schema, server_checks, triggers


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of every check: ``True``, or words that say what is wrong (``blobs``: what is there)."""

    checks: dict[str, bool | str]
    notes: tuple[str, ...]
    head: str

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return all(outcome is True for name, outcome in self.checks.items() if name != "blobs")

    @property
    def readable(self) -> bool:
        """Whether the file itself is sound, whatever the trail says."""
        return self.checks["integrity"] is True and self.checks.get("cipher_integrity", True) is True

    @property
    def faults(self) -> str:
        """What is wrong, in one line; empty when nothing is."""
        return self.faults_but()

    def faults_but(self, *ignored: str) -> str:
        """What is wrong beside the named checks; empty when nothing is."""
        return "; ".join(
            f"{name}: {outcome}"
            for name, outcome in self.checks.items()
            if outcome is not True and name not in {"blobs", *ignored}
        )


def run(connection: Connection, audit_key: bytes, known_head: str | None = None) -> Checked:
    """All checks of section "verify": file, cipher, references, audit trail, triggers, schema.

    A page that does not decrypt makes the library refuse every later read on the connection; the checks
    after it then say so, and nothing read from a damaged page is ever used.
    """
    file = of_file(connection, *FILE)
    return joined(file, of_trail(connection, audit_key, known_head), of_rows(connection))


FILE = ("integrity", "cipher_integrity", "foreign_keys")
"""The checks that the database library makes."""
_PRAGMAS = {
    "integrity": ("integrity_check", "ok"),
    "cipher_integrity": ("cipher_integrity_check", "ok"),
    "foreign_keys": ("foreign_key_check", ""),
}


def of_file(connection: Connection, *names: str) -> dict[str, bool | str]:
    """Some of the checks :data:`FILE`; of a server's tables, what a server can be asked of them."""
    if connection.dialect.name != "sqlite":
        found = server_checks.run(connection)
        return {name: found[name] for name in names if name in found}
    return {name: _pragma(connection, *_PRAGMAS[name]) for name in names}


def of_trail(connection: Connection, audit_key: bytes, known_head: str | None = None) -> Checked:
    """The checks of the audit trail, triggers and tables, and whether a row is gone that the trail has."""
    checks: dict[str, bool | str] = {}
    notes: tuple[str, ...] = ()
    head = "unknown"
    try:
        trail = audit.check(connection, audit_key, known_head)
        checks["audit_chain"] = trail.fault or True
        notes, head = trail.notes, trail.head
        checks["content"] = content.gone(connection, None if trail.fault else trail.living) or True
        lost = triggers.differences(connection)
        checks["triggers"] = f"not as expected: {', '.join(lost)}" if lost else True
        found = schema.current(connection)
        checks["schema"] = found == schema.REVISION or f"revision {found}, expected {schema.REVISION}"
        absent = triggers.missing_tables(connection)
        if checks["schema"] is True and absent:
            checks["schema"] = f"tables missing: {', '.join(absent)}"
    except (DBAPIError, driver.Error):
        for name in ("audit_chain", "content", "triggers", "schema"):
            checks.setdefault(name, _UNREADABLE)
    return Checked(checks, notes, head)


def of_rows(connection: Connection) -> dict[str, bool | str]:
    """Whether every row is as its last entry in the trail says, and every file what was kept."""
    try:
        there, wrong = _blobs(connection)
        faults = "; ".join(filter(None, (content.differences(connection), wrong)))
    except (DBAPIError, driver.Error):
        return {"content": _UNREADABLE, "blobs": "unknown"}
    return {"content": faults or True, "blobs": there}


def _blobs(connection: Connection) -> tuple[str, str]:
    """What is kept of files and what is wrong with it; an older registry has no place for any."""
    absent = set(triggers.missing_tables(connection))
    there, wrong = ("none", "") if absent & {"attachment", "attachment_content"} else blobs.check(connection)
    if not absent & {"inbox_message", "inbox_content"}:
        wrong = "; ".join(filter(None, (wrong, blobs.check_inbox(connection))))
    return there, wrong


_UNREADABLE = "cannot be read because the file is damaged"
_ORDER = (*FILE, "audit_chain", "content", "triggers", "schema", "blobs")


def joined(file: dict[str, bool | str], trail: Checked, rows: dict[str, bool | str]) -> Checked:
    """All parts as one outcome, in the order in which they are told."""
    found = {**file, **trail.checks, **rows}
    parts = [str(part["content"]) for part in (trail.checks, rows) if part["content"] is not True]
    found["content"] = "; ".join(dict.fromkeys("; ".join(parts).split("; "))) or True
    return Checked({name: found[name] for name in _ORDER if name in found}, trail.notes, trail.head)


def counts(connection: Connection) -> dict[str, int]:
    """Rows in each audited table that the registry has, and in the trail."""
    absent = triggers.missing_tables(connection)
    tables = [table for table in triggers.audited_tables() if table.name not in absent]
    found = {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in tables
    }
    found["audit"] = int(connection.execute(text("SELECT count(*) FROM audit")).scalar_one())
    return found


def _pragma(connection: Connection, pragma: str, sound: str) -> bool | str:
    try:
        rows = connection.exec_driver_sql(f"PRAGMA {pragma}").fetchall()
    except (DBAPIError, driver.Error):
        return "the file is damaged"
    if all(str(row[0]) == sound for row in rows):
        return True
    if pragma == "foreign_key_check":
        return f"{len(rows)} references lead nowhere"
    return f"{len(rows)} faults found"
