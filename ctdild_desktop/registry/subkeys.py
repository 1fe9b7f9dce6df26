"""The keys of single uses, derived from the data key of a registry."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def subkey(dek: bytes | bytearray, use: str) -> bytes:
    """The 32-byte key of one use (``db``, ``audit``, ``keystore-mac``, ``backup``, ``sign``)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"ctdild|v1|{use}".encode()).derive(bytes(dek))
