"""Tables made to do harm: refused in words, within two seconds and 300 MB, or read as what they are."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl.styles.numbers  # noqa: F401  here, and not again in the child of each workbook
import pytest

from ctdild_desktop.interchange.clinic_files import read_tables
from ctdild_desktop.interchange.source import read_source
from tests.support import packing
from tests.support.measured import Measured, measure
from tests.support.packing import SHEET, STRINGS, STYLES, TITLES, packed, sheet, strings, styles

MOST_SECONDS, MOST_MEGABYTES = 2.0, 300.0
MEGABYTE = 1_000_000


def read(path: Path) -> str:
    """What importing would take from a file."""
    found = read_tables(read_source(path))
    return f"{len(found.rows)} rows, {len(found.rejected)} rejected"


def numbers(rows: int, width: int) -> bytes:
    """A sheet of numbers that differ."""
    letters = [chr(65 + place) for place in range(width)]
    return sheet(
        "".join(
            f'<row r="{row}">'
            + "".join(f'<c r="{at}{row}"><v>{row * 100 + place}</v></c>' for place, at in enumerate(letters))
            + "</row>"
            for row in range(1, rows + 1)
        )
    )


def wide_letters(length: int) -> str:
    """Text that takes four bytes a letter in memory although three in the file."""
    return "山田" * (length // 2 - 1) + "\N{GRINNING FACE}"


def mixed_bytes(length: int) -> bytes:
    return random.Random(8).randbytes(length).replace(b"\0", b"\n")


CSV: dict[str, tuple[Callable[[], bytes], str]] = {
    "blank lines": (lambda: b"mrn,test_date\n" + b"\n" * 5 * MEGABYTE, "too many rows"),
    "short lines": (lambda: b"mrn,test_date\n" + b"1\n" * 5 * MEGABYTE, "too many rows"),
    "empty cells": (lambda: b"mrn,test_date\n" + (b"," * 399 + b"\n") * 100_000, "too many cells"),
    "full cells": (
        lambda: b"mrn,test_date,a,b,c,d,e,f,g,h,i,j\n" + (b"1234567890abcdefgh," * 11 + b"x\n") * 199_000,
        "too many cells",
    ),
    "wide letters": (
        lambda: b"mrn,test_date\n" + ("\N{GRINNING FACE}" * 30 + ",x\n").encode() * 205_000,
        "too many",
    ),
    "open quote": (lambda: b'mrn,test_date\n1,"' + b"a\n" * 6 * MEGABYTE, "not closed"),
    "doubled quotes": (lambda: b'mrn,test_date\n1,"' + b'""' * 6 * MEGABYTE, "a million characters"),
    "one long line": (lambda: b"mrn,test_date\n" + b"x" * 8 * MEGABYTE, "a million characters"),
    "one long cell": (lambda: b"mrn,test_date\n" + b"x" * 140_000 + b"\n", "far too long"),
    "Windows letters": (lambda: b"mrn,test_date\n" + b"\xe4\xf6\n" * 5 * MEGABYTE, "too many rows"),
    "nearly UTF-8": (lambda: b"mrn,test_date\n" + b"\xe4\xa4\n" * 5 * MEGABYTE, "too many rows"),
    "nearly UTF-8, long lines": (lambda: b"mrn,test_date\n" + b"\xe4\xa4," * 8 * MEGABYTE, "characters"),
    "random bytes": (lambda: mixed_bytes(6 * MEGABYTE), "UTF-8"),
    "nothing but NUL": (lambda: bytes(6 * MEGABYTE), "NUL"),
    "UTF-16 without end": (lambda: b"\xff\xfe" + b"a\n" * 4 * MEGABYTE, "characters"),
    "a thousand columns": (lambda: b",".join(b"c%d" % n for n in range(1000)) + b"\n1\n", "500 columns"),
    "every cell wrong": (
        lambda: b"mrn,test_date,fvc_l,fev1_l,dlco,tlc_l,va_l\n" + b"1,x,x,x,x,x,x\n" * 30_000,
        "does not fit",
    ),
}
XLSX: dict[str, tuple[Callable[[], bytes], str]] = {
    "endless contents": (lambda: packing.endless_contents(900_000), "is refused"),
    "too many members": (lambda: packed({f"xl/x{n}": b"" for n in range(2001)}), "is refused"),
    "members of one name": (lambda: packed({SHEET.upper(): b"x"}), "is refused"),
    "encrypted members": (lambda: packing.flagged_encrypted(packed()), "is refused"),
    "a way out of the folder": (lambda: packed({"../../evil.txt": b"x"}), "is refused"),
    "a name from the root": (lambda: packed({"/etc/evil": b"x"}), "is refused"),
    "a name of a drive": (lambda: packed({"C:\\evil": b"x"}), "is refused"),
    "zeros that swell": (lambda: packed({"xl/media/zeros": bytes(30 * MEGABYTE)}), "is refused"),
    "more than 200 MB": (
        lambda: packing.declared({"xl/media/noise": mixed_bytes(3 * MEGABYTE)}, 210 * MEGABYTE),
        "is refused",
    ),
    "entities within entities": (
        lambda: packed(
            {
                SHEET: sheet(
                    '<row r="1"><c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row>',
                    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
                    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>',
                )
            }
        ),
        "is refused",
    ),
    "an outside entity": (
        lambda: packed(
            {
                STRINGS: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                + strings("<si><t>&a;</t></si>")[21:]
            }
        ),
        "is refused",
    ),
    "an outside document type": (
        lambda: packed({STYLES: b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + styles("")[21:]}),
        "is refused",
    ),
    "a row beyond any sheet": (
        lambda: packed({SHEET: sheet(TITLES + '<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>')}),
        "is refused",
    ),
    "a column beyond any sheet": (
        lambda: packed({SHEET: sheet(TITLES + '<row r="2"><c r="ZZZ2"><v>1</v></c></row>')}),
        "is refused",
    ),
    "a far cell in every row": (
        lambda: packed(
            {
                SHEET: sheet(
                    "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 20_000))
                )
            }
        ),
        "500 columns",
    ),
    "dimensions that lie": (
        lambda: packed(
            {SHEET: sheet(TITLES).replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')}
        ),
        "test_date",
    ),
    "one row of a million cells": (
        lambda: packed(
            {SHEET: sheet(TITLES + '<row r="2">' + '<c r="A2"><v>1</v></c>' * MEGABYTE + "</row>")},
            stored=(SHEET,),
        ),
        "is refused",
    ),
    "millions of marks": (
        lambda: packed({SHEET: sheet("<a/>" * 8 * MEGABYTE)}, stored=(SHEET,)),
        "far more cells",
    ),
    "a million foreign marks": (
        lambda: packed({SHEET: sheet("<a/>" * MEGABYTE)}, stored=(SHEET,)),
        "refused",
    ),
    "marks within marks": (
        lambda: packed({SHEET: sheet("<a>" * MEGABYTE + "</a>" * MEGABYTE)}, stored=(SHEET,)),
        "is refused",
    ),
    "one endless remark": (
        lambda: packed({SHEET: sheet("<!--" + "x" * 8 * MEGABYTE + "-->")}, stored=(SHEET,)),
        "is refused",
    ),
    "one endless mark": (
        lambda: packed({SHEET: sheet('<row r="1" x="' + "y" * 8 * MEGABYTE + '"/>')}, stored=(SHEET,)),
        "is refused",
    ),
    "one endless text": (
        lambda: packed(
            {SHEET: sheet('<row r="1"><c r="A1"><v>' + "9" * 8 * MEGABYTE + "</v></c></row>")},
            stored=(SHEET,),
        ),
        "is refused",
    ),
    "text between the cells": (
        lambda: packed({SHEET: sheet("x" * 8 * MEGABYTE)}, stored=(SHEET,)),
        "no sheet with rows",
    ),
    "two million shared texts": (
        lambda: packed({STRINGS: strings("<si><t>1</t></si>" * 2 * MEGABYTE)}, stored=(STRINGS,)),
        "far more cells",
    ),
    "shared texts beyond all measure": (
        lambda: packed(
            {STRINGS: strings(f"<si><t>{wide_letters(131_000)}</t></si>" * 130)}, stored=(STRINGS,)
        ),
        "is refused",
    ),
    "a text of endless pieces": (
        lambda: packed(
            {STRINGS: strings("<si>" + ("<r><t>" + "z" * 1000 + "</t></r>") * 30_000 + "</si>")},
            stored=(STRINGS,),
        ),
        "is refused",
    ),
    "a shared text that is not there": (
        lambda: packed({SHEET: sheet('<row r="1"><c r="A1" t="s"><v>77</v></c></row>')}),
        "is refused",
    ),
    "half a million styles": (
        lambda: packed(
            {STYLES: styles("<cellXfs>" + '<xf numFmtId="0"/>' * 500_000 + "</cellXfs>")}, stored=(STYLES,)
        ),
        "is refused",
    ),
    "a number format of endless length": (
        lambda: packed(
            {
                STYLES: styles(
                    f'<numFmts><numFmt numFmtId="200" formatCode="{"[" * 500_000}"/></numFmts>'
                    '<cellXfs><xf numFmtId="200"/></cellXfs>'
                )
            },
            stored=(STYLES,),
        ),
        "test_date",
    ),
    "a quarter of a million links": (
        lambda: packed(
            {
                "xl/_rels/workbook.xml.rels": packing.links(
                    f'<Relationship Id="q" Type="{packing.LINKS}/styles" Target="styles.xml"/>' * 250_000
                )
            },
            stored=("xl/_rels/workbook.xml.rels",),
        ),
        "is refused",
    ),
    "more cells than any table": (
        lambda: packed(
            {SHEET: sheet(TITLES + ("<row>" + "<c><v>1</v></c>" * 26 + "</row>") * 60_000)}, stored=(SHEET,)
        ),
        "far more cells",
    ),
    "a sheet that breaks off": (lambda: packed({SHEET: numbers(1000, 3)[:5000]}), "damaged"),
    "a workbook that breaks off": (lambda: packed()[:-30], "damaged"),
}
CASES = {f"{name}.csv": case for name, case in CSV.items()} | {
    f"{name}.xlsx": case for name, case in XLSX.items()
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Measured]]:
    """Every file read once, each in a process of its own."""
    folder = tmp_path_factory.mktemp("hostile")
    files = []
    for name, (make, _) in CASES.items():
        files.append(folder / name)
        files[-1].write_bytes(make())
    yield measure(f"{__name__}:read", files)
    for file in files:
        file.unlink()


@pytest.mark.parametrize("name", CASES)
def test_i1_a_hostile_table_is_refused_in_words_soon_and_in_little_memory(
    measured: dict[str, Measured], name: str
) -> None:
    found = measured[name]
    assert CASES[name][1] in found.said, found
    assert found.said.startswith("FormatError: "), found
    assert found.seconds <= MOST_SECONDS, found
    assert found.megabytes <= MOST_MEGABYTES, found
