"""The segments of an HL7 v2 file: separators as the message names them, escapes, frames and line ends."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.records import Remark
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import say

_BEGINS = re.compile(rb"[\s\x0b]*(?:MSH|FHS|BHS)([^A-Za-z0-9\s\x00-\x1f])")
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}\Z", re.ASCII)
_USUAL_MARKS = "^~\\&"
_FRAME = str.maketrans({"\x0b": None, "\x1c": None})
_HEADS = frozenset({"MSH", "FHS", "BHS"})
_MOST_SEGMENTS = 50_000
_LONGEST_FIELD = 20_000
_CHARSETS = {
    "": "cp1252",
    "ASCII": "cp1252",
    "8859/1": "cp1252",
    **{f"8859/{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 15)},
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment; fields and components are counted from 1 as in the standard, repeats from 0."""

    name: str
    fields: tuple[str, ...]
    marks: str
    """The separators of component, repeat, escape and subcomponent."""

    def raw(self, place: int) -> str:
        """A field as it is written; empty when it is not there."""
        return self.fields[place] if place < len(self.fields) else ""

    def repeats(self, place: int) -> int:
        """How many values a field holds."""
        return len(self.raw(place).split(self.marks[1])) if self.raw(place) else 0

    def part(self, place: int, component: int, repeat: int = 0) -> str:
        """The first subcomponent of a component, without escapes."""
        values = self.raw(place).split(self.marks[1])
        if repeat >= len(values):
            return ""
        parts = values[repeat].split(self.marks[0])
        if component > len(parts):
            return ""
        return self._plain(parts[component - 1].split(self.marks[3])[0]).strip()

    def text(self, place: int) -> str:
        """A whole field in words: components by blanks, repeats by lines."""
        lines = (value.replace(self.marks[0], " ") for value in self.raw(place).split(self.marks[1]))
        return self._plain("\n".join(lines)).strip()

    def _plain(self, text: str) -> str:
        escape = self.marks[2]
        if escape not in text:
            return text
        written = {"F": "|", "S": self.marks[0], "R": self.marks[1], "E": escape, "T": self.marks[3]}

        def plain(found: re.Match[str]) -> str:
            inside = found[1]
            if inside in written:
                return written[inside]
            if inside.lower() in {".br", ".sp"}:
                return "\n"
            if re.fullmatch(r"X(?:[0-9A-Fa-f]{2})+", inside):
                return bytes.fromhex(inside[1:]).decode("cp1252", "replace")
            return ""

        mark = re.escape(escape)
        return re.sub(f"{mark}([^{mark}]{{0,60}}){mark}", plain, text)


def is_hl7(data: bytes) -> bool:
    """Whether the bytes begin as a message or a batch of messages does."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data[:200].decode("utf-16", "replace").encode("ascii", "replace")
    return _BEGINS.match(data.removeprefix(codecs.BOM_UTF8)) is not None


def segments_of(source: Source, warnings: list[Remark]) -> list[Segment]:
    """The segments of a file; what is not as the standard has it is added to the warnings.

    Raises:
        FormatError: a line is no segment, the separators are not told apart, or the file is far too large.
    """
    text = _text(source, warnings).translate(_FRAME)
    lines = _lines(text, warnings)
    if len(lines) > _MOST_SEGMENTS:
        raise FormatError(say("{name} has too many segments for an HL7 file.", name=source.name))
    found: list[Segment] = []
    separator, marks = "", ""
    for number, line in enumerate(lines, 1):
        name = line[:3]
        if name in _HEADS:
            separator = line[3:4]
            written = line[4:].split(separator or "|")[0]
            marks = written[:4] + _USUAL_MARKS[len(written) :]
            _check_marks(source.name, separator, marks)
            fields: Sequence[str] = (name, separator, *line[4:].split(separator))
        else:
            fields = line.split(separator) if separator else [line]
        if not _NAME.match(name) or not (len(line) == 3 or line[3:4] == separator):
            raise FormatError(
                say(
                    "{name} is not a sound HL7 file: line {number} is no segment.",
                    name=source.name,
                    number=number,
                )
            )
        found.append(Segment(name, tuple(part[:_LONGEST_FIELD] for part in fields), marks))
    if not any(segment.name == "MSH" for segment in found):
        raise FormatError(say("{name} holds no HL7 message.", name=source.name))
    _tell_gaps(found, warnings)
    return found


def _check_marks(name: str, separator: str, marks: str) -> None:
    used = separator + marks[:4]
    if len(set(used)) != 5 or any(mark.isalnum() or mark.isspace() for mark in used):
        raise FormatError(
            say("{name} is not a sound HL7 file: its separators are not told apart.", name=name)
        )


def _lines(text: str, warnings: list[Remark]) -> list[str]:
    if "\r" in text and "\r\n" not in text:
        lines = text.split("\r")
        if any("\n" in line.strip("\n") for line in lines):
            warnings.append(Remark(None, "", "", say("a field holds a line end; it was taken as a blank")))
        lines = [line.strip("\n").replace("\n", " ") for line in lines]
    else:
        lines = text.splitlines() if "\r\n" in text else text.split("\n")
        if len([line for line in lines if line.strip()]) > 1:
            warnings.append(Remark(None, "", "", say("the line ends are not those of HL7 (CR)")))
    return [line for line in lines if line.strip()]


def _text(source: Source, warnings: list[Remark]) -> str:
    data = source.data
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
    except UnicodeError:
        raise FormatError(say("{name} says it is UTF-16 and is not.", name=source.name)) from None
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        raise FormatError(say("{name} is damaged: it holds NUL bytes.", name=source.name))
    stated = _charset(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        codec = _CHARSETS.get(stated, "cp1252")
        if codec == "utf-8":
            raise FormatError(
                say(
                    "{name} says it is UTF-8 but holds bytes that are not; save it again as UTF-8.",
                    name=source.name,
                )
            ) from None
        if not stated or stated not in _CHARSETS:
            reason = say(
                "the file does not say how its letters are written; {codec} was taken: check the name",
                codec=codec,
            )
            warnings.append(Remark(None, "MSH-18", stated, reason))
        return data.decode(codec, "replace")
    return text


def _charset(data: bytes) -> str:
    head = data[:4000].lstrip(b"\x0b \r\n")
    fields = re.split(rb"[\r\n]", head, maxsplit=1)[0].split(head[3:4] or b"|")
    return fields[17].split(b"~")[0].decode("ascii", "replace").strip() if len(fields) > 17 else ""


def _tell_gaps(segments: Sequence[Segment], warnings: list[Remark]) -> None:
    """Tell when the numbers of the results of a group leave one out."""
    expected = 1
    for segment in segments:
        if segment.name in {"OBR", "MSH"}:
            expected = 1
        elif segment.name == "OBX" and segment.part(1, 1).isdecimal() and len(segment.part(1, 1)) < 6:
            given = int(segment.part(1, 1))
            if given > expected > 1 or (expected == 1 and given > 1):
                warnings.append(
                    Remark(
                        None,
                        "OBX-1",
                        str(given),
                        say("the results before number {given} are not all there", given=given),
                    )
                )
            expected = given + 1
