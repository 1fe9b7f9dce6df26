"""The values that the answers of ``ctdild cohort`` are made of, as JSON has them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ctdild_desktop.clinical.exposure import Rate
    from ctdild_desktop.cohort.describing import Proportion, Summary, Test
    from ctdild_desktop.cohort.slopes import Pooled
    from ctdild_desktop.cohort.survival import At, Curve, LogRank
    from ctdild_desktop.services.cohort.data import Counts
    from ctdild_desktop.services.cohort.lung_function import Tested


def counts(n: Counts) -> dict[str, Any]:
    """How many at each step."""
    return {
        "registry": n.registry,
        "cannot_tell": n.cannot_tell,
        "cohort": n.cohort,
        "analysed": n.analysed,
        "excluded": n.excluded,
    }


def described(told: Summary) -> dict[str, Any]:
    """A description of values."""
    return {
        "n": told.n,
        "mean": told.mean,
        "sd": told.sd,
        "ci95": told.ci95,
        "median": told.median,
        "q1": told.q1,
        "q3": told.q3,
        "min": told.low,
        "max": told.high,
        "n_negative": told.n_negative,
    }


def tested(told: Tested) -> dict[str, Any]:
    """Changes with their tests against none."""
    return {
        **described(told.summary),
        "paired_t": told.paired_t.statistic,
        "p_t": told.paired_t.p,
        "wilcoxon_w": told.wilcoxon.statistic,
        "p_wilcoxon": told.wilcoxon.p,
        "wilcoxon_method": told.wilcoxon.method,
    }


def test(told: Test) -> dict[str, Any]:
    """A signed rank test."""
    return {"wilcoxon_w": told.statistic, "p_wilcoxon": told.p, "method": told.method}


def share(told: Proportion) -> dict[str, Any]:
    """A share with its interval."""
    return {"n": told.n, "of": told.of, "percent": told.percent, "wilson95": told.wilson95}


def rate(told: Rate) -> dict[str, Any]:
    """Events per 100 patient-years."""
    return {
        "events": told.events,
        "person_years": float(told.years),
        "rate_per_100_py": float(told.per_100) if told.per_100 is not None else None,
        "ci95": told.ci95,
    }


def curve(made: Curve, days: tuple[int, ...]) -> dict[str, Any]:
    """A Kaplan-Meier curve at some days."""
    return {
        "n": made.n,
        "events": made.events,
        "median_days": made.median,
        "at": [_at(made.at(day)) for day in days],
    }


def _at(told: At) -> dict[str, Any]:
    return {
        "day": told.time,
        "survival": told.survival,
        "se": told.se,
        "ci95": told.ci95,
        "at_risk": told.at_risk,
    }


def log_rank(told: LogRank) -> dict[str, Any]:
    """The test of several curves."""
    return {"chi2": told.chi2, "df": told.df, "p": told.p}


def incidence(
    groups: Mapping[str, Mapping[str, tuple[float | None, ...]]], days: tuple[int, ...]
) -> dict[str, Any]:
    """The share to whom each event has happened by some days, by group."""
    return {
        name: {
            event: [{"day": day, "incidence": value} for day, value in zip(days, values, strict=True)]
            for event, values in events.items()
        }
        for name, events in groups.items()
    }


def one_drug(args: argparse.Namespace) -> str:
    """The drug of an analysis that takes one or none."""
    return "".join(args.drugs[:1])


def pooled(told: Pooled) -> dict[str, Any]:
    """A mixed model."""
    return {
        "slope_per_year": told.slope_per_year,
        "se": told.se,
        "ci95": told.ci95,
        "intercept": told.intercept,
        "converged": told.converged,
        "n": told.n,
    }
