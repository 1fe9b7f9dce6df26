"""The heads of the columns of a table in text, each with its side of a bronchodilator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ctdild_desktop.interchange.report_cells import chunks
from ctdild_desktop.interchange.report_words import Column, Head, folded, head_of, quantity_of

_KNOWN = frozenset(
    {Column.MEASURED, Column.PREDICTED, Column.PERCENT, Column.LIMIT, Column.Z, Column.CHANGE, Column.TRIAL}
)
SIDED = (Column.MEASURED, Column.PERCENT)
"""Columns that stand on one side of a bronchodilator."""
LONGEST_TITLE = 6
"""Words of a title; what is longer is a sentence."""
_BASELINE = re.compile(r"\bbas(?:e(?:line)?|al)\b")
_MOST_WAYS, _MOST_WORDS = 64, 24


@dataclass(frozen=True, slots=True)
class Placed:
    """A head with its place in the line of heads."""

    head: Head
    start: int
    end: int
    slot: int = 0
    """How many tabs or bars stand before it."""


def heads_of(line: str) -> list[list[Placed]]:
    """The heads of a table, in each way to read them; empty when the line is none of heads."""
    if len(line) > 400:
        return []
    ways: list[list[Placed]] = [[]]
    for at, (start, end, text) in enumerate(chunks(line)):
        head = head_of(text)
        if head is not None:
            parts = [[Placed(head, start, end)]]
        elif tiled := _tiled(text, start):
            parts = tiled
        elif at == 0 and _is_title(text):
            parts = [[Placed(Head(Column.LABEL), start, end)]]
        elif len(text.split()) <= 2 and not quantity_of(text) and not any(map(str.isdigit, text)):
            parts = [[Placed(Head(Column.OTHER), start, end)]]
        else:
            return []
        ways = [[*way, *part] for way in ways for part in parts][:_MOST_WAYS]
    sign = sign_of(line)
    if sign:
        ways = [[replace(one, slot=line[: one.start].count(sign)) for one in way] for way in ways]
    return [way for way in (_without_earlier(line, way) for way in ways) if _areheads_of(way)]


def _without_earlier(line: str, way: list[Placed]) -> list[Placed]:
    """The heads, of which a baseline beside a follow-up or a change is none of this test."""
    sides = [one.head.post_bd for one in way]
    follow_up = any(one.head.column in (Column.OTHER, Column.CHANGE) for one in way)
    if True in sides or not follow_up:
        return way
    return [
        replace(one, head=Head(Column.OTHER))
        if one.head.column in SIDED and _BASELINE.search(folded(line[one.start : one.end]))
        else one
        for one in way
    ]


def _areheads_of(way: Sequence[Placed]) -> bool:
    known = sum(one.head.column in _KNOWN for one in way)
    unknown = sum(one.head.column is Column.OTHER for one in way)
    return known >= 2 and unknown <= max(known, 2)


def _is_title(text: str) -> bool:
    digits = any(map(str.isdigit, text))
    return not digits and not quantity_of(text) and len(text.split()) <= LONGEST_TITLE


def sign_of(line: str) -> str:
    """What keeps the cells of a line apart beside blanks; empty when nothing does."""
    return "\t" if "\t" in line else "|" if "|" in line else ""


def _tiled(text: str, start: int) -> list[list[Placed]]:
    """The ways to part words that single blanks keep apart into heads, with no word left."""
    words = [(m.start(), m.end()) for m in re.finditer(r"\S+", text)]
    if not 2 <= len(words) <= _MOST_WORDS:
        return []
    ways: list[list[list[Placed]]] = [[[]], *([] for _ in words)]
    for at, (begin, _) in enumerate(words):
        for length in range(1, min(4, len(words) - at) + 1):
            end = words[at + length - 1][1]
            head = head_of(text[begin:end])
            if head is None or (head.column is Column.LABEL and at):
                continue
            placed = Placed(head, start + begin, start + end)
            ways[at + length] += [[*way, placed] for way in ways[at]]
            del ways[at + length][_MOST_WAYS:]
    return ways[-1]


def only_sides(line: str) -> list[bool]:
    """The sides that a line names which holds nothing else but titles: ``Pre-Bronch    Post-Bronch``."""
    found: list[bool] = []
    for _start, _end, text in chunks(line):
        parts = [text] if head_of(text) is not None else text.split()
        for part in parts:
            head = head_of(part)
            if head is None or head.column not in (Column.MEASURED, Column.LABEL):
                return []
            if head.column is Column.MEASURED:
                if head.post_bd is None:
                    return []
                found.append(head.post_bd)
    return found


def sided(heads: list[Placed], sides: list[bool]) -> list[Placed]:
    """The heads with the side of the bronchodilator that the line above, or the column beside, gives them."""
    own = any(one.head.post_bd is not None for one in heads)
    if sides and not own:
        measured = [at for at, one in enumerate(heads) if one.head.column is Column.MEASURED]
        beside = [at for at, one in enumerate(heads) if one.head.column in SIDED and not one.head.bare]
        if len(sides) == len(measured):
            heads = _with_sides(heads, dict(zip(measured, sides, strict=True)))
        elif len(sides) == len(beside) and len(measured) == len(set(sides)):
            heads = _with_sides(heads, dict(zip(beside, sides, strict=True)))
        else:  # it cannot be told which column is which side: no value is taken
            heads = [
                replace(one, head=Head(Column.OTHER)) if one.head.column in SIDED else one for one in heads
            ]
    measured = [at for at, one in enumerate(heads) if one.head.column is Column.MEASURED]
    percents = [at for at, one in enumerate(heads) if one.head.column is Column.PERCENT]
    if not measured or not percents:
        return heads
    ahead = percents[0] < measured[0]
    given: dict[int, bool] = {}
    for at in percents:
        if heads[at].head.post_bd is not None:
            continue
        near = [m for m in measured if (m > at) == ahead]
        owner = (min(near) if ahead else max(near)) if near else None
        side = heads[owner].head.post_bd if owner is not None else None
        if side is not None:
            given[at] = side
    return _with_sides(heads, given)


def _with_sides(heads: list[Placed], given: dict[int, bool]) -> list[Placed]:
    return [
        replace(one, head=replace(one.head, post_bd=given[at])) if at in given else one
        for at, one in enumerate(heads)
    ]
