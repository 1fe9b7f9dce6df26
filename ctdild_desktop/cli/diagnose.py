"""``ctdild diagnose``: the bundle for support, shown in full or written into one file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.place import Place
    from ctdild_desktop.services.diagnosis import Part


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "diagnose",
        _answer,
        summary="collect what support needs, without patient data",
        description=(
            "Versions, the kind of computer, settings without names and paths, the state of the registry in "
            "orders of magnitude, and the program's own log. Without --out every file is printed in full and "
            "nothing is written. With a user and a passphrase the registry is opened and tells more; it "
            "works as well with one that is locked, damaged, missing or on a server that does not answer. "
            "Nothing is sent anywhere."
        ),
        examples=(
            "ctdild diagnose",
            "ctdild diagnose --out ctdild-diagnosis.zip",
            "ctdild diagnose --out F.zip --user it --passphrase-file secret.txt --verify",
        ),
    )
    parser.add_argument("--out", metavar="F.zip", type=Path, help="the file to write")
    parser.add_argument(
        "--leave-out",
        metavar="NAME",
        action="append",
        default=[],
        help="leave out a file of the bundle, as settings.txt; may be repeated",
    )
    parser.add_argument(
        "--note-file", metavar="F", type=Path, help="a text to go along as note.txt; name no patient in it"
    )
    parser.add_argument(
        "--verify", action="store_true", help="check an opened registry from end to end, however large it is"
    )


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import diagnosis

    parts = _collected(args)
    unknown = sorted(set(args.leave_out) - {part.name for part in parts})
    if unknown:
        names = ", ".join(part.name for part in parts)
        raise common.UsageError(f"the bundle has no file {unknown[0]}; it has {names}")
    chosen = [part for part in parts if part.name not in args.leave_out]
    if args.out is None:
        print("\n".join(f"==== {part.name}\n{part.text}" for part in chosen), end="")
        return 0
    written = diagnosis.write(chosen, args.out)
    print(f"Written: {written}. It holds {', '.join(part.name for part in chosen)}.")
    return 0


def _collected(args: argparse.Namespace) -> tuple[Part, ...]:
    from ctdild_desktop.config import SettingsError
    from ctdild_desktop.services.desk import RefusedError
    from ctdild_desktop.services.diagnosis import Around, collect, with_note
    from ctdild_desktop.services.errors import sentence_of

    full = True if args.verify else None
    trouble = ""
    try:
        place: Place | None = common.place_of(args)
    except (SettingsError, common.UserError):
        place = None
    parts = None
    if common.given_passphrase(args) is not None:
        try:
            with common.opened(args) as desk:
                parts = collect(Around(), desk, full_check=full)
        except Exception as error:
            # the bundle is made for a registry that does not open: why it does not is told in it
            if isinstance(error, RefusedError) or sentence_of(error) is None:
                raise
            trouble = type(error).__name__
    if parts is None:
        parts = collect(Around(trouble=trouble, place=place))
    return with_note(parts, _note(args.note_file))


def _note(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise common.UserError(f"The note {file} cannot be read.") from None
