"""Body surface area, doses by size, and what blocks them."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.dosing.body import (
    SURFACE_CAP,
    Body,
    SurfaceFormula,
    du_bois,
    mosteller,
    surface,
)
from ctdild_desktop.clinical.dosing.calculation import Calculation, Measured, to_step
from ctdild_desktop.clinical.dosing.presets import dose, planned_days, presets
from ctdild_desktop.clinical.inputs import InputError
from ctdild_desktop.clinical.wording import rounded
from tests.support.people import day

ON = day("2024-03-01")


def body(height: str, weight: str, weighed: str = "2024-02-20") -> Body:
    return Body(
        weight=Measured(Decimal(weight), day(weighed)), height=Measured(Decimal(height), day("2020-01-01"))
    )


def result(made: Calculation, places: int = 1) -> str:
    assert made.result is not None
    return str(rounded(made.result, places))


@pytest.mark.parametrize(
    ("height", "weight", "by_mosteller", "by_du_bois", "doses"),
    [
        ("170", "70", "1.8181", "1.8097", ("681.8", "909.1", "1090.9", "1818.1")),
        ("158", "52.5", "1.5179", "1.5187", ("569.2", "759.0", "910.8", "1517.9")),
        ("182", "110", "2.3582", "2.3041", ("884.3", "1179.1", "1414.9", "2358.2")),
    ],
)
def test_surfaces_and_doses_of_the_table(
    height: str, weight: str, by_mosteller: str, by_du_bois: str, doses: tuple[str, ...]
) -> None:
    size = body(height, weight)
    assert result(surface(size, ON), 4) == by_mosteller
    assert result(surface(size, ON, formula=SurfaceFormula.DU_BOIS), 4) == by_du_bois
    known = presets()
    made = (
        dose(known["RTX_375x4"], size, ON),
        dose(known["CYC_NIH"], size, ON),
        dose(known["CYC_600"], size, ON),
        dose(known["CYC_NIH"], size, ON, amount=Decimal(1000)),
    )
    assert tuple(result(one) for one in made) == doses


@given(st.decimals("100", "230", places=1), st.decimals("20", "300", places=1))
def test_surfaces_agree_with_floats(height: Decimal, weight: Decimal) -> None:
    h, w = float(height), float(weight)
    assert float(mosteller(height, weight)) == pytest.approx(math.sqrt(h * w / 3600), rel=1e-12)
    assert float(du_bois(height, weight)) == pytest.approx(0.007184 * h**0.725 * w**0.425, rel=1e-12)
    root = mosteller(height, weight)
    assert abs(root * root - height * weight / 3600) < Decimal("1e-25")


def test_rituximab_by_surface() -> None:
    made = dose(presets()["RTX_375x4"], body("165", "61"), ON)
    assert result(surface(body("165", "61"), ON), 4) == "1.6721"
    assert (result(made), made.suggestion, made.step, made.capped) == ("627.0", 650, 50, False)
    assert [(one.name, one.date) for one in made.inputs] == [
        ("height", day("2020-01-01")),
        ("weight", day("2024-02-20")),
        ("body surface area", ON),
    ]
    assert made.formula == "375 mg/m² × √(height cm × weight kg / 3600)"
    assert made.source


def test_cyclophosphamide_by_surface() -> None:
    made = dose(presets()["CYC_600"], body("176", "83"), ON)
    assert result(surface(body("176", "83"), ON), 4) == "2.0144"
    assert (result(made), made.suggestion) == ("1208.6", 1200)


def test_a_site_may_limit_the_surface() -> None:
    made = dose(presets()["CYC_600"], body("176", "83"), ON, surface_cap=SURFACE_CAP)
    assert (made.result, made.suggestion) == (1200, 1200)
    assert [caution.code for caution in made.warnings] == ["SURFACE_CAPPED"]
    small = dose(presets()["CYC_600"], body("165", "61"), ON, surface_cap=SURFACE_CAP)
    assert small.warnings == ()


@pytest.mark.parametrize(
    ("size", "blocked"),
    [
        (Body(), ["A weight is needed.", "A height is needed."]),
        (Body(weight=Measured(Decimal(70), ON)), ["A height is needed."]),
        (body("170", "70", "2023-12-02"), []),
        (
            body("170", "70", "2023-12-01"),
            ["The weight of 2023-12-01 is 91 days old; one of the last 90 days is needed."],
        ),
        (body("170", "70", "2024-03-02"), ["The weight of 2024-03-02 is later than the day of the dose."]),
    ],
)
def test_what_blocks_a_dose(size: Body, blocked: list[str]) -> None:
    made = dose(presets()["RTX_375x4"], size, ON)
    assert [str(one) for one in made.blocked] == blocked
    assert (made.result is None) is bool(blocked)
    assert (made.suggestion is None) is bool(blocked)


@pytest.mark.parametrize(
    ("height", "weight", "text"),
    [
        ("1.70", "70", "was it in m"),
        ("170", "700", "Weight must be between 20 and 300 kg"),
        ("NaN", "70", "Height is not a number"),
        ("170", "-70", "Weight cannot be below 0"),
    ],
)
def test_a_size_that_cannot_be_is_refused(height: str, weight: str, text: str) -> None:
    with pytest.raises(InputError, match=text):
        surface(body(height, weight), ON)


@pytest.mark.parametrize(
    ("weight", "result_mg", "suggestion", "capped"),
    [("61.3", "490.4", 490, False), ("100", "800.0", 800, False), ("104", "832.0", 800, True)],
)
def test_tocilizumab_by_weight(weight: str, result_mg: str, suggestion: int, capped: bool) -> None:
    made = dose(presets()["TCZ_IV"], body("170", weight), ON)
    assert (result(made), made.suggestion, made.capped, made.cap) == (result_mg, suggestion, capped, 800)


@pytest.mark.parametrize(
    ("preset", "amount", "unit"),
    [
        ("RTX_1000x2", 1000, "mg"),
        ("TCZ_SC", 162, "mg"),
        ("MMF_SLS2", 3000, "mg/d"),
        ("PFD_801", 2403, "mg/d"),
    ],
)
def test_fixed_doses_need_no_size(preset: str, amount: int, unit: str) -> None:
    made = dose(presets()[preset], Body(), ON)
    assert (made.result, made.suggestion, made.unit, made.blocked) == (amount, amount, unit, ())


def test_an_amount_outside_the_regimen_is_refused() -> None:
    for amount in ("499", "1001"):
        with pytest.raises(InputError, match="is not a dose of 500 to 1000"):
            dose(presets()["CYC_NIH"], body("170", "70"), ON, amount=Decimal(amount))
    with pytest.raises(ValueError, match=r"computed by dosing\.cyclophosphamide_iv"):
        dose(presets()["CYC_15"], body("170", "70"), ON)


def test_planned_days() -> None:
    known = presets()
    assert planned_days(known["RTX_375x4"], day("2024-02-26")) == tuple(
        day(text) for text in ("2024-02-26", "2024-03-04", "2024-03-11", "2024-03-18")
    )
    first = day("2024-01-01")
    weeks = [(date - first).days / 7 for date in planned_days(known["CYC_15"], first, further=True)]
    assert weeks == [0, 2, 4, 7, 10, 13, 16, 19, 21, 24]
    assert len(planned_days(known["CYC_15"], first)) == 6


def test_every_regimen_is_complete() -> None:
    for preset in presets().values():
        drug = drugs().get(preset.drug)
        assert drug is not None, preset.id
        assert preset.route in drug.routes, preset.id
        assert preset.basis in {"mg", "mg/m2", "mg/kg", "mg/d", "mg/kg/d"}
        assert preset.calculator in {"body", "cyclophosphamide_iv", "cyclophosphamide_po", "azathioprine"}
        assert preset.check in {"verified", "review only"}
        assert preset.source
        assert preset.days == tuple(sorted(preset.days))
        assert preset.amount_max is None or preset.amount_max > preset.amount
        assert all(
            1 <= int(line) <= 526 for part in preset.review.split(", ") if part for line in part.split("-")
        )


@given(
    st.decimals("0", "5000", places=3),
    st.sampled_from([Decimal(1), Decimal(25), Decimal(50)]),
    st.one_of(st.none(), st.sampled_from([Decimal(1490), Decimal(1500), Decimal(1200)])),
)
def test_steps_are_the_nearest_and_never_above_the_cap(
    value: Decimal, step: Decimal, cap: Decimal | None
) -> None:
    made = to_step(value if cap is None else min(value, cap), step, cap)
    assert made % step == 0
    if cap is None:
        assert abs(made - value) <= step / 2
        assert made - value != -step / 2, "half is rounded up"
    else:
        assert made <= cap


def test_ages_of_weights_at_the_turn_of_the_year() -> None:
    weighed = dt.date(2023, 12, 31)
    size = Body(weight=Measured(Decimal(70), weighed), height=Measured(Decimal(170), weighed))
    assert dose(presets()["CYC_600"], size, weighed + dt.timedelta(days=90)).blocked == ()
    assert dose(presets()["CYC_600"], size, weighed + dt.timedelta(days=91)).blocked != ()
