"""The language of signed letters, and sentences told again from their English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import process_time

import pytest

from ctdild_desktop import language
from ctdild_desktop.language import Catalogue, pseudo, retold, say
from ctdild_desktop.language.pseudo import signed
from ctdild_desktop.services.trail_reasons import reason_told

PO = r"""
msgid "Undo: {what}"
msgstr "Deshacer: {what}"

msgid "PFT {date}"
msgstr "PFR {date}"

msgid "invented patients for demonstration"
msgstr "pacientes inventados para demostración"

msgid "{drug} since {date}"
msgstr "{drug} desde {date}"

msgid "rituximab"
msgstr "rituximab (MabThera)"

msgid "{test} of {who} on {day}, {value} not {reason} done by {person}."
msgstr "{test} de {who} el {day}, {value} no {reason} hecho por {person}."

msgid "not yet"
msgstr ""
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "es.po"
    file.write_text(PO, encoding="utf-8")
    yield file
    language.use(None)


def test_letters_are_signed_and_values_marks_and_keys_are_not() -> None:
    assert signed("Log a PFT (Ctrl+Shift+T)") == "Ḻọḡ ạ ṖḞṬ (Ctrl+Shift+T)"
    assert signed("<b>{who}</b>: %n files (*.csv)") == "<b>{who}</b>: %n ḟịḻẹṣ (*.csv)"
    assert signed(signed("abc")) == signed("abc")


def test_only_what_is_translated_is_signed(catalogue: Path) -> None:
    language.use(pseudo.catalogue(catalogue))
    assert say("{drug} since {date}", drug="x", date="12.03.2026") == "x ṣịṇċẹ 12.03.2026"
    assert say("not yet") == "not yet"
    assert say("unknown") == "unknown"


def test_a_sentence_is_told_again_from_its_english(catalogue: Path) -> None:
    language.use(Catalogue.read("es", catalogue))
    told = retold("rituximab since 12.03.2026")
    assert told == "rituximab (MabThera) desde 12.03.2026"
    assert language.english_of(told) == "rituximab since 12.03.2026"
    assert retold("typed by a person") == "typed by a person"
    language.use(None)
    assert retold("rituximab since 12.03.2026") == "rituximab since 12.03.2026"


def test_the_members_of_a_list_are_told_each_for_itself(catalogue: Path) -> None:
    language.use(Catalogue.read("es", catalogue))
    told = retold("rituximab since 12.03.2026, rituximab since 13.03.2026")
    assert told == "rituximab (MabThera) desde 12.03.2026, rituximab (MabThera) desde 13.03.2026"


def test_a_long_typed_text_is_told_without_delay(catalogue: Path) -> None:
    language.use(Catalogue.read("es", catalogue))
    whole = "PFT of Berg, N. on 12.03.2026, 2.31 not well done by Dr A. of B done by C."
    assert retold(whole) == "PFT de Berg, N. el 12.03.2026, 2.31 no well hecho por Dr A. of B done by C."
    typed = "FVC of her on Monday, twice not done by him " * 45
    begun = process_time()
    assert retold(typed) == typed
    assert process_time() - begun < 1, "the time must not grow with a power of the letters"


def test_reasons_of_the_program_are_told_and_those_of_people_stay(catalogue: Path) -> None:
    language.use(Catalogue.read("es", catalogue))
    assert reason_told("Undo: PFT 12.03.2026") == "Deshacer: PFR 12.03.2026"
    assert reason_told("invented patients for demonstration") == "pacientes inventados para demostración"
    assert reason_told("rituximab") == "rituximab"
