"""INBUILD, OMERACT, Erice and the set of Cottin: items, limits, windows, applicability and what is needed."""

from __future__ import annotations

from typing import Any

import pytest

from ctdild_desktop.clinical.criteria import CriteriaSettings, assess
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Interruption, Pft, TherapyLine
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.clinical.wording import Style, say, use_style
from tests.support.people import day, facts, percent, pft, scan, symptom

AS_OF = day("2024-04-02")
WORSE, SAME = (symptom("2024-04-02", "worse"),), (symptom("2024-04-02", "stable"),)
PROGRESSED = (scan("2024-03-15", "progression", "new_fine_reticulation"),)
STABLE_CT = (scan("2024-03-15", "stable"),)
NOTHING = {"visits": SAME, "hrct": STABLE_CT}
ALL_FOUR = ("INBUILD", "OMERACT", "ERICE", "PFILD_COTTIN18")
MET, NOT_MET, CANNOT = Verdict.MET, Verdict.NOT_MET, Verdict.CANNOT_ASSESS


def course(fvc: str | None, dlco: str | None = "60", before: str = "2023-04-10") -> tuple[Pft, Pft]:
    """FVC from 80 and DLCO from 60 % to the given values."""
    return percent(before, "80", "60"), percent("2024-04-02", fvc, dlco)


def ask(name: str, *tests: Pft, settings: CriteriaSettings | None = None, **values: Any) -> Assessment:
    return assess(facts(*tests, **values), name, AS_OF, settings)


def codes(made: Assessment) -> set[str]:
    return {caution.code for caution in made.cautions}


@pytest.mark.parametrize("name", ALL_FOUR)
@pytest.mark.parametrize(
    ("fvc", "verdict"), [("72", MET), ("71.999999", MET), ("72.000001", NOT_MET), ("80", NOT_MET)]
)
def test_a_fall_of_exactly_ten_percent_of_fvc_is_enough(name: str, fvc: str, verdict: Verdict) -> None:
    assert ask(name, *course(fvc), **NOTHING).verdict is verdict


@pytest.mark.parametrize(("fvc", "verdict"), [("76", MET), ("76.000001", NOT_MET)])
@pytest.mark.parametrize("name", ["INBUILD", "ERICE", "PFILD_COTTIN18"])
@pytest.mark.parametrize(
    "other", [{"visits": WORSE, "hrct": STABLE_CT}, {"visits": SAME, "hrct": PROGRESSED}]
)
def test_five_percent_count_with_symptoms_or_hrct(
    name: str, other: dict[str, Any], fvc: str, verdict: Verdict
) -> None:
    assert ask(name, *course(fvc), **other).verdict is verdict


@pytest.mark.parametrize(
    ("fvc", "dlco", "verdict"),
    [("76", "51", MET), ("76", "51.000001", NOT_MET), ("76.000001", "51", NOT_MET), ("76", "40", MET)],
)
@pytest.mark.parametrize("name", ["OMERACT", "ERICE"])
def test_five_percent_of_fvc_with_fifteen_of_dlco(name: str, fvc: str, dlco: str, verdict: Verdict) -> None:
    made = ask(name, *course(fvc, dlco), **NOTHING)
    assert made.verdict is verdict
    if verdict is MET:
        assert [item.measure for item in made.evidence] == ["fvc", "dlco"]


def test_dlco_is_no_item_of_inbuild_and_a_whole_one_of_cottin() -> None:
    tests = course("80", "51")
    assert ask("INBUILD", *tests, **NOTHING).verdict is NOT_MET
    made = ask("PFILD_COTTIN18", *tests, **NOTHING)
    assert made.verdict is MET
    assert made.evidence[0].measure == "dlco"
    assert "DLCO alone has fallen that far" in say(made.cautions[0].text)
    assert ask("PFILD_COTTIN18", *course("80", "51.01"), **NOTHING).verdict is NOT_MET


def test_symptoms_with_hrct_meet_inbuild_and_erice_without_lung_function() -> None:
    for name, verdict in (("INBUILD", MET), ("ERICE", MET), ("OMERACT", CANNOT), ("PFILD_COTTIN18", CANNOT)):
        made = ask(name, visits=WORSE, hrct=PROGRESSED)
        assert made.verdict is verdict, name
        assert made.evidence == ()
        assert "CONFIRM_ADVISED" not in codes(made)


def test_unknown_parts_are_needed_only_where_they_can_decide() -> None:
    made = ask("INBUILD", *course("76"), hrct=STABLE_CT)
    assert made.verdict is CANNOT
    assert [say(need) for need in made.needs] == [
        "symptoms (worse, same or better) recorded since 02.04.2022"
    ]
    both = ask("INBUILD", *course("79"))
    assert both.verdict is CANNOT
    assert len(both.needs) == 2
    settled = ask("INBUILD", *course("79"), hrct=STABLE_CT)
    assert (settled.verdict, settled.needs) == (NOT_MET, ())
    cottin = ask("PFILD_COTTIN18", *course("79", None))
    assert ["DLCO" in say(need) for need in cottin.needs] == [True], "symptoms cannot change it"


