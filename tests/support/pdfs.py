"""PDFs of reports: text set in columns as a laboratory's program sets it."""

from __future__ import annotations

import io
import re

from reportlab.pdfgen.canvas import Canvas

_PARTS = re.compile(r"[^\s|](?:[^|\t]*?)(?=\s{2,}|\s*\||\t|\s*$)")
SCAN = "\0scan"
"""A page without any text."""


def text_pdf(*pages: str, passphrase: str = "", font: str = "Helvetica", invisible: bool = False) -> bytes:
    """A PDF whose pages show these texts, each part at its column, in letters of different widths."""
    held = io.BytesIO()
    canvas = Canvas(held, encrypt=passphrase or None, invariant=True)
    for page in pages:
        canvas.rect(30, 30, 500, 780)
        for number, line in enumerate(() if page == SCAN else page.split("\n")):
            for part in _PARTS.finditer(line.expandtabs(16)):
                words = canvas.beginText(40 + part.start() * 5, 800 - 13 * number)
                words.setFont(font, 9)
                words.setTextRenderMode(3 if invisible else 0)
                words.textOut(part[0])
                canvas.drawText(words)
        canvas.showPage()
    canvas.save()
    return held.getvalue()
