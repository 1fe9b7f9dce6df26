"""Renewing the keys of a registry on a server, where the data key seals the trail and encrypts nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from ctdild_desktop.registry import rotation, users
from ctdild_desktop.registry.errors import DiskError, RegistryError, WrongPassphraseError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import AuditRow, DraftRow, PatientRow
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE, Clock

OTHER = "another passphrase"


@pytest.fixture
def two(server_registry: Registry) -> Registry:
    """An open registry on a server with a second person."""
    users.add_user(server_registry, "drossel", "T. Drossel", "recorder", OTHER, cost=CHEAPEST)
    return server_registry


def renew(registry: Registry) -> str:
    return rotation.renew_keys(registry, by=LOGIN, cost=CHEAPEST)


def sound(registry: Registry) -> bool:
    found = registry.verify()
    assert found["ok"], found["checks"]
    return True


def test_everybody_signs_in_as_before_and_the_trail_is_whole(two: Registry) -> None:
    old = bytes(two.data_key)
    for _ in range(2):
        renew(two)
        assert sound(two)
    assert bytes(two.data_key) != old
    with two.write(LOGIN) as session:
        session.add(PatientRow(mrn="AFTER"))
    with two.read() as session:
        assert len(session.execute(select(AuditRow).where(AuditRow.row_id == "new_keys")).all()) == 2
    for login, passphrase in (("drossel", OTHER), (LOGIN, PASSPHRASE)):
        opened = Registry.open(two.place, login, passphrase, clock=Clock())
        assert sound(opened)
        assert opened.data_key == two.data_key
        opened.close()


def test_another_desk_seals_nothing_with_the_old_key_and_keeps_what_was_typed(two: Registry) -> None:
    other = Registry.open(two.place, "drossel", OTHER, clock=Clock())
    renew(two)
    with (
        pytest.raises(RegistryError, match="renewed at another desk; nothing was saved"),
        other.write("drossel") as session,
    ):
        session.add(PatientRow(mrn="LATE"))
    with other.write("drossel") as session:
        session.add(DraftRow(login="drossel", kind="test", payload={"fvc": "2,3"}, saved_at=Clock()()))
    other.close()
    assert sound(two)
    again = Registry.open(two.place, "drossel", OTHER, clock=Clock())
    with again.write("drossel") as session:
        assert session.execute(select(DraftRow.payload)).scalar_one() == {"fvc": "2,3"}
        session.add(PatientRow(mrn="LATE"))
    assert sound(again)
    again.close()


def test_a3_a_removed_person_s_data_key_seals_nothing_any_more(two: Registry) -> None:
    known = bytes(two.data_key)
    users.remove_user(two, "drossel", "dismissed")
    renew(two)
    with pytest.raises(WrongPassphraseError):
        Registry.open(two.place, "drossel", OTHER)
    leaver = Registry(two.backend, bytearray(known), Clock())
    with pytest.raises(RegistryError, match="renewed"), leaver.write(LOGIN) as session:
        session.add(PatientRow(mrn="FORGED"))
    assert sound(two)


def test_d5_a_refusal_of_the_server_changes_nothing(two: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    old, slots = bytes(two.data_key), two.keystore().content()

    def refuse(*_: Any) -> None:
        raise DiskError("The disk of the server is full; nothing of this was saved.")

    with monkeypatch.context() as full:
        full.setattr("ctdild_desktop.registry.audit.seal", refuse)
        with pytest.raises(DiskError):
            renew(two)
    assert two.keystore().content() == slots
    assert bytes(two.data_key) == old
    assert sound(two)
    renew(two)
    assert sound(two)
