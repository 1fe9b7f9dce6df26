"""The typeface on paper: how long a text is, where it breaks, how it shrinks and where it is cut.

Lengths are points (1/72 inch). No letter is ever smaller than 8.5 pt.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from array import array
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ctdild_desktop.bundled import resources
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.bidi import visual

GLUE = "\N{NO-BREAK SPACE}"
"""A space at which no line breaks."""

MISSING = "\N{WHITE SQUARE}"
"""Stands for a letter that the typeface does not have, so that a reader sees that one is there."""

_ORDERED = "\u0590"
"""From this letter on there are scripts that are written from right to left, and marks that draw nothing."""
_UNIT = re.compile(r"(?<=\d) (?=%|mg|µg|g\b|mL|L\b|pt\b)|(?<=→) |(?<=[\d%]) (?=→)")
_JOINERS = "\u200c\u200d"
_DRAW_NOTHING = frozenset({*_JOINERS, *map(chr, range(0xFE00, 0xFE10))})

LEAST_POINTS = 8.5
"""No letter on paper is smaller."""

_FLAT = frozenset("0123456789ABCDEFGHIKLMNOPRSTUVWXYZabcdefhiklmnorstuvwxz %.+−–—:<>=≥≤×·°→")


class Face(StrEnum):
    """The cuts of the one embedded typeface."""

    REGULAR = "CTDILD"
    BOLD = "CTDILD-Bold"


@functools.lru_cache(maxsize=1)
def register_fonts() -> None:
    """Read the embedded typeface once per process."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = resources() / "fonts"
    for face, name in ((Face.REGULAR, ""), (Face.BOLD, "-Bold")):
        font = TTFont(face.value, str(folder / f"DejaVuSansCondensed{name}.ttf"))
        _hold_little(font.face)
        pdfmetrics.registerFont(font)


class _Pairs(Sequence[tuple[int, int]]):
    """Pairs of small numbers, held in four bytes each; what is written of a number is its whole part."""

    def __init__(self, pairs: Iterable[tuple[float, float]]) -> None:
        self._numbers = array("H", [int(number) for pair in pairs for number in pair])

    def __len__(self) -> int:
        return len(self._numbers) // 2

    def __getitem__(self, place: Any) -> Any:
        return self._numbers[2 * place], self._numbers[2 * place + 1]


def _hold_little(face: Any) -> None:
    """Keep the tables of a typeface in a third of the memory; one was needed to read the others alone."""
    del face.glyphToChar
    face.hmetrics = _Pairs(face.hmetrics)
    face.glyphPos = array("L", face.glyphPos)


@functools.lru_cache(maxsize=1)
def _metrics() -> Any:
    from reportlab.pdfbase import pdfmetrics

    register_fonts()
    return pdfmetrics


def width_of(text: str, face: Face = Face.REGULAR, size: float = LEAST_POINTS) -> float:
    """Length of a text on one line."""
    if text and max(text) >= _ORDERED:
        text = drawn(text, face)
    advances = _advances(face)
    return 0.001 * size * sum([advances[letter] for letter in text])


class _Advances(dict[str, float]):
    """The width of each letter in thousandths of its size; of one that the typeface lacks, its stand-in's."""

    def __init__(self, widths: Mapping[int, float]) -> None:
        super().__init__()
        self._widths = widths

    def __missing__(self, letter: str) -> float:
        made = self[letter] = self._widths.get(ord(letter), self._widths[ord(MISSING)])
        return made


@functools.cache
def _advances(face: Face) -> _Advances:
    return _Advances(_metrics().getFont(face.value).face.charWidths)


def clean(text: str) -> str:
    """A text for one line: control characters and line ends become spaces, marks of no width go.

    Joiners stay, because the form of the letters beside them depends on them.
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter == GLUE or letter in _JOINERS else _in_place_of(letter)
        for letter in text
    )


def _in_place_of(letter: str) -> str:
    return "" if unicodedata.category(letter) == "Cf" else " "


def drawn(text: str, face: Face = Face.REGULAR) -> str:
    """A text as it goes onto the paper, from left to right, with :data:`MISSING` for each letter that the
    typeface does not have.
    """
    ordered = visual(text)
    if ordered.isascii():
        return ordered
    letters = _letters_of(face)
    return "".join(
        letter if ord(letter) in letters or letter == GLUE else MISSING
        for letter in ordered
        if letter not in _DRAW_NOTHING
    )


def lacks_letters(text: str) -> bool:
    """Whether a text holds letters that the typeface does not have."""
    return MISSING in drawn(clean(text)) and MISSING not in text


def _letters_of(face: Face) -> Container[int]:
    letters: Container[int] = _metrics().getFont(face.value).face.charToGlyph
    return letters


def elide(text: str, width: float, face: Face = Face.REGULAR, size: float = LEAST_POINTS) -> str:
    """The text, or its beginning and an ellipsis when it is longer than ``width``."""
    if width_of(text, face, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle].rstrip() + "…", face, size) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…" if low else ""


def fit(text: str, width: float, face: Face, size: float, least: float = LEAST_POINTS) -> tuple[str, float]:
    """Shrink a text in steps of a quarter point down to ``least``; what is still too long is elided."""
    while size > least and width_of(text, face, size) > width:
        size = max(least, size - 0.25)
    return elide(text, width, face, size), size


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one face."""

    text: str
    face: Face = Face.REGULAR


