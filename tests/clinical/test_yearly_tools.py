"""EUSTAR and the minimal important change: categories, the one baseline, who they are defined for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.codes import diagnoses
from ctdild_desktop.clinical.criteria import CriteriaSettings, assess
from ctdild_desktop.clinical.criteria.eustar import eustar_category, overall_category
from ctdild_desktop.clinical.criteria.mcid_ssc import mcid_category
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Pft, TherapyLine
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.clinical.wording import Style, say, use_style
from tests.support.people import day, facts, percent, pft

AS_OF = day("2024-04-02")
TOOLS = ("EUSTAR", "MCID_SSC")


def ask(name: str, *tests: Pft, settings: CriteriaSettings | None = None, **values: Any) -> Assessment:
    return assess(facts(*tests, **values), name, AS_OF, settings)


def year(fvc: str, before: str = "2023-04-02", base: str = "80") -> tuple[Pft, Pft]:
    return percent(before, base), percent("2024-04-02", fvc)


def codes(made: Assessment) -> set[str]:
    return {caution.code for caution in made.cautions}


@pytest.mark.parametrize(
    ("fvc", "category", "verdict"),
    [
        ("85", "IMPROVED", Verdict.NOT_MET),
        ("84.999999", "STABLE", Verdict.NOT_MET),
        ("75.000001", "STABLE", Verdict.NOT_MET),
        ("75", "MODERATE_PROGRESSION", Verdict.MET),
        ("70", "MODERATE_PROGRESSION", Verdict.MET),
        ("69.999999", "SIGNIFICANT_PROGRESSION", Verdict.MET),
        ("40", "SIGNIFICANT_PROGRESSION", Verdict.MET),
    ],
)
def test_eustar_at_its_limits(fvc: str, category: str, verdict: Verdict) -> None:
    made = ask("EUSTAR", *year(fvc))
    assert (made.category, made.verdict) == (category, verdict)


@pytest.mark.parametrize(
    ("fvc", "category", "verdict"),
    [
        ("85.3", "IMPROVED", Verdict.NOT_MET),
        ("85.299999", "POSSIBLY_IMPROVED", Verdict.NOT_MET),
        ("83", "POSSIBLY_IMPROVED", Verdict.NOT_MET),
        ("82.999999", "NO_IMPORTANT_CHANGE", Verdict.NOT_MET),
        ("77.000001", "NO_IMPORTANT_CHANGE", Verdict.NOT_MET),
        ("77", "POSSIBLY_WORSENED", Verdict.NOT_MET),
        ("76.700001", "POSSIBLY_WORSENED", Verdict.NOT_MET),
        ("76.7", "WORSENED", Verdict.MET),
    ],
)
def test_mcid_at_its_limits(fvc: str, category: str, verdict: Verdict) -> None:
    made = ask("MCID_SSC", *year(fvc))
    assert (made.category, made.verdict) == (category, verdict)
    assert "GROUP_MEASURE" in codes(made)


def test_a_fall_of_more_than_20_points_over_the_whole_course_is_major() -> None:
    assert overall_category(Fraction(-20)) == "SIGNIFICANT_PROGRESSION"
    assert overall_category(Fraction(-2001, 100)) == "MAJOR"
    made = ask("EUSTAR", percent("2020-01-10", "92"), *year("71"))
    assert made.category == "MODERATE_PROGRESSION"
    assert say(made.because[-1]) == (
        "Over the whole course major decline: FVC fell from 92.00 % (10.01.2020) to 71.00 % (02.04.2024), "
        "50 months: 21.0 points."
    )


@pytest.mark.parametrize("name", TOOLS)
def test_they_are_for_systemic_sclerosis(name: str) -> None:
    for entry in diagnoses():
        made = ask(name, *year("60"), diagnosis=entry.code)
        assert (made.verdict is Verdict.NOT_APPLICABLE) is (
            entry.code not in {"SSc", "dcSSc", "lcSSc", "SSc_sine", "SSc_overlap"}
        )
    unknown = ask(name, *year("60"), diagnosis=None)
    assert (unknown.verdict, unknown.category) == (Verdict.CANNOT_ASSESS, None)
    assert [say(need) for need in unknown.needs] == ["the diagnosis"]
    later = ask(name, *year("60"), diagnosis=None, diagnosed_later=True)
    assert [say(need) for need in later.needs] == ["the diagnosis on or before 02.04.2024"]
    assert later == replace(unknown, needs=later.needs, because=later.because)
    assert ask(name, *year("60"), fibrosis=False).verdict is Verdict.MET


@pytest.mark.parametrize("name", TOOLS)
@pytest.mark.parametrize(
    ("before", "found"),
    [("2023-01-02", True), ("2023-01-01", False), ("2023-07-02", True), ("2023-07-03", False)],
)
def test_the_baseline_lies_9_to_15_months_before_the_latest_test(name: str, before: str, found: bool) -> None:
    made = ask(name, *year("60", before=before))
    assert (made.verdict is Verdict.MET) is found
    if not found:
        assert made.verdict is Verdict.CANNOT_ASSESS
        (told,) = [say(item.text) for item in made.cautions if item.code == "NEAR_MISS"]
        assert "lies 1 day outside 9 to 15 months" in told
        assert told.endswith(
            "would be significant progression." if name == "EUSTAR" else "would be worsened."
        )


def test_far_outside_there_is_no_near_miss() -> None:
    made = ask("EUSTAR", *year("60", before="2023-09-01"))
    assert codes(made) == {"ONLY_ONE_TEST_IN_WINDOW"}
    assert codes(ask("EUSTAR")) == {"NO_TEST_IN_WINDOW"}


def test_the_test_nearest_to_12_months_is_the_only_one_tried() -> None:
    near, other = percent("2023-03-30", "70"), percent("2023-01-10", "95")
    assert ask("EUSTAR", other, near, percent("2024-04-02", "70")).category == "STABLE"
    # 62 days either side of 2 April 2023: the earlier one counts.
    even = (percent("2023-01-30", "80"), percent("2023-06-03", "70"), percent("2024-04-02", "70"))
    assert ask("EUSTAR", *even).evidence[0].baseline.date == day("2023-01-30")
    not_comparable = percent("2023-04-02", "70", reference_set="ECSC93")
    made = ask("EUSTAR", other, not_comparable, percent("2024-04-02", "70"))
    assert (made.verdict, codes(made)) == (Verdict.CANNOT_ASSESS, {"NOT_COMPARABLE"})


def test_litres_alone_cannot_be_told() -> None:
    tests = (pft("2023-04-02", fvc_l="2.50"), pft("2024-04-02", fvc_l="2.00"))
    made = ask("EUSTAR", *tests)
    assert made.verdict is Verdict.CANNOT_ASSESS
    assert "reference set" in say(made.needs[0])


def test_the_basis_may_be_set_to_relative() -> None:
    settings = CriteriaSettings(eustar_basis="relative")
    tests = year("57", base="60")
    assert ask("EUSTAR", *tests).category == "STABLE"
    made = ask("EUSTAR", *tests, settings=settings)
    assert made.category == "MODERATE_PROGRESSION"
    assert made.key is not None
    assert say(made.key) == "−5.0 %"


def test_an_old_latest_test_is_told() -> None:
    tests = (percent("2021-12-01", "80"), percent("2023-01-01", "70"))
    assert "STALE" in codes(ask("EUSTAR", *tests))
    later = (percent("2022-01-02", "80"), percent("2023-01-02", "70"))
    assert "STALE" not in codes(ask("EUSTAR", *later))


def test_an_excluded_or_ungraded_test_is_no_anchor() -> None:
    good = year("79")
    bad = percent("2024-04-02", "50", excluded=True, exclusion_reason="infection", entered=9)
    failed = percent("2024-04-01", "50", fvc_grade="F")
    assert ask("EUSTAR", *good, bad, failed).category == "STABLE"


def test_therapy_and_confirmation_go_with_progression_only() -> None:
    drug = (TherapyLine(id="l", drug="mycophenolate", start=PartialDate(2020)),)
    worse = ask(
        "EUSTAR", percent("2023-04-02", "80", fvc_grade="D"), percent("2024-04-02", "70"), therapy=drug
    )
    assert "On mycophenolate mofetil." in [say(line) for line in worse.because]
    assert {"LOW_QUALITY", "CONFIRM_ADVISED"} <= codes(worse)
    stable = ask("EUSTAR", *year("80"), therapy=drug)
    assert "CONFIRM_ADVISED" not in codes(stable)
    assert not any("mycophenolate" in say(line) for line in stable.because)


@given(hundredth=st.integers(-4000, 4000))
def test_the_categories_are_in_order_and_the_printed_number_agrees(hundredth: int) -> None:
    fvc = 80 + Decimal(hundredth) / 100
    change = Fraction(hundredth, 100)
    for name, categorise in (("EUSTAR", eustar_category), ("MCID_SSC", mcid_category)):
        made = ask(name, *year(str(fvc)))
        assert made.category == categorise(change)
        assert made.key is not None
        printed = Fraction(say(made.key).removesuffix(" points").replace("−", "-").replace("+", ""))
        assert categorise(printed) == made.category, "the printed number has the same category"
        assert abs(printed - change) <= Fraction(1, 20)


def test_the_sentences_in_full_and_with_a_decimal_comma() -> None:
    made = ask("MCID_SSC", *year("76.72"))
    assert [say(line) for line in made.because] == [
        "FVC fell from 80.00 % (02.04.2023) to 76.72 % (02.04.2024), 12 months: 3.28 points.",
        "Over 12 ± 3 months: worsened from −3.3 points down, possibly from −3.0; improved from +5.3 up, "
        "possibly from +3.0.",
    ]
    use_style(Style("dd/mm/yyyy", ","))
    assert ask("MCID_SSC", *year("76.72")) == made
    assert say(made.because[1]).startswith("Over 12 ± 3 months: worsened from −3,3 points")
