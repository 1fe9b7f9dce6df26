"""``ctdild tour``: every screen as a picture and every printout as a PDF, without a display."""

from __future__ import annotations

import argparse
from pathlib import Path

from ctdild_desktop.cli import common

_FAULTY = 4


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "tour",
        _answer,
        summary="draw every screen as a PNG, light and dark, and every printout as a PDF",
        description=(
            "No display is needed. The registry is read, not changed. Text that is cut or in no catalogue, "
            "parts that overlap and controls without an accessible name are told, one in a line; the exit "
            "status is 4 then."
        ),
        examples=(
            "ctdild tour --registry demo/demo.ctdild --user demo \\\n"
            "      --passphrase-file demo/passphrase.txt --out tour",
        ),
    )
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder for the pictures")


def _answer(args: argparse.Namespace) -> int:
    path = common.registry_path(args)
    login = common.login_of(args)
    faults = args.draw_tour(path, login, common.passphrase_of(args), args.out)
    for fault in faults:
        print(fault)
    print(f"Pictures and printouts are in {args.out}.")
    return _FAULTY if faults else 0
