"""Renewing the data key, for the case that somebody who left may have kept it.

The file is written anew under keys of a new data key beside the present one, checked from end to end, and put
in its place in one step. Before that step each key slot gets the new data key beside the present one, so that
a kill at any moment leaves a registry that opens; who unlocks it next settles which of the two it is.
Nobody's passphrase is needed. Backups of before still open with the slots of before.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, CursorResult, delete, func, insert, select, update

from ctdild_desktop.language import say
from ctdild_desktop.registry import audit
from ctdild_desktop.registry.engine import WRITING, keyed, open_engine
from ctdild_desktop.registry.errors import (
    BusyError,
    ChangedElsewhereError,
    DamagedError,
    DiskError,
    RegistryError,
)
from ctdild_desktop.registry.files import companions, disk_error, put_in_place, temporary_beside
from ctdild_desktop.registry.frozen import Frozen
from ctdild_desktop.registry.key_ring import ring_of
from ctdild_desktop.registry.keystore import Cost, Keystore, calibrated_cost
from ctdild_desktop.registry.making import remove
from ctdild_desktop.registry.models import AuditKeyRow, KeysRow, SealRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.subkeys import subkey
from ctdild_desktop.registry.translate import understood

_TRIES, _PAUSE_S = 20, 0.05
_GROWS = {"audit", "audit_key", "audit_seal"}
"""Tables that get one row more: what happened, its seal, and the audit key of before."""


def renew_keys(registry: Registry, *, by: str, cost: Cost | None = None) -> str:
    """Give an open registry a new data key and everybody's slot with it.

    On a server the data key encrypts nothing: there the slots and the audit key are renewed, in one
    transaction, and the other desks have to unlock again before they can write.

    Args:
        by: login of the person who does it.
        cost: what a guess of the new recovery code costs; measured on this computer when None.

    Returns:
        The new recovery code; the old one opens backups of before only.

    Raises:
        BusyError: somebody else has the registry open.
        RegistryError: a slot of version 1 cannot be sealed anew, the disk does not take a second copy, or
            the copy did not pass its checks. Nothing is changed then.
    """
    if registry.place.is_server:
        return _renew_on_server(registry, by, cost or calibrated_cost())
    old, new = bytearray(registry.data_key), bytearray(secrets.token_bytes(32))
    store, path = registry.keystore(), registry.path
    store.refuse_change(old)
    fresh = temporary_beside(path)
    with registry.at_rest() as take_key, _held(path, subkey(old, "db")) as live:
        try:
            _write_anew(live, fresh, subkey(new, "db"))
            _renew_trail(fresh, old, new, by, registry.clock())
            _check(live, fresh, new)
            store.begin_change(old, new)
            store.save()
            _put_in_place(live, fresh, path)
        except BaseException:
            if store.changing and not fresh.exists():
                take_key(new)  # the new file is in place; who unlocks next settles the slots
            elif store.changing:
                store.settle(old)
                with suppress(RegistryError):  # who unlocks next does it otherwise
                    store.save()
            raise
        finally:
            remove(fresh, *companions(fresh))
        take_key(new)
    old[:] = bytes(len(old))
    return _settle(store, new, cost)


def _renew_on_server(registry: Registry, by: str, cost: Cost) -> str:
    old, new = bytearray(registry.data_key), bytearray(secrets.token_bytes(32))
    with registry.write(by, "keys renewed") as session:
        store = registry.keystore()
        before = store.content().decode("utf-8")
        store.refuse_change(old)
        renew_ring(session.connection(), subkey(old, "audit"), subkey(new, "audit"))
        store.begin_change(old, new)
        store.settle(new)
        code = store.renew_recovery(new, cost)
        kept = session.execute(
            update(KeysRow).where(KeysRow.content == before).values(content=store.content().decode("utf-8"))
        )
        if cast("CursorResult[Any]", kept).rowcount != 1:
            raise ChangedElsewhereError("The key slots were changed at another desk; please try again.")
    registry.take_key(new)
    old[:] = bytes(len(old))
    return code


def renew_ring(connection: Connection, old: bytes, new: bytes) -> None:
    """Within a transaction that the old audit key seals: keep the audit keys of before under the new one."""
    last = connection.execute(select(func.max(SealRow.id))).scalar_one() or 0
    rows = ring_of(connection, old).renewed(new, last + 1)
    connection.execute(delete(AuditKeyRow))
    connection.execute(
        insert(AuditKeyRow), [{"until_seal": until, "wrapped": wrapped} for until, wrapped in rows]
    )
    audit.note_event(connection, kind="new_keys", subject_id=None, detail={})


def _settle(store: Keystore, new: bytearray, cost: Cost | None) -> str:
    """Keep the new data key alone in the slots, with a new recovery code."""
    store.settle(new)
    with suppress(RegistryError):  # who unlocks next does it otherwise
        store.save()
    code = store.renew_recovery(new, cost or calibrated_cost())
    try:
        store.save()
    except RegistryError as error:
        raise RegistryError(
            "The keys are renewed, but the new recovery code could not be kept.", "Make another one."
        ) from error
    return code


@contextmanager
def _held(path: Path, key: bytes) -> Iterator[Any]:
    """A connection that nobody else can read or write beside; its log is in the file, not beside it."""
    live = keyed(path, key)
    try:
        with _understood():
            _end_log(live)
            live.execute("PRAGMA locking_mode=EXCLUSIVE")
            live.execute("BEGIN EXCLUSIVE")
            live.execute("COMMIT")
            if live.execute("PRAGMA main.journal_mode").fetchone()[0] != "delete":
                raise BusyError("Somebody else has this registry open; nothing was changed.")
        yield live
    finally:
        live.close()


def _end_log(live: Any) -> None:
    """Put the log into the file; the library does not wait for a connection that is just being closed."""
    live.execute("SELECT count(*) FROM sqlite_master").fetchone()
    pause = threading.Event()
    for left in reversed(range(_TRIES)):
        try:
            live.execute("PRAGMA journal_mode=DELETE").fetchone()
            return
        except driver.Error as error:
            if not left or not isinstance(understood(error), BusyError):
                raise
            pause.wait(_PAUSE_S)


def _write_anew(live: Any, fresh: Path, key: bytes) -> None:
    with _understood():
        live.execute(f"ATTACH ? AS fresh KEY \"x'{key.hex()}'\"", (str(fresh),))
        try:
            # a kill leaves an unfinished file under another name, and the finished one is synced as a whole
            live.execute("PRAGMA fresh.journal_mode=OFF").fetchone()
            live.execute("PRAGMA fresh.synchronous=OFF")
            live.execute("SELECT sqlcipher_export('fresh')").fetchone()
        finally:
            live.execute("DETACH fresh")


def _renew_trail(fresh: Path, old: bytearray, new: bytearray, by: str, at: dt.datetime) -> None:
    """The last seal by the old audit key, in the new file."""
    engine = open_engine(fresh, subkey(new, "db"))
    try:
        with (
            _understood(),
            engine.execution_options(ctdild_begin=WRITING).connect() as connection,
            connection.begin(),
        ):
            batch = audit.begin(connection, user=by, reason="keys renewed", at=at)
            renew_ring(connection, subkey(old, "audit"), subkey(new, "audit"))
            audit.seal(connection, subkey(old, "audit"), batch)
    finally:
        engine.dispose()


def _check(live: Any, fresh: Path, new: bytearray) -> None:
    wanted = {name: number + (name in _GROWS) for name, number in _rows(live).items()}
    copy = keyed(fresh, subkey(new, "db"))
    try:
        found = _rows(copy)
    finally:
        copy.close()
    frozen = Frozen(fresh, new)
    try:
        faults = frozen.check()[0].faults
    finally:
        frozen.close()
    if not faults and found != wanted:
        faults = say("it holds something else")
    if faults:
        raise DamagedError(
            say("The new copy did not pass its checks; nothing was changed ({faults}).", faults=faults)
        )


def _rows(connection: Any) -> dict[str, int]:
    with _understood():
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names
        }


def _put_in_place(live: Any, fresh: Path, path: Path) -> None:
    if os.name == "nt":
        live.close()  # Windows replaces no file that is open
    try:
        put_in_place(fresh, path)
    except OSError as error:
        raise disk_error(error, path) from error


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        condition = understood(error)
        if condition is None or condition is error:
            raise
        if isinstance(condition, BusyError):
            condition = BusyError("Somebody else has this registry open; nothing was changed.")
        elif isinstance(condition, DiskError):
            condition = DiskError(
                "The disk does not take a second copy of the registry; nothing was changed.", condition.hint
            )
        raise condition from error
