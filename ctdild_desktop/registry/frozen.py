"""A finished copy of a registry, opened for reading alone: nothing is written to it or beside it.

Never for a registry that somebody may have open: the copy is taken for a file that does not change.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ctdild_desktop.registry import checks
from ctdild_desktop.registry.errors import StoppedError
from ctdild_desktop.registry.keystore import subkey
from ctdild_desktop.registry.stop import Stop, go_on
from ctdild_desktop.registry.translate import understood

_LOOK_SECONDS = 0.1
_CACHE_KIB, _INTEGRITY_CACHE_KIB = 4_000, 32_000
"""Pages are decrypted once more each time they are read again: the check of integrity halves with so many."""


class Frozen:
    """The engine over such a copy, and every connection made, so that a long check can be interrupted."""

    def __init__(self, path: Path, dek: bytes | bytearray) -> None:
        self._address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._key = subkey(dek, "db")
        self._audit_key = subkey(dek, "audit")
        self._connections: list[Any] = []
        self.engine: Engine = create_engine(
            "sqlite://", module=driver, creator=self._connect, poolclass=NullPool, hide_parameters=True
        )

    def _connect(self) -> Any:
        try:
            connection = driver.connect(
                self._address, uri=True, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA cipher_log_level=NONE")
            connection.set_key(f"x'{self._key.hex()}'")
            settings = (
                "trusted_schema=OFF",
                "cell_size_check=ON",
                "query_only=ON",
                f"cache_size=-{_CACHE_KIB}",
            )
            for setting in settings:
                connection.execute(f"PRAGMA {setting}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except driver.Error as error:
            raise understood(error) or error from error
        self._connections.append(connection)
        return connection

    def check(self, stop: Stop = go_on) -> tuple[checks.Checked, dict[str, int]]:
        """Every check, and the rows in each table when the file is sound.

        The checks run side by side, each on its own connection: they take a large registry's backup most of
        its time.

        Raises:
            StoppedError: ``stop`` said so.
        """
        work: tuple[Callable[[Connection], Any], ...] = (
            _of_file,
            self._cipher_and_counts,
            lambda connection: checks.of_trail(connection, self._audit_key),
            checks.of_rows,
        )
        with ThreadPoolExecutor(max_workers=len(work), thread_name_prefix="check") as pool:
            running = [pool.submit(self._on_own, part) for part in work]
            while wait(running, timeout=_LOOK_SECONDS).not_done:
                if stop():
                    for connection in self._connections:
                        with suppress(driver.Error):  # it was closed meanwhile
                            connection.interrupt()
        if stop():
            raise StoppedError("The checks were stopped before they were finished.")
        file, (cipher, counted), trail, rows = (part.result() for part in running)
        found = checks.joined({**file, **cipher}, trail, rows)
        return found, counted if found.readable else {}

    def close(self) -> None:
        """Close what is open."""
        self.engine.dispose()

    def _on_own(self, work: Callable[[Connection], Any]) -> Any:
        with self.engine.connect() as connection:
            return work(connection)

    def _cipher_and_counts(self, connection: Connection) -> tuple[dict[str, bool | str], dict[str, int]]:
        outcome = checks.of_file(connection, "cipher_integrity")
        if outcome["cipher_integrity"] is not True:
            return outcome, {}
        with suppress(DBAPIError, driver.Error):  # the check of integrity tells what is wrong
            return outcome, checks.counts(connection)
        return outcome, {}


def _of_file(connection: Connection) -> dict[str, bool | str]:
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_INTEGRITY_CACHE_KIB}")
    return checks.of_file(connection, "integrity", "foreign_keys")
