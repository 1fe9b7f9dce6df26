"""Long reading that nobody waits for lets those go first who do.

Whoever gives such work to a thread says how it rests; the work asks between small pieces. Without anybody who
said so it goes straight on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctdild_desktop.registry.sessions import OpenRegistry

Free = Callable[[float], bool]
"""Whether nobody goes first, asked with the seconds that were waited already; it may wait a moment itself."""

_free: ContextVar[Free | None] = ContextVar("free", default=None)


@contextmanager
def at_leisure(free: Free) -> Iterator[None]:
    """Do what follows at leisure: when nobody else is at work."""
    token = _free.set(free)
    try:
        yield
    finally:
        _free.reset(token)


def pause(registry: OpenRegistry | None = None) -> None:
    """Rest between two small pieces of long reading, or of other work that reads no registry.

    Raises:
        RegistryError: the registry is being locked, which waits for nobody.
    """
    free = _free.get()
    if free is None:
        return
    since = time.monotonic()
    if registry is not None:
        registry.refuse_closing()
    while not free(time.monotonic() - since):
        if registry is not None:
            registry.refuse_closing()
