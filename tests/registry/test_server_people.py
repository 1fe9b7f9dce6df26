"""People on a server: a role of the server for each, whose rights and password follow the account at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select

from ctdild_desktop.place import Place
from ctdild_desktop.registry import founding, users
from ctdild_desktop.registry.errors import (
    DamagedError,
    RegistryError,
    TooManyAttemptsError,
    UnreachableError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import AuditRow, PatientRow, UserRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.server_accounts import role_of
from tests.support.postgres import OWNER, OWNER_PASSWORD, Cluster
from tests.support.registries import LOGIN, PASSPHRASE, Clock

FIRST, OWN = "words for the first day", "a passphrase of my own"
NOT_LET_IN = "The server does not accept this login and passphrase"
NOT_ALLOWED = "Your account on the server does not allow this"


def add(registry: Registry, login: str = "drossel", role: str = "recorder", passphrase: str = FIRST) -> None:
    users.add_user(registry, login, "T. Drossel", role, passphrase, cost=CHEAPEST)


@contextmanager
def entered(place: Place, login: str = "drossel", passphrase: str = FIRST) -> Iterator[Registry]:
    with closing(Registry.open(place, login, passphrase, clock=Clock())) as opened:
        yield opened


def refused(place: Place, login: str, passphrase: str) -> None:
    with pytest.raises(WrongPassphraseError):
        Registry.open(place, login, passphrase, clock=Clock()).close()


def write(registry: Registry, mrn: str) -> None:
    with registry.write(registry.login) as session:
        session.add(PatientRow(mrn=mrn))


def mrns(registry: Registry) -> list[str]:
    with registry.read() as session:
        return list(session.execute(select(PatientRow.mrn).order_by(PatientRow.mrn)).scalars())


def last_writer(registry: Registry) -> str:
    """Who wrote a patient last, by the trail."""
    query = select(AuditRow.user_id).where(AuditRow.table_name == "patient").order_by(AuditRow.seq.desc())
    with registry.read() as session:
        return str(session.execute(query).scalars().first())


# logins of every kind


@pytest.mark.parametrize(
    "login",
    [
        "Müller",
        "o'brien",
        'anna "die rote" lena',
        "  two words ",
        "a.b:c;d--e",
        "100%s {x} \\n",
        "山田",
        "ﬁnch",
        "postgres",
        "x" * 50,
        'drop role "ctd_owner"; --',
    ],
)
def test_people_of_any_login_are_added_work_and_go(server_registry: Registry, login: str) -> None:
    place = server_registry.place
    add(server_registry, login)
    with entered(place, login) as opened:
        write(opened, "N-1")
        users.change_passphrase(opened, login, FIRST, OWN, cost=CHEAPEST)
        name = opened.login
        with opened.read() as session:
            last = (
                select(AuditRow.user_id).where(AuditRow.table_name == "patient").order_by(AuditRow.seq.desc())
            )
            assert session.execute(last).scalars().first() == name
    refused(place, login, FIRST)
    users.set_role(server_registry, login, "viewer")
    with entered(place, login, OWN) as opened, pytest.raises(RegistryError, match=NOT_ALLOWED):
        write(opened, "N-2")
    users.remove_user(server_registry, login, "left")
    refused(place, login, OWN)
    assert server_registry.verify()["ok"] is True


@pytest.mark.parametrize("login", ["é" * 30, "x" * 64, "山" * 21])
def test_a_login_that_the_server_cannot_have_leaves_nothing(server_registry: Registry, login: str) -> None:
    before, keys = server_registry.head(), server_registry.keystore().content()
    with pytest.raises(RegistryError, match="too long for the server"):
        add(server_registry, login)
    assert (server_registry.head(), server_registry.keystore().content()) == (before, keys)
    with pytest.raises(RegistryError, match="too long for the server"):
        Registry.open(server_registry.place, login, FIRST)


def test_two_logins_that_only_look_alike_are_two_people(server_registry: Registry) -> None:
    add(server_registry, "muller", passphrase="the first of the two")
    add(server_registry, "müller", passphrase="the second of the two")
    with pytest.raises(RegistryError, match="already taken"):
        add(server_registry, "MU\u0308LLER")
    with entered(server_registry.place, "MU\u0308LLER", "the second of the two") as opened:
        assert opened.login == "müller"
    refused(server_registry.place, "muller", "the second of the two")


# passphrases


def test_a_desk_goes_on_after_its_person_changed_the_passphrase(server_registry: Registry) -> None:
    users.change_passphrase(server_registry, LOGIN, PASSPHRASE, OWN, cost=CHEAPEST)
    write(server_registry, "N-1")
    server_registry._engine.dispose()
    write(server_registry, "N-2")
    assert server_registry.backend.wait_for_change(0) is False
    users.change_passphrase(server_registry, LOGIN, OWN, PASSPHRASE, cost=CHEAPEST)
    server_registry._engine.dispose()
    write(server_registry, "N-3")


def test_another_desk_of_that_person_goes_on_until_it_must_connect_anew(server_registry: Registry) -> None:
    with entered(server_registry.place, LOGIN, PASSPHRASE) as other:
        users.change_passphrase(server_registry, LOGIN, PASSPHRASE, OWN, cost=CHEAPEST)
        write(other, "N-1")
        other._engine.dispose()
        with pytest.raises(WrongPassphraseError, match=NOT_LET_IN):
            write(other, "N-2")


def test_a_change_that_is_refused_leaves_the_old_passphrase(server_registry: Registry) -> None:
    for old, new in ((PASSPHRASE, "short"), (PASSPHRASE, PASSPHRASE), ("a wrong one", OWN)):
        with pytest.raises(RegistryError):
            users.change_passphrase(server_registry, LOGIN, old, new, cost=CHEAPEST)
    with entered(server_registry.place, LOGIN, PASSPHRASE):
        pass


def test_nobody_but_an_administrator_gives_another_one_a_passphrase(server_registry: Registry) -> None:
    add(server_registry)
    add(server_registry, "meise")
    with entered(server_registry.place) as opened:
        with pytest.raises(RegistryError, match=NOT_ALLOWED):
            users.reset_passphrase(opened, "meise", OWN, cost=CHEAPEST)
        with pytest.raises(RegistryError, match=NOT_ALLOWED):
            add(opened, "third", "administrator")
    with entered(server_registry.place, "meise"):
        pass


def test_a5_wrong_passphrases_make_one_wait_and_a_server_that_is_away_does_not(
    cluster: Cluster, server_registry: Registry
) -> None:
    place, clock = server_registry.place, Clock()
    cluster.stop()
    for _ in range(6):
        with pytest.raises(UnreachableError):
            Registry.open(place, LOGIN, PASSPHRASE, clock=clock)
    cluster.start()
    for _ in range(5):
        with pytest.raises(WrongPassphraseError, match=NOT_LET_IN):
            Registry.open(place, LOGIN, "a wrong passphrase", clock=clock)
    with pytest.raises(TooManyAttemptsError):
        Registry.open(place, LOGIN, PASSPHRASE, clock=clock)
    clock.now = clock.now.replace(hour=11)
    with closing(Registry.open(place, LOGIN, PASSPHRASE, clock=clock)) as opened, opened.read() as session:
        told = select(AuditRow.new).where(AuditRow.row_id == "unlock_failed")
        assert '"failed": "5"' in str(session.execute(told).scalar_one())


# roles, removal and return, with the desk open


def test_another_role_has_its_rights_at_the_next_statement(server_registry: Registry) -> None:
    add(server_registry, role="viewer")
    with entered(server_registry.place) as opened:
        with pytest.raises(RegistryError, match=NOT_ALLOWED):
            write(opened, "N-1")
        users.set_role(server_registry, "drossel", "recorder")
        write(opened, "N-2")
        users.set_role(server_registry, "drossel", "viewer")
        with pytest.raises(RegistryError, match=NOT_ALLOWED):
            write(opened, "N-3")
        assert mrns(opened) == ["MRN-SENTINEL-1", "N-2"]
    assert server_registry.verify()["ok"] is True


def test_a3_who_is_removed_reads_and_writes_nothing_more_even_at_an_open_desk(
    server_registry: Registry,
) -> None:
    add(server_registry)
    with entered(server_registry.place) as opened:
        assert len(mrns(opened)) == 1
        users.remove_user(server_registry, "drossel", "left the clinic")
        acts: tuple[Callable[[], object], ...] = (
            lambda: mrns(opened),
            lambda: write(opened, "N-1"),
            lambda: opened.record_event("export", user="drossel"),
            opened.keystore,
        )
        for act in acts:
            with pytest.raises(RegistryError, match=NOT_ALLOWED):
                act()
        opened._engine.dispose()
        with pytest.raises(WrongPassphraseError, match=NOT_LET_IN):
            mrns(opened)
    refused(server_registry.place, "drossel", FIRST)
    users.reactivate(server_registry, "drossel", OWN, cost=CHEAPEST)
    refused(server_registry.place, "drossel", FIRST)
    with entered(server_registry.place, passphrase=OWN) as opened:
        assert opened.must_change
        write(opened, "N-2")


def test_an_administrator_does_not_remove_themselves(server_registry: Registry) -> None:
    add(server_registry, role="administrator")
    with pytest.raises(RegistryError, match="another administrator removes you"):
        users.remove_user(server_registry, LOGIN, "left")
    with entered(server_registry.place) as other:
        users.remove_user(other, LOGIN, "left")
    refused(server_registry.place, LOGIN, PASSPHRASE)


def test_an_administrator_can_give_up_the_role(server_registry: Registry) -> None:
    add(server_registry, role="administrator")
    users.set_role(server_registry, LOGIN, "viewer")
    with pytest.raises(RegistryError, match=NOT_ALLOWED):
        users.set_role(server_registry, LOGIN, "administrator")
    with entered(server_registry.place) as other:
        assert other.verify()["ok"] is True


# one account of the database for all desks


@pytest.fixture
def shared(server_registry: Registry) -> Place:
    """The registry's address with the name and password of the owner of its database."""
    return replace(server_registry.place, user=OWNER, password=OWNER_PASSWORD)


