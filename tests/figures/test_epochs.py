"""Epochs of therapy on the time-line, against slopes computed apart from the program."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.figures.epochs import NOT_KNOWN
from ctdild_desktop.figures.scene import EpochRow, Scale
from ctdild_desktop.figures.timeline import build_timeline
from ctdild_desktop.services.assessment import patient_view
from tests.support.holloway import TODAY, record

HOLLOWAY = record()


def row(patient: PatientRecord = HOLLOWAY, scale: Scale = Scale.PERCENT) -> EpochRow:
    view = patient_view(patient, TODAY)
    made = build_timeline(patient, view.derived, scale=scale, today=TODAY, course=view.trajectory)
    assert made.epochs is not None
    return made.epochs


def independent(start: dt.date, end: dt.date) -> tuple[float, float]:
    """Slope of FVC in mL a year and the height of the line at the end, by numpy."""
    used = [test for test in HOLLOWAY.tests if not test.excluded and start <= test.date <= end]
    years = np.array([test.date.toordinal() / 365.25 for test in used])
    litres = np.array([float(test.fvc_l or 0) for test in used])
    slope, height = np.polyfit(years - years[-1], litres, 1)
    return float(slope) * 1000, float(height)


def test_the_last_epoch_has_the_slope_that_numpy_finds() -> None:
    found = row(scale=Scale.LITRES)
    last = found.spans[-1]
    slope, height = independent(last.start, last.end)
    assert found.name == "FVC slope, mL/y"
    assert last.words[-1] == f"{slope:.0f}, n 7".replace("-", "−")
    assert found.now_text == f"{slope:.0f} mL/y".replace("-", "−")
    assert last.line is not None
    assert last.line[1] == (TODAY, pytest.approx(height))
    assert "95 % interval" in last.sentence
    assert last.sentence.endswith(", 7 tests.")


def test_an_epoch_names_its_dates_drugs_and_interval() -> None:
    last = row().spans[-1]
    assert last.sentence.startswith(
        "06.11.2023 to 12.03.2026, Pred, MMF, RTX: FVC −3.0 points of % predicted"
    )
    assert last.words[0] == "−3.0 (−6.3 to +0.4), 7 tests"


def test_too_few_tests_give_no_slope_and_say_so() -> None:
    few = [span for span in row().spans if not span.known]
    assert few
    for span in few:
        assert span.line is None
        assert "too few for a slope (3 needed)" in span.sentence or "no test" in span.sentence


def test_on_the_z_scale_no_line_is_drawn() -> None:
    assert all(span.line is None for span in row(scale=Scale.Z).spans)
    assert row(scale=Scale.Z).name == "FVC slope, pts/y"


def test_a_start_known_to_the_year_makes_no_epochs_and_says_why() -> None:
    lines = (replace(HOLLOWAY.therapy[0], start=PartialDate(2021)), *HOLLOWAY.therapy[1:])
    assert row(replace(HOLLOWAY, therapy=lines)).empty_text == NOT_KNOWN


def test_without_therapy_there_is_one_epoch() -> None:
    (only,) = row(replace(HOLLOWAY, therapy=())).spans
    assert ", no therapy: FVC" in only.sentence
    assert (only.start, only.end) == (HOLLOWAY.tests[0].date, TODAY)
