"""Tables of an export as one xlsx workbook: a sheet for each, written as a stream, the same bytes each time.

The workbook is written here and not by a library, because the library would keep sheets in the system's
folder for temporary files, stamp the time, and turn texts that begin with ``=`` into formulas. Texts are
inline texts, which no spreadsheet calculates; numbers keep their digits; dates are dates.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from ctdild_desktop.interchange.export_columns import Column, Type
from ctdild_desktop.interchange.export_files import file_name
from ctdild_desktop.interchange.export_tables import Table

MOST_ROWS = 1_048_576
_MOMENT = (1980, 1, 1, 0, 0, 0)
_EPOCH = dt.date(1899, 12, 30)
_FIRST_DAY = dt.date(1900, 3, 1)
"""Before it the calendar of spreadsheets has a day that never was."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]")
_LIKE_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_DATE, _HEAD = 1, 2
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" '
    'formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="2"><font><sz val="10"/><name val="Arial"/></font>'
    '<font><b/><sz val="10"/><name val="Arial"/></font></fonts><fills count="2"><fill><patternFill '
    'patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1">'
    '<border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf '
    'numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def write_workbook(path: Path, tables: Sequence[Table], folder: Path, between: Callable[[], None]) -> None:
    """Write a workbook from the neutral CSV files of its tables.

    Args:
        path: the file, which must not exist.
        folder: where the CSV files lie.
        between: called before each sheet.
    """
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        titles: list[str] = []
        for table in tables:
            for title, rows in _sheets(table, folder):
                between()
                titles.append(title)
                with _part(archive, f"xl/worksheets/sheet{len(titles)}.xml") as part:
                    _write_sheet(part, table.columns, rows)
        for name, text in _small_parts(titles):
            with _part(archive, name) as part:
                part.write(text.encode())


def _part(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    facts = zipfile.ZipInfo(name, _MOMENT)
    facts.compress_type, facts.external_attr, facts.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
    return archive.open(facts, "w", force_zip64=True)


def _sheets(table: Table, folder: Path) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """The sheets of a table: one, and further ones where it has more rows than a sheet takes."""
    with (folder / file_name(table.name)).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        next(rows)
        number, waiting = 1, next(rows, None)
        while True:
            taken = _Taken(rows, waiting)
            yield (table.name if number == 1 else f"{table.name}_{number}"), iter(taken)
            waiting, number = taken.waiting, number + 1
            if waiting is None:
                return


class _Taken:
    """As many rows as one sheet takes; ``waiting`` is the row after them."""

    def __init__(self, rows: Iterator[list[str]], waiting: list[str] | None) -> None:
        self._rows, self.waiting = rows, waiting

    def __iter__(self) -> Iterator[list[str]]:
        for _ in range(MOST_ROWS - 1):
            if self.waiting is None:
                return
            yield self.waiting
            self.waiting = next(self._rows, None)


def _write_sheet(part: IO[bytes], columns: Sequence[Column], rows: Iterator[list[str]]) -> None:
    letters = [_letters(place) for place in range(len(columns))]
    part.write(
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
        'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="13"/><sheetData><row r="1">'.encode()
    )
    for letter, column in zip(letters, columns, strict=True):
        part.write(_text(f"{letter}1", column.name, _HEAD).encode())
    part.write(b"</row>")
    for number, row in enumerate(rows, start=2):
        cells = [
            _cell(f"{letter}{number}", column.type, text)
            for letter, column, text in zip(letters, columns, row, strict=True)
            if text
        ]
        part.write(f'<row r="{number}">{"".join(cells)}</row>'.encode("utf-8", "replace"))
    part.write(b"</sheetData></worksheet>")


def _cell(place: str, kind: Type, text: str) -> str:
    if kind in {Type.NUMBER, Type.WHOLE, Type.YES_NO}:
        # yes and no are 1 and 0: of truth values LibreOffice makes formulas
        return f'<c r="{place}"><v>{text}</v></c>'
    if kind is Type.DATE:
        day = dt.date.fromisoformat(text)
        if day >= _FIRST_DAY:
            return f'<c r="{place}" s="{_DATE}"><v>{(day - _EPOCH).days}</v></c>'
    return _text(place, text)


def _text(place: str, text: str, style: int = 0) -> str:
    styled = f' s="{style}"' if style else ""
    kept = _LIKE_ESCAPE.sub("_x005F_", text)
    kept = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", kept)
    return f'<c r="{place}"{styled} t="inlineStr"><is><t xml:space="preserve">{escape(kept)}</t></is></c>'


def _letters(place: int) -> str:
    name, number = "", place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _small_parts(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(titles) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>'
        for number, title in zip(numbers, titles, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{sheets}</sheets></workbook>',
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    styles = f'<Relationship Id="rId{len(titles) + 1}" Type="{_LINKS}/styles" Target="styles.xml"/>'
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}{styles}</Relationships>',
    )
    yield "xl/styles.xml", _STYLES
    yield (
        "_rels/.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_KINDS}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KINDS}.styles+xml"/>{kinds}</Types>',
    )
