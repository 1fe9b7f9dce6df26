"""The parts of an xlsx workbook as a stream of cells, in bounded time and memory.

A push parser reads each part once and keeps nothing but what a table needs, so that neither a giant sheet nor
a part made of nothing but marks can fill the memory. Document types are refused outright: without them there
are no entities to expand and no outside files to open.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from sys import getsizeof
from typing import Any, NamedTuple
from xml.parsers import expat

_CHUNK = 256 * 1024
_LONGEST_TOKEN = 1024 * 1024
_MOST_ELEMENTS = 2_500_000
"""Elements of one part: more than a million cells with their values."""
_COUNTED_FIRST = 4 * 1024 * 1024
_MOST_FOREIGN = 200_000
"""Elements of a sheet or of the shared texts that hold no cell and no text."""
_MOST_ENTRIES = 100_000
_MOST_SHEETS = 1000
_MOST_HELD = 64 * 1024 * 1024
_LONGEST_TEXT = 131_072
_LONGEST_FORMAT = 1000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")
_SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_KNOWN = {
    f"{space} {name}": name
    for space in _SPACES
    for name in ("row", "c", "v", "f", "is", "t", "r", "rPr", "rPh", "si")
}

Facts = dict[str, str]


class HostileError(Exception):
    """A workbook beyond every limit of an honest one."""


class OverfullError(HostileError):
    """A part with far more cells or texts than a table needs."""


class Written(NamedTuple):
    """One cell as the sheet writes it."""

    kind: str
    """``n`` number, ``s`` shared text, ``str``, ``inlineStr`` text, ``b`` truth, ``d`` date, ``e`` error."""
    text: str | None
    """None when the sheet gives no value."""
    style: int
    formula: bool


@dataclass(slots=True)
class Parts:
    """What the small parts of a workbook say."""

    sheets: dict[str, str] = field(default_factory=dict)
    """Titles of the sheets of cells, each with the name of its part, in order."""
    strings: list[str] = field(default_factory=list)
    formats: list[str | int] = field(default_factory=list)
    """For each cell style its number format: a code, or the number of a built-in one."""
    since_1904: bool = False


class WorkbookReader:
    """Reads an archive that was found harmless; raises :class:`HostileError` or ``ExpatError``."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name.casefold(): name for name in archive.namelist()}

    def parts(self) -> Parts | None:
        """The small parts; None when this is no workbook."""
        main = _first(self._links(""), "officeDocument")
        if main is None or main.casefold() not in self._names:
            return None
        made = Parts()
        links = self._links(main)
        sheets = links.get("worksheet", {})

        def start(name: str, facts: Facts) -> None:
            if name == "workbookPr":
                made.since_1904 = facts.get("date1904", "0") in {"1", "true", "on"}
            elif name == "sheet" and (part := sheets.get(_link_in(facts))) is not None:
                made.sheets[facts.get("name", "")] = part
                _refuse(len(made.sheets) > _MOST_SHEETS)

        self._parse(main, start)
        if (part := _first(links, "styles")) is not None:
            made.formats = self._formats(part)
        if (part := _first(links, "sharedStrings")) is not None:
            made.strings = self._strings(part)
        return made

    def rows(self, part: str) -> Iterator[tuple[int, dict[int, Written]]]:
        """The rows of a sheet that hold a value or a formula: number from 1, and cells by column from 0."""
        sheet = _Sheet()
        for _ in self._fed(part, sheet):
            yield from sheet.finished
            sheet.finished.clear()
        yield from sheet.finished

    def _links(self, part: str) -> dict[str, dict[str, str]]:
        """The parts that a part refers to: names by id, by the last word of their type."""
        folder, name = posixpath.split(part)
        found: dict[str, dict[str, str]] = {}

        def start(tag: str, facts: Facts) -> None:
            if tag != "Relationship" or facts.get("TargetMode") == "External":
                return
            target = facts.get("Target", "")
            where = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            kind = facts.get("Type", "").rpartition("/")[2]
            found.setdefault(kind, {})[facts.get("Id", "")] = posixpath.normpath(where)

        self._parse(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        return found

    def _formats(self, part: str) -> list[str | int]:
        codes: dict[int, str] = {}
        styles: list[int] = []
        inside = False

        def start(name: str, facts: Facts) -> None:
            nonlocal inside
            if name == "numFmt":
                codes[int(facts.get("numFmtId", "0"))] = facts.get("formatCode", "")[:_LONGEST_FORMAT]
            elif name in {"cellXfs", "cellStyleXfs", "dxfs"}:
                inside = name == "cellXfs"
            elif name == "xf" and inside:
                styles.append(int(facts.get("numFmtId", "0")))

        self._parse(part, start)
        return [codes.get(number, number) for number in styles]

    def _strings(self, part: str) -> list[str]:
        shared = _Strings()
        for _ in self._fed(part, shared):
            _refuse(shared.held > _MOST_HELD)
        return shared.found

    def _parse(self, part: str, start: Callable[[str, Facts], None]) -> None:
        """Read one of the small parts; ``start`` gets every element without its name space."""
        for _ in self._fed(part, _Small(start)):
            pass

    def _fed(self, part: str, handler: _Handler) -> Iterator[None]:
        """Push a part through the parser, pausing after each chunk; a part that is not there is empty."""
        if (name := self._names.get(part.casefold())) is None:
            return
        self._refuse_overfull(name)
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_document_type
        parser.StartElementHandler = handler.start
        parser.EndElementHandler = handler.end
        handler.parser = parser
        fed = 0
        with self._archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                fed += len(chunk)
                parser.Parse(chunk, False)
                _refuse(fed - parser.CurrentByteIndex > _LONGEST_TOKEN)
                yield
        parser.Parse(b"", True)

    def _refuse_overfull(self, name: str) -> None:
        """Count the marks of a large part, which is much quicker than reading it."""
        if self._archive.getinfo(name).file_size < _COUNTED_FIRST:
            return
        marks = 0
        with self._archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                marks += chunk.count(b"<")
        if marks > 2 * _MOST_ELEMENTS:
            raise OverfullError


class _Handler(ABC):
    """Takes the elements of a part, counts them, and collects the text of those that matter."""

    parser: Any

    def __init__(self) -> None:
        self._left = _MOST_ELEMENTS
        self._foreign = _MOST_FOREIGN
        self._pieces: list[str] = []
        self._length = 0

    @abstractmethod
    def start(self, tag: str, facts: Facts) -> None: ...

    @abstractmethod
    def end(self, tag: str) -> None: ...

    def note_foreign(self) -> None:
        self._foreign -= 1
        _refuse(self._foreign < 0)

    def collect(self) -> None:
        self._pieces, self._length = [], 0
        self.parser.CharacterDataHandler = self._take

    def collected(self) -> str:
        self.parser.CharacterDataHandler = None
        return "".join(self._pieces)

    def _take(self, text: str) -> None:
        self._length += len(text)
        _refuse(self._length > _LONGEST_TEXT)
        self._pieces.append(text)


class _Small(_Handler):
    """A small part, which is nothing but its elements."""

    def __init__(self, take: Callable[[str, Facts], None]) -> None:
        super().__init__()
        self._foreign = _MOST_ENTRIES
        self._take_element = take

    def start(self, tag: str, facts: Facts) -> None:
        self.note_foreign()
        self._take_element(tag.rpartition(" ")[2], facts)

    def end(self, tag: str) -> None:
        """Nothing follows from it."""


class _Strings(_Handler):
    """The table of shared texts; readings written above foreign letters are no part of a text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.held = 0
        self._text: list[str] = []
        self._length_of_item = 0
        self._reading = False

    def start(self, tag: str, _facts: Facts) -> None:
        name = _KNOWN.get(tag)
        self._left -= 1
        if self._left < 0:
            raise OverfullError
        if name == "t":
            if not self._reading:
                self.collect()
        elif name == "si":
            self._text, self._length_of_item = [], 0
        elif name == "rPh":
            self._reading = True
        elif name is None:
            self.note_foreign()

    def end(self, tag: str) -> None:
        name = _KNOWN.get(tag)
        if name == "t":
            if not self._reading:
                piece = self.collected()
                self._length_of_item += len(piece)
                _refuse(self._length_of_item > _LONGEST_TEXT)
                self._text.append(piece)
        elif name == "si":
            self.found.append("".join(self._text))
            self.held += getsizeof(self.found[-1])
        elif name == "rPh":
            self._reading = False


class _Sheet(_Handler):
    """The rows of a sheet; ``finished`` holds those that were read to their end and not yet taken."""

    def __init__(self) -> None:
        super().__init__()
        self.finished: list[tuple[int, dict[int, Written]]] = []
        self._row = 0
        self._column = -1
        self._in_row = 0
        self._cells: dict[int, Written] = {}
        self._facts: Facts = {}
        self._text: str | None = None
        self._formula = False
        self._reading = False

    def start(self, tag: str, facts: Facts) -> None:
        name = _KNOWN.get(tag)
        self._left -= 1
        if self._left < 0:
            raise OverfullError
        if name == "c":
            self._facts, self._text, self._formula, self._reading = facts, None, False, False
        elif name == "v" or (name == "t" and not self._reading):
            self.collect()
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._reading = True
        elif name == "row":
            self._row = int(float(facts["r"])) if "r" in facts else self._row + 1
            _refuse(not 1 <= self._row <= _LAST_ROW)
            self._column, self._cells, self._in_row = -1, {}, 0
        elif name is None:
            self.note_foreign()

    def end(self, tag: str) -> None:
        name = _KNOWN.get(tag)
        if name == "v":
            self._text = self.collected()
        elif name == "c":
            self._keep()
        elif name == "t" and not self._reading:
            self._text = (self._text or "") + self.collected()
            _refuse(len(self._text) > _LONGEST_TEXT)
        elif name == "rPh":
            self._reading = False
        elif name == "row" and self._cells:
            self.finished.append((self._row, self._cells))
            self._cells = {}

    def _keep(self) -> None:
        facts = self._facts
        self._in_row += 1
        _refuse(self._in_row > _LAST_COLUMN)
        self._column = _column_of(facts["r"]) if "r" in facts else self._column + 1
        _refuse(not 0 <= self._column < _LAST_COLUMN)
        if self._text is not None or self._formula:
            kind = facts.get("t", "n")
            self._cells[self._column] = Written(kind, self._text, int(facts.get("s", "0")), self._formula)


def _column_of(place: str) -> int:
    found = _PLACE.match(place)
    if found is None:
        raise HostileError
    number = 0
    for letter in found[1].upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _first(links: dict[str, dict[str, str]], kind: str) -> str | None:
    return next(iter(links.get(kind, {}).values()), None)


def _link_in(facts: Facts) -> str:
    """The id of the link in an element's facts, whatever name space it is written in."""
    return next((value for name, value in facts.items() if name.endswith(" id")), "")


def _no_document_type(*_: object) -> None:
    raise HostileError


def _refuse(hostile: bool) -> None:
    if hostile:
        raise HostileError
