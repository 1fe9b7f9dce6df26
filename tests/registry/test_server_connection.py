"""Reaching a server in time that is new enough and holds a registry, or a sentence for what is wrong."""

from __future__ import annotations

import datetime as dt
import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ctdild_desktop.place import Place
from ctdild_desktop.registry import founding, schema, server_connection
from ctdild_desktop.registry.errors import (
    BusyError,
    DamagedError,
    NewerError,
    NotFoundError,
    RegistryError,
    UnreachableError,
)
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import AuditRow, PatientRow, VisitRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.server import Server
from ctdild_desktop.registry.server_accounts import role_of
from tests.support.postgres import OWNER, Cluster
from tests.support.registries import LOGIN, PASSPHRASE

HOST = "db.clinic.example"
NETWORK = "reached only with a proven certificate"
UNPROVEN = "does not prove with its certificate that it is the right one"


def entered(place: Place, login: str = LOGIN, passphrase: str = PASSPHRASE) -> None:
    """Sign in and leave again."""
    Registry.open(place, login, passphrase).close()


# what is wrong with a server


@pytest.fixture
def place(cluster: Cluster, server_template: str) -> Place:
    """The address of a registry that nobody has open."""
    return cluster.new_registry(server_template)


def by_owner(cluster: Cluster, database: str, *statements: str) -> None:
    with closing(Server.of_address(cluster.place(database)).connect(autocommit=True)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_server_that_is_away_or_keeps_silent_is_out_of_reach(place: Place, tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match=f"The server of {place.database} cannot be reached"):
        entered(replace(place, options=(("host", str(tmp_path)),)))
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / ".s.PGSQL.5432"))
        silent.listen()
        with pytest.raises(UnreachableError, match="cannot be reached"):
            entered(replace(place, options=(("host", str(tmp_path)), ("connect_timeout", "1"))))


def test_an_address_that_libpq_does_not_take_is_refused(place: Place) -> None:
    for option in (("connect_timeout", "soon"), ("sslmode", "perhaps"), ("port", "door")):
        with pytest.raises(RegistryError, match="The address of the server cannot be used"):
            entered(replace(place, options=(*place.options, option)))


def test_a_database_that_is_not_there_is_named(cluster: Cluster) -> None:
    place = cluster.place("not_there")
    with pytest.raises(NotFoundError, match="The server has no database not_there"):
        entered(place)


def test_a_database_without_a_registry_is_said_to_hold_none(cluster: Cluster) -> None:
    with pytest.raises(DamagedError, match="The database holds no registry of this program"):
        entered(cluster.new_database())


def test_a_registry_without_key_slots_is_said_to_be_none(cluster: Cluster, place: Place) -> None:
    by_owner(cluster, place.database, "DELETE FROM registry_keys")
    with pytest.raises(NotFoundError, match=f"There is no registry in the database {place.database}"):
        entered(place)


def test_d11_a_registry_of_a_newer_program_is_refused(cluster: Cluster, place: Place) -> None:
    by_owner(cluster, place.database, "UPDATE alembic_version SET version_num = '2031_01_01_later'")
    with pytest.raises(NewerError, match="made by a newer version of the program; nothing was changed"):
        entered(place)
    with pytest.raises(NewerError):
        founding.upgrade(cluster.place(place.database))


def test_d11_a_registry_of_an_older_program_is_left_for_its_owner_to_bring_up_to_date(
    cluster: Cluster, place: Place
) -> None:
    older = "2026_11_23_site_criteria"
    assert older != schema.REVISION
    by_owner(cluster, place.database, f"UPDATE alembic_version SET version_num = '{older}'")
    with pytest.raises(RegistryError, match="made by an older version of the program") as caught:
        entered(place)
    assert "ctdild upgrade" in caught.value.hint


def test_key_slots_of_another_registry_are_refused(cluster: Cluster, place: Place) -> None:
    by_owner(
        cluster,
        place.database,
        "SELECT set_config('ctdild.user', 'owner', false), set_config('ctdild.batch', 'b', false), "
        "set_config('ctdild.at', 'now', false)",
        "UPDATE registry_info SET db_id = 'another'",
    )
    with pytest.raises(DamagedError, match="belong to another registry"):
        entered(place)


