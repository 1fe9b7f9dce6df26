"""The difference between two groups: by Welch's t, and by analysis of covariance given the baseline.

Analysis of covariance is ordinary least squares of the outcome on the group, the baseline and further
covariates, with Student's t on the residual degrees of freedom (Vickers and Altman, BMJ 2001;323:1123).
Whether the outcome is the later value or the change makes no difference to the estimate when the baseline is
in the model. Columns that are made of others are left out, as R does; they take no degree of freedom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ctdild_desktop.clinical.student import quantile
from ctdild_desktop.cohort.columns import Covariate, Subject, columns, independent
from ctdild_desktop.cohort.distributions import t_two_sided
from ctdild_desktop.language import marked

_NO_SPREAD = 10 * float(np.finfo(float).eps)
"""Residuals below this share of the values are those of a perfect fit."""
TOO_FEW = marked("Too few patients for the model: it has no residual degree of freedom.")
NOT_APART = marked("The baseline and the covariates say of everybody which group it is in.")
PERFECT_FIT = marked("The model meets every value; it has no spread to make an interval of.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first group less the second; what cannot be computed is None, with the reason."""

    n: int
    df: float | None = None
    """Residual degrees of freedom; Welch's need not be whole."""
    estimate: float | None = None
    se: float | None = None
    ci95: tuple[float, float] | None = None
    t: float | None = None
    p: float | None = None
    terms: tuple[str, ...] = ()
    """What else is in the model."""
    left_out: tuple[str, ...] = ()
    """Terms that are made of others, or are equal in everybody."""
    reason: str = ""


def welch(first: Sequence[float], second: Sequence[float]) -> Difference:
    """The difference of two means, their spreads not taken as equal (Welch, Biometrika 1947;34:28-35)."""
    n = len(first) + len(second)
    if not first or not second:
        return Difference(n=n, reason=TOO_FEW)
    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    estimate = float(one.mean() - other.mean())
    if len(one) < 2 or len(other) < 2:
        return Difference(n=n, estimate=estimate, reason=TOO_FEW)
    parts = [float(group.var(ddof=1)) / len(group) for group in (one, other)]
    spread = sum(parts)
    if spread**0.5 <= _NO_SPREAD * max(abs(float(one.mean())), abs(float(other.mean()))):
        return Difference(n=n, estimate=estimate, reason=PERFECT_FIT)
    df = spread**2 / sum(part**2 / (len(group) - 1) for part, group in zip(parts, (one, other), strict=True))
    return _tested(n=n, df=df, estimate=estimate, se=spread**0.5)


def ancova(
    subjects: Sequence[Subject],
    outcome: Sequence[float],
    baseline: Sequence[float],
    covariates: Sequence[Covariate] = (),
) -> Difference:
    """The difference between the groups given the baseline and the covariates."""
    n = len(subjects)
    added = columns(subjects, covariates)
    group = np.array([float(one.first) for one in subjects])
    rest = np.column_stack([np.ones(n), np.asarray(baseline, dtype=float), added.matrix])
    names = ("baseline", *added.names)
    kept = independent(rest) if n else []
    terms = tuple(names[place - 1] for place in kept if place)
    left_out = tuple(name for place, name in enumerate(names, start=1) if place not in kept)

    def nothing(reason: str) -> Difference:
        return Difference(n=n, terms=terms, left_out=left_out, reason=reason)

    if n < len(kept) + 2:
        return nothing(TOO_FEW)
    design = np.column_stack([rest[:, kept], group])
    if len(independent(design)) < design.shape[1]:
        return nothing(NOT_APART)
    values = np.asarray(outcome, dtype=float)
    scale = np.linalg.norm(design, axis=0)
    found, upper = np.linalg.qr(design / scale)
    solved = np.linalg.solve(upper, found.T @ values)
    residual = values - found @ (found.T @ values)
    df = n - design.shape[1]
    estimate = float(solved[-1] / scale[-1])
    if float(np.linalg.norm(residual)) <= _NO_SPREAD * float(np.linalg.norm(values)) or not values.any():
        return Difference(n=n, df=df, estimate=estimate, terms=terms, left_out=left_out, reason=PERFECT_FIT)
    # the last column of a triangle: its inverse's last row has one entry
    se = float(np.linalg.norm(residual)) / df**0.5 / abs(float(upper[-1, -1])) / float(scale[-1])
    return _tested(n=n, df=df, estimate=estimate, se=se, terms=terms, left_out=left_out)


def _tested(
    *,
    n: int,
    df: float,
    estimate: float,
    se: float,
    terms: tuple[str, ...] = (),
    left_out: tuple[str, ...] = (),
) -> Difference:
    half = quantile(0.975, df) * se
    statistic = estimate / se
    return Difference(
        n=n,
        df=df,
        estimate=estimate,
        se=se,
        ci95=(estimate - half, estimate + half),
        t=statistic,
        p=t_two_sided(statistic, df),
        terms=terms,
        left_out=left_out,
    )
