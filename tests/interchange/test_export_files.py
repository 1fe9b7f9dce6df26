"""Texts in a CSV file: nothing in them is a formula, and they come back to the letter."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ctdild_desktop.interchange.export_files import Dialect, guarded, unguarded, written

ANY = st.text(alphabet=",;\t\r\n\"' =+-@1a", max_size=12)


@settings(max_examples=300)
@given(ANY, ANY)
@example("a;=1+1;b", "")
@example('a;"=1+1;b', "\n=1+1;")
def test_a_text_is_no_formula_whatever_sign_parts_the_cells(one: str, two: str) -> None:
    for dialect in (Dialect(mark=False), Dialect(";", ",", mark=False)):
        line = dialect.delimiter.join(written(text, dialect) for text in ("4711", one, two))
        for parting in ",;\t":
            rows = csv.reader(io.StringIO(f"{line}\r\n", newline=""), delimiter=parting)
            for cell in (cell.strip() for row in rows for cell in row):
                assert not cell.startswith(("=", "@", "+", "-")) or cell[1:].isdigit(), (line, parting)
    assert [unguarded(guarded(text)) for text in (one, two)] == [one, two]


def test_a_text_full_of_line_ends_is_guarded_at_once() -> None:
    assert guarded("\n" * 32_000 + "=") == "'" + "\n" * 32_000 + "'="


@pytest.mark.parametrize(
    ("text", "said"),
    [("a, b", "a, b"), ("2;-3", "2;'-3"), ("x\n- y", "x\n'- y"), ("=1", "'=1"), ("-5", "-5")],
)
def test_an_apostrophe_stands_where_a_cell_may_begin(text: str, said: str) -> None:
    assert guarded(text) == said
