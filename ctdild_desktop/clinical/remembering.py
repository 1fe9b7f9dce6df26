"""What is worked out once while one question about a record is answered.

A record is asked for its visits by every criterion, table and curve, and each of them computes the same
exact fractions. Within :func:`remembering` the answer to the same question about the same values is taken
again. The values never change, so that what is remembered is what would be computed; it is forgotten with the
question.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

T = TypeVar("T")

Memory = dict[tuple[Hashable, ...], tuple[Sequence[object], Any]]
"""Answers by what was asked and of which values; the values are held, so that no other takes their place."""

_current: ContextVar[Memory | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering(memory: Memory | None = None) -> Iterator[None]:
    """Remember what is worked out in this block.

    Args:
        memory: what was remembered earlier of the same record, to go on with; default: what the block around
            this one remembers, else nothing yet.
    """
    if memory is None:
        memory = _current.get()
    token = _current.set({} if memory is None else memory)
    try:
        yield
    finally:
        _current.reset(token)


def once(asked: tuple[Hashable, ...], of: Sequence[object], work: Callable[[], T]) -> T:
    """The answer to a question about some values; worked out when it is not remembered.

    Args:
        asked: what is asked, with whatever it depends on besides the values.
        of: the values, which are known again by being the same objects.
    """
    memory = _current.get()
    if memory is None:
        return work()
    key = (*asked, *map(id, of))
    found = memory.get(key)
    if found is None:
        found = memory[key] = (of, work())
    return cast("T", found[1])


def know(asked: tuple[Hashable, ...], of: Sequence[object], answer: object) -> None:
    """Remember an answer that was worked out together with others; outside :func:`remembering` it is lost."""
    memory = _current.get()
    if memory is not None:
        memory[(*asked, *map(id, of))] = (of, answer)


def known(asked: tuple[Hashable, ...], of: Sequence[object]) -> bool:
    """Whether the answer is remembered."""
    memory = _current.get()
    return memory is not None and (*asked, *map(id, of)) in memory
