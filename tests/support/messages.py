"""Small messages of devices, made field by field, and where the real ones lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REAL = Path(os.environ.get("CTDILD_REAL_FILES", Path(__file__).resolve().parents[3] / "shared" / "real"))


def real(name: str) -> Path:
    """A file that is no part of the project; the test is skipped, saying so, where the folder is not."""
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"{path} is not there: real files are no part of the project")
    return path


def gdt_line(field: str, content: str, *, codec: str = "ascii") -> bytes:
    """One line of GDT: its length counts itself, the field and the line end."""
    data = content.encode(codec)
    return f"{len(data) + 9:03d}{field}".encode("ascii") + data + b"\r\n"


def gdt(*fields: tuple[str, str], kind: str = "6310", codec: str = "ascii") -> bytes:
    """A record with its whole length in field 8100."""
    body = b"".join(gdt_line(name, content, codec=codec) for name, content in fields)
    head = gdt_line("8000", kind)
    total = len(head) + len(body) + 16
    return head + gdt_line("8100", f"{total:07d}") + body


WHO = (("3000", "P1"), ("3101", "Holm"), ("3102", "Ada"), ("3103", "12031958"), ("3110", "2"))
DAY = (("8402", "LUFU01"), ("8432", "06052024"))


def value(code: str, number: str, unit: str, *words: str, normal: str = "") -> tuple[tuple[str, str], ...]:
    """The lines of one test value."""
    said = tuple(("8470", word) for word in words)
    more = (("8460", normal),) if normal else ()
    return (("8410", code), *said, ("8420", number), ("8421", unit), *more)
