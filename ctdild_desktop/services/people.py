"""The people of the registry: who may open it and as what, their passphrases, and the recovery code.

An administrator looks after people; everybody changes their own passphrase. Everything is audited. The last
active administrator can neither be removed nor given another role.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from ctdild_desktop.language import say, say_in
from ctdild_desktop.registry import users
from ctdild_desktop.registry.generation import Why
from ctdild_desktop.registry.passphrases import SHORTEST_PASSPHRASE, length_of
from ctdild_desktop.registry.users import Person
from ctdild_desktop.services import backups
from ctdild_desktop.services.desk import (
    Change,
    ChangeSet,
    Desk,
    Done,
    RefusedError,
    Role,
    for_everybody,
    requires,
)

if TYPE_CHECKING:
    from ctdild_desktop.registry.keystore import Cost

__all__ = [
    "Person",
    "add_person",
    "change_passphrase",
    "list_people",
    "new_recovery_code",
    "reactivate",
    "remove_person",
    "rename",
    "reset_passphrase",
    "rotate_keys",
    "set_role",
    "strength_of",
    "suggested_passphrase",
]

MOST_NAME = 80
"""Letters of a name: what fits on a printout."""
_CHANGED = ChangeSet(frozenset({Change.PEOPLE}))
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike."""
_GOOD = 12
_STRONG = 16


def strength_of(passphrase: str) -> str:
    """How good a passphrase is, in words; its length is what counts."""
    length = length_of(passphrase)
    if length < SHORTEST_PASSPHRASE:
        return say(
            "Too short: {length} of at least {SHORTEST_PASSPHRASE} characters.",
            length=length,
            SHORTEST_PASSPHRASE=SHORTEST_PASSPHRASE,
        )
    if length < _GOOD:
        return say("Short: each further character makes it much harder to guess.")
    return say("Good.") if length < _STRONG else say("Strong.")


def suggested_passphrase() -> str:
    """A random temporary passphrase that can be told over the telephone: three groups of four."""
    letters = [secrets.choice(_CLEAR) for _ in range(12)]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


@requires(Role.ADMINISTRATOR, doing="looking after people")
def list_people(desk: Desk) -> tuple[Person, ...]:
    """Everybody with an account, those who are switched off at the end."""
    return users.list_people(desk.registry)


@requires(Role.ADMINISTRATOR, doing="adding a person")
def add_person(
    desk: Desk, *, login: str, name: str, role: str, passphrase: str, cost: Cost | None = None
) -> Done[Person]:
    """Let another person open the registry; the passphrase is temporary, to be changed at first unlocking.

    Args:
        cost: what a guess of the passphrase costs; measured on this computer when None.

    Raises:
        RefusedError: the name is missing or too long.
        RegistryError: the login is taken or cannot be one, or the passphrase is too short.
    """
    person = users.add_user(
        desk.registry,
        login,
        _tidy_name(name),
        role,
        passphrase,
        temporary=True,
        by=desk.login,
        cost=cost,
    )
    said = say(
        "{name} may open the registry as {role}, with the login {login}.",
        name=person.name,
        role=say_in("role", person.role),
        login=person.login,
    )
    return Done(person, said, _CHANGED)


@requires(Role.ADMINISTRATOR, doing="changing a role")
def set_role(desk: Desk, login: str, role: str) -> Done[Person]:
    """Give a person another role; it counts from the person's next act. Undo gives the old one back.

    Raises:
        RegistryError: nobody active has this login, or it is the last active administrator's.
    """
    return _set_role(desk, login, role, "")


def _set_role(desk: Desk, login: str, role: str, reason: str) -> Done[Person]:
    old = _person(desk, login)
    person = users.set_role(desk.registry, login, role, by=desk.login, reason=reason)
    said = say(
        "{name}: {role} is now {role2}.",
        name=person.name,
        role=say_in("role", old.role),
        role2=say_in("role", person.role),
    )
    if reason:
        said = say("Undone: role of {name}.", name=person.name)
    return Done(
        person, said, _CHANGED, lambda: _set_role(desk, login, old.role, f"Undo: role of {person.login}")
    )


@requires(Role.ADMINISTRATOR, doing="changing a name")
def rename(desk: Desk, login: str, name: str) -> Done[Person]:
    """Write a person's name in another way, as printouts show it. Undo writes it as before.

    Raises:
        RefusedError: the name is missing or too long.
        RegistryError: nobody has this login.
    """
    return _rename(desk, login, _tidy_name(name), "")


def _rename(desk: Desk, login: str, name: str, reason: str) -> Done[Person]:
    old = _person(desk, login)
    person = users.rename(desk.registry, login, name, by=desk.login, reason=reason)
    said = (
        say("Undone: name of {login}.", login=person.login)
        if reason
        else say("{name} is now called {name2}.", name=old.name, name2=person.name)
    )
    if person.login == desk.login:
        desk.display_name = person.name
    return Done(
        person, said, _CHANGED, lambda: _rename(desk, login, old.name, f"Undo: name of {person.login}")
    )


