"""Search in memory gives what a search of the tables gives, at every moment, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from sys import getsizeof

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, PatientRecord, Sex
from ctdild_desktop.services import access, patients, search_index
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.services.search_index import Keys, SearchIndex
from ctdild_desktop.services.search_key import query_words
from tests.support.desks import LOGIN, PASSPHRASE, Clock, copied_desk, fill, make_desk

NO_WIDTH = "\u200c"
FAMILIES = (
    "Müller",
    "MUELLER",
    "O'Brien",
    "García-López",
    "de la Cruz",
    "Łódzki",
    "Åse",
    "Παπαδόπουλος",
    f"\u0645\u06cc{NO_WIDTH}\u062e\u0648\u0627\u0647\u0645",
    "\u1c31\u1c32",
    "Ab",
    "Li",
    "Liebe",
    "",
)
GIVEN = (
    "Jana",
    "Una",
    "Inés",
    "Ørjan",
    "Anna Lena",
    "Σοφία",
    f"\u0646\u06cc\u0645{NO_WIDTH}\u0641\u0627\u0635\u0644\u0647",
    "Li",
    "Éa",
    "",
)
MRNS = ("MÜ-{0}", "{0:06d}", "a/{0}.7", "2024 {0}", "x_{0}%")
STYLES = (
    "{0}-{1:02}-{2:02}",
    "{2:02}.{1:02}.{0}",
    "{2}.{1}.{0}",
    "{2}/{1}/{0}",
    "{2:02}{1:02}{0}",
    "{1:02}.{0}",
)
MANY = 300


def people(count: int, seed: int) -> list[Patient]:
    """Patients whose names share words, beginnings and middles."""
    rng = Random(seed)
    return [
        Patient(
            id=f"{rng.getrandbits(128):032x}",
            mrn=rng.choice(MRNS).format(number),
            family_name=rng.choice(FAMILIES),
            given_name=rng.choice(GIVEN),
            birth_date=rng.choice(
                (
                    None,
                    PartialDate(rng.randint(1950, 1953)),
                    PartialDate(rng.randint(1950, 1953), rng.randint(1, 12)),
                    PartialDate(rng.randint(1950, 1953), rng.randint(1, 12), rng.randint(1, 28)),
                )
            ),
            sex=rng.choice((None, *Sex)),
        )
        for number in range(count)
    ]


def from_tables(desk: Desk, text: str, limit: int = 10) -> list[str]:
    """The answer of the database, which is looked through word by word."""
    with desk.registry.read() as session:
        return desk.store.lists.search_tables(session, query_words(text), limit) if query_words(text) else []


def found(desk: Desk, text: str, limit: int = 10) -> list[str]:
    return [hit.id for hit in patients.find(desk, text, limit)]


def agrees(desk: Desk, *texts: str) -> None:
    for text in texts:
        assert found(desk, text) == from_tables(desk, text), ascii(text)


@pytest.fixture(scope="module", params=["file", "server"])
def crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A registry in which much resembles much."""
    if request.param == "file":
        desk = copied_desk(request.getfixturevalue("template"), tmp_path_factory.mktemp("crowd"))
    else:
        cluster = request.getfixturevalue("cluster")
        place = cluster.new_registry(request.getfixturevalue("server_template"))
        desk = access.unlock(place, login=LOGIN, passphrase=PASSPHRASE, clock=Clock())
    fill(desk, *(PatientRecord(patient=patient) for patient in people(MANY, 1)))
    yield desk
    desk.close()


def _pieces() -> st.SearchStrategy[str]:
    """What people type: parts of names as written, of MRNs, and birth dates in the styles of sites."""
    words = [*FAMILIES, *GIVEN, *(style.format(17) for style in MRNS)]
    names = st.sampled_from([word for word in words if word])
    parts = st.builds(
        lambda name, start, length: name[start : start + length],
        names,
        st.integers(0, 5),
        st.integers(1, 12),
    )
    dates = st.builds(
        lambda style, year, month, day: style.format(year, month, day),
        st.sampled_from(STYLES),
        st.integers(1950, 1953),
        st.integers(1, 12),
        st.integers(1, 28),
    )
    return st.one_of(
        parts, parts.map(str.upper), dates, dates.map(lambda date: date[:4]), st.text(max_size=3)
    )


@settings(max_examples=100)
@given(words=st.lists(_pieces(), min_size=1, max_size=4), limit=st.sampled_from((1, 10, MANY)))
@example(words=["li"], limit=10)
@example(words=["i", "l"], limit=MANY)
@example(words=["1950", "0", "1"], limit=10)
@example(words=["\u1c31"], limit=10)
@example(words=["\0", "\ud800"], limit=10)
@example(words=["%", "_"], limit=10)
@example(words=["x" * 300], limit=10)
def test_search_in_memory_answers_as_the_tables_do(crowd: Desk, words: list[str], limit: int) -> None:
    for text in (" ".join(words), " ".join(reversed(words))):
        if text.strip():
            assert found(crowd, text, limit) == from_tables(crowd, text, limit)


