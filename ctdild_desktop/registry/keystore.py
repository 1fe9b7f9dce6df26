"""The key slots of a registry: who may open it, and with what.

The registry is encrypted with keys derived from one random 32-byte data key (DEK). The file
``NAME.ctdild.keys`` holds, for every person and for the recovery code, the DEK wrapped by AES-256-GCM under
Argon2id of the passphrase; each slot is bound to its registry, its login and its cost, and a MAC over the
whole list shows a slot that was added, removed or exchanged.
"""

from __future__ import annotations

import hmac
import json
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from time import perf_counter
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ctdild_desktop.registry.errors import (
    DamagedError,
    NewerError,
    RegistryError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.key_holder import KeyHolder
from ctdild_desktop.registry.recovery import new_code, read_code

FORMAT = "ctdild-keys"
VERSION = 1
SHORTEST_PASSPHRASE = 8
_MIB = 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess of a passphrase costs: Argon2id memory in KiB, passes and lanes."""

    memory_kib: int = 64 * _MIB
    passes: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        legal = (
            8 * _MIB <= self.memory_kib <= 1024 * _MIB and 1 <= self.passes <= 10 and 1 <= self.lanes <= 16
        )
        if not legal:
            raise ValueError("the cost of a passphrase is outside the legal range")


CHEAPEST = Cost(8 * _MIB, 1, 1)
"""The lowest legal cost; for tests and for invented data only."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The data key, wrapped for one person or for the recovery code (``login`` empty)."""

    slot_id: str
    kind: str
    login: str
    cost: Cost
    salt: bytes
    nonce: bytes
    wrapped: bytes


def calibrated_cost() -> Cost:
    """The production cost: the default, with more passes while one derivation stays under 0.3 s here."""
    cost = Cost()
    began = perf_counter()
    _derive(b"calibration", secrets.token_bytes(16), cost)
    spent = perf_counter() - began
    passes = min(10, max(cost.passes, int(cost.passes * 0.3 / max(spent, 0.001))))
    return replace(cost, passes=passes)


def subkey(dek: bytes | bytearray, use: str) -> bytes:
    """The 32-byte key of one use (``db``, ``audit``, ``keystore-mac``, ``backup``)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"ctdild|v1|{use}".encode()).derive(bytes(dek))


def tidy_login(login: str) -> str:
    """A login as it is stored and compared; raises RegistryError when nothing is left of it."""
    tidy = unicodedata.normalize("NFKC", login).strip().casefold()
    if not tidy or len(tidy) > 64 or not tidy.isprintable() or "|" in tidy:
        raise RegistryError("A login has 1 to 64 printable characters.")
    return tidy


def check_passphrase(passphrase: str, login: str) -> None:
    """Refuse a passphrase that is too short or is the login itself, as RegistryError."""
    plain = unicodedata.normalize("NFKC", passphrase)
    if len(plain) < SHORTEST_PASSPHRASE:
        raise RegistryError(f"A passphrase has at least {SHORTEST_PASSPHRASE} characters.")
    if plain.strip().casefold() == tidy_login(login):
        raise RegistryError("The passphrase must differ from the login.")


class Keystore:
    """The slots of one registry, read from and written to their holder (``NAME.ctdild.keys``)."""

    def __init__(self, holder: KeyHolder, db_id: str, slots: Sequence[Slot], mac: bytes = b"") -> None:
        self.holder = holder
        self.db_id = db_id
        self.slots = tuple(slots)
        self._mac = mac

    @property
    def logins(self) -> tuple[str, ...]:
        """Who has a slot."""
        return tuple(slot.login for slot in self.slots if slot.kind == "passphrase")

    @classmethod
    def create(
        cls, holder: KeyHolder, login: str, passphrase: str, cost: Cost
    ) -> tuple[Keystore, bytearray, str]:
        """New keys for a registry, not yet written: keystore, data key, recovery code."""
        check_passphrase(passphrase, login)
        dek = bytearray(secrets.token_bytes(32))
        store = cls(holder, secrets.token_hex(16), ())
        store._put(dek, "passphrase", tidy_login(login), passphrase, cost)
        code = store.renew_recovery(dek, cost)
        return store, dek, code

    @classmethod
    def load(cls, holder: KeyHolder) -> Keystore:
        """Read the slots from where they are kept.

        Raises:
            NotFoundError: there are none.
            DamagedError: it is not a text of key slots, or its costs are outside the legal range.
            NewerError: its form is newer than this program.
        """
        return cls.parse(holder, holder.read())

    @classmethod
    def parse(cls, holder: KeyHolder, content: bytes, *, called: str = "") -> Keystore:
        """Read the slots from a text, to be saved by ``holder`` later.

        Args:
            called: where the text comes from, when that is not the holder.

        Raises:
            DamagedError: it is none, or its costs are outside the legal range.
            NewerError: its form is newer than this program.
        """
        name = called or holder.name
        try:
            found: dict[str, Any] = json.loads(content)
            if found["format"] != FORMAT:
                raise DamagedError(f"{name} is not a file of registry keys.")
            if found["version"] > VERSION:
                raise NewerError(f"{name} was made by a newer version of the program.")
            slots = [
                Slot(
                    slot_id=str(slot["slot_id"]),
                    kind=str(slot["kind"]),
                    login=str(slot["login"]),
                    cost=Cost(**{name: int(value) for name, value in slot["cost"].items()}),
                    salt=bytes.fromhex(slot["salt"]),
                    nonce=bytes.fromhex(slot["nonce"]),
                    wrapped=bytes.fromhex(slot["wrapped"]),
                )
                for slot in found["slots"]
            ]
            return cls(holder, str(found["db_id"]), slots, bytes.fromhex(found["mac"]))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DamagedError(f"{name} is damaged or is not a file of registry keys.") from error

    def content(self) -> bytes:
        """The text of the keys file."""
        return json.dumps(
            {
                "format": FORMAT,
                "version": VERSION,
                "db_id": self.db_id,
                "slots": [_plain(slot) for slot in self.slots],
                "mac": self._mac.hex(),
            },
            indent=1,
        ).encode("utf-8")

    def save(self) -> None:
        """Keep the slots, whole or not at all."""
        self.holder.write(self.content())

    def unlock(self, login: str, passphrase: str) -> bytearray:
        """The data key, for one person's passphrase.

        Raises:
            WrongPassphraseError: nobody has this login, or the passphrase does not fit.
            DamagedError: the passphrase fits but the list of slots was changed from outside.
        """
        name = tidy_login(login)
        slot = next((slot for slot in self.slots if slot.kind == "passphrase" and slot.login == name), None)
        if slot is None:
            raise WrongPassphraseError(f"Nobody with the login “{name}” may open this registry.")
        return self._open(slot, passphrase, "The passphrase is wrong.")

    def unlock_by_code(self, recovery_code: str) -> bytearray:
        """The data key, for the recovery code; raises RegistryError when a character is wrong."""
        code = read_code(recovery_code)
        slot = next((slot for slot in self.slots if slot.kind == "recovery"), None)
        if slot is None:
            raise WrongPassphraseError("This registry has no recovery code.")
        return self._open(slot, code, "This recovery code does not belong to this registry.")

    def put(self, dek: bytearray, login: str, passphrase: str, cost: Cost) -> None:
        """Add a person, or give one a new passphrase; the others keep theirs. Call :meth:`save` after."""
        check_passphrase(passphrase, login)
        self._put(dek, "passphrase", tidy_login(login), passphrase, cost)

    def remove(self, dek: bytearray, login: str) -> None:
        """Take a person's slot away; raises RegistryError when there is none or it is the last."""
        name = tidy_login(login)
        if name not in self.logins:
            raise RegistryError(f"Nobody with the login “{name}” may open this registry.")
        if len(self.logins) == 1:
            raise RegistryError("The last person who can open the registry cannot be removed.")
        self.slots = tuple(slot for slot in self.slots if slot.kind != "passphrase" or slot.login != name)
        self._sign(dek)

    def renew_recovery(self, dek: bytearray, cost: Cost) -> str:
        """Replace the recovery slot and answer its code, which is nowhere else. Call :meth:`save` after."""
        code = new_code()
        self._put(dek, "recovery", "", read_code(code), cost)
        return code

    def _open(self, slot: Slot, passphrase: str, refusal: str) -> bytearray:
        kek = _derive(_normal(passphrase), slot.salt, slot.cost)
        try:
            dek = bytearray(AESGCM(kek).decrypt(slot.nonce, slot.wrapped, self._bound(slot)))
        except (InvalidTag, ValueError) as error:
            raise WrongPassphraseError(refusal) from error
        if not hmac.compare_digest(self._mac_of(dek), self._mac):
            raise DamagedError(
                f"{self.holder.name} was changed outside the program.", "Restore it from the last backup."
            )
        return dek

    def _put(self, dek: bytearray, kind: str, login: str, passphrase: str, cost: Cost) -> None:
        slot = Slot(
            secrets.token_hex(8), kind, login, cost, secrets.token_bytes(16), secrets.token_bytes(12), b""
        )
        kek = _derive(_normal(passphrase), slot.salt, cost)
        slot = replace(slot, wrapped=AESGCM(kek).encrypt(slot.nonce, bytes(dek), self._bound(slot)))
        others = [old for old in self.slots if (old.kind, old.login) != (kind, login)]
        self.slots = (*others, slot)
        self._sign(dek)

    def _bound(self, slot: Slot) -> bytes:
        cost = f"argon2id,{slot.cost.memory_kib},{slot.cost.passes},{slot.cost.lanes}"
        return "|".join(("ctdild", "v1", self.db_id, slot.slot_id, slot.kind, slot.login, cost)).encode(
            "utf-8"
        )

    def _mac_of(self, dek: bytearray) -> bytes:
        listed = json.dumps([self.db_id, [_plain(slot) for slot in self.slots]], sort_keys=True)
        return hmac.digest(subkey(dek, "keystore-mac"), listed.encode("utf-8"), sha256)

    def _sign(self, dek: bytearray) -> None:
        self._mac = self._mac_of(dek)


def _plain(slot: Slot) -> dict[str, Any]:
    return {
        "slot_id": slot.slot_id,
        "kind": slot.kind,
        "login": slot.login,
        "cost": asdict(slot.cost),
        "salt": slot.salt.hex(),
        "nonce": slot.nonce.hex(),
        "wrapped": slot.wrapped.hex(),
    }


def _normal(passphrase: str) -> bytes:
    return unicodedata.normalize("NFKC", passphrase).encode("utf-8")


def _derive(secret: bytes, salt: bytes, cost: Cost) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        secret,
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=32,
        type=Type.ID,
    )
