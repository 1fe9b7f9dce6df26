"""Every byte that a process writes to the disk, kept until it was searched, and the search itself.

``watch`` is called in the process before anything else. Files that Python code takes away or writes over are
linked or copied into a vault first, so that what existed for a moment only is searched as well. What SQLite
writes itself (database, log, journals, temporary files) passes a hook in its own file layer on the way out.
"""

from __future__ import annotations

import base64
import ctypes
import itertools
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_SHORTEST = 8
"""Bytes of a pattern: shorter ones turn up by chance in what is encrypted."""


@dataclass(frozen=True)
class Leak:
    """A secret that stands in a file."""

    file: str
    offset: int
    secret: str
    form: str

    def __str__(self) -> str:
        return f"{self.secret!r} as {self.form} in {self.file} at byte {self.offset}"


# the search


def forms_of(secret: str) -> Iterator[tuple[str, bytes]]:
    """A secret in every spelling and encoding in which it could stand in a file."""
    plain = unicodedata.normalize("NFC", secret)
    spellings = {
        "as typed": plain,
        "upper case": plain.upper(),
        "lower case": plain.lower(),
        "folded": plain.casefold(),
        "decomposed": unicodedata.normalize("NFD", plain),
        "without accents": unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower(),
    }
    seen: set[bytes] = set()
    for spelling, text in spellings.items():
        for form, pattern in _encoded(text):
            if len(pattern) >= _SHORTEST and pattern not in seen:
                seen.add(pattern)
                yield f"{form}, {spelling}", pattern


