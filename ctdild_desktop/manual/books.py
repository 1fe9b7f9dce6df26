"""The books of the manual, their pages, and where a link leads.

A chapter of the guide is one page. A long document is cut at its headings, so that a page is quick to show.
Nothing is parsed here: the headings are found line by line, a page is parsed when somebody reads it.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from ctdild_desktop.bundled import documents
from ctdild_desktop.language import marked, say
from ctdild_desktop.manual.blocks import Block, Heading, text_of
from ctdild_desktop.manual.parsing import PLACE, parse, slug

GUIDE: Final = "guide"
ADMINISTRATION: Final = "administration"
RULES: Final = "rules"
PAPERS: Final = "papers"
TITLES: Final = {
    GUIDE: marked("Guide"),
    ADMINISTRATION: marked("Administration"),
    RULES: marked("Clinical rules"),
    PAPERS: marked("Further papers"),
}
"""The books in the order in which they are listed."""
_FILES = {ADMINISTRATION: "administration.md", RULES: "clinical-rules.md"}
_MOST_LINES = 160
"""A document of more lines is cut at its chapters, and a chapter of more at the headings below its own."""
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_LEADS_OUT = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class ManualError(Exception):
    """A document of the manual is missing or cannot be read; the text is for whoever opened it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading of a document: its words, where it stands, and the anchors that lead there."""

    level: int
    title: str
    anchors: tuple[str, ...]
    line: int

    @property
    def anchor(self) -> str:
        """The first of its anchors."""
        return self.anchors[0]


@dataclass(frozen=True)
class Page:
    """A page: a chapter, or a part of a long document."""

    book: str
    source: str
    """The document, as a path within the folder of documents."""
    title: str
    text: str
    """Its Markdown."""
    marks: tuple[Mark, ...]
    """Its headings, the one of the page itself first."""
    language: str = "en"

    @property
    def address(self) -> str:
        """What finds it again: the document and its first anchor."""
        return f"{self.source}#{self.marks[0].anchor}"

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """What it consists of; parsed when it is first asked for."""
        marks = iter(self.marks)
        return tuple(
            replace(block, anchors=next(marks).anchors) if isinstance(block, Heading) else block
            for block in parse(self.text)
        )


@dataclass(frozen=True, slots=True)
class Book:
    """One book with its pages in reading order."""

    id: str
    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads: a page and a heading in it (empty for its top)."""

    page: Page
    anchor: str = ""


