"""Putting a database and its key slots in the place of others so that a kill at any moment costs nothing.

Two files cannot be exchanged in one step. A small note is written first that names the finished files and
where the present ones go; while it lies there, whoever wants to open the registry carries it out to the end.
"""

from __future__ import annotations

import json
from pathlib import Path

from ctdild_desktop.language import say
from ctdild_desktop.registry.errors import DamagedError
from ctdild_desktop.registry.files import (
    companions,
    disk_error,
    keys_path,
    replace,
    sync_folder,
    write_whole,
)

_LARGEST_NOTE = 10_000


def note_path(path: Path) -> Path:
    """Where the note lies while files are exchanged."""
    return path.with_name(f".{path.name}.restoring")


def exchange(path: Path, database: Path, keys: Path, aside: str) -> None:
    """Give two finished files the names of the registry at ``path`` and its key slots.

    Args:
        path: the registry, which nobody has open; it need not exist.
        database: the new database, beside ``path``, already on the disk.
        keys: the new key slots, likewise.
        aside: the name that the present registry gets; nothing has it yet.

    Raises:
        DiskError: the folder does not take it; the present registry is where it was or can be opened.
    """
    note = {"database": database.name, "keys": keys.name, "aside": aside}
    write_whole(note_path(path), json.dumps(note).encode("utf-8"))
    finish(path)


def finish(path: Path) -> None:
    """Carry out a note that was left by a kill; nothing happens when there is none.

    Raises:
        DamagedError: the note cannot be read.
        DiskError: the folder does not take the change; the note stays.
    """
    note = note_path(path)
    try:
        with note.open("rb") as stream:
            content = stream.read(_LARGEST_NOTE)
    except FileNotFoundError:
        return
    except OSError as error:
        raise disk_error(error, note) from error
    try:
        plain = json.loads(content)
        database, keys, aside = (_beside(path, plain[name]) for name in ("database", "keys", "aside"))
        if len({database, keys, aside, path, keys_path(path)}) < 5:
            raise ValueError("a note names one file twice")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError(
            say("{name} cannot be read; a restore was not finished.", name=note.name),
            "Remove this file and restore the backup again.",
        ) from error
    try:
        if database.exists():
            # a log beside the present database is part of it and must not meet the new one
            for log, aside_log in zip(companions(path), companions(aside), strict=True):
                _move(log, aside_log)
        _put(database, path, aside)
        _put(keys, keys_path(path), keys_path(aside))
        sync_folder(path.parent)
        note.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise disk_error(error, path) from error


def _beside(path: Path, name: str) -> Path:
    if Path(name).name != name or "\0" in name:
        raise ValueError("a note names files of its own folder only")
    return path.with_name(name)


def _put(new: Path, present: Path, aside: Path) -> None:
    if new.exists():
        if present.exists():
            _move(present, aside)
        replace(new, present)
    elif not present.exists():
        _move(aside, present)


def _move(source: Path, target: Path) -> None:
    if source.exists():
        replace(source, target)