def test_an_old_server_is_refused_before_anything_is_asked(
    cluster: Cluster, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_connection, "OLDEST_SERVER", 990000)
    with pytest.raises(RegistryError, match="too old: PostgreSQL 15 or newer is needed"):
        entered(place)
    with pytest.raises(RegistryError, match="too old"):
        founded(cluster.new_database())


def founded(place: Place) -> None:
    Registry.create(place, LOGIN, "R. Amsel", PASSPHRASE, cost=CHEAPEST)[0].close()


def test_a_second_registry_in_one_database_is_refused(cluster: Cluster, place: Place) -> None:
    with pytest.raises(RegistryError, match="holds a registry already"):
        founded(cluster.place(place.database))
    entered(place)


def test_a_database_that_cannot_hold_every_name_is_refused(cluster: Cluster) -> None:
    with cluster.superuser() as connection:
        connection.execute(
            f"CREATE DATABASE narrow TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' OWNER {OWNER}"
        )
    with pytest.raises(RegistryError, match="its encoding is LATIN1"):
        founded(cluster.place("narrow"))


def test_an_owner_who_may_not_make_accounts_founds_nothing(cluster: Cluster) -> None:
    place = cluster.new_database()
    with cluster.superuser() as connection:
        connection.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
        connection.execute(f'ALTER DATABASE "{place.database}" OWNER TO plain')
    plain = replace(place, user="plain", password="plain")
    with pytest.raises(RegistryError, match="does not allow this"):
        founded(plain)
    with cluster.superuser(place.database) as connection:
        assert connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone() == (0,)


@pytest.mark.parametrize("name", ["a.b", "a:b", "x" * 41, 'qu"ote', "Größe"])
def test_a_database_whose_name_no_account_could_begin_with_is_refused(cluster: Cluster, name: str) -> None:
    with pytest.raises(RegistryError, match="1 to 40 letters, digits"):
        founded(cluster.place(name))


def test_a_server_with_no_connection_left_says_so(cluster: Cluster, place: Place) -> None:
    role = role_of(place.database, LOGIN)
    with cluster.superuser() as connection:
        connection.execute(f'ALTER ROLE "{role}" CONNECTION LIMIT 0')
    with pytest.raises(BusyError, match="too many connections"):
        entered(place)


def test_what_the_database_sets_otherwise_does_not_count(cluster: Cluster, place: Place) -> None:
    with cluster.superuser() as connection:
        for setting in (
            "datestyle = 'German'",
            "default_transaction_isolation = 'serializable'",
            "search_path = 'elsewhere'",
            "timezone = 'Asia/Tokyo'",
            "client_encoding = 'LATIN1'",
            "lock_timeout = 0",
        ):
            connection.execute(f'ALTER DATABASE "{place.database}" SET {setting}')
    registry = Registry.open(place, LOGIN, PASSPHRASE)
    try:
        with registry.write(LOGIN) as session:
            patient = PatientRow(mrn="山田", family_name="Müller")
            session.add(patient)
            session.flush()
            session.add(VisitRow(patient_id=patient.id, date=dt.date(2026, 3, 12)))
        with registry.read() as session:
            last = session.execute(select(AuditRow.new).order_by(AuditRow.seq.desc())).scalars().first()
            assert session.execute(select(PatientRow.mrn).where(PatientRow.mrn == "山田")).scalar_one()
        assert json.loads(last or "")["date"] == "2026-03-12"
        assert registry.verify()["ok"] is True
    finally:
        registry.close()


# while somebody else writes


def test_who_waits_too_long_for_another_desk_is_told_so(server_registry: Registry) -> None:
    other = Registry.open(server_registry.place, LOGIN, PASSPHRASE)
    try:
        with server_registry.write(LOGIN) as session:
            session.add(PatientRow(mrn="long at work"))
            session.flush()
            with (
                impatient(other),
                pytest.raises(BusyError, match="Another desk is writing"),
                other.write(LOGIN),
            ):
                pytest.fail("two desks write at once")
            with other.read() as reading:
                assert reading.execute(select(func.count()).select_from(PatientRow)).scalar_one() == 1
        with other.write(LOGIN) as session:
            session.add(PatientRow(mrn="and then"))
    finally:
        other.close()


@contextmanager
def impatient(registry: Registry) -> Iterator[None]:
    """New connections wait 50 ms for another desk."""
    registry._engine.dispose()
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(server_connection._SETTINGS, "lock_timeout", "50ms")
        yield
    registry._engine.dispose()
