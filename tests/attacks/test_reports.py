"""Reports in text that are damaged or made to do harm: every text is read or refused, quickly."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.report_text import MOST_LETTERS, read_report
from tests.attacks.test_fuzz import answered, spoilt
from tests.support.reports import COSMED, JAEGER, LIS, MGC, NDD, SENTRY


def judged(text: str) -> None:
    """Read a text; every value points into it, is finite, and says the digits that stand there."""
    reading = read_report(text)
    for sighting in reading.sightings:
        spot = sighting.spot
        assert sighting.text in reading.lines[spot.line][spot.start : spot.end]
        assert sighting.value.is_finite()
        assert sighting.stored_unit
    for one in reading.unread:
        assert 0 <= one.spot.line < len(reading.lines)
        assert one.reason


@given(spoilt(*(sample.text.encode() for sample in (MGC, JAEGER, SENTRY, COSMED, NDD, LIS))))
def test_i2_any_damaged_report(data: bytes) -> None:
    answered(lambda: judged(data.decode("utf-8", "replace")), FormatError)


@given(st.text(max_size=80), st.sampled_from(("", ".", ",")))
def test_i2_any_text(text: str, mark: str) -> None:
    answered(lambda: read_report(text, mark=mark), FormatError)


PARTS = [
    "FVC",
    " (L)",
    "2.31",
    " Pred ",
    "Best",
    "%",
    "|",
    "\t",
    "  ",
    "\n",
    "-",
    "(",
    "12.03.2026",
    "L/",
    "1 ",
]


@given(st.lists(st.sampled_from(PARTS), max_size=80))
def test_i2_any_parts_of_a_report(parts: list[str]) -> None:
    answered(lambda: judged("".join(parts)), FormatError)


HOSTILE = {
    "one word many times": "FVC " * 240 + "\n",
    "digits": "FVC (L) " + "1" * 980,
    "dots": "FVC " + "." * 980,
    "blanks": "FVC" + " " * 980 + "L",
    "brackets": "FVC " + "(" * 980,
    "heads": ("Pred Best " * 95) + "\n" + "FVC " + "1.0 " * 200,
    "marks": "FVC " + "1,1.1" * 180,
    "dates": "Date: 1.1." * 90,
    "minus": "FVC " + "-" * 980,
    "unit": "DLCO 1 " + "mmol/" * 190,
    "keys": "Name: ID: Sex: " * 60,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_i1_a_hostile_text_takes_no_time(name: str) -> None:
    line = HOSTILE[name].rstrip("\n")
    text = (line + "\n") * (MOST_LETTERS // (len(line) + 1) // 10)
    began = time.process_time()
    answered(lambda: read_report(text), FormatError)
    assert time.process_time() - began < 1
