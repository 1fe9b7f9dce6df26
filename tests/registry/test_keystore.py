"""Key slots: only the right passphrase opens, and nothing about a slot can be changed from outside."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.registry import users
from ctdild_desktop.registry.errors import DamagedError, NewerError, RegistryError, WrongPassphraseError
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import CHEAPEST, Cost, Keystore, subkey, tidy_login
from ctdild_desktop.registry.recovery import new_code, read_code
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE, Made, in_a_file


def edit(made: Made, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(made.keys.read_text("utf-8"))
    change(content)
    made.keys.write_text(json.dumps(content), "utf-8")


def test_a1_the_passphrase_opens_and_another_does_not(made: Made) -> None:
    store = Keystore.load(FileHolder.beside(made.path))
    assert len(store.unlock(LOGIN, PASSPHRASE)) == 32
    with pytest.raises(WrongPassphraseError, match="The passphrase is wrong"):
        store.unlock(LOGIN, PASSPHRASE + "x")
    with pytest.raises(WrongPassphraseError, match="Nobody with the login “drossel”"):
        store.unlock("drossel", PASSPHRASE)


def test_a_login_is_the_same_in_capitals_and_with_blanks(made: Made) -> None:
    assert Keystore.load(FileHolder.beside(made.path)).unlock(" AMSEL ", PASSPHRASE)


def test_a_letter_typed_in_two_ways_is_the_same_passphrase(tmp_path: Path) -> None:
    composed, decomposed = "caf\u00e9 am see", "cafe\u0301 am see"
    store, dek, _ = Keystore.create(FileHolder.beside(tmp_path / "a.ctdild"), LOGIN, composed, CHEAPEST)
    assert store.unlock(LOGIN, decomposed) == dek


def weaken(content: dict[str, Any]) -> None:
    content["slots"][0]["cost"]["passes"] = 2


def rename(content: dict[str, Any]) -> None:
    content["slots"][0]["login"] = "drossel"


def renumber(content: dict[str, Any]) -> None:
    content["slots"][0]["slot_id"] = "00" * 8


def move_to_another_registry(content: dict[str, Any]) -> None:
    content["db_id"] = "00" * 16


def drop_recovery(content: dict[str, Any]) -> None:
    content["slots"] = [slot for slot in content["slots"] if slot["kind"] != "recovery"]


def double_a_slot(content: dict[str, Any]) -> None:
    content["slots"].append({**content["slots"][0], "login": "drossel"})


@pytest.mark.parametrize("change", [weaken, rename, renumber, move_to_another_registry])
def test_a1_a_changed_slot_does_not_open(made: Made, change: Callable[[dict[str, Any]], None]) -> None:
    edit(made, change)
    login = "drossel" if change is rename else LOGIN
    with pytest.raises(WrongPassphraseError):
        Keystore.load(FileHolder.beside(made.path)).unlock(login, PASSPHRASE)


@pytest.mark.parametrize("change", [drop_recovery, double_a_slot])
def test_a1_a_changed_list_of_slots_is_noticed(made: Made, change: Callable[[dict[str, Any]], None]) -> None:
    edit(made, change)
    with pytest.raises(DamagedError, match="changed outside the program"):
        Keystore.load(FileHolder.beside(made.path)).unlock(LOGIN, PASSPHRASE)


@pytest.mark.parametrize(
    "cost",
    [{"memory_kib": 1024, "passes": 1, "lanes": 1}, {"memory_kib": 1 << 30, "passes": 1, "lanes": 1}],
)
def test_a1_costs_outside_the_bounds_are_refused_before_anything_is_derived(
    made: Made, cost: dict[str, int]
) -> None:
    edit(made, lambda content: content["slots"][0].update(cost=cost))
    with pytest.raises(DamagedError):
        Keystore.load(FileHolder.beside(made.path))


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1, 2]", b"\xff\xfe", b'{"format": "other"}', b"[" * 100_000]
)
def test_a_foreign_keys_file_is_refused(made: Made, content: bytes) -> None:
    made.keys.write_bytes(content)
    with pytest.raises(DamagedError):
        Keystore.load(FileHolder.beside(made.path))


def test_a_newer_keys_file_is_refused(made: Made) -> None:
    edit(made, lambda content: content.update(version=3))
    with pytest.raises(NewerError, match="newer version of the program"):
        Keystore.load(FileHolder.beside(made.path))


def test_legal_costs_only() -> None:
    assert Cost() == Cost(64 * 1024, 3, 4)
    with pytest.raises(ValueError, match="legal range"):
        Cost(4 * 1024, 1, 1)


@pytest.mark.parametrize(
    ("login", "passphrase", "words"),
    [
        ("amsel", "short", "at least 8"),
        ("amselamsel", "AmselAmsel", "differ from the login"),
        ("", "long enough words", "1 to 64"),
        ("a|b", "long enough words", "1 to 64"),
    ],
)
def test_poor_choices_are_refused_and_nothing_is_made(
    tmp_path: Path, login: str, passphrase: str, words: str
) -> None:
    with pytest.raises(RegistryError, match=words):
        Registry.create(tmp_path / "a.ctdild", login, "A", passphrase, cost=CHEAPEST)
    assert list(tmp_path.iterdir()) == []


def test_subkeys_differ_by_use() -> None:
    dek = bytes(range(32))
    keys = {subkey(dek, use) for use in ("db", "audit", "keystore-mac", "backup")}
    assert len(keys) == 4
    assert all(len(key) == 32 for key in keys)


@in_a_file
def test_a2_a_new_passphrase_keeps_the_data_and_the_other_people(registry: Registry, made: Made) -> None:
    users.add_user(registry, "drossel", "T. Drossel", "clinician", "another passphrase", cost=CHEAPEST)
    users.change_passphrase(registry, LOGIN, PASSPHRASE, "fresh passphrase", cost=CHEAPEST)
    registry.close()
    for login, passphrase in ((LOGIN, "fresh passphrase"), ("drossel", "another passphrase")):
        opened = Registry.open(made.path, login, passphrase)
        assert opened.login == login
        assert opened.verify()["ok"] is True
        opened.close()
    with pytest.raises(WrongPassphraseError):
        Registry.open(made.path, LOGIN, PASSPHRASE)


@in_a_file
def test_changing_a_passphrase_needs_the_old_one(registry: Registry) -> None:
    with pytest.raises(WrongPassphraseError):
        users.change_passphrase(registry, LOGIN, "not the old one", "fresh passphrase", cost=CHEAPEST)


def test_a3_a_removed_person_cannot_unlock(registry: Registry, made: Made) -> None:
    users.add_user(registry, "drossel", "T. Drossel", "viewer", "another passphrase", cost=CHEAPEST)
    users.remove_user(registry, "drossel", "left the clinic")
    registry.close()
    with pytest.raises(WrongPassphraseError):
        Registry.open(made.path, "drossel", "another passphrase")
    made.open().close()


def test_the_last_person_stays(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="last administrator"):
        users.remove_user(registry, LOGIN, "by mistake")
    with pytest.raises(RegistryError, match="already taken"):
        users.add_user(registry, "Amsel", "Another", "viewer", "another passphrase", cost=CHEAPEST)


def test_the_recovery_code_gives_a_new_passphrase_and_a_new_code(made: Made) -> None:
    registry, renewed = users.recover(
        made.path, recovery_code=made.code, login=LOGIN, passphrase="found again words", cost=CHEAPEST
    )
    assert renewed != made.code
    assert registry.verify()["ok"] is True
    registry.close()
    Registry.open(made.path, LOGIN, "found again words").close()
    with pytest.raises(WrongPassphraseError):
        made.open()
    with pytest.raises(WrongPassphraseError, match="does not belong"):
        users.recover(
            made.path, recovery_code=made.code, login=LOGIN, passphrase="found again words", cost=CHEAPEST
        )


def test_a_code_has_nine_groups_and_forgives_how_it_is_typed() -> None:
    code = new_code()
    assert [len(group) for group in code.split("-")] == [4] * 9
    plain = code.replace("-", "")
    assert read_code(code.lower()) == plain
    assert read_code(plain.replace("O", "0").replace("I", "1").replace("B", "8")) == plain
    assert read_code(f"  {code.replace('-', ' ')} ") == plain


@given(position=st.integers(0, 35), letter=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a4_one_wrong_letter_is_caught(position: int, letter: str) -> None:
    good = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP7TTA"
    wrong = good[:position] + letter + good[position + 1 :]
    if wrong == good:
        assert read_code(wrong) == good
    else:
        with pytest.raises(RegistryError, match="wrong character"):
            read_code(wrong)


def test_a_short_code_says_how_short() -> None:
    with pytest.raises(RegistryError, match="this one has 8"):
        read_code("ABCD-EFGH")


@pytest.mark.parametrize(
    ("typed", "kept"), [(" Amsel", "amsel"), ("ＡＭＳＥＬ", "amsel"), ("Müller", "müller")]
)
def test_logins_are_tidied(typed: str, kept: str) -> None:
    assert tidy_login(typed) == kept
