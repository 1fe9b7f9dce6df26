"""A file as bytes: read once, within a size limit, with its fingerprint."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.language import say

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
                raise FormatError(say("{name} is not a plain file.", name=name))
            _check_size(name, facts.st_size, max_bytes)
            data = stream.read(max_bytes + 1)
    except FileNotFoundError:
        raise FormatError(say("There is no file {name} in that folder.", name=name)) from None
    except IsADirectoryError:
        raise FormatError(say("{name} is a folder, not a file.", name=name)) from None
    except OSError as error:
        raise FormatError(
            say("{name} cannot be read: {value}.", name=name, value=error.strerror or "the system refused it")
        ) from None
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
        raise FormatError(say("{name} is not UTF-8 text.", name=source.name)) from None


def _check_size(name: str, size: int, max_bytes: int) -> None:
    if size == 0:
        raise FormatError(say("{name} is empty.", name=name))
    if size > max_bytes:
        raise FormatError(
            say(
                "{name} is too large: {size}, and the limit is {max_bytes}.",
                name=name,
                size=_in_words(size),
                max_bytes=_in_words(max_bytes),
            )
        )


def _in_words(size: int) -> str:
    megabyte, kilobyte = 1024 * 1024, 1024
    return f"{size / megabyte:.0f} MB" if size >= megabyte else f"{size / kilobyte:.0f} kB"
