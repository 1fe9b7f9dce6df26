"""The published definitions that the registry knows, each in its own small file, in their fixed order.

Screens, the command line and the printed page read this list; a new criterion is one file and one line here.
Each file cites its publication. The definitions stand side by side and are never merged into one verdict: in
SSc-ILD four of them disagreed in up to a third of patients (Am J Respir Crit Care Med 2024, PubMed 39078207).
"""

from __future__ import annotations

import datetime as dt

from ctdild_desktop.clinical.criteria import (
    cottin,
    erice,
    eustar,
    inbuild,
    mcid_ssc,
    omeract,
    ppf2022,
    relief,
    response_keir,
    review_decline,
    review_response,
)
from ctdild_desktop.clinical.criteria.criterion import CriteriaSettings, Criterion
from ctdild_desktop.clinical.criteria.facts import (
    Facts,
    Treatment,
    facts_from_record,
    is_diagnosis,
    latest_entry_date,
)
from ctdild_desktop.clinical.criteria.review_response import facts_for_line
from ctdild_desktop.clinical.criteria.user_threshold import (
    Comparator,
    ThresholdBasis,
    ThresholdMeasure,
    UserThreshold,
    user_threshold,
)
from ctdild_desktop.clinical.verdict import Assessment

__all__ = [
    "CRITERIA",
    "Comparator",
    "CriteriaSettings",
    "Criterion",
    "Facts",
    "ThresholdBasis",
    "ThresholdMeasure",
    "Treatment",
    "UserThreshold",
    "assess",
    "criterion",
    "facts_for_line",
    "facts_from_record",
    "is_diagnosis",
    "latest_entry_date",
    "line_criteria",
    "strip_criteria",
    "user_threshold",
]

CRITERIA: tuple[Criterion, ...] = (
    review_decline.FVC_CRITERION,
    review_decline.DLCO_CRITERION,
    ppf2022.CRITERION,
    inbuild.CRITERION,
    omeract.CRITERION,
    erice.CRITERION,
    relief.CRITERION,
    eustar.CRITERION,
    mcid_ssc.CRITERION,
    cottin.CRITERION,
    response_keir.CRITERION,
    review_response.CRITERION,
)
"""Every criterion in its fixed order."""


def criterion(criterion_id: str) -> Criterion:
    """The criterion of an id; raises KeyError for one that the registry does not know."""
    for known in CRITERIA:
        if known.id == criterion_id:
            return known
    raise KeyError(criterion_id)


def strip_criteria() -> tuple[Criterion, ...]:
    """The criteria that are asked of every patient, in the order of the verdict strip."""
    return tuple(known for known in CRITERIA if known.in_strip)


def line_criteria() -> tuple[Criterion, ...]:
    """The criteria that are asked of a therapy line."""
    return tuple(known for known in CRITERIA if known.of_line)


def assess(
    facts: Facts, criterion_id: str, as_of: dt.date, settings: CriteriaSettings | None = None
) -> Assessment:
    """The answer of one criterion on a date; everything later than the date is ignored.

    Raises:
        KeyError: there is no such criterion.
    """
    return criterion(criterion_id).judge(facts, as_of, settings or CriteriaSettings())