@requires(Role.ADMINISTRATOR, doing="resetting a passphrase")
def reset_passphrase(desk: Desk, login: str, passphrase: str, *, cost: Cost | None = None) -> Done[Person]:
    """Give a person a temporary passphrase in place of a lost one, to be changed at the next unlocking.

    Raises:
        RegistryError: nobody active has this login, or the passphrase is too short.
    """
    person = users.reset_passphrase(desk.registry, login, passphrase, by=desk.login, cost=cost)
    said = say("{name} has a temporary passphrase, to be changed at the next unlocking.", name=person.name)
    return Done(person, said, _CHANGED)


@for_everybody
def change_passphrase(desk: Desk, old: str, new: str, *, cost: Cost | None = None) -> Done[None]:
    """Change one's own passphrase; everybody else keeps theirs.

    Raises:
        WrongPassphraseError: the old one is another.
        TooManyAttemptsError: it was wrong too often.
        RegistryError: the new one is too short, or is the old one.
    """
    users.change_passphrase(desk.registry, desk.login, old, new, cost=cost)
    return Done(None, say("Your passphrase is changed; the old one opens old backups only."), _CHANGED)


@requires(Role.ADMINISTRATOR, doing="removing a person")
def remove_person(desk: Desk, login: str, reason: str) -> Done[Person]:
    """Take a person's key away and switch the account off; everything they recorded stays.

    A person who may have copied the files keeps what they held: the keys must be renewed then
    (:func:`rotate_keys`).

    Raises:
        RefusedError: no reason is given.
        RegistryError: nobody active has this login, or it is the last active administrator's.
    """
    why = " ".join(reason.split())
    if not why:
        raise RefusedError("Say why this person is removed.")
    person = users.remove_user(desk.registry, login, why, by=desk.login)
    said = say(
        "{name} can no longer open the registry. Backups of before still open with the old slots.",
        name=person.name,
    )
    return Done(person, said, _CHANGED)


@requires(Role.ADMINISTRATOR, doing="letting a person in again")
def reactivate(desk: Desk, login: str, passphrase: str, *, cost: Cost | None = None) -> Done[Person]:
    """Let a person who was removed open the registry again, with a temporary passphrase.

    Raises:
        RegistryError: nobody who was removed has this login, or the passphrase is too short.
    """
    person = users.reactivate(desk.registry, login, passphrase, by=desk.login, cost=cost)
    said = say(
        "{name} may open the registry again as {role}, with a temporary passphrase.",
        name=person.name,
        role=say_in("role", person.role),
    )
    return Done(person, said, _CHANGED)


@requires(Role.ADMINISTRATOR, doing="a new recovery code")
def new_recovery_code(desk: Desk, *, cost: Cost | None = None) -> Done[str]:
    """Make a new recovery code: show it once, it is kept nowhere. The old one opens nothing any more."""
    code = users.renew_recovery(desk.registry, by=desk.login, cost=cost)
    return Done(code, say("There is a new recovery code; the old one opens old backups only."), _CHANGED)


@requires(Role.ADMINISTRATOR, doing="renewing the keys")
def rotate_keys(desk: Desk, *, cost: Cost | None = None) -> Done[str]:
    """Renew every key, so that a person who left and may have kept a copy of the keys reads nothing new.

    A backup is made first. Everybody keeps their passphrase; the recovery code is a new one: show it once,
    it is kept nowhere. Backups of before still open with the slots of before.

    Raises:
        BusyError: somebody else has the registry open.
        RegistryError: somebody must unlock with this version of the program first, the disk does not take a
            second copy of the registry, or the copy did not pass its checks. Nothing is changed then.
    """
    from ctdild_desktop.registry import rotation

    backups.before(desk, Why.BEFORE_NEW_KEYS)
    code = rotation.renew_keys(desk.registry, by=desk.login, cost=cost)
    said = say(
        "All keys are renewed and there is a new recovery code. "
        "Backups of before still open with the slots of before: destroy those that the person could reach."
    )
    return Done(code, said, _CHANGED)


def _person(desk: Desk, login: str) -> Person:
    found = next((one for one in users.list_people(desk.registry) if one.login == login), None)
    if found is None:
        raise RefusedError(say("Nobody has the login “{login}”.", login=login))
    return found


def _tidy_name(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy:
        raise RefusedError("Enter the name that printouts shall show.")
    if len(tidy) > MOST_NAME or not tidy.isprintable():
        raise RefusedError(say("A name has up to {MOST_NAME} printable characters.", MOST_NAME=MOST_NAME))
    return tidy
