"""Daily cyclophosphamide: 2 mg/kg, less by age and kidney function, and the stepwise scheme of the SLS.

2 mg/kg a day to 200 mg: KDIGO and the control arm of RAVE. Reductions: KDIGO, or EUVAS where a site sets it.
Stepwise: Scleroderma Lung Study (Tashkin, N Engl J Med 2006). Tablets hold 50 mg; a daily mean in steps of
25 mg can be given.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.dosing.body import weight_input, weight_problem
from ctdild_desktop.clinical.dosing.calculation import (
    Calculation,
    Input,
    Measured,
    caution,
    finished,
    to_step,
    too_late,
)
from ctdild_desktop.clinical.inputs import exact
from ctdild_desktop.clinical.verdict import sentence
from ctdild_desktop.language import say

HIGHEST = Decimal(200)
STEP = Decimal(25)


class OralRule(StrEnum):
    """How 2 mg/kg a day is lowered."""

    KDIGO = "kdigo"
    """1.5 mg/kg from 60 to 70 years, 1.0 over 70, 0.5 less below an eGFR of 30."""
    EUVAS = "euvas"
    """25 % less above 60 years, 50 % less above 75."""


@dataclass(frozen=True, slots=True)
class DailyStep:
    """From this day on, so many mg a day."""

    start: dt.date
    mg: Decimal


def daily(
    weight: Measured | None,
    age: int | None,
    on: dt.date,
    *,
    egfr: Measured | None = None,
    rule: OralRule = OralRule.KDIGO,
) -> Calculation:
    """The daily dose by body weight, at most 200 mg, to the nearest 25 mg (KDIGO, or EUVAS).

    ``age`` is in completed years. Without an eGFR (mL/min/1.73 m²) the dose of KDIGO comes with a warning.

    Raises:
        InputError: a number cannot be what it is given for.
    """
    blocked = [*weight_problem(weight, on)]
    inputs = [weight_input(weight)] if weight is not None else []
    if age is None:
        blocked.append(sentence("The birth date is needed."))
    else:
        exact("Age", age, high=130)
        inputs.append(Input("age", age, "years", on))
    if egfr is not None:
        exact("eGFR", egfr.value)
        blocked += too_late("eGFR", egfr, on)
        inputs.append(Input("eGFR", egfr.value, "mL/min/1.73 m²", egfr.date))
    draft = Calculation(
        id="CYC_PO",
        title="Cyclophosphamide by mouth",
        formula="2 mg/kg × weight, less by age and kidney function",
        unit="mg/d",
        source="KDIGO; RAVE" if rule is OralRule.KDIGO else "EUVAS",
        inputs=tuple(inputs),
        step=STEP,
        cap=HIGHEST,
        blocked=tuple(blocked),
    )
    if blocked or weight is None or age is None:
        return draft
    if rule is OralRule.EUVAS:
        factor = Decimal("0.5") if age > 75 else Decimal("0.75") if age > 60 else Decimal(1)
        made = replace(draft, formula=say("2 mg/kg × {factor} × weight", factor=factor))
        return finished(made, 2 * factor * weight.value)
    per_kg = Decimal(2) if age < 60 else Decimal("1.5") if age <= 70 else Decimal("1.0")
    warnings = []
    if egfr is None:
        text = "No eGFR is given; below 30 mL/min/1.73 m² the rule takes off 0.5 mg/kg."
        warnings.append(caution("EGFR_MISSING", text))
    elif egfr.value < 30:
        per_kg -= Decimal("0.5")
    made = replace(draft, formula=say("{per_kg} mg/kg × weight", per_kg=per_kg), warnings=tuple(warnings))
    return finished(made, per_kg * weight.value)


def stepwise(weight_kg: Decimal, start: dt.date) -> tuple[DailyStep, ...]:
    """The scheme of the Scleroderma Lung Study: 1 mg/kg a day, 25 mg more each month to 2 mg/kg.

    Both ends to the nearest 25 mg, and never above 200 mg a day.

    Raises:
        InputError: the weight is not a finite number, or is negative.
    """
    exact("The weight", weight_kg, low=1)
    first, last = (to_step(min(per_kg * weight_kg, HIGHEST), STEP, HIGHEST) for per_kg in (1, 2))
    count = int((last - first) / STEP)
    return tuple(DailyStep(add_months(start, month), first + month * STEP) for month in range(count + 1))
