"""``ctdild manual``: a book of the manual as a PDF file."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from tests.cli.conftest import Run


def _sheets(file: Path) -> list[str]:
    with pypdfium2.PdfDocument(file) as pdf:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in pdf]


def test_the_sheets_speak_the_language_of_the_book_and_the_command_english(
    ctdild: Run, tmp_path: Path
) -> None:
    spanish, english = tmp_path / "guia.pdf", tmp_path / "guide.pdf"
    made = ctdild("manual", "guide", "--language", "es", "--out", spanish)
    assert (made.status, made.out, made.err) == (0, f"Written: {spanish}\n", "")
    for number, text in enumerate(_sheets(spanish)):
        assert "· Guía" in text
        assert "No es un dispositivo médico ni establece diagnósticos." in text
        assert number or text.startswith("CTD-ILD Desktop: Guía Indica qué definiciones publicadas")
        assert "· Guide" not in text
        assert "Not a medical device" not in text
    made = ctdild("manual", "guide", "--out", english)
    assert made.status == 0
    for text in _sheets(english):
        assert "· Guide" in text
        assert "Not a medical device, not a diagnosis." in text


def test_a_file_that_cannot_be_written_is_named_in_english(ctdild: Run, tmp_path: Path) -> None:
    made = ctdild("manual", "rules", "--language", "es", "--out", tmp_path / "none" / "r.pdf")
    assert made.status == 1
    assert made.sentence.endswith("no such file or directory.")
