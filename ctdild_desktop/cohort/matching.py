"""Pairs of patients who are alike in what was known before the treatment, and how alike the groups are.

The propensity is the probability of being in the first group given the covariates, by logistic regression
(Rosenbaum and Rubin, Biometrika 1983;70:41-55), fitted by Newton's method. Pairs are made one to one without
replacement on its logit within 0.2 of the standard deviation of the logit in all of the model (Austin, Pharm
Stat 2011;10:150-161). Order, a decision of the registry: patients of the first group from the highest logit
down, each with the nearest free patient of the second group; of equal ones the earlier in the list.

A level of a category that occurs in one group only has no counterpart: those who have it are left out of
the model, until each level is in both groups. Whether the covariates divide the groups wholly or in part, so
that no model exists, is found by linear programming (Konis, Univ. of Oxford 2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ctdild_desktop.cohort.columns import (
    Covariate,
    Subject,
    columns,
    independent,
    indicators,
    levels,
    numbers,
)
from ctdild_desktop.language import marked

CALIPER = 0.2
"""Of the standard deviation of the logit."""
_STEPS, _TOLERANCE, _RIDGE = 100, 1e-8, 1e-10
"""Of Newton's method: the most steps, when it stands still, and what keeps a step solvable."""
_PROOF = 1e-7
"""What a sum of the columns may divide at most, a tenth of what counts as dividing."""
_DIGITS = 9
"""Of the logit that decide which patient is nearer: what is below is rounding."""
NOBODY_ALIKE = marked("No level of the covariates occurs in both groups, so that nobody can be matched.")
ALL_EQUAL = marked("The covariates are equal in everybody, so that they tell no patient from another.")
SEPARATED = marked(
    "The covariates divide the two groups, so that no propensity can be fitted; choose fewer covariates."
)
NOT_CONVERGED = marked("The model of the propensity did not converge; choose fewer covariates.")


class UnmatchedError(Exception):
    """Why no pairs can be made, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Propensity:
    """The fitted model."""

    subjects: tuple[Subject, ...]
    """Those in the model, in the order given."""
    logits: tuple[float, ...]
    terms: tuple[str, ...]
    left_out: tuple[str, ...]
    """Terms that are made of others, or are equal in everybody."""
    without_counterpart: tuple[str, ...]
    """Ids of those who have a level that occurs in one group only."""

    @property
    def spread(self) -> float:
        """The standard deviation of the logit."""
        return float(np.std(self.logits, ddof=1))

    @property
    def caliper(self) -> float:
        """How far the logits of a pair may be apart."""
        return CALIPER * self.spread


@dataclass(frozen=True, slots=True)
class Pair:
    """One patient of each group."""

    first: Subject
    second: Subject
    distance: float
    """Between their logits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One covariate, or one level of it, in both groups."""

    first: float | None
    """Mean, or per cent of a level; None of nobody."""
    second: float | None
    difference: float | None
    """Standardised; None where nothing varies and the groups differ, or nobody is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """One covariate or level before and after the matching."""

    covariate: str
    level: str
    """Empty for a number."""
    before: Side
    after: Side | None
    """None where there are no pairs."""


def propensity(subjects: Sequence[Subject], covariates: Sequence[Covariate]) -> Propensity:
    """The model of who is in the first group.

    Raises:
        UnmatchedError: there is no such model; the message is a sentence.
    """
    alike = _with_counterpart(subjects, covariates)
    if len({one.first for one in alike}) < 2:
        raise UnmatchedError(NOBODY_ALIKE)
    made = columns(alike, covariates)
    design = np.column_stack([np.ones(len(alike)), made.matrix])
    kept = [place for place in independent(design) if place]
    if not kept:
        raise UnmatchedError(ALL_EQUAL)
    held = made.matrix[:, [place - 1 for place in kept]]
    # the fit is that of the unscaled columns: scaling only keeps the numbers of one size
    scaled = (held - held.mean(axis=0)) / held.std(axis=0)
    group = np.array([one.first for one in alike])
    return Propensity(
        subjects=tuple(alike),
        logits=tuple(round(float(one), _DIGITS) for one in _fitted(scaled, group)),
        terms=tuple(made.names[place - 1] for place in kept),
        left_out=tuple(name for place, name in enumerate(made.names, start=1) if place not in kept),
        without_counterpart=tuple(
            one.patient for one in subjects if one.patient not in {kept.patient for kept in alike}
        ),
    )


def _with_counterpart(subjects: Sequence[Subject], covariates: Sequence[Covariate]) -> list[Subject]:
    alike = list(subjects)
    categories = [one.name for one in covariates if one.category]
    while True:
        both = {
            name: {one.values[name] for one in alike if one.first}
            & {one.values[name] for one in alike if not one.first}
            for name in categories
        }
        left = [one for one in alike if all(one.values[name] in both[name] for name in categories)]
        if len(left) == len(alike):
            return alike
        alike = left


def _fitted(scaled: np.ndarray, group: np.ndarray) -> np.ndarray:
    design = np.column_stack([np.ones(len(group)), scaled])
    if divided(design, group):
        raise UnmatchedError(SEPARATED)
    try:
        params = logistic(design, group.astype(float))
    except np.linalg.LinAlgError:
        params = None
    logits = None if params is None else design @ params
    if logits is None or not np.isfinite(logits).all():
        raise UnmatchedError(NOT_CONVERGED)
    return np.asarray(logits)


