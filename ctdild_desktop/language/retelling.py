"""Sentences that were kept in English, told again in another language by finding the message they came from.

The trail keeps reasons such as ``Undo: PFT 12.03.2026`` in English. Each message with named places is read
backwards: what stands in its places is put into the places of its translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

from ctdild_desktop.language.catalogue import Catalogue

_LEAST_LETTERS = 3
"""A message with fewer letters outside its places fits too many sentences."""
_DEEPEST = 3


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
        for template in self._templates if depth < _DEEPEST else ():
            values = template.values(text)
            if values is not None:
                said = {name: self.tell(value, depth + 1) for name, value in values.items()}
                return self._catalogue.message(template.text).format(**said)
        return text


class _Template:
    __slots__ = ("_head", "_pattern", "letters", "text")

    def __init__(self, text: str, head: str, pattern: re.Pattern[str], letters: int) -> None:
        self.text, self._head, self._pattern, self.letters = text, head, pattern, letters

    @classmethod
    def of(cls, text: str) -> _Template | None:
        """The message to be read backwards; None for one without places, or with too little beside them."""
        try:
            parts = list(_parts(text))
        except ValueError:  # braces that name no place
            return None
        literals = "".join(literal for literal, _name in parts)
        letters = sum(map(str.isalpha, literals))
        names = [name for _literal, name in parts if name is not None]
        if letters < _LEAST_LETTERS or not names or len(set(names)) != len(names):
            return None
        if not all(name.isidentifier() for name in names):
            return None
        pattern = "".join(
            re.escape(literal) + (f"(?P<{name}>.+?)" if name is not None else "") for literal, name in parts
        )
        return cls(text, parts[0][0], re.compile(pattern, re.DOTALL), letters)

    def values(self, text: str) -> dict[str, str] | None:
        """What stands in the places of the message, when the text was made of it."""
        found = self._pattern.fullmatch(text) if text.startswith(self._head) else None
        return found.groupdict() if found is not None else None


def _parts(text: str) -> Iterator[tuple[str, str | None]]:
    for literal, name, _spec, _conversion in Formatter().parse(text):
        yield literal, name
