"""Cyclophosphamide by vein and by mouth: reductions at their limits, caps, blood counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.dosing.body import Body
from ctdild_desktop.clinical.dosing.calculation import Measured
from ctdild_desktop.clinical.dosing.cyclophosphamide_iv import (
    CYCLOPS_CAP,
    PulseRule,
    after_nadir,
    counts_before,
    monthly,
    pulse,
)
from ctdild_desktop.clinical.dosing.cyclophosphamide_po import OralRule, daily, stepwise
from ctdild_desktop.clinical.dosing.presets import presets
from ctdild_desktop.clinical.inputs import InputError
from tests.support.people import day

ON = day("2024-03-01")


def on(value: str, date: str = "2024-02-28") -> Measured:
    return Measured(Decimal(value), day(date))


@pytest.mark.parametrize(
    ("age", "creatinine", "kg", "formula", "mg", "suggestion", "capped"),
    [
        (59, "90", "68", "15 mg/kg × weight", "1020", 1000, False),
        (60, "299", "68", "12.5 mg/kg × weight", "850", 850, False),
        (70, "300", "68", "10.0 mg/kg × weight", "680", 700, False),
        (71, "420", "68", "7.5 mg/kg × weight", "510", 500, False),
        (45, "80", "112", "15 mg/kg × weight", "1680", 1500, True),
        (59, "299.99", "60", "15 mg/kg × weight", "900", 900, False),
        (59, "300", "60", "12.5 mg/kg × weight", "750", 750, False),
        (70, "299", "60", "12.5 mg/kg × weight", "750", 750, False),
        (71, "299", "60", "10 mg/kg × weight", "600", 600, False),
        (59, "500", "60", "12.5 mg/kg × weight", "750", 750, False),
        (45, "80", "100", "15 mg/kg × weight", "1500", 1500, False),
    ],
)
def test_pulses_by_weight(
    *, age: int, creatinine: str, kg: str, formula: str, mg: str, suggestion: int, capped: bool
) -> None:
    made = pulse(on(kg), age, ON, creatinine=on(creatinine))
    assert made.formula == formula
    assert (made.result, made.suggestion, made.capped) == (Decimal(mg), suggestion, capped)
    assert (made.cap, made.step, made.warnings) == (1500, 50, ())
    assert [one.name for one in made.inputs] == ["weight", "age", "creatinine"]


@pytest.mark.parametrize(
    ("values", "blocked"),
    [
        ({"creatinine": on("501")}, ["No dose was published for a creatinine above 500 µmol/L."]),
        ({"creatinine": on("500.01")}, ["No dose was published for a creatinine above 500 µmol/L."]),
        ({}, ["Creatinine is needed."]),
        ({"age": None, "creatinine": on("80")}, ["The birth date is needed."]),
        (
            {"creatinine": on("80", "2024-03-02")},
            ["The creatinine of 2024-03-02 is later than the day of the dose."],
        ),
        ({"weight": None, "creatinine": on("80")}, ["A weight is needed."]),
        ({"rule": PulseRule.KDIGO, "creatinine": on("80")}, ["eGFR is needed."]),
    ],
)
def test_what_blocks_a_pulse(values: dict[str, Any], blocked: list[str]) -> None:
    given_values: dict[str, Any] = {"weight": on("68"), "age": 45} | values
    made = pulse(given_values.pop("weight"), given_values.pop("age"), ON, **given_values)
    assert [str(one) for one in made.blocked] == blocked
    assert (made.result, made.suggestion) == (None, None)


def test_old_blood_is_warned_of() -> None:
    assert pulse(on("68"), 45, ON, creatinine=on("80", "2024-02-23")).warnings == ()
    made = pulse(on("68"), 45, ON, creatinine=on("80", "2024-02-22"))
    assert [caution.code for caution in made.warnings] == ["OLD_BLOOD_TEST"]
    assert made.suggestion == 1000


def test_the_lower_cap_of_cyclops() -> None:
    made = pulse(on("90"), 45, ON, creatinine=on("80"), cap=CYCLOPS_CAP)
    assert (made.result, made.suggestion, made.capped) == (1350, 1200, True)


@pytest.mark.parametrize(
    ("age", "egfr", "mg"),
    [(59, "30", "1020"), (59, "29.9", "850"), (60, "29.9", "680"), (71, "29.9", "510"), (71, "90", "680")],
)
def test_the_kdigo_variant(age: int, egfr: str, mg: str) -> None:
    made = pulse(on("68"), age, ON, egfr=on(egfr), rule=PulseRule.KDIGO)
    assert (made.id, made.result) == ("CYC_KDIGO", Decimal(mg))


@given(
    st.integers(18, 95),
    st.decimals("20", "500", places=0),
    st.decimals("35", "200", places=1),
    st.integers(0, 10),
    st.decimals("0", "50", places=0),
)
def test_older_or_sicker_kidneys_never_get_more(
    age: int, creatinine: Decimal, kg: Decimal, older: int, more: Decimal
) -> None:
    weight = Measured(kg, ON)
    first = pulse(weight, age, ON, creatinine=Measured(creatinine, ON))
    second = pulse(weight, age + older, ON, creatinine=Measured(min(creatinine + more, Decimal(500)), ON))
    assert first.suggestion is not None
    assert second.suggestion is not None
    assert second.suggestion <= first.suggestion <= 1500


def test_monthly_pulses_and_kidney_function() -> None:
    body = Body(weight=on("83"), height=on("176"))
    made = monthly(body, ON, egfr=on("30"))
    assert (made.id, made.suggestion, made.warnings) == ("CYC_600", 1200, ())
    low = monthly(body, ON, egfr=on("29.9"))
    assert low.suggestion == 1200
    assert [str(one.text) for one in low.warnings] == [
        "eGFR of 2024-02-28 below 30 mL/min/1.73 m²: lowered by 25 to 50 % this is 600 to 900 mg."
    ]
    assert [one.code for one in monthly(body, ON).warnings] == ["EGFR_MISSING"]
    nih = monthly(body, ON, preset=presets()["CYC_NIH"], amount=Decimal(750), egfr=on("80"))
    assert (nih.id, nih.suggestion) == ("CYC_NIH", 1500)
    assert monthly(Body(), ON).blocked != ()


@pytest.mark.parametrize(
    ("counts", "codes"),
    [
        (("4.0", "2.0", "100"), []),
        (("3.99", "2.0", "100"), ["POSTPONE"]),
        (("3.49", "2.0", "100"), ["POSTPONE", "INFORM"]),
        (("4.0", "1.99", "100"), ["POSTPONE", "INFORM"]),
        (("4.0", "1.49", "100"), ["LOWER_OR_POSTPONE", "POSTPONE", "INFORM"]),
        (("4.0", "1.5", "99"), ["POSTPONE", "INFORM", "INFORM"]),
        ((None, "2.0", "100"), ["COUNT_MISSING"]),
    ],
)
def test_blood_counts_before_a_pulse(counts: tuple[str | None, ...], codes: list[str]) -> None:
    wbc, neutrophils, platelets = (None if one is None else Decimal(one) for one in counts)
    found = counts_before(wbc=wbc, neutrophils=neutrophils, platelets=platelets)
    assert [caution.code for caution in found] == codes


@pytest.mark.parametrize(
    ("nadir", "mg", "suggestion"),
    [
        ("3.0", "1000", 1000),
        ("2.99", "800", 800),
        ("2.0", "800", 800),
        ("1.99", "600", 600),
        ("1.0", "600", 600),
    ],
)
def test_the_pulse_after_a_nadir(nadir: str, mg: str, suggestion: int) -> None:
    made = after_nadir(Decimal(1000), Decimal(nadir))
    assert (made.result, made.suggestion) == (Decimal(mg), suggestion)
    assert after_nadir(Decimal(1000), Decimal("0.99")).blocked != ()


@pytest.mark.parametrize(
    ("age", "kg", "egfr", "mg", "suggestion", "capped"),
    [
        (50, "108", None, "216", 200, True),
        (64, "70", "25", "70", 75, False),
        (59, "70", "30", "140", 150, False),
        (60, "70", "30", "105", 100, False),
        (70, "70", "90", "105", 100, False),
        (71, "70", "90", "70", 75, False),
        (71, "70", "29", "35", 25, False),
        (50, "100", "90", "200", 200, False),
    ],
)
def test_daily_doses_of_kdigo(
    *, age: int, kg: str, egfr: str | None, mg: str, suggestion: int, capped: bool
) -> None:
    made = daily(on(kg), age, ON, egfr=None if egfr is None else on(egfr))
    assert (made.result, made.suggestion, made.capped) == (Decimal(mg), suggestion, capped)
    assert [caution.code for caution in made.warnings] == ([] if egfr else ["EGFR_MISSING"])


@pytest.mark.parametrize(("age", "mg"), [(60, "140"), (61, "105.00"), (75, "105.00"), (76, "70.0")])
def test_daily_doses_of_euvas(age: int, mg: str) -> None:
    made = daily(on("70"), age, ON, rule=OralRule.EUVAS)
    assert (made.result, made.source, made.warnings) == (Decimal(mg), "EUVAS", ())


def test_what_blocks_a_daily_dose() -> None:
    made = daily(on("70", "2023-11-01"), None, ON)
    assert [str(one) for one in made.blocked] == [
        "The weight of 2023-11-01 is 121 days old; one of the last 90 days is needed.",
        "The birth date is needed.",
    ]
    with pytest.raises(InputError, match="Age cannot be below 0"):
        daily(on("70"), -1, ON)
    with pytest.raises(InputError, match="creatinine is not a number"):
        pulse(on("70"), 50, ON, creatinine=on("NaN"))


def test_the_stepwise_scheme() -> None:
    steps = stepwise(Decimal(70), day("2024-01-31"))
    assert [(step.start.isoformat(), step.mg) for step in steps] == [
        ("2024-01-31", 75),
        ("2024-02-29", 100),
        ("2024-03-31", 125),
        ("2024-04-30", 150),
    ]
    assert [step.mg for step in stepwise(Decimal(120), ON)] == [125, 150, 175, 200]
