"""Daily drugs: azathioprine by TPMT and NUDT15, mycophenolate, nintedanib, pirfenidone, and their titration.

Azathioprine: CPIC, Relling 2019, doi 10.1002/cpt.1304, with its 2024 update for two intermediate results.
Mycophenolate: Scleroderma Lung Study II. Nintedanib and pirfenidone: their labels.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from ctdild_desktop.clinical.dosing.body import weight_input, weight_problem
from ctdild_desktop.clinical.dosing.calculation import (
    Calculation,
    Input,
    Measured,
    caution,
    finished,
    to_step,
)
from ctdild_desktop.clinical.dosing.presets import Preset, chosen_amount, presets
from ctdild_desktop.clinical.inputs import InputError, exact
from ctdild_desktop.clinical.verdict import Caution, sentence
from ctdild_desktop.language import say


class Metaboliser(StrEnum):
    """What a TPMT or NUDT15 test says."""

    NORMAL = "normal"
    INTERMEDIATE = "intermediate"
    POOR = "poor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Azathioprine:
    """The target a day, and the part of it to start with, unrounded and to the nearest 25 mg."""

    target: Calculation
    start: tuple[Decimal, Decimal] | None = None
    start_suggestion: tuple[Decimal, Decimal] | None = None


def azathioprine(
    weight: Measured | None,
    on: dt.date,
    *,
    tpmt: Metaboliser | None = None,
    nudt15: Metaboliser | None = None,
    preset: Preset | None = None,
    mg_per_kg: Decimal | None = None,
) -> Azathioprine:
    """Target and start of azathioprine by metaboliser status (CPIC, doi 10.1002/cpt.1304, and 2024 update).

    Both normal: the full dose. One intermediate: 30 to 80 % of the target; both: 20 to 50 %. Either poor:
    blocked. A test not known is warned of and changes nothing. Without ``mg_per_kg`` the lower end of the
    regimen is taken.

    Raises:
        InputError: a number cannot be what it is given for.
    """
    regimen = preset or presets()["AZA_TARGET"]
    per_kg = chosen_amount(regimen, mg_per_kg)
    results = {"TPMT": tpmt, "NUDT15": nudt15}
    inputs = [weight_input(weight)] if weight is not None else []
    inputs += [Input(name, result.value) for name, result in results.items() if result is not None]
    blocked = [*weight_problem(weight, on)]
    if Metaboliser.POOR in results.values():
        blocked.append(
            sentence("For a poor metaboliser the source names no dose, but a drug of another kind.")
        )
    unknown = [name for name, result in results.items() if result is None]
    target = Calculation(
        id=regimen.id,
        title=regimen.label,
        formula=say("{per_kg} mg/kg × weight", per_kg=per_kg),
        unit="mg/d",
        source=regimen.source,
        inputs=tuple(inputs),
        step=regimen.step,
        warnings=tuple(caution("METABOLISER_UNKNOWN", "{test} is not known.", test=name) for name in unknown),
        blocked=tuple(blocked),
    )
    if blocked or weight is None:
        return Azathioprine(target=target)
    full = per_kg * weight.value
    lowered = list(results.values()).count(Metaboliser.INTERMEDIATE)
    low, high = (
        (Decimal(1), Decimal(1)),
        (Decimal("0.3"), Decimal("0.8")),
        (Decimal("0.2"), Decimal("0.5")),
    )[lowered]
    start = full * low, full * high
    step = regimen.step or Decimal(25)
    return Azathioprine(
        target=finished(target, full),
        start=start,
        start_suggestion=(to_step(start[0], step), to_step(start[1], step)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A dose of a titration, from ``start`` to ``stop`` (the last day, included; None: from then on)."""

    start: dt.date
    stop: dt.date | None
    mg: Decimal
    """Each intake."""
    times_a_day: int

    @property
    def mg_a_day(self) -> Decimal:
        """The daily dose."""
        return self.mg * self.times_a_day


