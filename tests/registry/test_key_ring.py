"""Each seal is checked with the audit key that was in force when it was made."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from ctdild_desktop.registry import audit
from ctdild_desktop.registry.errors import DamagedError
from ctdild_desktop.registry.key_ring import KeyRing, ring
from ctdild_desktop.registry.models import AuditKeyRow, PatientRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.subkeys import subkey
from tests.support.registries import LOGIN, in_a_file

A, B, C = b"a" * 32, b"b" * 32, b"c" * 32


def test_the_key_in_force_changes_after_its_last_seal() -> None:
    keys = KeyRing(C, ((3, A), (7, B)))
    assert [keys.key_for(seal) for seal in (1, 3, 4, 7, 8, 1000)] == [A, A, B, B, C, C]
    assert KeyRing(A).key_for(1) == A


def test_earlier_keys_are_wrapped_anew_with_each_renewal() -> None:
    first = KeyRing(A).renewed(B, 3)
    assert [until for until, _ in first] == [3]
    second = ring(B, first).renewed(C, 7)
    assert ring(C, second) == KeyRing(C, ((3, A), (7, B)))
    for wrapped in (wrapped for _, wrapped in second):
        assert A not in wrapped
        assert B not in wrapped


def test_a_registry_without_a_seal_has_no_earlier_key() -> None:
    assert KeyRing(A).renewed(B, 0) == ()


@pytest.mark.parametrize("rows", [[(4, b"")], [(4, bytes(60))], [(4, KeyRing(A).renewed(B, 3)[0][1])]])
def test_a_row_that_was_changed_or_moved_is_refused(rows: list[tuple[int, bytes]]) -> None:
    with pytest.raises(DamagedError, match="earlier audit key"):
        ring(B, rows)


@in_a_file
def test_a_trail_that_two_keys_sealed_is_whole(registry: Registry) -> None:
    present = subkey(registry.data_key, "audit")
    with registry.read() as session:
        last = session.execute(text("SELECT max(id) FROM audit_seal")).scalar_one()
    with registry.write(LOGIN) as session:
        for until, wrapped in KeyRing(present).renewed(B, last):
            session.add(AuditKeyRow(until_seal=until, wrapped=wrapped))
    registry._audit_key[:] = B
    with registry.write(LOGIN) as session:
        session.add(PatientRow(mrn="AFTER"))
    assert registry.verify()["checks"]["audit_chain"] is True
    with registry.read() as session:
        found = audit.check(session.connection(), present)
    assert found.fault == "an earlier audit key was changed"
    with registry.write(LOGIN) as session:
        session.execute(text("DELETE FROM audit_key"))
    assert registry.verify()["checks"]["audit_chain"] == "seal 1 does not follow the one before it"
