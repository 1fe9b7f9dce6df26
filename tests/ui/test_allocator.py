"""What was let go goes back to the system where that can be told."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ctdild_desktop.ui import allocator
from ctdild_desktop.using.held import rss_mb

_LET_GO = """
import sys
from ctdild_desktop.ui.allocator import give_back, hold_little
from ctdild_desktop.using.held import rss_mb
assert hold_little()
many = [bytearray(2000) for _ in range(30_000)]
kept = many[-1]
before = rss_mb()
del many
give_back()
print(before - rss_mb())
"""


@pytest.mark.skipif(allocator._library() is None, reason="needs the C library of GNU/Linux")
def test_memory_that_was_let_go_goes_back() -> None:
    done = subprocess.run([sys.executable, "-c", _LET_GO], check=True, capture_output=True, text=True)
    assert float(done.stdout) > 40


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    allocator._library.cache_clear()
    try:
        assert not allocator.hold_little()
        assert not allocator.give_back()
        assert rss_mb() is None
    finally:
        monkeypatch.undo()
        allocator._library.cache_clear()
