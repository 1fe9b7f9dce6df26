"""Sentences that were kept in English, told again in another language by finding the message they came from.

The trail keeps reasons such as ``Undo: PFT 12.03.2026`` in English. Each message with named places is read
backwards: what stands in its places is put into the places of its translation.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

from ctdild_desktop.language.catalogue import Catalogue

_LEAST_LETTERS = 3
"""A message with fewer letters outside its places fits too many sentences."""
_DEEPEST = 3
_BETWEEN = ", "
"""Between the members of a list, of which each may be a message of its own."""
_MOST_PARTS = 8


class Retelling:
    """Messages of one catalogue, to be found by the sentences that were made of them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        found = [one for text in catalogue.texts() if (one := _Template.of(text)) is not None]
        self._templates = sorted(found, key=lambda one: -one.letters)

    def tell(self, text: str, depth: int = 0) -> str:
        """The sentence in the language of the catalogue; as it stands when its message is not known."""
        told = self._catalogue.find(text)
        if told is not None:
            return told
        parts = text.split(_BETWEEN)
        if 1 < len(parts) <= _MOST_PARTS and depth < _DEEPEST:
            listed = [self.tell(part, depth + 1) for part in parts]
            if all(one != part for one, part in zip(listed, parts, strict=True)):
                return _BETWEEN.join(listed)
        for template in self._templates if depth < _DEEPEST else ():
            values = template.values(text)
            if values is not None:
                said = {name: self.tell(value, depth + 1) for name, value in values.items()}
                return self._catalogue.message(template.text).format(**said)
        return text


class _Template:
    __slots__ = ("_literals", "_names", "letters", "text")

    def __init__(self, text: str, literals: list[str], names: list[str], letters: int) -> None:
        self.text, self._literals, self._names, self.letters = text, literals, names, letters

    @classmethod
    def of(cls, text: str) -> _Template | None:
        """The message to be read backwards; None for one without places, or with too little beside them."""
        try:
            parts = list(_parts(text))
        except ValueError:  # braces that name no place
            return None
        names = [name for _literal, name in parts if name is not None]
        literals = [literal for literal, _name in parts]
        letters = sum(map(str.isalpha, "".join(literals)))
        if letters < _LEAST_LETTERS or not names or len(set(names)) != len(names):
            return None
        if not all(name.isidentifier() for name in names):
            return None
        return cls(text, literals if len(literals) > len(names) else [*literals, ""], names, letters)

    def values(self, text: str) -> dict[str, str] | None:
        """What stands in the places of the message, when the text was made of it.

        Each place holds as little as can be, so that one look through the text is enough, however long it is.
        """
        head, *between, tail = self._literals
        end = len(text) - len(tail)
        if not text.startswith(head) or not text.endswith(tail):
            return None
        found: dict[str, str] = {}
        at = len(head)
        for name, literal in zip(self._names, between, strict=False):
            place = text.find(literal, at + 1, end)
            if place < 0:
                return None
            found[name], at = text[at:place], place + len(literal)
        if at >= end:
            return None
        return {**found, self._names[-1]: text[at:end]}


def _parts(text: str) -> Iterator[tuple[str, str | None]]:
    for literal, name, _spec, _conversion in Formatter().parse(text):
        yield literal, name
