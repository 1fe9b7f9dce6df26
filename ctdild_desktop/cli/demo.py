"""``ctdild demo``: a registry of invented patients."""

from __future__ import annotations

import argparse
from pathlib import Path

from ctdild_desktop.cli import common


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"not a number of patients: {text!r}")
    return int(text)


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "demo",
        _answer,
        summary="make a registry of invented patients to try the program with",
        description=(
            "Writes DIR/demo.ctdild with its key slots and DIR/passphrase.txt, and makes the user demo "
            "(administrator). Record numbers begin with DEMO. The same seed gives the same people; their "
            "histories end on 2026-03-12 whenever it is made. A demonstration that is there is made anew; "
            "any other file is left alone. The first 2,000 patients were followed for up to seven years; of "
            "more than that, the others were for up to twenty, so that 100,000 patients have some two "
            "million tests: a file of some 11 GB, made in about an hour."
        ),
        examples=(
            "ctdild demo --out demo",
            "ctdild demo --out demo --patients 400 --seed 7",
            "ctdild --registry demo/demo.ctdild",
        ),
        unlocks=False,
    )
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder to write to")
    parser.add_argument(
        "--patients", metavar="N", type=_positive, default=60, help="how many; 60 when not given"
    )
    parser.add_argument("--seed", metavar="S", type=int, default=1, help="another number gives other people")
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop.services.demo import make_demo

    with common.progress() as progress:
        made = make_demo(args.out, patients=args.patients, seed=args.seed, progress=progress)
    if args.json:
        common.print_json(
            {
                "registry": str(made.registry),
                "passphrase_file": str(made.passphrase_file),
                "user": made.login,
                "patients": made.patients,
                "tests": made.tests,
            }
        )
    else:
        print(f"Made {made.registry} with {made.patients} invented patients and {made.tests} tests.")
        print(f"User {made.login}, passphrase in {made.passphrase_file}.")
    return 0
