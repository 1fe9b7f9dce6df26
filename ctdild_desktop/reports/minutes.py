"""The minutes of a meeting on paper."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from ctdild_desktop.language import say
from ctdild_desktop.reports.document import Head, write_document
from ctdild_desktop.reports.flow import Block, Heading, Text
from ctdild_desktop.reports.paper import Paper
from ctdild_desktop.services.minutes import MinutesData

_SIZE = 9.5


def write_minutes(target: Path | BinaryIO, data: MinutesData, *, page_size: str = "A4") -> Paper:
    """Write the minutes as PDF; raises as :func:`reports.document.write_document` does."""
    blocks: list[Block] = [Text(text, label=label, size=_SIZE, after=1.5) for label, text in data.facts]
    if not data.cases:
        blocks.append(Text(say("No case is on the agenda.")))
    for case in data.cases:
        blocks += [Heading(case.title), Text(case.identity, size=_SIZE, after=2.0, stays=True)]
        blocks += [
            Text(text, label=label, size=_SIZE, after=1.5, stays=not place)  # the question and what was said
            for place, (label, text) in enumerate(case.entries)
        ]
    blocks += [Text(""), Text(data.signed, size=_SIZE)]
    return write_document(
        target,
        head=Head(data.title, below=data.meeting),
        blocks=blocks,
        by=data.by,
        subject=say("Minutes of a multidisciplinary meeting"),
        page_size=page_size,
    )
