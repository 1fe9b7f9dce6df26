"""Backups: one file with the encrypted database, its key slots and a signed list of both; and the way back.

A ``*.ctdild-backup`` is an uncompressed zip of three members. The database in it is encrypted with the keys
of the registry, so the backup opens with the passphrases that were valid when it was made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ctdild_desktop.registry import checks, schema
from ctdild_desktop.registry.engine import connect, keyed, open_engine
from ctdild_desktop.registry.errors import DamagedError, NewerError, NotFoundError, RegistryError
from ctdild_desktop.registry.files import (
    companions,
    disk_error,
    keys_path,
    put_in_place,
    refuse_network,
    temporary_beside,
)
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import Keystore, subkey
from ctdild_desktop.registry.registry import Clock, Registry, utc_now

FORMAT = "ctdild-backup"
VERSION = 1
_DATABASE = "registry.ctdild"
_KEYS = "registry.ctdild.keys"
_MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    revision: str
    db_id: str
    head: str
    counts: dict[str, int]
    sha256: dict[str, str]
    mac: str

    def signed(self, dek: bytes | bytearray) -> str:
        """The MAC of everything else in the manifest."""
        plain = [self.made_at, self.revision, self.db_id, self.head, self.counts, self.sha256]
        text = json.dumps(plain, sort_keys=True)
        return hmac.new(subkey(dek, "backup"), text.encode("utf-8"), hashlib.sha256).hexdigest()


def make_backup(
    path: Path,
    dek: bytes | bytearray,
    target: Path,
    *,
    made_at: dt.datetime,
    revision: str = schema.REVISION,
) -> Path:
    """Copy the registry at ``path`` in one step, check the copy, and put it at ``target``.

    Args:
        path: the open registry.
        dek: its data key.
        target: the backup file; an older one there is replaced when the new one is good.
        made_at: the present moment.
        revision: the revision that the tables must have.

    Raises:
        RegistryError: the target is the registry itself, takes no file, or the copy fails a check.
    """
    if target in {path, keys_path(path)}:
        raise RegistryError("A backup needs another name than the registry.")
    copy, packed = temporary_beside(target), temporary_beside(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(path, copy, subkey(dek, "db"))
        store = Keystore.load(FileHolder.beside(path))
        found, counted = _inspect(copy, dek)
        old = revision != schema.REVISION
        faults = found.faults_but("schema", "triggers") if old else found.faults
        if faults:
            raise DamagedError(f"The registry did not pass its checks, so no backup was made ({faults}).")
        keys = store.content()
        manifest = Manifest(
            made_at=made_at.isoformat(),
            revision=revision,
            db_id=store.db_id,
            head=found.head,
            counts=counted,
            sha256={_DATABASE: _digest_of(copy), _KEYS: hashlib.sha256(keys).hexdigest()},
            mac="",
        )
        _pack(packed, copy, keys, manifest, manifest.signed(dek))
        _same_as(packed, manifest)
        put_in_place(packed, target)
    except OSError as error:
        raise disk_error(error, target) from error
    finally:
        _remove(copy, *companions(copy), packed)
    return target


def restore(
    backup: Path,
    path: Path,
    login: str,
    passphrase: str,
    *,
    replace: bool = False,
    clock: Clock = utc_now,
) -> Registry:
    """Open a backup as the registry at ``path``.

    The backup is unpacked beside ``path`` and checked from end to end before anything else changes. With
    ``replace``, a registry that is there is moved aside under a dated name, never overwritten; it must not
    be open.

    Raises:
        RegistryError: the file is no backup, is damaged or changed, was made by a newer version, login or
            passphrase do not open it, or a registry is at ``path`` and ``replace`` is not set.
    """
    backup, path = Path(backup).absolute(), Path(path).absolute()
    refuse_network(path)
    if not replace and (path.exists() or keys_path(path).exists()):
        raise RegistryError(f"{path.name} is already there.", "Restore under another name.")
    unpacked = temporary_beside(path)
    try:
        manifest, keys = read_manifest(backup)
        store = Keystore.parse(FileHolder.beside(path), keys, called=backup.name)
        dek = store.unlock(login, passphrase, lambda key: _is_signed(manifest, key))
        if not _is_signed(manifest, dek) or manifest.db_id != store.db_id:
            raise DamagedError(f"{backup.name} was changed after it was made.")
        path.parent.mkdir(parents=True, exist_ok=True)
        _unpack(backup, unpacked, manifest)
        _refuse_unfit(unpacked, dek, manifest)
        if replace:
            _move_aside(path, clock())
        store.save()
        put_in_place(unpacked, path)
    except OSError as error:
        raise disk_error(error, path) from error
    finally:
        _remove(unpacked, *companions(unpacked))
    registry = Registry.enter(path, store, dek, login, clock)
    detail = {"backup": backup.name, "head": manifest.head}
    registry.record_event("restore", user=registry.login, detail=detail)
    return registry


def read_manifest(backup: Path) -> tuple[Manifest, bytes]:
    """What a backup says of itself, and its keys file; nothing is verified with a key yet.

    Raises:
        NotFoundError: there is no such file.
        DamagedError: it is not a backup, or is cut off.
        NewerError: its form is newer than this program.
    """
    with _opened(backup) as archive:
        for name in (_MANIFEST, _KEYS):
            if archive.getinfo(name).file_size > _LARGEST_MANIFEST:
                raise DamagedError(f"{backup.name} is not a backup of a registry.")
        keys = archive.read(_KEYS)
        plain: dict[str, Any] = json.loads(archive.read(_MANIFEST))
        if plain["format"] != FORMAT:
            raise DamagedError(f"{backup.name} is not a backup of a registry.")
        if plain["version"] > VERSION:
            raise NewerError(f"{backup.name} was made by a newer version of the program.")
        manifest = Manifest(
            made_at=str(plain["made_at"]),
            revision=str(plain["revision"]),
            db_id=str(plain["db_id"]),
            head=str(plain["head"]),
            counts={str(name): int(number) for name, number in plain["counts"].items()},
            sha256={str(name): str(digest) for name, digest in plain["sha256"].items()},
            mac=str(plain["mac"]),
        )
    if (
        manifest.sha256.keys() != {_DATABASE, _KEYS}
        or manifest.sha256[_KEYS] != hashlib.sha256(keys).hexdigest()
    ):
        raise DamagedError(f"{backup.name} was changed after it was made.")
    return manifest, keys


def _is_signed(manifest: Manifest, dek: bytearray) -> bool:
    return hmac.compare_digest(manifest.signed(dek), manifest.mac)


def _copy(path: Path, copy: Path, key: bytes) -> None:
    source = connect(path, key)
    try:
        target = keyed(copy, key, create=True)
        try:
            source.backup(target, pages=-1)
        finally:
            target.close()
    finally:
        source.close()


def _inspect(path: Path, dek: bytes | bytearray) -> tuple[checks.Checked, dict[str, int]]:
    engine = open_engine(path, subkey(dek, "db"))
    try:
        with engine.connect() as connection:
            found = checks.run(connection, subkey(dek, "audit"))
            return found, checks.counts(connection) if found.readable else {}
    finally:
        engine.dispose()


def _pack(packed: Path, copy: Path, keys: bytes, manifest: Manifest, mac: str) -> None:
    plain = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": manifest.made_at,
        "revision": manifest.revision,
        "db_id": manifest.db_id,
        "head": manifest.head,
        "counts": manifest.counts,
        "sha256": manifest.sha256,
        "mac": mac,
    }
    with zipfile.ZipFile(packed, "x", zipfile.ZIP_STORED) as archive:
        archive.writestr(_MANIFEST, json.dumps(plain, indent=1, sort_keys=True))
        archive.writestr(_KEYS, keys)
        archive.write(copy, _DATABASE)


def _same_as(packed: Path, manifest: Manifest) -> None:
    with zipfile.ZipFile(packed) as archive:
        for name, digest in manifest.sha256.items():
            with archive.open(name) as stream:
                if _digest(stream) != digest:
                    raise DamagedError("The disk did not keep the backup as it was written.")


def _unpack(backup: Path, unpacked: Path, manifest: Manifest) -> None:
    with _opened(backup) as archive, archive.open(_DATABASE) as stream, unpacked.open("xb") as target:
        shutil.copyfileobj(stream, target, _CHUNK)
        target.flush()
        os.fsync(target.fileno())
    if _digest_of(unpacked) != manifest.sha256[_DATABASE]:
        raise DamagedError(f"{backup.name} is damaged.", "Try an older backup.")


def _refuse_unfit(unpacked: Path, dek: bytearray, manifest: Manifest) -> None:
    engine = open_engine(unpacked, subkey(dek, "db"))
    try:
        schema.refuse_newer(engine)
    finally:
        engine.dispose()
    found, counted = _inspect(unpacked, dek)
    old = manifest.revision != schema.REVISION
    faults = found.faults_but("schema", "triggers") if old else found.faults
    if not faults and (counted != manifest.counts or found.head != manifest.head):
        faults = "it holds something else than it says"
    if faults:
        raise DamagedError(f"The backup did not pass its checks and was not restored ({faults}).")


def _move_aside(path: Path, moment: dt.datetime) -> None:
    suffix = f".replaced-{moment:%Y%m%d-%H%M%S}"
    aside = path.with_name(path.name + suffix)
    if aside.exists():
        raise RegistryError(f"{aside.name} is already there; nothing was changed.")
    for present in (path, keys_path(path), *companions(path)):
        if present.exists():
            os.replace(present, present.with_name(present.name.replace(path.name, aside.name, 1)))


def _digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return _digest(stream)


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _remove(*paths: Path) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


@contextmanager
def _opened(backup: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(backup) as archive:
            yield archive
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no backup at {backup}.") from error
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, EOFError) as error:
        raise DamagedError(f"{backup.name} is not a backup of a registry, or it was cut off.") from error
