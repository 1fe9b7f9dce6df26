"""One key slot: the data key for one person or for the recovery code.

A slot has an X25519 key pair. Its private key is wrapped by AES-256-GCM under Argon2id of the passphrase, and
the data key is sealed to its public key, so that a new data key can be given to everybody without anybody's
passphrase. With the private key lies the signer (:mod:`ctdild_desktop.registry.succession`) of the data key
that the owner knew last: a data key sealed by a stranger is therefore not taken for the registry's.

In version 1 the passphrase wraps the data key itself; such a slot becomes version 2 when its owner unlocks.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ctdild_desktop.registry.errors import WrongPassphraseError
from ctdild_desktop.registry.passphrases import Cost, stretched
from ctdild_desktop.registry.succession import signer_of

PASSPHRASE = "passphrase"
RECOVERY = "recovery"
_KEY, _SALT, _NONCE = 32, 16, 12


@dataclass(frozen=True, slots=True)
class Sealed:
    """A data key that only the private key of one slot opens."""

    ephemeral: bytes
    nonce: bytes
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Slot:
    """One way into the registry; ``login`` is empty for the recovery code.

    ``wrapped`` holds the private key and the trusted signer; in version 1 the data key. ``coming`` is a
    second data key, there only while the registry changes from one to the other.
    """

    slot_id: str
    kind: str
    login: str
    cost: Cost
    salt: bytes
    nonce: bytes
    wrapped: bytes
    public: bytes = b""
    sealed: Sealed | None = None
    coming: Sealed | None = None

    @property
    def version(self) -> int:
        """1 or 2."""
        return 2 if self.public else 1


@dataclass(frozen=True, slots=True)
class Opened:
    """What a passphrase gets out of a slot: its data keys, the present one first, and the trusted signer."""

    kek: bytes
    keys: tuple[bytearray, ...]
    trusted: bytes


def new_slot(
    db_id: str, dek: bytes | bytearray, *, kind: str, login: str, passphrase: str, cost: Cost
) -> Slot:
    """A slot for a person or a code."""
    slot = Slot(secrets.token_hex(8), kind, login, cost, secrets.token_bytes(_SALT), b"", b"")
    return _with_pair(db_id, slot, stretched(passphrase, slot.salt, cost), dek)


def open_slot(db_id: str, slot: Slot, passphrase: str) -> Opened:
    """Open a slot; raises WrongPassphraseError when the passphrase is another or the slot was changed."""
    kek = stretched(passphrase, slot.salt, slot.cost)
    try:
        inner = AESGCM(kek).decrypt(slot.nonce, slot.wrapped, _bound(db_id, slot))
        if slot.sealed is None:
            return Opened(kek, (bytearray(inner),), signer_of(inner))
        private = X25519PrivateKey.from_private_bytes(inner[:_KEY])
        found = [slot.sealed] if slot.coming is None else [slot.sealed, slot.coming]
        keys = tuple(_unsealed(db_id, slot, one, private) for one in found)
    except (InvalidTag, ValueError) as error:
        raise WrongPassphraseError("The passphrase is wrong.") from error
    return Opened(kek, keys, inner[_KEY:])


def renewed(db_id: str, slot: Slot, opened: Opened, dek: bytes | bytearray) -> Slot:
    """The slot after its owner unlocked it: version 2, and trusting the present data key."""
    return _with_pair(db_id, slot, opened.kek, dek)


def resealed(db_id: str, slot: Slot, dek: bytes | bytearray) -> Slot:
    """The slot with a second data key beside the present one; its owner need not be there."""
    return replace(slot, coming=_seal(db_id, slot, dek))


def settled(slot: Slot, *, on_coming: bool) -> Slot:
    """The slot with one data key again: the coming one or the one before."""
    return replace(slot, sealed=slot.coming if on_coming else slot.sealed, coming=None)


def plain(slot: Slot) -> dict[str, Any]:
    """The slot as JSON holds it."""
    found: dict[str, Any] = {
        "slot_id": slot.slot_id,
        "kind": slot.kind,
        "login": slot.login,
        "cost": asdict(slot.cost),
        "salt": slot.salt.hex(),
        "nonce": slot.nonce.hex(),
        "wrapped": slot.wrapped.hex(),
    }
    if slot.public:
        found["public"] = slot.public.hex()
    for name, sealed in (("sealed", slot.sealed), ("coming", slot.coming)):
        if sealed is not None:
            found[name] = {key: value.hex() for key, value in asdict(sealed).items()}
    return found


def parsed(found: dict[str, Any]) -> Slot:
    """The slot that JSON holds; raises ValueError, KeyError, TypeError or AttributeError when it is none."""
    slot = Slot(
        slot_id=str(found["slot_id"]),
        kind=str(found["kind"]),
        login=str(found["login"]),
        cost=Cost(**{key: int(value) for key, value in found["cost"].items()}),
        salt=bytes.fromhex(found["salt"]),
        nonce=bytes.fromhex(found["nonce"]),
        wrapped=bytes.fromhex(found["wrapped"]),
        public=bytes.fromhex(found.get("public", "")),
        sealed=_parsed_seal(found.get("sealed")),
        coming=_parsed_seal(found.get("coming")),
    )
    if len(slot.salt) != _SALT or len(slot.nonce) != _NONCE:
        raise ValueError("salt or nonce of a slot has another length")
    if (slot.version == 2) != (slot.sealed is not None) or (slot.coming and not slot.sealed):
        raise ValueError("a slot is neither of version 1 nor of version 2")
    return slot


def _parsed_seal(found: dict[str, str] | None) -> Sealed | None:
    return None if found is None else Sealed(**{key: bytes.fromhex(value) for key, value in found.items()})


def _with_pair(db_id: str, slot: Slot, kek: bytes, dek: bytes | bytearray) -> Slot:
    private = X25519PrivateKey.generate()
    made = replace(
        slot,
        nonce=secrets.token_bytes(_NONCE),
        public=private.public_key().public_bytes_raw(),
        coming=None,
    )
    inner = private.private_bytes_raw() + signer_of(dek)
    made = replace(made, wrapped=AESGCM(kek).encrypt(made.nonce, inner, _bound(db_id, made)))
    return replace(made, sealed=_seal(db_id, made, dek))


def _seal(db_id: str, slot: Slot, dek: bytes | bytearray) -> Sealed:
    ephemeral = X25519PrivateKey.generate()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(slot.public))
    place, nonce = ephemeral.public_key().public_bytes_raw(), secrets.token_bytes(_NONCE)
    key = _sealing_key(shared, place, slot)
    return Sealed(place, nonce, AESGCM(key).encrypt(nonce, bytes(dek), _bound(db_id, slot)))


def _unsealed(db_id: str, slot: Slot, sealed: Sealed, private: X25519PrivateKey) -> bytearray:
    shared = private.exchange(X25519PublicKey.from_public_bytes(sealed.ephemeral))
    key = _sealing_key(shared, sealed.ephemeral, slot)
    return bytearray(AESGCM(key).decrypt(sealed.nonce, sealed.wrapped, _bound(db_id, slot)))


def _sealing_key(shared: bytes, ephemeral: bytes, slot: Slot) -> bytes:
    info = b"ctdild|v2|seal|" + ephemeral + slot.public
    return HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=info).derive(shared)


def _bound(db_id: str, slot: Slot) -> bytes:
    place = (db_id, slot.slot_id, slot.kind, slot.login, str(slot.cost))
    return "|".join(("ctdild", f"v{slot.version}", *place)).encode("utf-8")
