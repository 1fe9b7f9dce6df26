"""``ctdild copy-to`` and ``ctdild upgrade``: from one workstation to a server, and keeping up there."""

from __future__ import annotations

import argparse

from ctdild_desktop.cli import common


def add(commands: common.Commands) -> None:
    """Add both commands."""
    copying = common.add_command(
        commands,
        "copy-to",
        _copy,
        summary="copy the whole registry to a server, back to a file, or to another file",
        description=(
            "Keys, records and audit trail go along, and the copy is compared record by record before it "
            "counts; nothing is left of one that is not equal. A server's database must be empty and the "
            "address names its owner. The original stays as it is: set it aside, so that nobody goes on "
            "writing to it."
        ),
        examples=(
            "ctdild copy-to postgresql+psycopg://owner@server/clinic --registry clinic.ctdild --user it",
            "ctdild copy-to clinic-copy.ctdild --registry postgresql+psycopg://server/clinic --user amsel",
        ),
    )
    copying.add_argument("where", metavar="WHERE", help="the new file, or the address of an empty database")
    common.add_json(copying)
    upgrading = common.add_command(
        commands,
        "upgrade",
        _upgrade,
        unlocks=False,
        summary="bring a server's registry up to date after the program was updated",
        description=(
            "For hospital IT: the address names the owner of the database. Make a dump first. A registry in "
            "a file needs no such command: it is brought up to date when it is opened, after a backup."
        ),
        examples=("ctdild upgrade --registry postgresql+psycopg://ctd_owner@server/clinic",),
    )
    common.add_registry(upgrading)


def _copy(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import access, moving

    target = common.named_place(args.where)
    passphrase = common.passphrase_of(args)
    desk = access.unlock(common.place_of(args), login=common.login_of(args), passphrase=passphrase)
    try:
        done = moving.copy_registry(desk, target, passphrase)
    finally:
        desk.close()
    if args.json:
        made = done.value
        document = {"to": str(made.place), "rows": made.rows, "must_be_let_in": made.must_be_let_in}
        common.print_json(document)
    else:
        print(done.message)
    return 0


def _upgrade(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import access

    place = common.place_of(args)
    if not place.is_server:
        raise common.UserError("A registry in a file is brought up to date when it is opened.")
    before, after = access.upgrade_server(place)
    print(f"{place} is up to date." if before == after else f"{place} was brought up to date.")
    return 0
