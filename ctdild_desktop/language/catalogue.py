"""A catalogue of translated messages: gettext's ``.po`` text read as it is, so that nothing has to be built.

Words that differ between countries or schools (``EPID`` and ``EPI``, ``FVC`` and ``CVF``) are not translated
twice: a table of whole words is applied to the translations when they are read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from gettext import c2py
from pathlib import Path

_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[([0-9])\])?) )?"(.*)"\Z')
_ESCAPED = re.compile(r"\\(.)")
_SAID = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_PLURAL_RULE = re.compile(r"plural=([^;\n]+)")


class CatalogueError(ValueError):
    """A catalogue cannot be read; the text names the file and the line."""


class Catalogue:
    """Messages of one language, looked up by their English text.

    Args:
        code: the language, for example ``es``.
        messages: translations by (context, English text); each its plural forms, or one text.
        plural_rule: which form counts ``n`` things.
    """

    def __init__(
        self,
        code: str,
        messages: Mapping[tuple[str, str], tuple[str, ...]],
        plural_rule: Callable[[int], int],
    ) -> None:
        self.code = code
        self._messages = messages
        self._plural_rule = plural_rule

    def message(self, text: str, context: str = "") -> str:
        """The translation of a text, of this context where there is one; else the text itself."""
        found = self.find(text, context)
        return text[:] if found is None else found  # a plain text: what is marked would ask again

    def find(self, text: str, context: str = "", n: int | None = None) -> str | None:
        """The translation (its form for ``n`` things), or None."""
        forms = self._messages.get((context, text)) if context else None
        forms = forms or self._messages.get(("", text))
        if not forms:
            return None
        return forms[min(self._plural_rule(n) if n is not None else 0, len(forms) - 1)]

    def counted(self, one: str, many: str, n: int) -> str:
        """The translation of a message that counts ``n`` things; else the English form."""
        text = one if n == 1 else many
        forms = self._messages.get(("", one), ())
        found = self.find(one, n=n) if len(forms) > 1 else self.find(text)
        return text if found is None else found

    def texts(self) -> tuple[str, ...]:
        """Every message in English, without those of one context alone."""
        return tuple(text for context, text in self._messages if not context)

    def only(self, text: str, context: str) -> str | None:
        """The translation that was made for exactly this context, or None."""
        forms = self._messages.get((context, text))
        return forms[0] if forms else None

    @classmethod
    def read(cls, code: str, *files: Path, replace: Mapping[str, str] | None = None) -> Catalogue:
        """Read a catalogue from ``.po`` files, with these whole words exchanged in the translations.

        Raises:
            CatalogueError: a file is no catalogue.
            OSError: a file cannot be read.
        """
        messages: dict[tuple[str, str], tuple[str, ...]] = {}
        rule: Callable[[int], int] = c2py("n != 1")
        for file in files:
            for entry in entries(file):
                if entry.text:
                    if all(entry.forms):
                        messages[entry.context, entry.text] = entry.forms
                elif found := _PLURAL_RULE.search(entry.forms[0]):
                    rule = c2py(found.group(1))
        if replace:
            messages = {key: _exchanged(forms, replace) for key, forms in messages.items()}
        return cls(code, messages, rule)


class ExchangedWords(Catalogue):
    """English with some whole words exchanged: a site that says TLCO for DLCO."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__("en", {}, lambda n: int(n != 1))
        self._words = dict(words)

    def find(self, text: str, context: str = "", n: int | None = None) -> str | None:
        """The text with the words exchanged; None when it has none of them."""
        del context, n
        (told,) = _exchanged((text,), self._words)
        return told if told != text else None

    def counted(self, one: str, many: str, n: int) -> str:
        """The English form for ``n`` things, with the words exchanged."""
        return self.message(one if n == 1 else many)


class Entry:
    """One message of a ``.po`` file."""

    __slots__ = ("context", "forms", "plural", "text")

    def __init__(self, context: str, text: str, plural: str, forms: tuple[str, ...]) -> None:
        self.context, self.text, self.plural, self.forms = context, text, plural, forms


def entries(file: Path) -> Iterator[Entry]:
    """The messages of a ``.po`` file in its order, the header (with an empty text) among them.

    Raises:
        CatalogueError: a line is no part of a catalogue.
        OSError: the file cannot be read.
    """
    parts: dict[str, str] = {}
    at = ""
    for number, line in enumerate((*file.read_text(encoding="utf-8").splitlines(), ""), 1):
        stripped = line.strip()
        if stripped.startswith("#"):
            continue
        if not stripped:
            if "msgid" in parts:
                yield _entry(parts)
            parts, at = {}, ""
            continue
        found = _LINE.match(stripped)
        if found is None or not (found.group(1) or at):
            raise CatalogueError(f"{file.name}, line {number}: this is no part of a catalogue.")
        at = found.group(1) or at
        parts[at] = parts.get(at, "") + _ESCAPED.sub(
            lambda one: _SAID.get(one.group(1), one.group(1)), found.group(3)
        )


def _entry(parts: Mapping[str, str]) -> Entry:
    forms = tuple(text for name, text in sorted(parts.items()) if name.startswith("msgstr"))
    return Entry(parts.get("msgctxt", ""), parts["msgid"], parts.get("msgid_plural", ""), forms)


def word_table(*files: Path) -> dict[str, str]:
    """Whole words and what stands in their place, from tables with the columns ``word`` and ``instead``.

    Raises:
        OSError: a file cannot be read.
    """
    found: dict[str, str] = {}
    for file in files:
        with file.open(encoding="utf-8", newline="") as stream:
            found.update({row["word"]: row["instead"] for row in csv.DictReader(stream)})
    return found


def _exchanged(forms: tuple[str, ...], words: Mapping[str, str]) -> tuple[str, ...]:
    pattern = _words_pattern(tuple(sorted(words, key=len, reverse=True)))
    return tuple(pattern.sub(lambda one: words[one.group()], form) for form in forms)


def _words_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<![\w{])(?:" + "|".join(map(re.escape, words)) + r")(?![\w}])")
