"""People: what happens to their account and their key slot happens together or not at all."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

import pytest
from sqlalchemy import Connection, select

from ctdild_desktop.place import Place
from ctdild_desktop.registry import users
from ctdild_desktop.registry.errors import DamagedError, DiskError, RegistryError, WrongPassphraseError
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import AuditRow, UserRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.users import Person
from tests.support.registries import LOGIN, PASSPHRASE, Clock, Made, in_a_file

OTHER = "another passphrase"


def add(registry: Registry, role: str = "viewer", login: str = "drossel") -> Person:
    return users.add_user(registry, login, "T. Drossel", role, OTHER, temporary=True, cost=CHEAPEST)


def state(registry: Registry) -> tuple[object, ...]:
    """Accounts and slots: what must change together."""
    with registry.read() as session:
        rows = session.execute(select(UserRow.login, UserRow.role, UserRow.active, UserRow.must_change))
        return (*rows.all(), registry.keystore().content())


def test_the_list_tells_who_unlocked_last_and_puts_leavers_at_the_end(made: Made) -> None:
    clock = Clock()
    registry = made.open(clock)
    assert add(registry) == Person("drossel", "T. Drossel", "viewer", True, True, None)
    users.add_user(registry, "falke", "A. Falke", "clinician", OTHER, cost=CHEAPEST)
    users.remove_user(registry, "falke", "left")
    for login in (LOGIN, "drossel", LOGIN):
        clock.now += dt.timedelta(days=2)
        registry.record_event("unlock", user=login)
    people = users.list_people(registry)
    assert [(one.login, one.active, one.last_unlocked) for one in people] == [
        (LOGIN, True, clock.now),
        ("drossel", True, clock.now - dt.timedelta(days=2)),
        ("falke", False, None),
    ]
    registry.close()


def test_a_temporary_passphrase_is_marked_until_its_person_changes_it(registry: Registry) -> None:
    add(registry)
    opened = Registry.open(registry.place, "drossel", OTHER)
    assert opened.must_change
    users.change_passphrase(opened, "drossel", OTHER, "a passphrase of my own", cost=CHEAPEST)
    assert not opened.must_change
    opened.close()
    opened = Registry.open(registry.place, "drossel", "a passphrase of my own")
    assert not opened.must_change
    opened.close()
    users.reset_passphrase(registry, "drossel", OTHER, cost=CHEAPEST)
    opened = Registry.open(registry.place, "drossel", OTHER)
    assert opened.must_change
    opened.close()


def test_the_new_passphrase_is_another_one(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="must differ"):
        users.change_passphrase(registry, LOGIN, PASSPHRASE, PASSPHRASE, cost=CHEAPEST)
    with pytest.raises(RegistryError, match="at least 8"):
        users.change_passphrase(registry, LOGIN, PASSPHRASE, "short", cost=CHEAPEST)


def test_a3_a_removed_person_is_let_in_again_with_a_temporary_passphrase(registry: Registry) -> None:
    add(registry, "recorder")
    users.remove_user(registry, "drossel", "left the clinic")
    with pytest.raises(WrongPassphraseError):
        Registry.open(registry.place, "drossel", OTHER)
    for act in (
        lambda: users.set_role(registry, "drossel", "viewer"),
        lambda: users.reset_passphrase(registry, "drossel", OTHER),
        lambda: users.remove_user(registry, "drossel", "again"),
    ):
        with pytest.raises(RegistryError, match="switched off"):
            act()
    with pytest.raises(RegistryError, match="already taken"):
        add(registry)
    back = users.reactivate(registry, "drossel", "words for the first day", cost=CHEAPEST)
    assert (back.role, back.active, back.must_change) == ("recorder", True, True)
    Registry.open(registry.place, "drossel", "words for the first day").close()
    with pytest.raises(RegistryError, match="in use already"):
        users.reactivate(registry, "drossel", OTHER, cost=CHEAPEST)


def test_the_last_active_administrator_stays_one(registry: Registry) -> None:
    users.add_user(registry, "drossel", "T. Drossel", "administrator", OTHER, cost=CHEAPEST)
    with closing(Registry.open(registry.place, "drossel", OTHER)) as other:
        users.set_role(registry, "drossel", "viewer")
        with pytest.raises(RegistryError, match="last administrator"):
            users.set_role(registry, LOGIN, "clinician")
        users.set_role(registry, "drossel", "administrator")
        users.set_role(registry, LOGIN, "clinician")
        with pytest.raises(RegistryError, match="last administrator"):
            users.remove_user(other, "drossel", "left")
        users.set_role(other, LOGIN, "administrator")
        users.remove_user(registry, "drossel", "left")
    with pytest.raises(RegistryError, match="last administrator"):
        users.remove_user(registry, LOGIN, "left")
    assert users.set_role(registry, LOGIN, "administrator").role == "administrator"


@pytest.mark.parametrize("role", ["", "owner", "Administrator"])
def test_a_role_is_one_of_five(registry: Registry, role: str) -> None:
    before = state(registry)
    with pytest.raises(RegistryError, match="A role is one of"):
        add(registry, role)
    with pytest.raises(RegistryError):
        users.set_role(registry, LOGIN, role)
    assert state(registry) == before


def test_a_new_recovery_code_makes_the_old_one_worthless(registry: Registry, as_owner: Place) -> None:
    old = users.renew_recovery(registry, cost=CHEAPEST)
    code = users.renew_recovery(registry, cost=CHEAPEST)
    registry.close()
    given = {"login": LOGIN, "passphrase": "found again words", "cost": CHEAPEST}
    with pytest.raises(WrongPassphraseError, match="does not belong"):
        users.recover(as_owner, recovery_code=old, **given)
    opened, _ = users.recover(as_owner, recovery_code=code, **given)
    opened.close()


@in_a_file
def test_a_full_disk_changes_neither_account_nor_slots(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(registry)
    before = state(registry)

    def refuse(*_: object) -> None:
        raise DiskError("The disk is full; nothing of this was saved.")

    with monkeypatch.context() as full:
        full.setattr(FileHolder, "write", refuse)
        for act in (
            lambda: add(registry, login="meise"),
            lambda: users.remove_user(registry, "drossel", "left"),
            lambda: users.reset_passphrase(registry, "drossel", "fresh passphrase", cost=CHEAPEST),
            lambda: users.change_passphrase(registry, LOGIN, PASSPHRASE, "fresh passphrase", cost=CHEAPEST),
            lambda: users.renew_recovery(registry, cost=CHEAPEST),
        ):
            with pytest.raises(DiskError):
                act()
    assert state(registry) == before
    assert registry.verify()["ok"] is True


def test_a_commit_that_fails_puts_the_slots_back(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(registry)

    def fail(*_: object) -> None:
        raise DiskError("The disk is full; nothing of this was saved.")

    with monkeypatch.context() as broken:
        broken.setattr("ctdild_desktop.registry.audit.seal", fail)
        with pytest.raises(DiskError):
            add(registry)
    assert state(registry) == before


@in_a_file
def test_slots_that_were_changed_outside_are_not_signed(registry: Registry, made: Made) -> None:
    content = made.keys.read_text("utf-8")
    made.keys.write_text(content.replace(LOGIN, "drossel"), "utf-8")
    with pytest.raises(DamagedError, match="changed outside"):
        add(registry, login="meise")
    made.keys.write_text(content, "utf-8")


def test_every_act_on_a_person_is_in_the_audit_without_any_secret(registry: Registry) -> None:
    add(registry)
    users.set_role(registry, "drossel", "recorder", by=LOGIN)
    users.rename(registry, "drossel", "Theo Drossel")
    users.reset_passphrase(registry, "drossel", "fresh passphrase", cost=CHEAPEST)
    users.change_passphrase(registry, LOGIN, PASSPHRASE, "quieter passphrase", cost=CHEAPEST)
    code = users.renew_recovery(registry, cost=CHEAPEST)
    users.remove_user(registry, "drossel", "left the clinic")
    with registry.read() as session:
        rows = session.execute(select(AuditRow).order_by(AuditRow.seq.desc()).limit(12)).scalars().all()
    told = {(row.op, row.row_id if row.op == "event" else row.table_name, row.reason) for row in rows}
    assert {
        ("insert", "app_user", "new viewer"),
        ("update", "app_user", "role changed"),
        ("update", "app_user", "name changed"),
        ("event", "passphrase", "passphrase reset"),
        ("event", "passphrase", "own passphrase changed"),
        ("event", "recovery_code", "new recovery code"),
        ("update", "app_user", "left the clinic"),
    } <= told
    text = " ".join(f"{row.old} {row.new} {row.reason}" for row in rows)
    for secret in (OTHER, PASSPHRASE, "fresh", "quieter", code):
        assert secret not in text


class Noted:
    """Accounts of a database server that only note what they are told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    def add(self, connection: Connection, login: str, role: str, passphrase: str) -> None:
        self.told.append(("add", login, role, passphrase))

    def set_passphrase(self, connection: Connection, login: str, passphrase: str) -> None:
        self.told.append(("passphrase", login, passphrase))

    def set_role(self, connection: Connection, login: str, role: str) -> None:
        self.told.append(("role", login, role))

    def remove(self, connection: Connection, login: str) -> None:
        self.told.append(("remove", login))


@in_a_file
def test_the_database_s_own_accounts_are_told_of_everything(registry: Registry) -> None:
    accounts = registry.accounts = Noted()
    add(registry)
    users.set_role(registry, "drossel", "recorder")
    users.reset_passphrase(registry, "drossel", "fresh passphrase", cost=CHEAPEST)
    users.remove_user(registry, "drossel", "left")
    users.reactivate(registry, "drossel", OTHER, cost=CHEAPEST)
    assert accounts.told == [
        ("add", "drossel", "viewer", OTHER),
        ("role", "drossel", "recorder"),
        ("passphrase", "drossel", "fresh passphrase"),
        ("remove", "drossel"),
        ("add", "drossel", "recorder", OTHER),
    ]
