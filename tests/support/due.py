"""Short makers of invented results and therapy lines for the due rules."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.due import Anchor, DueFacts, DueItem, Result, RuleTable, due_items
from ctdild_desktop.clinical.records import DoseChange, Infusion, TherapyLine
from tests.support.people import WOMAN, day

PANEL = ("fbc", "creatinine", "alt", "albumin")


def done(test: str, *dates: str, **values: Any) -> tuple[Result, ...]:
    """Results of one test on some days."""
    return tuple(Result(test=test, date=day(date), **values) for date in dates)


def value(test: str, date: str, number: str, unit: str, **limits: str) -> Result:
    """A result with a value; ``lln`` and ``uln`` as text."""
    made = {name: Decimal(text) for name, text in limits.items()}
    return Result(test=test, date=day(date), value=Decimal(number), unit=unit, **made)


def bloods(*dates: str) -> tuple[Result, ...]:
    """The complete safety panel on some days."""
    return tuple(result for test in PANEL for result in done(test, *dates))


def line(drug: str, start: str, stop: str | None = None, **values: Any) -> TherapyLine:
    """A therapy line; ``steps`` are (date, dose) pairs and ``infusions`` dates."""
    steps: Iterable[tuple[str, str]] = values.pop("steps", ())
    given: Iterable[str] = values.pop("infusions", ())
    if values.get("dose") is not None:
        values["dose"] = Decimal(values["dose"])
        values.setdefault("dose_unit", "mg")
        values.setdefault("frequency", "daily")
    return TherapyLine(
        id=f"{drug}-{start}",
        drug=drug,
        start=PartialDate.parse(start),
        stop=None if stop is None else PartialDate.parse(stop),
        dose_changes=tuple(DoseChange(date=PartialDate.parse(on), dose=Decimal(dose)) for on, dose in steps),
        infusions=tuple(Infusion(date=day(on)) for on in given),
        **values,
    )


def at(as_of: str, *results: Result, **values: Any) -> DueFacts:
    """Facts of the invented woman; ``anchor`` may be given as the text of the ILD diagnosis date."""
    anchor = values.pop("anchor", None)
    if isinstance(anchor, str):
        anchor = Anchor(date=day(anchor), source="ILD diagnosis")
    values = {"patient": WOMAN, "anchor": anchor, **values}
    return DueFacts(as_of=day(as_of), results=results, **values)


def items(facts: DueFacts, rule: str, rules: RuleTable | None = None) -> list[DueItem]:
    """The lines of one rule."""
    return [item for item in due_items(facts, rules) if item.rule == rule]


def item(facts: DueFacts, rule: str, rules: RuleTable | None = None) -> DueItem:
    """The one line of one rule."""
    (found,) = items(facts, rule, rules)
    return found
