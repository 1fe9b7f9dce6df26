"""The answer of ``ctdild cohort compare`` as a JSON document."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import cohort_json as as_json

if TYPE_CHECKING:
    from ctdild_desktop.cohort.ancova import Difference
    from ctdild_desktop.cohort.matching import Propensity, Side
    from ctdild_desktop.services.cohort.comparison import Comparison, Group, Matched
    from ctdild_desktop.services.cohort.data import Chosen
    from ctdild_desktop.services.desk import Desk
    from ctdild_desktop.services.progress import Progress


def answer(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    """Two drugs compared."""
    from ctdild_desktop.services.cohort import comparison

    first, second = args.drugs
    found = comparison.compare(
        desk,
        (first, second),
        args.measure,
        args.months[0],
        covariates=args.covariates,
        chosen=chosen,
        progress=told,
    )
    return {
        "drugs": list(found.drugs),
        "measure": found.measure,
        "months": found.months,
        "covariates": [one.name for one in found.covariates],
        "n": as_json.counts(found.n),
        "groups": _groups(found.groups),
        "difference": difference(found.unadjusted),
        "ancova": difference(found.ancova),
        "ancova_adjusted": difference(found.adjusted),
        "propensity": None if found.model is None else _propensity(found.model),
        "balance": _balance(found),
        "matched": None if found.matched is None else _matched(found.matched),
        "not_matched": found.not_matched or None,
    }


def _groups(groups: Mapping[str, Group]) -> dict[str, Any]:
    return {
        drug: {"baseline": as_json.described(one.baseline), "change": as_json.described(one.change)}
        for drug, one in groups.items()
    }


def difference(told: Difference) -> dict[str, Any]:
    """The first group less the second."""
    return {
        "n": told.n,
        "df": told.df,
        "estimate": told.estimate,
        "se": told.se,
        "ci95": told.ci95,
        "t": told.t,
        "p": told.p,
        "terms": list(told.terms),
        "left_out": list(told.left_out),
        "reason": told.reason or None,
    }


def _propensity(model: Propensity) -> dict[str, Any]:
    return {
        "n": len(model.subjects),
        "without_counterpart": len(model.without_counterpart),
        "terms": list(model.terms),
        "left_out": list(model.left_out),
        "logit_sd": model.spread,
        "caliper": model.caliper,
    }


def _balance(found: Comparison) -> dict[str, Any]:
    return {
        f"{one.covariate} {one.level}".strip(): {
            "before": _side(one.before, found.drugs),
            "after": None if one.after is None else _side(one.after, found.drugs),
        }
        for one in found.balance
    }


def _side(told: Side, drugs: tuple[str, str]) -> dict[str, Any]:
    return {drugs[0]: told.first, drugs[1]: told.second, "standardised_difference": told.difference}


def _matched(told: Matched) -> dict[str, Any]:
    return {
        "pairs": len(told.pairs),
        "groups": _groups(told.groups),
        "difference": {
            **as_json.described(told.difference),
            "paired_t": told.paired_t.statistic,
            "p_t": told.paired_t.p,
        },
        "ancova": difference(told.ancova),
        "ancova_adjusted": difference(told.adjusted),
    }