class Manual:
    """All books in one language; a chapter that is not there in it is the English one.

    Args:
        language: ``en``, ``es``; of ``es_MX`` the first part counts.
        folder: where the documents are; the program's own when None.
        made: texts that stand for documents, by path, for what the program itself knows better.

    Raises:
        ManualError: a document is missing, is no text or has no title.
    """

    def __init__(
        self, language: str = "en", *, folder: Path | None = None, made: Mapping[str, str] | None = None
    ) -> None:
        self.language = language.partition("_")[0]
        self._made = dict(made or {})
        try:
            self.folder = documents() if folder is None else folder
            self.books = tuple(
                Book(book, say(title), tuple(self._pages(book, self._documents(book))))
                for book, title in TITLES.items()
            )
        except OSError as error:
            raise ManualError(say("The manual is not complete: {why}.", why=error)) from error
        self.pages = tuple(page for book in self.books for page in book.pages)

    def book(self, book: str) -> Book:
        """The book of this id; raises KeyError when there is none."""
        return {one.id: one for one in self.books}[book]

    def find(self, address: str) -> Target | None:
        """What is at an address ``document#anchor``; the guide's chapters may leave out their language."""
        source, _, anchor = address.partition("#")
        folder, name = posixpath.split(source)
        sources = [source]
        if folder.split("/")[0] == GUIDE:
            sources += [f"{GUIDE}/{self.language}/{name}", f"{GUIDE}/en/{name}"]
        for one in sources:
            pages = [page for page in self.pages if page.source == one]
            for page in pages:
                if any(anchor in mark.anchors for mark in page.marks):
                    return Target(page, anchor)
            if pages and not anchor:
                return Target(pages[0])
        return None

    def follow(self, page: Page, link: str) -> Target | str | None:
        """Where a link of a page leads: into the manual, out of it (then as it is), or nowhere (None)."""
        if _LEADS_OUT.match(link):
            return link
        path, _, anchor = link.partition("#")
        source = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), path)) if path else ""
        return self.find(f"{source or page.source}#{anchor}")

    def picture(self, page: Page, path: str) -> Path:
        """The file of a picture of a page."""
        return self.folder / posixpath.normpath(posixpath.join(posixpath.dirname(page.source), path))

    def _documents(self, book: str) -> Sequence[tuple[str, str]]:
        """The documents of a book with the language that each is in."""
        if book in _FILES:
            chapters = sorted(path.name for path in (self.folder / book).glob("*.md"))
            return [(_FILES[book], "en"), *((f"{book}/{name}", "en") for name in chapters)]
        if book == PAPERS:
            named = sorted(path.name for path in self.folder.glob("*.md"))
            return [(name, "en") for name in named if name not in _FILES.values()]
        names = {path.name for path in (self.folder / GUIDE / "en").glob("*.md")}
        names |= {posixpath.basename(name) for name in self._made}
        own = {name for name in names if self._is_there(f"{GUIDE}/{self.language}/{name}")}
        if not names:
            raise ManualError(say("The manual is not complete: {why}.", why=f"{GUIDE}/en"))
        spoken = {name: self.language if name in own else "en" for name in sorted(names)}
        return [(f"{GUIDE}/{language}/{name}", language) for name, language in spoken.items()]

    def _is_there(self, source: str) -> bool:
        return source in self._made or (self.folder / source).is_file()

    def _pages(self, book: str, named: Sequence[tuple[str, str]]) -> Iterator[Page]:
        for source, language in named:
            text = self._read(source)
            lines = text.splitlines()
            marks = _marks(lines)
            if not marks:
                raise ManualError(say("The manual is damaged: {name} has no title.", name=source))
            body = "\n".join(lines[marks[0].line :])
            whole = Page(book, source, marks[0].title, body, marks, language)
            if book != GUIDE and len(lines) > _MOST_LINES:
                yield from _cut(whole, lines)
            else:
                yield whole

    def _read(self, source: str) -> str:
        if source in self._made:
            return self._made[source]
        try:
            return (self.folder / source).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise ManualError(say("The manual is damaged: {name} is no text.", name=source)) from error


def _marks(lines: Sequence[str]) -> tuple[Mark, ...]:
    """The headings of a document; of two that are called alike the second has an anchor of its own."""
    found: list[Mark] = []
    seen: Counter[str] = Counter()
    waiting: list[str] = []
    fence = ""
    for number, line in enumerate(lines):
        if line.startswith(("```", "~~~")):
            fence = "" if fence and line.startswith(fence) else fence or line[:3]
        if fence:
            continue
        waiting += PLACE.findall(line)
        heading = _HEADING.match(line)
        if heading is None:
            continue
        title = _plain(heading[2])
        own = slug(title)
        again = f"{own}-{seen[own]}" if seen[own] else own
        seen[own] += 1
        found.append(Mark(len(heading[1]), title, (*waiting, again), number))
        waiting.clear()
    return tuple(found)


def _plain(text: str) -> str:
    """The words of a heading without the signs of Markdown."""
    (block,) = parse(f"# {text}")[:1]
    return text_of(getattr(block, "spans", ()))


def _cut(whole: Page, lines: Sequence[str]) -> Iterator[Page]:
    """The parts of a document: at its chapters, and of a long chapter at the headings within it."""
    starts = [mark for mark in whole.marks if mark.level <= 2]
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        end = following.line if following is not None else len(lines)
        end = _before_places(lines, end)
        inner = [mark for mark in whole.marks if start.line < mark.line < end and mark.level == 3]
        begins = [start]
        if end - start.line > _MOST_LINES:
            for mark, next_line in zip(inner, [*(one.line for one in inner[1:]), end], strict=False):
                if next_line - begins[-1].line > _MOST_LINES and mark.line - begins[-1].line > 1:
                    begins.append(mark)
        for number, begin in enumerate(begins):
            last = begins[number + 1].line if number + 1 < len(begins) else end
            marks = tuple(mark for mark in whole.marks if begin.line <= mark.line < last)
            title = start.title if number == 0 else f"{start.title} ({number + 1})"
            text = "\n".join(lines[begin.line : _before_places(lines, last)])
            yield replace(whole, title=title, text=text, marks=marks)


def _before_places(lines: Sequence[str], end: int) -> int:
    """Leave the places that are named before a heading to the part of that heading."""
    while end > 0 and end < len(lines) and (not lines[end - 1].strip() or PLACE.match(lines[end - 1])):
        end -= 1
    return end
