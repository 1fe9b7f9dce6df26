"""Workbooks: typed cells, formulas, several sheets, and files made to do harm."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import source_of
from ctdild_desktop.interchange.table import Table, read_table

CONTENT_TYPES = "[Content_Types].xml"
SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows: list[Any], sheet: str = "Sheet1", more: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    for title in more:
        book.create_sheet(title)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rewritten(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, content if member.filename == name else old.read(member))
        if name not in old.namelist():
            new.writestr(name, content)
    return out.getvalue()


def read(data: bytes) -> Table:
    return read_table(source_of("old.xlsx", data))


def test_numbers_and_dates_keep_their_type_exactly() -> None:
    data = workbook(
        ["mrn", "test_date", "fvc_l", "fvc_percent_predicted", "comment"],
        ["00123", dt.datetime(2026, 3, 12), 2.31, 0.1 + 0.2, " 1,5 "],
        [4711, dt.date(2026, 4, 1), 3, None, True],
    )
    found = read(data)
    assert found.format == "xlsx"
    assert found.rows[0].cells == ("00123", dt.date(2026, 3, 12), Decimal("2.31"), Decimal("0.3"), "1,5")
    assert found.rows[1].cells == (Decimal(4711), dt.date(2026, 4, 1), Decimal(3), "", "TRUE")
    assert [row.number for row in found.rows] == [2, 3]


def test_a_number_shown_with_leading_zeros_keeps_them() -> None:
    book = openpyxl.Workbook()
    book.active.append(["mrn"])
    book.active["A2"] = 123
    book.active["A2"].number_format = "000000"
    stream = io.BytesIO()
    book.save(stream)
    assert read(stream.getvalue()).rows[0].cells == ("000123",)


def test_a_formula_that_was_never_calculated_is_a_fault_not_an_empty_cell() -> None:
    row = read(workbook(["mrn", "fvc_l"], ["P1", "=1+1"])).rows[0]
    assert row.cell_faults == {1: "the formula in this cell was never calculated"}


def test_the_sheet_of_tests_is_found_and_the_others_are_named() -> None:
    found = read(workbook(["mrn"], ["P1"], sheet="PFT", more=("notes", "old")))
    assert found.remarks == ("Only the sheet PFT was read; not read: notes, old.",)
    assert read(workbook(["mrn"], ["P1"])).remarks == ()


def test_empty_rows_and_styled_empty_columns_do_not_matter() -> None:
    found = read(workbook([], ["mrn", "fvc_l", None], [None, None], ["P1", 2.0, None]))
    assert (found.header_row, found.header) == (2, ("mrn", "fvc_l"))
    assert [row.number for row in found.rows] == [4]


def test_a_cell_beyond_the_header_makes_the_row_faulty() -> None:
    row = read(workbook(["mrn", "fvc_l"], ["P1", 2.0, 7])).rows[0]
    assert row.fault == "the row has 3 cells where the header has 2"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (workbook(), "no sheet with rows"),
        (workbook(["mrn"])[:-40], "cannot be unpacked"),
        (rewritten(workbook(["mrn"]), SHEET, b"<worksheet><broken"), "damaged or not a workbook"),
        (rewritten(workbook(["mrn"]), "xl/media/zeros.bin", bytes(30 * 1024 * 1024)), "is refused"),
        (rewritten(workbook(["mrn"]), "../../evil.txt", b"x"), "is refused"),
        (rewritten(workbook(["mrn"]), "/etc/evil", b"x"), "is refused"),
        (rewritten(workbook(["mrn"]), "C:\\evil", b"x"), "is refused"),
    ],
)
def test_a_harmful_or_broken_workbook_gets_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said) as refused:
        read(data)
    assert str(refused.value).startswith("old.xlsx")


def test_a_zip_that_is_no_workbook_is_named_so() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("letter.txt", "x")
    with pytest.raises(FormatError, match="not an xlsx workbook"):
        read(stream.getvalue())


def test_too_many_members_are_refused() -> None:
    stream = io.BytesIO(workbook(["mrn"]))
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(2001):
            archive.writestr(f"xl/x{number}", b"")
    with pytest.raises(FormatError, match="is refused"):
        read(stream.getvalue())


def sheet_xml(rows: str, head: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    ).encode()


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
    with pytest.raises(FormatError, match="damaged or not a workbook"):
        read(rewritten(workbook(["mrn"]), SHEET, sheet_xml(cell, bomb)))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="4000000000"><c r="A4000000000"><v>1</v></c></row>',
        "".join(f'<row r="{n}"><c r="XFD{n}" s="0"/></row>' for n in range(1, 20_000)),
    ],
    ids=["row-number-beyond-any-sheet", "far-column-in-every-row"],
)
def test_a_sheet_that_claims_to_be_giant_is_refused(rows: str) -> None:
    with pytest.raises(FormatError, match="far more cells"):
        read(rewritten(workbook(["mrn"]), SHEET, sheet_xml(rows)))
