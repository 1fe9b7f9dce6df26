"""``ctdild verify``, ``backup`` and ``restore``: for hospital IT."""

from __future__ import annotations

import argparse
from pathlib import Path

from ctdild_desktop.cli import common


def add(commands: common.Commands) -> None:
    """Add the three commands."""
    verify = common.add_command(
        commands,
        "verify",
        _verify,
        summary="check that the registry is whole",
        description=(
            "Integrity of the file and its encryption, foreign keys, tables and the chain of the audit "
            "trail. Exit status 1 when a check fails."
        ),
        examples=("ctdild verify --registry clinic.ctdild --user it --passphrase-file secret.txt --json",),
    )
    common.add_json(verify)

    backup = common.add_command(
        commands,
        "backup",
        _backup,
        summary="copy the registry and its key slots into one encrypted file",
        description="The copy is opened and checked before it gets its name. The registry may be in use.",
        examples=("ctdild backup /media/safe/2026-03-12.ctdild-backup --registry clinic.ctdild --user it",),
    )
    backup.add_argument("out", metavar="OUT", type=Path)

    restore = common.add_command(
        commands,
        "restore",
        _restore,
        summary="make a registry from a backup",
        description=(
            "The registry named by --registry must not exist yet: nothing is ever overwritten. The users and "
            "passphrases are those of the day of the backup; yours must open it."
        ),
        examples=("ctdild restore 2026-03-12.ctdild-backup --registry restored.ctdild --user it",),
    )
    restore.add_argument("file", metavar="FILE", type=Path)


def _verify(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import upkeep

    with common.opened(args) as desk:
        report = upkeep.verify(desk)
    if args.json:
        common.print_json({"ok": report.ok, "checks": report.checks})
    else:
        for name, result in report.checks.items():
            print(f"{name}: {'ok' if result is True else result}")
    if not report.ok:
        failed = [name for name, result in report.checks.items() if result is not True and name != "blobs"]
        common.say(f"The registry did not pass: {', '.join(failed)}.")
    return 0 if report.ok else 1


def _backup(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import upkeep

    with common.opened(args) as desk:
        print(upkeep.backup(desk, args.out).message)
    return 0


def _restore(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import upkeep

    if args.registry is None:
        raise common.UsageError("name the new registry with --registry")
    target = common.registry_path(args)
    login = common.login_of(args)
    upkeep.restore(args.file, target, login=login, passphrase=common.passphrase_of(args)).close()
    print(f"Restored {args.file.name} as {target}.")
    return 0