def test_names_are_found_in_every_spelling_and_order(desk: Desk) -> None:
    persian = f"\u0645\u06cc{NO_WIDTH}\u062e\u0648\u0627\u0647\u0645"
    named = {
        "M-1": ("Müller", "Jana", ("muller jana", "Jana MÜLL", "mueller", "müller,jana")),
        "M-2": ("O'Brien", "Una", ("obrien una", "o’brien")),
        "M-3": ("García-López", "Inés", ("lopez ines", "garcia-lopez")),
        "M-4": ("de la Cruz", "Ana", ("delacruz", "ana cruz de la")),
        "M-5": ("Łódzki", "Ørjan", ("lodz", "oerjan")),
        "M-6": ("Παπαδόπουλος", "Σοφία", ("παπαδοπουλος σοφ",)),
        "M-7": (persian, "", (persian, persian.replace(NO_WIDTH, ""))),
    }
    for mrn, (family, given_name, _typed) in named.items():
        patients.add_patient(desk, Patient(id=new_id(), mrn=mrn, family_name=family, given_name=given_name))
    for mrn, (_family, _given, typed) in named.items():
        for text in typed:
            assert [hit.mrn for hit in patients.find(desk, text)] == [mrn], text


def test_own_acts_are_found_at_once(desk: Desk) -> None:
    first = Patient(id="", mrn="M-1", family_name="Holloway", given_name="Ingrid")
    assert found(desk, "holl") == []
    added = patients.add_patient(desk, first)
    patient = added.value
    assert found(desk, "holl") == [patient.id]
    edited = patients.edit_patient(desk, replace(patient, family_name="Østergaard"))
    assert (found(desk, "holl"), found(desk, "ost")) == ([], [patient.id])
    assert edited.undo is not None
    edited.undo()
    assert (found(desk, "holl"), found(desk, "ost")) == ([patient.id], [])
    removed = patients.remove_patient(desk, patient.id, "registered twice")
    assert found(desk, "holl") == []
    assert removed.undo is not None
    removed.undo()
    assert found(desk, "holl") == [patient.id]
    agrees(desk, "holl", "ost", "m-1")


def test_acts_of_another_desk_are_found_at_once(desk: Desk, clock: Clock) -> None:
    other = access.unlock(desk.registry.place, login=LOGIN, passphrase=PASSPHRASE, clock=clock)
    try:
        fill(other, *(PatientRecord(patient=patient) for patient in people(40, 2)))
        agrees(desk, "li", "1950", "jana")
        patient = patients.add_patient(other, Patient(id="", mrn="N-1", family_name="Newcomer")).value
        assert found(desk, "newc") == [patient.id]
        patients.remove_patient(other, patient.id, "registered twice")
        assert found(desk, "newc") == []
        agrees(desk, "li", "1950", "jana")
    finally:
        other.close()


