"""Glucocorticoids as prednisolone: one dose, and the sum of a patient's lines with pulses apart.

Equivalents of anti-inflammatory strength by mouth or vein, to prednisolone 5 mg, as in common use; they stand
in ``resources/codes/drugs.csv``. Betamethasone is taken as 0.75 mg (other tables: 0.6). An intramuscular or
inhaled dose has no such equivalent here. The choice among tables in use is a decision of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.dosing.calculation import Calculation, Input, finished
from ctdild_desktop.clinical.dosing.taken import infused, known_start, taken_daily
from ctdild_desktop.clinical.inputs import InputError, exact
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.clinical.verdict import Sentence, sentence
from ctdild_desktop.language import say

SOURCE = "equivalents in common use"
_ROUTES = {"PO", "IV", None}


def prednisolone(drug: str, dose_mg: Decimal, *, times: int = 1) -> Calculation:
    """A dose as prednisolone: dose × 5 / the drug's equivalent of prednisolone 5 mg (in common use).

    ``times`` is the number of such doses.

    Raises:
        InputError: the drug is no glucocorticoid, or the dose is not a finite number or negative.
    """
    exact("The dose", dose_mg)
    entry = drugs().get(drug)
    if entry is None or entry.prednisolone_5mg is None:
        raise InputError(say("{drug} is not a glucocorticoid of the list.", drug=drugs().label(drug)))
    inputs = [Input(entry.label, dose_mg, "mg")]
    if times != 1:
        inputs.append(Input("doses", times))
    draft = Calculation(
        id="STEROID",
        title="Prednisolone equivalent",
        formula=say("dose × 5 / {prednisolone_5mg}", prednisolone_5mg=entry.prednisolone_5mg),
        unit="mg prednisolone",
        source=SOURCE,
        inputs=tuple(inputs),
    )
    return finished(draft, dose_mg * times * 5 / entry.prednisolone_5mg)


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeSteroid:
    """mg of prednisolone; ``gaps`` says what is not in the sums, which then are lower bounds."""

    daily_mg: Decimal
    pulses_mg: Decimal
    pulses: int
    """Days with a pulse."""
    gaps: tuple[Sentence, ...] = ()


def cumulative(lines: Iterable[TherapyLine], as_of: dt.date) -> CumulativeSteroid:
    """All glucocorticoid up to a day as prednisolone, pulses apart (equivalents in common use).

    The as-of day counts for pulses and not for tablets.
    """
    daily, pulsed, pulses = Decimal(0), Decimal(0), 0
    gaps: list[Sentence] = []
    for line in lines:
        entry = drugs().get(line.drug)
        if entry is None or entry.prednisolone_5mg is None or line.start.earliest > as_of:
            continue
        if line.route not in _ROUTES:
            text = "{drug} from {start}: no equivalent for this route."
            gaps.append(sentence(text, drug=entry.label, start=known_start(line)))
            continue
        given = infused(line, as_of)
        gaps += given.gaps
        pulsed += given.mg * 5 / entry.prednisolone_5mg
        pulses += given.days
        if line.infusions:
            continue
        taken = taken_daily(line, as_of)
        gaps += taken.gaps
        daily += taken.mg * 5 / entry.prednisolone_5mg
    return CumulativeSteroid(daily_mg=daily, pulses_mg=pulsed, pulses=pulses, gaps=tuple(gaps))
