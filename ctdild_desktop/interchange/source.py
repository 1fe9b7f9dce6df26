"""A file as bytes: read once, within a size limit, with its fingerprint."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from ctdild_desktop.interchange.errors import FormatError

MAX_FILE_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """The content of one file; ``sha256`` is the lower-case hex digest of exactly these bytes."""

    name: str
    data: bytes = field(repr=False)
    sha256: str


def read_source(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> Source:
    """Read a whole file.

    The size is looked at before anything is read, so that a file far too large is refused at once.

    Raises:
        FormatError: the file is missing, is not a plain file, cannot be read, is empty or too large.
    """
    name = path.name
    try:
        with path.open("rb") as stream:
            facts = os.fstat(stream.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise FormatError(f"{name} is not a plain file.")
            _check_size(name, facts.st_size, max_bytes)
            data = stream.read(max_bytes + 1)
    except FileNotFoundError:
        raise FormatError(f"There is no file {name} in that folder.") from None
    except IsADirectoryError:
        raise FormatError(f"{name} is a folder, not a file.") from None
    except OSError as error:
        raise FormatError(f"{name} cannot be read: {error.strerror or 'the system refused it'}.") from None
    _check_size(name, len(data), max_bytes)
    return source_of(name, data)


def source_of(name: str, data: bytes) -> Source:
    """The source made of bytes that are already in memory."""
    return Source(name, data, hashlib.sha256(data).hexdigest())


def read_text(path: Path, *, max_bytes: int) -> str:
    """The whole text of a small file in UTF-8; raises FormatError as :func:`read_source` does."""
    source = read_source(path, max_bytes=max_bytes)
    try:
        return source.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FormatError(f"{source.name} is not UTF-8 text.") from None


def _check_size(name: str, size: int, max_bytes: int) -> None:
    if size == 0:
        raise FormatError(f"{name} is empty.")
    if size > max_bytes:
        raise FormatError(f"{name} is too large: {_in_words(size)}, and the limit is {_in_words(max_bytes)}.")


def _in_words(size: int) -> str:
    megabyte, kilobyte = 1024 * 1024, 1024
    return f"{size / megabyte:.0f} MB" if size >= megabyte else f"{size / kilobyte:.0f} kB"