def without_roles(cluster: Cluster, registry: Registry, *logins: str) -> None:
    """As a database is that was brought to another server: its people have no roles there."""
    with cluster.superuser(registry.place.database) as connection:
        for login in logins:
            role = role_of(registry.place.database, login)
            connection.execute(f'DROP OWNED BY "{role}"')
            connection.execute(f'DROP ROLE "{role}"')


def test_with_one_account_for_all_everybody_still_signs_in(
    cluster: Cluster, server_registry: Registry, shared: Place
) -> None:
    add(server_registry)
    server_registry._engine.dispose()
    without_roles(cluster, server_registry, LOGIN, "drossel")
    refused(server_registry.place, "drossel", FIRST)
    for login, passphrase in (("drossel", OWN), ("nobody", FIRST), (OWNER, OWNER_PASSWORD)):
        refused(shared, login, passphrase)
    with entered(shared) as opened:
        assert (opened.login, opened.role) == ("drossel", "recorder")
        write(opened, "N-1")
        with opened.read() as session:
            by = (
                select(AuditRow.user_id).where(AuditRow.table_name == "patient").order_by(AuditRow.seq.desc())
            )
            assert session.execute(by).scalars().first() == "drossel"
    with entered(shared, LOGIN, PASSPHRASE) as administrator:
        users.remove_user(administrator, "drossel", "left")
        assert administrator.verify()["ok"] is True
    refused(shared, "drossel", FIRST)


