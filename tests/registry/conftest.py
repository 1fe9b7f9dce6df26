"""A registry per test, copied from one that is made once, and a clock that is told what time it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import PatientRow
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE, Clock, Made


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Made:
    path = tmp_path_factory.mktemp("template") / "clinic.ctdild"
    registry, code = Registry.create(path, LOGIN, "R. Amsel", PASSPHRASE, cost=CHEAPEST, clock=Clock())
    with registry.write(LOGIN, "first patient") as session:
        session.add(PatientRow(mrn="MRN-SENTINEL-1", family_name="Zaunkönig-Sentinel", given_name="Ada"))
    registry.close()
    return Made(path, code)


@pytest.fixture
def made(template: Made, tmp_path: Path) -> Made:
    """A closed registry with one patient."""
    for source in (template.path, template.keys):
        shutil.copyfile(source, tmp_path / source.name)
    return Made(tmp_path / template.path.name, template.code)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(made: Made, clock: Clock) -> Iterator[Registry]:
    """An open registry with one patient."""
    opened = made.open(clock)
    yield opened
    opened.close()


@pytest.fixture
def snapshot() -> Callable[[Path], dict[str, bytes]]:
    """Everything in a folder, byte for byte; for folders that nobody has open."""

    def take(folder: Path) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}

    return take
