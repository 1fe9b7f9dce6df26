"""Text PDFs: lines and columns as on the page, and every PDF that is none answered with a sentence."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import time
import zlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.interchange import pdf_text
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.pdf_child import Glyph, laid_out
from ctdild_desktop.interchange.pdf_text import is_pdf, read_pdf
from ctdild_desktop.interchange.report_text import read_report
from ctdild_desktop.interchange.source import source_of
from tests.support.pdfs import SCAN, text_pdf
from tests.support.reports import JAEGER, MGC, Sample


def read(data: bytes, **limits: float) -> str:
    return read_pdf(source_of("report.pdf", data), **limits)


@pytest.mark.parametrize("sample", [MGC, JAEGER], ids=["proportional", "umlauts"])
def test_a_pdf_says_what_its_text_says(sample: Sample) -> None:
    found = read_report(read(text_pdf(sample.text))).of_side(post_bd=False)
    assert {name: seen[0].value for name, seen in found.items()} == {
        field: Decimal(value) for field, value in sample.values.items()
    }


def test_pages_follow_one_another() -> None:
    assert read(text_pdf("FVC: 2.31 L", "FEV1: 1.98 L")).split() == [
        "FVC:",
        "2.31",
        "L",
        "FEV1:",
        "1.98",
        "L",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (text_pdf("FVC: 2.31 L", passphrase="secret"), "protected by a passphrase"),
        (text_pdf(SCAN), "it is a scan"),
        (text_pdf("FVC: 2.31 L", invisible=True), "it is a scan"),
        (text_pdf(*["FVC: 2.31 L"] * 21), "too many pages"),
        (text_pdf("FVC: 2.31 L")[:300], "not a sound PDF"),
        (b"%PDF-1.7\n" + b"\xff" * 5000, "not a sound PDF"),
        (b"%PDF-1.4\n" + b" " * pdf_text.MOST_BYTES, "too large"),
    ],
    ids=["encrypted", "scan", "scan with invisible text", "pages", "cut off", "noise", "huge"],
)
def test_i1_a_pdf_that_is_no_text_report_is_refused_with_the_reason(data: bytes, words: str) -> None:
    assert is_pdf(data)
    with pytest.raises(FormatError, match=words):
        read(data)


def bomb(size: int) -> bytes:
    """A page whose drawing is small in the file and becomes very long when it is unpacked."""
    packed = zlib.compress(b"(FVC 2.31 L) Tj 0 -1 Td " * (size // 24), 9)
    head = (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj "
        b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n"
    )
    return head % len(packed) + packed + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def test_i1_a_pdf_that_unpacks_to_much_neither_hangs_nor_ends_the_program() -> None:
    began = time.monotonic()
    with pytest.raises(FormatError, match=r"report\.pdf"):
        read(bomb(30_000_000), seconds=1.5)
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import time; time.sleep(60)", "too long to read"),
        ("import os; os.abort()", "not a sound PDF"),
        ("print('{' * 10**7)", "not a sound PDF"),
        ("print('[1]')", "not a sound PDF"),
    ],
    ids=["hangs", "crashes", "floods", "answers anything"],
)
def test_i1_whatever_becomes_of_the_process_is_answered(
    monkeypatch: pytest.MonkeyPatch, program: str, words: str
) -> None:
    monkeypatch.setattr(pdf_text, "command", lambda: [sys.executable, "-S", "-c", program])
    with pytest.raises(FormatError, match=words):
        read(text_pdf("FVC: 2.31 L"), seconds=0.5)


def test_i2_damaged_pdfs_are_read_or_refused() -> None:
    whole, chance = text_pdf(MGC.text), random.Random(20260312)
    for _ in range(5):
        damaged = bytearray(whole)
        for _ in range(40):
            damaged[chance.randrange(20, len(damaged))] = chance.randrange(256)
        text = "nothing"
        with contextlib.suppress(FormatError):
            text = read(bytes(damaged))
        assert all(one.value.is_finite() for one in read_report(text or "nothing").sightings)


def test_the_program_in_one_file_reads_a_pdf_by_calling_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ctdild_desktop", pdf_text.READ_PDF],
        input=text_pdf("FVC: 2.31 L"),
        stdout=subprocess.PIPE,
        check=True,
    )
    assert b"FVC: 2.31 L" in done.stdout


def test_the_process_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CTDILD_PASSPHRASE", "a passphrase of nobody")
    program = (
        "import json, os; print(json.dumps({'pages': [n for n in os.environ if n.startswith('CTDILD_')]}))"
    )
    monkeypatch.setattr(pdf_text, "command", lambda: [sys.executable, "-S", "-c", program])
    assert read(text_pdf("FVC: 2.31 L")) == ""


_SIZES = st.floats(-1e4, 1e4, allow_nan=False)


@given(
    st.lists(st.builds(Glyph, st.sampled_from("F1.,% "), _SIZES, _SIZES, _SIZES, _SIZES), max_size=60),
    st.floats(0.1, 1e4),
)
def test_i2_letters_anywhere_make_lines_of_bounded_length(glyphs: list[Glyph], width: float) -> None:
    text = laid_out(glyphs, width)
    assert sorted(text.replace(" ", "").replace("\n", "")) == sorted(
        one.letter for one in glyphs if one.letter != " "
    )
    assert all(len(line) <= 1000 for line in text.split("\n"))