@dataclass(frozen=True, slots=True)
class Line:
    """Runs that stand on one line after the other."""

    runs: tuple[Run, ...]


def length(line: Line, size: float = LEAST_POINTS) -> float:
    """Length of a line of runs."""
    return sum(width_of(run.text, run.face, size) for run in line.runs)


def wrap(
    runs: Sequence[Run], width: float, size: float = LEAST_POINTS, most: int | None = None
) -> tuple[tuple[Line, ...], bool]:
    """Break runs at spaces into lines of at most ``width``.

    Returns:
        The lines and whether everything fitted. With ``most`` lines the last one is elided when more is left.
        A single word that is longer than a line is broken between letters.
    """
    words = [(word, run.face) for run in runs for word in _words(clean(run.text))]
    lines: list[list[tuple[str, Face]]] = [[]]
    used = 0.0
    for whole, face in words:
        word = whole
        while word:
            length = width_of(word.rstrip(), face, size)
            if used + length <= width + 0.01:
                lines[-1].append((word, face))
                used += width_of(word, face, size)
                break
            if lines[-1]:
                lines.append([])
                used = 0.0
                continue
            part = _longest(word, width, face, size)
            lines[-1].append((part, face))
            word = word[len(part) :]
            used = width
    fits = most is None or len(lines) <= most
    if most is not None and not fits:
        rest = [piece for line in lines[most - 1 :] for piece in line]
        lines = [*lines[: most - 1], _cut(rest, width, size)]
    return tuple(Line(_joined(line)) for line in lines if line), fits


def wrap_parts(parts: Sequence[str], width: float, most: int) -> tuple[Line, ...]:
    """Facts parted by middle dots, broken between facts and not inside one as long as it fits on a line."""
    joined = [part.replace(" ", GLUE) if width_of(part) <= width - width_of(" ·") else part for part in parts]
    return wrap([Run(f"{GLUE}· ".join(joined))], width, most=most)[0]


def glued(text: str) -> str:
    """A text of which no line breaks between a number and its unit, or in a change from one to another."""
    return _UNIT.sub(GLUE, text)


def balanced(runs: Sequence[Run], width: float, size: float, lines: int) -> tuple[Line, ...]:
    """Break runs that fit into so many lines so that the lines are about equally long."""
    low, high = width / max(1, lines) * 0.8, width
    while high - low > 4:
        middle = (low + high) / 2
        if len(wrap(runs, middle, size)[0]) <= lines:
            high = middle
        else:
            low = middle
    return wrap(runs, high, size)[0]


def _words(text: str) -> list[str]:
    words: list[str] = []
    start = 0
    for index, character in enumerate(text):
        if character == " " and text[index + 1 : index + 2] != " ":
            words.append(text[start : index + 1])
            start = index + 1
    if start < len(text):
        words.append(text[start:])
    return words


def _longest(word: str, width: float, face: Face, size: float) -> str:
    """The longest beginning of a word that fits, up to its last hyphen when that is far enough."""
    count = len(word)
    while count > 1 and width_of(word[:count], face, size) > width:
        count -= 1
    hyphen = word.rfind("-", 0, count) + 1
    return word[: hyphen if hyphen > count / 3 else count]


def _cut(pieces: list[tuple[str, Face]], width: float, size: float) -> list[tuple[str, Face]]:
    """Whole words as long as an ellipsis still fits behind them; a first word that is too long is cut."""
    kept: list[tuple[str, Face]] = []
    used = 0.0
    for text, face in pieces:
        if used + width_of(text.rstrip() + "…", face, size) > width:
            break
        kept.append((text, face))
        used += width_of(text, face, size)
    if not kept:
        text, face = pieces[0]
        return [(elide(text.rstrip() + "……", width, face, size).rstrip("…") + "…", face)]
    text, face = kept[-1]
    return [*kept[:-1], (text.rstrip(f" ,;·{GLUE}") + "…", face)]


def _joined(pieces: list[tuple[str, Face]]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for text, face in pieces:
        if runs and runs[-1].face is face:
            runs[-1] = Run(runs[-1].text + text, face)
        else:
            runs.append(Run(text, face))
    if runs:
        runs[-1] = Run(runs[-1].text.rstrip(), runs[-1].face)
    return tuple(runs)


def text_box(
    x: float,
    baseline: float,
    text: str,
    *,
    face: Face = Face.REGULAR,
    size: float = LEAST_POINTS,
    align: str = "left",
) -> Box:
    """The box of a text before it is drawn; letters without a tail end at the baseline."""
    length = width_of(text, face, size)
    left = {"left": x, "right": x - length, "centre": x - length / 2}[align]
    tail = 0.02 if _FLAT.issuperset(text) else 0.24
    return Box(left, baseline - 0.74 * size, left + length, baseline + tail * size)
