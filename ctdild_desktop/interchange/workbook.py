"""Reading sheets of an xlsx workbook, with the limits that a hostile file needs."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from xml.parsers.expat import ExpatError

from ctdild_desktop import unpacking
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.interchange.table import Cell, Growth, Row, Table, fit, make_header
from ctdild_desktop.interchange.workbook_xml import (
    HostileError,
    OverfullError,
    Parts,
    WorkbookReader,
    Written,
)
from ctdild_desktop.language import marked, say

MAX_WORKBOOK_BYTES = 50 * 1024 * 1024
_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_MEMBERS = 2000
_MAX_RATIO = 120
_RATIO_FROM = 1024 * 1024
_TEST_SHEETS = ("pft", "tests")
_PADDED = re.compile(r"0{2,}\Z")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\Z")
_LONGEST_NUMBER = 40
_DIGITS_KEPT = 15
_PLAIN_STYLE = (False, False, 0)

NEVER_CALCULATED = marked("the formula in this cell was never calculated")


class _UnreadableError(ValueError):
    """Why one cell cannot be read, in a few words."""

    def __init__(self, text: str) -> None:
        super().__init__(say(text))


Choose = Callable[[Sequence[str]], Sequence[str]]
"""From the titles of a workbook's sheets those to be read."""


def read_workbook(source: Source) -> Table:
    """Read the sheet of lung-function tests: the one named ``pft`` or ``tests``, else the first.

    Numbers and dates keep the type that the workbook gives them. A formula is taken by the value that was
    last calculated; one that was never calculated makes its cell faulty, because nobody has seen its value.

    Raises:
        FormatError: the file is broken, protected, oversized once unpacked, or has no rows.
    """
    return replace(read_sheets(source, tests_sheet)[0], sheet="")


def tests_sheet(titles: Sequence[str]) -> Sequence[str]:
    """The sheet of lung-function tests of a workbook that is one table."""
    return [next((title for title in titles if title.strip().casefold() in _TEST_SHEETS), titles[0])]


def read_sheets(source: Source, choose: Choose) -> tuple[Table, ...]:
    """Read some sheets of a workbook, each a table with the sheet's title; otherwise as
    :func:`read_workbook`. One without rows is passed over, when it is not the only one.
    """
    if len(source.data) > MAX_WORKBOOK_BYTES:
        raise FormatError(say("{name} is too large for a workbook: the limit is 50 MB.", name=source.name))
    refused = FormatError(
        say("{name} is refused: it is packed in a way that no ordinary workbook is.", name=source.name)
    )
    try:
        with unpacking.opened(io.BytesIO(source.data)) as packed:
            if beyond_limits(packed.infolist()):
                raise refused
            return _read(source, WorkbookReader(packed), choose)
    except unpacking.ArchiveError as error:
        if error.hostile:
            raise refused from None
        raise FormatError(
            say("{name} is damaged: it cannot be unpacked as a workbook.", name=source.name)
        ) from None
    except OverfullError:
        raise FormatError(
            say(
                "{name} has far more cells than a table of tests; copy the table into a new workbook.",
                name=source.name,
            )
        ) from None
    except HostileError:
        raise refused from None
    except ExpatError:
        raise FormatError(
            say("{name} is damaged or not a workbook; open it and save it again as xlsx.", name=source.name)
        ) from None


