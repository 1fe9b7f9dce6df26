"""Files of the registry on disk: whole or not at all, and never on a network drive."""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ctdild_desktop.bundled import program_folder
from ctdild_desktop.language import say
from ctdild_desktop.registry.errors import DiskError, RegistryError

_NETWORK_FILE_SYSTEMS = frozenset(
    {
        *("9p", "afs", "ceph", "cifs", "lustre", "ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs", "vboxsf"),
        *("fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.rclone", "fuse.sshfs"),
    }
)
_DRIVE_REMOTE = 4
_STALE_SECONDS = 24 * 3600
_HELD_BY_ANOTHER = frozenset({5, 32, 33})
"""Access denied, sharing violation, lock violation (winerror.h)."""
_TRIES, _PAUSE_S = 20, 0.1
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def keys_path(path: Path) -> Path:
    """Where the key slots of the registry at ``path`` lie: ``NAME.ctdild.keys``."""
    return path.with_name(path.name + ".keys")


def companions(path: Path) -> tuple[Path, ...]:
    """The files that SQLite keeps beside an open database; the journal only while its mode is changed."""
    return tuple(path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal"))


def temporary_beside(path: Path) -> Path:
    """A name in the folder of ``path`` that nothing else uses and that never looks like a finished file."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` outlast a power cut, where the system can (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(temporary: Path, target: Path) -> None:
    """Give a finished temporary file its final name, durably."""
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())
    replace(temporary, target)
    sync_folder(target.parent)


def replace(source: Path, target: Path, pause: Callable[[float], object] | None = None) -> None:
    """Rename a file over another one. On Windows a virus scanner holds a new file for a moment: wait for it.

    Args:
        source: the file.
        target: the name that it gets.
        pause: waits so many seconds; for tests.

    Raises:
        OSError: it was not renamed; both are as they were.
    """
    wait = pause or threading.Event().wait
    for left in reversed(range(_TRIES)):
        try:
            os.replace(source, target)
            return
        except PermissionError as error:
            if not left or getattr(error, "winerror", None) not in _HELD_BY_ANOTHER:
                raise
        wait(_PAUSE_S)


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file so that ``path`` holds the old or the new content, never a part.

    Raises:
        DiskError: the folder or the disk does not take it; ``path`` is as it was.
    """
    temporary = temporary_beside(path)
    try:
        temporary.write_bytes(content)
        put_in_place(temporary, path)
    except OSError as error:
        raise disk_error(error, path) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def remove_stale_parts(folder: Path, names: str) -> None:
    """Take away unfinished files that a kill left behind more than a day ago.

    Args:
        names: pattern of the finished files' names, as ``glob`` has it.
    """
    with suppress(OSError):
        for part in folder.glob(f".{names}.*.part*"):
            if time.time() - part.stat().st_mtime > _STALE_SECONDS:
                part.unlink()


def disk_error(error: OSError, path: Path) -> DiskError:
    """One sentence for what the operating system said about ``path``."""
    reason = (error.strerror or "unknown reason").lower()
    return DiskError(
        say("{name} could not be written or read: {reason}.", name=path.name, reason=reason),
        say("The folder is {parent}.", parent=path.parent),
    )


def written_at(facts: os.stat_result) -> dt.datetime:
    """When a file was written last; also before 1970, of which Windows tells no day."""
    return _EPOCH + dt.timedelta(seconds=facts.st_mtime)


def refuse_program_folder(path: Path, program: Path | None = None) -> None:
    """Refuse to make a registry where the program itself is, because it would go with the program.

    Args:
        path: the registry file, which need not exist yet.
        program: the folder of the program, in place of :func:`bundled.program_folder`; for tests.

    Raises:
        RegistryError: the path is in that folder.
    """
    folder = program or program_folder()
    if folder is not None and path.resolve().is_relative_to(folder.resolve()):
        raise RegistryError(
            say("{path} is in the folder of the program, which goes with the next version.", path=path),
            "Keep the registry in another folder.",
        )


def refuse_network(path: Path, kind: Callable[[Path], str] | None = None) -> None:
    """Refuse a place that is not on a local disk, where a database in this mode could be damaged.

    Args:
        path: the registry file, which need not exist yet.
        kind: answers the kind of file system, ``"remote"`` or a Linux file system name; for tests.

    Raises:
        RegistryError: the path is a network share or a network drive.
    """
    if on_network(path, kind):
        raise RegistryError(
            say("{path} is on a network drive, where a local registry can be damaged.", path=path),
            "Keep the registry on a local disk and put backups on the network drive.",
        )


def on_network(path: Path, kind: Callable[[Path], str] | None = None) -> bool:
    """Whether a file lies or would lie on a network share or drive; ``kind`` as in :func:`refuse_network`."""
    shared = str(path).startswith(("\\\\", "//"))
    return shared or (kind or file_system)(path) in {"remote", *_NETWORK_FILE_SYSTEMS}


def file_system(path: Path) -> str:
    """The kind of file system that ``path`` is or would be on; empty when the system does not tell."""
    resolved = path.resolve()
    if sys.platform == "win32":
        return windows_kind(resolved.drive, ctypes.windll.kernel32.GetDriveTypeW)
    mounts = Path("/proc/self/mountinfo")
    if not mounts.is_file():
        return ""
    return file_system_in(mounts.read_text(encoding="utf-8", errors="replace"), resolved)


def windows_kind(drive: str, drive_type: Callable[[str], int]) -> str:
    """``"remote"`` for a share or a mapped drive of Windows, else empty.

    Args:
        drive: ``C:`` or ``\\\\server\\share``.
        drive_type: ``GetDriveTypeW``, which wants the root with its backslash.
    """
    shared = drive.startswith("\\\\")
    return "remote" if shared or drive_type(drive + "\\") == _DRIVE_REMOTE else ""


def file_system_in(mountinfo: str, path: Path) -> str:
    """The file system of ``path`` by a Linux ``mountinfo`` table: the longest mount point above it."""
    best, found = -1, ""
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        mount = Path(fields[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        if (mount == path or mount in path.parents) and len(mount.parts) >= best:
            best, found = len(mount.parts), after.split(" ")[0]
    return found
