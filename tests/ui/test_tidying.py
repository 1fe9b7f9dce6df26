from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ctdild_desktop.ui.tidying import Tidying


class Circle:
    """Holds itself, so that only a look for garbage takes it away."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def tidying(qapp: QApplication) -> Iterator[Tidying]:
    made = Tidying(qapp)
    made.begin()
    yield made
    made.end()
    assert gc.isenabled()
    made.deleteLater()


def circles(number: int) -> list[weakref.ref[Circle]]:
    return [weakref.ref(Circle()) for _ in range(number)]


def test_python_does_not_look_by_itself(tidying: Tidying) -> None:
    assert not gc.isenabled()
    lost = circles(50_000)
    assert all(one() is not None for one in lost)
    tidying.look()
    assert all(one() is None for one in lost)


def test_little_is_left_where_it_is(tidying: Tidying) -> None:
    tidying.look()
    gc.collect()
    lost = circles(100)
    tidying.look()
    assert all(one() is not None for one in lost)


def test_it_is_looked_when_the_events_of_the_moment_are_over(tidying: Tidying, qtbot: QtBot) -> None:
    lost = circles(10_000)
    qtbot.waitUntil(lambda: all(one() is None for one in lost))


def test_what_was_held_long_goes_as_well(tidying: Tidying) -> None:
    held = Circle()
    lost = weakref.ref(held)
    gc.collect()
    del held
    for _ in range(60):
        circles(3000)
        tidying.look()
    assert lost() is None