def beyond_limits(members: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether the archive's list of contents alone shows that this is no ordinary workbook."""
    if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > _MAX_UNPACKED:
        return True
    return any(
        member.file_size > _RATIO_FROM and member.file_size > _MAX_RATIO * max(member.compress_size, 1)
        for member in members
    )


def _read(source: Source, reader: WorkbookReader, choose: Choose) -> tuple[Table, ...]:
    parts = reader.parts()
    if parts is None:
        raise FormatError(say("{name} is not an xlsx workbook.", name=source.name))
    titles = list(parts.sheets)
    if not titles:
        raise FormatError(say("{name} has no sheet with rows.", name=source.name))
    chosen = [title for title in choose(titles) if title in parts.sheets]
    cells, growth = _Cells(parts), Growth(source.name)
    tables = []
    empty = []
    for title in chosen:
        header_row, header, rows = _rows(source.name, reader.rows(parts.sheets[title]), cells, growth)
        if not header:
            empty.append(title)
            continue
        tables.append(
            Table(
                name=source.name,
                sha256=source.sha256,
                format="xlsx",
                header_row=header_row,
                header=header,
                rows=tuple(rows),
                sheet=title,
            )
        )
    if not tables:
        raise FormatError(say("{name} has no sheet with rows.", name=source.name))
    remarks = tuple(_passed_over([title for title in titles if title not in chosen], chosen, empty))
    return replace(tables[0], remarks=remarks), *tables[1:]


def _passed_over(others: Sequence[str], chosen: Sequence[str], empty: Sequence[str]) -> Iterator[str]:
    if others:
        listed = ", ".join(others)
        yield (
            say("Only the sheet {sheet} was read; not read: {others}.", sheet=chosen[0], others=listed)
            if len(chosen) == 1
            else say("Not read, because their names say no table: {others}.", others=listed)
        )
    if empty:
        yield say("Sheets without a row: {empty}.", empty=", ".join(empty))


def _rows(
    name: str, written: Iterable[tuple[int, dict[int, Written]]], cells: _Cells, growth: Growth
) -> tuple[int, tuple[str, ...], list[Row]]:
    header_row, header, last = 0, tuple[str, ...](), 0
    rows: list[Row] = []
    for number, found in written:
        if number <= last:
            raise HostileError
        last = number
        record: list[Cell] = [""] * (max(found) + 1)
        faults: dict[int, str] = {}
        for place, cell in found.items():
            try:
                record[place] = cells.value(cell)
            except _UnreadableError as error:
                faults[place] = str(error)
        width = max((place + 1 for place in found if record[place] != "" or place in faults), default=0)
        if width == 0:
            continue
        growth.add(record[:width])
        if not header:
            header_row, header = number, make_header(name, tuple(record[:width]))
            continue
        row = fit(number, tuple(record[:width]), len(header))
        rows.append(Row(row.number, row.cells, row.fault, faults) if faults else row)
    return header_row, header, rows


class _Cells:
    """Turns what a sheet writes into text, exact numbers and dates."""

    def __init__(self, parts: Parts) -> None:
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

        self._strings = parts.strings
        self._epoch = MAC_EPOCH if parts.since_1904 else WINDOWS_EPOCH
        codes = [BUILTIN_FORMATS.get(code) if isinstance(code, int) else code for code in parts.formats]
        judged = {code: (is_date_format(code), is_timedelta_format(code)) for code in set(codes)}
        self._styles = [(*judged[code], len(code) if code and _PADDED.match(code) else 0) for code in codes]

    def value(self, cell: Written) -> Cell:
        """One cell's value; raises ``_UnreadableError``.

        A number is shortened to the 15 digits that a spreadsheet shows: 0.1 + 0.2 is 0.3 there and here.
        """
        text = cell.text
        if text is None or (text == "" and cell.formula and cell.kind == "n"):
            raise _UnreadableError(NEVER_CALCULATED)
        if cell.kind in {"inlineStr", "str", "e"}:
            return text.strip()
        if text == "":
            return ""
        if cell.kind == "s":
            return self._strings[_index(text, len(self._strings))].strip()
        if cell.kind == "b":
            return "FALSE" if text.strip() in {"0", "false"} else "TRUE"
        if cell.kind == "d":
            return self._moment_in_words(text)
        return self._number(text.strip(), cell.style)

    def _number(self, text: str, style: int) -> Cell:
        dated, duration, padded = self._styles[style] if 0 <= style < len(self._styles) else _PLAIN_STYLE
        if not dated and len(text) <= _DIGITS_KEPT and text.isascii() and text.isdigit():
            return str(int(text)).zfill(padded) if padded else Decimal(text)
        if len(text) > _LONGEST_NUMBER or not _NUMBER.match(text):
            raise _UnreadableError("not a number")
        number = float(text)
        if dated:
            return self._moment(number, duration=duration)
        if abs(number) >= 10**_DIGITS_KEPT:
            raise _UnreadableError("a number of more than 15 digits, which a workbook does not keep exactly")
        if padded and number.is_integer():
            return str(int(number)).zfill(padded)
        return Decimal(format(number, ".15g"))

    def _moment(self, serial: float, *, duration: bool) -> Cell:
        from openpyxl.utils.datetime import from_excel

        try:
            return _day_of(from_excel(serial, self._epoch, timedelta=duration))
        except (OverflowError, ValueError):
            raise _UnreadableError("a date outside the calendar") from None

    def _moment_in_words(self, text: str) -> Cell:
        from openpyxl.utils.datetime import from_ISO8601

        try:
            return _day_of(from_ISO8601(text.strip()))
        except (OverflowError, ValueError):
            raise _UnreadableError("not a date") from None


def _day_of(moment: object) -> Cell:
    """The day of a moment; a time of day or a duration as text."""
    if isinstance(moment, dt.datetime):
        return moment.date()
    return moment if isinstance(moment, dt.date) else str(moment)


def _index(text: str, length: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) >= length:
        raise HostileError
    return int(text)
