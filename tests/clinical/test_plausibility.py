"""What is refused, what is asked about, and which correction is offered."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility import (
    Issue,
    Severity,
    check_adverse_event,
    check_hrct,
    check_patient,
    check_pft,
    check_therapy,
    check_visit,
    open_issues,
)
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    DlcoUnit,
    DoseChange,
    Infusion,
    Interruption,
    Pft,
    TherapyLine,
    Visit,
)
from tests.support.people import WOMAN, day, pft, scan

TODAY = day("2026-03-12")


def of_pft(date: str = "2026-03-12", *previous: Pft, **values: Any) -> dict[str, Issue]:
    found = check_pft(pft(date, **values), WOMAN, previous, TODAY)
    return {issue.field: issue for issue in found}


@pytest.mark.parametrize(
    ("field", "refused", "asked", "usual"),
    [
        ("fvc_l", ("0.29", "9.01"), ("0.30", "0.79", "7.01", "9.00"), ("0.80", "7.00")),
        ("fev1_l", ("0.19", "8.01"), ("0.20", "0.59", "6.01", "8.00"), ("0.60", "6.00")),
        ("fvc_pct_pred", ("9.9", "200.1"), ("10", "29.9", "140.1", "200"), ("30", "140")),
        ("dlco_pct_pred", ("2.9", "200.1"), ("3", "14.9", "140.1"), ("15", "140")),
        ("dlco", ("0.9", "60.1"), ("1.0", "3.9", "45.1", "60.0"), ("4.0", "45.0")),
        ("tlc_l", ("0.79", "12.01"), ("0.80", "1.49", "9.01"), ("1.50", "9.00")),
        ("hb_g_l", ("29", "251"), ("30", "79", "191", "250"), ("80", "190")),
        ("spo2_rest", ("39", "101"), ("40", "84"), ("85", "100")),
        ("spo2_nadir", ("39", "101"), (), ("40", "100")),
        ("height_cm", ("99", "231"), ("100", "134", "206", "230"), ()),
        ("weight_kg", ("19", "301"), ("20", "34", "201", "300"), ("35", "200")),
    ],
)
def test_limits_are_inclusive(
    field: str, refused: tuple[str, ...], asked: tuple[str, ...], usual: tuple[str, ...]
) -> None:
    for value in refused:
        issue = of_pft(**{field: value})[field]
        assert issue.hard, value
    for value in asked:
        issue = of_pft(**{field: value})[field]
        assert issue.severity is Severity.SOFT, value
    for value in usual:
        assert field not in of_pft(**{field: value}), value


def test_si_units_have_their_own_limits() -> None:
    assert of_pft(dlco="0.29", dlco_unit=DlcoUnit.SI)["dlco"].hard
    assert of_pft(dlco="20.1", dlco_unit=DlcoUnit.SI)["dlco"].hard
    assert not of_pft(dlco="15.1", dlco_unit=DlcoUnit.SI)["dlco"].hard
    assert of_pft(dlco="4.1", dlco_unit=DlcoUnit.SI) == {}


@pytest.mark.parametrize(
    ("field", "typed", "unit", "fixed"),
    [
        ("fvc_l", "2310", "mL", "2.31"),
        ("fev1_l", "1940", "mL", "1.94"),
        ("hb_g_l", "12.8", "g/dL", "128"),
        ("height_cm", "1.62", "m", "162"),
        ("height_cm", "65", "in", "165.1"),
        ("spo2_rest", "0.95", "fractions", "95"),
        ("fvc_pct_pred", "0.72", "fractions", "72"),
    ],
)
def test_a_probable_other_unit_is_offered_as_one_key(field: str, typed: str, unit: str, fixed: str) -> None:
    issue = of_pft(**{field: typed})[field]
    assert issue.hard
    assert issue.code == "UNIT"
    assert f"was it in {unit}?" in issue.text
    assert issue.fix is not None
    assert issue.fix.text == fixed
    assert field not in of_pft(**{field: fixed}), "the correction is accepted"


def test_the_other_unit_of_the_transfer_factor() -> None:
    last = pft("2025-11-10", dlco="12.4")
    issue = of_pft("2026-03-12", last, dlco="4.1")["dlco"]
    assert issue.severity is Severity.SOFT
    assert issue.fix is not None
    assert (issue.fix.field, issue.fix.text) == ("dlco_unit", "mmol/min/kPa")
    assert "dlco" not in of_pft("2026-03-12", last, dlco="4.1", dlco_unit=DlcoUnit.SI)
    assert "dlco" not in of_pft("2026-03-12", last, dlco="5.0"), "2.48 times is no unit error"
    back = pft("2025-11-10", dlco="4.1", dlco_unit=DlcoUnit.SI)
    other = of_pft("2026-03-12", back, dlco="12.4", dlco_unit=DlcoUnit.SI)["dlco"]
    assert other.fix is not None
    assert other.fix.text == "mL/min/mmHg"


def test_fev1_and_tlc_against_fvc() -> None:
    assert of_pft(fvc_l="2.40", fev1_l="2.41")["fev1_l"].hard
    assert of_pft(fvc_l="2.40", fev1_l="2.40") == {}
    assert of_pft(fvc_l="5.00", fev1_l="0.74")["fev1_l"].hard
    assert not of_pft(fvc_l="5.00", fev1_l="0.75")["fev1_l"].hard
    assert not of_pft(fvc_l="5.00", fev1_l="1.99")["fev1_l"].hard
    assert of_pft(fvc_l="5.00", fev1_l="2.00") == {}
    assert of_pft(fvc_l="2.40", tlc_l="2.39")["tlc_l"].hard
    assert of_pft(fvc_l="2.40", tlc_l="2.40") == {}


@pytest.mark.parametrize(
    ("date", "hard"),
    [("2026-03-13", True), ("2026-03-12", False), ("1962-04-09", True), ("1965-04-10", False)],
)
def test_dates_of_tests(date: str, hard: bool) -> None:
    issue = of_pft(date, fvc_l="2.4").get("date")
    assert (issue is not None and issue.hard) is hard


def test_dates_against_death_and_partial_birth() -> None:
    dead = replace(WOMAN, death_date=PartialDate(2025, 6))
    found = check_pft(pft("2025-07-01", fvc_l="2.4"), dead, (), TODAY)
    assert [issue.code for issue in found] == ["DATE"]
    assert check_pft(pft("2025-06-30", fvc_l="2.4"), dead, (), TODAY) == ()
    vague = replace(WOMAN, birth_date=PartialDate(2026))
    assert check_pft(pft("2026-01-01", fvc_l="2.4"), vague, (), TODAY)[0].code == "RANGE"


def test_the_age_of_the_equations() -> None:
    old = replace(WOMAN, birth_date=PartialDate(1930, 1, 1))
    assert check_pft(pft("2026-03-12", fvc_l="2.4"), old, (), TODAY)[0].hard
    child = replace(WOMAN, birth_date=PartialDate(2009, 1, 1))
    assert not check_pft(pft("2026-03-12", fvc_l="2.4"), child, (), TODAY)[0].hard


def test_something_must_be_entered_once() -> None:
    assert of_pft()["fvc_l"].code == "MISSING"
    assert of_pft(not_done_fvc="unwell") == {}
    assert of_pft(fvc_l="2.4", not_done_fvc="unwell")["not_done_fvc"].code == "CONTRADICTION"
    assert of_pft(dlco="12", not_done_dlco="cannot_perform")["not_done_dlco"].hard
    assert of_pft(dlco="12", dlco_unit=None)["dlco_unit"].code == "MISSING"
    assert of_pft(fvc_l="2.4", excluded=True)["exclusion_reason"].hard
    assert of_pft(fvc_l="2.4", excluded=True, exclusion_reason="poor_effort") == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [("fvc_grade", "G"), ("dlco_grade", "U"), ("not_done_fvc", "lazy"), ("reference_set", "GLI1066")],
)
def test_codes_that_are_not_in_their_list(field: str, value: str) -> None:
    assert of_pft(fev1_l="2.0", **{field: value})[field].code == "CODE"


def test_a_local_reference_set_is_accepted() -> None:
    assert of_pft(fvc_l="2.4", reference_set="LOCAL:north wing") == {}
    assert of_pft(fvc_l="2.4", fvc_grade="F") == {}, "grade F may be stored; it is never used"


def test_typed_percentage_against_the_value() -> None:
    values = {"fvc_l": "2.31", "fvc_pred_l": "3.30"}
    assert of_pft(fvc_pct_pred="75", **values) == {}
    assert "typing error" in of_pft(fvc_pct_pred="75.1", **values)["fvc_pct_pred"].text
    computed = of_pft(fvc_l="2.31", fvc_pct_pred="120", reference_set="GLI2022")
    assert "GLI2022" in computed["fvc_pct_pred"].text
    assert of_pft(fvc_l="2.31", fvc_pct_pred="120") == {}, "without a set nothing can be compared"


@pytest.mark.parametrize(
    ("before", "date", "now", "asked"),
    [
        ("2.40", "2025-12-12", "2.04", False),
        ("2.40", "2025-12-12", "2.03", True),
        ("2.40", "2025-12-11", "2.03", False),
        ("4.00", "2025-12-12", "3.50", False),
        ("4.00", "2025-12-12", "3.49", True),
        ("4.00", "2025-12-12", "4.51", True),
    ],
)
def test_a_large_change_of_fvc_within_three_months(before: str, date: str, now: str, asked: bool) -> None:
    found = of_pft("2026-03-12", pft(date, fvc_l=before), fvc_l=now)
    assert ("fvc_l" in found) is asked
    if asked:
        assert "large change, repeat or confirm" in found["fvc_l"].text


def test_changes_are_measured_from_a_usable_test() -> None:
    bad = pft("2026-02-12", fvc_l="2.40", excluded=True, exclusion_reason="technical")
    assert of_pft("2026-03-12", bad, fvc_l="1.60") == {}
    later = pft("2026-03-11", fvc_l="2.40")
    assert of_pft("2026-03-01", later, fvc_l="1.60") == {}, "only earlier tests are looked at"


@pytest.mark.parametrize(("now", "asked"), [("9.0", False), ("8.9", True), ("15.0", False), ("15.1", True)])
def test_a_large_change_of_dlco_within_three_months(now: str, asked: bool) -> None:
    assert ("dlco" in of_pft("2026-03-12", pft("2026-01-12", dlco="12.0"), dlco=now)) is asked


def test_percentages_and_litres_that_move_apart() -> None:
    last = pft("2025-03-12", fvc_l="2.40", fvc_pct_pred="70")
    found = of_pft("2026-03-12", last, fvc_l="2.35", fvc_pct_pred="76")
    assert "other reference set or height?" in found["fvc_pct_pred"].text
    assert of_pft("2026-03-12", last, fvc_l="2.35", fvc_pct_pred="75") == {}


def test_height_weight_nadir_and_copied_values() -> None:
    last = pft("2025-03-12", fvc_l="2.40", fev1_l="2.00", height_cm="165")
    assert "height_cm" in of_pft("2026-03-12", last, fvc_l="2.3", height_cm="168.1")
    assert of_pft("2026-03-12", last, fvc_l="2.3", height_cm="168") == {}
    assert "copied?" in of_pft("2026-03-12", last, fvc_l="2.40", fev1_l="2.00")["fvc_l"].text
    assert of_pft("2026-03-12", last, fvc_l="2.40", fev1_l="2.01") == {}
    assert not of_pft(spo2_rest="92", spo2_nadir="93")["spo2_nadir"].hard


def test_confirmed_fields_are_not_asked_again() -> None:
    draft = pft("2026-03-12", fvc_l="0.5", fev1_l="9.5")
    found = check_pft(draft, WOMAN, (), TODAY)
    assert {issue.field for issue in open_issues(found, ())} == {"fvc_l", "fev1_l"}
    assert {issue.field for issue in open_issues(found, ("fvc_l", "fev1_l"))} == {"fev1_l"}


@given(st.decimals("0.01", "12000", places=2))
def test_every_fvc_is_judged_and_every_fix_is_plausible(value: Decimal) -> None:
    issue = of_pft(fvc_l=str(value)).get("fvc_l")
    assert (issue is not None and issue.hard) == (not Decimal("0.30") <= value <= Decimal(9))
    if issue is not None and issue.fix is not None:
        assert Decimal("0.30") <= Decimal(issue.fix.text) <= 9


def visit(**values: Any) -> Visit:
    return Visit(id="v", date=values.pop("date", TODAY), **values)


def test_visits() -> None:
    def fields(draft: Visit, *previous: Visit) -> set[str]:
        return {issue.field for issue in check_visit(draft, WOMAN, previous, TODAY)}

    assert fields(visit(mmrc=4, weight_kg=Decimal(60), spo2_rest=Decimal(95))) == set()
    assert "six-step scale" in check_visit(visit(mmrc=5), WOMAN, (), TODAY)[0].text
    assert fields(visit(date=day("2026-03-13"))) == {"date"}
    assert fields(visit(admitted_nights=-1)) == {"admitted_nights"}
    before = Visit(id="w", date=day("2025-12-12"), weight_kg=Decimal(60))
    assert fields(visit(weight_kg=Decimal(51)), before) == set(), "15 % exactly"
    assert fields(visit(weight_kg=Decimal("50.9")), before) == {"weight_kg"}
    older = replace(before, date=day("2025-12-11"))
    assert fields(visit(weight_kg=Decimal("40")), older) == set(), "91 days"


@pytest.mark.parametrize(
    ("change", "field", "hard"),
    [
        ({"mrn": " "}, "mrn", True),
        ({"birth_date": PartialDate(2026, 4)}, "birth_date", True),
        ({"birth_date": PartialDate(1900)}, "birth_date", True),
        ({"birth_date": PartialDate(2012)}, "birth_date", False),
        ({"death_date": PartialDate(2027)}, "death_date", True),
        ({"death_date": PartialDate(1961)}, "death_date", True),
        ({"height_cm": Decimal("1.65")}, "height_cm", True),
        ({"ethnic_group": 6}, "ethnic_group", True),
        ({"smoking": "pipe"}, "smoking", True),
        ({"pack_years": Decimal(201)}, "pack_years", True),
    ],
)
def test_patients(change: dict[str, Any], field: str, hard: bool) -> None:
    assert check_patient(WOMAN, TODAY) == ()
    (issue,) = check_patient(replace(WOMAN, **change), TODAY)
    assert (issue.field, issue.hard) == (field, hard)


LINE = TherapyLine(
    id="l",
    drug="mycophenolate",
    start=PartialDate(2025, 3),
    dose=Decimal(2),
    dose_unit="g",
    frequency="daily",
)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"drug": ""}, "drug"),
        ({"drug": "moonshine"}, "drug"),
        ({"start": PartialDate(2026, 4)}, "start"),
        ({"start": PartialDate(1961)}, "start"),
        ({"stop": PartialDate(2025, 2)}, "stop"),
        ({"stop": PartialDate(2026, 4)}, "stop"),
        ({"stop_reason": "completed"}, "stop"),
        ({"dose": Decimal(0)}, "dose"),
        ({"dose_unit": None}, "dose_unit"),
        ({"frequency": "whenever"}, "frequency"),
        ({"dose_changes": (DoseChange(date=PartialDate(2025, 2), dose=Decimal(1)),)}, "dose_changes"),
        ({"dose_changes": (DoseChange(date=PartialDate(2025, 5), dose=Decimal(-1)),)}, "dose_changes"),
        ({"infusions": (Infusion(date=day("2026-03-13")),)}, "infusions"),
        ({"infusions": (Infusion(date=day("2026-03-01"), dose_mg=Decimal(0)),)}, "infusions"),
        (
            {"interruptions": (Interruption(start=PartialDate(2025, 6), stop=PartialDate(2025, 5)),)},
            "interruptions",
        ),
        (
            {"stop": PartialDate(2025, 9), "infusions": (Infusion(date=day("2025-10-01")),)},
            "infusions",
        ),
    ],
)
def test_therapy_lines(change: dict[str, Any], field: str) -> None:
    assert check_therapy(LINE, WOMAN, TODAY) == ()
    (issue,) = check_therapy(replace(LINE, **change), WOMAN, TODAY)
    assert issue.field == field
    assert issue.hard


def test_a_partial_date_is_refused_only_when_it_is_certain() -> None:
    line = replace(LINE, start=PartialDate(2025, 3, 20), stop=PartialDate(2025, 3))
    assert check_therapy(line, WOMAN, TODAY) == ()
    assert check_therapy(replace(LINE, stop=PartialDate(2026, 3)), WOMAN, TODAY) == ()


EVENT = AdverseEvent(id="a", onset=PartialDate(2025, 6, 1), term="lung_infection", grade=3)


@pytest.mark.parametrize(
    ("change", "field", "hard"),
    [
        ({"term": ""}, "term", True),
        ({"grade": 1}, "grade", True),
        ({"grade": 6}, "grade", True),
        ({"grade": 5}, "seriousness", True),
        ({"grade": 4}, "seriousness", False),
        ({"serious": False, "seriousness": ("admission",)}, "serious", True),
        ({"serious": True}, "seriousness", False),
        ({"seriousness": ("boredom",)}, "seriousness", True),
        ({"onset": PartialDate(2026, 4)}, "onset", True),
        ({"end": PartialDate(2025, 5)}, "end", True),
        ({"end": PartialDate(2026, 4)}, "end", True),
        ({"end": PartialDate(2025, 7), "ongoing": True}, "ongoing", True),
        ({"outcome": "recovered"}, "end", True),
        ({"outcome": "fatal"}, "outcome", True),
        ({"causality": "surely"}, "causality", True),
        ({"suspected_lines": ("x",)}, "suspected_lines", True),
        ({"suspected_lines": ("l",), "onset": PartialDate(2025, 2)}, "suspected_lines", False),
    ],
)
def test_adverse_events(change: dict[str, Any], field: str, hard: bool) -> None:
    assert check_adverse_event(EVENT, WOMAN, (LINE,), TODAY) == ()
    (issue,) = check_adverse_event(replace(EVENT, **change), WOMAN, (LINE,), TODAY)
    assert (issue.field, issue.hard) == (field, hard)


def test_a_free_term_may_have_any_grade() -> None:
    assert check_adverse_event(replace(EVENT, term="hiccups", grade=1), WOMAN, (), TODAY) == ()
    fatal = replace(EVENT, grade=5, seriousness=("death",), outcome="fatal")
    dead = replace(WOMAN, death_date=PartialDate(2025, 6, 20))
    assert check_adverse_event(fatal, dead, (), TODAY) == ()


@pytest.mark.parametrize(
    ("change", "field", "hard"),
    [
        ({"date": day("2026-03-13")}, "date", True),
        ({"compared_with": day("2025-06-01")}, "compared_with", True),
        ({"extent_percent": Decimal(101)}, "extent_percent", True),
        ({"extent_percent": Decimal("0.25")}, "extent_percent", False),
        ({"fibrosis_percent": Decimal(101)}, "fibrosis_percent", True),
        ({"fibrosis_percent": Decimal("0.9")}, "fibrosis_percent", False),
        ({"extent_reading": "some"}, "extent_reading", True),
        ({"signs": ("more_air",)}, "signs", True),
        ({"signs": ()}, "signs", False),
        ({"fibrosis": False}, "fibrosis", False),
    ],
)
def test_hrct(change: dict[str, Any], field: str, hard: bool) -> None:
    good = scan("2025-06-01", "progression", "new_fine_reticulation", compared_with=day("2024-06-01"))
    assert check_hrct(good, WOMAN, TODAY) == ()
    (issue,) = check_hrct(replace(good, **change), WOMAN, TODAY)
    assert (issue.field, issue.hard) == (field, hard)


def test_signs_without_progression_are_asked_about() -> None:
    (issue,) = check_hrct(scan("2025-06-01", "stable", "new_fine_reticulation"), WOMAN, TODAY)
    assert issue.field == "signs"
    assert not issue.hard