@pytest.mark.parametrize("limit", ["_MANY", "_LONG_AGO"])
def test_many_changes_at_once_are_read_anew(
    file_desk: Desk, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(search_index, limit, 5)
    agrees(file_desk, "jana")
    fill(file_desk, *(PatientRecord(patient=patient) for patient in people(30, 3)))
    agrees(file_desk, "jana", "li", "1951")


@given(
    kept=st.dictionaries(
        st.text("0123", min_size=1, max_size=3), st.text("a \u00e9", max_size=4), max_size=8
    ),
    changes=st.dictionaries(
        st.text("0123", min_size=1, max_size=3), st.none() | st.text("a \u00e9", max_size=4), max_size=8
    ),
)
def test_keys_after_changes_are_those_of_reading_anew(
    kept: dict[str, str], changes: dict[str, str | None]
) -> None:
    def keys(of: dict[str, str]) -> Keys:
        return Keys.of_lines(moment, [search_index._line(patient_id, key) for patient_id, key in of.items()])

    moment = search_index._Moment()
    now = {patient_id: key for patient_id, key in changes.items() if key is not None}
    after = {patient_id: key for patient_id, key in kept.items() if patient_id not in changes} | now
    assert keys(kept).changed(moment, list(changes), list(now.items())).text == keys(after).text


def test_a_registry_that_was_put_in_place_of_this_one_is_read_anew(tmp_path: Path) -> None:
    """Two registries whose trails have the same length are told apart."""
    index = SearchIndex()
    held = []
    for name in ("Ahlgren", "Zimmer"):
        folder = tmp_path / name
        folder.mkdir()
        desk = make_desk(folder)
        patients.add_patient(desk, Patient(id="", mrn="M-1", family_name=name))
        with desk.registry.read() as session:
            keys = index.keys(session)
            assert keys is not None
            held.append((keys.moment.entries, [bool(keys.search((word,), 10)) for word in ("ahl", "zim")]))
        desk.close()
    assert held[0][0] == held[1][0]
    assert [hits for _entries, hits in held] == [[True, False], [False, True]]


def test_an_unchanged_registry_is_not_read_again(desk: Desk) -> None:
    fill(desk, *(PatientRecord(patient=patient) for patient in people(30, 4)))
    patients.prepare_search(desk)
    with desk.registry.read() as session:
        first, second = (desk.store.lists.index.keys(session) for _ in range(2))
    assert first is not None
    assert first is second


def test_what_is_not_about_patients_leaves_the_keys_as_they_are(desk: Desk) -> None:
    fill(desk, *(PatientRecord(patient=patient) for patient in people(30, 5)))

    def held() -> bytearray:
        with desk.registry.read() as session:
            keys = desk.store.lists.index.keys(session)
        assert keys is not None
        return keys.text

    before = held()
    patients.note_opened(desk, people(1, 5)[0].id, "list")
    assert held() is before


def test_too_many_patients_are_searched_in_the_tables(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "_MOST_BYTES", 2_000)
    fill(desk, *(PatientRecord(patient=patient) for patient in people(40, 6)))
    with desk.registry.read() as session:
        assert desk.store.lists.index.keys(session) is None
    assert found(desk, "jana") == from_tables(desk, "jana") != []
    twin = next(patient for patient in people(40, 6) if patient.family_name == "Li")
    others = {patient.id for patient in people(40, 6) if patient.family_name == "Li"} - {twin.id}
    assert {hit.id for hit in patients.same_names(desk, twin)} == others


def test_same_names_are_told_whatever_their_accents_and_never_by_a_part(desk: Desk) -> None:
    crowd = [*people(80, 7), Patient(id=new_id(), mrn="LI-LI", family_name="Li Li")]
    fill(desk, *(PatientRecord(patient=patient) for patient in crowd))

    def mrns(family: str) -> set[str]:
        asked = Patient(id=new_id(), mrn="new", family_name=family)
        return {hit.mrn for hit in patients.same_names(desk, asked)}

    def named(family: str) -> set[str]:
        return {patient.mrn for patient in crowd if patient.family_name == family}

    assert mrns(" LÍ ") == named("Li") != set()
    assert mrns("muller") == named("Müller") != set()
    assert mrns("garcia-lopez") == named("García-López") != set()
    assert mrns("Garcia") == set()
    assert mrns("") == set()


def test_a6_no_name_is_held_after_the_desk_is_closed(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    patients.add_patient(desk, Patient(id="", mrn="M-1", family_name="Quastenflosser"))
    assert len(found(desk, "quast")) == 1
    with desk.registry.read() as session:
        keys = desk.store.lists.index.keys(session)
    assert keys is not None
    assert b" quastenflosser " in keys.text
    assert "quasten" not in repr(keys)
    desk.close()
    assert not any(keys.text)
    assert not any(isinstance(kept, Keys) for kept in vars(desk.store.lists.index).values())


def test_a6_a_search_that_is_under_way_while_the_desk_closes_keeps_nothing(desk: Desk) -> None:
    fill(desk, *(PatientRecord(patient=patient) for patient in people(30, 8)))
    index = desk.store.lists.index
    with desk.registry.read() as session:
        index.forget()
        keys = index.keys(session)
        assert keys is not None
        assert keys.search(("jana",), 10)
    assert not any(isinstance(kept, Keys) for kept in vars(index).values())


def test_a_hundred_thousand_keys_take_less_than_forty_megabytes(file_desk: Desk) -> None:
    rng = Random(9)
    names = ("Wolkenstein", "Bartholomäus", "García-López", "Nguyen")
    patient = people(1, 9)[0]
    index = SearchIndex()
    people_of_a_year = [
        replace(
            patient,
            id=f"{rng.getrandbits(128):032x}",
            mrn=f"2026-{number:06d}",
            family_name=rng.choice(names),
            given_name=rng.choice(names),
            birth_date=PartialDate(1950, 10, 1 + number % 28),
        )
        for number in range(1_000)
    ]
    fill(file_desk, *(PatientRecord(patient=one) for one in people_of_a_year))
    with file_desk.registry.read() as session:
        keys = index.keys(session)
    assert keys is not None
    assert keys.text.count(b"\0") == 1_000
    assert getsizeof(keys.text) * 100 < 40_000_000
