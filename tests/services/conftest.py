"""A real registry for the tests of services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ctdild_desktop.place import Place
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.server import Server
from ctdild_desktop.services import access
from ctdild_desktop.services.desk import Desk
from tests.support.desks import (
    LOGIN,
    PASSPHRASE,
    Clock,
    close_others,
    copied_desk,
    make_desk,
    make_desk_at,
)
from tests.support.postgres import Cluster


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
def file_desk(template: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """An administrator at an empty registry in a file."""
    made = copied_desk(template, tmp_path, clock)
    yield made
    made.close()


@pytest.fixture(scope="session")
def server_template(cluster: Cluster) -> str:
    """The database of an empty registry, to be copied."""
    place = cluster.new_database()
    make_desk_at(place).close()
    return cluster.as_template(place)


@pytest.fixture
def server_desk(cluster: Cluster, server_template: str, clock: Clock) -> Iterator[Desk]:
    """An administrator at an empty registry on a server."""
    place = cluster.copy_of(server_template)
    made = access.unlock(place, login=LOGIN, passphrase=PASSPHRASE, clock=clock)
    yield made
    close_others()
    made.close()
    cluster.drop(place)


@pytest.fixture
def owner_desk(cluster: Cluster, server_desk: Desk, clock: Clock) -> Iterator[Desk]:
    """The same registry as the owner of its database has it, whom no right holds back."""
    signed_in = server_desk.registry
    owner = Server.of_address(cluster.place(signed_in.place.database))
    registry = Registry(owner, bytearray(signed_in.data_key), clock)
    registry.login, registry.display_name, registry.role = LOGIN, signed_in.display_name, signed_in.role
    yield access.at_desk(registry, clock, None)
    registry.close()


@pytest.fixture(params=["file", "server"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """An administrator at an empty registry: in an encrypted file, and on a PostgreSQL server."""
    made: Desk = request.getfixturevalue(f"{request.param}_desk")
    return made


@pytest.fixture
def as_owner(request: pytest.FixtureRequest, desk: Desk) -> Place:
    """Where the registry is; on a server in an address that names the owner of the database."""
    if not desk.registry.place.is_server:
        return desk.registry.place
    running: Cluster = request.getfixturevalue("cluster")
    return running.place(desk.registry.place.database)
