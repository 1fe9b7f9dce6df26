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
from tests.support import documents

EXAMPLES = [example for path in documents.HAND_WRITTEN for example in documents.examples(path)]


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


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 60


def test_every_command_of_a_document_can_be_typed(
    parser: argparse.ArgumentParser, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = []
    for example in EXAMPLES:
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
