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
_NOWHERE = 1e200
"""The deviance of variances that leave nothing within the courses."""
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

    def solved(self, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Deviance, mean course and its covariance, for the Cholesky factor of the variances."""
        a, b, c = theta  # L = [[a, 0], [b, c]]
        z00, z01, z11 = self.z00, self.z01, self.z11
        # V = I + Z L L' Z', and its inverse I - Z L M^-1 L' Z' with M = I + L' Z' Z L
        t00, t01 = a * z00 + b * z01, a * z01 + b * z11  # first column of Z' Z L
        s00, s01 = c * z01, c * z11  # second column
        m00, m01, m11 = 1 + a * t00 + b * t01, c * t01, 1 + c * s01
        det = m00 * m11 - m01**2
        u, v = a * self.y0 + b * self.y1, c * self.y1  # L' Z' y
        i00, i01, i11 = m11 / det, -m01 / det, m00 / det
        x00 = (z00 - (t00 * t00 * i00 + 2 * t00 * s00 * i01 + s00 * s00 * i11)).sum()
        x01 = (z01 - (t00 * t01 * i00 + (t00 * s01 + s00 * t01) * i01 + s00 * s01 * i11)).sum()
        x11 = (z11 - (t01 * t01 * i00 + 2 * t01 * s01 * i01 + s01 * s01 * i11)).sum()
        wu, wv = i00 * u + i01 * v, i01 * u + i11 * v
        r = np.array([(self.y0 - t00 * wu - s00 * wv).sum(), (self.y1 - t01 * wu - s01 * wv).sum()])
        q = (self.yy - u * wu - v * wv).sum()
        cross = np.array([[x00, x01], [x01, x11]])
        mean = np.linalg.solve(cross, r)
        rest = float(q - r @ mean)
        df = self.n - 2
        if rest <= 0:
            return _NOWHERE, mean, np.full((2, 2), np.nan)
        variance = rest / df
        size = float(np.linalg.slogdet(cross)[1])
        deviance = df * np.log(variance) + float(np.log(det).sum()) + size
        return float(deviance), mean, np.linalg.inv(cross) * variance


def fitted(courses: Sequence[np.ndarray]) -> Fitted | None:
    """Fit the model to courses, each with a row of time and value for each visit; None where none fits."""
    from scipy.optimize import minimize

    held = _Courses(courses)
    if held.n < 4 or held.within() <= _NO_SCATTER * float(held.yy.sum()):
        return None

    def deviance(theta: np.ndarray) -> float:
        return held.solved(theta)[0]

    with np.errstate(all="ignore"):
        try:
            rough = [minimize(deviance, start, method="BFGS", options={"gtol": 1e-4}) for start in _STARTS]
            found = min(rough, key=lambda one: float(one.fun)).x
            # differences of differences end early; a simplex goes on to the last digits
            last = minimize(
                deviance,
                found,
                method="Nelder-Mead",
                options={
                    "initial_simplex": np.vstack([found, found + np.diag(0.05 + 0.05 * np.abs(found))]),
                    "xatol": 1e-7,
                    "fatol": 1e-10,
                    "maxiter": 2000,
                },
            )
            _least, mean, spread = held.solved(last.x)
        except np.linalg.LinAlgError:
            return None
        errors = np.sqrt(np.diag(spread))
    if not np.isfinite([*mean, *errors]).all():
        return None
    return Fitted(
        intercept=float(mean[0]) + held.middle,
        slope=float(mean[1]),
        intercept_se=float(errors[0]),
        slope_se=float(errors[1]),
        converged=bool(last.success),
    )
