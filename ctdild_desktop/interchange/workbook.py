"""Reading one sheet of an xlsx workbook, with the limits that a hostile file needs."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.interchange.table import Cell, Row, Table, check_size, fit, make_header

MAX_WORKBOOK_BYTES = 50 * 1024 * 1024
_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_MEMBERS = 2000
_MAX_RATIO = 120
_RATIO_FROM = 1024 * 1024
_LAST_ROW = 1_048_576
_MAX_TOUCHED = 6_000_000
_TEST_SHEETS = ("pft", "tests")
_PADDED = re.compile(r"0{2,}\Z")


def read_workbook(source: Source) -> Table:
    """Read the sheet of lung-function tests: the one named ``pft`` or ``tests``, else the first.

    Numbers and dates keep the type that the workbook gives them. A formula is taken by the value that was
    last calculated; one that was never calculated makes its cell faulty, because nobody has seen its value.

    Raises:
        FormatError: the file is broken, protected, oversized once unpacked, or has no rows.
    """
    check_archive(source)
    try:
        return _read(source)
    except FormatError:
        raise
    except Exception:  # openpyxl answers a broken file with whatever its parts happen to raise
        raise FormatError(
            f"{source.name} is damaged or not a workbook; open it and save it again as xlsx."
        ) from None


def check_archive(source: Source) -> None:
    """Look at the archive's list of contents before anything is unpacked; raises FormatError if hostile."""
    if len(source.data) > MAX_WORKBOOK_BYTES:
        raise FormatError(f"{source.name} is too large for a workbook: the limit is 50 MB.")
    try:
        members = zipfile.ZipFile(io.BytesIO(source.data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise FormatError(f"{source.name} is damaged: it cannot be unpacked as a workbook.") from None
    refused = FormatError(f"{source.name} is refused: it is packed in a way that no ordinary workbook is.")
    if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > _MAX_UNPACKED:
        raise refused
    for member in members:
        name = member.filename.replace("\\", "/")
        if member.flag_bits & 1 or name.startswith("/") or ":" in name or ".." in name.split("/"):
            raise refused
        if member.file_size > _RATIO_FROM and member.file_size > _MAX_RATIO * max(member.compress_size, 1):
            raise refused
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise FormatError(f"{source.name} is not an xlsx workbook.")


def _read(source: Source) -> Table:
    import openpyxl
    from openpyxl.xml import DEFUSEDXML

    if not DEFUSEDXML:
        raise FormatError("Workbooks cannot be read safely on this computer (defusedxml is missing).")
    values = openpyxl.load_workbook(io.BytesIO(source.data), read_only=True, data_only=True, keep_links=False)
    formulas = openpyxl.load_workbook(
        io.BytesIO(source.data), read_only=True, data_only=False, keep_links=False
    )
    try:
        titles = [sheet.title for sheet in values.worksheets]
        if not titles:
            raise FormatError(f"{source.name} has no sheet with rows.")
        chosen = next((title for title in titles if title.strip().casefold() in _TEST_SHEETS), titles[0])
        others = [title for title in titles if title != chosen]
        header_row, header, rows = _rows(source.name, _cells(values[chosen]), _cells(formulas[chosen]))
    finally:
        values.close()
        formulas.close()
    remark = f"Only the sheet {chosen} was read; not read: {', '.join(others)}."
    return Table(
        name=source.name,
        sha256=source.sha256,
        format="xlsx",
        header_row=header_row,
        header=header,
        rows=tuple(rows),
        remarks=(remark,) if others else (),
    )


def _cells(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows()
    return rows


def _rows(
    name: str, shown: Iterable[tuple[Any, ...]], written: Iterable[tuple[Any, ...]]
) -> tuple[int, tuple[str, ...], list[Row]]:
    header_row, header = 0, tuple[str, ...]()
    rows: list[Row] = []
    cells = touched = 0
    for number, (value_cells, formula_cells) in enumerate(zip_longest(shown, written, fillvalue=()), start=1):
        touched += len(value_cells)
        if number > _LAST_ROW or touched > _MAX_TOUCHED:
            raise FormatError(
                f"{name} has far more cells than a table of tests; copy the table into a new workbook."
            )
        record = tuple(_cell(cell) for cell in value_cells)
        faults = {
            place: "the formula in this cell was never calculated"
            for place, (cell, formula) in enumerate(zip(value_cells, formula_cells, strict=False))
            if cell.value is None and formula.data_type == "f"
        }
        width = max((i + 1 for i, text in enumerate(record) if text != "" or i in faults), default=0)
        if width == 0:
            continue
        if not header:
            header_row, header = number, make_header(name, record)
            continue
        cells += width
        check_size(name, len(rows) + 1, width, cells)
        row = fit(number, record[:width], len(header))
        rows.append(Row(row.number, row.cells, row.fault, faults))
    if not header:
        raise FormatError(f"{name} has no sheet with rows.")
    return header_row, header, rows


def _cell(cell: Any) -> Cell:
    """One cell's value as text, exact number or date.

    A float is shortened to the 15 digits that a spreadsheet shows: 0.1 + 0.2 is 0.3 there and here.
    """
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if isinstance(value, int) and _PADDED.match(cell.number_format or ""):
            return str(value).zfill(len(cell.number_format))
        return Decimal(format(value, ".15g") if isinstance(value, float) else value)
    return str(value).replace("\0", "").strip()
