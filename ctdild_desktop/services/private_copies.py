"""Files of patients that another program shows: copies that only this person reads, gone with the desk.

A copy lies in a folder of its desk under the person's cache folder and is called after what it is, never
after a patient. Closing the desk (a lock, leaving, another registry) removes the folder. What a killed
program left is removed at the next start: whether its owner still works is told by a lock of the system
on a file beside the folder, which ends with the process however that ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import sys
from pathlib import Path

_HELD = ".held"
_log = logging.getLogger(__name__)


def root() -> Path:
    """Where the folders of all desks of this person lie."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("ctdild-desktop", appauthor=False)) / "opened"


class PrivateCopies:
    """The copies of one desk; nothing is made on the disk before the first of them."""

    def __init__(self, where: Path | None = None) -> None:
        self._root = where or root()
        self._folder: Path | None = None
        self._handle = -1

    def keep(self, name: str, content: bytes) -> Path:
        """Write a copy that only this person may read, and say where it is.

        Args:
            name: a safe file name that tells no patient.

        Raises:
            OSError: it could not be written; nothing of it is left.
        """
        folder = self._own_folder()
        return write_new(folder, name, content)

    def clear(self) -> bool:
        """Remove every copy; False when the system held one back, which the next start removes."""
        folder, self._folder = self._folder, None
        handle, self._handle = self._handle, -1
        if folder is None:
            return True
        os.close(handle)
        return _remove(folder)

    def _own_folder(self) -> Path:
        if self._folder is not None:
            return self._folder
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._root.chmod(0o700)
        folder = self._root / secrets.token_hex(8)
        handle = os.open(_held(folder), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            if not _locked(handle):
                raise PermissionError("the folder of opened files is in use")
            folder.mkdir(mode=0o700)
        except OSError:
            os.close(handle)
            raise
        self._folder, self._handle = folder, handle
        return folder


def clear_left_overs(where: Path | None = None) -> int:
    """Remove the copies whose program is gone; those of one that still works stay.

    Returns:
        How many folders were removed.
    """
    removed = 0
    place = where or root()
    names = {path.name.removesuffix(_HELD) for path in place.iterdir()} if place.is_dir() else set()
    for folder in sorted(place / name for name in names):
        try:
            handle = os.open(_held(folder), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            continue
        free = _locked(handle)
        os.close(handle)
        if free:
            removed += _remove(folder)
    if removed:
        _log.info("%d folders of opened files of a stopped program removed", removed)
    return removed


def write_new(folder: Path, name: str, content: bytes) -> Path:
    """Write under the first free of ``NAME``, ``NAME (2)`` ...; never over another file.

    Raises:
        OSError: it could not be written; nothing of it is left.
    """
    stem, ending = os.path.splitext(name)
    number = 1
    while True:
        path = folder / (name if number == 1 else f"{stem} ({number}){ending}")
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            break
        except FileExistsError:
            number += 1
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def _held(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}{_HELD}")


def _remove(folder: Path) -> bool:
    """Remove a folder and then the file that says whose it is; a file in use stays for another time."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        _log.warning("an opened file is held by another program and could not be removed yet")
        return False
    with contextlib.suppress(OSError):
        _held(folder).unlink(missing_ok=True)
    return True


def _locked(handle: int) -> bool:
    """Take the system's lock on an open file; False when another process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
