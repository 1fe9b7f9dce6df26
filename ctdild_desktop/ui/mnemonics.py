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
    """Texts that stand together, each with a letter of its own as far as their letters allow.

    A text keeps the letter that is marked in it when no other has it; a letter is taken over when the text
    that had it can have another one.
    """
    wished = {text: without_mark(text) for text in texts}
    owner: dict[str, str] = {}

    def give(text: str, tried: set[str]) -> bool:
        plain, letter = wished[text]
        letters = (letter, *(sign for sign in plain.lower() if sign.isascii() and sign.isalpha()))
        for sign in letters:
            if sign not in tried:
                tried.add(sign)
                if sign not in owner or give(owner[sign], tried):
                    owner[sign] = text
                    return True
        return False

    for text, (_plain, letter) in wished.items():
        if letter:
            give(text, set())
    given = {text: letter for letter, text in owner.items()}
    return {
        text: marked_for(plain, given[text]) if text in given else text for text, (plain, _) in wished.items()
    }
