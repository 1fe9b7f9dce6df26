"""What a dosing calculator answers; it states what a published rule gives and never writes a prescription.

Sources stand with each calculator; the steps to which a suggestion is rounded are decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.clinical.verdict import Caution, Sentence, sentence


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured value with its day."""

    value: Decimal
    date: dt.date


@dataclass(frozen=True, slots=True)
class Undated:
    """A value whose day is not recorded: only a height may be one."""

    value: Decimal
    date: None = None


@dataclass(frozen=True, slots=True)
class Input:
    """One value that a calculation used, as it is printed."""

    name: str
    value: Decimal | int | str
    unit: str = ""
    date: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """One calculation; ``result`` is None when it is blocked, and ``blocked`` says why."""

    id: str
    title: str
    formula: str
    unit: str
    source: str
    inputs: tuple[Input, ...] = ()
    result: Decimal | None = None
    """Unrounded and before the cap."""
    suggestion: Decimal | None = None
    """Rounded half up to ``step`` and never above ``cap``."""
    step: Decimal | None = None
    cap: Decimal | None = None
    capped: bool = False
    warnings: tuple[Caution, ...] = ()
    blocked: tuple[Sentence, ...] = ()


def finished(draft: Calculation, result: Decimal) -> Calculation:
    """The calculation with its result, the cap applied and the suggestion rounded to its step."""
    capped = draft.cap is not None and result > draft.cap
    kept = draft.cap if capped and draft.cap is not None else result
    suggestion = None if draft.step is None else to_step(kept, draft.step, draft.cap)
    return replace(draft, result=result, suggestion=suggestion, capped=capped)


def to_step(value: Decimal | Fraction, step: Decimal, cap: Decimal | None = None) -> Decimal:
    """The multiple of a step nearest to a value, half up; the one below when that would exceed the cap."""
    steps = (2 * Fraction(value) / Fraction(step) + 1) // 2
    if cap is not None:
        steps = min(steps, Fraction(cap) // Fraction(step))
    return step * int(steps)


def too_late(name: str, measured: Measured | Undated, on: dt.date) -> tuple[Sentence, ...]:
    """Why a value cannot serve for a dose on a day before it; nothing when it can."""
    if measured.date is None or measured.date <= on:
        return ()
    text = "The {name} of {date} is later than the day of the dose."
    return (sentence(text, name=name, date=measured.date),)


def caution(code: str, template: str, **values: Decimal | dt.date | int | str) -> Caution:
    """A warning of a calculator."""
    return Caution(code, sentence(template, **values))
