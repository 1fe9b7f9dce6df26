"""Copying a whole registry to a server, back to a file, or to another file."""

from __future__ import annotations

from dataclasses import dataclass

from ctdild_desktop.language import say
from ctdild_desktop.place import Place
from ctdild_desktop.services.desk import ChangeSet, Desk, Done, Role, requires


@dataclass(frozen=True, slots=True)
class Copy:
    """A checked copy: where it is, its rows by table, and who cannot sign in there yet."""

    place: Place
    rows: dict[str, int]
    must_be_let_in: tuple[str, ...]
    """Logins that an administrator must give a temporary passphrase at the copy."""


@requires(Role.ADMINISTRATOR, doing="copying the registry")
def copy_registry(desk: Desk, target: Place, passphrase: str) -> Done[Copy]:
    """Copy the registry, with its keys and its audit trail, and compare the copy record by record.

    Args:
        target: a file that does not exist yet, or an empty database in an address that names its owner.
        passphrase: one's own, to sign in at the copy.

    Raises:
        RegistryError: the passphrase is wrong, the target is taken or cannot be written, or the copy is not
            equal. Nothing is left there.
    """
    from ctdild_desktop.registry.copying import copy_to

    made = copy_to(desk.registry, target, passphrase)
    desk.registry.record_event(
        "copied", user=desk.login, detail={"from": desk.registry.place.name, "to": made.place.name}
    )
    records = sum(number for table, number in made.rows.items() if not table.startswith("audit"))
    words = say("Copied and compared {records} records to {place}.", records=records, place=made.place)
    if made.must_be_let_in:
        words += say(
            " Give a temporary passphrase there to: {must_be_let_in}.",
            must_be_let_in=", ".join(made.must_be_let_in),
        )
    return Done(Copy(made.place, made.rows, made.must_be_let_in), words, ChangeSet(frozenset()))
