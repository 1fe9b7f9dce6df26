"""Text on its way into a spreadsheet, where some beginnings would be taken for formulas."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?\Z")
_FORMULA = tuple("=+-@＝＋－＠")
_MARKS = ("\t", "\r", "\n", "\0")


def harmless(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet would calculate it.

    A name may be ``=1+1`` and stays one. Numbers are left as they are, signs included.
    """
    if _NUMBER.match(text):
        return text
    begins = text.startswith(_MARKS) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if begins else text


def as_line(cells: list[str]) -> str:
    """Cells as one line of a table to paste: parted by tabs, line ends and tabs inside them as blanks."""
    return "\t".join(harmless(" ".join(re.split(r"[\t\r\n\0]+", cell)).strip()) for cell in cells)
