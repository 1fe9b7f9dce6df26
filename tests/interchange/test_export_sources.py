"""The tables of an exported set in a workbook that another program saved."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.export_codebook import MARK
from ctdild_desktop.interchange.export_sources import raw_tables
from ctdild_desktop.interchange.source import Source, source_of


def a_set(fvc: str | float, *, since_1904: bool = False) -> Source:
    book = openpyxl.Workbook()
    if since_1904:
        book.epoch = CALENDAR_MAC_1904
    book.active.title = "codebook"
    book.active.append([MARK])
    sheet = book.create_sheet("pft")
    sheet.append(["mrn", "date", "fvc_l"])
    sheet.append(["P1", dt.date(2024, 11, 5), fvc])
    stream = io.BytesIO()
    book.save(stream)
    return source_of("registry.xlsx", stream.getvalue())


@pytest.mark.parametrize("since_1904", [False, True])
def test_a_day_is_the_same_whichever_day_the_workbook_counts_from(since_1904: bool) -> None:
    found = raw_tables([a_set(2.31, since_1904=since_1904)])
    assert found is not None
    assert found.tables["pft"].rows == [(2, ["P1", "2024-11-05", "2.31"])]


def test_a_formula_that_was_never_calculated_is_not_taken_for_an_empty_cell() -> None:
    with pytest.raises(FormatError, match="pft, row 2, fvc_l: the formula in this cell was never calculated"):
        raw_tables([a_set("=1.1+1.2")])
