"""The invented files of the demonstration, drawn byte by byte: a page of text as PDF, a picture as PNG.

They say on their face that they are invented, and are the same each time they are made.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import cache

_SIZE = 240
"""Width and height of the picture."""


def page(lines: Sequence[str]) -> bytes:
    """One A4 page with these lines, in the letters of Western Europe, as PDF."""
    shown = [f"({_escaped(line)}) Tj T*" for line in lines]
    drawing = "\n".join(("BT", "/F1 13 Tf", "20 TL", "60 770 Td", *shown, "ET")).encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, written in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    table = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        made += b"%010d 00000 n \n" % place
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(made)


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def picture(shade: int) -> bytes:
    """Two pale ovals on dark ground, as PNG: a drawing that nobody takes for a scan.

    Args:
        shade: how pale, 0 to 100; makes the pictures of different patients differ.
    """
    greys = bytes.maketrans(b"\0\1", bytes((40, 130 + shade)))
    rows = b"".join(b"\0" + row.translate(greys) for row in _ovals())
    head = struct.pack(">IIBBBBB", _SIZE, _SIZE, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


@cache
def _ovals() -> tuple[bytes, ...]:
    """Row by row, 1 where a point is inside of one of the ovals."""
    return tuple(bytes(_inside(x, y) for x in range(_SIZE)) for y in range(_SIZE))


def _inside(x: int, y: int) -> bool:
    across = abs(2 * x - _SIZE) - _SIZE // 2
    upright = 2 * y - _SIZE
    return (across * across) * 4 + upright * upright < (_SIZE * 4 // 5) ** 2


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
