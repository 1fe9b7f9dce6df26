"""Every link of every document leads somewhere, and every command in it can be typed as it stands."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from ctdild_desktop import cli, settings_by_name
from ctdild_desktop.clinical.criteria import CRITERIA
from ctdild_desktop.language.catalogue import entries
from tests.support import documents


@pytest.fixture(scope="module")
def examples() -> list[documents.Example]:
    """Every command of a document."""
    return [example for path in documents.HAND_WRITTEN for example in documents.examples(path)]


def every_parser(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and all parsers of its commands."""
    yield parser
    for group in parser._actions:
        if isinstance(group, argparse._SubParsersAction):
            for inner in group.choices.values():
                yield from every_parser(inner)


@pytest.fixture(scope="module")
def parser() -> argparse.ArgumentParser:
    """The whole command line, which only reads what it is given."""
    return cli.make_parser()


@pytest.mark.parametrize("path", documents.PAGES, ids=lambda path: str(path.relative_to(documents.ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    wrong = []
    for target in documents.links(path):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists() or (anchor and anchor not in documents.anchors(there)):
            wrong.append(target)
    assert wrong == []


def test_there_are_examples(examples: list[documents.Example]) -> None:
    assert len(examples) > 60


def test_every_command_of_a_document_can_be_typed(
    parser: argparse.ArgumentParser,
    capsys: pytest.CaptureFixture[str],
    examples: list[documents.Example],
) -> None:
    wrong = []
    for example in examples:
        try:
            parser.parse_args(example.arguments)
        except SystemExit as stopped:
            if stopped.code != 0:
                wrong.append(f"{example.page}: {capsys.readouterr().err.splitlines()[-1]}")
    assert wrong == []


def test_every_command_option_and_setting_that_is_named_exists(parser: argparse.ArgumentParser) -> None:
    options = {
        name for one in every_parser(parser) for action in one._actions for name in action.option_strings
    }
    commands = {
        name
        for one in every_parser(parser)
        for action in one._actions
        if isinstance(action, argparse._SubParsersAction)
        for name in action.choices
    }
    settings = {one.name for one in settings_by_name.known()}
    tables = {name.partition(".")[0] for name in settings if "." in name}
    wrong = []
    for path in documents.HAND_WRITTEN:
        if path in documents.OF_TOOLS:
            continue
        for span in documents.spans(path):
            words = span.split()
            if words[:1] == ["ctdild"]:
                named = [word for word in words[1:] if re.fullmatch(r"[a-z][a-z-]+", word)][:1]
                wrong += [f"{path.name}: {span}" for word in named if word not in commands]
                wrong += [
                    f"{path.name}: {span}"
                    for word in words
                    if word.startswith("--") and word.partition("=")[0] not in options
                ]
            elif (re.fullmatch(r"--[a-z-]+", span) and span not in options) or (
                re.fullmatch(r"[a-z]+\.[a-z_]+", span)
                and span.partition(".")[0] in tables
                and span not in settings
            ):
                wrong.append(f"{path.name}: {span}")
    assert wrong == []


def test_every_criterion_that_is_named_exists() -> None:
    known = {one.id for one in CRITERIA}
    stems = {name.partition("_")[0] for name in known if "_" in name}
    wrong = [
        f"{path.name}: {span}"
        for path in documents.HAND_WRITTEN
        for span in documents.spans(path)
        if re.fullmatch(r"[A-Z][A-Z0-9]+_[A-Z0-9_]+", span)
        and span.partition("_")[0] in stems
        and span not in known
    ]
    assert wrong == []


KEY = re.compile(r"(?<![\w+])(?:(?:Ctrl|Alt|Shift)\+)+(?:F\d\d?|[A-Za-z]+|[0-9,?])|\bF\d\d?\b")
OUR_WORDS = {
    *("Ctrl+K", "Ctrl+?", "Ctrl+Shift+K", "F1", "Esc", "Debian 12", "Windows 10 or 11"),
    *("A file, in the window", "A file, on the command line", "An older program at a newer registry"),
    *("A rehearsal once a quarter", "One medium that is disconnected", "Copy folder"),
    *("In a local file, roles are rules of the program, not cryptography", "A server"),
    *("If every passphrase and the recovery code are lost, the data are lost",),
}
"""What a document prints bold although it stands on no screen."""


def known_keys() -> set[str]:
    """Every key that the windows name."""
    found: set[str] = set()
    for path in (documents.ROOT / "ctdild_desktop" / "ui").rglob("*.py"):
        found |= {one.group() for one in KEY.finditer(path.read_text(encoding="utf-8"))}
    return found


def test_every_key_that_is_named_exists() -> None:
    known = known_keys()
    assert {"Ctrl+K", "Ctrl+Shift+Enter", "F4"} <= known
    wrong = [
        f"{path.name}: {found.group()}"
        for path in documents.OF_THE_PROGRAM
        for found in KEY.finditer(documents.prose(path))
        if found.group() not in known
    ]
    assert wrong == []


def shown_words() -> set[str]:
    """Every text of the windows, without its key and its dots."""
    texts = (one.text for one in entries(documents.ROOT / "resources" / "i18n" / "es.po"))
    return {bare(re.sub(r"  +\S.*\Z", "", text)) for text in texts}


def bare(words: str) -> str:
    """The words of a button as a document names it."""
    return words.replace("&", "").strip().rstrip(":….")


def test_every_name_on_the_screen_is_written_as_it_stands_there() -> None:
    """In the guide bold words are names on the screen; in the administrator's guide those in quotes."""
    shown = shown_words()
    wrong = []
    for path in documents.OF_THE_PROGRAM:
        if path.name == "15-criteria.md":  # its bold words are names of definitions
            continue
        text = documents.prose(path)
        bold = r"\*\*([A-Z][^*]{2,60})\*\*" if documents.GUIDE in path.parents else r"\"([A-Z][^\"]{2,60}…)\""
        for found in re.finditer(bold, text):
            named = [bare(part) for part in found.group(1).split(" > ")]
            wrong += [f"{path.name}: {part}" for part in named if part not in shown | OUR_WORDS]
    assert wrong == []
