"""The review's alarms: sentences, windows, bases of comparison and warnings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.criteria import CriteriaSettings, Facts, assess, facts_from_record
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.clinical.wording import say
from tests.support import holloway
from tests.support.people import WOMAN, day, facts, percent, pft

AS_OF = day("2024-04-02")


def fvc(made: Facts, as_of: str = "2024-04-02", **settings: Any) -> Assessment:
    return assess(made, "REVIEW_FVC_DECLINE", day(as_of), CriteriaSettings(**settings))


def dlco(made: Facts) -> Assessment:
    return assess(made, "REVIEW_DLCO_DECLINE", AS_OF)


def codes(made: Assessment) -> list[str]:
    return [caution.code for caution in made.cautions]


def test_the_invented_patient_of_the_pictures() -> None:
    record = holloway.record()
    made = facts_from_record(record, holloway.TODAY)
    first = assess(made, "REVIEW_FVC_DECLINE", holloway.TODAY)
    assert first.verdict is Verdict.MET
    assert say(first.because[0]) == (
        "FVC fell from 72.85 % (09.12.2024) to 64.38 % (12.03.2026), 15 months. "
        "(72.85 − 64.38) / 72.85 = 11.6 % relative; limit: more than 10 % in 24 months."
    )
    assert say(first.because[1]) == "On prednisolone, mycophenolate mofetil, rituximab."
    evidence = first.evidence[0]
    assert evidence.baseline.date == holloway.REFERENCE_DAY
    assert evidence.basis == "percent_predicted"
    assert round(evidence.relative_change_percent, 1) == holloway.EXPECTED["fvc_relative_change"]
    second = assess(made, "REVIEW_DLCO_DECLINE", holloway.TODAY)
    assert second.verdict is Verdict.NOT_MET
    assert say(second.because[0]).startswith(
        "DLCO (Hb-corrected) fell from 55.03 % (09.12.2024) to 47.57 % (12.03.2026), 15 months."
    )
    assert second.evidence[0].basis == "percent_predicted_hb_corrected"


def test_printed_numbers_do_not_contradict_the_verdict() -> None:
    barely = fvc(facts(percent("2023-04-10", "80"), percent("2024-04-02", "71.9996")))
    assert barely.verdict is Verdict.MET
    assert "(80.00 − 71.9996) / 80.00 = 10.001 % relative" in say(barely.because[0]), (
        "rounding to 10.0 % would look like the limit"
    )
    exact = fvc(facts(percent("2023-04-10", "80"), percent("2024-04-02", "72")))
    assert exact.verdict is Verdict.NOT_MET
    assert "= 10.0 % relative" in say(exact.because[0])


@pytest.mark.parametrize(
    ("latest", "words"),
    [
        (
            "88",
            "FVC rose from 80.00 % (10.04.2023) to 88.00 % (02.04.2024), 11 months. "
            "(88.00 − 80.00) / 80.00 = +10.0 % relative",
        ),
        ("80", "FVC is unchanged at 80.00 %"),
    ],
)
def test_a_gain_and_no_change_in_words(latest: str, words: str) -> None:
    made = fvc(facts(percent("2023-04-10", "80"), percent("2024-04-02", latest)))
    assert made.verdict is Verdict.NOT_MET
    assert say(made.because[0]).startswith(words)


def test_the_largest_fall_is_reported_and_of_equal_ones_the_longer() -> None:
    made = fvc(
        facts(
            percent("2022-06-01", "80"),
            percent("2022-12-01", "82"),
            percent("2023-06-01", "82"),
            percent("2024-04-02", "70"),
        )
    )
    assert made.evidence[0].baseline.date == day("2022-12-01")


def test_recovery_is_no_longer_met_and_the_fall_is_measured_from_the_peak() -> None:
    tests = (percent("2023-01-10", "80"), percent("2023-06-10", "70"), percent("2024-04-02", "79"))
    assert fvc(facts(*tests), "2023-06-10").verdict is Verdict.MET
    assert fvc(facts(*tests)).verdict is Verdict.NOT_MET


@pytest.mark.parametrize(
    ("baseline", "verdict", "near_miss"),
    [
        ("2022-04-02", Verdict.MET, False),
        ("2022-04-01", Verdict.CANNOT_ASSESS, True),
        ("2022-02-16", Verdict.CANNOT_ASSESS, True),
        ("2022-02-15", Verdict.CANNOT_ASSESS, False),
    ],
)
def test_window_ends_and_near_miss(baseline: str, verdict: Verdict, near_miss: bool) -> None:
    made = fvc(facts(percent(baseline, "80"), percent("2024-04-02", "60")))
    assert made.verdict is verdict
    assert ("NEAR_MISS" in codes(made)) is near_miss
    if near_miss:
        caution = made.cautions[-1]
        assert "with it the answer would be MET." in say(caution.text)


def test_near_miss_is_silent_when_it_would_change_nothing() -> None:
    made = fvc(facts(percent("2022-04-01", "80"), percent("2023-04-01", "80"), percent("2024-04-02", "79")))
    assert "NEAR_MISS" not in codes(made)
    worse = fvc(facts(percent("2022-04-01", "90"), percent("2023-04-01", "80"), percent("2024-04-02", "79")))
    assert worse.verdict is Verdict.NOT_MET
    assert "NEAR_MISS" in codes(worse)


def test_settings_of_window_and_grace() -> None:
    tests = (percent("2023-03-26", "80"), percent("2024-04-02", "60"))
    assert fvc(facts(*tests), review_window_months=12).verdict is Verdict.CANNOT_ASSESS
    graced = fvc(facts(*tests), review_window_months=12, window_grace_days=7)
    assert graced.verdict is Verdict.MET
    assert graced.window_months == 12


def test_a_leap_day_window() -> None:
    tests = (percent("2022-02-27", "80"), percent("2024-02-29", "60"))
    assert fvc(facts(*tests), "2024-02-29").verdict is Verdict.CANNOT_ASSESS
    clipped = (percent("2023-02-28", "80"), percent("2024-02-29", "60"))
    made = fvc(facts(*clipped), "2024-02-29", review_window_months=12)
    assert made.verdict is Verdict.MET, "29 February minus 12 months is 28 February"


def test_no_test_and_one_test() -> None:
    none = fvc(facts())
    assert codes(none) == ["NO_TEST_IN_WINDOW"]
    assert say(none.needs[0]) == "two usable FVC tests since 02.04.2022"
    one = fvc(facts(percent("2024-04-02", "80")))
    assert codes(one) == ["ONLY_ONE_TEST_IN_WINDOW"]
    assert say(one.needs[0]) == "a second usable FVC since 02.04.2022"
    assert one.further_cautions == (), "because says it already"


def test_different_reference_sets_fall_back_to_litres() -> None:
    old = percent("2023-04-10", "80", fvc_l="2.40", reference_set="LOCAL:north")
    new = percent("2024-04-02", "74", fvc_l="2.10")
    made = fvc(facts(old, new))
    assert made.verdict is Verdict.MET
    assert made.evidence[0].basis == "litres"
    assert made.evidence[0].absolute_change == Decimal("-0.30")
    assert "BASIS_LITRES" in codes(made)
    without = fvc(facts(replace(old, fvc_l=None), new))
    assert without.verdict is Verdict.CANNOT_ASSESS
    assert codes(without) == ["NOT_COMPARABLE"]


def test_different_reference_sets_are_recomputed_with_the_later_one() -> None:
    old = percent("2023-04-10", "80", fvc_l="2.40", reference_set="ECSC93")
    new = percent("2024-04-02", "85", fvc_l="2.40", reference_set="GLI2022")
    made = fvc(facts(old, new))
    assert "RECOMPUTED" in codes(made)
    assert made.evidence[0].basis == "percent_predicted"
    assert made.evidence[0].relative_change_percent > 0, "same litres a year later are a gain in % predicted"


def test_two_names_of_one_transfer_factor_equation_are_comparable() -> None:
    made = dlco(
        facts(
            pft("2023-04-10", dlco="15", hb_g_l="134", reference_set="GLI2017_TLCO"),
            pft("2024-04-02", fvc_l="2.4", dlco="12", hb_g_l="134", reference_set="GLI2022"),
        )
    )
    assert made.verdict is Verdict.MET
    assert made.evidence[0].basis == "percent_predicted_hb_corrected"
    assert "RECOMPUTED" not in codes(made)


def test_an_unknown_reference_set_is_comparable_with_a_warning() -> None:
    made = fvc(facts(percent("2023-04-10", "80", reference_set=None), percent("2024-04-02", "70")))
    assert made.verdict is Verdict.MET
    assert "REFERENCE_SET_UNKNOWN" in codes(made)


def test_an_uncomparable_pair_is_skipped_while_another_can_be_compared() -> None:
    made = fvc(
        facts(
            percent("2022-10-10", "90", reference_set="LOCAL:north"),
            percent("2023-04-10", "80"),
            percent("2024-04-02", "79"),
        )
    )
    assert made.verdict is Verdict.NOT_MET
    assert "PAIR_SKIPPED" in codes(made)


@pytest.mark.parametrize(
    ("first", "last", "verdict", "basis", "warnings"),
    [
        (
            {"dlco_hb_corrected": False},
            {"dlco_hb_corrected": False},
            Verdict.MET,
            "percent_predicted",
            {"DLCO_UNCORRECTED"},
        ),
        (
            {"dlco_hb_corrected": None},
            {"dlco_hb_corrected": False},
            Verdict.MET,
            "percent_predicted",
            {"DLCO_UNCORRECTED", "HB_STATE_ASSUMED"},
        ),
        (
            {"dlco_hb_corrected": False, "hb_g_l": "134"},
            {"dlco_hb_corrected": False, "hb_g_l": "134"},
            Verdict.MET,
            "percent_predicted_hb_corrected",
            set(),
        ),
        (
            {},
            {"dlco_hb_corrected": False, "hb_g_l": "134"},
            Verdict.MET,
            "percent_predicted_hb_corrected",
            set(),
        ),
        ({}, {"dlco_hb_corrected": False}, Verdict.CANNOT_ASSESS, None, {"NOT_COMPARABLE"}),
    ],
)
def test_never_corrected_against_uncorrected(
    first: dict[str, Any], last: dict[str, Any], verdict: Verdict, basis: str | None, warnings: set[str]
) -> None:
    made = dlco(facts(percent("2023-04-10", dlco="60", **first), percent("2024-04-02", dlco="50.9", **last)))
    assert made.verdict is verdict
    assert set(codes(made)) - {"CONFIRM_ADVISED"} == warnings
    assert [item.basis for item in made.evidence] == ([basis] if basis else [])


def test_anaemia_explains_a_fall() -> None:
    made = dlco(
        facts(
            percent("2023-04-10", dlco="60", dlco_hb_corrected=False, hb_g_l="134"),
            percent("2024-04-02", dlco="50", dlco_hb_corrected=False, hb_g_l="94"),
        )
    )
    assert made.verdict is Verdict.NOT_MET


def test_absolute_units_only_in_the_same_unit() -> None:
    nobody = replace(WOMAN, height_cm=None)
    pair = (
        pft("2023-04-10", dlco="12", dlco_hb_corrected=True),
        pft("2024-04-02", dlco="10", dlco_hb_corrected=True),
    )
    made = dlco(facts(*pair, patient=nobody))
    assert made.verdict is Verdict.MET
    assert made.evidence[0].basis == "absolute"
    assert "12.00 mL/min/mmHg" in say(made.because[0])
    mixed = (pft("2023-04-10", dlco="4", dlco_unit="mmol/min/kPa", dlco_hb_corrected=True), pair[1])
    assert dlco(facts(*mixed, patient=nobody)).verdict is Verdict.CANNOT_ASSESS


def advised(made: Assessment) -> str:
    return "".join(say(item.text) for item in made.cautions if item.code == "CONFIRM_ADVISED")


def test_when_a_repeat_is_advised() -> None:
    quick = fvc(facts(percent("2024-01-20", "80"), percent("2024-04-02", "71.5")))
    assert "below 11 % and within 12 weeks" in advised(quick)
    slow = fvc(facts(percent("2024-01-02", "80"), percent("2024-04-02", "71.5")))
    assert advised(slow) == "", "91 days is more than 12 weeks"
    small = fvc(facts(pft("2023-04-10", fvc_l="1.30"), pft("2024-04-02", fvc_l="1.15")))
    assert "0.150 L" in advised(small)
    low = fvc(facts(percent("2023-04-10", "80", fvc_grade="D"), percent("2024-04-02", "60")))
    assert "grade D" in advised(low)
    assert "LOW_QUALITY" in codes(low)
    alone = dlco(facts(percent("2023-04-10", "80", "60"), percent("2024-04-02", "80", "50")))
    assert "DLCO alone" in advised(alone)
    both = dlco(facts(percent("2023-04-10", "80", "60"), percent("2024-04-02", "70", "50")))
    assert advised(both) == ""


@pytest.mark.parametrize(("ended", "expected"), [("2024-02-20", True), ("2024-02-19", False)])
def test_a_test_soon_after_a_respiratory_infection(ended: str, expected: bool) -> None:
    made = facts(
        percent("2023-04-10", "80"),
        percent("2024-04-02", "60"),
        infections=((day("2024-02-01"), day(ended)),),
    )
    assert ("respiratory infection" in advised(fvc(made))) is expected


def test_therapy_lines_that_run_on_the_day() -> None:
    lines = (
        TherapyLine(id="a", drug="mycophenolate", start=PartialDate(2022)),
        TherapyLine(id="b", drug="azathioprine", start=PartialDate(2020), stop=PartialDate(2024, 4, 2)),
        TherapyLine(id="c", drug="nintedanib", start=PartialDate(2024, 5)),
    )
    made = fvc(facts(percent("2023-04-10", "80"), percent("2024-04-02", "60"), therapy=lines))
    assert say(made.because[1]) == "On mycophenolate mofetil.", "the stop day is excluded"