def mycophenolate(
    start: dt.date, *, target_mg: Decimal = Decimal(3000), every_days: int = 7
) -> tuple[Step, ...]:
    """Mycophenolate mofetil from 500 mg twice a day, 500 mg a day more every 1 to 2 weeks, to the target.

    The target is 2 to 3 g a day in 2 doses, 1500 mg twice a day in the Scleroderma Lung Study II (Tashkin,
    Lancet Respir Med 2016). Each intake is half of the day's dose.

    Raises:
        InputError: the target is not from 2000 to 3000 mg in whole 500 mg, or the step not from 7 to 14 days.
    """
    exact("The target", target_mg, low=2000, high=3000)
    if target_mg % 500:
        raise InputError("The target is reached in steps of 500 mg.")
    exact("The step", every_days, low=7, high=14)
    count = int((target_mg - 1000) // 500)
    doses = [Decimal(1000 + 500 * step) for step in range(count + 1)]
    return _steps(start, [(dose / 2, every_days) for dose in doses], times=2)


def mofetil_of_sodium(mg: Decimal) -> Decimal:
    """The mycophenolate mofetil that a dose of mycophenolate sodium equals: 720 mg is 1000 mg (label)."""
    exact("The dose", mg)
    return mg * 1000 / 720


def sodium_of_mofetil(mg: Decimal) -> Decimal:
    """The mycophenolate sodium that a dose of mycophenolate mofetil equals: 1000 mg is 720 mg (label)."""
    exact("The dose", mg)
    return mg * 720 / 1000


class ChildPugh(StrEnum):
    """Class of liver disease."""

    A = "A"
    B = "B"
    C = "C"


def nintedanib(child_pugh: ChildPugh | None = None, *, lowered: bool = False) -> Calculation:
    """Nintedanib a day: 150 mg twice; 100 mg twice if lowered or in Child-Pugh A; none in B, C (label)."""
    preset = presets()["NIN_100" if lowered or child_pugh is ChildPugh.A else "NIN_150"]
    draft = Calculation(
        id=preset.id,
        title=preset.label,
        formula=preset.label,
        unit="mg/d",
        source=preset.source,
        inputs=() if child_pugh is None else (Input("Child-Pugh class", child_pugh.value),),
        cap=preset.cap,
    )
    if child_pugh in {ChildPugh.B, ChildPugh.C}:
        text = sentence("The label does not recommend it in Child-Pugh class {kind}.", kind=child_pugh.value)
        return replace(draft, blocked=(text,))
    return replace(draft, result=preset.amount, suggestion=preset.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pirfenidone:
    """The titration, and what limits it."""

    steps: tuple[Step, ...]
    warnings: tuple[Caution, ...] = ()


def pirfenidone(
    start: dt.date,
    *,
    gap: tuple[dt.date, dt.date] | None = None,
    fluvoxamine: bool = False,
    ciprofloxacin_750_twice: bool = False,
) -> Pirfenidone:
    """The titration of pirfenidone: 267, 534 and 801 mg three times a day, a week each (label).

    ``gap`` is the first day without the drug and the day of taking it again: from 14 days on it is titrated
    anew from that day. Fluvoxamine limits each dose to 267 mg, ciprofloxacin 750 mg twice a day to 534 mg.

    Raises:
        ValueError: the gap ends before it begins.
    """
    begin = start
    warnings = []
    if gap is not None:
        days = (gap[1] - gap[0]).days
        if days < 0:
            raise ValueError("the gap ends before it begins")
        if days >= 14:
            begin = gap[1]
            text = "{days} days without it: titrated again from {date}."
            warnings.append(caution("TITRATE_AGAIN", text, days=days, date=gap[1]))
    highest = Decimal(801)
    if ciprofloxacin_750_twice:
        highest = Decimal(534)
        warnings.append(caution("CIPROFLOXACIN", "With ciprofloxacin 750 mg twice a day, 534 mg at most."))
    if fluvoxamine:
        highest = Decimal(267)
        warnings.append(caution("FLUVOXAMINE", "With fluvoxamine, 267 mg at most."))
    doses = [Decimal(mg) for mg in (267, 534, 801) if mg <= highest]
    return Pirfenidone(steps=_steps(begin, [(mg, 7) for mg in doses], times=3), warnings=tuple(warnings))


def _steps(start: dt.date, doses: list[tuple[Decimal, int]], *, times: int) -> tuple[Step, ...]:
    """Doses one after another, each for so many days, the last one without end."""
    made = []
    for at, (mg, days) in enumerate(doses):
        following = start + dt.timedelta(days=days)
        last = None if at == len(doses) - 1 else following - dt.timedelta(days=1)
        made.append(Step(start=start, stop=last, mg=mg, times_a_day=times))
        start = following
    return tuple(made)
