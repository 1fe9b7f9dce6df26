"""A letter on a decision, on paper."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from ctdild_desktop.reports.document import Head, write_document
from ctdild_desktop.reports.flow import Text
from ctdild_desktop.reports.paper import Paper
from ctdild_desktop.services.letters import LetterData

_SIZE = 10.5


def write_letter(target: Path | BinaryIO, data: LetterData, *, page_size: str = "A4") -> Paper:
    """Write the letter as PDF; raises as :func:`reports.document.write_document` does."""
    return write_document(
        target,
        head=Head(data.title, below=data.whose),
        blocks=[Text(data.text, size=_SIZE)],
        by=data.by,
        subject=data.title,
        page_size=page_size,
    )
