"""A rectangular table from a CSV or xlsx file, with the row numbers that a spreadsheet would show."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from sys import getsizeof
from types import MappingProxyType

from ctdild_desktop.interchange.encoding import Encoding, detect
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import say

MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELLS = 2_000_000
_MAX_HELD = 128 * 1024 * 1024
"""Bytes of memory that the cells of one table may take."""
_MAX_LINES = 2 * MAX_ROWS
_MAX_LINE = 1_000_000
_MOST_LOOKED_AT = 1000
_NO_FIT = (0, 0.0, 0)
_DELIMITERS = (",", ";", "\t")
_NO_FAULTS: Mapping[int, str] = MappingProxyType({})
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

Cell = str | Decimal | dt.date
"""Text as written, or a number or a date when the workbook itself says that it is one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header; ``number`` counts from 1 with the header, as a spreadsheet does."""

    number: int
    cells: tuple[Cell, ...]
    fault: str | None = None
    """Why the row as a whole cannot be read, or None."""
    cell_faults: Mapping[int, str] = field(default_factory=lambda: _NO_FAULTS)
    """Why single cells cannot be read, by position."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header and rows; every row has as many cells as the header unless it carries a fault."""

    name: str
    sha256: str
    format: str
    """``csv`` or ``xlsx``."""
    header_row: int
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    semicolons: bool = False
    """Whether cells are parted by semicolons, as programs do where the comma is the decimal mark."""
    remarks: tuple[str, ...] = ()
    """What was noticed about the file as a whole and should be told."""
    sheet: str = ""
    """The sheet of a workbook that holds several tables."""

    @property
    def shown(self) -> str:
        """What the table is called in a sentence."""
        return f"{self.name} ({self.sheet})" if self.sheet else self.name


def is_workbook(source: Source) -> bool:
    """Whether a file is a workbook and no text."""
    return source.data.startswith(_ZIP)


def read_table(source: Source, *, file_format: str = "auto", titles: Collection[str] = ()) -> Table:
    """Read the one table of a file: of a workbook its sheet of lung-function tests, else its first.

    Args:
        file_format: ``csv``, ``xlsx``, or ``auto`` to decide by content.
        titles: column names that are expected; they settle which character parts the cells.

    Raises:
        FormatError: no such format, not a table, broken, mixed encodings, a doubled column name, too large.
    """
    check_format(source, file_format)
    if is_workbook(source):
        from ctdild_desktop.interchange.workbook import read_workbook

        return read_workbook(source)
    return _read_csv(source, frozenset(title.strip().casefold() for title in titles))


def check_format(source: Source, file_format: str) -> None:
    """Refuse what is no table, and one of another format than was named; raises FormatError."""
    found = "xlsx" if is_workbook(source) else "csv"
    if source.data.startswith(_OLE):
        raise FormatError(
            say(
                "{name} is an old or protected Excel file; save it as xlsx or CSV without a password.",
                name=source.name,
            )
        )
    if file_format not in {"auto", "csv", "xlsx"}:
        raise FormatError(
            say(
                "The format {file_format} is not one that can be imported here; use csv or xlsx.",
                file_format=file_format,
            )
        )
    if file_format not in {"auto", found}:
        raise FormatError(
            say(
                "{name} is not {file_format}: it looks like {found}.",
                name=source.name,
                file_format=file_format,
                found=found,
            )
        )


