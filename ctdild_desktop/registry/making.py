"""Making a backup: a copy of the registry in one step, checked from end to end before it gets its name.

The database in it is encrypted with the keys of the registry, so the backup opens with the passphrases that
were valid when it was made.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from threading import Event

import sqlcipher3.dbapi2 as driver

from ctdild_desktop.language import say
from ctdild_desktop.registry import schema
from ctdild_desktop.registry.archive import Manifest, pack
from ctdild_desktop.registry.engine import connect, keyed
from ctdild_desktop.registry.errors import DamagedError, RegistryError
from ctdild_desktop.registry.files import (
    companions,
    disk_error,
    keys_path,
    on_network,
    put_in_place,
    temporary_beside,
)
from ctdild_desktop.registry.frozen import Frozen
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import Keystore, subkey
from ctdild_desktop.registry.stop import Stop, go_on
from ctdild_desktop.registry.translate import understood


def make_backup(
    path: Path,
    dek: bytes | bytearray,
    target: Path,
    *,
    made_at: dt.datetime,
    revision: str = schema.REVISION,
    stop: Stop = go_on,
) -> Path:
    """Copy the registry at ``path`` in one step, check the copy, and put it at ``target``.

    Args:
        path: the open registry.
        dek: its data key.
        target: the backup file; an older one there is replaced when the new one is good.
        made_at: the present moment.
        revision: the revision that the tables must have.
        stop: ends the work early, with nothing left.

    Raises:
        StoppedError: ``stop`` said so.
        RegistryError: the target is the registry itself, takes no file, or the copy fails a check.
    """
    if target in {path, keys_path(path), *companions(path)}:
        raise RegistryError("A backup needs another name than the registry.")
    key = bytes(dek)  # the registry may be closed, and its keys wiped, while this goes on
    packed = temporary_beside(target)
    copy = temporary_beside(path if on_network(target) else target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(path, copy, subkey(key, "db"))
        store = Keystore.load(FileHolder.beside(path))
        _check_and_pack(copy, packed, key, store, made_at=made_at, revision=revision, stop=stop)
        put_in_place(packed, target)
    except OSError as error:
        raise disk_error(error, target) from error
    finally:
        remove(copy, *companions(copy), packed)
    return target


def _check_and_pack(
    copy: Path, packed: Path, key: bytes, store: Keystore, *, made_at: dt.datetime, revision: str, stop: Stop
) -> None:
    """Check the copy while it is packed; no manifest is written before the checks are passed."""
    given_up = Event()
    frozen = Frozen(copy, key)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="check") as pool:
        checking = pool.submit(frozen.check, lambda: given_up.is_set() or stop())

        def described() -> Manifest:
            found, counted = checking.result()
            faults = found.faults_but("schema", "triggers") if revision != schema.REVISION else found.faults
            if faults:
                raise DamagedError(
                    say(
                        "The registry did not pass its checks, so no backup was made ({faults}).",
                        faults=faults,
                    )
                )
            return Manifest(
                made_at=made_at.isoformat(),
                revision=revision,
                db_id=store.db_id,
                head=found.head,
                counts=counted,
                sha256={},
                mac="",
            )

        try:
            pack(packed, copy, store.content(), described, dek=key, stop=stop)
        finally:
            given_up.set()
            wait([checking])
            frozen.close()


def _copy(path: Path, copy: Path, key: bytes) -> None:
    """The registry as it is at one moment; one step, because each step of several would begin anew after a
    commit of somebody else.
    """
    source = connect(path, key)
    try:
        target = keyed(copy, key, create=True)
        try:
            target.execute("PRAGMA synchronous=OFF")  # what is packed from it is read again and flushed
            source.backup(target, pages=-1)
        finally:
            target.close()
    except driver.Error as error:
        raise understood(error) or error from error
    finally:
        source.close()


def remove(*paths: Path) -> None:
    """Take temporary files away, as far as that goes."""
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)
