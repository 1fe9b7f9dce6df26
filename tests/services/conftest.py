"""A real registry for the tests of services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ctdild_desktop.services.desk import Desk
from tests.support.desks import Clock, copied_desk, make_desk


@pytest.fixture
def clock() -> Clock:
    """12.03.2026, 10:00 UTC, until it is moved."""
    return Clock()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty registry, closed, to be copied."""
    made = make_desk(tmp_path_factory.mktemp("template"))
    made.close()
    return made.registry.path


@pytest.fixture
def desk(template: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """An administrator at an empty registry."""
    made = copied_desk(template, tmp_path, clock)
    yield made
    made.close()
