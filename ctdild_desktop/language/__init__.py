"""The language in which the program speaks: English sentences, or what a catalogue has in their place.

The English text is the key of each message, so that without a catalogue every sentence is exactly what the
code says. The entry point with the window chooses a language, and so does a book of the manual; what the
command line says, exports, stored values, logs and the audit trail are always English. Nothing of the product
and nothing of Qt is known here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar, cast

from ctdild_desktop.language.catalogue import Catalogue, CatalogueError, ExchangedWords
from ctdild_desktop.language.retelling import Retelling

__all__ = [
    "Catalogue",
    "CatalogueError",
    "ExchangedWords",
    "changed",
    "code",
    "english_of",
    "joined",
    "marked",
    "remembered",
    "retold",
    "say",
    "say_in",
    "say_n",
    "spoken",
    "use",
]


P = ParamSpec("P")
T = TypeVar("T")


class _Current:
    """What the process speaks, and what it keeps until it speaks otherwise."""

    def __init__(self) -> None:
        self.catalogue: Catalogue | None = None
        self.forget: list[Callable[[], None]] = []


_current = _Current()


def use(catalogue: Catalogue | None) -> None:
    """Speak by this catalogue from now on, in the whole process; None for English."""
    _current.catalogue = catalogue
    for forget in _current.forget:
        forget()


@contextmanager
def spoken(catalogue: Catalogue | None) -> Iterator[None]:
    """Speak by a catalogue meanwhile, and as before afterwards."""
    before = _current.catalogue
    use(catalogue)
    try:
        yield
    finally:
        use(before)


def remembered(make: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function answers, as ``functools.cache`` does, until another language is chosen."""
    kept = functools.cache(make)
    _current.forget.append(kept.cache_clear)
    return cast("Callable[P, T]", kept)


def code() -> str:
    """The language in use: ``en``, ``es`` ..."""
    return _current.catalogue.code if _current.catalogue is not None else "en"


class Marked(str):
    """A constant text that is put into the language in use when it is formatted, or given to :func:`say`."""

    __slots__ = ()

    def __str__(self) -> str:
        return say(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class _Filled(Marked):
    """A marked message with its values: English, and said when it is formatted or made a text (``str``)."""

    __slots__ = ("_message", "_values")
    _message: str
    _values: dict[str, object]

    def __str__(self) -> str:
        return say(self._message, **self._values)


class Said(str):
    """A text in another language that remembers its English, for what is stored: :func:`english_of`."""

    __slots__ = ("english",)
    english: str


def english_of(text: str) -> str:
    """The English of a text that was said, for the audit trail; the text itself when it has none."""
    return text.english if isinstance(text, Said) else text[:]


def marked(text: str, /, **values: object) -> str:
    """A message to be said later with its values, in the language then in use: see :func:`say`.

    So a constant is found among the messages, and what is met before the language is known is told in it.
    """
    if not values:
        return Marked(text)
    made = _Filled(text.format(**_english(values)))
    made._message, made._values = text, values
    return made


def say(text: str, /, **values: object) -> str:
    """A message in the language in use, with its values in the places that it names: ``{name}``.

    Without values the text is no template: braces stay as they are.
    """
    if _current.catalogue is None:
        return text.format(**values) if values else text[:]
    told = _current.catalogue.message(text)
    return _said(told.format(**values), text.format(**_english(values))) if values else _said(told, text[:])


def say_in(context: str, text: str, /) -> str:
    """A text of a list, in the words that this list has for it: ``none`` of oxygen, ``none`` of vaccines."""
    if _current.catalogue is None:
        return text
    return _said(_current.catalogue.message(text, context), text)


def changed(text: str, change: Callable[[str], str], /) -> str:
    """A text with a change of its letters, remembering its English with the same change."""
    made = change(text[:])
    return _said(made, change(text.english)) if isinstance(text, Said) else made


def joined(parts: Iterable[str], between: str = ", ") -> str:
    """Texts listed one after the other, remembering their English."""
    listed = list(parts)
    if _current.catalogue is None:
        return between.join(listed)
    return _said(between.join(listed), english_of(between).join(map(english_of, listed)))


def say_n(one: str, many: str, n: int, /, **values: object) -> str:
    """A message that counts: the form for ``n`` things, with ``{n}`` and the other values in their places."""
    english = one if n == 1 else many
    if _current.catalogue is None:
        return english.format(n=n, **values)
    told = _current.catalogue.counted(one, many, n)
    return _said(told.format(n=n, **values), english.format(n=n, **_english(values)))


def retold(text: str, /) -> str:
    """A sentence that was kept in English, in the language in use when its message is found."""
    told = _retelling()
    return text if told is None else _said(told.tell(text), text)


@remembered
def _retelling() -> Retelling | None:
    return None if _current.catalogue is None else Retelling(_current.catalogue)


def _english(values: dict[str, object]) -> dict[str, object]:
    return {name: english_of(value) if isinstance(value, str) else value for name, value in values.items()}


def _said(told: str, english: str) -> Said:
    made = Said(told)
    made.english = english
    return made
