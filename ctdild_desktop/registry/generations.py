"""The backups in a folder: their names, what each says of itself, which may go, and copies elsewhere.

Only files that this program named itself are ever removed; a file that a person named is left alone.
"""

from __future__ import annotations

import datetime as dt
import glob
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ctdild_desktop.language import say
from ctdild_desktop.registry.archive import SUFFIX, check_whole, digest_of, read_manifest
from ctdild_desktop.registry.errors import DamagedError, NotFoundError, RegistryError, StoppedError
from ctdild_desktop.registry.files import (
    disk_error,
    put_in_place,
    remove_stale_parts,
    temporary_beside,
    written_at,
)
from ctdild_desktop.registry.generation import Generation, State, Why
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import Keystore
from ctdild_desktop.registry.making import remove
from ctdild_desktop.registry.retention import Kept, obsolete
from ctdild_desktop.registry.stop import Stop, go_on

FOLDER = "backups"
_CHUNK = 1 << 20


def default_folder(registry: Path) -> Path:
    """Where the backups of a registry go when nobody says otherwise: ``backups`` beside it."""
    return registry.parent / FOLDER


def free_name(folder: Path, registry: Path, moment: dt.datetime, why: Why) -> Path:
    """A name that nothing has yet: ``clinic 2026-03-12 101500 on close.ctdild-backup``, in local time."""
    stem = f"{registry.stem} {moment.astimezone():%Y-%m-%d %H%M%S}"
    names = (f"{stem}{again} {why}{SUFFIX}" for again in ("", *(f" {number}" for number in range(2, 1000))))
    return next(place for place in (folder / name for name in names) if not place.exists())


def why_of(name: str, registry: Path) -> str:
    """The occasion in the name of a backup that the program named; empty for any other name."""
    found = _pattern(registry).fullmatch(name)
    return found.group("why") if found else ""


def listed(
    folders: Iterable[Path], registry: Path, db_id: str, dek: bytes | bytearray
) -> tuple[Generation, ...]:
    """The backups of one registry in some folders, newest first; a folder that is not there holds none.

    Files of other registries are left out. A file that cannot be read is told of when its name says that it
    is a backup of this registry.
    """
    found = {}
    for folder in folders:
        for path in _files(folder):
            one = look(path, registry, db_id, dek)
            if one is not None:
                found[path.resolve()] = one
    return tuple(sorted(found.values(), key=lambda one: (one.made_at, one.path.name), reverse=True))


def look(path: Path, registry: Path, db_id: str, dek: bytes | bytearray) -> Generation | None:
    """What a file says of itself; None when it is no backup of this registry, or is gone."""
    try:
        facts = path.stat()
    except OSError:
        return None
    written = written_at(facts)
    why = why_of(path.name, registry)
    try:
        manifest, keys = read_manifest(path)
        made_at = dt.datetime.fromisoformat(manifest.made_at)
        store = Keystore.parse(FileHolder(path), keys)
        fits = manifest.fits(dek)
        if made_at.tzinfo is None or (store.signed_with(dek) and not fits):
            raise DamagedError(say("{name} was changed after it was made.", name=path.name))
    except (RegistryError, ValueError, OSError) as error:
        if not why:
            return None
        unread = say("{name} cannot be read.", name=path.name)
        problem = str(error) if isinstance(error, RegistryError) else unread
        made_at = _moment_in(path.name, registry) or written
        return Generation(path, made_at, facts.st_size, State.DAMAGED, why=why, problem=problem)
    if manifest.db_id != db_id:
        return None
    return Generation(
        path,
        made_at,
        facts.st_size,
        State.SIGNED if fits else State.OTHER_KEYS,
        why=why,
        head=manifest.head,
        revision=manifest.revision,
        counts=tuple(sorted(manifest.counts.items())),
    )


