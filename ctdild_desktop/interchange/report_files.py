"""Files that are reports in text: told apart from tables here, and never imported by themselves."""

from __future__ import annotations

import re

from ctdild_desktop.interchange.encoding import detect
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.pdf_text import is_pdf, read_pdf
from ctdild_desktop.interchange.records import Remark, TestTable
from ctdild_desktop.interchange.report_text import MOST_LETTERS, read_report
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import marked, say

REPORTS = ("pdf", "text")
TO_CONFIRM = marked(
    "a report in text is confirmed value by value in the window, beside the patient: open the patient and "
    "choose Paste report"
)
"""Why such a file is not imported."""
_ENDINGS = (".txt", ".text")
_LETTERS_OF_UTF_8 = 4
_OURS = frozenset({"mrn", "test_date"})
"""A line of heads with one of these is that of a table."""


def report_format(source: Source) -> str:
    """``pdf``, ``text`` for a plain text that says a value of lung function in running words or in a table
    without the columns of ours, or empty.
    """
    if is_pdf(source.data):
        return "pdf"
    named = source.name.casefold().endswith(_ENDINGS)
    if not named or len(source.data) > MOST_LETTERS * _LETTERS_OF_UTF_8:
        return ""
    try:
        text = _text_of(source)
        head = next((line for line in text.splitlines() if line.strip()), "").casefold()
        if _OURS & {cell.strip(' "') for cell in re.split(r"[\t,;|]", head)}:
            return ""
        return "text" if read_report(text).sightings else ""
    except FormatError:
        return ""


def text_of(source: Source) -> str:
    """The text of a report; raises FormatError when it cannot be read."""
    return read_pdf(source) if is_pdf(source.data) else _text_of(source)


def _text_of(source: Source) -> str:
    return source.data.decode(detect(source).codec)


def read_to_confirm(source: Source) -> TestTable:
    """A report as a file of which nothing is taken, with what would be read of it.

    Raises:
        FormatError: its text cannot be read.
    """
    return TestTable(
        name=source.name,
        sha256=source.sha256,
        format=report_format(source),
        rows_read=1,
        rows=(),
        rejected=(Remark(None, "", "", say(TO_CONFIRM)),),
        warnings=(),
        report=read_report(text_of(source)),
    )
