"""A line of a report cut into its cells: numbers, marks for no value, units and words, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ctdild_desktop.interchange.report_words import UNIT, folded

NUMBER = r"[+\-−]?\d[\d.,]*"
_TOKEN = re.compile(
    rf"""(?P<range>[\[(]?{NUMBER}(?:\s-\s|-|\s?–\s?){NUMBER}[\])]?(?!\w|[.,]\d))
    |(?P<number>(?<![\w.,])[*\#!]?[<>≤≥]?[(\[]?{NUMBER}(?:\s?%)?[)\]]?[*\#!↓↑]?(?!\d|[.,]\d)(?=\W|$|_UNIT_HERE_(?!\w)))
    |(?P<absent>(?<!\S)(?:-{{1,}}(?:[./]-+)?|[–—]+|_{{2,}}|\*{{2,}}|\.{{3,}}|n/?a|n\.a\.|nan|k\.?\s?a\.?|null|nd|--,--|\#\#+|inf)(?!\S))
    |(?P<word>\S+)"""
    .replace("_UNIT_HERE_", UNIT.replace(" ", r"\ ").replace("#", r"\#")),
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
_UNIT = re.compile(rf"[\[(]?\s?{UNIT}\s?[\])]?$")
_BRACKETED_UNIT = re.compile(rf"[\[(]\s*({UNIT})\s*[\])]\s*[:=.]*\s*$|,\s*({UNIT})\s*[:=]?\s*$")
_CHUNK = re.compile(r"[^\s|](?:[^|\t]*?)(?=\s{2,}|\s*\||\t|\s*$)")


class Kind(StrEnum):
    """What a cell is."""

    NUMBER = "number"
    RANGE = "range"
    ABSENT = "absent"
    UNIT = "unit"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell with its place in the line."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def number(self) -> str:
        """The digits with sign and mark, without brackets, flags and the sign of per cent."""
        return self.text.strip("*#![]()↓↑% ").strip()

    @property
    def percent(self) -> bool:
        """Whether the sign of per cent is written with the number."""
        return "%" in self.text

    @property
    def bounded(self) -> bool:
        """Whether it says less or more than the number."""
        return any(sign in self.text for sign in "<>≤≥")


def chunks(line: str) -> list[tuple[int, int, str]]:
    """The parts of a line that tabs, bars or two and more blanks keep apart."""
    return [(m.start(), m.end(), m[0]) for m in _CHUNK.finditer(line)]


def cells(line: str, start: int = 0) -> Iterator[Cell]:
    """The cells of a line from a place on."""
    at = start
    while (match := _TOKEN.search(line, at)) is not None:
        kind, text, begin = match.lastgroup or "word", match[0], match.start()
        at = match.end()
        if kind == "word":
            unit = _unit_at(line, begin)
            if unit:
                yield Cell(Kind.UNIT, line[begin:unit], begin, unit)
                at = unit
                continue
            if set(text) <= set("|:;"):
                continue
        yield Cell(Kind(kind), text, begin, match.end())


def _unit_at(line: str, begin: int) -> int:
    """Where a unit ends that begins here and stands by itself; 0 when there is none."""
    match = re.compile(rf"[\[(]?\s?{UNIT}\s?[\])]?(?=[\s|,;)]|$)").match(folded(line), begin)
    return match.end() if match is not None else 0


def label_and_unit(text: str) -> tuple[str, str]:
    """``FVC (L)`` as its name and its unit; the unit is empty where none is written."""
    match = _BRACKETED_UNIT.search(folded(text))
    if match is None:
        return text.strip(" .,:=|"), ""
    unit = 1 if match[1] else 2
    return text[: match.start()].strip(" .,:=|"), text[match.start(unit) : match.end(unit)]
