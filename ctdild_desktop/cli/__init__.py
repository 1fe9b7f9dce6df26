"""The command line: arguments in, one answer out, over the same services that the windows call.

Nothing heavy is imported until a command runs, so that help and ``predict`` need no database. Without a
command no command is loaded: the window opens.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.cli import common
from ctdild_desktop.place import Place

if TYPE_CHECKING:
    from ctdild_desktop.cli.benchmark.measure import Timing
    from ctdild_desktop.services.desk import Desk

OpenWindow = Callable[[Place | None, str | None, str | None], int]
"""Opens the window: registry, login and passphrase as far as given; returns the exit status."""
DrawTour = Callable[[Path, str, str, Path], Sequence[str]]
"""Draws every screen and printout (registry, login, passphrase, folder); answers what is wrong with them."""
TimeWindow = Callable[["Desk", Sequence[str]], AbstractContextManager[Sequence["Timing"]]]
"""Acts of the window with their floors, at a desk, over these patients with many tests."""

_DESCRIPTION = """\
CTD-ILD Desktop: the follow-up desk of a clinic for connective-tissue disease with lung involvement.

Without a command the window opens. Each command explains itself with examples: ctdild COMMAND --help.
It states which published definitions the recorded numbers meet. It is not a medical device and
not a diagnosis."""
_EPILOG = """\
examples:
  ctdild                                   open the window
  ctdild clinic.ctdild                     open the window on that registry
  ctdild assess --json                     run the criteria on every patient
  ctdild demo --out demo                   make a registry of invented patients
  ctdild predict people.csv --out out.csv  reference values for a table of people

exit status:
  0 done
  1 the input, the registry or the passphrase is at fault; nothing was changed
  2 wrong usage
  3 a bug in the program: the kind and the places are told, never a text of the registry"""


_OF_WINDOW = ("--registry", "--user", "--passphrase-file")
_REGISTRY_FILE = ".ctdild"


class _Version(argparse.Action):
    """Prints the version; the build is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_given: object) -> None:
        from ctdild_desktop.build import this_build

        build = this_build()
        print(f"CTD-ILD Desktop {build.version} ({build.words})")
        parser.exit()


def make_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = _window_parser()
    add_commands(parser)
    return parser


def _window_parser() -> argparse.ArgumentParser:
    """What the window takes, without any command."""
    parser = argparse.ArgumentParser(
        prog="ctdild",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="print the version and the build, and end"
    )
    common.add_registry(parser, default=None)
    common.add_login(parser, default=None)
    parser.set_defaults(command=None)
    return parser


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Load every command and add it."""
    from ctdild_desktop.cli import (
        assess,
        bench,
        cohort,
        demo,
        diagnose,
        due,
        erase,
        evaluate,
        evidence,
        export,
        import_files,
        inbox,
        init,
        manual,
        moving,
        predict,
        quality,
        report,
        settings,
        show,
        tour,
        upkeep,
        user,
    )

    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for module in (
        init,
        import_files,
        inbox,
        show,
        assess,
        due,
        cohort,
        evidence,
        evaluate,
        predict,
        quality,
        report,
        export,
        upkeep,
        diagnose,
        moving,
        user,
        erase,
        settings,
        demo,
        tour,
        manual,
        bench,
    ):
        module.add(commands)


def _without_double_click(argv: Sequence[str]) -> Sequence[str]:
    """A registry that was double-clicked comes as the only argument: open the window on it."""
    if len(argv) == 1 and argv[0].lower().endswith(_REGISTRY_FILE) and not argv[0].startswith("-"):
        return ("--registry", argv[0])
    return argv


def _is_plain(argv: Sequence[str]) -> bool:
    """Whether there are only options of the window, each with its value: no command, and no call for help."""
    names, values = argv[::2], argv[1::2]
    return (
        len(names) == len(values)
        and all(name in _OF_WINDOW for name in names)
        and not any(value.startswith("-") for value in values)
    )


def run(argv: Sequence[str], *, open_window: OpenWindow, draw_tour: DrawTour, time_window: TimeWindow) -> int:
    """Do what the arguments say and return the exit status; messages go to standard error.

    Args:
        open_window: called when no command is given.
        draw_tour: called by ``tour``.
        time_window: called by ``bench``; all three need Qt, which nothing else here may import.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    argv = _without_double_click(argv)
    parser = _window_parser() if _is_plain(argv) else make_parser()
    args = parser.parse_args(argv)
    args.draw_tour, args.time_window = draw_tour, time_window
    from ctdild_desktop.config import SettingsError

    try:
        if args.command is None:
            where = common.place_of(args) if args.registry else None
            return open_window(where, args.user, common.given_passphrase(args))
        status: int = args.answer(args)
        sys.stdout.flush()
    except common.UsageError as error:
        common.say(f"ctdild {args.command}: {error}")
        return 2
    except (common.UserError, SettingsError) as error:
        common.say(_one_line(str(error)))
        return 1
    except KeyboardInterrupt:
        common.say("Stopped.")
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        from ctdild_desktop.services.errors import places_of, sentence_of, wants_own_passphrase

        told = sentence_of(error) or _of_system(error)
        if wants_own_passphrase(error):
            told = f"{told} Here: ctdild passphrase."
        if told is None:
            # its text may hold what somebody typed, and what a command says may be kept in a mail or a log
            kind, places = type(error).__name__, places_of(error.__traceback__)
            common.say(f"Something went wrong in the program ({kind} at {places}).")
            return 3
        common.say(_one_line(told))
        return 1
    return status


def _of_system(error: Exception) -> str | None:
    """A sentence for a file or folder that cannot be used; None for a bug, which must not be hidden."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {(error.strerror or 'cannot be used').lower()}."
    return None


def _one_line(text: str) -> str:
    return " ".join(text.split())
