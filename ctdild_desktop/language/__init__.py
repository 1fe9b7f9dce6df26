"""The language in which the program speaks: English sentences, or what a catalogue has in their place.

The English text is the key of each message, so that without a catalogue every sentence is exactly what the
code says. Only the entry point with the window chooses a language; the command line, exports, stored values,
logs and the audit trail are always English. Nothing of the product and nothing of Qt is known here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from ctdild_desktop.language.catalogue import Catalogue, CatalogueError

__all__ = ["Catalogue", "CatalogueError", "code", "marked", "remembered", "say", "say_n", "use"]


P = ParamSpec("P")
T = TypeVar("T")


class _Current:
    catalogue: Catalogue | None = None
    forget: list[Callable[[], None]] = []  # noqa: RUF012  one list for the process is meant


def use(catalogue: Catalogue | None) -> None:
    """Speak by this catalogue from now on, in the whole process; None for English."""
    _Current.catalogue = catalogue
    for forget in _Current.forget:
        forget()


def remembered(make: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function answers, as ``functools.cache`` does, until another language is chosen."""
    kept = functools.cache(make)
    _Current.forget.append(kept.cache_clear)

    @functools.wraps(make)
    def answer(*args: P.args, **named: P.kwargs) -> T:
        return kept(*args, **named)  # type: ignore[arg-type]  # what a cached function takes can be hashed

    return answer


def code() -> str:
    """The language in use: ``en``, ``es`` ..."""
    return _Current.catalogue.code if _Current.catalogue is not None else "en"


def marked(text: str) -> str:
    """The same text; marks a message that is said elsewhere by :func:`say`, so that it is collected."""
    return text


def say(text: str, /, **values: object) -> str:
    """A message in the language in use, with its values in the places that it names: ``{name}``.

    Without values the text is no template: braces stay as they are.
    """
    if _Current.catalogue is not None:
        text = _Current.catalogue.message(text)
    return text.format(**values) if values else text


def say_n(one: str, many: str, n: int, /, **values: object) -> str:
    """A message that counts: the form for ``n`` things, with ``{n}`` and the other values in their places."""
    if _Current.catalogue is not None:
        text = _Current.catalogue.counted(one, many, n)
    else:
        text = one if n == 1 else many
    return text.format(n=n, **values)
