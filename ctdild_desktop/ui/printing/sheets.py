"""A printout as its sheets: which there are, how each looks, and those of them that shall be printed.

Everything here works on bytes in memory and may be called away from the main thread.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QSizeF
from PySide6.QtGui import QImage

POINT = 72.0
"""Points in an inch; the unit of all sizes of paper here."""
_PART = re.compile(r"(\d{1,4})(?:\s*[-\u2013]\s*(\d{1,4})?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printout:
    """Something to be printed. Its title and file name name nobody: both are seen in lists and queues."""

    title: str
    file_name: str
    """Proposed for the file: ``mdt-page-2026-03-12.pdf``."""
    make: Callable[[str, tuple[int, ...]], bytes]
    """The PDF on a size of paper, of these sheets (from 1) or of all; called away from the main thread."""
    sizes: tuple[str, ...] = ("A4", "Letter")
    whose: str = ""
    """Whom it is about, shown in the dialog alone."""
    note: str = ""
    """What is to be known before it is printed."""
    colour: bool = False
    """Whether it is drawn in colours and not in greys alone."""


class RangeError(ValueError):
    """A range of sheets that cannot be read, with the reason as one sentence."""


def sheets_of(text: str, count: int) -> tuple[int, ...]:
    """The sheets that ``1-3, 5`` means, in their order; nothing is all of them.

    Raises:
        RangeError: the text is no range, or there are no such sheets.
    """
    if not text.strip():
        return tuple(range(1, count + 1))
    found: set[int] = set()
    for part in re.split(r"[,;]", text):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise RangeError(_tr("Write pages as 1-3, 5."))
        first = int(match[1])
        last = int(match[2]) if match[2] else count if part.strip() != match[1] else first
        if not 1 <= first <= last <= count:
            raise RangeError(_tr("There are pages 1 to {count}.").format(count=count))
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def sizes_of(pdf: bytes) -> tuple[QSizeF, ...]:
    """Width and height of each sheet in points."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return tuple(QSizeF(*document.get_page_size(at)) for at in range(len(document)))


def picture(pdf: bytes, sheet: int, scale: float, *, grey: bool = False) -> QImage:
    """One sheet (from 1) as a picture, ``scale`` pixels for each point."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        page = document[sheet - 1]
        drawn = page.render(scale=scale, grayscale=grey, prefer_bgrx=not grey)
        kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB32
        image = QImage(bytes(drawn.buffer), drawn.width, drawn.height, drawn.stride, kind).copy()
        drawn.close()
        page.close()
    return image


def only(pdf: bytes, sheets: tuple[int, ...]) -> bytes:
    """A PDF of some of the sheets, in this order, holding nothing of the others."""
    import pypdfium2

    held = io.BytesIO()
    with pypdfium2.PdfDocument(pdf) as document, pypdfium2.PdfDocument.new() as chosen:
        if sheets == tuple(range(1, len(document) + 1)):
            return pdf
        chosen.import_pages(document, [sheet - 1 for sheet in sheets])
        chosen.save(held)
    return held.getvalue()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Printing", text)
