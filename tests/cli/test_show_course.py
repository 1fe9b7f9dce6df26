"""The course of FVC and the probability of a true fall, as ``show`` and ``assess`` print them."""

from __future__ import annotations

import datetime as dt

import pytest

from ctdild_desktop.clinical.probability import fall_probability
from tests.support import holloway


def test_show_gives_the_course_with_intervals(ctdild, demo):
    course = ctdild("show", "DEMO-0001", *demo, "--json").document["trajectory"]
    ml, percent = course["fvc_ml"], course["fvc_percent_predicted"]
    assert (ml["n"], ml["best"]["date"], ml["best"]["value"]) == (14, "2022-06-20", 2830)
    assert (ml["latest"]["date"], ml["latest"]["value"]) == ("2026-03-12", 2310)
    assert ml["since_baseline"]["absolute"] == -170
    low, high = ml["slope_per_year"]["ci95"]
    assert low < ml["slope_per_year"]["estimate"] < high
    assert percent["reference_set"] == "GLI2022"
    assert percent["latest"]["value"] == pytest.approx(float(holloway.EXPECTED["fvc_percent"]), abs=0.005)
    assert course["epochs"][-1]["drugs"] == ["prednisolone", "mycophenolate", "rituximab"]
    assert course["repeat"]["status"] == "WITHIN_REPEATABILITY"
    assert any("Pellegrino 2005" in text for text in course["noise"])


def test_the_probability_stands_beside_the_verdicts(ctdild, demo):
    made = ctdild("assess", "--patient", "DEMO-0001", *demo, "--json").document[0]
    told = made["probability"]
    record = holloway.record()
    expected = fall_probability(record.tests, record.patient, dt.date(2026, 3, 12))
    assert told["fall_at_least_5_points"] == expected.fall_5_points
    assert told["fall_at_least_10_percent"] == expected.fall_10_percent
    assert (told["n"], told["since"], told["until"]) == (14, "2025-03-12", "2026-03-12")
    assert len(told["priors"]) == 3
    assert "Kafaja 2018" in told["source"]
    assert ctdild("show", "DEMO-0001", *demo, "--json").document["probability"] == told
    assert made["criteria"]["REVIEW_FVC_DECLINE"]["verdict"] == "MET"


def test_what_a_probability_needs_is_said(ctdild, demo):
    told = ctdild("assess", "--patient", "DEMO-0001", "--as-of", "2021-07-01", *demo, "--json").document[0][
        "probability"
    ]
    assert told["known"] is False
    assert told["fall_at_least_5_points"] is None
    assert told["needs"] == ["2 comparable FVC tests in the 24 months up to 2021-07-01; there is one"]
    text = ctdild("assess", "--patient", "DEMO-0001", "--as-of", "2021-07-01", *demo).out
    assert "a probability of a true fall needs 2 comparable FVC tests" in text


def test_text_names_the_probability_and_its_role(ctdild, demo):
    text = ctdild("assess", "--patient", "DEMO-0001", *demo).out
    assert "Probability that FVC truly fell in the 12 months up to 2026-03-12" in text
    assert "replaces none of them" in text


def test_a_patient_without_tests_has_no_course(ctdild, demo):
    shown = ctdild("show", "DEMO-0002", *demo, "--json").document
    assert shown["trajectory"]["fvc_ml"] is None
    assert shown["trajectory"]["epochs"] == []
    assert shown["probability"]["known"] is False
    assert shown["probability"]["needs"]
