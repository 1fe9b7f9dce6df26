"""Which encoding a text file is in, decided without guessing what its letters mean."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import say

_PART = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Encoding:
    """A Python codec that decodes the whole file; ``sure`` is False when the file does not say so itself."""

    codec: str
    sure: bool


def detect(source: Source) -> Encoding:
    """Find the encoding of a text file.

    A byte-order mark or valid UTF-8 settles it. Else Windows-1252 is taken and marked as not sure. A file
    that holds UTF-8 letters and other bytes as well was put together from two files and is refused.

    Raises:
        FormatError: the encodings are mixed, the bytes fit no known encoding, or the file is not text.
    """
    data = source.data
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise FormatError(
            say("{name} is in UTF-32, which is not read here; save it as UTF-8.", name=source.name)
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _need(source, "utf-16")
        return Encoding("utf-16", sure=True)
    if b"\0" in data:
        raise FormatError(
            say(
                "{name} is not a text table: it holds NUL bytes. Save it as CSV (UTF-8) or xlsx.",
                name=source.name,
            )
        )
    if _decodes(data, "utf-8"):
        return Encoding("utf-8-sig", sure=True)
    if data.startswith(codecs.BOM_UTF8):
        raise FormatError(
            say(
                "{name} says it is UTF-8 but holds bytes that are not; save it again as UTF-8.",
                name=source.name,
            )
        )
    if _holds_utf8_letter(data):
        raise FormatError(
            say("{name} mixes two encodings (UTF-8 and another); save it again as UTF-8.", name=source.name)
        )
    _need(source, "cp1252")
    return Encoding("cp1252", sure=False)


def _holds_utf8_letter(data: bytes) -> bool:
    """Whether any letter beyond ASCII is written as UTF-8; a chance pair in Windows-1252 is very rare."""
    reader = codecs.getincrementaldecoder("utf-8")("ignore")
    return any(not reader.decode(part).isascii() for part in _parts(data))


def _decodes(data: bytes, codec: str) -> bool:
    """Whether all of it is text of this encoding; looked at piece by piece, so that no copy is held."""
    reader = codecs.getincrementaldecoder(codec)()
    try:
        for part in _parts(data):
            reader.decode(part)
        reader.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _parts(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _PART):
        yield data[start : start + _PART]


def _need(source: Source, codec: str) -> None:
    if not _decodes(source.data, codec):
        raise FormatError(
            say("{name} is in no text encoding that can be recognised; save it as UTF-8.", name=source.name)
        )
