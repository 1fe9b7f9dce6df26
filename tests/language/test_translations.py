"""Every text that a person reads has a translation that fits it."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from ctdild_desktop.language.catalogue import Entry, entries, word_table

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "i18n"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "packaging" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["translations"] = made
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def spanish() -> dict[str, Entry]:
    return {entry.text: entry for entry in entries(FOLDER / "es.po") if entry.text}


def test_every_message_of_the_program_is_translated(tool: ModuleType, spanish: dict[str, Entry]) -> None:
    """When this fails: run ``python packaging/translations.py`` and translate what it names."""
    met = tool.collect()
    assert len(met) > 900
    lacking = {
        text: message.where
        for text, message in met.items()
        if text not in spanish or not all(spanish[text].forms)
    }
    assert lacking == {}
    assert spanish.keys() - met.keys() == set()
    assert [text for text, one in met.items() if len(spanish[text].forms) != (2 if one.counts else 1)] == []


def test_no_message_is_put_together_before_it_is_looked_up() -> None:
    """A text that is made at run time is no message of the catalogue: it would stay English."""
    glued = []
    for path in sorted((ROOT / "ctdild_desktop").rglob("*.py")):
        if "cli" in path.parts:  # its ``say`` writes to standard error, in English
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = node.func if isinstance(node, ast.Call) and node.args else None
            name = getattr(called, "id", getattr(called, "attr", ""))
            if name in {"say", "sentence", "marked", "tr", "_tr"} and isinstance(
                node.args[0], ast.JoinedStr | ast.BinOp
            ):
                glued.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert glued == []


def test_placeholders_and_spaces_agree(spanish: dict[str, Entry]) -> None:
    def names(text: str) -> Counter[str]:
        return Counter(re.findall(r"\{[^{}]*\}|%n|\*\.\w+", text))

    wrong = []
    for entry in spanish.values():
        english = [names(entry.text), names(entry.plural or entry.text)]
        for at, form in enumerate(entry.forms):
            same = names(form) == english[min(at, 1)] or (entry.plural and at == 0 and "{n}" not in form)
            edges = (form[:1].isspace(), form[-1:].isspace())
            if not same or edges != (entry.text[:1].isspace(), entry.text[-1:].isspace()):
                wrong.append((entry.text, form))
    assert wrong == []


def test_keys_in_texts_are_the_same_keys(spanish: dict[str, Entry]) -> None:
    def keys(text: str) -> Counter[str]:
        told = text
        for shown, key in (("Mayús", "Shift"), ("Intro", "Enter"), ("Arriba", "Up"), ("Abajo", "Down")):
            told = told.replace(shown, key)
        return Counter(re.findall(r"(?:Ctrl|Alt)\+(?:Shift\+)?\w+", told))

    assert [entry.text for entry in spanish.values() if keys(entry.text) != keys(entry.forms[0])] == []


FORBIDDEN = (
    r"\bsever[oa]s?\b",
    r"\bencriptad",
    r"\bremover\b",
    r"\b(?:PFR|TCAR|EA)s\b",
    r"\w\(s\)",
    r"\bordenador\b",
    r"\bfichero",
    r"!(?!r\})",
    r"\bpor favor\b",
)


def test_traps_of_the_language_are_avoided(spanish: dict[str, Entry]) -> None:
    met = [
        (word, form)
        for entry in spanish.values()
        for form in entry.forms
        for word in FORBIDDEN
        if re.search(word, form, re.IGNORECASE)
    ]
    assert met == []


@pytest.mark.parametrize("name", ["es_ES", "es_MX", "lung_names"])
def test_a_table_of_words_is_whole_and_changes_something(name: str, spanish: dict[str, Entry]) -> None:
    words = word_table(FOLDER / f"{name}.csv")
    assert all(word and instead and word != instead for word, instead in words.items())
    told = " ".join(form for entry in spanish.values() for form in entry.forms)
    assert any(word in told for word in words)