def _encoded(text: str) -> Iterator[tuple[str, bytes]]:
    for codec in ("utf-8", "utf-16-le", "utf-16-be", "cp1252"):
        try:
            data = text.encode(codec)
        except UnicodeEncodeError:
            continue
        yield codec, data
        yield f"{codec} in hex", data.hex().encode()
        yield f"{codec} in upper-case hex", data.hex().upper().encode()
        for shift in range(3):
            inner = base64.b64encode(bytes(shift) + data)[-(-shift * 8 // 6) :].rstrip(b"=")
            yield f"{codec} in base64", inner[: len(data) * 8 // 6 - 1]
    escaped = text.encode("unicode_escape")
    yield "escaped", escaped
    yield "percent-encoded", "".join(f"%{byte:02X}" for byte in text.encode()).encode()


def leaks_in(files: Iterable[Path], secrets: Sequence[str], *, within: Path) -> list[Leak]:
    """Every secret in every file, one for each form, at its first place."""
    patterns = [(secret, form, data) for secret in secrets for form, data in forms_of(secret)]
    first_places = _finder({pattern for _secret, _form, pattern in patterns})
    found = []
    for file in files:
        places, name = first_places(file.read_bytes()), str(file.relative_to(within))
        named = name.encode("utf-8", "surrogateescape")
        for secret, form, pattern in patterns:
            if pattern in places:
                found.append(Leak(name, places[pattern], secret, form))
            if pattern in named:
                found.append(Leak(name, -1, secret, f"{form}, in the name of the file"))
    return found


def _finder(patterns: Iterable[bytes]) -> Callable[[bytes], dict[bytes, int]]:
    """What tells where each of these patterns stands first; one look at a content finds all of them.

    A place is compared in full where its first two bytes and its next two are those of some pattern.
    """
    first, second = np.zeros(1 << 16, dtype=bool), np.zeros(1 << 16, dtype=bool)
    by_head: dict[bytes, list[bytes]] = {}
    for pattern in patterns:
        first[int.from_bytes(pattern[:2], "big")] = True
        second[int.from_bytes(pattern[2:4], "big")] = True
        by_head.setdefault(pattern[:4], []).append(pattern)

    def first_places(content: bytes) -> dict[bytes, int]:
        places: dict[bytes, int] = {}
        octets = np.frombuffer(content, dtype=np.uint8).astype(np.uint16)
        pairs = (octets[:-1] << 8) | octets[1:]
        for place in np.flatnonzero(first[pairs[:-2]] & second[pairs[2:]]).tolist():
            for pattern in by_head.get(content[place : place + 4], ()):
                if pattern not in places and content.startswith(pattern, place):
                    places[pattern] = place
        return places

    return first_places


def all_files(folder: Path) -> list[Path]:
    """Every file of a folder and of the folders in it."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


# the watch


class Watch:
    """Keeps what this process removes, replaces and writes over below one folder."""

    def __init__(self, vault: Path, within: Path) -> None:
        self._vault = vault
        self._within = str(within)
        self._numbers = itertools.count()
        self._busy = False
        self.nameless: list[str] = []
        """Folders in which a file without a name was made, which no search would find."""

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """For ``sys.addaudithook``: called before the thing is done."""
        if self._busy or event not in _LOOKED_AT:
            return
        self._busy = True
        try:
            _LOOKED_AT[event](self, *arguments)
        finally:
            self._busy = False

    def removes(self, path: Any, folder: int = -1) -> None:
        if (found := self._mine(path, folder)) is not None:
            self._keep(found)

    def replaces(self, _source: Any, target: Any, _source_folder: int = -1, folder: int = -1) -> None:
        if (found := self._mine(target, folder)) is not None:
            self._keep(found)

    def opens(self, path: Any, mode: Any, flags: int) -> None:
        if isinstance(path, int) or (found := self._mine(path, -1)) is None:
            return
        if flags & getattr(os, "O_TMPFILE", 0) == getattr(os, "O_TMPFILE", -1):
            self.nameless.append(found)
        elif flags & os.O_TRUNC and os.path.exists(found):
            self._copy(found)
        del mode

    def _mine(self, path: Any, folder: int) -> str | None:
        name = os.fsdecode(path)
        if folder >= 0:
            name = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), name)
        name = os.path.abspath(name)
        return name if name.startswith(self._within) and not name.startswith(str(self._vault)) else None

    def _keep(self, path: str) -> None:
        if os.path.isfile(path):
            os.link(path, self._next(path))

    def _copy(self, path: str) -> None:
        """The content that is about to go. Never of a database: closing it would drop SQLite's locks."""
        assert not path.endswith((".ctdild", "-wal", "-shm")), f"Python opens {path}"
        handle = os.open(path, os.O_RDONLY)
        with open(self._next(path), "wb") as kept:
            while part := os.read(handle, 1 << 20):
                kept.write(part)
        os.close(handle)

    def _next(self, path: str) -> str:
        return str(self._vault / f"{next(self._numbers):05d} {os.path.basename(path)}")


_LOOKED_AT: dict[str, Callable[..., None]] = {
    "os.remove": Watch.removes,
    "os.rename": Watch.replaces,
    "open": Watch.opens,
}


def watch(vault: Path, within: Path) -> Watch:
    """Keep from now on what this process would take away, and everything that SQLite writes."""
    vault.mkdir(parents=True)
    watching = Watch(vault, within)
    sys.addaudithook(watching.hook)
    _watch_sqlite(vault / "written by SQLite")
    return watching


class _Vfs(ctypes.Structure):
    """SQLite's file layer, as in ``sqlite3.h``."""

    _fields_ = (
        ("iVersion", ctypes.c_int),
        ("szOsFile", ctypes.c_int),
        ("mxPathname", ctypes.c_int),
        ("pNext", ctypes.c_void_p),
        ("zName", ctypes.c_char_p),
        ("pAppData", ctypes.c_void_p),
        *((f"method{number}", ctypes.c_void_p) for number in range(13)),
        ("xSetSystemCall", ctypes.c_void_p),
        ("xGetSystemCall", ctypes.c_void_p),
        ("xNextSystemCall", ctypes.c_void_p),
    )


_kept_alive: list[Any] = []


def _watch_sqlite(target: Path) -> None:
    """Append everything that SQLite writes to a file of ours, with the name of the file it goes to."""
    library = ctypes.CDLL(_library())
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    layer = library.sqlite3_vfs_find(None)
    find = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)(layer.contents.xGetSystemCall)
    put = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)(
        layer.contents.xSetSystemCall
    )
    log = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    number, size, place = ctypes.c_int, ctypes.c_size_t, ctypes.c_int64
    for name, kinds in (
        (b"write", (number, ctypes.c_void_p, size)),
        (b"pwrite", (number, ctypes.c_void_p, size, place)),
        (b"pwrite64", (number, ctypes.c_void_p, size, place)),
    ):
        address = find(layer, name)
        if not address:
            continue
        shape = ctypes.CFUNCTYPE(ctypes.c_ssize_t, *kinds, use_errno=True)
        spy = shape(_spy(shape(address), log))
        _kept_alive.append(spy)
        if put(layer, name, ctypes.cast(spy, ctypes.c_void_p)) != 0:
            raise RuntimeError(f"SQLite does not let its {name.decode()} be watched")


def _library() -> str:
    import sqlcipher3
    import sqlcipher3.dbapi2  # loads the library, so that no second one is loaded below

    (found,) = Path(sqlcipher3.__path__[0]).glob("*.so")
    return str(found)


def _spy(original: Callable[..., int], log: int) -> Callable[..., int]:
    def spied(handle: int, buffer: int, size: int, *place: int) -> int:
        os.write(log, b"\n" + os.readlink(f"/proc/self/fd/{handle}").encode() + b"\n")
        os.write(log, ctypes.string_at(buffer, size))
        return int(original(handle, buffer, size, *place))

    return spied
