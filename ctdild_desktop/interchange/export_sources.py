"""The tables of an exported set as texts, from CSV files or from a workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from xml.parsers.expat import ExpatError

from ctdild_desktop import unpacking
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.export_codebook import CODEBOOK, MARK, NAME
from ctdild_desktop.interchange.export_columns import Type
from ctdild_desktop.interchange.export_files import file_name, unguarded
from ctdild_desktop.interchange.export_tables import tables
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.interchange.workbook import NEVER_CALCULATED, beyond_limits
from ctdild_desktop.interchange.workbook_xml import HostileError, Parts, WorkbookReader, Written
from ctdild_desktop.language import say

_ZIP = b"PK\x03\x04"
_BOM = b"\xef\xbb\xbf"
_EPOCH, _EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_FURTHER = re.compile(r"(.+)_[0-9]+\Z")
_EXACT_DIGITS = 15


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table as texts: the header, and each row with its number in the file."""

    name: str
    header: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class RawSet:
    """All tables of a set, by name."""

    name: str
    format: str
    sha256: str
    tables: dict[str, RawTable]


def raw_tables(sources: Sequence[Source]) -> RawSet | None:
    """The tables of a set, or None when the files are none.

    Raises:
        FormatError: it is a set, and one of its tables cannot be read.
    """
    for source in sources:
        if source.data.startswith(_ZIP):
            found = _workbook(source)
            if found is not None:
                return found
        elif source.name == file_name(NAME) and _is_codebook(source.data):
            return _files(source, sources)
    return None


def _is_codebook(data: bytes) -> bool:
    return data.removeprefix(_BOM).startswith(f'"{MARK}"'.encode())


def _files(book: Source, sources: Sequence[Source]) -> RawSet:
    wanted = {file_name(table.name): table.name for table in (CODEBOOK, *tables(pseudonymised=False))}
    found = {wanted[source.name]: _csv_table(source) for source in sources if source.name in wanted}
    return RawSet(book.name, "csv", book.sha256, found)


def _csv_table(source: Source) -> RawTable:
    refused = FormatError(say("{name} is not a table as the export wrote it.", name=source.name))
    try:
        text = source.data.removeprefix(_BOM).decode("utf-8")
        delimiter = ";" if ";" in text.partition("\n")[0] else ","
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        header = next(reader, [])
        rows = [
            (number, [unguarded(cell) for cell in row]) for number, row in enumerate(reader, start=2) if row
        ]
    except (UnicodeDecodeError, csv.Error):
        raise refused from None
    if any(len(row) != len(header) for _number, row in rows):
        raise refused
    return RawTable(source.name, header, rows)


def _workbook(source: Source) -> RawSet | None:
    refused = FormatError(say("{name} is damaged or not a workbook.", name=source.name))
    try:
        with unpacking.opened(io.BytesIO(source.data)) as packed:
            if beyond_limits(packed.infolist()):
                raise refused
            reader = WorkbookReader(packed)
            parts = reader.parts()
            if parts is None or NAME not in parts.sheets:
                return None
            return _sheets(source, reader, parts)
    except (unpacking.ArchiveError, HostileError, ExpatError):
        raise refused from None


def _sheets(source: Source, reader: WorkbookReader, parts: Parts) -> RawSet | None:
    types = {
        table.name: {column.name: column.type for column in table.columns}
        for table in (CODEBOOK, *tables(pseudonymised=False))
    }
    found: dict[str, RawTable] = {}
    for title, part in parts.sheets.items():
        further = _FURTHER.match(title)
        name = further[1] if further and further[1] in types else title
        if name not in types:
            continue
        rows = _rows(title, reader.rows(part), parts, types[name])
        number, header = next(rows, (0, []))
        if name == NAME and header[:1] != [MARK]:
            return None
        if number == 0:
            continue
        before = found[name].rows if name in found else ()
        found[name] = RawTable(title, header, [*before, *rows])
    return RawSet(source.name, "xlsx", source.sha256, found)


def _rows(
    title: str, written: Iterator[tuple[int, dict[int, Written]]], parts: Parts, types: dict[str, Type]
) -> Iterator[tuple[int, Sequence[str]]]:
    header: list[str] = []
    for number, cells in written:
        row = [""] * (max(cells) + 1 if not header else len(header))
        for place, cell in cells.items():
            if place < len(row):
                kind = types.get(header[place], Type.TEXT) if header else Type.TEXT
                if cell.formula and not cell.text:
                    raise _never_calculated(title, number, header[place] if header else "")
                row[place] = _text(cell, parts, kind)
        header = header or row
        yield number, row


def _never_calculated(title: str, number: int, column: str) -> FormatError:
    place = say("row {number}", number=number) + (f", {column}" if column else "")
    return FormatError(
        say(
            "{name}, {place}: {why}; nothing was imported.",
            name=title,
            place=place,
            why=say(NEVER_CALCULATED),
        )
    )


def _text(cell: Written, parts: Parts, kind: Type) -> str:
    text = cell.text or ""
    if cell.kind == "s":
        place = int(text) if text.isascii() and text.isdigit() else len(parts.strings)
        if place >= len(parts.strings):
            raise HostileError
        text = parts.strings[place]
    if cell.kind in {"s", "inlineStr", "str"}:
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if cell.kind == "b" or not text:
        return text
    if kind is Type.DATE:
        try:
            epoch = _EPOCH_1904 if parts.since_1904 else _EPOCH
            return (epoch + dt.timedelta(days=int(float(text)))).isoformat()
        except (ValueError, OverflowError):
            return text
    return _number(text)


def _number(text: str) -> str:
    """A number as it was written; one that a spreadsheet kept in binary is shortened to what it shows."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if len(number.as_tuple().digits) > _EXACT_DIGITS or "E" in text.upper():
        return format(Decimal(format(float(text), f".{_EXACT_DIGITS}g")), "f")
    return text