def make_header(name: str, cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """Column names from the header cells: trimmed, empty ones kept as empty text.

    Raises:
        FormatError: two columns have the same name (capital letters make no difference).
    """
    header = [str(cell).strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    seen: set[str] = set()
    for title in filter(None, header):
        if title.casefold() in seen:
            raise FormatError(say("{name} has two columns named {title}.", name=name, title=title))
        seen.add(title.casefold())
    return tuple(header)


def fit(number: int, cells: tuple[Cell, ...], width: int, *, cut_short: bool = False) -> Row:
    """A row of the header's width; surplus filled cells make the whole row faulty, missing ones are empty.

    Args:
        cut_short: the file ends inside this row, so missing cells mean lost data and not empty cells.
    """
    if any(str(cell).strip() for cell in cells[width:]):
        fault = say("the row has {n} cells where the header has {width}", n=len(cells), width=width)
        return Row(number, cells[:width], fault)
    if len(cells) < width and cut_short:
        padded = cells + ("",) * (width - len(cells))
        return Row(number, padded, say("the file ends inside this row"))
    return Row(number, cells[:width] + ("",) * (width - len(cells)))


class Growth:
    """What a table has grown to while it is read; refuses one beyond the limits before the memory is full."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows = self._cells = self._held = 0

    def add(self, record: Sequence[Cell]) -> None:
        """One more row that holds something, the header included; raises FormatError beyond the limits."""
        self._rows += 1
        self._cells += len(record)
        self._held += sum(map(getsizeof, record))
        if len(record) > MAX_COLUMNS:
            raise FormatError(
                say(
                    "{_name} has more than {MAX_COLUMNS} columns; this is not a table of tests.",
                    _name=self._name,
                    MAX_COLUMNS=MAX_COLUMNS,
                )
            )
        if self._rows > MAX_ROWS + 1:
            raise too_many_rows(self._name)
        self._refuse_cells()

    def add_blank(self, cells: int) -> None:
        """One more row of nothing but empty cells, which is read and not kept; raises FormatError."""
        self._cells += cells
        self._refuse_cells()

    def _refuse_cells(self) -> None:
        if self._cells > MAX_CELLS or self._held > _MAX_HELD:
            raise FormatError(
                say("{_name} has too many cells; split it into smaller files.", _name=self._name)
            )


def too_many_rows(name: str) -> FormatError:
    """The refusal of a file with more rows than any table of tests."""
    return FormatError(
        say(
            "{name} has too many rows; the limit is {MAX_ROWS:,} rows in one file.",
            name=name,
            MAX_ROWS=MAX_ROWS,
        )
    )


def _read_csv(source: Source, titles: frozenset[str]) -> Table:
    encoding = detect(source)
    delimiter, skipped = _find_delimiter(source, encoding, titles)
    header_row, header = 0, tuple[str, ...]()
    rows: list[Row] = []
    growth = Growth(source.name)
    ends_cleanly = source.data.rstrip(b"\0").endswith((b"\n", b"\r"))
    last: tuple[int, tuple[Cell, ...]] | None = None
    for number, record in _records(source, encoding, delimiter):
        if number <= skipped or not record:
            continue
        if not any(text.strip() for text in record):
            growth.add_blank(len(record))
            continue
        growth.add(record)
        if not header:
            header_row, header = number, make_header(source.name, tuple(record))
            continue
        if last is not None:
            rows.append(fit(*last, len(header)))
        last = number, tuple(record)
    if not header:
        raise FormatError(say("{name} is empty.", name=source.name))
    if last is not None:
        rows.append(fit(*last, len(header), cut_short=not ends_cleanly))
    remarks = (
        ()
        if encoding.sure
        else (say("The file is not UTF-8; it was read as Windows-1252. Check accented letters."),)
    )
    return Table(
        name=source.name,
        sha256=source.sha256,
        format="csv",
        header_row=header_row,
        header=header,
        rows=tuple(rows),
        semicolons=delimiter == ";",
        remarks=remarks,
    )


def _lines(source: Source, encoding: Encoding) -> Iterator[str]:
    stream = io.TextIOWrapper(io.BytesIO(source.data), encoding=encoding.codec, newline="")
    for number, line in enumerate(stream):
        if number > _MAX_LINES:
            raise too_many_rows(source.name)
        if len(line) > _MAX_LINE:
            raise FormatError(
                say(
                    "{name} has a line of more than a million characters; this is not a table.",
                    name=source.name,
                )
            )
        if "\0" in line:
            raise FormatError(say("{name} is not a text table: it holds NUL characters.", name=source.name))
        yield line


def _records(source: Source, encoding: Encoding, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_lines(source, encoding), delimiter=delimiter, strict=True)
    number = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise FormatError(
                say(
                    "{name} cannot be read as a table from row {number} on: a quotation mark is not "
                    "closed or a cell is far too long.",
                    name=source.name,
                    number=number + 1,
                )
            ) from None
        number += 1
        yield number, record


def _find_delimiter(source: Source, encoding: Encoding, titles: frozenset[str]) -> tuple[str, int]:
    """The character between cells, and how many rows at the top only say so (``sep=;``)."""
    start = next(_lines(source, encoding), "").strip("\r\n")
    if start.lower().startswith("sep=") and start[4:] in _DELIMITERS:
        return start[4:], 1
    first = next((line for line in _lines(source, encoding) if line.strip()), "")
    present = [mark for mark in _DELIMITERS if mark in first]
    if len(present) <= 1:
        return (present or [","])[0], 0
    fits = {mark: _fit_of(source, encoding, mark, titles) for mark in present}
    best, second = sorted(fits.values(), reverse=True)[:2]
    if best == _NO_FIT:
        return max(present, key=first.count), 0
    if best == second:
        raise FormatError(
            say(
                "{name}: it is not clear which character parts the cells; save it with semicolons.",
                name=source.name,
            )
        )
    return max(present, key=lambda mark: fits[mark]), 0


def _fit_of(
    source: Source, encoding: Encoding, delimiter: str, titles: frozenset[str]
) -> tuple[int, float, int]:
    """How well a delimiter fits: expected titles found, share of first rows of the header's width, width."""
    widths: list[int] = []
    found = seen = 0
    try:
        for _, record in _records(source, encoding, delimiter):
            seen += 1
            if seen > _MOST_LOOKED_AT:
                break
            if not any(record):
                continue
            found = found if widths else sum(cell.strip().casefold() in titles for cell in record)
            widths.append(len(record))
            if len(widths) > 100:
                break
    except FormatError:
        return _NO_FIT
    if not widths or widths[0] < 2:
        return _NO_FIT
    return found, sum(width == widths[0] for width in widths) / len(widths), widths[0]
