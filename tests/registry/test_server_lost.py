"""A server that is lost while a desk works: what was saved is known, and nothing is saved twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ctdild_desktop.registry import audit, sessions, users
from ctdild_desktop.registry.errors import UncertainError, UnreachableError, WrongPassphraseError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import AuditRow, PatientRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.sessions import translated
from tests.support.cut_line import Cut, Line, line_to
from tests.support.postgres import Cluster
from tests.support.registries import LOGIN, PASSPHRASE, Clock

LOST = "The server was lost; nothing of this was saved"
OWN = "a passphrase of my own"


@pytest.fixture
def asked_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask a lost server again at once, a few times."""
    monkeypatch.setattr(sessions, "_ASK_AGAIN_S", (0, 0, 0))


@pytest.fixture
def lined(server_registry: Registry, tmp_path: Path) -> Iterator[tuple[Line, Registry]]:
    """A registry on a server over a line that can be cut."""
    with line_to(server_registry.place, tmp_path) as (line, place):
        opened = Registry.open(place, LOGIN, PASSPHRASE, clock=Clock())
        yield line, opened
        opened.close()


def add_patient(
    registry: Registry, mrn: str = "N-1", *, meanwhile: Callable[[], None] = lambda: None
) -> None:
    with registry.write(LOGIN, "added") as session:
        session.add(PatientRow(mrn=mrn))
        session.flush()
        meanwhile()


def patients(registry: Registry, mrn: str = "N-1") -> int:
    """How many there are, by the table and by the trail alike."""
    with registry.read() as session:
        rows = session.execute(select(func.count()).where(PatientRow.mrn == mrn)).scalar_one()
        told = select(AuditRow.new).where(AuditRow.table_name == "patient", AuditRow.op == "insert")
        entries = sum(f'"mrn":"{mrn}"' in str(new) for new in session.execute(told).scalars())
    assert rows == entries
    return rows


def cut_off(cluster: Cluster, registry: Registry) -> None:
    """End every connection of a registry's people, as an administrator of the server can."""
    with cluster.superuser() as connection:
        ended = connection.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            "WHERE datname = %s AND application_name = 'ctdild'",
            (registry.place.database,),
        ).fetchone()
    assert ended is not None
    assert ended[0] >= 1


# the line breaks at the commit


def test_p4_a_commit_whose_answer_is_lost_was_kept_once(lined: tuple[Line, Registry]) -> None:
    line, registry = lined
    line.cut = Cut.AFTER
    add_patient(registry)
    assert patients(registry) == 1
    assert registry.verify()["ok"] is True


def test_p4_a_commit_that_never_arrived_is_told_and_done_again_without_a_double(
    lined: tuple[Line, Registry],
) -> None:
    line, registry = lined
    line.cut = Cut.BEFORE
    with pytest.raises(UnreachableError, match=LOST):
        add_patient(registry)
    assert patients(registry) == 0
    add_patient(registry)
    assert patients(registry) == 1
    assert registry.verify()["ok"] is True


def test_p4_a_commit_that_arrives_late_is_waited_for(lined: tuple[Line, Registry]) -> None:
    line, registry = lined
    line.cut = Cut.LATE
    late = threading.Timer(0.6, line.deliver.set)
    late.start()
    add_patient(registry)
    late.join()
    assert patients(registry) == 1


def test_p4_what_is_not_known_is_said_so_and_can_be_asked_later(
    lined: tuple[Line, Registry], asked_quickly: None
) -> None:
    line, registry = lined
    before = registry.last_entry()
    line.cut = Cut.GONE
    with pytest.raises(UncertainError, match="it is not known whether this was saved") as caught:
        add_patient(registry)
    with pytest.raises(UnreachableError):
        registry.holds(caught.value.batch)
    line.mend()
    assert registry.holds(caught.value.batch)
    assert [table for table, _ in registry.changes_elsewhere(before)[1]] == ["patient"]
    assert patients(registry) == 1


def test_p4_a_closed_registry_does_not_wait_for_the_server(lined: tuple[Line, Registry]) -> None:
    line, registry = lined
    line.cut = Cut.GONE
    closing = threading.Timer(0.1, registry.close)
    closing.start()
    with pytest.raises(UncertainError):
        add_patient(registry)
    closing.join()


# the server itself goes


