"""Which data key followed which: each one signs the next.

A slot's data key is sealed to a public key, which anybody can do. So that nobody can slip a registry of their
own under a person's login, a slot remembers the signer of the data key that its owner knew last, and another
one is taken only when signatures lead from there to it. The signing key (Ed25519) is derived from the data
key; whoever can sign the next data key holds the present one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ctdild_desktop.registry.subkeys import subkey


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the data key: the signer before, the signer after, and the signature by the former."""

    before: bytes
    after: bytes
    signature: bytes


def signer_of(dek: bytes | bytearray) -> bytes:
    """The public key that belongs to a data key; it says nothing about the key."""
    return _signing_key(dek).public_key().public_bytes_raw()


def step(old: bytes | bytearray, new: bytes | bytearray, db_id: str) -> Step:
    """The signed change from one data key to another."""
    after = signer_of(new)
    return Step(signer_of(old), after, _signing_key(old).sign(_said(after, db_id)))


def leads(steps: Sequence[Step], trusted: bytes, dek: bytes | bytearray, db_id: str) -> bool:
    """Whether ``dek`` is the trusted data key or one that follows from it by valid signatures."""
    wanted, at = signer_of(dek), trusted
    for one in steps:
        if at == wanted:
            break
        if one.before == at and _valid(one, db_id):
            at = one.after
    return at == wanted


def _valid(one: Step, db_id: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(one.before).verify(one.signature, _said(one.after, db_id))
    except (InvalidSignature, ValueError):
        return False
    return True


def _said(after: bytes, db_id: str) -> bytes:
    return f"ctdild|v2|succession|{db_id}|".encode() + after


def _signing_key(dek: bytes | bytearray) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(subkey(dek, "sign"))
