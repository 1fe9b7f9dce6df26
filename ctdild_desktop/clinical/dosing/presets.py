"""Published regimens as a table, and the dose that one gives for a patient's size.

The table is data (``resources/dosing/presets.csv``): each row names its trial, guideline or label, the lines
of the source review that state it, and whether it was checked elsewhere.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical.dosing.body import (
    Body,
    SurfaceFormula,
    body_inputs,
    surface,
    weight_input,
    weight_problem,
)
from ctdild_desktop.clinical.dosing.calculation import Calculation, Input, caution, finished
from ctdild_desktop.clinical.inputs import InputError, exact
from ctdild_desktop.language import remembered, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One published regimen."""

    id: str
    drug: str
    """Code of the drug list."""
    label: str
    route: str
    basis: str
    """``mg``, ``mg/m2`` and ``mg/kg`` for each dose; ``mg/d`` and ``mg/kg/d`` for each day."""
    amount: Decimal
    amount_max: Decimal | None
    """The upper end where the source gives a range."""
    step: Decimal | None
    """The suggestion is rounded to this, in mg; None for a fixed dose."""
    cap: Decimal | None
    """Highest dose in mg."""
    calculator: str
    """``body`` for :func:`dose`; else the module of this package whose rules apply besides."""
    days: tuple[int, ...]
    """Days of the planned doses, the first being day 0."""
    further_days: tuple[int, ...]
    """Days of doses that the source adds where they are needed."""
    schedule: str
    source: str
    review: str
    """Lines of the source review."""
    check: str
    """``verified``: found in a source besides the review; ``review only``."""


@remembered
def presets() -> Mapping[str, Preset]:
    """All regimens by id, in the order of the table; each row names its source."""
    path = resources() / "dosing" / "presets.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: _preset(row) for row in csv.DictReader(file, strict=True)}


def _preset(row: dict[str, str]) -> Preset:
    def amount(name: str) -> Decimal | None:
        return Decimal(row[name]) if row[name] else None

    return Preset(
        id=row["id"],
        drug=row["drug"],
        label=say(row["label"]),
        route=row["route"],
        basis=row["basis"],
        amount=Decimal(row["amount"]),
        amount_max=amount("amount_max"),
        step=amount("step"),
        cap=amount("cap"),
        calculator=row["calculator"],
        days=tuple(int(day) for day in row["days"].split()),
        further_days=tuple(int(day) for day in row["further_days"].split()),
        schedule=say(row["schedule"]),
        source=row["source"],
        review=row["review"],
        check=row["check"],
    )


def planned_days(preset: Preset, first: dt.date, *, further: bool = False) -> tuple[dt.date, ...]:
    """The days of a regimen's doses when the first is given on ``first`` (source: that of the regimen)."""
    days = (*preset.days, *(preset.further_days if further else ()))
    return tuple(first + dt.timedelta(days=day) for day in days)


def dose(
    preset: Preset,
    body: Body,
    on: dt.date,
    *,
    amount: Decimal | None = None,
    formula: SurfaceFormula = SurfaceFormula.MOSTELLER,
    surface_cap: Decimal | None = None,
) -> Calculation:
    """The dose of a regimen for a patient's size on a day (source: that of the regimen).

    ``amount`` chooses inside the range of a regimen that has one. Body surface area is not limited unless
    ``surface_cap`` (m²) says so. Blocked when a needed weight or height is missing or cannot serve.

    Raises:
        InputError: the amount lies outside the regimen, or a weight or height cannot be one.
        ValueError: the regimen has rules of its own and is computed by another module of this package.
    """
    if preset.calculator != "body":
        raise ValueError(f"{preset.id} is computed by dosing.{preset.calculator}")
    chosen = chosen_amount(preset, amount)
    draft = Calculation(
        id=preset.id,
        title=preset.label,
        formula=f"{chosen} {preset.basis.replace('m2', 'm²')}",
        unit="mg/d" if preset.basis.endswith("/d") else "mg",
        source=preset.source,
        step=preset.step,
        cap=preset.cap,
    )
    if preset.basis in {"mg", "mg/d"}:
        return replace(draft, result=chosen, suggestion=chosen)
    if preset.basis == "mg/kg":
        blocked = weight_problem(body.weight, on)
        if blocked or body.weight is None:
            return replace(draft, blocked=blocked)
        made = replace(
            draft, inputs=(weight_input(body.weight),), formula=say("{chosen} mg/kg × weight", chosen=chosen)
        )
        return finished(made, chosen * body.weight.value)
    area = surface(body, on, formula=formula, cap=surface_cap)
    if area.result is None:
        return replace(draft, inputs=body_inputs(body), blocked=area.blocked)
    used = surface_cap if area.capped and surface_cap is not None else area.result
    made = replace(
        draft,
        formula=say("{chosen} mg/m² × {formula}", chosen=chosen, formula=area.formula),
        inputs=(*area.inputs, Input("body surface area", used, "m²", on)),
        warnings=(caution("SURFACE_CAPPED", "Body surface area taken as {cap} m².", cap=surface_cap),)
        if area.capped and surface_cap is not None
        else (),
    )
    return finished(made, chosen * used)


def chosen_amount(preset: Preset, amount: Decimal | None) -> Decimal:
    """The amount of a regimen, or the one chosen inside its range (source: that of the regimen).

    Raises:
        InputError: the amount lies outside.
    """
    if amount is None:
        return preset.amount
    exact("The dose", amount)
    if not preset.amount <= amount <= (preset.amount_max or preset.amount):
        raise InputError(
            say(
                "{amount} {basis} is not a dose of {preset}.",
                amount=amount,
                basis=preset.basis,
                preset=preset.label,
            )
        )
    return amount
