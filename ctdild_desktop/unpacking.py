"""Zip files that somebody else made: looked at before anything in them is unpacked."""

from __future__ import annotations

import errno
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, cast

_LONGEST_CONTENTS = 1024 * 1024
_ENCRYPTED = 1
_UNPACKED_SAFELY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ArchiveError(Exception):
    """Not an archive, a broken one, or one that is packed to do harm; ``hostile`` tells which."""

    def __init__(self, *, hostile: bool) -> None:
        super().__init__("packed to do harm" if hostile else "not an archive")
        self.hostile = hostile


@contextmanager
def opened(stream: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """The archive in a stream, its list of contents read within a limit and found harmless.

    Whatever a broken archive raises inside the ``with`` becomes an :class:`ArchiveError` as well.

    Raises:
        ArchiveError: it is none or broken; or it has two members of one name, an encrypted member, one packed
            in an unusual way, or a name that leads out of its folder.
    """
    careful = _Careful(stream)
    try:
        with zipfile.ZipFile(cast("IO[bytes]", careful)) as archive:
            careful.limit = None
            _refuse_odd(archive.infolist())
            yield archive
    except ArchiveError:
        raise
    except _BROKEN as error:
        raise ArchiveError(hostile=careful.exceeded) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file, which its contents name
            raise
        raise ArchiveError(hostile=False) from error


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    ValueError,
)
"""What the zip library raises for files that are no sound archive."""


def _refuse_odd(members: Sequence[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for member in members:
        name = member.filename.replace("\\", "/")
        odd = (
            name.casefold() in seen
            or member.flag_bits & _ENCRYPTED
            or member.compress_type not in _UNPACKED_SAFELY
            or name.startswith("/")
            or ":" in name
            or ".." in name.split("/")
        )
        if odd:
            raise ArchiveError(hostile=True)
        seen.add(name.casefold())


class _Careful:
    """A stream that does not read more than ``limit`` bytes at once.

    The zip library reads the whole list of contents, whose length the file itself declares, into memory
    before anybody can look at it.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.limit: int | None = _LONGEST_CONTENTS
        self.exceeded = False

    def read(self, size: int = -1) -> bytes:
        if self.limit is None:
            return self._stream.read(size)
        data = self._stream.read(self.limit + 1 if size < 0 else min(size, self.limit + 1))
        if len(data) > self.limit:
            self.exceeded = True
            raise zipfile.BadZipFile("the list of contents is far too long")
        return data

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()
