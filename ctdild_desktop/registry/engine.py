"""Opening the encrypted file: one function that makes connections, and the engine over it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from ctdild_desktop.language import say
from ctdild_desktop.registry.errors import (
    BusyError,
    DamagedError,
    NotFoundError,
    NotOpenedError,
    RegistryError,
)
from ctdild_desktop.registry.files import disk_error
from ctdild_desktop.registry.quiet import keep_values_out
from ctdild_desktop.registry.texts import refuse_unkeepable
from ctdild_desktop.registry.translate import understood

OLDEST_SQLITE = (3, 51, 3)
"""Older ones can lose committed rows when two connections write in WAL mode (SQLite release notes 3.51.3)."""
WRITING = "IMMEDIATE"
READING = "DEFERRED"
UNLOCKED = "UNLOCKED"
"""On a server only: a write that waits for nobody, of what is in no trail."""
_RAW_KEY = re.compile(r"[0-9a-f]{64}\Z")
_PLAIN_HEADER = b"SQLite format 3\0"
_PAGE = 4096
_TRIES, _PAUSE_S = 20, 0.05
_CACHE_KIB = 2_000
"""Pages that a connection keeps decrypted: with the library's own 8,000 nothing is quicker, and the two that
are open all day hold 12 MB more."""


def cipher_version() -> str:
    """The version of SQLCipher in the library that is loaded; empty when it has none."""
    connection = driver.connect(":memory:")
    try:
        row = connection.execute("PRAGMA cipher_version").fetchone()
    finally:
        connection.close()
    return str(row[0]) if row and row[0] else ""


def check_library() -> None:
    """Refuse an SQLite that is too old or has no encryption, as RegistryError."""
    if driver.sqlite_version_info < OLDEST_SQLITE or not cipher_version():
        raise RegistryError(
            say(
                "The database library ({sqlite_version}) is too old or cannot encrypt.",
                sqlite_version=driver.sqlite_version,
            ),
            "Please install the program again.",
        )


def connect(path: Path, key: bytes, *, create: bool = False) -> Any:
    """A connection to the encrypted file at ``path``, with every safety setting on.

    Args:
        path: the registry file.
        key: the raw 32-byte key; never a passphrase.
        create: make the file; otherwise it must exist.

    Raises:
        ValueError: the key has another length, which the library would take for a passphrase.
        RegistryError: the file does not open, in one sentence.
    """
    connection = keyed(path, key, create=create)
    # cipher_memory_security stays off, the library's default: it wipes each allocation, which made an audited
    # import thirty times slower (6.2 s against 0.2 s for 10,000 tests), while the same values pass through
    # this program's own memory anyway.
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise RegistryError(say("{name} lies on a disk that cannot keep it safely.", name=path.name))
        for setting in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "trusted_schema=OFF",
            "cell_size_check=ON",
            f"cache_size=-{_CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {setting}")
    except driver.Error as error:
        connection.close()
        raise understood(error) or error from error
    except RegistryError:
        connection.close()
        raise
    return connection


def opens(path: Path, key: bytes) -> bool:
    """Whether the file opens with this key and no other."""
    try:
        connect(path, key).close()
    except NotOpenedError:
        return False
    return True


def keyed(path: Path, key: bytes, *, create: bool = False) -> Any:
    """A connection that has its key and nothing else, as a copy needs for its target."""
    digits = key.hex()
    if not _RAW_KEY.match(digits):
        raise ValueError("a raw key has exactly 32 bytes")
    address = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    try:
        connection = driver.connect(
            address, uri=True, isolation_level=None, timeout=5, check_same_thread=False
        )
        connection.execute("PRAGMA cipher_log_level=NONE")
        connection.set_key(f"x'{digits}'")
    except driver.Error as error:
        raise understood(error) or error from error
    return connection


def nobody_else(path: Path, key: bytes) -> bool:
    """Whether no other connection, of this program or another, has the file open; call with none open.

    One that is just being closed is waited for a moment.
    """
    pause = threading.Event()
    for _try in range(_TRIES):
        if _held_alone(path, key):
            return True
        pause.wait(_PAUSE_S)
    return False


def _held_alone(path: Path, key: bytes) -> bool:
    connection = keyed(path, key)
    try:
        connection.execute("PRAGMA busy_timeout=0")
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    except driver.Error as error:
        condition = understood(error)
        if isinstance(condition, BusyError):
            return False
        raise condition or error from error
    finally:
        connection.close()
    return True


def open_engine(
    path: Path, key: bytearray | bytes, admit: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Engine:
    """The engine over the encrypted file; ``key`` is read for each connection, so it can be wiped.

    Args:
        admit: entered while each new connection is made; it may wait.
    """

    def creator() -> Any:
        with admit():
            return connect(path, bytes(key))

    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=creator,
        poolclass=QueuePool,
        pool_size=2,
        max_overflow=8,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("ctdild_begin", READING)
        connection.exec_driver_sql(f"BEGIN {mode}")

    @event.listens_for(engine, "checkin")
    def end_transaction(connection: Any, _record: Any) -> None:
        # A commit that fails (a reference that leads nowhere, a full disk) leaves SQLite's transaction open
        # while SQLAlchemy takes it for ended.
        if connection is not None and connection.in_transaction:
            connection.execute("ROLLBACK")

    keep_values_out(engine)
    refuse_unkeepable(engine)
    return engine


def check_file(path: Path) -> None:
    """Refuse a file that is missing, a folder or empty, without opening it.

    Raises:
        NotFoundError: there is no such file.
        DamagedError: it is a folder or has no content.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise NotFoundError(say("There is no registry at {path}.", path=path)) from error
    except OSError as error:
        raise disk_error(error, path) from error
    if path.is_dir():
        raise DamagedError(say("{path} is a folder, not a registry.", path=path))
    if size == 0:
        raise DamagedError(
            say("{name} is empty: it is not a registry.", name=path.name), "Restore the last backup."
        )


def is_plain_sqlite(path: Path) -> bool:
    """Whether the file is an unencrypted SQLite database.

    Asks the database library, because opening a live database file by other means would drop its locks.
    """
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    connection = driver.connect(address, uri=True)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except driver.Error:
        return False
    finally:
        connection.close()
    return True


def why_not_opened(path: Path) -> DamagedError:
    """What is wrong with a file that the right key does not open, as far as it can be told."""
    if is_plain_sqlite(path):
        return DamagedError(
            say("{name} is an unencrypted SQLite file, not a registry of this program.", name=path.name)
        )
    if path.stat().st_size % _PAGE:
        return DamagedError(
            say("{name} was cut off or is not a registry.", name=path.name), "Restore the last backup."
        )
    return DamagedError(
        say(
            "{name} does not fit its file of keys: the keys belong to another registry, or "
            "the file is not a registry.",
            name=path.name,
        ),
        "A registry and its keys file always travel together.",
    )
