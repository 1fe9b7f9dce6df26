"""Workbooks and archives as somebody with bad intentions packs them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from functools import cache

SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
WORKBOOK = "xl/workbook.xml"
TITLES = '<row r="1"><c r="A1" t="inlineStr"><is><t>mrn</t></is></c></row>'


def sheet(rows: str, head: str = "") -> bytes:
    """A sheet of these rows."""
    return (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="{SPACE}"><sheetData>{rows}</sheetData></worksheet>'
    ).encode()


def strings(items: str) -> bytes:
    """A table of shared texts."""
    return f'<?xml version="1.0"?><sst xmlns="{SPACE}">{items}</sst>'.encode()


def styles(body: str) -> bytes:
    """A part of styles."""
    return f'<?xml version="1.0"?><styleSheet xmlns="{SPACE}">{body}</styleSheet>'.encode()


def links(body: str) -> bytes:
    """A part of relationships."""
    space = f"{_PACKAGE}/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{space}">{body}</Relationships>'.encode()


@cache
def _plain() -> dict[str, bytes]:
    def link(number: int, kind: str, target: str) -> str:
        return f'<Relationship Id="r{number}" Type="{LINKS}/{kind}" Target="{target}"/>'

    return {
        "_rels/.rels": links(link(1, "officeDocument", WORKBOOK)),
        WORKBOOK: (
            f'<?xml version="1.0"?><workbook xmlns="{SPACE}" xmlns:r="{LINKS}">'
            '<sheets><sheet name="tests" sheetId="1" r:id="r1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": links(
            link(1, "worksheet", "worksheets/sheet1.xml")
            + link(2, "sharedStrings", "sharedStrings.xml")
            + link(3, "styles", "styles.xml")
        ),
        SHEET: sheet(TITLES),
        STRINGS: strings(""),
        STYLES: styles(""),
    }


def packed(changed: Mapping[str, bytes] | None = None, *, stored: tuple[str, ...] = ()) -> bytes:
    """A workbook with some parts replaced or added; ``stored`` ones are not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**_plain(), **(changed or {})}.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED, 1)
    return out.getvalue()


def declared(added: Mapping[str, bytes], size: int) -> bytes:
    """A workbook with members added that claim to hold so many bytes each."""
    data = bytearray(packed(added, stored=tuple(added)))
    for content in added.values():
        length = struct.pack("<L", len(content))
        at = data.find(b"PK\x01\x02")
        while at >= 0:
            if data[at + 24 : at + 28] == length:
                data[at + 24 : at + 28] = struct.pack("<L", size)
            at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def flagged_encrypted(data: bytes) -> bytes:
    """The archive with every member marked as encrypted, in its list of contents and before each member."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(mark)
        while at >= 0:
            changed[at + place] |= 1
            at = data.find(mark, at + 4)
    return bytes(changed)


def endless_contents(entries: int) -> bytes:
    """A file that begins like an archive and is nothing but a list of contents."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 0, 20, 0, *[0] * 7, 1, *[0] * 6) + b"a"
    contents = entry * entries
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, entries & 0xFFFF, entries & 0xFFFF, len(contents), 4, 0)
    return b"PK\3\4" + contents + end
