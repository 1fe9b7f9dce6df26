"""Workbooks: typed cells, formulas, several sheets, and cells that cannot be read."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import source_of
from ctdild_desktop.interchange.table import Table, read_table
from tests.support.packing import (
    LINKS,
    SHEET,
    SPACE,
    STRINGS,
    STYLES,
    TITLES,
    WORKBOOK,
    packed,
    sheet,
    strings,
    styles,
)


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
    ],
)
def test_a_broken_workbook_gets_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said) as refused:
        read(data)
    assert str(refused.value).startswith("old.xlsx")


def test_a_zip_that_is_no_workbook_is_named_so() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("letter.txt", "x")
    with pytest.raises(FormatError, match="not an xlsx workbook"):
        read(stream.getvalue())


def one_cell(cell: str, more: dict[str, bytes] | None = None) -> Table:
    """A sheet with the title ``mrn`` and one cell below it, as XML."""
    return read(packed({SHEET: sheet(f'{TITLES}<row r="2">{cell}</row>'), **(more or {})}))


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ('<c r="A2"><v>1e999</v></c>', "15 digits"),
        ('<c r="A2"><v>1234567890123456</v></c>', "15 digits"),
        ('<c r="A2"><v>nan</v></c>', "not a number"),
        ('<c r="A2"><v>0x10</v></c>', "not a number"),
        (f'<c r="A2"><v>{"9" * 5000}</v></c>', "not a number"),
        ('<c r="A2" t="d"><v>yesterday</v></c>', "not a date"),
        ('<c r="A2" t="d"><v>2026-02-30</v></c>', "not a date"),
        ('<c r="A2" s="1"><v>99999999</v></c>', "outside the calendar"),
        ('<c r="A2" s="1"><v>1e300</v></c>', "outside the calendar"),
        ('<c r="A2"><f>1+1</f></c>', "never calculated"),
        ('<c r="A2"><f>1+1</f><v></v></c>', "never calculated"),
    ],
)
def test_a_cell_that_cannot_be_read_is_faulty_alone(cell: str, fault: str) -> None:
    dated = styles('<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>')
    (row,) = one_cell(cell, {STYLES: dated}).rows
    assert fault in row.cell_faults[0]
    assert row.fault is None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A2" t="str"><f>IF(B2="","",B2)</f><v></v></c><c r="B2"><v>7</v></c>', ""),
        ('<c r="A2" t="str"><f>A1</f><v>P1</v></c>', "P1"),
        ('<c r="A2" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="A2" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="A2" t="d"><v>2026-03-12T00:00:00Z</v></c>', dt.date(2026, 3, 12)),
        ('<c t="inlineStr"><is><r><t>MR</t></r><r><t xml:space="preserve">N 1 </t></r></is></c>', "MRN 1"),
        ('<c r="A2"><v>1.5E-3</v></c>', Decimal("0.0015")),
        ('<c r="A2" t="inlineStr"><is><t>&lt;b&gt; &amp; &#233;</t></is></c>', "<b> & é"),
    ],
)
def test_a_cell_is_read_as_the_workbook_means_it(cell: str, value: object) -> None:
    found = read(packed({SHEET: two_titles(cell)}))
    assert found.rows[0].cells[0] == value
    assert found.rows[0].cell_faults == {}


def two_titles(cells: str) -> bytes:
    titles = TITLES.replace("</row>", '<c r="B1" t="inlineStr"><is><t>note</t></is></c></row>')
    more = "" if 'r="B2"' in cells else '<c r="B2" t="inlineStr"><is><t>x</t></is></c>'
    return sheet(f'{titles}<row r="2">{cells}{more}</row>')


def test_readings_above_shared_letters_are_no_part_of_the_text() -> None:
    text = strings("<si><t>山田</t><rPh sb='0' eb='2'><t>ヤマダ</t></rPh></si>")
    assert one_cell('<c r="A2" t="s"><v>0</v></c>', {STRINGS: text}).rows[0].cells == ("山田",)


def test_a_workbook_that_counts_from_1904_has_its_dates_four_years_later() -> None:
    dated = {STYLES: styles('<cellXfs><xf numFmtId="14"/></cellXfs>')}
    cell = '<c r="A2"><v>40000</v></c>'
    assert one_cell(cell, dated).rows[0].cells == (dt.date(2009, 7, 6),)
    plain = zipfile.ZipFile(io.BytesIO(packed())).read(WORKBOOK)
    from_1904 = plain.replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    assert one_cell(cell, {**dated, WORKBOOK: from_1904}).rows[0].cells == (dt.date(2013, 7, 7),)


def test_the_strict_form_of_a_workbook_is_read_as_well() -> None:
    strict = {
        name: zipfile.ZipFile(io.BytesIO(packed({SHEET: sheet(f"{TITLES}<row><c><v>7</v></c></row>")})))
        .read(name)
        .replace(SPACE.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        .replace(LINKS.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships")
        for name in ("_rels/.rels", WORKBOOK, "xl/_rels/workbook.xml.rels", SHEET)
    }
    assert read(packed(strict)).rows[0].cells == (Decimal(7),)


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9, allow_nan=False, width=32),
    st.dates(dt.date(1901, 1, 1), dt.date(2200, 1, 1)),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12),
)


@settings(max_examples=40)
@given(st.lists(st.lists(_VALUES, min_size=3, max_size=3), min_size=1, max_size=6))
def test_another_reader_finds_the_same_cells(rows: list[list[Any]]) -> None:
    """openpyxl reads its own files, value by value; texts are told from formulas by a leading letter."""
    texts = [[f"x{value}" if isinstance(value, str) else value for value in row] for row in rows]
    data = workbook(["a", "b", "c"], *texts)
    theirs = openpyxl.load_workbook(io.BytesIO(data), data_only=True).active
    wanted = [
        tuple(shown(cell.value) for cell in row)
        for row in theirs.iter_rows(min_row=2, max_col=3)
        if any(cell.value is not None for cell in row)
    ]
    assert [row.cells for row in read(data).rows] == wanted


def shown(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return Decimal(format(value, ".15g"))
    if isinstance(value, int):
        return Decimal(value)
    return value.date() if isinstance(value, dt.datetime) else value.strip()
