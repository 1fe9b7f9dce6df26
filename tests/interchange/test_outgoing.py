"""Text on its way into a spreadsheet: nothing in it is ever calculated there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.interchange.outgoing import as_line, harmless


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "  =1+1",
        "\t=1",
        "\r=1",
        "\n1",
        "\0",
        "=cmd|'/c calc'!A0",
        '=HYPERLINK("http://x","y")',
        "＝1+1",
        "＋1",
        "－A",
        "＠x",
        "-",
        "-2.5 L",
    ],
)
def test_what_would_be_calculated_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "Smith", "O'Brien", "2.31", "-2.31", "+4", "-1,5", "1e-5", "a=b", "a\tb"]
)
def test_numbers_and_plain_text_are_left_alone(text: str) -> None:
    assert harmless(text) == text


def test_a_line_to_paste_has_one_cell_between_tabs() -> None:
    assert as_line(["=1+1", "two\r\nlines", "a\tb", "-2.5", ""]) == "'=1+1\ttwo lines\ta b\t-2.5\t"


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_no_cell_of_a_pasted_line_begins_a_formula(cells: list[str]) -> None:
    parts = as_line(cells).split("\t")
    assert len(parts) == len(cells)
    for part in parts:
        assert "\n" not in part
        assert part.lstrip()[:1] not in tuple("=@＝＋－＠")
        if part.lstrip()[:1] in tuple("+-"):
            float(part.replace(",", "."))
