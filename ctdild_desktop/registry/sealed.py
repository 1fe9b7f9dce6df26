"""A few bytes outside the registry that only its own data key opens again."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ctdild_desktop.registry.errors import DamagedError
from ctdild_desktop.registry.keystore import subkey

_USE = "draft"
_NONCE_BYTES = 12


def seal(data_key: bytes | bytearray, content: bytes, owner: str) -> bytes:
    """The content under a key that is derived from the registry's data key, bound to its owner."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(subkey(data_key, _USE)).encrypt(nonce, content, owner.encode())


def unseal(data_key: bytes | bytearray, sealed: bytes, owner: str) -> bytes:
    """The content again.

    Raises:
        DamagedError: it was sealed by another registry or for another owner, or was changed.
    """
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(subkey(data_key, _USE)).decrypt(nonce, rest, owner.encode())
    except (InvalidTag, ValueError) as error:
        raise DamagedError("A draft could not be opened: it belongs to another registry.") from error
