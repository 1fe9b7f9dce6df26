"""A registry goes to a server and comes back with every record, its keys and its trail."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.interchange.source import source_of
from ctdild_desktop.place import Place
from ctdild_desktop.registry import copying, users
from ctdild_desktop.registry.errors import DamagedError, RegistryError, WrongPassphraseError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import Base
from ctdild_desktop.services import access, drafts, inbox, moving, patients, people, pft, upkeep
from ctdild_desktop.services.desk import Desk
from tests.support import holloway
from tests.support.desks import LOGIN, PASSPHRASE, fill
from tests.support.messages import DAY, WHO, gdt
from tests.support.postgres import Cluster

PATIENT = holloway.patient().id
OTHER = "another quiet one"


@pytest.fixture
def filled(file_desk: Desk) -> Desk:
    """Records, a removed one, a message, a draft and a second person."""
    fill(file_desk, holloway.record())
    made = Pft(id="", date=dt.date(2026, 3, 2), fvc_l=Decimal("2.10"))
    done = pft.record_pft(file_desk, PATIENT, made, confirmed=("fvc_l", "date", "height_cm"))
    pft.remove_pft(file_desk, done.value.id, "entered twice")
    inbox.receive(file_desk, [source_of("holm.gdt", gdt(*WHO, *DAY))], "window")
    drafts.save_draft(file_desk, "test", PATIENT, {"fvc_l": "2,3"})
    users.add_user(file_desk.registry, "specht", "T. Specht", "viewer", OTHER, cost=CHEAPEST)
    return file_desk


def contents(desk: Desk, *without: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in an order of their own."""
    with desk.registry.read() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in {"registry_keys", *without}
        }


def without_last(rows: dict[str, list[tuple[Any, ...]]], wanted: dict[str, list[tuple[Any, ...]]]) -> None:
    """What is here beyond ``wanted`` is the trail of what was done since."""
    for name, had in wanted.items():
        if name in ("audit", "audit_seal"):
            assert set(map(repr, had)) <= set(map(repr, rows[name])), name
        else:
            assert rows[name] == had, name


