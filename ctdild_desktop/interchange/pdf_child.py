"""The process in which a PDF is opened: it gets the bytes, gives the text of the pages, and can be ended.

A PDF is a program for a large library. What it does to this process, whether it hangs, fails or wants all the
memory, the desk does not notice. The process reads no file, writes none and knows no patient.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from ctypes import byref
from statistics import median
from typing import Any, NamedTuple

MOST_PAGES = 20
MOST_LETTERS = 150_000
_MEMORY, _SECONDS = 1024 * 1024 * 1024, 15
_INVISIBLE = 3
_UPRIGHT = 0.1
_WIDEST = 300
"""Letters of a line at most, however small the type."""


class Glyph(NamedTuple):
    """A letter with its box; the origin is below on the left."""

    letter: str
    left: float
    right: float
    bottom: float
    top: float


def main() -> None:
    """Read a PDF from standard input and answer as JSON on standard output."""
    bound_this_process()
    json.dump(answer(sys.stdin.buffer.read()), sys.stdout)


def bound_this_process() -> None:
    """Let the system end this process when it wants too much."""
    try:
        import resource
    except ImportError:  # Windows: the desk ends it by time alone
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def answer(data: bytes) -> dict[str, Any]:
    """``{"pages": [...]}`` with the lines of each page as text, or ``{"refused": why}``."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return {"refused": "encrypted" if "password" in str(error).lower() else "damaged"}
    try:
        return _pages(document)
    except pypdfium2.PdfiumError:
        return {"refused": "damaged"}


def _pages(document: Any) -> dict[str, Any]:
    count = len(document)
    if not 0 < count <= MOST_PAGES:
        return {"refused": "pages" if count else "damaged"}
    pages: list[str] = []
    room = MOST_LETTERS
    for number in range(count):
        page = document[number]
        text_page = page.get_textpage()
        room -= text_page.count_chars()
        if room < 0:
            return {"refused": "letters"}
        pages.append(laid_out(list(_glyphs(text_page)), page.get_width()))
    return {"pages": pages} if any(page.strip() for page in pages) else {"refused": "scan"}


def _glyphs(text_page: Any) -> Iterator[Glyph]:
    """The upright letters of a page that can be seen; text laid invisibly over a scan is not read."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    for at in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, at)
        if raw.FPDFText_IsGenerated(text_page, at) == 1 or not 32 < code < 0x110000:
            continue
        if 0xD800 <= code <= 0xDFFF or code == 0xFFFE:
            continue
        owner = raw.FPDFText_GetTextObject(text_page, at)
        if owner and raw.FPDFTextObj_GetTextRenderMode(owner) == _INVISIBLE:
            continue
        angle = raw.FPDFText_GetCharAngle(text_page, at)
        if _UPRIGHT < angle < 6.28 - _UPRIGHT:
            continue
        if raw.FPDFText_GetLooseCharBox(text_page, at, byref(box)) and box.top > box.bottom:
            yield Glyph(chr(code), box.left, box.right, box.bottom, box.top)


def laid_out(glyphs: Sequence[Glyph], page_width: float) -> str:
    """Letters as lines of text: what stands below one another on the page does so in the text.

    Args:
        page_width: in the unit of the boxes; lines are never longer than a fixed number of letters.
    """
    shown = [one for one in glyphs if not one.letter.isspace()]
    if not shown:
        return ""
    widths = [one.right - one.left for one in shown if one.right > one.left]
    unit = max(0.8 * median(widths) if widths else 1.0, page_width / _WIDEST, 0.1)
    origin = min(one.left for one in shown)
    return "\n".join(_line(line, unit, origin) for line in _lines(shown))


def _lines(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """The letters line by line from the top; a letter belongs to a line whose middle it stands at."""
    rest = sorted(glyphs, key=lambda one: -(one.bottom + one.top))
    line: list[Glyph] = []
    middle = height = 0.0
    for one in rest:
        centre, tall = (one.bottom + one.top) / 2, one.top - one.bottom
        if line and abs(middle - centre) > 0.5 * min(max(height, tall), 2 * min(height, tall)):
            yield sorted(line, key=lambda each: each.left)
            line = []
        if not line or tall > height:
            middle, height = centre, tall
        line.append(one)
    if line:
        yield sorted(line, key=lambda each: each.left)


def _line(line: Sequence[Glyph], unit: float, origin: float) -> str:
    text, end = "", None
    for one in line:
        size = one.top - one.bottom
        place = min(round((one.left - origin) / unit), _WIDEST)
        if end is None:
            text = " " * place
        elif one.left - end > 0.75 * size:
            text = text.ljust(max(len(text) + 2, place))
        elif one.left - end > 0.12 * size:
            text += " "
        text += one.letter
        end = max(one.right, end or one.right)
    return text


if __name__ == "__main__":
    main()
