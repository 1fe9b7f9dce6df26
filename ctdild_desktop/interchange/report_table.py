"""Tables in text: a line of heads, and below it lines that begin with a name.

A number is taken for a column only when that is certain: there are as many cells as heads, or tabs and bars
keep the cells apart, or the places of the numbers are proven by other lines of the table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ctdild_desktop.interchange.report_cells import Cell, Kind, cells, chunks, label_and_unit
from ctdild_desktop.interchange.report_heads import (
    LONGEST_TITLE,
    SIDED,
    Placed,
    heads_of,
    only_sides,
    sided,
    sign_of,
)
from ctdild_desktop.interchange.report_records import Raw, Spot, Unread
from ctdild_desktop.interchange.report_words import (
    Column,
    folded,
    heads_others,
    quantities_in,
    quantity_of,
    side_in,
)
from ctdild_desktop.language import say

_VALUES = (Kind.NUMBER, Kind.RANGE, Kind.ABSENT)
_DAY = re.compile(r"(?<![\d.,])\d{1,4}[./-]\d{1,2}[./-]\d{2,4}(?![\d.,])")


@dataclass(slots=True)
class _Row:
    """A line below heads that names a quantity."""

    line: int
    label: str
    unit: str
    values: list[tuple[Cell, str]]
    """Each with the unit that is written behind it."""
    slots: list[int] | None
    """The number of the head of each value, where tabs or bars tell it."""
    stray: bool
    end: int
    apart: bool
    """Whether at least two blanks stand before each value."""


@dataclass(slots=True)
class _Table:
    ways: list[list[Placed]]
    """The ways to read its heads, of which its lines tell one."""
    barred: bool
    others: bool = False
    """Whether its title says that it holds other values, those of an earlier test."""
    rows: list[_Row] = field(default_factory=list)

    @property
    def columns(self) -> list[Placed]:
        """The columns that hold values; empty when the heads may be read in two ways.

        A full line proves the longer way. Nothing proves a shorter one: every line may lack a value.
        """
        ways = [
            [one for one in way if one.head.column not in (Column.LABEL, Column.UNIT)] for way in self.ways
        ]
        if len(ways) > 1:
            most = max((len(row.values) for row in self.rows), default=0)
            if most < max(map(len, ways)):
                return []
            ways = [way for way in ways if len(way) == most]
        said = {tuple((one.head.column, one.head.post_bd) for one in way) for way in ways}
        return ways[0] if len(said) == 1 else []


@dataclass(slots=True)
class Tables:
    """What the tables of a text hold, and which of its lines belong to one."""

    raws: list[Raw] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)


def read_tables(lines: Sequence[str]) -> Tables:
    """Read every table of a text."""
    found = Tables()
    table: _Table | None = None
    sides: tuple[int, list[bool]] | None = None
    others = False
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        heads = heads_of(line)
        only = only_sides(line)
        if only and (not heads or _heads_follow(lines, number)):
            sides = number, only
            _close(table, found)
            table = None
            found.taken.add(number)
            continue
        if heads:
            _close(table, found)
            near = sides[1] if sides is not None and number - sides[0] <= 2 else []
            table = _Table([sided(way, near) for way in heads], bool(sign_of(line)), others)
            sides = None
            found.taken.add(number)
            continue
        row = _row(line, number, table)
        if row is None:
            others = heads_others(line)
        if table is not None and row is not None:
            table.rows.append(row)
            found.taken.add(number)
        elif table is not None and row is None and _ends_table(line):
            _close(table, found)
            table = None
    _close(table, found)
    return found


def _heads_follow(lines: Sequence[str], number: int) -> bool:
    following = next((line for line in lines[number + 1 : number + 3] if line.strip()), "")
    return bool(heads_of(following))


def _row(line: str, number: int, table: _Table | None) -> _Row | None:
    """The line as a row: its name, its unit and its values; None when it names no quantity."""
    found = list(cells(line))
    first = next((at for at, one in enumerate(found) if one.kind in _VALUES and _begins(line, one)), None)
    if first is None:
        return None
    words = found[:first]
    unit = ""
    while words and words[-1].kind is Kind.UNIT and len(words) > 1:
        unit = words[-1].text
        words = words[:-1]
    if not words:
        return None
    label, bracketed = label_and_unit(line[: words[-1].end])
    unit = (unit or bracketed).strip("[]() ")
    if _DAY.search(line[found[first].start :]) or not any(map(str.isalpha, label)):
        return None
    values: list[tuple[Cell, str]] = []
    stray = False
    for one in found[first:]:
        if one.kind in _VALUES:
            values.append((one, ""))
        elif one.kind is Kind.UNIT and values and not values[-1][1]:
            values[-1] = (values[-1][0], one.text.strip("[]() "))
        elif one is not found[-1]:
            stray = True
    if ":" in line[: found[first].start] and len(values) == 1:
        return None  # a name and its value, not a row
    barred = table is not None and table.barred
    slots = _slots(line, [one for one, _ in values]) if barred else None
    apart = all(
        one.start - before.end >= 2 for before, one in pairwise(found[first - 1 :]) if one.kind in _VALUES
    )
    return _Row(number, label, unit, values, slots, stray, len(line), apart)


def _begins(line: str, cell: Cell) -> bool:
    """Whether the first value begins here: digits of a name such as ``FEV 1`` are none."""
    before = folded(line[: cell.start]).rstrip(" [(")
    return bool(before.strip()) and not (cell.text == "1" and before.endswith(("fev", "vef")))


def _slots(line: str, values: Sequence[Cell]) -> list[int] | None:
    """The column of each value by the tabs or bars before it."""
    sign = sign_of(line)
    return [line[: one.start].count(sign) for one in values] if sign else None


def _ends_table(line: str) -> bool:
    """Whether a line that is no row ends the table: another line of heads or a sentence, not a title."""
    parted = chunks(line)
    words = line.split()
    numbered = sum(any(map(str.isdigit, word)) for word in words)
    if len(parted) == 1 and len(words) <= LONGEST_TITLE and numbered < 2:
        return False
    return not set(line.strip()) <= set("-=_ |*")


def _close(table: _Table | None, found: Tables) -> None:
    if table is None:
        return
    columns = table.columns
    full = [row for row in table.rows if len(row.values) == len(columns) and row.slots is None and row.apart]
    for row in table.rows:
        quantity = quantity_of(row.label)
        side = None
        if not quantity and (named := quantities_in(row.label)):
            begin, end, quantity = named[0]
            rest = row.label[:begin] + row.label[end:]
            side = side_in(rest)
            if side is None or folded(rest).strip(" -_().:") not in _SIDES:
                quantity = ""
        if not quantity:
            continue
        if table.others:
            reason = say("the words beside it speak of another value")
            found.unread.append(Unread(Spot(row.line, 0, row.end), reason, quantity, aside=True))
            continue
        _take(row, quantity, columns, found, side=side, full=full, barred=table.barred)


_SIDES = frozenset(
    {"pre", "post", "pre bd", "post bd", "pre-bd", "post-bd", "pre rx", "post rx", "prebd", "postbd"}
)


def _take(
    row: _Row,
    quantity: str,
    columns: Sequence[Placed],
    found: Tables,
    *,
    side: bool | None,
    full: Sequence[_Row],
    barred: bool,
) -> None:
    spot = Spot(row.line, 0, row.end)
    assigned = _assigned(row, columns)
    doubtful = False
    if assigned is None and not barred:
        assigned = _by_place(row, columns)
        doubtful = assigned is not None and not _stands_as(row, assigned, full)
        if assigned is None and len(row.values) < len(columns):
            # the first columns, if measured, predicted and % predicted prove it
            assigned, doubtful = list(range(len(row.values))), True
    if assigned is None or row.stray or not columns:
        found.unread.append(
            Unread(spot, say("it cannot be told which value stands in which column"), quantity)
        )
        return
    if any(columns[at].head.column is Column.TRIAL for at in assigned) and not any(
        one.head.column is Column.MEASURED for one in columns
    ):
        reason = say("several trials, and none is said to be the one that counts")
        found.unread.append(Unread(spot, reason, quantity))
        return
    for (cell, unit), at in zip(row.values, assigned, strict=True):
        head = columns[at].head
        if cell.kind is not Kind.NUMBER or head.column not in (*SIDED, Column.PREDICTED):
            continue
        if side is not None and head.post_bd is not None and head.post_bd is not side:
            found.unread.append(Unread(spot, say("line and column differ in the bronchodilator"), quantity))
            return
        if cell.bounded:
            found.unread.append(Unread(spot, say("less or more than the number; it is no value"), quantity))
            continue
        own = unit or ("%" if cell.percent else "")
        if head.column is Column.PERCENT:
            given = "%" if own in ("", "%") else own
        else:
            given = own or row.unit
            if own and row.unit and folded(own) != folded(row.unit):
                reason = say("the line gives two units: {first} and {second}", first=row.unit, second=own)
                found.unread.append(Unread(spot, reason, quantity))
                continue
        found.raws.append(
            Raw(
                quantity=quantity,
                column=head.column,
                post_bd=head.post_bd if head.post_bd is not None else side,
                label=row.label,
                text=cell.number,
                unit=given,
                spot=Spot(row.line, cell.start, cell.end),
                table=True,
                doubtful=doubtful or head.bare,
            )
        )


def _assigned(row: _Row, columns: Sequence[Placed]) -> list[int] | None:
    """The column of each value where their number, or tabs and bars, tell it."""
    if row.slots is not None:
        by_slot = {one.slot: at for at, one in enumerate(columns)}
        wanted = [by_slot[slot] for slot in row.slots if slot in by_slot]
        once = len(by_slot) == len(columns) and len(set(row.slots)) == len(row.slots)
        return wanted if once and len(wanted) == len(row.slots) else None
    return list(range(len(columns))) if len(row.values) == len(columns) else None


def _by_place(row: _Row, columns: Sequence[Placed]) -> list[int] | None:
    """The column of each value by its place in the line; None when any is not certain."""
    if len(row.values) > len(columns) or row.slots is not None:
        return None
    values = [cell for cell, _unit in row.values]
    if not (_apart(columns) and _apart(values)):
        return None
    found: list[int] = []
    for cell in values:
        far = sorted(
            (max(one.start - cell.end, cell.start - one.end, 0), at) for at, one in enumerate(columns)
        )
        if len(far) > 1 and far[1][0] - far[0][0] < 2:
            return None
        found.append(far[0][1])
    return found if all(a < b for a, b in pairwise(found)) else None


def _apart(parts: Sequence[Placed | Cell]) -> bool:
    """Whether at least two blanks stand between all of them: single ones say nothing of columns."""
    return all(second.start - first.end >= 2 for first, second in pairwise(parts))


def _stands_as(row: _Row, assigned: Sequence[int], full: Sequence[_Row]) -> bool:
    """Whether each value begins or ends exactly where one of its column does in a line without a gap.

    In a line whose blanks were lost a value stands where its label ends, and that proves nothing.
    """
    return (
        row.apart
        and bool(full)
        and all(
            any(
                cell.start == other.values[at][0].start or cell.end == other.values[at][0].end
                for other in full
            )
            for (cell, _unit), at in zip(row.values, assigned, strict=True)
        )
    )