def test_people_of_a_database_that_was_brought_to_another_server_get_their_roles_again(
    cluster: Cluster, server_registry: Registry, shared: Place
) -> None:
    place = server_registry.place
    add(server_registry)
    server_registry._engine.dispose()
    without_roles(cluster, server_registry, LOGIN, "drossel")
    founding.upgrade(shared)
    with entered(shared, LOGIN, PASSPHRASE) as administrator:
        users.set_role(administrator, "drossel", "clinician")
        users.change_passphrase(administrator, LOGIN, PASSPHRASE, OWN, cost=CHEAPEST)
        users.reset_passphrase(administrator, "drossel", FIRST, cost=CHEAPEST)
    with entered(place, LOGIN, OWN) as opened:
        users.rename(opened, "drossel", "Theo Drossel")
    with entered(place) as opened:
        assert (opened.role, opened.must_change) == ("clinician", True)
        write(opened, "N-1")
        with pytest.raises(RegistryError, match=NOT_ALLOWED):
            users.rename(opened, LOGIN, "Forged")


# what is kept of them on the server


def test_key_slots_that_were_changed_outside_are_refused(
    server_registry: Registry, owner_registry: Registry
) -> None:
    holder = owner_registry.backend.holder
    content = holder.read()
    holder.write(content.replace(LOGIN.encode(), b"drossel"))
    with pytest.raises(DamagedError, match="changed outside"):
        add(server_registry, "meise")
    refused(server_registry.place, LOGIN, PASSPHRASE)
    holder.write(content)
    add(server_registry, "meise")


def test_no_passphrase_reaches_the_server(cluster: Cluster, server_registry: Registry) -> None:
    with cluster.superuser() as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
    try:
        add(server_registry)
        with entered(server_registry.place) as opened:
            users.change_passphrase(opened, "drossel", FIRST, OWN, cost=CHEAPEST)
    finally:
        with cluster.superuser() as connection:
            connection.execute("ALTER SYSTEM RESET log_statement")
            connection.execute("SELECT pg_reload_conf()")
    log = (cluster.folder / "log").read_text("utf-8")
    assert "account_password" in log
    for secret in (FIRST, OWN, PASSPHRASE):
        assert secret not in log
    with server_registry.read() as session:
        assert session.execute(select(UserRow.login).order_by(UserRow.login)).scalars().all() == [
            LOGIN,
            "drossel",
        ]
