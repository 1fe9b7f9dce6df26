"""The form of a ``*.ctdild-backup``: an uncompressed zip of the encrypted database, its key slots and a
signed list of both.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from ctdild_desktop import unpacking
from ctdild_desktop.language import say
from ctdild_desktop.registry.errors import DamagedError, NewerError, NotFoundError, StoppedError
from ctdild_desktop.registry.keystore import subkey
from ctdild_desktop.registry.stop import Stop, go_on

SUFFIX = ".ctdild-backup"
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

    def fits(self, dek: bytes | bytearray) -> bool:
        """Whether the list was signed with these keys and not changed since."""
        return hmac.compare_digest(self.signed(dek), self.mac)


def pack(
    packed: Path,
    copy: Path,
    keys: bytes,
    described: Callable[[], Manifest],
    *,
    dek: bytes | bytearray,
    stop: Stop = go_on,
) -> Manifest:
    """Write the archive, read it again, and answer its signed manifest.

    Args:
        packed: the file to make; it must not exist.
        copy: the encrypted database.
        keys: the text of its key slots.
        described: answers everything but digests and signature; asked once the database is written, because
            its checks may go on meanwhile.

    Raises:
        DamagedError: the disk did not keep what was written.
    """
    with zipfile.ZipFile(packed, "x", zipfile.ZIP_STORED) as archive:
        digest = hashlib.sha256()
        with copy.open("rb") as source, archive.open(_DATABASE, "w", force_zip64=True) as member:
            for chunk in _chunks(source, stop):
                digest.update(chunk)
                member.write(chunk)
        archive.writestr(_KEYS, keys)
        sha256 = {_DATABASE: digest.hexdigest(), _KEYS: hashlib.sha256(keys).hexdigest()}
        manifest = replace(described(), sha256=sha256)
        manifest = replace(manifest, mac=manifest.signed(dek))
        archive.writestr(_MANIFEST, json.dumps(_plain(manifest), indent=1, sort_keys=True))
    with zipfile.ZipFile(packed) as archive:
        for name, wanted in manifest.sha256.items():
            with archive.open(name) as stream:
                if _digest(stream, stop) != wanted:
                    raise DamagedError("The disk did not keep the backup as it was written.")
    return manifest


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
                raise DamagedError(say("{name} is not a backup of a registry.", name=backup.name))
        keys = archive.read(_KEYS)
        plain: dict[str, Any] = json.loads(archive.read(_MANIFEST))
        if plain["format"] != FORMAT:
            raise DamagedError(say("{name} is not a backup of a registry.", name=backup.name))
        if plain["version"] > VERSION:
            raise NewerError(say("{name} was made by a newer version of the program.", name=backup.name))
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
        raise DamagedError(say("{name} was changed after it was made.", name=backup.name))
    return manifest, keys


def unpack(backup: Path, target: Path, manifest: Manifest, stop: Stop = go_on) -> None:
    """Write the encrypted database of a backup to ``target``, which must not exist.

    Raises:
        DamagedError: it is not what the manifest says.
    """
    digest = hashlib.sha256()
    with _database_of(backup) as stream, target.open("xb") as out:
        for chunk in _chunks(stream, stop):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != manifest.sha256[_DATABASE]:
        raise _damaged(backup)


def check_whole(backup: Path, manifest: Manifest, stop: Stop = go_on) -> None:
    """Read a backup from end to end and compare it with its manifest; raises DamagedError."""
    with _database_of(backup) as stream:
        if _digest(stream, stop) != manifest.sha256[_DATABASE]:
            raise _damaged(backup)


def digest_of(path: Path, stop: Stop = go_on) -> str:
    """The SHA-256 of a file; never ask it of a database that is open."""
    with path.open("rb") as stream:
        return _digest(stream, stop)


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": manifest.made_at,
        "revision": manifest.revision,
        "db_id": manifest.db_id,
        "head": manifest.head,
        "counts": manifest.counts,
        "sha256": manifest.sha256,
        "mac": manifest.mac,
    }


def _digest(stream: IO[bytes], stop: Stop) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(stream, stop):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(stream: IO[bytes], stop: Stop) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        if stop():
            raise StoppedError("The work was stopped before it was finished; nothing was changed.")
        yield chunk


def _refuse_foreign(backup: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse anything but the three members, stored as they are, so that none holds more than the file."""
    if sorted(member.filename for member in members) != sorted((_DATABASE, _KEYS, _MANIFEST)) or any(
        member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size
        for member in members
    ):
        raise DamagedError(say("{name} is not a backup of a registry.", name=backup.name))


@contextmanager
def _database_of(backup: Path) -> Iterator[IO[bytes]]:
    with _opened(backup) as archive, archive.open(_DATABASE) as stream:
        try:
            yield stream
        except zipfile.BadZipFile as error:  # the archive's own check sum does not fit
            raise _damaged(backup) from error


def _damaged(backup: Path) -> DamagedError:
    return DamagedError(say("{name} is damaged.", name=backup.name), "Try an older backup.")


@contextmanager
def _opened(backup: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with backup.open("rb") as stream, unpacking.opened(stream) as archive:
            _refuse_foreign(backup, archive.infolist())
            yield archive
    except FileNotFoundError as error:
        raise NotFoundError(say("There is no backup at {backup}.", backup=backup)) from error
    except (
        unpacking.ArchiveError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise DamagedError(
            say("{name} is not a backup of a registry, or it was cut off.", name=backup.name)
        ) from error
