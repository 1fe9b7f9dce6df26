"""Copying a whole registry to a server, back to a file, or from one file to another, record by record.

The copy is the same registry: same keys, same records, same audit trail with its seals. It is compared with
the original row by row before it counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Table, insert, select

from ctdild_desktop.language import say
from ctdild_desktop.place import Place
from ctdild_desktop.registry import audit, checks, rights, schema, triggers
from ctdild_desktop.registry.engine import WRITING, check_library, connect
from ctdild_desktop.registry.errors import DamagedError, RegistryError
from ctdild_desktop.registry.files import (
    companions,
    disk_error,
    keys_path,
    put_in_place,
    refuse_network,
    refuse_program_folder,
    temporary_beside,
)
from ctdild_desktop.registry.founding import as_owner, check_database_name, keep_keys, writing
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.local import LocalFile
from ctdild_desktop.registry.making import remove
from ctdild_desktop.registry.models import Base, UserRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.server_accounts import announce
from ctdild_desktop.registry.sessions import translated
from ctdild_desktop.registry.subkeys import subkey

_APART = frozenset({"audit_context", "registry_keys"})
"""Not of the registry's content: who writes just now, and where a server keeps the key slots."""
_AT_ONCE = 2000
_ONE_BY_ONE = frozenset({"attachment_content", "inbox_content"})
"""Tables whose rows are large: one of them at a time is in memory."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds: rows by table, and who must get a temporary passphrase before signing in there."""

    place: Place
    rows: dict[str, int]
    must_be_let_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sum:
    """How many rows a table has, and a sum over them that no order changes."""

    rows: int = 0
    total: int = 0

    def plus(self, rows: list[tuple[object, ...]]) -> _Sum:
        """With these rows."""
        total = self.total
        for row in rows:
            total += int.from_bytes(hashlib.sha256(repr(row).encode("utf-8")).digest(), "big")
        return _Sum(self.rows + len(rows), total % (1 << 256))


def copy_to(registry: Registry, target: Place, passphrase: str) -> Copied:
    """Copy an open registry to a new place, and check the copy from end to end.

    Args:
        registry: opened by an administrator; it may be in use meanwhile, and one moment of it is copied.
        target: a file that does not exist yet, or an empty database in an address that names its owner.
        passphrase: that of the person who opened it, who can sign in at the copy at once.

    Raises:
        WrongPassphraseError: the passphrase is another.
        RegistryError: the target is taken, cannot be written or is no place for a registry, or the copy is
            not equal. Nothing is left there.
    """
    registry.keystore().unlock(registry.login, passphrase, lambda key: key == registry.data_key)
    if target.path is None:
        return _to_server(registry, target, passphrase)
    return _to_file(registry, target.path.absolute())


def _to_server(registry: Registry, target: Place, passphrase: str) -> Copied:
    check_database_name(target)
    with translated(), as_owner(target) as server, writing(server) as connection:
        if schema.current(connection) is not None:
            raise RegistryError(
                say("The database {database} holds a registry already.", database=target.database)
            )
        schema.upgrade_on(connection)
        rights.prepare(connection, target.database)
        with _without_triggers(connection):
            rows = _copy_rows(registry, connection)
        keep_keys(connection, registry.keystore())
        others = []
        for login, role in connection.execute(
            select(UserRow.login, UserRow.role).where(UserRow.active).order_by(UserRow.login)
        ):
            if login == registry.login:
                server.accounts.add(connection, login, role, passphrase)
            else:
                announce(connection, login, role)
                others.append(login)
        _finish(registry, connection, target)
    return Copied(target, rows, tuple(others))


def _to_file(registry: Registry, path: Path) -> Copied:
    refuse_network(path)
    refuse_program_folder(path)
    check_library()
    for taken in (path, keys_path(path)):
        if taken.exists():
            raise RegistryError(
                say("{name} is already there; nothing was changed.", name=taken.name), "Choose another name."
            )
    building, store = temporary_beside(path), registry.keystore()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connect(building, subkey(registry.data_key, "db"), create=True).close()
        copy = LocalFile(building, registry.data_key)
        try:
            schema.upgrade(copy.engine)
            begin = copy.engine.execution_options(ctdild_begin=WRITING)
            with translated(), begin.connect() as connection, connection.begin():
                with _without_triggers(connection):
                    rows = _copy_rows(registry, connection)
                _finish(registry, connection, Place(path=path))
        finally:
            copy.close()
        store.holder = FileHolder.beside(path)
        store.save()
        put_in_place(building, path)
    except OSError as error:
        raise disk_error(error, path) from error
    except BaseException:
        if not path.exists():
            remove(keys_path(path))
        raise
    finally:
        remove(building, *companions(building))
    return Copied(Place(path=path), rows)


def _tables() -> Iterator[Table]:
    return (table for table in Base.metadata.sorted_tables if table.name not in _APART)


def _copy_rows(registry: Registry, target: Connection) -> dict[str, int]:
    """Copy one moment of every table and compare; returns the number of rows by table."""
    counted = {}
    with registry.read() as session:
        source = session.connection()
        for table in _tables():
            wanted = _Sum()
            at_once = 1 if table.name in _ONE_BY_ONE else _AT_ONCE
            every = select(table).execution_options(stream_results=True, max_row_buffer=at_once)
            for rows in source.execute(every).partitions(at_once):
                wanted = wanted.plus([tuple(row) for row in rows])
                target.execute(insert(table), [dict(row._mapping) for row in rows])
            found = _Sum()
            for rows in target.execute(every).partitions(at_once):
                found = found.plus([tuple(row) for row in rows])
            if found != wanted:
                raise DamagedError(say("The copy of {name} is not equal; nothing was kept.", name=table.name))
            counted[table.name] = found.rows
    return counted


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    """Rows come with their own trail: what triggers would write about the copying is not theirs."""
    names = [table.name for table in Base.metadata.sorted_tables]
    if connection.dialect.name == "postgresql":
        for name in names:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        yield
        # references are checked at commit at the latest; a table with such checks open cannot be altered
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        return
    made = triggers.expected("sqlite")
    for name in made:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for statement in triggers.statements("sqlite", made):
        connection.exec_driver_sql(statement)


def _finish(registry: Registry, connection: Connection, target: Place) -> None:
    """Note the copying in the copy's own trail, and check the copy from end to end."""
    key = subkey(registry.data_key, "audit")
    batch = audit.begin(connection, user=registry.login, reason="registry copied", at=registry.clock())
    detail = {"from": registry.place.name, "to": target.name, "head": audit.head(connection)}
    audit.note_event(connection, kind="copied", subject_id=None, detail=detail)
    audit.seal(connection, key, batch)
    faults = checks.joined({}, checks.of_trail(connection, key), checks.of_rows(connection)).faults
    if faults:
        raise DamagedError(
            say("The copy did not pass its checks; nothing was kept ({faults}).", faults=faults)
        )
