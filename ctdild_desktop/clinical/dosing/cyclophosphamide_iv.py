"""Cyclophosphamide pulses: 15 mg/kg reduced by age and kidney function, monthly mg/m², and blood counts.

15 mg/kg with its table of reductions: EULAR recommendations and the CYCLOPS trial (de Groot 2009). KDIGO
takes off 2.5 mg/kg below an eGFR of 30. Monthly 500 to 1000 mg/m²: NIH scheme; 600 mg/m²: FAST (Hoyles 2006)
and RECITAL. Blood counts: EUVAS, NHS Lanarkshire and PMC7771069, as each sentence says.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from ctdild_desktop.clinical.dosing.body import Body, weight_input, weight_problem
from ctdild_desktop.clinical.dosing.calculation import (
    Calculation,
    Input,
    Measured,
    caution,
    finished,
    too_late,
)
from ctdild_desktop.clinical.dosing.presets import Preset, dose, presets
from ctdild_desktop.clinical.inputs import exact
from ctdild_desktop.clinical.verdict import Caution, Sentence, sentence
from ctdild_desktop.language import say

CYCLOPS_CAP = Decimal(1200)
"""mg: the highest pulse of the CYCLOPS trial, for sites that set it in place of 1500 mg."""
BLOOD_DAYS = 7


class PulseRule(StrEnum):
    """How a pulse of 15 mg/kg is lowered."""

    EULAR = "eular"
    """By age and creatinine."""
    KDIGO = "kdigo"
    """By age, and by 2.5 mg/kg below an eGFR of 30."""


def pulse(
    weight: Measured | None,
    age: int | None,
    on: dt.date,
    *,
    creatinine: Measured | None = None,
    egfr: Measured | None = None,
    rule: PulseRule = PulseRule.EULAR,
    cap: Decimal | None = None,
) -> Calculation:
    """A pulse by body weight: 15, 12.5 or 10 mg/kg under 60, to 70 and over 70 years (EULAR; CYCLOPS).

    ``age`` is in completed years on the day. 2.5 mg/kg less with a creatinine (µmol/L) from 300 to 500; above
    500 no rule was published and the answer is blocked. The cap is 1500 mg unless another is given. With
    ``PulseRule.KDIGO`` eGFR (mL/min/1.73 m²) takes the place of creatinine.

    Raises:
        InputError: a number cannot be what it is given for.
    """
    kidney = creatinine if rule is PulseRule.EULAR else egfr
    name, unit = ("creatinine", "µmol/L") if rule is PulseRule.EULAR else ("eGFR", "mL/min/1.73 m²")
    inputs = [weight_input(weight)] if weight is not None else []
    if age is not None:
        exact("Age", age, high=130)
        inputs.append(Input("age", age, "years", on))
    if kidney is not None:
        exact(name, kidney.value)
        inputs.append(Input(name, kidney.value, unit, kidney.date))
    blocked = [*weight_problem(weight, on)]
    if age is None:
        blocked.append(sentence("The birth date is needed."))
    blocked += _kidney_problem(name, kidney, on, rule)
    draft = Calculation(
        id="CYC_15" if rule is PulseRule.EULAR else "CYC_KDIGO",
        title="Cyclophosphamide pulse by weight",
        formula="15 mg/kg × weight, less by age and kidney function",
        unit="mg",
        source="EULAR; CYCLOPS" if rule is PulseRule.EULAR else "KDIGO",
        inputs=tuple(inputs),
        step=Decimal(50),
        cap=presets()["CYC_15"].cap if cap is None else cap,
        blocked=tuple(blocked),
    )
    if blocked or weight is None or age is None or kidney is None:
        return draft
    per_kg = Decimal(15) if age < 60 else Decimal("12.5") if age <= 70 else Decimal(10)
    reduced = kidney.value >= 300 if rule is PulseRule.EULAR else kidney.value < 30
    per_kg -= Decimal("2.5") if reduced else 0
    made = replace(
        draft, formula=say("{per_kg} mg/kg × weight", per_kg=per_kg), warnings=_old_blood(name, kidney, on)
    )
    return finished(made, per_kg * weight.value)


def _kidney_problem(name: str, kidney: Measured | None, on: dt.date, rule: PulseRule) -> list[Sentence]:
    if kidney is None:
        return [sentence("{name} is needed.", name=name.capitalize() if name == "creatinine" else name)]
    if late := too_late(name, kidney, on):
        return [*late]
    if rule is PulseRule.EULAR and kidney.value > 500:
        return [sentence("No dose was published for a creatinine above 500 µmol/L.")]
    return []


def _old_blood(name: str, kidney: Measured, on: dt.date) -> tuple[Caution, ...]:
    days = (on - kidney.date).days
    if days <= BLOOD_DAYS:
        return ()
    text = "The {name} of {date} is {days} days old; blood is tested within {limit} days before a pulse."
    return (caution("OLD_BLOOD_TEST", text, name=name, date=kidney.date, days=days, limit=BLOOD_DAYS),)


def monthly(
    body: Body,
    on: dt.date,
    *,
    preset: Preset | None = None,
    amount: Decimal | None = None,
    egfr: Measured | None = None,
) -> Calculation:
    """A monthly pulse by body surface area: 600 mg/m² (FAST, RECITAL), or ``CYC_NIH`` from 500 to 1000 mg/m².

    Below an eGFR of 30 the warning states the dose lowered by 25 and by 50 %; without an eGFR it says so.

    Raises:
        InputError: a number cannot be what it is given for, or the amount lies outside the regimen.
    """
    made = dose(preset or presets()["CYC_600"], body, on, amount=amount)
    if made.result is None:
        return made
    if egfr is None:
        text = "No eGFR is given; below 30 mL/min/1.73 m² the dose is lowered by 25 to 50 %."
        return replace(made, warnings=(*made.warnings, caution("EGFR_MISSING", text)))
    exact("eGFR", egfr.value)
    if late := too_late("eGFR", egfr, on):
        return replace(made, result=None, suggestion=None, blocked=late)
    listed = (*made.inputs, Input("eGFR", egfr.value, "mL/min/1.73 m²", egfr.date))
    if egfr.value >= 30:
        return replace(made, inputs=listed)
    low = finished(made, made.result / 2).suggestion
    high = finished(made, made.result * 3 / 4).suggestion
    text = "eGFR of {date} below 30 mL/min/1.73 m²: lowered by 25 to 50 % this is {low} to {high} mg."
    told = caution("EGFR_LOW", text, date=egfr.date, low=low or Decimal(0), high=high or Decimal(0))
    return replace(made, inputs=listed, warnings=(*made.warnings, told))


def counts_before(
    *, wbc: Decimal | None = None, neutrophils: Decimal | None = None, platelets: Decimal | None = None
) -> tuple[Caution, ...]:
    """What published rules say of blood counts (10^9/L) on the day of a pulse.

    Neutrophils below 1.5: PMC7771069. Leucocytes below 4.0 or neutrophils below 2.0: EUVAS. Leucocytes below
    3.5, neutrophils below 2.0 or platelets below 100: NHS Lanarkshire. A count that is missing is named.
    """
    values = {"Leucocytes": wbc, "Neutrophils": neutrophils, "Platelets": platelets}
    rules = (
        ("Neutrophils", "1.5", "LOWER_OR_POSTPONE", "25 % less, or up to 2 weeks later (PMC7771069)"),
        ("Leucocytes", "4.0", "POSTPONE", "later, when recovered, and less (EUVAS)"),
        ("Neutrophils", "2.0", "POSTPONE", "later, when recovered, and less (EUVAS)"),
        ("Leucocytes", "3.5", "INFORM", "the prescriber is told (NHS Lanarkshire)"),
        ("Neutrophils", "2.0", "INFORM", "the prescriber is told (NHS Lanarkshire)"),
        ("Platelets", "100", "INFORM", "the prescriber is told (NHS Lanarkshire)"),
    )
    found = []
    for name, limit, code, text in rules:
        value = values[name]
        if value is not None and exact(name, value) < Decimal(limit):
            template = "{name} {value}, below {limit}: {rule}."
            found.append(caution(code, template, name=name, value=value, limit=Decimal(limit), rule=text))
    missing = [name for name, value in values.items() if value is None]
    return (*found, *(caution("COUNT_MISSING", "{name} are not given.", name=name) for name in missing))


def after_nadir(previous_mg: Decimal, wbc_nadir: Decimal) -> Calculation:
    """The next pulse after the lowest leucocytes (10^9/L) since the last one (EUVAS).

    20 % less for a nadir below 3, 40 % less below 2; below 1 blocked, for discussion; from 3 on unchanged.

    Raises:
        InputError: a number is not finite or is negative.
    """
    exact("The previous dose", previous_mg)
    nadir = exact("Leucocytes", wbc_nadir)
    draft = Calculation(
        id="CYC_NADIR",
        title="Next pulse after the nadir",
        formula="previous dose, 20 % less below 3 and 40 % less below 2 × 10⁹/L",
        unit="mg",
        source="EUVAS",
        inputs=(Input("previous dose", previous_mg, "mg"), Input("lowest leucocytes", wbc_nadir, "10⁹/L")),
        step=Decimal(50),
    )
    if nadir < 1:
        text = sentence("Leucocytes fell below 1: the rule stops and asks for discussion.")
        return replace(draft, blocked=(text,))
    kept = Decimal("0.6") if nadir < 2 else Decimal("0.8") if nadir < 3 else Decimal(1)
    return finished(draft, previous_mg * kept)
