"""What was let go goes back to the system where that can be told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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

_HEAPS = """
import ctypes
import sys
import threading
from ctdild_desktop import app
from ctdild_desktop.ui.jobs import JobRunner

def stay(program):
    runner = program.findChild(JobRunner)
    threads = []
    def work():
        threads.append((threading.get_ident(), [bytearray(3000) for _ in range(100)]))
    for queue in ({}, {"files": True}, {"upkeep": True}, {"aside": True}):
        runner.run(work, **queue)
    while runner.pending:
        program.processEvents()
    assert len({one for one, _held in threads}) == 4
    library = ctypes.CDLL(None)
    library.fopen.restype = ctypes.c_void_p
    target = ctypes.c_void_p(library.fopen(sys.argv[1].encode(), b"w"))
    library.malloc_info(0, target)
    library.fclose(target)
    return 0

app.run(stay=stay)
"""
_gnu = pytest.mark.skipif(allocator._library() is None, reason="needs the C library of GNU/Linux")


@_gnu
def test_memory_that_was_let_go_goes_back() -> None:
    done = subprocess.run([sys.executable, "-c", _LET_GO], check=True, capture_output=True, text=True)
    assert float(done.stdout) > 40


@_gnu
def test_all_threads_of_the_program_share_one_heap(tmp_path: Path) -> None:
    told = tmp_path / "heaps.xml"
    own = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"), str(tmp_path))
    environment = {**os.environ, **own, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-c", _HEAPS, str(told)], check=True, env=environment)
    assert told.read_text(encoding="utf-8").count("<heap nr=") == 1


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
