"""``ctdild user`` and ``ctdild passphrase``: who may open the registry, and one's own passphrase."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.cli import common
from ctdild_desktop.services.desk import Role

if TYPE_CHECKING:
    from ctdild_desktop.services.people import Person

_ROLES = tuple(role.value for role in Role)
_NEW = (
    "The new passphrase comes from --new-passphrase-file or CTDILD_NEW_PASSPHRASE; "
    "else it is asked for twice."
)
_OPEN = "--registry clinic.ctdild --user amsel"


def add(commands: common.Commands) -> None:
    """Add ``user`` with its commands, and ``passphrase``."""
    parser = commands.add_parser(
        "user",
        help="list, add, remove and change the people who may open the registry",
        description="List, add, remove and change the people who may open the registry. For administrators. "
        "Each command explains itself: ctdild user COMMAND --help.",
        allow_abbrev=False,
    )
    people = parser.add_subparsers(dest="act", metavar="COMMAND", required=True)
    listed = common.add_command(
        people,
        "list",
        _list,
        summary="who may open the registry, as what, and when they did last",
        examples=(f"ctdild user list {_OPEN} --json",),
    )
    common.add_json(listed)
    adding = common.add_command(
        people,
        "add",
        _add,
        summary="let another person open the registry",
        description=f"The passphrase is temporary: the person must replace it at first unlocking. {_NEW}",
        examples=(
            f'ctdild user add specht --name "T. Specht" --role recorder {_OPEN}',
            f'ctdild user add eule --name "E. Eule" --role viewer --new-passphrase-file new.txt {_OPEN}',
        ),
    )
    adding.add_argument("login", metavar="LOGIN", help="the login of the person who is meant")
    adding.add_argument("--name", required=True, help="the name that printouts show")
    adding.add_argument("--role", required=True, choices=_ROLES, help="what the person may do")
    _add_new(adding)
    role = common.add_command(
        people,
        "role",
        _role,
        summary="give a person another role",
        description="It counts from the person's next act. The last administrator stays one.",
        examples=(f"ctdild user role specht clinician {_OPEN}",),
    )
    role.add_argument("login", metavar="LOGIN", help="the login of the person who is meant")
    role.add_argument("role", metavar="ROLE", choices=_ROLES, help=", ".join(_ROLES))
    removing = common.add_command(
        people,
        "remove",
        _remove,
        summary="take a person's key away",
        description=(
            "What the person recorded stays. Backups of before still open with the old passphrase; renew the "
            "keys in the window when the person may have kept a copy of the files."
        ),
        examples=(f'ctdild user remove specht --reason "left the clinic" {_OPEN}',),
    )
    removing.add_argument("login", metavar="LOGIN", help="the login of the person who is meant")
    removing.add_argument("--reason", required=True, help="why, for the audit trail")
    reset = common.add_command(
        people,
        "reset",
        _reset,
        summary="give a person a temporary passphrase in place of a lost one",
        description=f"The person must replace it at the next unlocking. {_NEW}",
        examples=(f"ctdild user reset specht --new-passphrase-file new.txt {_OPEN}",),
    )
    reset.add_argument("login", metavar="LOGIN", help="the login of the person who is meant")
    _add_new(reset)
    own = common.add_command(
        commands,
        "passphrase",
        _passphrase,
        summary="change your own passphrase",
        description=(
            f"It also replaces a temporary one. {_NEW} When the passphrase is lost, the recovery code takes "
            "its place: it is used up by that, and a new one is printed once. On a server this needs the "
            "address of the owner."
        ),
        examples=(
            f"ctdild passphrase --passphrase-file old.txt --new-passphrase-file new.txt {_OPEN}",
            f"ctdild passphrase {_OPEN}",
            f"ctdild passphrase --recovery-code-file code.txt {_OPEN}",
        ),
    )
    _add_new(own)
    own.add_argument(
        "--recovery-code-file",
        metavar="F",
        type=Path,
        help="file whose first line is the recovery code; it is never an argument itself",
    )


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--new-passphrase-file",
        metavar="F",
        type=Path,
        help="file whose first line is the new passphrase; else CTDILD_NEW_PASSPHRASE, else you are asked",
    )


def _list(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import people

    with common.opened(args) as desk:
        found = people.list_people(desk)
    if args.json:
        common.print_json([_plain(one) for one in found])
        return 0
    for one in found:
        last = f"{one.last_unlocked.astimezone():%Y-%m-%d %H:%M}" if one.last_unlocked else "never"
        state = "" if one.active else ", removed"
        state = ", temporary passphrase" if one.must_change else state
        print(f"{one.login}: {one.name}, {one.role}, last unlocked {last}{state}")
    return 0


def _plain(one: Person) -> dict[str, object]:
    return {
        "login": one.login,
        "name": one.name,
        "role": one.role,
        "active": one.active,
        "temporary_passphrase": one.must_change,
        "last_unlocked": one.last_unlocked,
    }


def _add(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import people

    with common.opened(args) as desk:
        done = people.add_person(
            desk, login=args.login, name=args.name, role=args.role, passphrase=common.new_passphrase_of(args)
        )
    print(done.message)
    return 0


def _role(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import people

    with common.opened(args) as desk:
        print(people.set_role(desk, args.login, args.role).message)
    return 0


def _remove(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import people

    with common.opened(args) as desk:
        print(people.remove_person(desk, args.login, args.reason).message)
    return 0


def _reset(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import people

    with common.opened(args) as desk:
        print(people.reset_passphrase(desk, args.login, common.new_passphrase_of(args)).message)
    return 0


def _passphrase(args: argparse.Namespace) -> int:
    from ctdild_desktop.registry.errors import TemporaryPassphraseError
    from ctdild_desktop.services import access, people

    place, login = common.place_of(args), common.login_of(args)
    if args.recovery_code_file is not None:
        if place.is_server and not place.user:
            raise common.UserError(
                "On a server the recovery code needs the address of the owner: only the owner of the "
                "database gives an account a new password."
            )
        code = common.first_line_of(args.recovery_code_file, "recovery code")
        new = common.new_passphrase_of(args)
        desk, renewed = access.recover(place, recovery_code=code, login=login, passphrase=new)
        desk.close()
        print(
            f"The new passphrase of {login} is set; the recovery code that was used opens nothing any more."
        )
        print(f"Recovery code, shown only now: {renewed}")
        return 0
    old = common.passphrase_of(args)
    new = common.new_passphrase_of(args)
    try:
        desk = access.unlock(place, login=login, passphrase=old)
    except TemporaryPassphraseError:
        access.unlock(place, login=login, passphrase=old, new_passphrase=new).close()
        print("Your passphrase is set; the temporary one no longer opens the registry.")
        return 0
    try:
        print(people.change_passphrase(desk, old, new).message)
    finally:
        desk.close()
    return 0
