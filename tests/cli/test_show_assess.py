"""What ``show`` and ``assess`` print of the invented patient whose numbers were computed elsewhere."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.criteria import Comparator, ThresholdBasis, ThresholdMeasure
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access, site_criteria
from ctdild_desktop.services.demo import make_demo
from tests.support.holloway import EXPECTED

CATEGORIES = {
    "EUSTAR": {"IMPROVED", "STABLE", "MODERATE_PROGRESSION", "SIGNIFICANT_PROGRESSION"},
    "MCID_SSC": {
        "IMPROVED",
        "POSSIBLY_IMPROVED",
        "NO_IMPORTANT_CHANGE",
        "POSSIBLY_WORSENED",
        "WORSENED",
    },
}


@pytest.fixture
def own_demo(tmp_path):
    """A small demonstration registry whose clinic has set a threshold: where it is, and the id."""
    made = make_demo(tmp_path / "own", patients=3, cost=CHEAPEST)
    passphrase = made.passphrase_file.read_text().strip()
    desk = access.unlock(made.registry, login="demo", passphrase=passphrase)
    draft = site_criteria.ThresholdDraft(
        name="Own FVC 8",
        measure=ThresholdMeasure.FVC,
        basis=ThresholdBasis.POINTS,
        comparator=Comparator.AT_LEAST,
        amount=Decimal(8),
        window_months=24,
    )
    site_criteria.set_threshold(desk, draft)
    (criterion,) = site_criteria.own_criteria(desk)
    desk.close()
    where = ("--registry", made.registry, "--user", "demo", "--passphrase-file", made.passphrase_file)
    return where, criterion.id


def test_show_gives_values_as_recorded_and_derived_ones_apart(ctdild, demo):
    shown = ctdild("show", "DEMO-0001", *demo, "--json").document
    assert set(shown) >= {"patient", "tests", "therapy", "adverse_events", "hrct", "labs"}
    assert shown["patient"]["mrn"] == "DEMO-0001"
    assert shown["patient"]["birth_date"] == "1970-09-18"
    assert len(shown["tests"]) == 15
    latest = shown["tests"][-1]
    assert latest["date"] == "2026-03-12"
    assert (latest["fvc_l"], latest["fev1_l"], latest["dlco"], latest["hb_g_l"]) == (2.31, 1.94, 10.3, 128)
    assert latest["dlco_unit"] == "mL/min/mmHg"
    assert latest["fvc_percent_predicted"] is None
    assert (latest["spo2_rest"], latest["mmrc"], latest["quality_fvc"]) == (95, 2, "A")
    assert latest["source"] == {"format": "typed", "file_sha256": None}
    derived = latest["derived"]
    assert derived["fvc"]["percent_predicted"] == pytest.approx(float(EXPECTED["fvc_percent"]), abs=0.005)
    assert derived["fvc"]["z"] == pytest.approx(float(EXPECTED["fvc_z"]), abs=0.005)
    assert derived["fvc"]["lln"] == pytest.approx(float(EXPECTED["fvc_lln"]), abs=0.005)
    corrected = derived["dlco_hb_corrected"]["percent_predicted"]
    assert corrected == pytest.approx(float(EXPECTED["dlco_hb_latest"]), abs=0.005)


def test_show_lists_therapy_with_doses_gaps_and_infusions(ctdild, demo):
    shown = ctdild("show", "DEMO-0001", *demo, "--json").document
    lines = {line["drug"]: line for line in shown["therapy"]}
    assert len(lines["rituximab"]["infusions"]) == 6
    assert lines["rituximab"]["infusions"][0] == {"date": "2023-11-06", "dose_mg": 1000, "note": ""}
    gap = lines["mycophenolate"]["interruptions"][0]
    assert (gap["start"], gap["stop"]) == ("2023-02-06", "2023-03-06")
    assert lines["mycophenolate"]["dose_changes"][0]["dose"] == 1.5
    infection = next(event for event in shown["adverse_events"] if event["grade"] == 3)
    assert (infection["serious"], infection["suspected_drugs"]) == (True, ["mycophenolate"])
    assert [scan["result"] for scan in shown["hrct"]] == ["not_compared", "improved", "progression", "stable"]


def test_an_incomplete_patient_is_shown_as_incomplete(ctdild, demo):
    shown = ctdild("show", "DEMO-0002", *demo, "--json").document
    assert shown["patient"]["missing"] == ["surname", "birth date", "sex", "height"]
    assert shown["tests"] == []
    assert "not recorded: surname" in ctdild("show", "DEMO-0002", *demo).out


def test_show_in_words_names_the_numbers(ctdild, demo):
    said = ctdild("show", "DEMO-0001", *demo)
    assert said.err == ""
    assert "2026-03-12  test  FVC 2.31 L, 64.4 % predicted, z −2.23" in said.out
    assert "excluded" in said.out


def test_an_unknown_patient_is_one_sentence(ctdild, demo):
    for command in (("show", "NOBODY"), ("assess", "--patient", "NOBODY")):
        said = ctdild(*command, *demo, "--json")
        assert (said.status, said.out) == (1, "")
        assert said.sentence == "No patient has the MRN NOBODY."


def test_assess_says_what_is_met_and_why(ctdild, demo):
    (answer,) = ctdild("assess", "--patient", "DEMO-0001", *demo, "--json").document
    assert (answer["patient"], answer["as_of"]) == ("DEMO-0001", "2026-03-12")
    assert list(answer["criteria"]) == [
        "REVIEW_FVC_DECLINE",
        "REVIEW_DLCO_DECLINE",
        "PPF2022",
        "INBUILD",
        "OMERACT",
        "ERICE",
        "RELIEF",
        "EUSTAR",
        "MCID_SSC",
    ]
    assert answer["criteria"]["INBUILD"]["on_ild_treatment"] is True
    assert "on_ild_treatment" not in answer["criteria"]["OMERACT"]

    fvc = answer["criteria"]["REVIEW_FVC_DECLINE"]
    assert fvc["verdict"] == "MET"
    pair = fvc["evidence"][0]
    assert (pair["measure"], pair["from"]["date"], pair["to"]["date"]) == ("fvc", "2024-12-09", "2026-03-12")
    assert pair["from"]["value"] == pytest.approx(float(EXPECTED["reference_fvc_percent"]), abs=0.005)
    change = float(EXPECTED["fvc_relative_change"])
    assert pair["relative_change_percent"] == pytest.approx(change, abs=0.05)
    assert any("2024-12-09" in sentence and "11.6 %" in sentence for sentence in fvc["because"])

    dlco = answer["criteria"]["REVIEW_DLCO_DECLINE"]
    assert dlco["verdict"] == "NOT_MET"
    change = float(EXPECTED["dlco_relative_change"])
    assert dlco["evidence"][0]["relative_change_percent"] == pytest.approx(change, abs=0.05)

    ppf = answer["criteria"]["PPF2022"]
    assert ppf["verdict"] == "CANNOT_ASSESS"
    assert ppf["domains"] == {"physiology": "MET", "symptoms": "NOT_MET", "radiology": "CANNOT_ASSESS"}
    assert any("HRCT" in need and "2025-03-12" in need for need in ppf["needs"])
    assert ppf["evidence"][0]["absolute_change"] == pytest.approx(float(EXPECTED["ppf_points"]), abs=0.05)
    assert all(criterion["source"] for criterion in answer["criteria"].values())


def test_assess_answers_for_everybody(ctdild, demo):
    answers = ctdild("assess", *demo, "--json").document
    assert [answer["patient"] for answer in answers] == [f"DEMO-{number:04d}" for number in range(1, 15)]
    for answer in answers:
        for name, criterion in answer["criteria"].items():
            words = CATEGORIES.get(name, {"MET", "NOT_MET"}) | {"CANNOT_ASSESS", "NOT_APPLICABLE"}
            assert criterion["verdict"] in words
            assert criterion["verdict"] != "CANNOT_ASSESS" or criterion["needs"]
    assert answers[1]["as_of"] is None
    assert {criterion["verdict"] for criterion in answers[1]["criteria"].values()} == {"CANNOT_ASSESS"}


def test_assess_as_of_an_earlier_day_ignores_what_came_later(ctdild, demo):
    (answer,) = ctdild(
        "assess",
        "--patient",
        "DEMO-0001",
        "--as-of",
        "2025-12-31",
        "--criterion",
        "REVIEW_FVC_DECLINE",
        *demo,
        "--json",
    ).document
    assert answer["as_of"] == "2025-12-31"
    assert list(answer["criteria"]) == ["REVIEW_FVC_DECLINE"]
    found = answer["criteria"]["REVIEW_FVC_DECLINE"]
    assert found["verdict"] == "NOT_MET"
    assert all(
        dt.date.fromisoformat(pair["to"]["date"]) <= dt.date(2025, 12, 31) for pair in found["evidence"]
    )


def test_a_diagnosis_of_a_later_day_is_needed_on_or_before_the_day(ctdild, demo):
    """DEMO-0001 has a view of the diagnosis from 2021-06-23 on, DEMO-0002 has none."""

    def needs(*asked: str) -> dict[str, list[str]]:
        answers = ctdild("assess", "--criterion", "EUSTAR", *asked, *demo, "--json").document
        return {answer["patient"]: answer["criteria"]["EUSTAR"]["needs"] for answer in answers}

    alone = needs("--patient", "DEMO-0001", "--as-of", "2021-06-14")["DEMO-0001"]
    assert alone[-1] == "the diagnosis on or before 2021-06-14"
    everybody = needs("--as-of", "2021-06-14")
    assert everybody["DEMO-0001"] == alone
    assert everybody["DEMO-0002"][-1] == "the diagnosis"
    assert needs("--patient", "DEMO-0001", "--as-of", "2021-06-23")["DEMO-0001"] == []
    said = ctdild("assess", "--patient", "DEMO-0001", "--as-of", "2021-06-14", *demo).out
    assert "Defined for systemic sclerosis; no diagnosis is recorded on or before 2021-06-14." in said


def test_the_response_criterion_is_asked_of_each_line(ctdild, demo):
    (answer,) = ctdild(
        "assess", "--patient", "DEMO-0001", "--criterion", "RESPONSE_REVIEW", *demo, "--json"
    ).document
    response = answer["criteria"]["RESPONSE_REVIEW"]
    assert [(line["drug"], line["verdict"]) for line in response["lines"]] == [
        ("rituximab", "NO_RESPONSE"),
        ("mycophenolate", "NO_RESPONSE"),
        ("cyclophosphamide_iv", "NO_RESPONSE"),
        ("prednisolone", "NO_RESPONSE"),
    ]
    assert response["verdict"] == "NO_RESPONSE"
    spoken = ctdild("assess", "--patient", "DEMO-0001", "--criterion", "RESPONSE_REVIEW", *demo).out
    assert "Rituximab from 2023-11-06: NO_RESPONSE" in spoken


def test_assess_in_words_tells_verdict_reason_and_need(ctdild, demo):
    said = ctdild("assess", "--patient", "DEMO-0001", *demo)
    assert "FVC fall > 10 %: MET" in said.out
    assert "needs an HRCT read since 2025-03-12" in said.out
    assert said.err == ""


def test_an_unknown_criterion_names_those_that_there_are(ctdild, demo):
    said = ctdild("assess", "--criterion", "PPF", *demo, "--json")
    assert said.status == 1
    assert "PPF2022" in said.sentence


def test_assess_dates_when_each_criterion_was_first_met(ctdild, demo):
    (found,) = ctdild("assess", "--patient", "DEMO-0001", "--history", "--json", *demo).document
    first = found["first_met_on"]
    assert first["REVIEW_FVC_DECLINE"] == "2023-10-16"
    assert first["EUSTAR"] is None
    (plain,) = ctdild("assess", "--patient", "DEMO-0001", "--json", *demo).document
    assert "first_met_on" not in plain


def test_assess_answers_the_clinic_s_own_thresholds_too(ctdild, own_demo):
    """She fell by 8.47 points in 15 months."""
    where, name = own_demo
    (found,) = ctdild("assess", "--patient", "DEMO-0001", "--json", *where).document
    assert found["criteria"][name]["verdict"] == "MET"
    everybody = ctdild("assess", "--criterion", name, "--json", *where).document
    assert all(list(patient["criteria"]) == [name] for patient in everybody)
