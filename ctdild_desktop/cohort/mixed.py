"""A linear mixed model of many courses: a random intercept and a random slope for each, by restricted
maximum likelihood.

Laird and Ware, Biometrics 1982;38:963-974. The variances of the courses enter by a Cholesky factor relative
to the variance within them (Bates et al., J Stat Softw 2015;67:1-48), so that they cannot be negative and one
that is nothing is no trouble; each course is known by its sums of products, so that many take little time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_STARTS = ((1.0, 0.0, 0.3), (3.0, 0.0, 1.0))
"""Where the search begins: standard deviations of the courses in those within them."""
_STEPS, _TRIALS = 500, 60
"""The most steps of the search, and lengths of each that are tried."""
_FLAT, _NEAR = 1e-17, 1e-8
"""How much lower the deviance can be when the search ends, and when it counts as ended."""
_ENOUGH, _FLATTER, _BLUR = 1e-4, 0.9, 1e-14
"""How much a step goes down and levels off, in its slope; and the rounding of a deviance."""
_NO_SCATTER = 1e-20
"""A share of the sum of squares within the courses below which there is nothing to model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The mean course, with the standard errors of generalised least squares under the fitted variances."""

    intercept: float
    slope: float
    intercept_se: float
    slope_se: float
    converged: bool


@dataclass(frozen=True, slots=True)
class _Solved:
    """The model with given variances of the courses."""

    deviance: float
    slope: np.ndarray
    """Of the deviance, in the three entries of the factor."""
    mean: np.ndarray
    spread: np.ndarray
    """The covariance of the mean course."""


class _Courses:
    """Sums of products of each course, of 1 and the time."""

    def __init__(self, courses: Sequence[np.ndarray]) -> None:
        times, values = np.concatenate(courses).T
        who = np.repeat(np.arange(len(courses)), [len(one) for one in courses])

        def per_course(products: np.ndarray) -> np.ndarray:
            return np.bincount(who, weights=products, minlength=len(courses))

        self.middle = float(values.mean())
        held = values - self.middle  # smaller numbers, fewer digits lost
        ones = np.ones_like(times)
        self.n = len(times)
        self.z00, self.z01, self.z11 = per_course(ones), per_course(times), per_course(times * times)
        self.y0, self.y1, self.yy = per_course(held), per_course(times * held), per_course(held * held)

    def within(self) -> float:
        """What is left of the squares when each course has its own line."""
        det = self.z00 * self.z11 - self.z01**2
        safe = np.where(det > 0, det, 1.0)
        explained = (self.z11 * self.y0**2 - 2 * self.z01 * self.y0 * self.y1 + self.z00 * self.y1**2) / safe
        return float((self.yy - np.where(det > 0, explained, self.y0**2 / self.z00)).clip(0).sum())

    def solved(self, theta: np.ndarray) -> _Solved | None:
        """What is to be known for a Cholesky factor of the variances; None where there is no mean course."""
        a, b, c = theta  # L = [[a, 0], [b, c]], W = L L'
        w00, w01, w11 = a * a, a * b, b * b + c * c
        z00, z01, z11, y0, y1 = self.z00, self.z01, self.z11, self.y0, self.y1
        whole = z00 * z11 - z01**2
        # V = I + Z W Z'; of 2 x 2 matrices (I + z W)^-1 z = (z + |z| adj W) / |I + z W|: few differences
        det = 1 + z00 * w00 + 2 * z01 * w01 + z11 * w11 + whole * (a * c) ** 2
        p00, p01, p11 = (z00 + whole * w11) / det, (z01 - whole * w01) / det, (z11 + whole * w00) / det
        k0, k1 = z11 * y0 - z01 * y1, z00 * y1 - z01 * y0
        h0, h1 = (y0 + w11 * k0 - w01 * k1) / det, (y1 - w01 * k0 + w00 * k1) / det
        r = np.array([h0.sum(), h1.sum()])
        q = float((self.yy - (y0 * (w00 * h0 + w01 * h1) + y1 * (w01 * h0 + w11 * h1))).sum())
        cross = np.array([[p00.sum(), p01.sum()], [p01.sum(), p11.sum()]])
        try:
            spread, mean = np.linalg.inv(cross), np.linalg.solve(cross, r)
        except np.linalg.LinAlgError:
            return None
        rest = q - float(r @ mean)
        df = self.n - 2
        if not rest > 0:
            return None
        deviance = df * np.log(rest / df) + np.log(det).sum() + np.linalg.slogdet(cross)[1]
        # its slope in L: twice (sum P - df / rest sum q q' - sum P cross^-1 P) L, q = Z' V^-1 (y - Z mean)
        q0, q1 = h0 - p00 * mean[0] - p01 * mean[1], h1 - p01 * mean[0] - p11 * mean[1]
        each = np.array([[p00, p01], [p01, p11]])
        off = np.array([q0, q1]) * (df / rest) ** 0.5
        left = cross - off @ off.T - np.einsum("ijn,jk,kln->il", each, spread, each)
        slope = 2 * left @ np.array([[a, 0.0], [b, c]])
        return _Solved(float(deviance), slope[[0, 1, 1], [0, 0, 1]], mean, spread * (rest / df))


def _least(held: _Courses, start: Sequence[float]) -> tuple[_Solved, bool] | None:
    """Go down from a start to where the deviance is least, and whether it was reached.

    Broyden, Fletcher, Goldfarb and Shanno's method (Nocedal and Wright, Numerical Optimization, 2006, 6.1),
    its steps judged by the slope where the deviance is too flat for its last digits (Hager and Zhang, SIAM J
    Optim 2005;16:170-192).
    """
    theta = np.array(start)
    at = held.solved(theta)
    if at is None:
        return None
    inverse = np.eye(3) / max(1.0, float(np.linalg.norm(at.slope)))
    for step in range(_STEPS):
        towards = -inverse @ at.slope
        fall = float(at.slope @ towards)
        if not fall < 0:  # rounding has spoiled the curvature
            inverse = np.eye(3) / max(1.0, float(np.linalg.norm(at.slope)))
            towards = -inverse @ at.slope
            fall = float(at.slope @ towards)
        if -fall <= _FLAT:
            return at, True
        blur = _BLUR * max(1.0, abs(at.deviance))
        length, short, long = 1.0, 0.0, np.inf
        for _trial in range(_TRIALS):
            there = held.solved(theta + length * towards)
            if there is None or not there.deviance <= at.deviance + _ENOUGH * length * fall + blur:
                long = length
            elif float(there.slope @ towards) < _FLATTER * fall:
                short = length
            else:
                break
            length = 2 * short if np.isinf(long) else (short + long) / 2
        else:
            return at, -fall <= _NEAR
        moved, turned = length * towards, there.slope - at.slope
        product = float(moved @ turned)
        if not step:
            inverse = np.eye(3) * (product / float(turned @ turned))
        aside = np.eye(3) - np.outer(moved, turned) / product
        inverse = aside @ inverse @ aside.T + np.outer(moved, moved) / product
        theta, at = theta + moved, there
    return at, False


def fitted(courses: Sequence[np.ndarray]) -> Fitted | None:
    """Fit the model to courses, each with a row of time and value for each visit; None where none fits."""
    held = _Courses(courses)
    if held.n < 4 or held.within() <= _NO_SCATTER * float(held.yy.sum()):
        return None
    with np.errstate(all="ignore"):
        reached = [found for start in _STARTS if (found := _least(held, start)) is not None]
        if not reached:
            return None
        least = min(found.deviance for found, _ended in reached)
        best, converged = max(
            (one for one in reached if one[0].deviance <= least + _NEAR), key=lambda one: one[1]
        )
        mean, errors = best.mean, np.sqrt(np.diag(best.spread))
    if not np.isfinite([*mean, *errors]).all():
        return None
    return Fitted(
        intercept=float(mean[0]) + held.middle,
        slope=float(mean[1]),
        intercept_se=float(errors[0]),
        slope_se=float(errors[1]),
        converged=converged,
    )
