"""Names written from right to left, put into the order and the letter forms in which they are read on paper.

The PDF writer draws characters one after the other from left to right. Hebrew and Arabic names stand inside
text that runs from left to right, so it is enough to reverse their runs; Arabic letters also take the form of
their place in the word. This is the part of the Unicode bidirectional algorithm that a name in a line needs:
no explicit marks, no nested levels.
"""

from __future__ import annotations

import functools
import unicodedata

_FIRST_OF_RIGHT = "\u0590"
_RIGHT = {"R", "AL"}
_DIGITS = {"EN", "AN"}
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_ARABIC = range(0xFE80, 0xFEFD)
_PERSIAN_AND_URDU = range(0xFB50, 0xFC00)
_JOINERS = ("isolated", "final", "initial", "medial")


@functools.lru_cache(maxsize=1)
def _forms() -> dict[tuple[str, str], str]:
    """Letter or ligature and place in the word -> presentation form, read from the character database."""
    forms: dict[tuple[str, str], str] = {}
    for code in (*_PERSIAN_AND_URDU, *_ARABIC):
        place, _, letters = unicodedata.decomposition(chr(code)).partition(" ")
        if place.strip("<>") in _JOINERS and (code in _ARABIC or " " not in letters):
            base = "".join(chr(int(letter, 16)) for letter in letters.split())
            forms[base, place.strip("<>")] = chr(code)
    return forms


def _shape(text: str) -> str:
    """Give each Arabic letter the form of its place: alone, first, middle or last."""
    forms = _forms()
    letters: list[str] = []
    at = 0
    while at < len(text):
        pair = text[at : at + 2]
        letters.append(pair if (pair, "isolated") in forms else text[at])
        at += len(letters[-1])
    bases = [index for index, letter in enumerate(letters) if unicodedata.category(letter[0]) != "Mn"]
    shaped = list(letters)
    for position, index in enumerate(bases):
        letter = letters[index]
        before = letters[bases[position - 1]] if position else ""
        after = letters[bases[position + 1]] if position + 1 < len(bases) else ""
        joins_before = (before, "initial") in forms and (letter, "final") in forms
        joins_after = (letter, "initial") in forms and (after, "final") in forms
        place = _JOINERS[(1 if joins_before else 0) + (2 if joins_after else 0)]
        shaped[index] = forms.get((letter, place), letter)
    return "".join(shaped)


def _clusters(text: str) -> list[str]:
    """Letters with the marks that sit on them; a number stays one piece."""
    pieces: list[str] = []
    kinds: list[str] = []
    for character in text:
        kind = unicodedata.bidirectional(character)
        number = kind in _DIGITS or (kind in {"CS", "ES"} and bool(kinds) and kinds[-1] in _DIGITS)
        if pieces and (kind == "NSM" or (number and kinds[-1] in _DIGITS)):
            pieces[-1] += character
        else:
            pieces.append(character)
            kinds.append(kind)
    return pieces


def visual(text: str) -> str:
    """The text in the order in which it is drawn from left to right."""
    if not text or max(text) < _FIRST_OF_RIGHT:
        return text
    kinds = [unicodedata.bidirectional(character) for character in text]
    if not _RIGHT.intersection(kinds):
        return text
    drawn: list[str] = []
    at = 0
    while at < len(text):
        if kinds[at] not in _RIGHT:
            drawn.append(text[at])
            at += 1
            continue
        end = last = at
        while end < len(text) and kinds[end] != "L":
            if kinds[end] in _RIGHT or kinds[end] == "NSM":
                last = end
            end += 1
        run = _shape(text[at : last + 1])
        drawn.extend(piece.translate(_MIRRORED) for piece in reversed(_clusters(run)))
        at = last + 1
    return "".join(drawn)