def test_a_pair_without_dlco_is_unknown_and_not_left_out() -> None:
    first = percent("2023-01-10", "80")
    middle, last = percent("2023-06-10", "79", "60"), percent("2024-04-02", "75", "59")
    made = ask("OMERACT", first, middle, last)
    assert made.verdict is CANNOT
    assert [say(need) for need in made.needs] == ["DLCO of the same kind on 10.01.2023 and on 02.04.2024"]
    assert made.evidence[0].baseline.date == day("2023-01-10")


def test_the_pair_that_meets_by_dlco_is_reported_although_another_fell_more() -> None:
    tests = (
        percent("2022-10-10", "81"),
        percent("2023-04-10", "80", "60"),
        percent("2024-04-02", "75", "50"),
    )
    made = ask("OMERACT", *tests)
    assert made.verdict is MET
    assert {item.baseline.date for item in made.evidence} == {day("2023-04-10")}
    assert say(made.because[0]).startswith("FVC fell from 80.00 %")


def test_dlco_must_be_of_the_same_two_visits() -> None:
    tests = (
        percent("2023-04-10", "80"),
        percent("2023-04-11", None, "60"),
        percent("2024-04-02", "76", "40"),
    )
    assert ask("OMERACT", *tests, **NOTHING).verdict is CANNOT


def test_dlco_without_haemoglobin_is_compared_uncorrected_on_both_sides_only() -> None:
    raw = {"dlco_hb_corrected": False}
    tests = (percent("2023-04-10", "80", "60", **raw), percent("2024-04-02", "76", "51", **raw))
    made = ask("OMERACT", *tests)
    assert made.verdict is MET
    assert "DLCO_UNCORRECTED" in codes(made)
    mixed = (percent("2023-04-10", "80", "60"), percent("2024-04-02", "76", "51", **raw))
    assert ask("OMERACT", *mixed).verdict is CANNOT


@pytest.mark.parametrize("name", ["INBUILD", "ERICE"])
def test_fibrosis_is_a_prerequisite(name: str) -> None:
    tests = course("70")
    absent = ask(name, *tests, fibrosis=False, **NOTHING)
    assert (absent.verdict, absent.evidence, absent.needs) == (Verdict.NOT_APPLICABLE, (), ())
    assert ask(name, *tests, diagnosis="IPF", **NOTHING).verdict is Verdict.NOT_APPLICABLE
    unknown = ask(name, *tests, fibrosis=None, **NOTHING)
    assert unknown.verdict is CANNOT
    assert [say(need) for need in unknown.needs] == ["an HRCT reading that says whether there is fibrosis"]
    assert ask(name, *course("80"), fibrosis=None, **NOTHING).verdict is NOT_MET


@pytest.mark.parametrize("name", ["OMERACT", "PFILD_COTTIN18"])
def test_the_other_two_ask_neither_for_fibrosis_nor_for_a_diagnosis(name: str) -> None:
    for values in ({"fibrosis": False}, {"fibrosis": None}, {"diagnosis": None}, {"diagnosis": "RA"}):
        assert ask(name, *course("72"), **values, **NOTHING).verdict is MET


@pytest.mark.parametrize("name", ALL_FOUR)
def test_the_window_is_closed_and_a_near_miss_is_told(name: str) -> None:
    assert ask(name, *course("70", before="2022-04-02"), **NOTHING).verdict is MET
    missed = ask(name, *course("70", before="2022-04-01"), **NOTHING)
    assert missed.verdict is CANNOT
    (told,) = [say(item.text) for item in missed.cautions if item.code == "NEAR_MISS"]
    assert told == "The test of 01.04.2022 lies 1 day before the window; with it the answer would be MET."
    granted = CriteriaSettings(window_grace_days=1)
    assert ask(name, *course("70", before="2022-04-01"), settings=granted, **NOTHING).verdict is MET


def test_omeract_over_12_months_by_setting() -> None:
    tests = course("70", before="2023-04-01")
    assert ask("OMERACT", *tests).verdict is MET
    made = ask("OMERACT", *tests, settings=CriteriaSettings(omeract_window_months=12))
    assert (made.verdict, made.window_months) == (CANNOT, 12)


def test_two_tests_of_one_day_and_an_excluded_test() -> None:
    first = percent("2023-04-10", "80")
    low = percent("2024-04-02", "70", fvc_grade="C", entered=1)
    good = percent("2024-04-02", "75", fvc_grade="A", entered=2)
    assert ask("INBUILD", first, low, good, **NOTHING).verdict is NOT_MET
    ill = percent("2024-04-02", "60", excluded=True, exclusion_reason="infection")
    assert ask("INBUILD", first, percent("2023-12-01", "79"), ill, **NOTHING).verdict is NOT_MET


