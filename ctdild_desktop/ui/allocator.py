"""Memory that was let go goes back to the system, where the C library of the system keeps it.

Of each thread glibc keeps a heap of its own, and in each what was let go; after a printout or an analysis
that is a hundred megabytes that nobody uses. Elsewhere (Windows, macOS) nothing is done.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1
"""As ``malloc.h`` numbers them."""
_HEAPS = 1
"""Objects of Python have their own; what is left takes no longer with one than with two."""
_LARGE = 256 * 1024
"""Bytes from which on a piece is mapped by itself, so that it goes back when it is let go."""


@cache
def _library() -> Any:
    """The C library, where it is one that can be told; None elsewhere."""
    if sys.platform != "linux":
        return None
    import ctypes

    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None


def hold_little() -> bool:
    """Keep one heap for all threads, and no large piece that is let go; whether that can be told here."""
    library = _library()
    if library is None:
        return False
    told = ((_ARENA_MAX, _HEAPS), (_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _LARGE))
    return all(library.mallopt(name, value) == 1 for name, value in told)


def give_back() -> bool:
    """Give back what was let go; whether there was anything. Some ten milliseconds on any thread."""
    library = _library()
    return library is not None and library.malloc_trim(0) == 1
