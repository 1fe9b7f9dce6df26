"""What people type finds whom they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.services.search_key import fold, query_words, rank, search_key


def _key(family: str, given_name: str = "", mrn: str = "A-1", born: str | None = None) -> str:
    birth = PartialDate.parse(born) if born else None
    return search_key(Patient(id="x", mrn=mrn, family_name=family, given_name=given_name, birth_date=birth))


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Müller", "muller"),
        ("MÜLLER", "muller"),
        ("Łódź", "lodz"),
        ("Åse Ørsted", "ase orsted"),
        ("Straße", "strasse"),
        ("Παπαδοπούλου", "παπαδοπουλου"),
        ("Σοφός", "σοφοσ"),
        ("é", "e"),
    ],
)
def test_fold_drops_accents_and_case(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("typed", "family", "given_name"),
    [
        ("muller", "Müller", "Jana"),
        ("mueller", "Müller", "Jana"),
        ("jana müll", "Müller", "Jana"),
        ("müller, jana", "Müller", "Jana"),
        ("obrien", "O'Brien", "Una"),
        ("o’brien", "O'Brien", "Una"),
        ("lopez", "García-López", "Inés"),
        ("garcia-lopez", "García-López", "Inés"),
        ("de la cruz", "de la Cruz", "Ana"),
        ("delacruz", "de la Cruz", "Ana"),
    ],
)
def test_a_name_is_found_however_it_is_typed(typed: str, family: str, given_name: str) -> None:
    assert rank(_key(family, given_name), query_words(typed)) is not None


@pytest.mark.parametrize(
    "typed",
    [
        "18.09.1970",
        "18.9.1970",
        "18/09/1970",
        "18/9/1970",
        "1970-09-18",
        "18091970",
        "19700918",
        "18.09",
        "1970",
        "18.9.",
    ],
)
def test_a_birth_date_is_found_in_any_spelling(typed: str) -> None:
    assert rank(_key("Holloway", born="1970-09-18"), query_words(typed)) is not None
    assert rank(_key("Holloway", born="1981-12-03"), query_words(typed)) is None


def test_a_partial_birth_date_is_found_by_its_year() -> None:
    assert rank(_key("Holloway", born="1970"), query_words("holl 1970")) == 0
    assert rank(_key("Holloway", born="1970-09"), query_words("09.1970")) == 0


def test_an_mrn_is_found_by_its_parts() -> None:
    key = _key("Holloway", mrn="DEMO-0417")
    assert rank(key, query_words("demo-0417")) == 0
    assert rank(key, query_words("0417")) == 0
    assert rank(key, query_words("417")) == 1


def test_beginnings_of_words_come_before_their_middles() -> None:
    words = query_words("ann")
    begins, middle = rank(_key("Annen"), words), rank(_key("Hannen"), words)
    assert begins is not None
    assert middle is not None
    assert begins < middle


def test_every_word_must_be_found() -> None:
    assert rank(_key("Holloway", "Ingrid"), query_words("holloway jana")) is None


@given(st.text(max_size=80))
def test_any_text_can_be_searched_for(typed: str) -> None:
    words = query_words(typed)
    assert len(words) <= 12
    assert all(word and not word.isspace() for word in words)


@given(st.text(alphabet=st.characters(categories=["Ll", "Lu"]), min_size=1, max_size=30))
def test_a_patient_is_found_by_the_own_name(name: str) -> None:
    assert rank(_key(name), query_words(name)) is not None
