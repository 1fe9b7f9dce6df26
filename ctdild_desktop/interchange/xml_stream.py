"""A small XML document as a tree of texts, read as a stream with bounds and without document types.

Without document types there are no entities to expand and no outside files to open. The curves of a
spirometer, which may be most of the file, are passed over while they are read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import say

_CHUNK = 256 * 1024
_MOST_ELEMENTS = 200_000
_DEEPEST = 60
_LONGEST_TEXT = 20_000
_LONGEST_TOKEN = 8 * 1024 * 1024


@dataclass(slots=True)
class Element:
    """One element: its name without name space, its attributes, its own text, and what it holds."""

    name: str
    facts: dict[str, str]
    text: str = ""
    parts: list[Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Element]:
        """The parts of a name, one level down."""
        return (part for part in self.parts if part.name == name)

    def first(self, name: str) -> Element | None:
        """The first part of a name."""
        return next(self.all(name), None)

    def said(self, name: str) -> str:
        """The text of the first part of a name; empty when there is none."""
        found = self.first(name)
        return found.text.strip() if found is not None else ""

    def within(self, *path: str) -> Iterator[Element]:
        """Every element at the end of a path of names."""
        if not path:
            yield self
            return
        for part in self.all(path[0]):
            yield from part.within(*path[1:])


class _HostileError(Exception):
    pass


def read_xml(source: Source, *, passed_over: Collection[str] = ()) -> Element:
    """The root of a document; elements named in ``passed_over`` have no text.

    Raises:
        FormatError: not well-formed, with a document type, or beyond every limit of an honest file.
    """
    builder = _Builder(frozenset(passed_over))
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.take
    data = source.data
    try:
        for start in range(0, len(data), _CHUNK):
            parser.Parse(data[start : start + _CHUNK], False)
            if min(start + _CHUNK, len(data)) - parser.CurrentByteIndex > _LONGEST_TOKEN:
                raise _HostileError
        parser.Parse(b"", True)
    except _HostileError:
        raise FormatError(
            say("{name} is refused: it is not built as a file of results is.", name=source.name)
        ) from None
    except (expat.ExpatError, ValueError, LookupError):
        raise FormatError(say("{name} is damaged: it is not well-formed XML.", name=source.name)) from None
    assert builder.root is not None
    return builder.root


class _Builder:
    def __init__(self, passed_over: frozenset[str]) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._passed_over = passed_over
        self._left = _MOST_ELEMENTS

    def start(self, name: str, facts: dict[str, str]) -> None:
        self._left -= 1
        if self._left < 0 or len(self._open) >= _DEEPEST or sum(map(len, facts.values())) > _LONGEST_TEXT:
            raise _HostileError
        element = Element(name.rpartition(":")[2], facts)
        if self._open:
            self._open[-1].parts.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def take(self, text: str) -> None:
        element = self._open[-1]
        if element.name in self._passed_over:
            return
        if len(element.text) + len(text) > _LONGEST_TEXT:
            raise _HostileError
        element.text += text

    def refuse(self, *_: Any) -> None:
        raise _HostileError
