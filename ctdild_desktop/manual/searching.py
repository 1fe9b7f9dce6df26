"""Looking for words in the manual: each is the beginning of one there; accents and capitals do not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ctdild_desktop.manual.books import Manual, Page

_MOST = 40
_BEFORE, _LONG = 60, 180
"""Letters of a snippet: before the first word that was found, and altogether."""
_SIGNS = re.compile(
    r"!\[([^\]]*)\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)|<a id=[^>]*></a>"
    r"|^\s*(?:-|\d+\.)\s|^\s*[-:| ]{3,}$|[*`|#>]+"
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Found:
    """A place where all words stand: its page and heading, and the text around the first of them."""

    page: Page
    anchor: str
    title: str
    snippet: str
    hits: tuple[tuple[int, int], ...]
    """Where the words stand in the snippet, each from and to."""


@dataclass(frozen=True, slots=True)
class _Section:
    page: Page
    anchor: str
    title: str
    text: str
    folded: str
    folded_title: str


class _Folding(dict[int, str]):
    """Each letter as one letter without accent and case, so that places stay what they are."""

    def __missing__(self, key: int) -> str:
        base = unicodedata.normalize("NFKD", chr(key))[0].lower()
        self[key] = base[0]
        return self[key]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text without accents and capitals, letter for letter."""
    return text.translate(_FOLDING)


class Search:
    """What can be found in one manual; made once, asked often."""

    def __init__(self, manual: Manual) -> None:
        self._sections = tuple(section for page in manual.pages for section in _sections(page))

    def find(self, words: str) -> tuple[Found, ...]:
        """The places where all words stand, those named after them first; nothing for no words."""
        sought = [re.compile(rf"\b{re.escape(word)}") for word in _WORD.findall(fold(words))]
        if not sought:
            return ()
        ranked = []
        for number, section in enumerate(self._sections):
            if not all(one.search(section.folded) for one in sought):
                continue
            in_title = sum(bool(one.search(section.folded_title)) for one in sought)
            often = sum(min(5, len(one.findall(section.folded))) for one in sought)
            ranked.append((-in_title, -often, number, section))
        ranked.sort(key=lambda one: one[:3])
        return tuple(_found(section, sought) for _title, _often, _number, section in ranked[:_MOST])


def _sections(page: Page) -> Iterator[_Section]:
    lines = page.text.splitlines()
    first = page.marks[0].line
    starts = [mark.line - first for mark in page.marks]
    for mark, start, end in zip(page.marks, starts, [*starts[1:], len(lines)], strict=True):
        title = mark.title if mark is page.marks[0] else f"{page.title} › {mark.title}"
        plain = " ".join(_SIGNS.sub(_words, line) for line in lines[start + 1 : end])
        text = f"{mark.title}. {' '.join(plain.split())}"
        yield _Section(page, mark.anchor, title, text, fold(text), fold(mark.title))


def _words(sign: re.Match[str]) -> str:
    return sign[1] or sign[2] or " "


def _found(section: _Section, sought: list[re.Pattern[str]]) -> Found:
    body = len(section.folded_title) + 2
    places = [one.search(section.folded, body) or one.search(section.folded) for one in sought]
    first = min(place.start() for place in places if place is not None)
    start = max(0, first - _BEFORE)
    if start:
        start = section.text.find(" ", start) + 1
    end = start + _LONG
    if end < len(section.text):
        end = max(first, section.text.rfind(" ", start, end))
    before, after = ("… " if start else ""), (" …" if end < len(section.text) else "")
    snippet = f"{before}{section.text[start:end]}{after}"
    folded = fold(snippet)
    hits = {hit.span() for one in sought for hit in one.finditer(folded)}
    return Found(section.page, section.anchor, section.title, snippet, tuple(sorted(hits)))
