"""What the program can do is documented: settings, variables, commands, roles, formats, criteria."""

from __future__ import annotations

import argparse
import ast
import dataclasses
import importlib
import importlib.util
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from ctdild_desktop import config, services, settings_by_name
from ctdild_desktop.cli import export, import_files
from ctdild_desktop.clinical.criteria import CRITERIA
from ctdild_desktop.clinical.rulebook_criteria import told_criteria
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.language import say
from ctdild_desktop.services.desk import Role
from ctdild_desktop.ui.actions import ACTIONS
from tests.support import documents

PACKAGE = documents.ROOT / "ctdild_desktop"
ANEW = "run .venv/bin/python packaging/generate_reference.py and commit its pages with the change"
OWN = {
    "QT_QPA_PLATFORM": "set by the tour and the measuring for Qt, which draws without a display then",
    "QT_SCALE_FACTOR": "the same, for pictures at 150 %",
    "CTDILD_REAL_FILES": "of the tests, told in CONTRIBUTING.md",
}
"""Variables that the program sets for a process of its own, and that nobody else need know."""


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """``packaging/generate_reference.py``, which is a program and no module."""
    path = documents.ROOT / "packaging" / "generate_reference.py"
    spec = importlib.util.spec_from_file_location("generate_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_generated_pages_are_what_the_program_says(generator: ModuleType) -> None:
    stale = [path.name for path, told in generator.pages().items() if not path.exists() or text(path) != told]
    assert stale == [], ANEW


def fields_of(made: object, table: str = "") -> Iterator[str]:
    """Every setting of the dataclasses, with its table, as a person would type it."""
    for one in dataclasses.fields(made):  # type: ignore[arg-type]
        value = getattr(made, one.name)
        if dataclasses.is_dataclass(value) and one.name != "server":
            yield from fields_of(value, f"{one.name}.")
        elif one.name not in {"source", "others", "notes", "may_save"}:  # they tell of the file
            yield f"{table}{one.name}"


def test_every_setting_is_told_with_what_it_may_be_and_its_usual_value(generator: ModuleType) -> None:
    settings = config.load(documents.ROOT / "there is none", environ={})
    known = {one.name: one for one in settings_by_name.known()}
    assert set(fields_of(settings)) == set(known)
    assert list(generator.sentences()) == list(known)
    rows = {
        line.split("`")[1]: line
        for line in text(documents.ADMINISTRATION / "05-settings.md").splitlines()
        if line.startswith("| `")
    }
    for name, one in known.items():
        assert one.allowed in rows[name]
        assert one.value_in(settings) in (one.usual, str(config.default_registry_path()))
        assert len(generator.sentences()[name]) > 20


def variables_read() -> set[str]:
    """The environment variables that the code names."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        source = text(path)
        found |= set(re.findall(r"\"(CTDILD_[A-Z_]+)\"", source))
        found |= set(
            re.findall(r"(?:getenv\(|environ(?:\.get\(|\.setdefault\(|\[))\s*\"([A-Za-z_]+)\"", source)
        )
    return found


def test_every_environment_variable_is_told() -> None:
    page = text(documents.ADMINISTRATION / "05-settings.md")
    found = variables_read()
    assert {"CTDILD_REGISTRY", "CTDILD_PASSPHRASE", "CTDILD_THEME"} <= found
    assert sorted(name for name in found - set(OWN) if f"`{name}`" not in page) == []
    told = set(re.findall(r"`(CTDILD_[A-Z_]+)`", page))
    assert told <= found, "the page names what nothing reads"


def test_every_command_and_option_explains_itself(generator: ModuleType) -> None:
    page = text(documents.ADMINISTRATION / "11-commands.md")
    silent = []
    for name, parser in list(generator.parsers())[1:]:
        assert f" `{name}`\n" in page
        silent += [] if parser.description else [name]
        for one in parser._actions:
            if isinstance(one, argparse._SubParsersAction):
                continue
            silent += [] if one.help else [f"{name} {one.dest}"]
    assert silent == []


def statuses(source: str) -> Iterator[int]:
    """The exit statuses of a module of the command line."""
    for node in ast.walk(ast.parse(source)):
        returned = node.value if isinstance(node, ast.Return | ast.Assign) else None
        for inner in ast.walk(returned) if returned is not None else ():
            if isinstance(inner, ast.Constant) and type(inner.value) is int and 0 <= inner.value < 10:
                yield inner.value


def test_every_exit_status_is_told() -> None:
    found = set()
    for path in (PACKAGE / "cli").glob("*.py"):
        if path.name in {"__init__.py", "tour.py", "upkeep.py", "erase.py", "settings.py"}:
            found |= set(statuses(text(path)))
    page = text(documents.ADMINISTRATION / "11-commands.md")
    assert {0, 1, 2, 3, 4} <= found
    assert sorted(one for one in found if f"\n| {one} | " not in page) == []


def test_every_role_is_told_with_what_it_may_do() -> None:
    page = text(documents.ADMINISTRATION / "04-first-registry-and-people.md")
    for role in Role:
        assert f"\n| {role.value} | " in page


def refusals() -> set[str]:
    """What a refusal calls each act that not everybody may do."""
    found = set()
    for entry in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        if ".demo" not in entry.name:
            for value in vars(importlib.import_module(entry.name)).values():
                if len(getattr(value, "__roles__", Role)) < len(Role):
                    found.add(value.__doing__)
    return found


def test_every_kind_of_act_is_told_with_its_roles(generator: ModuleType) -> None:
    told = list(generator.acts())
    assert sorted(refusals() - {doing for _, _, doing in told}) == [], "name one in resources/manual/acts.csv"
    assert [what for what, _, _ in told if len(what) < 10] == []


def test_every_action_is_told_with_its_key_and_a_sentence(generator: ModuleType) -> None:
    told = generator.action_sentences()
    assert sorted({one.id for one in ACTIONS} - set(told)) == [], "resources/manual/actions.csv"
    for code in ("en", "es"):
        page = text(documents.DOCS / "guide" / code / "14-commands.md")
        with generator.in_language(code):
            for one in ACTIONS:
                keys = " / ".join(f"`{key}`" for key in one.keys)
                assert f"| {say(one.text.replace('&', ''))} | {keys} | {say(told[one.id])} |" in page


def test_every_format_is_told() -> None:
    page = text(documents.ADMINISTRATION / "13-files-it-reads-and-writes.md")
    assert [one for one in import_files.FORMATS if f"`{one}`" not in page] == []
    assert [one for one in export._FORMATS if f"`ctdild export --format {one}`" not in page] == []


def test_every_criterion_and_verdict_is_told() -> None:
    rules = text(documents.DOCS / "clinical-rules.md")
    for one in CRITERIA:
        assert f"| {one.id} | {one.title} |" in rules
        assert f"\n### {one.id}\n" in rules
        assert f"\n## {one.id}\n" in text(documents.GUIDE / "15-criteria.md")
    assert list(told_criteria()) == [one.id for one in CRITERIA]
    assert [one.value for one in Verdict if f" {one.value}" not in rules] == []
