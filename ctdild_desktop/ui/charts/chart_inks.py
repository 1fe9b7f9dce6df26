"""How the meanings of a picture of an analysis look: colour, marker, dash and filling together."""

from __future__ import annotations

from ctdild_desktop.figures.chart import Dot, Meaning
from ctdild_desktop.ui.charts.inks import Ink, ink_of

_INKS = {
    Meaning.PATIENT: Ink("ctrl", "text2", "o"),
    Meaning.FVC: ink_of("fvc"),
    Meaning.DLCO: ink_of("dlco"),
    Meaning.FIRST: ink_of("fvc"),
    Meaning.SECOND: ink_of("dlco"),
    Meaning.THIRD: ink_of("fev1"),
    Meaning.FOURTH: ink_of("kco"),
    Meaning.PUBLISHED: Ink("text", "text", "d"),
    Meaning.BEFORE_MATCHING: Ink("text2", "text2", "o", (2, 3)),
}
_HOLLOW = frozenset({Meaning.PUBLISHED, Meaning.BEFORE_MATCHING})
_SMALL = 4.5
_USUAL = 8.5
_ONE_OF_MANY = 5.5


def ink_for(meaning: Meaning) -> Ink:
    """The look of a meaning."""
    return _INKS[meaning]


def is_filled(meaning: Meaning) -> bool:
    """Whether its marks are filled; what was not found here is hollow."""
    return meaning not in _HOLLOW


def size_of(meaning: Meaning) -> float:
    """How large its marks are, in pixels at the usual font."""
    return _SMALL if meaning is Meaning.PATIENT else _USUAL


def dot_size(dot: Dot) -> float:
    """How large a mark is; those of patients are many."""
    return min(size_of(dot.meaning), _ONE_OF_MANY) if dot.patient_id else size_of(dot.meaning)
