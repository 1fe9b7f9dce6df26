"""Erasing one person from a registry: the rows, the values in the audit trail, and the bytes on the disk.

What is left is an entry that somebody was erased, by whom, when and why, and the emptied entries of the trail
with their seals. Backups are files of their own and keep the person until they are gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, and_, cast, delete, func, or_, select
from sqlalchemy.orm import Session

from ctdild_desktop.registry import audit
from ctdild_desktop.registry.models import AuditRow, Base, ErasureRow, InboxContentRow, InboxMessageRow
from ctdild_desktop.registry.models.types import Codes, FieldTexts
from ctdild_desktop.registry.registry import Registry

_NO_WORDS = frozenset({"audit_seal", "audit_context", "audit_key", "registry_keys"})
LEAST_WORD = 3
"""Letters of a word that is looked for elsewhere: shorter ones are found everywhere."""
_BORDER = "\x1f"
"""Stands between the texts of a row that are searched as one; no word holds a control character."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a registry holds of one person: rows by table, and entries of the trail."""

    rows: dict[str, int]
    entries: int


def tables_of_patients() -> tuple[Table, ...]:
    """Every table with rows of patients; the patients themselves come last."""
    of_patient = [table for table in Base.metadata.sorted_tables if "patient_id" in table.columns]
    return (*reversed(of_patient), Base.metadata.tables["patient"])


def holding(connection: Connection, subject_id: str) -> Holding:
    """What the registry holds of a person, removed rows and unfinished typing too."""
    found = {}
    for table in tables_of_patients():
        query = select(func.count()).select_from(table).where(_subject(table) == subject_id)
        number = int(connection.execute(query).scalar_one())
        if number:
            found[table.name] = number
    entries = select(func.count()).select_from(AuditRow).where(AuditRow.subject_id == subject_id)
    return Holding(found, int(connection.execute(entries).scalar_one()))


def mentions(connection: Connection, subject_id: str, words: Sequence[str]) -> dict[str, int]:
    """Rows of others, and entries of the trail about others, in which one of these words occurs, by table."""
    wanted = {
        written
        for word in words
        if len(word) >= LEAST_WORD
        for written in (word, word.lower(), word.upper(), word.title())
    }
    found: dict[str, int] = {}
    for table in Base.metadata.sorted_tables if wanted else ():
        if table.name in _NO_WORDS:
            continue
        texts: list[ColumnElement[str]] = [
            func.coalesce(cast(column, Text), "")
            for column in table.columns
            if isinstance(column.type, Text | FieldTexts | Codes)
        ]
        # all that a row says as one text: each word is looked for once, and none reaches over a border
        row = reduce(lambda before, text: before.concat(_BORDER).concat(text), texts)
        said = or_(*(row.contains(word, autoescape=True) for word in wanted))
        own = _subject(table)
        elsewhere = said if own is None else and_(said, own.is_distinct_from(subject_id))
        query = select(func.count()).select_from(table).where(elsewhere)
        number = int(connection.execute(query).scalar_one())
        if number:
            found[table.name] = number
    return found


def erase(
    registry: Registry,
    subject_id: str,
    *,
    basis: str,
    reason: str,
    messages: Callable[[Session, str], Sequence[str]] = lambda _session, _subject_id: (),
) -> Holding:
    """Take a person out of every table and out of the audit trail, in one transaction.

    Args:
        registry: opened by an administrator.
        subject_id: who is erased.
        basis: the reason in law.
        reason: who asked for it, on what day.
        messages: finds the ids of the messages of the inbox that hold tests of the person; they go with their
            bytes. It is asked within the transaction, so that none comes in between.

    The seals of the trail stay: a sealed event names the entries that were emptied. Call :func:`scrub` after.

    Raises:
        LookupError: there is no such person.
    """
    with registry.write(registry.login, erasing=subject_id) as session:
        connection = session.connection()
        gone = holding(connection, subject_id)
        if "patient" not in gone.rows:
            raise LookupError(subject_id)
        named = messages(session, subject_id)
        _delete_unseen(connection)
        entries = audit.blank(connection, subject_id)
        for table in tables_of_patients():
            connection.execute(delete(table).where(_subject(table) == subject_id))
        for row in (InboxContentRow, InboxMessageRow):
            connection.execute(delete(row).where(row.id.in_(named)))
        _leave_stub(session, registry, subject_id, basis=basis, reason=reason, entries=entries)
    rows = {**gone.rows, "inbox_message": len(named)} if named else gone.rows
    return Holding(rows, entries)


def scrub(registry: Registry) -> bool:
    """Take what was deleted out of the bytes on the disk; False when something still holds the file.

    A database on a server is looked after by the server itself: nothing is done and the answer is False.

    Raises:
        RegistryError: the disk has no room for writing the file anew.
    """
    return registry.backend.scrub()


def _delete_unseen(connection: Connection) -> None:
    """Overwrite what is deleted at once; SQLCipher does so by itself, but no setting shall change that."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def _leave_stub(
    session: Session, registry: Registry, subject_id: str, *, basis: str, reason: str, entries: int
) -> None:
    session.add(
        ErasureRow(
            subject_id=subject_id,
            erased_at=registry.clock(),
            erased_by=registry.login,
            basis=basis,
            reason=reason,
            entries=entries,
        )
    )


def _subject(table: Table) -> Any:
    """The column that says whom a row is about; None for a table that is about nobody."""
    if table.name == "patient":
        return table.c.id
    return table.columns.get("subject_id" if table.name == "audit" else "patient_id")
