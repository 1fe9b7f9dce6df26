"""The key slots as the first program wrote them (version 1): the passphrase wraps the data key itself."""

from __future__ import annotations

import hmac
import json
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

COST = {"memory_kib": 8192, "passes": 1, "lanes": 1}


def version_1(db_id: str, dek: bytes, passphrases: Mapping[str, str], code: str = "") -> bytes:
    """The text of a keys file with a slot for each login, and one for a recovery code when it is given."""
    people = [("passphrase", login, secret) for login, secret in passphrases.items()]
    if code:
        people.append(("recovery", "", code.replace("-", "")))
    slots = [_slot(db_id, dek, number, person) for number, person in enumerate(people)]
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ctdild|v1|keystore-mac").derive(dek)
    mac = hmac.digest(key, json.dumps([db_id, slots], sort_keys=True).encode(), sha256)
    found = {"format": "ctdild-keys", "version": 1, "db_id": db_id, "slots": slots, "mac": mac.hex()}
    return json.dumps(found, indent=1).encode()


def _slot(db_id: str, dek: bytes, number: int, person: tuple[str, str, str]) -> dict[str, Any]:
    kind, login, secret = person
    salt, nonce, slot_id = bytes([number]) * 16, bytes([number]) * 12, f"{number:016x}"
    kek = hash_secret_raw(
        unicodedata.normalize("NFKC", secret).encode(),
        salt,
        time_cost=1,
        memory_cost=8192,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
    bound = f"ctdild|v1|{db_id}|{slot_id}|{kind}|{login}|argon2id,8192,1,1".encode()
    return {
        "slot_id": slot_id,
        "kind": kind,
        "login": login,
        "cost": COST,
        "salt": salt.hex(),
        "nonce": nonce.hex(),
        "wrapped": AESGCM(kek).encrypt(nonce, dek, bound).hex(),
    }
