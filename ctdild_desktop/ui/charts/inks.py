"""How each measure looks: colour, marker and dash together, so that no cue stands alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ink:
    """Tokens of line and text, the marker's symbol, and the dashes of the line in pixels."""

    line: str
    text: str
    symbol: str
    dashes: tuple[float, ...] = ()
    joined: bool = True
    """Whether a line runs from point to point."""


_PLAIN = Ink("text2", "text2", "+", (10, 4))
_BY_MEASURE = {
    "fvc": Ink("fvc", "fvct", "o"),
    "dlco": Ink("dlco", "dlcot", "s", (6, 3)),
    "fev1": Ink("fev1", "fev1t", "t", (2, 3)),
    "kco": Ink("kco", "kcot", "d", (8, 3, 2, 3)),
    "spo2": Ink("text2", "text2", "o"),
    "spo2_nadir": Ink("text3", "text2", "x", joined=False),
    "mmrc": Ink("text2", "text2", "s"),
}


def ink_of(measure: str) -> Ink:
    """The look of a measure; a measure without its own is drawn in the ink of secondary text."""
    return _BY_MEASURE.get(measure, _PLAIN)
