"""Goh's staging of lung fibrosis in systemic sclerosis: limited or extensive, from HRCT extent and FVC.

Goh NSL et al., Am J Respir Crit Care Med 2008;177:1248, doi 10.1164/rccm.200706-877OC. Extent clearly below
20 % is limited and clearly above is extensive; what cannot be told at a glance is decided by FVC at 70 % of
predicted. A numeric extent is taken as indeterminate from 10 to 30 %, both ends inside.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from ctdild_desktop.clinical.codes import choices, diagnoses
from ctdild_desktop.clinical.criteria.facts import Facts
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.inputs import InputError, exact, plain, told
from ctdild_desktop.clinical.series import FvcVisit
from ctdild_desktop.clinical.verdict import Caution, Sentence, Verdict, sentence
from ctdild_desktop.language import say

SOURCE = "Goh 2008, doi 10.1164/rccm.200706-877OC"
HAZARD_RATIO = (Decimal("3.46"), Decimal("2.19"), Decimal("5.46"))
"""Of death, extensive against limited, with its 95 % interval (Goh 2008)."""
_FVC_MONTHS = 3


class GohStage(StrEnum):
    """The two stages, and that none can be told."""

    LIMITED = "LIMITED"
    EXTENSIVE = "EXTENSIVE"
    CANNOT_ASSESS = "CANNOT_ASSESS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goh:
    """The stage with its reasons, or what is missing."""

    stage: GohStage
    because: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()
    cautions: tuple[Caution, ...] = ()
    source: str = SOURCE


def classify(
    extent_reading: str | None = None,
    extent_pct: Decimal | Fraction | None = None,
    fvc_pct_pred: Decimal | Fraction | None = None,
) -> Goh:
    """The stage from the extent of disease on HRCT and FVC in % predicted (Goh 2008).

    ``extent_reading`` is ``below_20``, ``above_20`` or ``indeterminate``; a numeric extent in percent counts
    before it. FVC of exactly 70.0 % is limited.

    Raises:
        InputError: the reading is not one of the three, or a number cannot be a percentage.
    """
    if extent_reading is not None and extent_reading not in choices("hrct_extent"):
        raise InputError(
            say("{extent_reading} is not a reading of the extent on HRCT.", extent_reading=extent_reading)
        )
    extent = None if extent_pct is None else exact("The extent on HRCT", extent_pct, high=100)
    fvc = None if fvc_pct_pred is None else exact("FVC in % predicted", fvc_pct_pred)
    if extent is not None:
        if not 10 <= extent <= 30:
            limit = 10 if extent < 10 else 30
            text = (
                "Extent on HRCT {extent} %, below 10 %."
                if limit == 10
                else "Extent on HRCT {extent} %, above 30 %."
            )
            stage = GohStage.LIMITED if limit == 10 else GohStage.EXTENSIVE
            return Goh(stage=stage, because=(sentence(text, extent=told(extent, limit)),))
        read = sentence("Extent on HRCT {extent} %, between 10 and 30 %: FVC decides.", extent=plain(extent))
    elif extent_reading is None:
        return Goh(stage=GohStage.CANNOT_ASSESS, needs=(sentence("the extent of disease on HRCT"),))
    elif extent_reading == "below_20":
        text = "Extent on HRCT read as clearly below 20 %."
        return Goh(stage=GohStage.LIMITED, because=(sentence(text),))
    elif extent_reading == "above_20":
        text = "Extent on HRCT read as clearly above 20 %."
        return Goh(stage=GohStage.EXTENSIVE, because=(sentence(text),))
    else:
        read = sentence("Extent on HRCT read as indeterminate: FVC decides.")
    if fvc is None:
        need = sentence("a usable FVC in % predicted within 3 months of the HRCT")
        return Goh(stage=GohStage.CANNOT_ASSESS, because=(read,), needs=(need,))
    text = (
        "FVC {fvc} % of predicted, below 70 %." if fvc < 70 else "FVC {fvc} % of predicted, not below 70 %."
    )
    return Goh(
        stage=GohStage.EXTENSIVE if fvc < 70 else GohStage.LIMITED,
        because=(read, sentence(text, fvc=told(fvc, 70))),
    )


def goh_of(facts: Facts, as_of: dt.date) -> Goh:
    """The stage of a patient on a date: the latest HRCT with an extent, and the FVC nearest to it (Goh 2008).

    The FVC is that of a usable visit within 3 months either side of the scan and not after the as-of date; of
    two equally near, the earlier. Outside systemic sclerosis the stage comes with a caution.
    """
    readings = [
        reading
        for reading in facts.hrct
        if reading.date <= as_of
        and (reading.extent_percent is not None or reading.extent_reading is not None)
    ]
    cautions = _other_disease(facts.diagnosis)
    if not readings:
        return replace(classify(), cautions=cautions)
    latest = max(readings, key=lambda reading: reading.date)
    visit = _nearest_fvc(facts, latest.date, as_of)
    percent = visit.percent.value if visit is not None and visit.percent is not None else None
    made = classify(latest.extent_reading, latest.extent_percent, percent)
    used = sentence("HRCT of {hrct}.", hrct=latest.date)
    if visit is not None and len(made.because) > 1:
        used = sentence("HRCT of {hrct}, FVC of {fvc}.", hrct=latest.date, fvc=visit.date)
        if visit.low_grade is not None:
            text = sentence("The FVC of {date} has quality grade D.", date=visit.date)
            cautions = (*cautions, Caution("LOW_QUALITY", text))
    return replace(made, because=(*made.because, used), cautions=cautions)


def fvc_below_70(fvc_pct_pred: Decimal | Fraction | None) -> Verdict:
    """Whether FVC lies below 70.0 % of predicted: an entry criterion of the EUSTAR rituximab lung analysis.

    Jordan S et al., Ann Rheum Dis 2015, doi 10.1136/annrheumdis-2013-204522; lines 279-281 of the review.
    """
    if fvc_pct_pred is None:
        return Verdict.CANNOT_ASSESS
    return Verdict.MET if exact("FVC in % predicted", fvc_pct_pred) < 70 else Verdict.NOT_MET


def _other_disease(diagnosis: str | None) -> tuple[Caution, ...]:
    entry = diagnoses().get(diagnosis)
    if entry is not None and entry.group == "SSc":
        return ()
    text = sentence("The staging was made and tested in systemic sclerosis.")
    return (Caution("OTHER_DISEASE", text),)


def _nearest_fvc(facts: Facts, scan: dt.date, as_of: dt.date) -> FvcVisit | None:
    near = [
        visit
        for visit in facts.fvc_until(as_of)
        if visit.percent is not None
        and add_months(scan, -_FVC_MONTHS) <= visit.date <= add_months(scan, _FVC_MONTHS)
    ]
    return min(near, key=lambda visit: (abs((visit.date - scan).days), visit.date), default=None)