def newest_whole(folder: Path, registry: Path) -> tuple[Path | None, tuple[str, ...]]:
    """The newest backup that the program made of a registry, read from end to end without any key.

    Returns:
        The file, None when there is none; and the names of newer ones that are damaged.
    """
    moments = {path: _moment_in(path.name, registry) for path in _files(folder)}
    damaged = []
    for path in sorted(
        (path for path, at in moments.items() if at), key=lambda path: path.name, reverse=True
    ):
        try:
            check_whole(path, read_manifest(path)[0])
        except (RegistryError, OSError):
            damaged.append(path.name)
        else:
            return path, tuple(damaged)
    return None, tuple(damaged)


def checked(one: Generation, stop: Stop = go_on) -> Generation:
    """A signed backup after its file was read from end to end; any other as it is.

    Raises:
        StoppedError: ``stop`` said so.
    """
    if one.state is not State.SIGNED:
        return one
    try:
        check_whole(one.path, read_manifest(one.path)[0], stop)
    except StoppedError:
        raise
    except RegistryError as error:
        return replace(one, state=State.DAMAGED, problem=str(error))
    except OSError as error:
        return replace(one, state=State.DAMAGED, problem=str(disk_error(error, one.path)))
    return replace(one, state=State.WHOLE)


def prune(generations: Sequence[Generation], registry: Path, now: dt.datetime) -> tuple[Path, ...]:
    """Remove what :mod:`retention` lets go and answer what went.

    The newest backup that is signed with the present keys always stays, and so does every file that a
    person named and every one that cannot be read.
    """
    named = [one for one in generations if why_of(one.path.name, registry)]
    kept = [Kept(str(one.path), one.made_at, one.state is not State.DAMAGED) for one in named]
    last = next((str(one.path) for one in generations if one.good), "")
    gone = []
    for name in obsolete(kept, now):
        if name != last:
            with suppress(OSError):
                Path(name).unlink()
                gone.append(Path(name))
    return tuple(gone)


def sweep(folder: Path, registry: Path) -> None:
    """Take away what a kill left of unfinished backups of this registry."""
    remove_stale_parts(folder, f"{glob.escape(registry.stem)} *{SUFFIX}")


def copy_out(source: Path, folder: Path, stop: Stop = go_on) -> Path:
    """Copy a finished backup to another folder under a temporary name, compare, and give it its name.

    Raises:
        NotFoundError: the folder is not there; it is never made, because it may be a stick that is not in.
        DiskError: the folder takes no files.
        DamagedError: the backup or its copy is damaged; no copy is left.
        StoppedError: ``stop`` said so.
    """
    target = folder / source.name
    if not _is_there(folder):
        raise NotFoundError(
            say("The folder for copies is not there: {folder}.", folder=folder),
            "Is the stick or share connected?",
        )
    part = temporary_beside(target)
    try:
        digest = hashlib.sha256()
        with source.open("rb") as stream, part.open("xb") as out:
            while chunk := stream.read(_CHUNK):
                if stop():
                    raise StoppedError("The copy was stopped before it was finished.")
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if digest_of(part, stop) != digest.hexdigest():
            raise DamagedError(
                say("The folder for copies did not keep {name} as it was written.", name=source.name)
            )
        check_whole(part, read_manifest(part)[0], stop)
        put_in_place(part, target)
    except OSError as error:
        raise disk_error(error, target) from error
    finally:
        remove(part)
    return target


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False


def _files(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from (path for path in folder.glob(f"*{SUFFIX}") if not path.name.startswith("."))


def _pattern(registry: Path) -> re.Pattern[str]:
    whys = "|".join(re.escape(why) for why in Why)
    moment = r"(?P<moment>\d{4}-\d\d-\d\d \d{6})"
    return re.compile(rf"{re.escape(registry.stem)} {moment}( \d+)? (?P<why>{whys}){re.escape(SUFFIX)}")


def _moment_in(name: str, registry: Path) -> dt.datetime | None:
    found = _pattern(registry).fullmatch(name)
    with suppress(ValueError, OverflowError, OSError):  # Windows tells no local time before 1970
        if found:
            return dt.datetime.strptime(found.group("moment"), "%Y-%m-%d %H%M%S").astimezone()
    return None
