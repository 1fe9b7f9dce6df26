"""Values of another day, of another side, of a reference or of another person are not read as the test's."""

from __future__ import annotations

import datetime as dt

import pytest

from ctdild_desktop.interchange.report_text import read_report


def read(text: str) -> list[tuple[str, str, bool | None]]:
    return [(one.field, str(one.value), one.post_bd) for one in read_report(text).sightings]


@pytest.mark.parametrize(
    "text",
    [
        "In 2019, FVC was 3.10 L.",
        "Last year, FVC was 3.10 L.",
        "A year ago the FVC was 3.10 L",
        "Previously, FVC was 3.10 L, now 2.40 L.",
        "FVC 3.10 L to 2.40 L",
        "FVC 3.10 L, now 2.40 L",
        "Previous test (12.03.2019)\nFVC 3.10 L",
        "Predicted values:\nFVC 3.10 L",
        "LLN: DLCO 5.1 mmol/min/kPa, FVC 3.10 L",
        "12.03.2019   FVC 3.10 L\nTest date: 14.05.2024",
        "Standard Hb: 14.6 g/dL",
        "DLCO corrected to Hb 14.6 g/dL",
        "Hb 14.6 g/dL (assumed)",
        "Nocturnal SpO2 88 %",
        "SpO2 88 % during sleep",
        "Ideal body weight 62 kg",
        "Methacholine: FEV1 1.20 L",
        "FVC 1.90 L (supine)",
        "ppo FEV1 1.20 L",
        "IBW: weight 62 kg",
        "Previous results (12.03.2019)\n           Actual   Pred   %Pred\nFVC (L)    2.40   3.10   77",
    ],
)
def test_a_value_of_another_day_or_of_a_reference_is_not_read(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    "text",
    ["Spirometry 14.05.2024: FVC 2.31 L", "2024-05-14  FVC 2.31 L\nDate: 14.05.2024", "GLI 2012: FVC 2.31 L"],
)
def test_a_value_behind_the_day_of_the_test_is_read(text: str) -> None:
    assert read(text) == [("fvc_l", "2.31", None)]


@pytest.mark.parametrize(
    "text",
    [
        "Post-BD: FVC 2.4 L, FEV1 2.1 L",
        "Post-BD: FVC 2.4 L; FEV1 2.1 L",
        "After salbutamol FVC 2.4 L, FEV1 2.1 L",
        "FVC 2.4 L after bronchodilator, FEV1 2.1 L (nach Broncholyse)",
        "Tras el broncodilatador: FVC 2.4 L, FEV1 2.1 L",
        "Post-bronchodilator\nFVC: 2.4 L\nFEV1: 2.1 L",
    ],
)
def test_a_value_after_the_bronchodilator_is_not_taken_for_one_before_it(text: str) -> None:
    assert read(text) == [("fvc_l", "2.4", True), ("fev1_l", "2.1", True)]


def test_a_change_is_no_percentage_of_the_predicted_value() -> None:
    assert read("FVC 2.31 L (+5 %)") == [("fvc_l", "2.31", None)]


def test_a_corrected_dlco_is_not_given_the_percentage_of_the_other() -> None:
    assert read("DLCO 48 % predicted\nDLCO corr 4.1 mmol/min/kPa") == [("dlco", "4.1", None)]


@pytest.mark.parametrize(
    "other", ["Last visit date: 12.03.2019", "Compared with PFT 12.03.2019", "Prior spirometry: 12.03.2019"]
)
def test_the_day_of_an_earlier_test_is_not_that_of_this_one(other: str) -> None:
    found = read_report(f"{other}\nDate: 14.05.2024\nFVC 2.31 L").dates
    assert [day for day, _spot in found] == [dt.date(2024, 5, 14)]


def test_two_people_in_one_text_contradict_each_other() -> None:
    two = read_report("Name: Ingrid Holloway\nFVC 2.31 L\nName: Martin Sand\nTLC 4.10 L")
    assert [label for label, _text, _reason in two.who.problems] == ["name"]
    one = read_report("Name: Ingrid Holloway\nFVC 2.31 L\nName: Holloway\nTLC 4.10 L")
    assert not one.who.problems


@pytest.mark.parametrize("heads", ["Baseline   Current   Change", "Baseline   Follow-up   %Pred"])
def test_a_baseline_beside_a_follow_up_is_no_value_before_the_bronchodilator(heads: str) -> None:
    assert read(f"           {heads}\nFVC (L)    3.10       2.40      77") == []


def test_a_baseline_beside_a_value_after_the_bronchodilator_is_the_one_before_it() -> None:
    text = "           Baseline   Post   %Chg\nFVC (L)    2.40       2.50   4"
    assert read(text) == [("fvc_l", "2.40", False), ("fvc_l", "2.50", True)]


def test_a_table_below_one_of_an_earlier_test_is_read() -> None:
    heads = "           Actual   Pred   %Pred\n"
    text = (
        f"Previous test\n{heads}FVC (L)    2.79   3.10   90\n\nThis test\n{heads}FVC (L)    2.40   3.10   77"
    )
    assert read(text)[0] == ("fvc_l", "2.40", None)
    assert len(read(text)) == 3
