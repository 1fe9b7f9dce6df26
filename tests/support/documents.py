"""The documents of the project as the tests of the manual read them: links, anchors, commands, code."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ADMINISTRATION = DOCS / "administration"
GUIDE = DOCS / "guide" / "en"
PAGES = tuple(sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "packaging" / "README.md"]))
"""Every document."""
HAND_WRITTEN = tuple(path for path in PAGES if path.name not in {"clinical-rules.md", "CHANGELOG.md"})
"""Those that speak of the program as it is now."""
OF_THE_PROGRAM = tuple(
    path for path in PAGES if {GUIDE, ADMINISTRATION} & {*path.parents} or path == ROOT / "README.md"
)
"""Those that name what stands on the screen."""
OF_TOOLS = (ROOT / "CONTRIBUTING.md", ROOT / "packaging" / "README.md", DOCS / "performance.md")
"""Those that speak of other programs and their options as well."""


@cache
def tokens(path: Path) -> tuple[Token, ...]:
    """The parts of a document."""
    return tuple(MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8")))


def _inline(path: Path) -> Iterator[Token]:
    for token in tokens(path):
        yield from token.children or ()


@cache
def anchors(path: Path) -> frozenset[str]:
    """The anchors of a document: of its headings, as a code host names them, and those that it writes."""
    found: list[str] = []
    parts = tokens(path)
    for opening, inside in pairwise(parts):
        if opening.type == "heading_open":
            words = "".join(child.content for child in inside.children or ())
            slug = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
            again = sum(
                one == slug or re.fullmatch(rf"{re.escape(slug)}-\d+", one) is not None for one in found
            )
            found.append(f"{slug}-{again}" if again else slug)
    written = re.findall(r'<a id="([^"]+)"></a>', path.read_text(encoding="utf-8"))
    return frozenset([*found, *written])


def links(path: Path) -> Iterator[str]:
    """Where a document's links and pictures lead."""
    for token in _inline(path):
        target = token.attrGet("href") or token.attrGet("src")
        if target is not None:
            yield str(target)


def spans(path: Path) -> Iterator[str]:
    """The pieces of code in a document's sentences."""
    for token in _inline(path):
        if token.type == "code_inline":
            yield token.content


def prose(path: Path) -> str:
    """The sentences of a document, with the pieces of code in them, without blocks."""
    return "\n".join(token.content for token in tokens(path) if token.type == "inline")


@dataclass(frozen=True)
class Example:
    """One line with ``ctdild`` in a block of a document."""

    page: str
    arguments: tuple[str, ...]


def _lines(block: str) -> Iterator[str]:
    yield from re.sub(r"\\\n\s*", " ", block).splitlines()


def examples(path: Path) -> Iterator[Example]:
    """The commands of this program in the blocks of a document that are for a shell."""
    for token in tokens(path):
        if token.type == "fence" and token.info.strip() in {"sh", "console"}:
            for line in _lines(token.content):
                words = shlex.split(line, comments=True)
                if words and Path(words[0]).name == "ctdild":
                    kept = words[1 : words.index(">")] if ">" in words else words[1:]
                    yield Example(f"{path.relative_to(ROOT)}: {line.strip()}", tuple(kept))
