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
            "it down and keep it apart from the computer. Without passphrase and code the data are lost."
        ),
        examples=(
            'ctdild init --registry clinic.ctdild --user amsel --display-name "R. Amsel"',
            "ctdild init --registry clinic.ctdild --user amsel --passphrase-file secret.txt --json",
        ),
    )
    parser.add_argument(
        "--display-name", metavar="TEXT", help="name shown on screen and paper; else the login"
    )
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import access

    path = common.registry_path(args)
    login = common.login_of(args)
    passphrase = common.passphrase_of(args, twice=True)
    desk, code = access.create_registry(
        path, login=login, display_name=args.display_name or login, passphrase=passphrase
    )
    desk.close()
    if args.json:
        common.print_json({"registry": str(path), "user": login, "recovery_code": code})
    else:
        print(f"Made {path} with the administrator {login}.")
        print(f"Recovery code, shown only now: {code}")
    return 0
