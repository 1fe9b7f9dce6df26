"""Key slots of version 2: a new data key for everybody without a passphrase, and no stranger's for one."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from ctdild_desktop.registry import users
from ctdild_desktop.registry.errors import DamagedError, RegistryError, WrongPassphraseError
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import CHEAPEST, Keystore, check_passphrase, tidy_login
from ctdild_desktop.registry.registry import Registry
from tests.support.old_keys import version_1
from tests.support.registries import LOGIN, PASSPHRASE, Made

OLD, NEW = bytearray(range(32)), bytearray(range(32, 64))
PEOPLE = {"amsel": "a quiet passphrase", "drossel": "another passphrase"}


class Memory:
    """Holds the text of key slots and counts how often it was written."""

    name = "memory"

    def __init__(self, content: bytes = b"") -> None:
        self.content = content
        self.writes = 0

    def read(self) -> bytes:
        return self.content

    def write(self, content: bytes) -> None:
        self.content = content
        self.writes += 1


def keystore(people: dict[str, str] = PEOPLE) -> Keystore:
    store = Keystore(Memory(), "ab" * 16)
    for login, passphrase in people.items():
        store.put(OLD, login, passphrase, CHEAPEST)
    store.save()
    return store


def again(store: Keystore, change: Callable[[dict[str, Any]], None] | None = None) -> Keystore:
    """The store as another process reads it, after a change from outside when one is given."""
    content = json.loads(store.content())
    if change is not None:
        change(content)
    return Keystore.load(Memory(json.dumps(content).encode()))


def test_a1_a_slot_has_a_pair_of_keys_and_neither_secret_in_the_clear() -> None:
    store = keystore()
    content = json.loads(store.content())
    assert content["version"] == 2
    for slot in content["slots"]:
        assert len(bytes.fromhex(slot["public"])) == 32
        assert len(bytes.fromhex(slot["sealed"]["wrapped"])) == 32 + 16
    assert OLD.hex() not in store.content().decode()
    assert again(store).unlock("amsel", PEOPLE["amsel"]) == OLD


def other_public(content: dict[str, Any]) -> None:
    content["slots"][0]["public"] = content["slots"][1]["public"]


def other_seal(content: dict[str, Any]) -> None:
    content["slots"][0]["sealed"] = content["slots"][1]["sealed"]


def other_private(content: dict[str, Any]) -> None:
    for name in ("wrapped", "nonce", "salt"):
        content["slots"][0][name] = content["slots"][1][name]


def taken_for_version_1(content: dict[str, Any]) -> None:
    for name in ("public", "sealed"):
        del content["slots"][0][name]


def short_public(content: dict[str, Any]) -> None:
    content["slots"][0]["sealed"]["ephemeral"] = "00" * 31


def null_public(content: dict[str, Any]) -> None:
    content["slots"][0]["sealed"]["ephemeral"] = "00" * 32


@pytest.mark.parametrize(
    "change", [other_public, other_seal, other_private, taken_for_version_1, short_public, null_public]
)
def test_a1_parts_of_two_slots_do_not_fit_together(change: Callable[[dict[str, Any]], None]) -> None:
    with pytest.raises(WrongPassphraseError):
        again(keystore(), change).unlock("amsel", PEOPLE["amsel"])


def test_a1_a_list_that_was_changed_outside_is_not_signed_by_a_later_change() -> None:
    """Somebody who can write the file must not get a slot in by waiting for the next person to be added."""

    def double(content: dict[str, Any]) -> None:
        content["slots"].append({**content["slots"][0], "login": "falke"})

    for act in (
        lambda store: store.put(OLD, "meise", "a third passphrase", CHEAPEST),
        lambda store: store.remove(OLD, "drossel"),
        lambda store: store.renew_recovery(OLD, CHEAPEST),
        lambda store: store.begin_change(OLD, NEW),
    ):
        with pytest.raises(DamagedError, match="changed outside the program"):
            act(again(keystore(), double))


def half_a_slot(content: dict[str, Any]) -> None:
    del content["slots"][0]["sealed"]


def not_hex(content: dict[str, Any]) -> None:
    content["slots"][0]["public"] = "amsel"


@pytest.mark.parametrize("change", [half_a_slot, not_hex])
def test_a1_what_is_no_slot_is_refused_before_anything_is_derived(
    change: Callable[[dict[str, Any]], None],
) -> None:
    with pytest.raises(DamagedError):
        again(keystore(), change)


def test_a1_a_registry_of_a_stranger_is_not_opened_with_a_known_login() -> None:
    """Anybody can seal a data key to a public key, and sign the list with it."""
    genuine = keystore()
    forged = Keystore(Memory(), genuine.db_id, genuine.slots)
    assert not forged.changing
    forged.begin_change(NEW, NEW)
    forged.settle(NEW)
    with pytest.raises(DamagedError, match="changed outside the program"):
        again(forged).unlock("amsel", PEOPLE["amsel"])


def test_a1_a_signature_for_another_registry_or_by_another_key_leads_nowhere() -> None:
    store = keystore()
    store.begin_change(OLD, NEW)
    store.settle(NEW)
    for name in ("signature", "before", "after"):

        def change(content: dict[str, Any], name: str = name) -> None:
            found = bytes.fromhex(content["steps"][0][name])
            content["steps"][0][name] = bytes([found[0] ^ 1, *found[1:]]).hex()

        with pytest.raises(DamagedError):
            again(store, change).unlock("amsel", PEOPLE["amsel"])


def test_everybody_gets_a_new_data_key_without_a_passphrase() -> None:
    store = keystore()
    store.begin_change(OLD, NEW)
    during = again(store)
    for wanted in (OLD, NEW):
        for login, passphrase in PEOPLE.items():
            one = again(during)
            assert one.changing
            assert one.unlock(login, passphrase, lambda key, wanted=wanted: key == wanted) == wanted
            assert not one.changing
            assert one.unsaved
            assert again(one).unlock(login, passphrase) == wanted
    store.settle(NEW)
    after = again(store)
    assert not after.changing
    for login, passphrase in PEOPLE.items():
        assert again(after).unlock(login, passphrase) == NEW
    with pytest.raises(WrongPassphraseError):
        after.unlock("amsel", "not the passphrase")


def test_data_keys_follow_one_another_as_often_as_needed() -> None:
    store = keystore()
    keys = [OLD, NEW, bytearray(b"c" * 32), bytearray(b"d" * 32)]
    for before, after in pairwise(keys):
        store.begin_change(before, after)
        store.settle(after)
    late = again(store)
    assert late.unlock("drossel", PEOPLE["drossel"]) == keys[-1]
    assert late.unsaved, "the slot trusts the present key from now on"
    later = again(late)
    later.unlock("drossel", PEOPLE["drossel"])
    assert not later.unsaved


def test_a_change_that_was_broken_off_can_be_begun_again() -> None:
    store = keystore()
    store.begin_change(OLD, bytearray(b"l" * 32))
    store.begin_change(OLD, NEW)
    store.settle(NEW)
    assert again(store).unlock("amsel", PEOPLE["amsel"]) == NEW


def test_a3_whoever_was_removed_before_the_change_has_nothing_of_the_new_key() -> None:
    store = keystore()
    leaver = again(store)
    store.remove(OLD, "drossel")
    store.begin_change(OLD, NEW)
    store.settle(NEW)
    assert b"drossel" not in store.content()
    with pytest.raises(WrongPassphraseError, match="Nobody"):
        again(store).unlock("drossel", PEOPLE["drossel"])
    assert leaver.unlock("drossel", PEOPLE["drossel"]) == OLD, "old backups still open with old slots"


@pytest.fixture
def old(made: Made) -> Made:
    """A registry whose key slots the first program wrote."""
    store = Keystore.load(FileHolder.beside(made.path))
    registry = made.open()
    users.add_user(registry, "drossel", "T. Drossel", "viewer", PEOPLE["drossel"], cost=CHEAPEST)
    content = version_1(store.db_id, bytes(registry.data_key), PEOPLE, made.code)
    registry.close()
    made.keys.write_bytes(content)
    return made


def versions(made: Made) -> dict[str, int]:
    return {slot.login: slot.version for slot in Keystore.load(FileHolder.beside(made.path)).slots}


def test_a_slot_of_version_1_becomes_version_2_when_its_owner_unlocks(old: Made) -> None:
    assert versions(old) == {"amsel": 1, "drossel": 1, "": 1}
    with pytest.raises(WrongPassphraseError):
        Registry.open(old.path, LOGIN, "not the passphrase")
    assert versions(old) == {"amsel": 1, "drossel": 1, "": 1}
    old.open().close()
    assert versions(old) == {"amsel": 2, "drossel": 1, "": 1}
    content = old.keys.read_bytes()
    registry = old.open()
    assert registry.verify()["ok"] is True
    registry.close()
    assert old.keys.read_bytes() == content, "nothing is written when nothing changes"
    Registry.open(old.path, "drossel", PEOPLE["drossel"]).close()
    assert versions(old) == {"amsel": 2, "drossel": 2, "": 1}


def test_a_code_of_version_1_still_gives_a_new_passphrase(old: Made) -> None:
    registry, renewed = users.recover(
        old.path, recovery_code=old.code, login=LOGIN, passphrase="found again words", cost=CHEAPEST
    )
    registry.close()
    assert versions(old) == {"amsel": 2, "drossel": 1, "": 2}
    users.recover(old.path, recovery_code=renewed, login=LOGIN, passphrase=PASSPHRASE, cost=CHEAPEST)[
        0
    ].close()


@pytest.mark.parametrize("change", ["drop", "double"])
def test_a1_a_changed_list_of_version_1_is_noticed(old: Made, change: str) -> None:
    content = json.loads(old.keys.read_text("utf-8"))
    slots = content["slots"]
    content["slots"] = slots[:-1] if change == "drop" else [*slots, {**slots[0], "login": "falke"}]
    old.keys.write_text(json.dumps(content), "utf-8")
    with pytest.raises(DamagedError, match="changed outside the program"):
        old.open()


def test_slots_that_somebody_else_changed_meanwhile_are_not_written_over(old: Made) -> None:
    holder = FileHolder.beside(old.path)
    first, second = Keystore.load(holder), Keystore.load(holder)
    first.unlock(LOGIN, PASSPHRASE)
    second.unlock("drossel", PEOPLE["drossel"])
    first.save_improved()
    second.save_improved()
    assert versions(old) == {"amsel": 2, "drossel": 1, "": 1}


def test_the_data_key_does_not_change_while_somebody_has_a_slot_of_version_1() -> None:
    holder = Memory(version_1("ab" * 16, bytes(OLD), PEOPLE))
    store = Keystore.load(holder)
    store.unlock("amsel", PEOPLE["amsel"])
    with pytest.raises(RegistryError, match="drossel"):
        store.begin_change(OLD, NEW)
    store.unlock("drossel", PEOPLE["drossel"])
    store.begin_change(OLD, NEW)


TRICKY = "\u0301\u0308\u0327\ufb01\uff21\u212b\u00df\u0130\u1e9e"
LETTERS = st.one_of(st.characters(exclude_categories=("Cs",)), st.sampled_from(TRICKY + "\u200d"))
PRINTABLE = st.one_of(
    st.characters(categories=("L", "M", "N", "P", "S"), exclude_characters="|"), st.sampled_from(TRICKY)
)


@settings(max_examples=25)
@given(login=st.text(PRINTABLE, min_size=1, max_size=20), passphrase=st.text(LETTERS, min_size=8))
def test_a1_any_login_and_passphrase_opens_however_its_letters_are_typed(login: str, passphrase: str) -> None:
    try:
        check_passphrase(passphrase, login)
    except RegistryError:
        reject()
    store = Keystore(Memory(), "ab" * 16)
    store.put(OLD, login, passphrase, CHEAPEST)
    store.save()
    tidy = tidy_login(login)
    assert tidy_login(tidy) == tidy
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        typed, named = unicodedata.normalize(form, passphrase), unicodedata.normalize(form, login)
        assert again(store).unlock(named, typed) == OLD
    with pytest.raises(WrongPassphraseError):
        again(store).unlock(login, f"{passphrase}x")
