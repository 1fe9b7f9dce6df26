"""Writes the pages of reference anew from the program itself: settings, commands, acts with their roles.

``python packaging/generate_reference.py``; a test holds that the pages are what the program says. What each
setting does stands in ``resources/manual/settings.csv``; commands explain themselves.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import inspect
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ctdild_desktop import cli, services, settings_by_name  # noqa: E402
from ctdild_desktop.cli.settings import sentences  # noqa: E402
from ctdild_desktop.clinical.criteria import CRITERIA  # noqa: E402
from ctdild_desktop.clinical.rulebook import table  # noqa: E402
from ctdild_desktop.clinical.rulebook_criteria import told_criteria  # noqa: E402
from ctdild_desktop.language import say, spoken  # noqa: E402
from ctdild_desktop.language.catalogue import Catalogue  # noqa: E402
from ctdild_desktop.services.desk import Role  # noqa: E402
from ctdild_desktop.services.permissions import roles_of  # noqa: E402
from ctdild_desktop.ui.actions import ACTIONS  # noqa: E402
from ctdild_desktop.ui.menus import MENUS  # noqa: E402

ADMINISTRATION = ROOT / "docs" / "administration"
GUIDE = ROOT / "docs" / "guide"
MANUAL = ROOT / "resources" / "manual"
VARIABLES = {
    "CTDILD_REGISTRY": (
        "the registry that is meant, a file or the address of a server; goes before the settings and after "
        "`--registry`. It may carry a password, which an argument may not"
    ),
    "CTDILD_USER": "the login at the command line; goes before the last login used here and after `--user`",
    "CTDILD_PASSPHRASE": "the passphrase; better is `--passphrase-file`, which other programs cannot read",
    "CTDILD_NEW_PASSPHRASE": "the new passphrase for `user add`, `user reset` and `passphrase`",
    "CTDILD_THEME": "the colours of the window; goes before `site.theme`",
    "PGPASSWORD": "the password of the owner of a server's database; better is `~/.pgpass`",
}
"""Every variable that somebody may set, and what it does."""


def settings_page() -> str:
    """Every setting and every environment variable."""
    told = sentences()
    groups: dict[str, list[settings_by_name.Known]] = {}
    for one in settings_by_name.known():
        groups.setdefault(one.name.rpartition(".")[0], []).append(one)
    titles = {
        "": "Place and people",
        "site": "How the clinic measures and writes: `[site]`",
        "upkeep": "Backups and the lock: `[upkeep]`",
        "inbox": "The folder of devices: `[inbox]`",
    }
    parts = [
        "# Settings and environment variables",
        "Most settings are changed in the window (Ctrl+,). They are kept in `settings.toml` in the [per-user "
        "folder](../administration.md#what-there-is), one file for each account. Updating or removing the "
        "program leaves it alone.",
        "## Without a window",
        "```sh\nctdild settings\nctdild settings upkeep.lock_minutes\n"
        "ctdild settings upkeep.lock_minutes=10 upkeep.copy_folder=/media/safe\nctdild settings --json\n```",
        "All are checked before one is written; `NAME=` gives a setting its usual value back. Close the "
        "window first: it writes its settings when it is closed. For many workstations, set one up and copy "
        "its `settings.toml` before the program is started there for the first time.",
    ]
    for group, members in groups.items():
        rows = [
            (f"`{one.name}`", told[one.name], one.allowed, f"`{one.usual}`" if one.usual else "nothing")
            for one in members
        ]
        parts += [f"## {titles[group]}", table(("setting", "what it does", "may be", "usually"), rows)]
    parts += [
        "## When the file is wrong, or of another version",
        "A setting that the program does not know and that looks like none of its own comes from a newer "
        "version: it is ignored, said once at the start, and kept when the file is written again. A setting "
        "that is mistyped, or has a value that is not allowed, is named: the window starts with the usual "
        "value and keeps yours in the file until you choose another; the command line stops. A file that "
        "cannot be read at all is kept beside it as `settings.toml.unreadable`, and the program starts with "
        "the usual settings.",
    ]
    variables = [(f"`{name}`", what) for name, what in VARIABLES.items()]
    parts += ["## Environment variables", table(("variable", "what it does"), variables)]
    parts.append(
        "What the program reads beside these belongs to the system: the folders of OneDrive "
        "(`OneDrive`, `OneDriveConsumer`, `OneDriveCommercial`), to warn of them, the name of the "
        "account (`USERNAME`, `USER`), to let one window at a time open for it, the home folder "
        "(`HOME`) and the display (`DISPLAY`, `WAYLAND_DISPLAY`)."
    )
    return _page(parts)


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command with its parser, the program itself first."""
    yield from _parsers("ctdild", cli.make_parser())


