"""What every command shares: which registry, who is asking, and where the answer goes."""

from __future__ import annotations

import argparse
import datetime as dt
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ctdild_desktop.place import Place, PlaceError

if TYPE_CHECKING:
    from ctdild_desktop.clinical.records import PatientRecord
    from ctdild_desktop.services.desk import Desk
    from ctdild_desktop.services.progress import Progress

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

_LONGEST_PASSPHRASE = 10_000

Answer: TypeAlias = Callable[[argparse.Namespace], int]
"""What a command does with its arguments; returns the exit status."""


class UserError(Exception):
    """The input, the registry or the passphrase is at fault; the text is one sentence for the user."""


class UsageError(Exception):
    """The command was written wrongly; the text is one sentence for the user."""


def add_command(
    commands: Commands,
    name: str,
    answer: Answer,
    *,
    summary: str,
    description: str = "",
    examples: Sequence[str],
    unlocks: bool = True,
) -> argparse.ArgumentParser:
    """Add one command with its help; ``unlocks`` adds the options that name and open a registry."""
    from textwrap import fill

    parser = commands.add_parser(
        name,
        help=summary,
        description="\n\n".join(
            fill(part, 96) for part in (f"{summary[0].upper()}{summary[1:]}.", description) if part
        ),
        epilog="examples:\n" + "\n".join(f"  {example}" for example in examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(answer=answer)
    if unlocks:
        add_registry(parser)
        add_login(parser)
    return parser


def add_registry(parser: argparse.ArgumentParser, *, default: str | None = argparse.SUPPRESS) -> None:
    """Add ``--registry``."""
    parser.add_argument(
        "--registry",
        metavar="WHERE",
        default=default,
        help="the registry's file, or a server's address (postgresql+psycopg://server/database); "
        "else CTDILD_REGISTRY, else the one of your settings",
    )


def add_login(parser: argparse.ArgumentParser, *, default: str | None = argparse.SUPPRESS) -> None:
    """Add the options that say who is asking. The passphrase itself is never an argument."""
    parser.add_argument(
        "--user",
        metavar="NAME",
        default=default,
        help="login name; else CTDILD_USER, else the last one used here",
    )
    parser.add_argument(
        "--passphrase-file",
        metavar="F",
        type=Path,
        default=default,
        help="file whose first line is the passphrase; else CTDILD_PASSPHRASE, else you are asked",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument(
        "--json", action="store_true", help="print exactly one JSON document and nothing else"
    )


def iso_date(text: str) -> dt.date:
    """An argument that is a date as 2026-03-12."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a date like 2026-03-12: {text!r}") from None


def place_of(args: argparse.Namespace) -> Place:
    """The registry that is meant, by ``--registry``, CTDILD_REGISTRY or the settings.

    Raises:
        UserError: it is an address that cannot be one.
    """
    from ctdild_desktop import config

    if args.registry:
        return named_place(args.registry)
    where = os.environ.get("CTDILD_REGISTRY")
    return _parsed(where) if where is not None else config.load().place


def named_place(argument: str) -> Place:
    """The registry that an argument names.

    Raises:
        UserError: it is an address that cannot be one, or that carries a password.
    """
    place = _parsed(argument)
    if place.password:
        raise UserError(
            "Give no password on the command line, where everybody on this computer can read it: "
            "it comes from PGPASSWORD, from ~/.pgpass, or with the address from CTDILD_REGISTRY."
        )
    return place


def _parsed(text: str) -> Place:
    try:
        return Place.parse(text)
    except PlaceError as error:
        raise UserError(str(error)) from None


def registry_path(args: argparse.Namespace) -> Path:
    """The file that is meant; raises UserError for a server, which the command cannot use."""
    place = place_of(args)
    if place.path is None:
        raise UserError("This command needs a registry in a local file, not on a server.")
    return place.path


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def login_of(args: argparse.Namespace) -> str:
    """The login that is meant; asked for on a terminal.

    Raises:
        UsageError: nobody was named and nobody can be asked.
    """
    from ctdild_desktop import config

    known = args.user or os.environ.get("CTDILD_USER") or config.load().login
    if known:
        return str(known)
    if not _at_terminal():
        raise UsageError("name the user with --user")
    say("User: ", end="")
    return sys.stdin.readline().strip()


def given_passphrase(args: argparse.Namespace) -> str | None:
    """The passphrase from its file or CTDILD_PASSPHRASE; None when neither is given.

    Raises:
        UserError: the file cannot be read or is empty.
    """
    return _given(args.passphrase_file, "CTDILD_PASSPHRASE")


def first_line_of(file: Path, what: str) -> str:
    """The first line of a file that holds a secret; raises UserError when it cannot be read or is empty."""
    try:
        with file.open(encoding="utf-8-sig") as stream:
            text = stream.read(_LONGEST_PASSPHRASE)
    except (OSError, UnicodeDecodeError):
        raise UserError(f"The {what} file {file} cannot be read.") from None
    first = text.splitlines()[0] if text else ""
    if not first:
        raise UserError(f"The first line of the {what} file {file} is empty.")
    return first


def passphrase_of(args: argparse.Namespace, *, twice: bool = False) -> str:
    """The passphrase that is given, else asked for on a terminal, ``twice`` when it is a new one.

    Raises:
        UserError: the file cannot be read or is empty, or the two answers differ.
        UsageError: none is given and nobody can be asked.
    """
    given = given_passphrase(args)
    if given is not None:
        return given
    if not _at_terminal():
        raise UsageError("give the passphrase with --passphrase-file or CTDILD_PASSPHRASE")
    return _asked("Passphrase: ", twice=twice)


def new_passphrase_of(args: argparse.Namespace) -> str:
    """A new passphrase, as ``--new-passphrase-file`` or CTDILD_NEW_PASSPHRASE gives it, else asked for twice.

    Raises:
        UserError: the file cannot be read or is empty, or the two answers differ.
        UsageError: none is given and nobody can be asked.
    """
    given = _given(args.new_passphrase_file, "CTDILD_NEW_PASSPHRASE")
    if given is not None:
        return given
    if not _at_terminal():
        raise UsageError("give the new passphrase with --new-passphrase-file or CTDILD_NEW_PASSPHRASE")
    return _asked("New passphrase: ", twice=True)


def _given(file: Path | None, variable: str) -> str | None:
    return first_line_of(file, "passphrase") if file is not None else os.environ.get(variable) or None


def _asked(question: str, *, twice: bool) -> str:
    from getpass import getpass

    answer = getpass(question)
    if twice and getpass("The same again: ") != answer:
        raise UserError("The two passphrases are not the same.")
    return answer


@contextmanager
def opened(args: argparse.Namespace) -> Iterator[Desk]:
    """The registry that is meant, unlocked; closed again whatever happens."""
    from ctdild_desktop import config
    from ctdild_desktop.services import access

    place = place_of(args)
    login = login_of(args)
    desk = access.unlock(place, login=login, passphrase=passphrase_of(args))
    settings = config.load()
    desk.upkeep = settings.upkeep
    for note in settings.notes:
        say(note)
    upgraded = desk.registry.upgraded
    if upgraded is not None:
        say(f"The registry was brought up to date. The backup of before: {upgraded.backup}")
    try:
        yield desk
    finally:
        desk.close()


def warn_of_place(registry: Path) -> None:
    """Say on standard error when the folder of a new registry is one that a service synchronises."""
    from ctdild_desktop.services.upkeep import place_warning

    warning = place_warning(registry)
    if warning:
        say(warning)


def say(text: str, *, end: str = "\n") -> None:
    """A message or progress, on standard error."""
    print(text, end=end, file=sys.stderr, flush=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """Tells on one line of the terminal how far long work is; nothing where standard error is a file or a
    pipe. The line is taken away again at the end.
    """
    from ctdild_desktop.services.progress import Progress

    if not sys.stderr.isatty():
        yield Progress()
        return
    told = ""

    def tell(done: int, of: int, what: str) -> None:
        nonlocal told
        words = f"{what}: {done * 100 // of} %" if of else f"{what}..."
        if words != told:
            # blanks and no control sequence, which the older consoles of Windows print as it is
            say(f"\r{words:<{len(told)}}", end="")
            told = words

    try:
        yield Progress(tell)
    finally:
        if told:
            say(f"\r{'':<{len(told)}}\r", end="")


def number(value: Decimal | float | int | None) -> float | int | None:
    """A number as JSON has it: the shortest that reads back as the same."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def plain(value: Any) -> Any:
    """A value of the program as JSON has it: numbers as numbers, dates as ISO 8601."""
    from ctdild_desktop.clinical.dates import PartialDate

    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, PartialDate):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def print_json(document: Any) -> None:
    """Print the one JSON document of a command, in UTF-8 whatever the terminal's encoding."""
    from json import dumps

    text = dumps(plain(document), ensure_ascii=False, indent=2, allow_nan=False)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    print(text)


def print_json_list(documents: Iterable[Any]) -> None:
    """Print a list as :func:`print_json` does, each of its documents when it is made."""
    from json import dumps

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    before = "["
    for document in documents:
        text = dumps(plain(document), ensure_ascii=False, indent=2, allow_nan=False)
        print(before, text.replace("\n", "\n  "), sep="\n  ", end="")
        before = ","
    print("[]" if before == "[" else "\n]")


def known_patient(found: Any, mrn: str) -> Any:
    """The record that was found; raises UserError when there is none."""
    if found is None:
        raise UserError(f"No patient has the MRN {mrn}.")
    return found


def read_patient(desk: Desk, mrn: str) -> PatientRecord:
    """Everything recorded of the patient with this MRN, after the audit trail took that it is read here.

    Raises:
        UserError: there is none.
        RegistryError: it cannot be noted; then it is not read either.
    """
    from ctdild_desktop.services import events, patients

    record: PatientRecord = known_patient(patients.by_mrn(desk, mrn), mrn)
    events.note(desk, "view", record.patient.id, where="command line")
    return record


def note_listed(desk: Desk, command: str) -> None:
    """Note in the audit trail that a command lists every patient; nothing may be printed before."""
    from ctdild_desktop.services import events, patients

    events.note(desk, "listed", what=f"ctdild {command}", patients=str(patients.count(desk)))
