"""Reading tables: encodings, cell marks, broken and hostile files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import read_source, source_of
from ctdild_desktop.interchange.table import Table, read_table


def table(content: str | bytes) -> Table:
    data = content if isinstance(content, bytes) else content.encode()
    return read_table(source_of("tests.csv", data))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_usual_spelling_of_a_table_reads_the_same(mark: str, newline: str, codec: str) -> None:
    text = newline.join([mark.join(["mrn", "family_name"]), mark.join(["P1", "Müller-Ødegård"]), ""])
    found = table(text.encode(codec))
    assert found.header == ("mrn", "family_name")
    assert [row.cells for row in found.rows] == [("P1", "Müller-Ødegård")]
    assert found.remarks == ()


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    found = table('mrn,comment\nP1,"two\nlines"\n\nP2,x\n')
    assert [(row.number, row.cells[0]) for row in found.rows] == [(2, "P1"), (4, "P2")]
    assert found.header_row == 1


def test_excel_may_name_the_mark_in_the_first_line() -> None:
    found = table("sep=;\nmrn;note\nP1;a,b,c\n")
    assert found.header == ("mrn", "note")
    assert found.rows[0].number == 3


def test_a_comma_in_a_title_does_not_part_cells() -> None:
    text = "mrn;FVC, L;FEV1, L\nP1;2,31;1,80\nP2;2,4;1,9\n"
    with pytest.raises(FormatError, match="not clear which character"):
        table(text)
    found = read_table(source_of("tests.csv", text.encode()), titles=["MRN"])
    assert found.header == ("mrn", "FVC, L", "FEV1, L")


def test_windows_letters_are_read_and_told() -> None:
    found = table("mrn,family_name\nP1,Müller\n".encode("cp1252"))
    assert found.rows[0].cells[1] == "Müller"
    assert "Windows-1252" in found.remarks[0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("mrn,n\nP1,Müller\n".encode() + "P2,José\n".encode("cp1252"), "mixes two encodings"),
        (b"mrn,n\nP1,\x81\x8d\n", "no text encoding"),
        (b"\xef\xbb\xbfmrn,n\nP1,\xff\n", "says it is UTF-8"),
        (b"\xff\xfem\x00r", "no text encoding"),
        (b"\xff\xfe\x00\x00m\x00\x00\x00", "UTF-32"),
        (b"mrn,n\nP1,a\x00b\n", "NUL"),
        ("mrn,n\nP1,a\0b\n".encode("utf-16"), "NUL"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or protected Excel"),
        (b'mrn,n\nP1,"never closed\nP2,x\n', "not closed"),
        (b'mrn,n\nP1,"a"b\n', "not closed"),
        (b"mrn,n\nP1," + b"x" * 200_000, "far too long"),
        (b"mrn,n\nP1," + b"x" * 1_100_000, "a million characters"),
        (b"mrn,MRN\nP1,P2\n", "two columns named MRN"),
        (b"\n\n  \n", "is empty"),
        (b"mrn;a,b\nP1;x,y\n", "not clear which character"),
        (b"a," * 600 + b"a\n", "columns"),
        (b"PK\x03\x04 not a zip", "cannot be unpacked"),
    ],
)
def test_a_file_that_is_no_table_gets_one_clear_sentence(data: bytes, said: str) -> None:
    with pytest.raises(FormatError) as refused:
        table(data)
    text = str(refused.value)
    assert said in text
    assert text.endswith(".")
    assert "\n" not in text
    assert "Müller" not in text


def test_short_rows_are_padded_and_long_ones_are_faulty() -> None:
    found = table("mrn,a,b\nP1,1\nP2,1,2,3\nP3,1,2,,\n")
    assert found.rows[0].cells == ("P1", "1", "")
    assert found.rows[1].fault == "the row has 4 cells where the header has 3"
    assert found.rows[2].fault is None


def test_a_file_cut_inside_its_last_row_says_so() -> None:
    assert table("mrn,a,b\nP1,1,2\nP2,1").rows[1].fault == "the file ends inside this row"
    assert table("mrn,a,b\nP1,1,2\nP2,1,2").rows[1].fault is None


def test_the_format_can_be_demanded() -> None:
    source = source_of("t.csv", b"mrn\nP1\n")
    assert read_table(source, file_format="csv").format == "csv"
    with pytest.raises(FormatError, match="looks like csv"):
        read_table(source, file_format="xlsx")
    with pytest.raises(FormatError, match="gdt"):
        read_table(source, file_format="gdt")


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(FormatError, match="200,000 rows"):
        table("mrn\n" + "1\n" * 200_010)


def test_the_size_is_looked_at_before_reading(tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)
    with pytest.raises(FormatError, match=r"big\.csv is too large: 200 MB, and the limit is 50 MB\."):
        read_source(big)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(FormatError, match=r"empty\.csv is empty"):
        read_source(tmp_path / "empty.csv")
    with pytest.raises(FormatError, match="no file missing"):
        read_source(tmp_path / "missing.csv")
    with pytest.raises(FormatError, match="folder"):
        read_source(tmp_path)


def test_the_fingerprint_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"abc")
    # SHA-256 of "abc", FIPS 180-2 appendix B.1
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert read_source(tmp_path / "a.csv").sha256 == expected


def rows_or_sentence(content: str | bytes) -> str | None:
    """The sentence with which a file is refused; None when it is a sound table. Nothing else may come out."""
    try:
        found = table(content)
    except FormatError as refused:
        return str(refused)
    sound = all(len(row.cells) <= len(found.header) and row.number > found.header_row for row in found.rows)
    return None if sound else ""


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_anything_but_a_table_or_a_sentence(data: bytes) -> None:
    assert rows_or_sentence(data) != ""


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from('a1";,\t\n\r=é'), max_size=8), max_size=8))
def test_no_text_makes_anything_but_a_table_or_a_sentence(lines: list[list[str]]) -> None:
    assert rows_or_sentence("mrn,x\n" + "\n".join("".join(line) for line in lines)) != ""


def test_cells_are_text_in_a_text_file() -> None:
    cells = table("mrn,fvc_l\n007,2.310\n").rows[0].cells
    assert cells == ("007", "2.310")
    assert not any(isinstance(cell, Decimal) for cell in cells)


def test_too_many_cells_are_refused() -> None:
    header = ",".join(f"c{number}" for number in range(400))
    with pytest.raises(FormatError, match="too many cells"):
        table(f"{header}\n" + ("," * 399 + "\n") * 100 + ("1," * 399 + "1\n") * 6_300)


def test_a_windows_file_full_of_letters_is_decided_quickly() -> None:
    data = b"mrn,family_name\n" + "P1,Müller-Ødegård\n".encode("cp1252") * 150_000
    assert len(table(data).rows) == 150_000
