"""The lines of a GDT file: length, field and content, with what the stated lengths prove."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.records import Remark
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import say

_BEGINS = re.compile(rb"\s*\d{3}8000")
_LINE = re.compile(r"(\d{3})(\d{4})(.*)\Z", re.DOTALL | re.ASCII)
_ENDS = re.compile(rb"\r\n|\r|\n")
_MOST_LINES = 100_000
_LONGEST_LINE = 1000
_CHARSETS = {"2": "cp437", "3": "cp1252"}
_OLD_LETTERS = frozenset(range(0x80, 0xA6)) | {0xE1}
"""Bytes that are letters of the old code page 437 and signs or rare letters in Windows-1252."""
WEIGHTY = frozenset(
    (
        *("3000", "3101", "3102", "3103", "3110", "3622", "3623"),
        *("8410", "8411", "8420", "8421", "8432", "8460", "8470"),
    )
)
"""Fields of which no part may be missing."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``damaged`` when its length is not the stated one while other lines' are."""

    number: int
    name: str
    text: str
    damaged: bool


class _Raw(NamedTuple):
    name: str
    text: str
    stated: int
    counted: int
    """Bytes with the line end that GDT prescribes."""


def is_gdt(data: bytes) -> bool:
    """Whether the bytes begin as a GDT record does."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data[:200].decode("utf-16", "replace").encode("ascii", "replace")
    return _BEGINS.match(data.removeprefix(codecs.BOM_UTF8)) is not None


def lines_of(source: Source, warnings: list[Remark]) -> list[Line]:
    """The lines of a file; what was changed on its way is added to the warnings.

    Raises:
        FormatError: a line is no GDT line, or the file is shorter than it says.
    """
    data = _without_marks(source, warnings)
    raw = _ENDS.split(data)
    while raw and not raw[-1].strip(b"\x1a \t"):
        raw.pop()
    if len(raw) > _MOST_LINES:
        raise FormatError(say("{name} has too many lines for a GDT file.", name=source.name))
    found = _split(source.name, raw, _codec(raw, warnings))
    usual = Counter(line.counted - line.stated for line in found).most_common(1)[0][0]
    _tell_ends(data, usual, warnings)
    _check_total(source.name, found, usual)
    lines = []
    for number, line in enumerate(found, 1):
        damaged = line.counted - line.stated != usual
        if damaged and line.name not in WEIGHTY:
            reason = say(
                "the line has {counted} bytes and says {stated}", counted=line.counted, stated=line.stated
            )
            warnings.append(Remark(None, line.name, "", reason))
        lines.append(Line(number, line.name, line.text.strip(), damaged))
    return lines


def _without_marks(source: Source, warnings: list[Remark]) -> bytes:
    data = source.data
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data = data.decode("utf-16").encode("utf-8")
        except UnicodeError:
            raise FormatError(say("{name} says it is UTF-16 and is not.", name=source.name)) from None
        warnings.append(Remark(None, "", "", say("the file was converted to UTF-16 on the way")))
    data = data.removeprefix(codecs.BOM_UTF8).lstrip()
    if b"\0" in data:
        raise FormatError(say("{name} is damaged: it holds NUL bytes.", name=source.name))
    return data


def _split(name: str, raw: Sequence[bytes], codec: str) -> list[_Raw]:
    found = []
    for number, part in enumerate(raw, 1):
        text = part.decode(codec, "replace")
        match = _LINE.match(text)
        if match is None or len(text) > _LONGEST_LINE:
            raise FormatError(
                say(
                    "{name} is not a sound GDT file: line {number} does not begin with a length and a field.",
                    name=name,
                    number=number,
                )
            )
        # a letter that was converted to UTF-8 was one byte when the length was written
        counted = len(text) if codec == "utf-8" else len(part)
        found.append(_Raw(match[2], match[3], int(match[1]), counted + 2))
    return found


def _tell_ends(data: bytes, usual: int, warnings: list[Remark]) -> None:
    if set(_ENDS.findall(data)) - {b"\r\n"}:
        told = say("the line ends are not those of GDT")
        if usual == 0:
            told = say(
                "the line ends are not those of GDT; "
                "the stated lengths are right for CRLF and nothing is missing"
            )
        warnings.append(Remark(None, "", "", told))
    if usual != 0:
        reason = say("the lines are longer than they say, each by {usual} bytes", usual=usual)
        warnings.append(Remark(None, "", "", reason))


def _check_total(name: str, found: Sequence[_Raw], usual: int) -> None:
    """Refuse a file that is shorter than its records say together."""
    totals = [line.text.strip() for line in found if line.name == "8100"]
    if not totals or not all(text.isascii() and text.isdigit() and len(text) <= 9 for text in totals):
        return
    counted = sum(line.counted for line in found)
    stated = sum(int(text) for text in totals)
    if counted < stated and counted - usual * len(found) != stated:
        raise FormatError(
            say(
                "{name} was cut off: it says {stated} bytes and holds {counted}.",
                name=name,
                stated=stated,
                counted=counted,
            )
        )


def _codec(raw: Sequence[bytes], warnings: list[Remark]) -> str:
    """The encoding: as the letters prove or the file states it, else as they look, which is told."""
    letters = {byte for part in raw for byte in part if byte >= 0x80}
    if not letters:
        return "ascii"
    try:
        b"\n".join(raw).decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        warnings.append(Remark(None, "", "", say("the letters were converted to UTF-8 on the way")))
        return "utf-8"
    stated = next((part[7:].strip().decode("ascii", "replace") for part in raw if part[3:7] == b"9206"), "")
    if stated in _CHARSETS:
        return _CHARSETS[stated]
    codec = "cp437" if letters <= _OLD_LETTERS else "cp1252"
    reason = say(
        "the file does not say how its letters are written; {codec} was taken: check the name", codec=codec
    )
    warnings.append(Remark(None, "9206", stated, reason))
    return codec
