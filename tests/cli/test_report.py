"""``ctdild report patient``: one page, with the numbers that ``assess`` gives."""

from __future__ import annotations

import pypdfium2
import pytest


def words(path) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(path) as document:
        return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]


def test_the_page_carries_name_numbers_and_verdicts(ctdild, demo, tmp_path):
    out = tmp_path / "page.pdf"
    assert ctdild("report", "patient", "DEMO-0001", "--out", out, "--as-of", "2026-03-12", *demo).status == 0
    (page,) = words(out)
    for expected in (
        "HOLLOWAY, Ingrid",
        "DEMO-0001",
        "64.4",
        "−11.6 %",
        "09.12.2024",
        "CANNOT TELL",
        "invented",
    ):
        assert expected in page, expected


def test_the_same_record_gives_the_same_bytes(ctdild, demo, tmp_path):
    command = ("report", "patient", "DEMO-0004", "--as-of", "2026-03-12", *demo, "--out")
    for name in ("first.pdf", "second.pdf"):
        assert ctdild(*command, tmp_path / name).status == 0
    assert (tmp_path / "first.pdf").read_bytes() == (tmp_path / "second.pdf").read_bytes()


def test_pseudonymised_names_nobody(ctdild, demo, tmp_path):
    out = tmp_path / "page.pdf"
    assert ctdild("report", "patient", "DEMO-0001", "--pseudonymised", "--out", out, *demo).status == 0
    (page,) = words(out)
    assert "64.4" in page
    data = out.read_bytes()
    for name in ("HOLLOWAY", "Holloway", "Ingrid", "DEMO-0001", "18.09.1970"):
        assert name not in page
        assert name.encode() not in data


@pytest.mark.parametrize("number", range(2, 15))
def test_every_invented_patient_fits_one_page(ctdild, demo, tmp_path, number):
    out = tmp_path / "page.pdf"
    assert ctdild("report", "patient", f"DEMO-{number:04d}", "--out", out, *demo).status == 0
    assert len(words(out)) == 1


def test_what_cannot_be_written_leaves_nothing(ctdild, demo, tmp_path):
    unknown = ctdild("report", "patient", "NOBODY", "--out", tmp_path / "page.pdf", *demo)
    assert (unknown.status, unknown.sentence) == (1, "No patient has the MRN NOBODY.")
    nowhere = ctdild("report", "patient", "DEMO-0001", "--out", tmp_path / "none" / "page.pdf", *demo)
    assert nowhere.status == 1
    assert "none" in nowhere.sentence
    assert list(tmp_path.glob("**/*.pdf")) == []
