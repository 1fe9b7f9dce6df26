"""Messages in another language: looked up by their English text, with their values in their places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ctdild_desktop import language
from ctdild_desktop.language import Catalogue, CatalogueError, say, say_n
from ctdild_desktop.language.catalogue import entries, word_table

PO = r"""
msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: somewhere
msgid "FVC fell from {a} to {b}."
msgstr "La FVC descendió de {a} a {b}."

msgid "{n} test of {who}"
msgid_plural "{n} tests of {who}"
msgstr[0] "{n} prueba de {who}"
msgstr[1] "{n} pruebas de {who}"

msgid "Role"
msgstr "Fase"

msgctxt "PeoplePanel"
msgid "Role"
msgstr "Perfil"

msgid "Two \"lines\"\n"
"of text"
msgstr "Dos «líneas»\n"
"de texto"

msgid "not yet"
msgstr ""
"""


@pytest.fixture
def spanish(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "es.po"
    file.write_text(PO, encoding="utf-8")
    language.use(Catalogue.read("es", file))
    yield file
    language.use(None)


def test_english_is_what_the_code_says() -> None:
    assert say("FVC fell from {a} to {b}.", a="2.5", b="2.1") == "FVC fell from 2.5 to 2.1."
    assert say("{not a value}") == "{not a value}"
    assert [say_n("{n} test", "{n} tests", n) for n in (0, 1, 2)] == ["0 tests", "1 test", "2 tests"]
    assert language.code() == "en"


def test_a_message_is_said_in_the_language(spanish: Path) -> None:
    assert language.code() == "es"
    assert say("FVC fell from {a} to {b}.", a="2,5", b="2,1") == "La FVC descendió de 2,5 a 2,1."
    assert say('Two "lines"\nof text') == "Dos «líneas»\nde texto"
    one, many = "{n} test of {who}", "{n} tests of {who}"
    assert say_n(one, many, 1, who="Ana") == "1 prueba de Ana"
    assert say_n(one, many, 0, who="Ana") == "0 pruebas de Ana"
    assert say_n(one, many, 21, who="Ana") == "21 pruebas de Ana"


def test_what_is_not_translated_stays_english(spanish: Path) -> None:
    assert say("not yet") == "not yet"
    assert say("unknown") == "unknown"


def test_a_context_has_its_own_word(spanish: Path) -> None:
    catalogue = Catalogue.read("es", spanish)
    assert catalogue.message("Role", "PeoplePanel") == "Perfil"
    assert catalogue.message("Role", "LineSheet") == "Fase"


def test_whole_words_are_exchanged_and_names_of_values_are_not(tmp_path: Path) -> None:
    table = tmp_path / "names.csv"
    table.write_text("word,instead\nFVC,CVF\n", encoding="utf-8")
    file = tmp_path / "es.po"
    file.write_text(
        'msgid "a"\nmsgstr "FVC, {FVC} y FVCx"\n',
        encoding="utf-8",
    )
    assert Catalogue.read("es", file, replace=word_table(table)).message("a") == "CVF, {FVC} y FVCx"


def test_a_marked_message_is_said_in_the_language_at_that_time(spanish: Path) -> None:
    language.use(None)
    inner = language.marked("Role")
    told = language.marked("FVC fell from {a} to {b}.", a=inner, b="{2}")
    assert told == str(told) == "FVC fell from Role to {2}."
    language.use(Catalogue.read("es", spanish))
    assert str(told) == f"{told}" == "La FVC descendió de Fase a {2}."
    assert told == "FVC fell from Role to {2}."


def test_what_was_kept_is_forgotten_with_the_language(spanish: Path) -> None:
    @language.remembered
    def role() -> str:
        return say("Role")

    assert role() == "Fase"
    language.use(None)
    assert role() == "Role"


@pytest.mark.parametrize("text", ['msgid "a', "msgid a", '"alone"', "nonsense"])
def test_a_damaged_catalogue_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.po"
    file.write_text(f"\n{text}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"bad\.po, line 2"):
        list(entries(file))
