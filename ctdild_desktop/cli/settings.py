"""``ctdild settings``: the settings of this workstation, told and changed without a window."""

from __future__ import annotations

import argparse
import csv

from ctdild_desktop.cli import common


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "settings",
        _answer,
        unlocks=False,
        summary="tell, check and change the settings of this workstation",
        description=(
            "Without an argument every setting is told with its value and what it may be. NAME tells one, "
            "NAME=VALUE changes it, NAME= gives it its usual value back. All are checked before one is "
            "written. Close the window first: it writes its settings when it is closed. No registry is "
            "opened."
        ),
        examples=(
            "ctdild settings upkeep.lock_minutes",
            "ctdild settings",
            "ctdild settings upkeep.copy_folder=/media/safe upkeep.lock_minutes=10",
            "ctdild settings --json",
        ),
    )
    parser.add_argument("settings", metavar="NAME[=VALUE]", nargs="*", help="the setting that is meant")
    common.add_json(parser)


def sentences() -> dict[str, str]:
    """What each setting does, by its name."""
    from ctdild_desktop.bundled import resources

    with (resources() / "manual" / "settings.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["sentence"] for row in csv.DictReader(file, strict=True)}


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop import config, settings_by_name

    known = {one.name: one for one in settings_by_name.known()}
    for given in args.settings:
        if given.partition("=")[0] not in known:
            raise common.UsageError(
                f"there is no setting {given.partition('=')[0]}; known are {', '.join(known)}"
            )
    changes = dict(given.split("=", 1) for given in args.settings if "=" in given)
    settings = settings_by_name.change(changes) if changes else config.load(environ={})
    named = [given.partition("=")[0] for given in args.settings] or list(known)
    if args.json:
        values = {name: known[name].value_in(settings) for name in named}
        common.print_json({"file": str(settings.source), "settings": values})
        return 0
    told = sentences()
    print(f"{settings.source}")
    for name in named:
        one = known[name]
        print(f"\n{name} = {one.value_in(settings)}\n  {told[name]}")
        print(f"  {one.allowed[:1].upper()}{one.allowed[1:]}; usually {one.usual or 'nothing'}.")
    return 0
