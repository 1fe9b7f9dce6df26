"""A registry in an encrypted file on this computer, as :class:`registry.Registry` needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError

from ctdild_desktop.place import Place
from ctdild_desktop.registry import wal
from ctdild_desktop.registry.accounts import Accounts, NoAccounts
from ctdild_desktop.registry.engine import connect, open_engine
from ctdild_desktop.registry.errors import BusyError
from ctdild_desktop.registry.key_holder import FileHolder, KeyHolder
from ctdild_desktop.registry.keystore import subkey
from ctdild_desktop.registry.soundness import check_beside
from ctdild_desktop.registry.translate import understood

_LOOK_EVERY_S = 0.5
_FINISH_S = 20
"""How long work that goes on may take to its end before the file is exchanged."""
_REST_S = 120
"""How long somebody waits at most for a file that is being exchanged."""


class LocalFile:
    """The file, its engine and its key, which is wiped when closed."""

    def __init__(self, path: Path, dek: bytes | bytearray) -> None:
        self.place = Place(path=path)
        self.holder: KeyHolder = FileHolder.beside(path)
        self.accounts: Accounts = NoAccounts()
        self._path = path
        self._key = bytearray(subkey(dek, "db"))
        self._closed = threading.Event()
        self._awake = threading.Event()
        self._awake.set()
        self._watching = threading.Lock()
        self._checking = threading.Lock()
        self._gate = threading.Condition()
        self._open: dict[int, Any] = {}
        self._out: set[int] = set()
        self._making: set[int] = set()
        """Threads whose connection is being made, or made and not yet at work."""
        self.engine = open_engine(path, self._key, self._making_one)
        self._count(self.engine)
        wal.in_use(self, path)

    def wait_for_change(self, timeout_s: float) -> bool:
        """Wait until any connection, of this program or another, has committed; False when none did.

        Raises:
            RegistryError: the file cannot be read.
        """
        with self._watching:
            return self._awake.is_set() and not self._closed.is_set() and self._watch(timeout_s)

    def _watch(self, timeout_s: float) -> bool:
        try:
            connection = connect(self._path, bytes(self._key))
        except Exception as error:
            raise understood(error) or error from error
        try:
            seen = connection.execute("PRAGMA data_version").fetchone()
            until = monotonic() + timeout_s
            while monotonic() < until and self._awake.is_set() and not self._closed.wait(_LOOK_EVERY_S):
                if connection.execute("PRAGMA data_version").fetchone() != seen:
                    return True
            return False
        finally:
            connection.close()

    def check_pages(self, stop: Callable[[], bool]) -> bool:
        """Read every page; False when it was stopped, or when the file is exchanged or closed meanwhile.

        Raises:
            RegistryError: the file is damaged, or cannot be read now.
        """

        def over() -> bool:
            return self._closed.is_set() or not self._awake.is_set() or stop()

        with self._checking:
            return not over() and check_beside(self._path, bytes(self._key), over)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """No connection is open here, so that the file may be exchanged; who wants one waits meanwhile.

        Raises:
            BusyError: work that goes on does not come to its end.
        """
        with self._gate:
            self._awake.clear()
            if not self._gate.wait_for(lambda: not self._out and not self._making, _FINISH_S):
                self._awake.set()
                raise BusyError("The registry is at work just now; please try again.")
        try:
            with self._watching, self._checking:
                self._close_all()
                yield
        finally:
            self._awake.set()

    def _wait_until_awake(self) -> None:
        if not self._awake.wait(_REST_S):
            raise BusyError("The registry is being written anew; please try again.")

    @contextmanager
    def _making_one(self) -> Iterator[None]:
        """Make a connection, which is at work from here on: the file is not exchanged under its hands."""
        me = threading.get_ident()
        while True:
            self._wait_until_awake()
            with self._gate:
                if self._awake.is_set():
                    self._making.add(me)
                    break
        try:
            yield
        except BaseException:
            self._made(me)
            raise

    def _made(self, thread: int) -> None:
        with self._gate:
            self._making.discard(thread)
            self._gate.notify_all()

    def _close_all(self) -> None:
        """Close what is open: one that is on its way back into a pool, too, which the pool would not see."""
        self.engine.dispose()
        with self._gate:
            left = list(self._open.values())
            self._open.clear()
        for connection in left:
            connection.close()

    def _count(self, engine: Engine) -> None:
        """Know which connections are open and at work, and let none begin while the file is exchanged."""

        @event.listens_for(engine, "connect")
        def made(connection: Any, _record: Any) -> None:
            with self._gate:
                self._open[id(connection)] = connection

        @event.listens_for(engine, "close")
        def closed(connection: Any, _record: Any) -> None:
            with self._gate:
                self._open.pop(id(connection), None)
            self._made(threading.get_ident())

        @event.listens_for(engine, "checkout")
        def begin(connection: Any, record: Any, _proxy: Any) -> None:
            me = threading.get_ident()
            with self._gate:
                just_made = me in self._making
                if id(connection) in self._open and (just_made or self._awake.is_set()):
                    self._out.add(id(record))
                    self._making.discard(me)
                    return
            raise DisconnectionError("the file is or was exchanged; this is not its connection")

        @event.listens_for(engine, "checkin")
        def end(connection: Any, record: Any) -> None:
            with self._gate:
                self._out.discard(id(record))
                self._gate.notify_all()
                late = connection is not None and self._closed.is_set()
                if late:
                    self._open.pop(id(connection), None)
            if late:  # nobody else closes it: the pool that it goes back to was given up
                connection.close()

    def scrub(self) -> bool:
        """Write the file anew without what was deleted, and empty the log; False when somebody reads it.

        Raises:
            RegistryError: the disk has no room for it, or another program is writing.
        """
        self._wait_until_awake()
        connection = connect(self._path, bytes(self._key))
        try:
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except Exception as error:
            raise understood(error) or error from error
        finally:
            connection.close()
        return not busy

    def holder_within(self, connection: Connection) -> KeyHolder:
        """The file of key slots, which has no transactions."""
        return self.holder

    def take_key(self, dek: bytes | bytearray) -> None:
        """Go on with another data key, by which the file is encrypted now."""
        self._key[:] = subkey(dek, "db")

    def close(self) -> None:
        """Close every connection and wipe the key.

        A thread that waits for a change or checks pages has a connection of its own. It is waited for, so
        that nothing has the file open afterwards and the library has put its log into the file.
        """
        self._closed.set()
        with self._watching, self._checking:
            self.engine.dispose()
        wal.left(self)
        self._key[:] = bytes(len(self._key))
