"""MIR WinspiroPRO: the result file of a spirometer, one value a line parted by tabs.

``FVC  L  2,31  3,10  74,5``: name, unit, best value, predicted value, per cent of it. It names no patient. A
value of 0 was not measured.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections.abc import Sequence

from ctdild_desktop.interchange.collected import Collected
from ctdild_desktop.interchange.drafts import TestDraft, who_of
from ctdild_desktop.interchange.encoding import detect
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.measures import Named, Role, named
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.interchange.values import Marks, marks_in
from ctdild_desktop.language import say

_BEGINS = re.compile(rb"\s*SESSIONDATE\t")
_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z", re.ASCII)
_MOST_LINES = 10_000
_LONGEST_LINE = 1000
_COLUMNS = 5


def is_winspiro(data: bytes) -> bool:
    """Whether the bytes begin as a result file does."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data[:200].decode("utf-16", "replace").encode("ascii", "replace")
    return _BEGINS.match(data.removeprefix(codecs.BOM_UTF8)) is not None


def read_winspiro(source: Source) -> TestTable:
    """Read a result file; each session in it is a test.

    Raises:
        FormatError: a line has not the columns of the format, or a session has no date.
    """
    encoding = detect(source)
    lines = source.data.decode(encoding.codec).splitlines()
    if len(lines) > _MOST_LINES:
        raise FormatError(say("{name} has too many lines for a result of one spirometer.", name=source.name))
    sessions: list[list[list[str]]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(line) > _LONGEST_LINE or not 2 <= len(cells) <= _COLUMNS + 1 or not cells[0]:
            raise FormatError(
                say("{name} is not a sound WinspiroPRO file: line {number}.", name=source.name, number=number)
            )
        if cells[0] == "SESSIONDATE":
            sessions.append([])
        sessions[-1].append(cells)
    found = Collected()
    for number, session in enumerate(sessions, 1):
        found.take(*_draft(number, session), who_of())
    return found.table(source, "winspiro")


def _draft(number: int, session: Sequence[Sequence[str]]) -> tuple[TestDraft, dt.date | None]:
    numbers = [cell for cells in session if len(cells) >= _COLUMNS for cell in cells[2:_COLUMNS]]
    marks = marks_in(numbers)
    draft = TestDraft(
        number, marks=Marks(marks.point, marks.comma or not marks.point), commas=not marks.point
    )
    day: dt.date | None = None
    for cells in session:
        if cells[0] == "SESSIONDATE":
            day = _day(draft, cells[1])
        elif len(cells) < _COLUMNS:
            draft.keep(cells[0], " ".join(cells[1:]))
        else:
            _take(draft, cells)
    draft.set("device", "MIR WinspiroPRO", "", "MIR WinspiroPRO")
    return draft, day


def _take(draft: TestDraft, cells: Sequence[str]) -> None:
    label, unit, text, predicted, percent = cells[:_COLUMNS]
    meant = named(label)
    draft.keep(f"{label} ({_COLUMNS + 1})", " ".join(cells[_COLUMNS:]))
    if not re.search(r"[1-9]", text):
        draft.keep(label, text, unit)
        if meant.quantity in {"FVC", "FEV1"}:
            draft.warn(label, text, say("not a value; taken as not recorded"))
        return
    draft.take(meant, label, text, unit)
    if meant.quantity and meant.role is Role.MEASURED and meant.quantity != "RATIO":
        draft.take(Named(meant.quantity, Role.PREDICTED), f"{label} predicted", predicted, unit)
        draft.take(Named(meant.quantity, Role.PERCENT), f"{label} % predicted", percent, "%")
    else:
        draft.keep(f"{label} predicted", predicted, unit)
        draft.keep(f"{label} % predicted", percent, "%")


def _day(draft: TestDraft, text: str) -> dt.date | None:
    """The day of the session, which the program writes as day, month and year."""
    found = _DAY.match(text)
    try:
        if found is not None:
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    draft.refuse("SESSIONDATE", text, say("not a date; write it as 2026-03-12 or 12.03.2026"))
    return None
