"""The letters that are pressed with Alt, marked by ``&`` in a text: taking it off and setting it anew."""

from __future__ import annotations

from collections.abc import Iterable


def without_mark(text: str) -> tuple[str, str]:
    """A text without the ``&`` of its Alt key, and that key; ``&&`` stands for the sign itself."""
    at = text.find("&")
    if at < 0 or text[at + 1 : at + 2] in {"&", " ", ""}:
        return text, ""
    return text[:at] + text[at + 1 :], text[at + 1].lower()


def marked_for(text: str, letter: str, taken: frozenset[str] = frozenset()) -> str:
    """The text with ``&`` before the letter of its Alt key: the wished one, else the first that is free."""
    lower = text.lower()
    starts = [at for at, sign in enumerate(lower) if sign.isascii() and sign.isalpha()]
    first = [at for at in starts if at == 0 or not lower[at - 1].isalpha()]
    wished = [at for at in (*first, *starts) if lower[at] == letter]
    for at in (*wished, *first, *starts):
        if lower[at] not in taken:
            return f"{text[:at]}&{text[at:]}"
    return text


def mark_of(text: str) -> str:
    """The letter that is pressed with Alt; empty for none."""
    return without_mark(text)[1]


def freely_marked(text: str, taken: frozenset[str]) -> str:
    """The text, with its mark moved to a letter that is free where its own is taken already."""
    plain, letter = without_mark(text)
    return marked_for(plain, letter, taken) if letter in taken and letter else text


def marked_apart(texts: Iterable[str]) -> dict[str, str]:
    """Texts that stand together, each with a letter of its own; short ones, which have few, choose first."""
    made: dict[str, str] = {}
    taken: set[str] = set()
    for text in sorted(texts, key=len):
        made[text] = freely_marked(text, frozenset(taken))
        taken.add(mark_of(made[text]))
    return made
