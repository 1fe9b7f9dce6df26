"""Body surface area, and whether a recorded weight and height may be used for a dose.

Mosteller RD, N Engl J Med 1987;317:1098: the root of height (cm) × weight (kg) / 3600. Du Bois D, Du Bois EF,
Arch Intern Med 1916;17:863: 0.007184 × height^0.725 × weight^0.425. A weight serves for 90 days; that span is
a decision of this program.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from ctdild_desktop.clinical.dosing.calculation import (
    Calculation,
    Input,
    Measured,
    Undated,
    finished,
    too_late,
)
from ctdild_desktop.clinical.inputs import InputError, exact
from ctdild_desktop.clinical.limits import check_value, field_limits
from ctdild_desktop.clinical.verdict import Sentence, sentence

WEIGHT_DAYS = 90
DIGITS = 40
SURFACE_CAP = Decimal("2.0")
"""m², where a site has set that larger surfaces are dosed as this one."""


class SurfaceFormula(StrEnum):
    """The two formulas of body surface area."""

    MOSTELLER = "mosteller"
    DU_BOIS = "du_bois"


@dataclass(frozen=True, slots=True)
class Body:
    """What is recorded of a patient's size; None when it is not."""

    weight: Measured | None = None
    height: Measured | Undated | None = None


def mosteller(height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    """Body surface area in m² to 40 digits (Mosteller 1987)."""
    with localcontext(prec=DIGITS):
        return (height_cm * weight_kg / 3600).sqrt()


def du_bois(height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    """Body surface area in m² to 40 digits (Du Bois 1916)."""
    with localcontext(prec=DIGITS):
        return Decimal("0.007184") * height_cm ** Decimal("0.725") * weight_kg ** Decimal("0.425")


def surface(
    body: Body, on: dt.date, *, formula: SurfaceFormula = SurfaceFormula.MOSTELLER, cap: Decimal | None = None
) -> Calculation:
    """Body surface area for a dose on a day (Mosteller 1987, or Du Bois 1916); blocked without valid inputs.

    Raises:
        InputError: the weight or the height cannot be one.
    """
    blocked = (*weight_problem(body.weight, on), *height_problem(body.height, on))
    known = formula is SurfaceFormula.MOSTELLER
    draft = Calculation(
        id="BSA",
        title="Body surface area",
        formula="√(height cm × weight kg / 3600)"
        if known
        else "0.007184 × height cm^0.725 × weight kg^0.425",
        unit="m²",
        source="Mosteller 1987" if known else "Du Bois and Du Bois 1916",
        inputs=body_inputs(body),
        cap=cap,
        blocked=blocked,
    )
    if blocked or body.weight is None or body.height is None:
        return draft
    made = mosteller if known else du_bois
    return finished(draft, made(body.height.value, body.weight.value))


def body_inputs(body: Body) -> tuple[Input, ...]:
    """Height and weight as inputs of a calculation."""
    made = []
    if body.height is not None:
        made.append(Input("height", body.height.value, "cm", body.height.date))
    if body.weight is not None:
        made.append(weight_input(body.weight))
    return tuple(made)


def weight_input(weight: Measured) -> Input:
    """A weight as an input of a calculation."""
    return Input("weight", weight.value, "kg", weight.date)


def weight_problem(weight: Measured | None, on: dt.date) -> tuple[Sentence, ...]:
    """Why a weight cannot serve on a day: missing, more than 90 days old, or later than that day.

    Raises:
        InputError: the number cannot be a weight.
    """
    if weight is None:
        return (sentence("A weight is needed."),)
    _possible("weight_kg", weight.value)
    age = (on - weight.date).days
    if age > WEIGHT_DAYS:
        text = "The weight of {date} is {days} days old; one of the last {limit} days is needed."
        return (sentence(text, date=weight.date, days=age, limit=WEIGHT_DAYS),)
    return too_late("weight", weight, on)


def height_problem(height: Measured | Undated | None, on: dt.date) -> tuple[Sentence, ...]:
    """Why a height cannot serve on a day: missing, or later than that day.

    Raises:
        InputError: the number cannot be a height.
    """
    if height is None:
        return (sentence("A height is needed."),)
    _possible("height_cm", height.value)
    return too_late("height", height, on)


def _possible(field: str, value: Decimal) -> None:
    limits = field_limits()[field]
    exact(limits.name, value)
    issue = check_value(field, value, limits)
    if issue is not None and issue.hard:
        raise InputError(issue.text)
