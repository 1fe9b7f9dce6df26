"""A language that nobody speaks, made of the English messages, to find what is shown without the catalogue.

Each letter of a message gets a sign above or below it and keeps its width. What a window or a page shows in
plain letters is then a value that was put into a message, or a text that no translation reaches.
"""

from __future__ import annotations

import re
from gettext import c2py
from pathlib import Path

from ctdild_desktop.language.catalogue import Catalogue, entries

CODE = "pseudo"
_PLAIN = "abcdefghijklmnopqrstuvwxyz"
_SIGNED = "ạḅċḍẹḟḡḥịĵḳḻṃṇọṗɋṛṣṭụṿẉẋỵẓ"
SIGNED = _SIGNED + _SIGNED.upper()
"""The letters that a message is said in."""
_LETTERS = str.maketrans(_PLAIN + _PLAIN.upper(), SIGNED)
_KEPT = re.compile(
    r"\{[^{}]*\}"  # the place of a value
    r"|%n|\*\.\w+"
    r"|</?\w+[^<>]*>|&\w+;"
    r"|\b(?:Ctrl|Shift|Alt)\+(?:Shift\+)?[A-Z0-9]\w*"
)


def signed(text: str) -> str:
    """The text with a sign at each letter; places of values, marks of a page and keys stay as they are."""
    found: list[str] = []
    at = 0
    for kept in _KEPT.finditer(text):
        found += [text[at : kept.start()].translate(_LETTERS), kept.group()]
        at = kept.end()
    return "".join([*found, text[at:].translate(_LETTERS)])


def catalogue(*files: Path) -> Catalogue:
    """The messages of these ``.po`` files, those that are translated in them, with signed letters.

    Raises:
        CatalogueError: a file is no catalogue.
        OSError: a file cannot be read.
    """
    messages: dict[tuple[str, str], tuple[str, ...]] = {}
    for file in files:
        for entry in entries(file):
            if entry.text and all(entry.forms):
                both = (entry.text, entry.plural) if entry.plural else (entry.text,)
                messages[entry.context, entry.text] = tuple(map(signed, both))
    return Catalogue(CODE, messages, c2py("n != 1"))
