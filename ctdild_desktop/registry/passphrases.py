"""Logins and passphrases: how they are compared, which are refused, and what one guess costs."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass, replace
from time import perf_counter

from ctdild_desktop.language import say
from ctdild_desktop.registry.errors import RegistryError

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

    def __str__(self) -> str:
        return f"argon2id,{self.memory_kib},{self.passes},{self.lanes}"


CHEAPEST = Cost(8 * _MIB, 1, 1)
"""The lowest legal cost; for tests and for invented data only."""


def calibrated_cost() -> Cost:
    """The production cost: the default, with more passes while one derivation stays under 0.3 s here."""
    cost = Cost()
    began = perf_counter()
    stretched("calibration", secrets.token_bytes(16), cost)
    spent = perf_counter() - began
    passes = min(10, max(cost.passes, int(cost.passes * 0.3 / max(spent, 0.001))))
    return replace(cost, passes=passes)


def stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """The 32-byte key of a passphrase by Argon2id; a letter typed in two ways gives the same key."""
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        _plain(passphrase).encode("utf-8", "surrogatepass"),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=32,
        type=Type.ID,
    )


def tidy_login(login: str) -> str:
    """A login as it is stored and compared; raises RegistryError when nothing is left of it."""
    tidy = _plain(_plain(login).strip().casefold())
    if not tidy or len(tidy) > 64 or not tidy.isprintable() or "|" in tidy:
        raise RegistryError("A login has 1 to 64 printable characters.")
    return tidy


def check_passphrase(passphrase: str, login: str) -> None:
    """Refuse a passphrase that is too short or is the login itself, as RegistryError."""
    if length_of(passphrase) < SHORTEST_PASSPHRASE:
        raise RegistryError(
            say(
                "A passphrase has at least {SHORTEST_PASSPHRASE} characters.",
                SHORTEST_PASSPHRASE=SHORTEST_PASSPHRASE,
            )
        )
    if _plain(_plain(passphrase).strip().casefold()) == tidy_login(login):
        raise RegistryError("The passphrase must differ from the login.")


def length_of(passphrase: str) -> int:
    """How many characters a passphrase has, however they are typed."""
    return len(_plain(passphrase))


def same_passphrase(one: str, other: str) -> bool:
    """Whether two passphrases give the same key."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
