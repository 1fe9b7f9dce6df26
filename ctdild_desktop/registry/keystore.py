"""The key slots of a registry: who may open it, and with what.

The registry is encrypted with keys derived from one random 32-byte data key (DEK). The text of the key slots
(``NAME.ctdild.keys``) holds one slot (:mod:`ctdild_desktop.registry.slots`) for every person and one for the
recovery code; each is bound to its registry, its login and its cost, and a MAC over the whole list shows a
slot that was added, removed or exchanged.

While the registry changes from one data key to another, each slot holds both, so that either file opens; who
unlocks next settles it.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from ctdild_desktop.language import say
from ctdild_desktop.registry import slots
from ctdild_desktop.registry.errors import (
    DamagedError,
    NewerError,
    RegistryError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.key_holder import KeyHolder
from ctdild_desktop.registry.passphrases import (
    CHEAPEST,
    Cost,
    calibrated_cost,
    check_passphrase,
    tidy_login,
)
from ctdild_desktop.registry.recovery import new_code, read_code
from ctdild_desktop.registry.slots import PASSPHRASE, RECOVERY, Slot
from ctdild_desktop.registry.subkeys import subkey
from ctdild_desktop.registry.succession import Step, leads, signer_of, step

__all__ = ["CHEAPEST", "Cost", "Keystore", "calibrated_cost", "check_passphrase", "subkey", "tidy_login"]

FORMAT = "ctdild-keys"
VERSION = 2
Fits = Callable[[bytearray], bool]


class Keystore:
    """The slots of one registry, read from and written to their holder (``NAME.ctdild.keys``)."""

    def __init__(
        self,
        holder: KeyHolder,
        db_id: str,
        listed: Sequence[Slot] = (),
        steps: Sequence[Step] = (),
        *,
        version: int = VERSION,
        macs: tuple[bytes, ...] = (),
        read: bytes = b"",
    ) -> None:
        self.holder = holder
        self.db_id = db_id
        self.slots = tuple(listed)
        self.unsaved = False
        """Unlocking improved a slot or settled a change of the data key; saving it can wait."""
        self._steps = tuple(steps)
        self._version = version
        self._macs = macs
        self._read = read

    @property
    def logins(self) -> tuple[str, ...]:
        """Who has a slot."""
        return tuple(slot.login for slot in self.slots if slot.kind == PASSPHRASE)

    @property
    def changing(self) -> bool:
        """Whether the registry is on its way from one data key to another."""
        return any(slot.coming is not None for slot in self.slots)

    @classmethod
    def create(
        cls, holder: KeyHolder, login: str, passphrase: str, cost: Cost
    ) -> tuple[Keystore, bytearray, str]:
        """New keys for a registry, not yet written: keystore, data key, recovery code."""
        dek = bytearray(secrets.token_bytes(32))
        store = cls(holder, secrets.token_hex(16))
        store.put(dek, login, passphrase, cost)
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
                raise DamagedError(say("{name} is not a file of registry keys.", name=name))
            version = int(found["version"])
            if version > VERSION:
                raise NewerError(say("{name} was made by a newer version of the program.", name=name))
            listed = [slots.parsed(slot) for slot in found["slots"]]
            if len({(slot.kind, slot.login) for slot in listed}) < len(listed):
                raise ValueError("two slots of one person")
            return cls(
                holder,
                str(found["db_id"]),
                listed,
                [
                    Step(**{key: bytes.fromhex(value) for key, value in one.items()})
                    for one in found.get("steps", ())
                ],
                version=version,
                macs=tuple(bytes.fromhex(found[key]) for key in ("mac", "mac_coming") if key in found),
                read=content,
            )
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            OverflowError,
            RecursionError,
        ) as error:
            raise DamagedError(
                say("{name} is damaged or is not a file of registry keys.", name=name)
            ) from error

    def signed_with(self, dek: bytes | bytearray) -> bool:
        """Whether the list of slots was signed with this data key and not changed since."""
        return any(hmac.compare_digest(self._mac_of(dek), mac) for mac in self._macs)

    def content(self) -> bytes:
        """The text of the key slots."""
        found: dict[str, Any] = {
            "format": FORMAT,
            "version": self._version,
            "db_id": self.db_id,
            "slots": [slots.plain(slot) for slot in self.slots],
        }
        if self._steps:
            found["steps"] = [_plain_step(one) for one in self._steps]
        found |= {key: mac.hex() for key, mac in zip(("mac", "mac_coming"), self._macs, strict=False)}
        return json.dumps(found, indent=1).encode("utf-8")

    def save(self) -> None:
        """Keep the slots, whole or not at all."""
        content = self.content()
        self.holder.write(content)
        self._read, self.unsaved = content, False

    def save_improved(self) -> None:
        """Keep what unlocking improved, unless somebody else changed the slots meanwhile."""
        if self.unsaved and self.holder.read() == self._read:
            self.save()

    def unlock(self, login: str, passphrase: str, fits: Fits | None = None) -> bytearray:
        """The data key, for one person's passphrase.

        Args:
            fits: whether a data key opens the registry; asked while there are two of them.

        Raises:
            WrongPassphraseError: nobody has this login, or the passphrase does not fit.
            DamagedError: the passphrase fits but the list of slots was changed from outside.
        """
        return self._open(self._slot_of(login), passphrase, fits)

    def unlock_by_code(self, recovery_code: str, fits: Fits | None = None) -> bytearray:
        """The data key, for the recovery code; raises RegistryError when a character is wrong."""
        code = read_code(recovery_code)
        slot = next((slot for slot in self.slots if slot.kind == RECOVERY), None)
        if slot is None:
            raise WrongPassphraseError("This registry has no recovery code.")
        try:
            return self._open(slot, code, fits)
        except WrongPassphraseError as error:
            raise WrongPassphraseError("This recovery code does not belong to this registry.") from error

    def put(self, dek: bytearray, login: str, passphrase: str, cost: Cost) -> None:
        """Add a person, or give one a new passphrase; the others keep theirs. Call :meth:`save` after."""
        check_passphrase(passphrase, login)
        self._put(dek, PASSPHRASE, tidy_login(login), passphrase, cost)

    def remove(self, dek: bytearray, login: str) -> None:
        """Take a person's slot away; raises RegistryError when there is none or it is the last."""
        self._refuse_foreign(dek)
        gone = self._slot_of(login)
        if len(self.logins) == 1:
            raise RegistryError("The last person who can open the registry cannot be removed.")
        self.slots = tuple(slot for slot in self.slots if slot is not gone)
        self._sign(dek)

    def renew_recovery(self, dek: bytearray, cost: Cost) -> str:
        """Replace the recovery slot and answer its code, which is nowhere else. Call :meth:`save` after."""
        code = new_code()
        self._put(dek, RECOVERY, "", read_code(code), cost)
        return code

    @property
    def not_resealable(self) -> tuple[str, ...]:
        """Who must unlock once with this version before the data key can change."""
        return tuple(slot.login for slot in self.slots if slot.version == 1 and slot.kind == PASSPHRASE)

    def refuse_change(self, dek: bytearray) -> None:
        """Refuse what :meth:`begin_change` would refuse.

        Raises:
            RegistryError: somebody's slot is of version 1, which only its owner's passphrase can seal anew.
            DamagedError: the list of slots was changed from outside.
        """
        self._refuse_foreign(dek)
        if self.not_resealable:
            raise RegistryError(
                say(
                    "The keys can be renewed once these people have unlocked the registry, or have got "
                    "a new passphrase, with this version of the program: {not_resealable}.",
                    not_resealable=", ".join(self.not_resealable),
                )
            )

    def begin_change(self, dek: bytearray, new: bytearray) -> None:
        """Give every slot a second data key beside the present one. Call :meth:`save` after.

        A recovery slot of version 1 is left out: its code opens nothing once the change is settled. Raises
        as :meth:`refuse_change` does.
        """
        self.refuse_change(dek)
        self.settle(dek)
        kept = [slot for slot in self.slots if slot.version == VERSION]
        self.slots = tuple(slots.resealed(self.db_id, slot, new) for slot in kept)
        self._steps = (*self._steps, step(dek, new, self.db_id))
        self._sign(dek, new)

    def settle(self, dek: bytearray) -> None:
        """Keep the one data key of the two that opens the registry. Call :meth:`save` after."""
        if self.changing:
            on_coming = self._steps[-1].after == signer_of(dek)
            self.slots = tuple(slots.settled(slot, on_coming=on_coming) for slot in self.slots)
            self._steps = self._steps if on_coming else self._steps[:-1]
            self._sign(dek)

    def _slot_of(self, login: str) -> Slot:
        name = tidy_login(login)
        slot = next((slot for slot in self.slots if slot.kind == PASSPHRASE and slot.login == name), None)
        if slot is None:
            raise WrongPassphraseError(
                say("Nobody with the login “{name}” may open this registry.", name=name)
            )
        return slot

    def _open(self, slot: Slot, passphrase: str, fits: Fits | None) -> bytearray:
        opened = slots.open_slot(self.db_id, slot, passphrase)
        dek = opened.keys[0]
        if len(opened.keys) > 1 and fits is not None:
            dek = next((key for key in opened.keys if fits(key)), dek)
        genuine = len(self._macs) == len(opened.keys) and all(
            hmac.compare_digest(self._mac_of(key), mac)
            for key, mac in zip(opened.keys, self._macs, strict=True)
        )
        if not genuine or not leads(self._steps, opened.trusted, dek, self.db_id):
            raise self._changed_outside()
        for other in opened.keys:
            if other is not dek:
                other[:] = bytes(len(other))
        if self.changing:
            self.settle(dek)
            self.unsaved = True
        if slot.version < VERSION or opened.trusted != signer_of(dek):
            renewed = slots.renewed(self.db_id, slot, opened, dek)
            self.slots = tuple(renewed if old.slot_id == slot.slot_id else old for old in self.slots)
            self._sign(dek)
            self.unsaved = True
        return dek

    def _refuse_foreign(self, dek: bytearray) -> None:
        """Refuse to sign a list that somebody changed from outside."""
        if self._macs and not self.signed_with(dek):
            raise self._changed_outside()

    def _changed_outside(self) -> DamagedError:
        return DamagedError(
            say("{name} was changed outside the program.", name=self.holder.name),
            "Restore it from the last backup.",
        )

    def _put(self, dek: bytearray, kind: str, login: str, passphrase: str, cost: Cost) -> None:
        self._refuse_foreign(dek)
        others = [old for old in self.slots if (old.kind, old.login) != (kind, login)]
        made = slots.new_slot(self.db_id, dek, kind=kind, login=login, passphrase=passphrase, cost=cost)
        self.slots = (*others, made)
        self._sign(dek)

    def _mac_of(self, dek: bytes | bytearray) -> bytes:
        listed: list[Any] = [self.db_id, [slots.plain(slot) for slot in self.slots]]
        if self._version > 1:
            listed = [self._version, *listed, [_plain_step(one) for one in self._steps]]
        text = json.dumps(listed, sort_keys=True)
        return hmac.digest(subkey(dek, "keystore-mac"), text.encode("utf-8"), sha256)

    def _sign(self, *keys: bytearray) -> None:
        self._version = VERSION
        self._macs = tuple(self._mac_of(key) for key in keys)


def _plain_step(one: Step) -> dict[str, str]:
    return {"before": one.before.hex(), "after": one.after.hex(), "signature": one.signature.hex()}
