"""A registry per test, copied from one that is made once, and a clock that is told what time it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ctdild_desktop.place import Place
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import PatientRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.server import Server
from tests.support.postgres import Cluster
from tests.support.registries import LOGIN, PASSPHRASE, Clock, Made


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Made:
    path = tmp_path_factory.mktemp("template") / "clinic.ctdild"
    registry, code = Registry.create(path, LOGIN, "R. Amsel", PASSPHRASE, cost=CHEAPEST, clock=Clock())
    add_first_patient(registry)
    registry.close()
    return Made(path, code)


def add_first_patient(registry: Registry) -> None:
    with registry.write(LOGIN, "first patient") as session:
        session.add(PatientRow(mrn="MRN-SENTINEL-1", family_name="Zaunkönig-Sentinel", given_name="Ada"))


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
def file_registry(made: Made, clock: Clock) -> Iterator[Registry]:
    """An open registry in a file, with one patient."""
    opened = made.open(clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def server_template(cluster: Cluster) -> str:
    """The database of a registry with one patient, to be copied."""
    place = cluster.new_database()
    registry, _ = Registry.create(place, LOGIN, "R. Amsel", PASSPHRASE, cost=CHEAPEST, clock=Clock())
    add_first_patient(registry)
    registry.close()
    return cluster.as_template(place)


@pytest.fixture
def server_registry(cluster: Cluster, server_template: str, clock: Clock) -> Iterator[Registry]:
    """An open registry on a server, with one patient."""
    place = cluster.copy_of(server_template)
    opened = Registry.open(place, LOGIN, PASSPHRASE, clock=clock)
    yield opened
    opened.close()
    cluster.drop(place)


@pytest.fixture
def owner_registry(cluster: Cluster, server_registry: Registry, clock: Clock) -> Iterator[Registry]:
    """The registry on the server as the owner of its database has it, whom no right holds back."""
    place = cluster.place(server_registry.place.database)
    opened = Registry(Server.of_address(place), bytearray(server_registry.data_key), clock)
    yield opened
    opened.close()


@pytest.fixture(params=["file", "owner"])
def bare_registry(request: pytest.FixtureRequest) -> Registry:
    """A registry of which the triggers alone hold something back: in a file, and on a server as its owner."""
    opened: Registry = request.getfixturevalue(f"{request.param}_registry")
    return opened


@pytest.fixture(params=["file", "server"])
def registry(request: pytest.FixtureRequest) -> Registry:
    """An open registry with one patient: in an encrypted file, and on a PostgreSQL server."""
    opened: Registry = request.getfixturevalue(f"{request.param}_registry")
    return opened


@pytest.fixture
def as_owner(request: pytest.FixtureRequest, registry: Registry) -> Place:
    """Where the registry is; on a server in an address that names the owner of the database."""
    if not registry.place.is_server:
        return registry.place
    running: Cluster = request.getfixturevalue("cluster")
    return running.place(registry.place.database)


@pytest.fixture
def snapshot() -> Callable[[Path], dict[str, bytes]]:
    """Everything in a folder, byte for byte; for folders that nobody has open."""

    def take(folder: Path) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}

    return take
