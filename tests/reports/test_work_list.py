"""The work list on paper: every row once, on as many sheets as it takes, with nothing cut."""

from __future__ import annotations

import io

import pypdfium2
import pytest

from ctdild_desktop.reports.paper import Paper
from ctdild_desktop.reports.work_list import PrintedGroup, PrintedList, PrintedRow, write_work_list


def listed(count: int, reason: str = "PFT (spirometry), last 28.08.2025") -> PrintedList:
    def row(number: int) -> PrintedRow:
        return PrintedRow(
            reason=reason,
            name=f"PATIENT, Number {number:03}",
            identity=f"F · 18.09.1970 · DEMO-{number:04} · ASyS, fibrotic NSIP",
            due="28.02.2026",
            state="overdue 12 d",
            pressing=True,
        )

    groups = (
        PrintedGroup("Progression newly met: 1", (row(0),)),
        PrintedGroup(f"Due or overdue: {count}", tuple(row(number) for number in range(1, count + 1))),
    )
    return PrintedList("Today, Thursday 12.03.2026", groups, "Work list · printed by R. Amsel")


def written(data: PrintedList, page_size: str = "A4") -> tuple[list[str], Paper]:
    held = io.BytesIO()
    paper = write_work_list(held, data, page_size=page_size)
    document = pypdfium2.PdfDocument(held.getvalue())
    return [page.get_textpage().get_text_range() for page in document], paper


@pytest.mark.parametrize("page_size", ["A4", "Letter"])
def test_every_row_is_printed_once_and_a_heading_is_repeated_on_each_sheet(page_size: str) -> None:
    sheets, _paper = written(listed(70), page_size)
    assert len(sheets) == 3
    whole = "\n".join(sheets)
    assert [whole.count(f"Number {number:03}") for number in range(71)] == [1] * 71
    assert all("Due or overdue: 70" in sheet for sheet in sheets)
    assert [f"{number} / 3" in sheet for number, sheet in enumerate(sheets, 1)] == [True] * 3


def test_one_row_fills_one_sheet() -> None:
    (sheet,), _paper = written(listed(1))
    assert "Today, Thursday 12.03.2026" in sheet
    assert "1 / 1" in sheet


def test_no_text_leaves_its_place_however_long_it_is() -> None:
    data = listed(40, reason="full blood count, " * 30)
    _sheets, paper = written(data)
    for text in paper.placed:
        frame = paper.frames[text.frame]
        assert frame.x0 - 0.1 <= text.box.x0, text.text
        assert text.box.x1 <= frame.x1 + 0.1, text.text
        assert frame.y0 - 0.1 <= text.box.y0, text.text
        assert text.box.y1 <= frame.y1 + 0.1, text.text
