"""``ctdild verify``, ``backup`` and ``restore``: for hospital IT."""

from __future__ import annotations

import argparse
import re
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
            "trail. With a head of the trail that was printed or saved earlier it is found when the end of "
            "the trail was cut off. Exit status 1 when a check fails."
        ),
        examples=(
            "ctdild verify --registry clinic.ctdild --user it --passphrase-file secret.txt --json",
            "ctdild verify --registry clinic.ctdild --user it --known-head 4711-0a1b2c3d4e5f",
        ),
    )
    verify.add_argument(
        "--known-head",
        metavar="HEAD",
        type=_head,
        help="the end of the audit trail as an MDT page, a backup or an earlier verify tells it",
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
    backup.add_argument(
        "out",
        metavar="OUT",
        type=Path,
        help="a folder, in which the backup gets a name of its own; or the file to write, which is replaced "
        "once the new one is checked",
    )

    restore = common.add_command(
        commands,
        "restore",
        _restore,
        summary="make a registry from a backup",
        description=(
            "The registry named by --registry must not exist yet: nothing is ever overwritten. The users and "
            "passphrases are those of the day of the backup; yours must open it. When it is lost, the "
            "recovery code of that day opens the backup: the passphrase that you give is then your new one, "
            "and a new recovery code is printed once."
        ),
        examples=(
            "ctdild restore 2026-03-12.ctdild-backup --registry restored.ctdild --user it",
            "ctdild restore FILE --registry new.ctdild --user it --recovery-code-file code.txt",
        ),
    )
    restore.add_argument("file", metavar="FILE", type=Path, help="the backup")
    restore.add_argument(
        "--recovery-code-file",
        metavar="F",
        type=Path,
        help="file whose first line is the recovery code; it is never an argument itself",
    )


def _head(text: str) -> str:
    if not re.fullmatch(r"\d+-([0-9a-f]{12}|none)", text):
        raise argparse.ArgumentTypeError(f"not a head of the audit trail like 4711-0a1b2c3d4e5f: {text!r}")
    return text


def _verify(args: argparse.Namespace) -> int:
    from ctdild_desktop.registry.errors import DamagedError
    from ctdild_desktop.services import upkeep

    try:
        with common.opened(args) as desk:
            report = upkeep.verify(desk, args.known_head)
    except DamagedError as error:
        if args.json:
            common.print_json({"ok": False, "checks": {"opens": str(error)}, "notes": [], "head": ""})
        raise
    if args.json:
        common.print_json(
            {"ok": report.ok, "checks": report.checks, "notes": report.notes, "head": report.head}
        )
    else:
        for name, result in report.checks.items():
            print(f"{name}: {'ok' if result is True else result}")
        for note in report.notes:
            print(f"note: {note}")
        print(f"head: {report.head}")
    if not report.ok:
        common.say(f"The registry did not pass: {', '.join(report.failed)}.")
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
    code = None
    if args.recovery_code_file is None:
        upkeep.restore(args.file, target, login=login, passphrase=common.passphrase_of(args)).close()
    else:
        given = common.first_line_of(args.recovery_code_file, "recovery code")
        desk, code = upkeep.restore_by_code(
            args.file,
            target,
            recovery_code=given,
            login=login,
            passphrase=common.passphrase_of(args, twice=True),
        )
        desk.close()
    print(f"Restored {args.file.name} as {target}.")
    common.warn_of_place(target)
    if code is not None:
        print(f"Recovery code, shown only now: {code}")
    return 0
