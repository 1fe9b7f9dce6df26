"""What is loaded while the passphrase is typed, and the garbage that nobody looks for meanwhile."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from ctdild_desktop import __main__ as door
from ctdild_desktop.ui import clearing, opening
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.tidying import Tidying


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_garbage_is_collected_again_when_everything_is_loaded() -> None:
    door.load_quickly()
    assert not gc.isenabled()
    opening.load_ahead()
    assert gc.isenabled()
    assert not any(thing is opening.__dict__ for thing in gc.get_objects())  # what is loaded is left out


def test_garbage_is_looked_for_between_events_when_the_program_is_loaded(qapp: QApplication) -> None:
    door.load_quickly()
    tidying = Tidying(qapp)
    opening.load_beside(ImmediateRunner(), tidying)
    assert not gc.isenabled()
    assert tidying.active
    tidying.end()
    assert gc.isenabled()
    assert not tidying.active
    tidying.deleteLater()


def test_what_a_window_held_is_collected_though_it_was_there_before_everything_was_loaded(
    qapp: QApplication,
) -> None:
    class Ring:
        pass

    ring = Ring()
    ring.__dict__["itself"] = ring
    seen = weakref.ref(ring)
    opening.load_ahead()
    del ring
    gc.collect()
    assert seen() is not None
    clearing.destroy_windows()
    qapp.processEvents()
    assert seen() is None
    assert gc.get_freeze_count()


def test_garbage_is_collected_again_when_something_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_FIRST", ("ctdild_desktop.nowhere",))
    door.load_quickly()
    with pytest.raises(ModuleNotFoundError):
        opening.load_ahead()
    assert gc.isenabled()


def test_a_window_that_does_not_open_leaves_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def run(**_given: object) -> int:
        seen.append(gc.isenabled())
        raise OSError("no display")

    monkeypatch.setattr("ctdild_desktop.app.run", run)
    with pytest.raises(OSError, match="no display"):
        door._open_window(None, None, None)
    assert seen == [False]
    assert gc.isenabled()


_SOURCES_KEPT = """
import linecache
from ctdild_desktop.__main__ import load_quickly
load_quickly()
import ctdild_desktop.app
print(len(linecache.cache))
"""


def test_no_source_is_read_and_kept_when_the_window_is_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", _SOURCES_KEPT], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "0"
