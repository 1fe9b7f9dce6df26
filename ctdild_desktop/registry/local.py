"""A registry in an encrypted file on this computer, as :class:`registry.Registry` needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from ctdild_desktop.place import Place
from ctdild_desktop.registry import wal
from ctdild_desktop.registry.accounts import Accounts, NoAccounts
from ctdild_desktop.registry.engine import connect, open_engine
from ctdild_desktop.registry.key_holder import FileHolder, KeyHolder
from ctdild_desktop.registry.keystore import subkey
from ctdild_desktop.registry.translate import understood

_LOOK_EVERY_S = 0.5


class LocalFile:
    """The file, its engine and its key, which is wiped when closed."""

    def __init__(self, path: Path, dek: bytes | bytearray) -> None:
        self.place = Place(path=path)
        self.holder: KeyHolder = FileHolder.beside(path)
        self.accounts: Accounts = NoAccounts()
        self._path = path
        self._key = bytearray(subkey(dek, "db"))
        self._closed = threading.Event()
        self._resting = threading.Event()
        self._watching = threading.Lock()
        self.engine = open_engine(path, self._key)
        wal.in_use(self, path)

    def wait_for_change(self, timeout_s: float) -> bool:
        """Wait until any connection, of this program or another, has committed; False when none did.

        Raises:
            RegistryError: the file cannot be read.
        """
        with self._watching:
            return not self._resting.is_set() and self._watch(timeout_s)

    def _watch(self, timeout_s: float) -> bool:
        try:
            connection = connect(self._path, bytes(self._key))
        except Exception as error:
            raise understood(error) or error from error
        try:
            seen = connection.execute("PRAGMA data_version").fetchone()
            until = monotonic() + timeout_s
            while monotonic() < until and not (self._closed.wait(_LOOK_EVERY_S) or self._resting.is_set()):
                if connection.execute("PRAGMA data_version").fetchone() != seen:
                    return True
            return False
        finally:
            connection.close()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """No connection is open here, so that the file may be exchanged; a watch ends and waits meanwhile."""
        self._resting.set()
        try:
            with self._watching:
                self.engine.dispose()
                yield
        finally:
            self._resting.clear()

    def take_key(self, dek: bytes | bytearray) -> None:
        """Go on with another data key, by which the file is encrypted now."""
        self._key[:] = subkey(dek, "db")

    def close(self) -> None:
        """Close every connection and wipe the key."""
        self._closed.set()
        self.engine.dispose()
        wal.left(self)
        self._key[:] = bytes(len(self._key))
