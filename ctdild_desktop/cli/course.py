"""The course of FVC as JSON: trajectory and probability of one patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ctdild_desktop.clinical.probability import Probability
    from ctdild_desktop.clinical.trajectory import Change, Course, Epoch, Repeat, Slope, Trajectory
    from ctdild_desktop.clinical.verdict import Reading


def probability_document(found: Probability) -> dict[str, Any]:
    """The probability of a true fall, with everything that it rests on."""
    return {
        "known": found.known,
        "basis": found.basis,
        "since": found.since,
        "until": found.until,
        "n": found.n,
        "first_test": found.first,
        "fall_at_least_5_points": found.fall_5_points,
        "fall_at_least_10_percent": found.fall_10_percent,
        "prior_fall_at_least_5_points": found.prior_5_points,
        "prior_fall_at_least_10_percent": found.prior_10_percent,
        "change_12_months": None
        if found.change is None
        else {"median": found.change, "low": found.change_low, "high": found.change_high},
        "because": [str(text) for text in found.because],
        "needs": [str(text) for text in found.needs],
        "model": found.model,
        "priors": [str(text) for text in found.priors],
        "source": found.source,
    }


def trajectory_document(found: Trajectory) -> dict[str, Any]:
    """Slopes, best, worst, latest and changes; mL and % predicted apart."""
    return {
        "as_of": found.as_of,
        "reference": found.reference,
        "fvc_ml": _course(found.ml),
        "fvc_percent_predicted": _course(found.percent),
        "dlco_percent_predicted": _course(found.dlco),
        "epochs": [_epoch(epoch) for epoch in found.epochs],
        "repeat": _repeat(found.repeat),
        "noise": [str(text) for text in found.noise],
    }


def _course(found: Course | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "n": len(found.series.readings),
        "basis": found.series.basis,
        "reference_set": found.series.reference_set,
        "recomputed": found.series.recomputed,
        "not_used": [{"date": item.date, "why": str(item.why)} for item in found.series.left],
        "first": _reading(found.first),
        "best": _reading(found.best),
        "worst": _reading(found.worst),
        "latest": _reading(found.latest),
        "since_baseline": _change(found.since_first),
        "since_best": _change(found.since_best),
        "since_reference": _change(found.since_reference),
        "slope_per_year": _slope(found.slope),
    }


def _reading(found: Reading) -> dict[str, Any]:
    return {"date": found.date, "value": found.value, "ids": found.record_ids}


def _change(found: Change | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "since": found.since.date,
        "absolute": found.absolute,
        "relative_percent": found.relative_percent,
    }


def _slope(found: Slope | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "estimate": found.per_year,
        "ci95": [found.low, found.high],
        "n": found.n,
        "from": found.first,
        "to": found.last,
    }


def _epoch(found: Epoch) -> dict[str, Any]:
    return {
        "from": found.start,
        "to": found.end,
        "drugs": found.drugs,
        "fvc_ml": {"n": found.n_ml, "slope_per_year": _slope(found.ml)},
        "fvc_percent_predicted": {"n": found.n_percent, "slope_per_year": _slope(found.percent)},
    }


def _repeat(found: Repeat) -> dict[str, Any]:
    return {
        "status": found.status,
        "previous": found.previous,
        "latest": found.latest,
        "relative_change_percent": found.relative_change_percent,
        "noise_percent": found.limit_percent,
        "because": [str(text) for text in found.because],
    }