def test_p4_a_server_that_crashes_within_a_write_loses_the_write_and_nothing_else(
    cluster: Cluster, server_registry: Registry
) -> None:
    registry = server_registry
    add_patient(registry, "N-0")
    with pytest.raises(UnreachableError, match=LOST):
        add_patient(registry, meanwhile=lambda: cluster.stop("immediate"))
    with pytest.raises(UnreachableError):
        patients(registry)
    cluster.start()
    assert (patients(registry, "N-0"), patients(registry)) == (1, 0)
    add_patient(registry)
    assert patients(registry) == 1
    assert registry.verify()["ok"] is True


def test_p4_a_server_that_crashes_after_the_last_statement_is_asked_when_it_is_back(
    cluster: Cluster, server_registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = audit.seal

    def crash(*given: object) -> None:
        seal(*given)  # type: ignore[arg-type]
        monkeypatch.setattr(audit, "seal", seal)
        cluster.stop("immediate")
        back.start()

    back = threading.Thread(target=cluster.start)
    monkeypatch.setattr(audit, "seal", crash)
    with pytest.raises(UnreachableError, match=LOST):
        add_patient(server_registry)
    back.join()
    assert patients(server_registry) == 0
    add_patient(server_registry)
    assert patients(server_registry) == 1


def test_p4_a_connection_that_is_ended_costs_nothing_between_acts(
    cluster: Cluster, server_registry: Registry
) -> None:
    add_patient(server_registry, "N-0")
    cut_off(cluster, server_registry)
    assert patients(server_registry, "N-0") == 1
    cut_off(cluster, server_registry)
    add_patient(server_registry)
    assert patients(server_registry) == 1


def test_p4_a_connection_that_is_ended_while_reading_or_writing_is_told(
    cluster: Cluster, server_registry: Registry
) -> None:
    with server_registry.read() as session:
        session.execute(select(PatientRow.id))
        cut_off(cluster, server_registry)
        with pytest.raises(UnreachableError), translated():
            session.execute(select(PatientRow.id))
    with pytest.raises(UnreachableError, match=LOST):
        add_patient(server_registry, meanwhile=lambda: cut_off(cluster, server_registry))
    assert patients(server_registry) == 0
    add_patient(server_registry)
    assert patients(server_registry) == 1


# people: role, password and key slot change together, or none of them does


def accounts(registry: Registry) -> tuple[str, ...]:
    return tuple(sorted(one.login for one in users.list_people(registry)))


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER, Cut.GONE])
def test_p4_a_passphrase_is_changed_wholly_or_not_at_all(
    lined: tuple[Line, Registry], asked_quickly: None, cut: Cut
) -> None:
    line, registry = lined
    line.cut = cut
    try:
        users.change_passphrase(registry, LOGIN, PASSPHRASE, OWN, cost=CHEAPEST)
        changed = True
    except UnreachableError:
        changed = cut is Cut.GONE
    line.mend()
    works, refused = (OWN, PASSPHRASE) if changed else (PASSPHRASE, OWN)
    assert changed == (cut is not Cut.BEFORE)
    Registry.open(registry.place, LOGIN, works).close()
    with pytest.raises(WrongPassphraseError):
        Registry.open(registry.place, LOGIN, refused)
    registry._engine.dispose()
    add_patient(registry)
    assert patients(registry) == 1


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER, Cut.GONE])
def test_p4_a_person_is_added_wholly_or_not_at_all(
    lined: tuple[Line, Registry], asked_quickly: None, cut: Cut
) -> None:
    line, registry = lined
    line.cut = cut
    with suppress(UnreachableError):
        users.add_user(registry, "drossel", "T. Drossel", "viewer", OWN, cost=CHEAPEST)
    line.mend()
    if cut is Cut.BEFORE:
        assert accounts(registry) == registry.keystore().logins == (LOGIN,)
        users.add_user(registry, "drossel", "T. Drossel", "viewer", OWN, cost=CHEAPEST)
    assert accounts(registry) == (LOGIN, "drossel")
    Registry.open(registry.place, "drossel", OWN).close()


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.GONE])
def test_p4_a_person_is_removed_wholly_or_not_at_all(
    lined: tuple[Line, Registry], asked_quickly: None, cut: Cut
) -> None:
    line, registry = lined
    users.add_user(registry, "drossel", "T. Drossel", "viewer", OWN, cost=CHEAPEST)
    line.cut = cut
    with pytest.raises(UnreachableError):
        users.remove_user(registry, "drossel", "left")
    line.mend()
    if cut is Cut.BEFORE:
        Registry.open(registry.place, "drossel", OWN).close()
        users.remove_user(registry, "drossel", "left")
    with pytest.raises(WrongPassphraseError):
        Registry.open(registry.place, "drossel", OWN)
    assert registry.keystore().logins == (LOGIN,)
