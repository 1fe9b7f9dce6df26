"""``ctdild init``: a new encrypted registry with its first user."""

from __future__ import annotations

import argparse

from ctdild_desktop.cli import common


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "init",
        _answer,
        summary="make a new encrypted registry with its first user, an administrator",
        description=(
            "The recovery code is printed once. It opens the registry when every passphrase is lost: write "
            "it down and keep it apart from the computer. Without passphrase and code the data are lost. "
            "On a server the database must be empty and the address names its owner; people then use the "
            "address without a name."
        ),
        examples=(
            'ctdild init --registry clinic.ctdild --user amsel --display-name "R. Amsel"',
            "ctdild init --registry clinic.ctdild --user amsel --passphrase-file secret.txt --json",
            "ctdild init --registry postgresql+psycopg://ctd_owner@server/clinic --user amsel",
        ),
    )
    parser.add_argument(
        "--display-name", metavar="TEXT", help="name shown on screen and paper; else the login"
    )
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import access

    place = common.place_of(args)
    login = common.login_of(args)
    passphrase = common.passphrase_of(args, twice=True)
    desk, code = access.create_registry(
        place, login=login, display_name=args.display_name or login, passphrase=passphrase
    )
    desk.close()
    if place.path is not None:
        common.warn_of_place(place.path)
    if args.json:
        common.print_json({"registry": str(place), "user": login, "recovery_code": code})
    else:
        print(f"Made {place} with the administrator {login}.")
        print(f"Recovery code, shown only now: {code}")
    return 0