def logistic(design: np.ndarray, outcome: np.ndarray) -> np.ndarray | None:
    """Maximum-likelihood coefficients of a logistic regression by Newton's method; None without convergence.

    Digit for digit those of ``statsmodels`` (``Logit.fit(method="newton", maxiter=100)``), which takes 70 MB
    and a second to load.

    Args:
        design: a column for each coefficient.
        outcome: 0 or 1.

    Raises:
        LinAlgError: a step cannot be solved.
    """
    count, columns = design.shape
    params, before = np.zeros(columns), np.full(columns, np.inf)
    for _step in range(_STEPS):
        if not np.any(np.abs(params - before) > _TOLERANCE):
            return params
        with np.errstate(over="ignore"):
            likely = 1 / (1 + np.exp(-(design @ params)))
        curvature = np.dot(likely * (1 - likely) * design.T, design) / count
        curvature[np.diag_indices(columns)] += _RIDGE
        slope = -np.dot(outcome - likely, design) / count
        before, params = params, params - np.linalg.solve(curvature, slope)
    return None


def divided(design: np.ndarray, group: np.ndarray) -> bool:
    """Whether some sum of the columns divides the groups, wholly or with patients on the border."""
    towards = np.where(group, 1.0, -1.0)[:, None] * design
    if _undivided(towards, design, group):
        return False
    from scipy.optimize import linprog

    found = linprog(
        -towards.sum(axis=0),
        A_ub=-towards,
        b_ub=np.zeros(len(group)),
        bounds=[(-1, 1)] * design.shape[1],
        method="highs",
    )
    return bool(found.status != 0 or -found.fun > 1e-6)


def _undivided(towards: np.ndarray, design: np.ndarray, group: np.ndarray) -> bool:
    """Whether the logistic model itself proves that no sum of the columns divides the groups.

    At its maximum the columns, weighted by how unlikely each patient's own group is, add up to nothing. The
    more a sum of the columns could divide, the more would be left of them (Albert and Anderson, Biometrika
    1984;71:1-10). The linear programme, whose library takes 50 MB, is asked only where this proves nothing.
    """
    with np.errstate(all="ignore"):
        try:
            params = logistic(design, group.astype(float))
        except np.linalg.LinAlgError:
            return False
        if params is None or not np.isfinite(params).all():
            return False
        unlikely = 1 / (1 + np.exp(towards @ params))
    left = float(np.abs(unlikely @ towards).sum())
    return bool(left < _PROOF * float(unlikely.min()))


def pairs(model: Propensity) -> tuple[Pair, ...]:
    """The pairs within the caliper, in the order in which they were made."""
    logits = np.array(model.logits)
    first = [place for place, one in enumerate(model.subjects) if one.first]
    second = np.array([place for place, one in enumerate(model.subjects) if not one.first])
    free = logits[second]
    made = []
    for place in sorted(first, key=lambda place: (-logits[place], place)):
        distances = np.round(np.abs(free - logits[place]), _DIGITS)
        nearest = int(np.argmin(distances))  # of equal ones the first
        distance = float(distances[nearest])
        if distance <= model.caliper:
            made.append(Pair(model.subjects[place], model.subjects[int(second[nearest])], distance))
            free[nearest] = np.inf
    return tuple(made)


def balance(
    subjects: Sequence[Subject], made: Sequence[Pair], covariates: Sequence[Covariate]
) -> tuple[Balance, ...]:
    """The standardised differences before the matching and, with the same spread, after it.

    The difference of the means, or of the shares of a level, divided by the root of the mean of the two
    variances before the matching (Austin, Stat Med 2009;28:3083-3107).
    """
    before = list(subjects)
    after = [one for pair in made for one in (pair.first, pair.second)]
    told: list[Balance] = []
    for covariate in covariates:
        named = levels(before, covariate) if covariate.category else ("",)
        for level in named:
            spread = _spread(_by_group(before, covariate, level), level)
            told.append(
                Balance(
                    covariate=covariate.name,
                    level=level,
                    before=_side(before, covariate, level, spread),
                    after=_side(after, covariate, level, spread) if after else None,
                )
            )
    return tuple(told)


def _by_group(subjects: Sequence[Subject], covariate: Covariate, level: str) -> tuple[np.ndarray, np.ndarray]:
    values = indicators(subjects, covariate, level) if covariate.category else numbers(subjects, covariate)
    first = np.array([one.first for one in subjects], dtype=bool)
    return values[first], values[~first]


def _spread(groups: tuple[np.ndarray, np.ndarray], level: str) -> float | None:
    if level:
        variances = [float(one.mean() * (1 - one.mean())) if len(one) else 0.0 for one in groups]
    elif min(map(len, groups)) < 2:
        return None
    else:
        variances = [float(one.var(ddof=1)) for one in groups]
    return float((sum(variances) / 2) ** 0.5)


def _side(subjects: Sequence[Subject], covariate: Covariate, level: str, spread: float | None) -> Side:
    first, second = (float(one.mean()) if len(one) else None for one in _by_group(subjects, covariate, level))
    difference = None
    if first is not None and second is not None and spread is not None:
        apart = first - second
        difference = apart / spread if spread > 0 else (0.0 if apart == 0 else None)
    scale = 100 if level else 1
    return Side(
        first=None if first is None else first * scale,
        second=None if second is None else second * scale,
        difference=difference,
    )
