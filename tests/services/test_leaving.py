"""Leaving the desk: nothing typed is lost, and nothing that was saved is typed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from ctdild_desktop.registry.errors import DamagedError, DiskError, RegistryError
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.registry.sealed import seal, unseal
from ctdild_desktop.services import access, drafts
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.leaving import Sealed, Typed, come_back, leave
from tests.support.desks import LOGIN, PASSPHRASE, Clock, as_user, make_desk

TYPED = Typed("new_patient", None, {"family_name": "Holloway"})


def unlock(desk: Desk) -> Desk:
    return access.unlock(desk.registry.place, login=LOGIN, passphrase=PASSPHRASE, clock=Clock())


def full_disk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def write(*_args: Any, **_named: Any) -> Iterator[None]:
        raise DiskError("The disk is full; nothing of this was saved.")
        yield

    monkeypatch.setattr(desk.registry, "write", write)


def test_what_is_typed_is_kept_and_the_keys_are_wiped(desk: Desk) -> None:
    assert any(desk.registry.data_key)
    assert leave(desk, [TYPED, Typed("pft", "f" * 32, None)]) == ()
    assert not any(desk.registry.data_key)
    with pytest.raises(RegistryError):
        drafts.load_draft(desk, "new_patient", None)
    again = unlock(desk)
    found = drafts.load_draft(again, "new_patient", None)
    assert found is not None
    assert found.payload == {"family_name": "Holloway"}
    assert drafts.load_draft(again, "pft", "f" * 32) is None
    again.close()


@pytest.mark.parametrize("locked", [True, False])
def test_u6_leaving_an_open_desk_is_noted(desk: Desk, locked: bool) -> None:
    leave(desk, [], locked=locked)
    again = unlock(desk)
    with again.registry.read() as session:
        found = select(AuditRow.row_id).where(AuditRow.op == "event").order_by(AuditRow.seq)
        kinds = list(session.execute(found).scalars())
    assert kinds == (["unlock", "lock", "unlock"] if locked else ["unlock", "unlock"])
    again.close()


def test_a_form_that_was_saved_after_all_leaves_no_draft(desk: Desk) -> None:
    drafts.save_draft(desk, "new_patient", None, {"family_name": "Hollo"})
    leave(desk, [Typed("new_patient", None, {"family_name": "Holloway"}, lambda: True)])
    again = unlock(desk)
    assert drafts.load_draft(again, "new_patient", None) is None
    again.close()


def test_a_draft_that_the_registry_does_not_take_comes_back_sealed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_disk(desk, monkeypatch)
    (sealed,) = leave(desk, [TYPED])
    assert not any(desk.registry.data_key)
    assert sealed.login == LOGIN
    assert b"Holloway" not in sealed.content
    assert "Holloway" not in repr(sealed) + repr(TYPED)
    again = unlock(desk)
    assert come_back(again, [sealed]) == ()
    found = drafts.load_draft(again, "new_patient", None)
    assert found is not None
    assert found.payload == {"family_name": "Holloway"}
    again.close()


def test_not_even_a_bug_costs_what_was_typed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError("Holloway")

    monkeypatch.setattr(desk.registry, "write", broken)
    (sealed,) = leave(desk, [TYPED])
    assert "ZeroDivisionError" in caplog.text
    assert "Holloway" not in caplog.text
    again = unlock(desk)
    assert unseal(again.registry.data_key, sealed.content, LOGIN)
    again.close()


def test_a_sealed_draft_waits_for_its_own_person_and_registry(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_disk(desk, monkeypatch)
    (sealed,) = leave(desk, [TYPED])
    again = unlock(desk)
    other = as_user(again, "brandt", "B. Brandt", "recorder")
    assert come_back(other, [sealed]) == (sealed,)
    elsewhere = make_desk(tmp_path_factory.mktemp("elsewhere"))
    assert come_back(elsewhere, [sealed]) == (sealed,)
    elsewhere.close()
    again.close()


def test_a_viewer_leaves_no_draft(desk: Desk) -> None:
    viewer = as_user(desk, "lindt", "L. Lindt", "viewer")
    assert leave(viewer, [TYPED]) == ()
    assert not any(viewer.registry.data_key)


@pytest.mark.parametrize("spoil", [lambda s: s[:-1] + bytes([s[-1] ^ 1]), lambda s: s[:20], lambda _s: b""])
def test_a_sealed_draft_that_was_changed_is_not_opened(spoil) -> None:
    key = bytes(range(32))
    sealed = seal(key, b"typed", "amsel")
    assert unseal(key, sealed, "amsel") == b"typed"
    assert seal(key, b"typed", "amsel") != sealed
    for wrong in (
        lambda: unseal(key, spoil(sealed), "amsel"),
        lambda: unseal(key, sealed, "brandt"),
        lambda: unseal(bytes(32), sealed, "amsel"),
    ):
        with pytest.raises(DamagedError):
            wrong()
    assert Sealed("amsel", sealed) == Sealed("amsel", sealed)