def _parsers(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield name, parser
    for group in parser._actions:
        if isinstance(group, argparse._SubParsersAction):
            for own, inner in group.choices.items():
                yield from _parsers(f"{name} {own}", inner)


def commands_page() -> str:
    """Every command with its arguments, options and examples."""
    found = list(parsers())
    codes = [
        ("0", "done"),
        (
            "1",
            "the input, the registry or the passphrase is at fault; nothing was changed. One sentence says "
            "so on standard error. Also: `verify` found something, or the work was stopped",
        ),
        ("2", "wrong usage: an option that does not exist or is missing"),
        ("3", "a bug in the program: the kind and the places are told, never a text of the registry"),
        ("4", "`ctdild tour` only: a screen has text that is cut, overlaps or is unnamed"),
    ]
    parts = [
        "# All commands",
        "`ctdild COMMAND --help` says the same. Messages and questions go to standard error, answers to "
        "standard output. With `--json` standard output is exactly one JSON document in UTF-8: dates as "
        "2026-03-12, numbers as numbers, what is not recorded as `null`; nothing else is printed there. "
        "The command line is always in English.",
        "## Exit status",
        table(("status", "meaning"), codes),
        "## Which registry, and who asks",
        "Every command that opens a registry takes these. The passphrase is never an argument: everybody on "
        "the computer could read it.",
        _options(dict(found)["ctdild verify"], shared=True),
        "Without a command the window opens; it takes the same three, and `--version`, which prints the "
        "version.",
    ]
    for name, parser in found[1:]:
        level = "#" * len(name.split())
        parts += [f"{level} `{name}`", *_told(parser)]
        if listed := _options(parser, shared=False):
            parts.append(listed)
        if parser.epilog:
            parts.append(f"```sh\n{inspect.cleandoc(parser.epilog.split(chr(10), 1)[1])}\n```")
    return _page(parts)


_SHARED = {"registry", "user", "passphrase_file"}


def _told(parser: argparse.ArgumentParser) -> list[str]:
    return [" ".join(part.split()) for part in (parser.description or "").split("\n\n") if part]


def _options(parser: argparse.ArgumentParser, *, shared: bool) -> str:
    rows = []
    for one in parser._actions:
        plain = isinstance(one, (argparse._HelpAction, argparse._SubParsersAction, argparse._VersionAction))
        if plain or (one.dest in _SHARED) is not shared:
            continue
        value = one.metavar or (one.dest.upper() if one.nargs != 0 else "")
        value = "" if one.nargs == 0 or not isinstance(value, str) else value
        shown = f"`{' '.join(filter(None, (*one.option_strings, value)))}`"
        if one.choices is not None and value != "NAME":
            shown = f"`{one.option_strings[0]}`" if one.option_strings else shown
        words = [one.help or ""]
        if one.choices is not None and one.help != ", ".join(map(str, one.choices)):
            words.append(f"one of {', '.join(map(str, one.choices))}")
        if one.required and one.option_strings:
            words.append("needed")
        rows.append((shown, "; ".join(filter(None, words))))
    return table(("argument", "what it is"), rows) if rows else ""


def acts() -> Iterator[tuple[str, frozenset[Role], str]]:
    """What a person does, in words, who may do it, and what a refusal calls it."""
    with (MANUAL / "acts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            room, _, name = row["act"].rpartition(".")
            act = getattr(importlib.import_module(f"{services.__name__}.{room}"), name)
            yield row["what"], roles_of(act), getattr(act, "__doing__", "")


def acts_page() -> str:
    """What each role may do, as a table."""
    found = sorted(acts(), key=lambda one: -len(one[1]))
    rows = [(what, *("yes" if role in roles else "" for role in Role)) for what, roles, _ in found]
    return _page(
        [
            "# Every act and its roles",
            "The program checks this before each act, once more when it writes, and when it is taken back. "
            "An act that a role may not do is not offered; a refusal says which roles it needs.",
            table(("what a person does", *(role.value for role in Role)), rows),
        ]
    )


def in_language(code: str) -> AbstractContextManager[None]:
    """Tell everything in a language meanwhile."""
    return spoken(None if code == "en" else Catalogue.read(code, ROOT / "resources" / "i18n" / f"{code}.po"))


def action_sentences() -> dict[str, str]:
    """What each action does, by its id."""
    with (MANUAL / "actions.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["sentence"] for row in csv.DictReader(file, strict=True)}


HEADS = {
    "en": (
        "What each command of the menus does",
        "Each stands in the menu that is named here, and Ctrl+Shift+K finds it by a few letters.",
        ("command", "key", "what it does"),
    ),
    "es": (
        "Qué hace cada comando de los menús",
        "Cada uno está en el menú que aquí se nombra, y Ctrl+Shift+K lo encuentra por unas letras.",
        ("comando", "tecla", "qué hace"),
    ),
}
CRITERIA_HEADS = {
    "en": (
        "Which criterion says what",
        "The published definitions that the program asks, in its own order. Each answer states whether the "
        "recorded numbers meet the definition; what to do is decided by people. The [clinical rules]"
        "(../../clinical-rules.md#4-criteria-of-progression-and-response) have the same with an example "
        "for each.",
        ("It says", "Numbers", "When something is missing", "Source"),
    ),
    "es": (
        "Qué dice cada criterio",
        "Las definiciones publicadas que el programa pregunta, en su orden. Cada respuesta indica si las "
        "cifras registradas cumplen la definición; qué hacer lo deciden las personas. Las [reglas clínicas]"
        "(../../clinical-rules.md#4-criteria-of-progression-and-response), en inglés, lo cuentan con un "
        "ejemplo de cada una.",
        ("Dice", "Cifras", "Si falta algo", "Fuente"),
    ),
}


def actions_page(code: str) -> str:
    """Every action with its key and a sentence, by menu."""
    title, introduction, head = HEADS[code]
    told = action_sentences()
    parts = [f"# {title}", introduction]
    with in_language(code):
        for menu, words in MENUS:
            rows = [
                (
                    say(one.text.replace("&", "")),
                    " / ".join(f"`{key}`" for key in one.keys),
                    say(told[one.id]),
                )
                for one in ACTIONS
                if one.menu == menu
            ]
            parts += [f"## {say(words.replace('&', ''))}", table(head, rows)]
    return "\n\n".join(parts) + "\n"


def criteria_page(code: str) -> str:
    """Every criterion in words."""
    title, introduction, (says, numbers, missing, source) = CRITERIA_HEADS[code]
    parts = [f"# {title}", introduction]
    with in_language(code):
        for one in CRITERIA:
            told = told_criteria()[one.id]
            parts += [
                f"## {one.id}",
                f"**{say(told.name)}** ({say(one.title)})",
                f"- **{says}:** {say(told.says)}\n- **{numbers}:** {say(told.numbers)}.\n"
                f"- **{missing}:** {say(told.missing)}\n- **{source}:** {say(one.source)}.",
            ]
    return "\n\n".join(parts) + "\n"


def _page(parts: Iterable[str]) -> str:
    note = "This page is made from the program by `packaging/generate_reference.py`."
    return "\n\n".join([*parts, note]) + "\n"


def pages() -> dict[Path, str]:
    """Every page that is made here, by its file."""
    return {
        ADMINISTRATION / "05-settings.md": settings_page(),
        ADMINISTRATION / "11-commands.md": commands_page(),
        ADMINISTRATION / "12-acts-and-roles.md": acts_page(),
        **{GUIDE / code / "14-commands.md": actions_page(code) for code in HEADS},
        **{GUIDE / code / "15-criteria.md": criteria_page(code) for code in CRITERIA_HEADS},
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
