"""The audit keys of a registry: the present one, and those of before its data key was renewed.

Seals are never made anew, so a check needs the key that was in force at each of them. An earlier key is kept
in the table ``audit_key``, wrapped under a key derived from the present audit key.
"""

from __future__ import annotations

import secrets
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, inspect, text

from ctdild_desktop.registry.errors import DamagedError
from ctdild_desktop.registry.subkeys import subkey

_NONCE = 12


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Which audit key was in force at which seal."""

    present: bytes
    earlier: tuple[tuple[int, bytes], ...] = ()
    """Last seal and key of each earlier time, in order."""

    def key_for(self, seal: int) -> bytes:
        """The key that made the seal of this number."""
        at = bisect_left([until for until, _ in self.earlier], seal)
        return self.earlier[at][1] if at < len(self.earlier) else self.present

    def renewed(self, key: bytes, last_seal: int) -> tuple[tuple[int, bytes], ...]:
        """The rows of ``audit_key`` once ``key`` is the present one: every earlier key, wrapped under it."""
        known = [*self.earlier, (last_seal, self.present)] if last_seal else list(self.earlier)
        return tuple((until, _wrapped(key, until, old)) for until, old in known)


def ring(present: bytes, rows: Iterable[tuple[int, bytes]]) -> KeyRing:
    """The ring of the present audit key and the rows of ``audit_key``.

    Raises:
        DamagedError: a row was changed, or is of another registry.
    """
    try:
        opened = [(until, _unwrapped(present, until, wrapped)) for until, wrapped in rows]
    except (InvalidTag, ValueError) as error:
        raise DamagedError("An earlier audit key was changed.") from error
    return KeyRing(present, tuple(sorted(opened)))


def ring_of(connection: Connection, present: bytes) -> KeyRing:
    """The ring of an open registry; an older one has no earlier keys. Raises as :func:`ring` does."""
    if not inspect(connection).has_table("audit_key"):
        return KeyRing(present)
    rows = connection.execute(text("SELECT until_seal, wrapped FROM audit_key ORDER BY until_seal"))
    return ring(present, [(int(row.until_seal), bytes(row.wrapped)) for row in rows])


def renewals(connection: Connection) -> int:
    """How often the keys of a registry were renewed."""
    return int(connection.execute(text("SELECT count(*) FROM audit_key")).scalar_one())


def _wrapped(key: bytes, until: int, old: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(subkey(key, "audit-wrap")).encrypt(nonce, old, _bound(until))


def _unwrapped(key: bytes, until: int, wrapped: bytes) -> bytes:
    return AESGCM(subkey(key, "audit-wrap")).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _bound(until))


def _bound(until: int) -> bytes:
    return f"ctdild|v1|audit-key|{until}".encode()
