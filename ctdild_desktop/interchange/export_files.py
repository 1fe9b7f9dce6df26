"""Tables of an export as CSV files: RFC 4180, in UTF-8, and nothing in them is a formula."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO

from ctdild_desktop.interchange.export_columns import Cell, Type
from ctdild_desktop.interchange.export_tables import Row, Table
from ctdild_desktop.interchange.outgoing import harmless

BYTE_ORDER_MARK = "\ufeff"
_LABEL = "_label"
_PARTS = r"""([,;\t\r\n](?:"|[^\S,;\t\r\n])*)"""
_FORMULA = r"('*[=+\-@＝＋－＠])"
_WITHIN, _WITHIN_GUARDED = re.compile(_PARTS + _FORMULA), re.compile(f"{_PARTS}'{_FORMULA}")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written."""

    delimiter: str = ","
    decimal: str = "."
    mark: bool = True
    """Begin with a byte order mark, by which spreadsheets know UTF-8."""
    guarded: bool = True
    """Write an apostrophe before a text that a spreadsheet would calculate."""

    def __post_init__(self) -> None:
        if self.delimiter == self.decimal:
            raise ValueError("cells cannot be parted by the decimal mark")


NEUTRAL = Dialect(mark=False, guarded=False)
"""For files that another writer of the program reads at once."""


def guarded(text: str) -> str:
    """A text that no spreadsheet calculates; :func:`unguarded` gives it back to the letter.

    A spreadsheet that parts cells by another sign than the file, as one of another country does, begins a
    cell within the text; there an apostrophe is put as well.
    """
    inside = _WITHIN.sub(r"\1'\2", text)
    bare = inside.lstrip("'")
    return f"'{inside}" if harmless(bare) != bare else inside


def unguarded(text: str) -> str:
    """The text that :func:`guarded` made harmless."""
    bare = text.lstrip("'")
    inside = text[1:] if text.startswith("'") and harmless(bare) != bare else text
    return _WITHIN_GUARDED.sub(r"\1\2", inside)


def written(cell: Cell, dialect: Dialect) -> str:
    """A cell as it stands in the file. Texts are quoted and nothing else is."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        said = guarded(cell) if dialect.guarded else cell
        return '"' + said.replace('"', '""') + '"'
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, Decimal):
        return format(cell, "f").replace(".", dialect.decimal)
    return cell.isoformat() if isinstance(cell, dt.date | dt.datetime) else str(cell)


@dataclass(slots=True)
class Facts:
    """What was written of one table."""

    rows: int = 0
    widths: Counter[str] = field(default_factory=Counter)
    """Bytes of the longest text, by column."""
    decimals: Counter[str] = field(default_factory=Counter)
    """Digits after the point, the most of them, by column."""


class TableFiles:
    """A CSV file for each table, written row by row; a context manager."""

    def __init__(self, folder: Path, tables: Sequence[Table], dialect: Dialect) -> None:
        self._dialect = dialect
        self._tables = {table.name: table for table in tables}
        self._columns = {table.name: table.columns for table in tables}
        self._coded = {
            table.name: [
                (place, column.name)
                for place, column in enumerate(table.columns)
                if f"{column.name}{_LABEL}" in {other.name for other in table.columns}
            ]
            for table in tables
        }
        self._open = ExitStack()
        self._files: dict[str, IO[str]] = {}
        self.facts = {table.name: Facts() for table in tables}
        self._patients: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._seen: set[tuple[str, str, str]] = set()
        try:
            for table in tables:
                path = folder / file_name(table.name)
                file = self._open.enter_context(
                    path.open("x", encoding="utf-8", errors="replace", newline="")
                )
                self._files[table.name] = file
                self._line(table.name, [column.name for column in table.columns], first=dialect.mark)
        except BaseException:
            self._open.close()
            raise

    def add(self, rows: Iterable[Row]) -> None:
        """Write the rows of one patient."""
        self._seen.clear()
        for name, cells in rows:
            self._line(name, cells)
            facts = self.facts[name]
            facts.rows += 1
            for column, cell in zip(self._columns[name], cells, strict=True):
                if isinstance(cell, str):
                    length = len(cell.encode("utf-8", "replace"))
                    facts.widths[column.name] = max(facts.widths[column.name], length)
                elif column.type is Type.NUMBER and isinstance(cell, Decimal):
                    digits = -int(cell.as_tuple().exponent)
                    facts.decimals[column.name] = max(facts.decimals[column.name], digits)
            for place, column_name in self._coded[name]:
                code = cells[place]
                if isinstance(code, str) and (name, column_name, code) not in self._seen:
                    self._seen.add((name, column_name, code))
                    self._patients[name, column_name][code] += 1

    def fewest(self, table: str, column: str) -> int | None:
        """The fewest patients that share one code of a column; None where there is none."""
        found = self._patients.get((table, column))
        return min(found.values()) if found else None

    def _line(self, name: str, cells: Sequence[Cell], *, first: bool = False) -> None:
        said = self._dialect.delimiter.join([written(cell, self._dialect) for cell in cells])
        self._files[name].write(f"{BYTE_ORDER_MARK if first else ''}{said}\r\n")

    def __enter__(self) -> TableFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()


def file_name(table: str) -> str:
    """The name of the file of a table."""
    return f"{table}.csv"
