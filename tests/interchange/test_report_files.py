"""Which files are reports in text, and which are tables or messages."""

from __future__ import annotations

import pytest

from ctdild_desktop.interchange.reading import message_format, read_file
from ctdild_desktop.interchange.report_files import report_format
from ctdild_desktop.interchange.source import source_of
from tests.support.messages import DAY, WHO, gdt, value
from tests.support.reports import SAMPLES


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_known_as_a_report(name: str) -> None:
    assert report_format(source_of("report.txt", SAMPLES[name].text.encode())) == "text"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tests.txt", "test_date\tmrn\tfvc_l\n2026-03-12\tA1\t2.31\n"),
        ("tests.csv", "mrn,test_date,fvc_l\nA1,2026-03-12,2.31\n"),
        ("labs.txt", "date;mrn;test;value\n2026-03-12;A1;Hb;12.5 g/dL\n"),
        ("notes.txt", "Dear colleague, thank you for seeing this patient.\n"),
        ("report.csv", "FVC: 2.31 L\n"),
    ],
)
def test_a_table_and_a_letter_are_none(name: str, text: str) -> None:
    assert report_format(source_of(name, text.encode())) == ""


def test_a_message_stays_a_message() -> None:
    data = gdt(*WHO, *DAY, *value("FVC", "2.31", "L"))
    assert message_format(source_of("spirometer.gdt", data)) == "gdt"
    assert report_format(source_of("spirometer.gdt", data)) == ""


def test_a_report_is_read_for_a_look_and_nothing_of_it_is_taken() -> None:
    table = read_file(source_of("report.txt", b"FVC: 2.31 L\n"))
    assert (table.rows, table.format, table.rows_read) == ((), "text", 1)
    assert "confirmed value by value" in table.rejected[0].reason
    assert table.report is not None
    assert table.report.sightings[0].field == "fvc_l"