def test_another_explanation_of_the_symptoms_does_not_count() -> None:
    explained = (symptom("2024-04-02", "worse", alternative_explanation=True),)
    assert ask("INBUILD", *course("76"), visits=explained, hrct=STABLE_CT).verdict is NOT_MET
    not_asked = (symptom("2024-04-02", "worse", alternative_explanation=None),)
    made = ask("INBUILD", *course("76"), visits=not_asked, hrct=STABLE_CT)
    assert made.verdict is MET
    assert "ALT_EXPLANATION_NOT_CONFIRMED" in codes(made)
    strict = CriteriaSettings(require_alternative_explanation=True)
    assert ask("INBUILD", *course("76"), visits=not_asked, hrct=STABLE_CT, settings=strict).verdict is CANNOT


def test_a_changed_reference_set_falls_back_to_litres_or_is_unknown() -> None:
    old = pft("2023-04-10", fvc_pct_pred="80", fvc_l="2.40", reference_set="ECSC93")
    new = pft("2024-04-02", fvc_pct_pred="60", fvc_l="2.16", reference_set="GLI2012")
    made = ask("INBUILD", old, new, **NOTHING)
    assert made.verdict is MET
    assert made.evidence[0].basis == "litres"
    assert "BASIS_LITRES" in codes(made)
    assert ask(
        "INBUILD", old, pft("2024-04-02", fvc_pct_pred="60", reference_set="GLI2012"), **NOTHING
    ).verdict is (CANNOT)


def line(drug: str, start: str, stop: str | None = None, **values: Any) -> TherapyLine:
    return TherapyLine(
        id=drug,
        drug=drug,
        start=PartialDate.parse(start),
        stop=None if stop is None else PartialDate.parse(stop),
        **values,
    )


@pytest.mark.parametrize(
    ("lines", "treated"),
    [
        ((), False),
        ((line("mycophenolate", "2020-01-01"),), True),
        ((line("nintedanib", "2024-04-02"),), True),
        ((line("rituximab", "2024-04-03"),), False),
        ((line("mycophenolate", "2020-01-01", "2022-04-03"),), True),
        ((line("mycophenolate", "2020-01-01", "2022-04-02"),), False),
        ((line("oxygen", "2020-01-01"), line("co_trimoxazole", "2020-01-01")), False),
        (
            (
                line(
                    "mycophenolate",
                    "2020-01-01",
                    interruptions=(Interruption(start=PartialDate(2021, 1, 1)),),
                ),
            ),
            False,
        ),
        (
            (
                line(
                    "mycophenolate",
                    "2020-01-01",
                    interruptions=(
                        Interruption(start=PartialDate(2021, 1, 1), stop=PartialDate(2023, 1, 1)),
                    ),
                ),
            ),
            True,
        ),
    ],
)
def test_treatment_in_the_window_is_told_and_changes_nothing(
    lines: tuple[TherapyLine, ...], treated: bool
) -> None:
    for name in ("INBUILD", "ERICE", "RELIEF"):
        made = ask(name, *course("72"), therapy=lines, **NOTHING)
        assert made.on_ild_treatment is treated
        assert made.verdict is ask(name, *course("72"), **NOTHING).verdict
        assert ("Despite treatment" in say(made.because[-1])) is treated
    assert ask("OMERACT", *course("72"), therapy=lines).on_ild_treatment is None


def test_confirmation_is_advised_for_a_small_fall_within_weeks_and_after_an_infection() -> None:
    soon = (percent("2024-02-01", "80"), percent("2024-04-02", "72"))
    assert "CONFIRM_ADVISED" in codes(ask("OMERACT", *soon))
    assert "CONFIRM_ADVISED" not in codes(ask("OMERACT", *course("72")))
    ill = ask("OMERACT", *course("72"), infections=((day("2024-02-20"), day("2024-03-01")),))
    assert "CONFIRM_ADVISED" in codes(ill)


def test_the_sentences_in_full_and_in_the_style_of_a_site() -> None:
    made = ask("OMERACT", *course("72.004"))
    assert [say(line) for line in made.because] == [
        "FVC fell from 80.00 % (10.04.2023) to 72.004 % (02.04.2024), 11 months. "
        "(80.00 − 72.004) / 80.00 = 9.995 % relative.",
        "DLCO (Hb-corrected) is unchanged at 60.00 % (10.04.2023 and 02.04.2024), 11 months.",
        "Within 24 months none of these is met: FVC fall of at least 10 %; FVC fall of at least 5 % with a "
        "DLCO fall of at least 15 % at the same tests.",
    ]
    assert made.key is not None
    assert say(made.key) == "−9.995 %"
    use_style(Style("yyyy-mm-dd", ","))
    again = ask("OMERACT", *course("72.004"))
    assert again == made
    assert say(again.because[0]).startswith("FVC fell from 80,00 % (2023-04-10) to 72,004 % (2024-04-02)")
