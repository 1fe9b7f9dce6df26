"""The report of quality on paper: numbers with what they are of, definitions, marks, names on demand."""

from __future__ import annotations

import hashlib
import io
import re

import pypdfium2
import pytest

from ctdild_desktop.clinical.quality.periods import Asked
from ctdild_desktop.clinical.quality.report import Report
from ctdild_desktop.clinical.quality.tally import Tally
from ctdild_desktop.reports.quality import write_quality
from ctdild_desktop.services.printed import PrintedBy
from ctdild_desktop.services.quality import Quality
from ctdild_desktop.services.quality_files import counts_csv
from tests.support import quality_registry as small
from tests.support.desks import Clock

BY = PrintedBy(program="CTD-ILD Desktop", name="R. Amsel", day="12.03.2026")


@pytest.fixture(scope="module")
def found() -> Quality:
    tally = Tally(small.AS_OF)
    for record in small.EVERYBODY:
        tally.add(record, record.patient.family_name)
    return Quality(tally, "4711-0a1b2c3d4e5f", Clock().now)


def printed(found: Quality, report: Report, *, names: bool = False, page_size: str = "A4") -> str:
    held = io.BytesIO()
    write_quality(held, found, report, BY, names=names, page_size=page_size)
    with pypdfium2.PdfDocument(held.getvalue()) as document:
        text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return re.sub(r"\s+", " ", text)


def test_numbers_definitions_and_marks_are_printed_and_no_name(found: Quality) -> None:
    report = found.report(Asked(by="year"))
    text = printed(found, report)
    assert "3 of 4 patients are in the numbers, as they were recorded on 12.03.2026" in text
    assert "patients who declined the registry or withdrew from it: 1" in text
    assert "4711-0a1b2c3d4e5f" in text
    assert hashlib.sha256(counts_csv(report)).hexdigest() in text
    assert "Sex at birth each patient 3 1 0 2 33.3 %" in text
    assert "Vital status * each patient 3 2 0 1 66.7 %" in text
    assert "* No form asks for it; it comes with an import." in text
    # one of four tests with FEV1 or FVC in litres, of 2024 one of two
    assert "is missing. 4 2 1 1 25.0 %" in text
    assert "PFT: FEV1 larger than FVC – 50.0 (1/2) 0.0 (0/1) 0.0 (0/1)" in text
    assert not any(name in text for name in ("Alpha", "Beta", "Gamma", "Delta", "Q-1"))


def test_names_are_listed_when_asked_with_what_was_found(found: Quality) -> None:
    text = printed(found, found.report(), names=True, page_size="Letter")
    listed = text[text.index("Records in which something is missing") :]
    assert "Alpha · Q-1 PFT 10.07.2024" in listed
    assert "Alpha · Q-1 PFT 10.01.2026 missing: height, weight, laboratory or device" in listed
    assert "FEV1 larger than FVC (FEV1 2.50 L is larger than FVC 2.30 L)" in listed
    assert "KCO that is not DLCO/VA (KCO 3.50, but DLCO/VA is 3.00)" in listed
    assert "vital status" not in listed  # counted, but no form asks for it
    assert "Delta" not in listed


def test_a_span_says_what_its_dates_cannot_tell(found: Quality) -> None:
    report = found.report(Asked(since=small.day("2024-03-01"), until=small.day("2024-12-31")))
    text = printed(found, report)
    assert "Dated from 01.03.2024 to 31.12.2024 · as of 12.03.2026" in text
    undecided = sum(row.undecided for row in report.rows)
    assert undecided > 0
    assert f"{undecided} answers are in no number: it is not known whether their date lies" in text