def test_p6_there_and_back_again_with_every_record(filled: Desk, cluster: Cluster, tmp_path: Path) -> None:
    before = contents(filled)
    done = moving.copy_registry(filled, cluster.new_database(), PASSPHRASE)
    assert done.value.must_be_let_in == ("specht",)
    assert done.value.rows == {name: len(rows) for name, rows in before.items() if name in done.value.rows}
    assert done.value.rows["pft"] == len(holloway.pfts()) + 1
    assert "Give a temporary passphrase there to: specht." in done.message

    there = access.unlock(Place.parse(str(done.value.place)), login=LOGIN, passphrase=PASSPHRASE)
    try:
        without_last(contents(there), before)
        assert upkeep.verify(there).ok
        assert patients.load(there, PATIENT) == patients.load(filled, PATIENT)
        draft = drafts.load_draft(there, "test", PATIENT)
        assert draft is not None
        assert draft.payload == {"fvc_l": "2,3"}
        made = Pft(id="", date=dt.date(2026, 3, 3), fvc_l=Decimal("2.20"))
        pft.record_pft(there, PATIENT, made, confirmed=("fvc_l", "date", "height_cm"))
        after = contents(there)
        back = moving.copy_registry(there, Place(path=tmp_path / "back.ctdild"), PASSPHRASE)
        assert back.value.must_be_let_in == ()
    finally:
        there.close()

    home = access.unlock(tmp_path / "back.ctdild", login="specht", passphrase=OTHER)
    try:
        without_last(contents(home), after)
        assert upkeep.verify(home).ok
        with home.registry.read() as session:
            sequence = session.execute(
                text("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
            ).scalar_one()
            assert sequence == session.execute(text("SELECT max(seq) FROM audit")).scalar_one()
    finally:
        home.close()


def test_a_person_who_was_let_in_signs_in_at_the_copy(filled: Desk, cluster: Cluster) -> None:
    place = Place.parse(str(moving.copy_registry(filled, cluster.new_database(), PASSPHRASE).value.place))
    with pytest.raises(WrongPassphraseError):
        access.unlock(place, login="specht", passphrase=OTHER)
    there = access.unlock(place, login=LOGIN, passphrase=PASSPHRASE)
    people.reset_passphrase(there, "specht", "for the first day", cost=CHEAPEST)
    there.close()
    second = access.unlock(
        place, login="specht", passphrase="for the first day", new_passphrase=OTHER, cost=CHEAPEST
    )
    assert patients.load(second, PATIENT).patient.mrn == holloway.patient().mrn
    second.close()


def test_an_unequal_copy_is_not_kept(
    filled: Desk, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = cluster.new_database()
    tidy = copying._Sum.plus
    asked = []

    def forgetful(sum_: copying._Sum, rows: list[tuple[object, ...]]) -> copying._Sum:
        asked.append(None)
        return tidy(sum_, rows[:-1] if len(asked) == 3 else rows)

    monkeypatch.setattr(copying._Sum, "plus", forgetful)
    with pytest.raises(DamagedError, match="not equal; nothing was kept"):
        moving.copy_registry(filled, place, PASSPHRASE)
    asked.clear()
    with pytest.raises(DamagedError, match="not equal; nothing was kept"):
        moving.copy_registry(filled, Place(path=tmp_path / "new.ctdild"), PASSPHRASE)
    assert list(tmp_path.glob("*new*")) == []
    monkeypatch.undo()
    assert moving.copy_registry(filled, place, PASSPHRASE).value.rows["patient"] == 1


def test_nothing_is_copied_over_a_registry_or_with_a_wrong_passphrase(
    filled: Desk, cluster: Cluster, tmp_path: Path
) -> None:
    place = cluster.new_database()
    with pytest.raises(WrongPassphraseError):
        moving.copy_registry(filled, place, "not the passphrase")
    moving.copy_registry(filled, place, PASSPHRASE)
    with pytest.raises(RegistryError, match="holds a registry already"):
        moving.copy_registry(filled, place, PASSPHRASE)
    with pytest.raises(RegistryError, match="already there"):
        moving.copy_registry(filled, filled.registry.place, PASSPHRASE)
    with pytest.raises(RegistryError, match=r"letters, digits"):
        moving.copy_registry(filled, Place(database="a b"), PASSPHRASE)


def test_a_lost_passphrase_is_replaced_on_a_server_by_its_owner(cluster: Cluster) -> None:
    owner = cluster.new_database()
    desk, code = access.create_registry(
        owner, login="amsel", display_name="R. Amsel", passphrase=PASSPHRASE, cost=CHEAPEST
    )
    desk.close()
    place = Place.parse(str(owner))
    with pytest.raises(RegistryError):
        access.recover(place, recovery_code=code, login="amsel", passphrase=OTHER, cost=CHEAPEST)
    again, renewed = access.recover(owner, recovery_code=code, login="amsel", passphrase=OTHER, cost=CHEAPEST)
    assert upkeep.verify(again).ok
    assert renewed != code
    again.close()
    with pytest.raises(WrongPassphraseError):
        access.unlock(place, login="amsel", passphrase=PASSPHRASE)
    with pytest.raises(WrongPassphraseError):
        access.recover(owner, recovery_code=code, login="amsel", passphrase=PASSPHRASE, cost=CHEAPEST)
    access.unlock(place, login="amsel", passphrase=OTHER).close()


def test_keys_renewed_on_a_server_send_the_other_desks_to_unlock_again(server_desk: Desk) -> None:
    fill(server_desk, holloway.record())
    place = server_desk.registry.place
    other = access.unlock(place, login=LOGIN, passphrase=PASSPHRASE)
    drafts.save_draft(other, "test", PATIENT, {"fvc_l": "2,3"})
    from ctdild_desktop.registry import rotation

    code = rotation.renew_keys(server_desk.registry, by=LOGIN, cost=CHEAPEST)
    assert len(code.split("-")) == 9
    with pytest.raises(RegistryError, match="renewed at another desk; nothing was saved"):
        other.registry.record_event("print", user=LOGIN)
    drafts.save_draft(other, "test", PATIENT, {"fvc_l": "2,4"})
    other.close()
    drafts.save_draft(server_desk, "test", PATIENT, {"fvc_l": "2,5"})
    server_desk.registry.record_event("print", user=LOGIN)
    assert upkeep.verify(server_desk).ok
    third = access.unlock(place, login=LOGIN, passphrase=PASSPHRASE)
    assert upkeep.verify(third).ok
    third.close()
