"""Names of every kind through every path: kept as they are, found again, printed, imported, never obeyed."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.clinical.typed_text import has_unseen, tidy_line
from ctdild_desktop.interchange.outgoing import harmless
from ctdild_desktop.reports.mdt_page import write_mdt_page
from ctdild_desktop.reports.typesetting import MISSING, lacks_letters, register_fonts
from ctdild_desktop.services import imports, pages, patients
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.services.search_key import query_words
from tests.support.desks import copied_desk, fill, make_desk
from tests.support.hostile import NAMES, spoilt

names = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_desk(tmp_path_factory.mktemp("names"))
    patients.add_patient(made, Patient(id=new_id(), mrn="OTHER", family_name="Andersson", given_name="Bo"))
    made.close()
    return made.registry.path


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    made = copied_desk(template, tmp_path)
    yield made
    made.close()


@names
def test_i4_a_name_is_kept_found_listed_and_changed(desk: Desk, name: str) -> None:
    kept = patients.add_patient(desk, Patient(id=new_id(), mrn="I4", family_name=name, given_name=name)).value
    assert (kept.family_name, kept.given_name) == (tidy_line(name), tidy_line(name))
    assert patients.load(desk, kept.id).patient == kept
    if query_words(name):
        for typed in (name, name.upper(), unicodedata.normalize("NFD", name)):
            assert "I4" in {hit.mrn for hit in patients.find(desk, typed)}
    assert {row.mrn for row in patients.list_patients(desk)} == {"I4", "OTHER"}
    done = patients.edit_patient(desk, replace(kept, given_name="Ada", alert_note=name))
    assert done.value.alert_note == name.strip()
    assert done.undo is not None
    done.undo()
    assert patients.load(desk, kept.id).patient.given_name == tidy_line(name)


NUMBERS = {label: name for label, name in NAMES.items() if not has_unseen(name, number=True)}


@pytest.mark.parametrize("name", NUMBERS.values(), ids=NUMBERS)
def test_i4_a_name_is_a_record_number_and_nobody_elses(desk: Desk, name: str) -> None:
    kept = patients.add_patient(desk, Patient(id=new_id(), mrn=name)).value
    found = patients.by_mrn(desk, f" {name} ")
    assert found is not None
    assert found.patient.id == kept.id


@pytest.mark.parametrize(
    "typed", ["%", "_", "\\", "'", '"', ";", "*", "?", "[x-z]", "%%%", "--", "/*", "' OR 1=1 --"]
)
def test_signs_that_a_database_knows_find_nobody_by_themselves(desk: Desk, typed: str) -> None:
    assert patients.find(desk, typed) == ()
    assert patients.by_mrn(desk, typed) is None


def test_a_percent_sign_in_a_number_is_that_sign(desk: Desk) -> None:
    for mrn in ("A100%", "A100B", "A1%0", "A1_0", "A1x0"):
        patients.add_patient(desk, Patient(id=new_id(), mrn=mrn))
    assert {hit.mrn for hit in patients.find(desk, "A1_0")} == {"A1_0"}
    assert patients.by_mrn(desk, "A1%0") is not None
    assert patients.by_mrn(desk, "A%") is None


@pytest.mark.parametrize("length", [10_000, 200_000])
def test_a_search_of_any_length_is_answered(desk: Desk, length: int) -> None:
    for text in ("W" * length, "山" * length, "w " * length, "1." * length, "\ufdfa" * length):
        assert patients.find(desk, text) == ()
    patients.add_patient(desk, Patient(id=new_id(), mrn="LONG", family_name="W" * 300))
    assert [hit.mrn for hit in patients.find(desk, "W" * 300)] == ["LONG"]


def printed(desk: Desk, patient_id: str, question: str) -> tuple[str, int]:
    """The words of the MDT page and how many pictures it holds."""
    out = io.BytesIO()
    write_mdt_page(out, pages.mdt_page(desk, patient_id, question=question))
    document = pypdfium2.PdfDocument(out.getvalue())
    assert len(document) == 1
    page = document[0]
    words = page.get_textpage().get_text_bounded()
    pictures = len(list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])))
    document.close()
    return words, pictures


def comparable(text: str) -> str:
    """Without blanks and characters of no width, as a page is read back."""
    plain = unicodedata.normalize("NFKC", text)
    quiet = {"Cf", "Mn", "Zs", "Cc"}
    return "".join(letter for letter in plain if unicodedata.category(letter) not in quiet).casefold()


@names
def test_i4_a_name_is_printed_as_it_is_and_nothing_in_it_is_obeyed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def opened(*_: object, **__: object) -> None:
        pytest.fail("a text on the page opened a file")

    register_fonts()
    monkeypatch.setattr("reportlab.lib.utils.open_for_read", opened)
    monkeypatch.setattr("reportlab.lib.utils.ImageReader.__init__", opened)
    record = spoilt(name)
    fill(desk, record)
    words, pictures = printed(desk, record.patient.id, name[:200])
    assert pictures == 0
    told = "is a letter that this page cannot print" in " ".join(words.split())
    assert told == lacks_letters(name)
    if lacks_letters(name):
        assert MISSING in words
    elif len(name) < 100:
        assert comparable(words).count(comparable(name)) >= 3
    else:
        assert comparable(name)[:20] in comparable(words)
        assert "…" in words


@names
def test_i4_a_name_comes_out_of_a_file_as_it_went_in(desk: Desk, tmp_path: Path, name: str) -> None:
    path = tmp_path / "tests.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["mrn", "family_name", "given_name", "test_date", "fvc_l", "comment"])
        writer.writerow(["I4", name, name, "2024-05-06", "2.51", name])
    (report,) = imports.run_import(desk, [path]).value.files
    assert report.rejected == ()
    found = patients.by_mrn(desk, "I4")
    assert found is not None
    assert (found.patient.family_name, found.patient.given_name) == (tidy_line(name), tidy_line(name))
    assert found.tests[0].comment == unicodedata.normalize("NFC", name).strip()
    assert imports.run_import(desk, [path]).value.files[0].tests_unchanged == 1


@names
def test_i4_a_name_goes_into_a_spreadsheet_as_text(name: str) -> None:
    out = harmless(name)
    assert out.removeprefix("'") == name.removeprefix("'")
    if out == name:
        assert name.lstrip()[:1] not in tuple("=@＝＋－＠")
