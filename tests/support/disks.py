"""Disks that do not take what is written, as far as a test can have them, for root too."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from ctdild_desktop.registry.registry import Registry


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes (RLIMIT_FSIZE; Python ignores the signal)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def full_disk(registry: Registry, pages: int = 0) -> Iterator[None]:
    """The registry's file may not grow: SQLite answers as on a full disk."""
    with _pragma(registry, f"max_page_count={pages or 1}"):
        yield


@contextmanager
def read_only(registry: Registry) -> Iterator[None]:
    """The registry's file takes no change: SQLite answers as for a file without the right to write."""
    with _pragma(registry, "query_only=ON"):
        yield


@contextmanager
def _pragma(registry: Registry, setting_words: str) -> Iterator[None]:
    engine: Any = registry._engine

    def setting(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA {setting_words}")

    event.listen(engine, "checkout", setting)
    try:
        yield
    finally:
        event.remove(engine, "checkout", setting)
        engine.dispose()
