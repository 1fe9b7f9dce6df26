"""Values of many patients in few numbers, with the intervals and tests of paired changes.

Binary floating point throughout: nothing here decides a threshold. Formulas: Altman, Practical Statistics for
Medical Research, 1991; Wilson, J Am Stat Assoc 1927;22:209-212; Wilcoxon, Biometrics 1945;1:80-83.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ctdild_desktop.clinical.student import quantile
from ctdild_desktop.cohort.distributions import t_two_sided
from ctdild_desktop.cohort.ranks import signed_ranks
from ctdild_desktop.language import marked

PAIRED_T = marked("paired t test, two-sided")
EXACT_WILCOXON = marked("Wilcoxon signed rank test, two-sided, exact")
NORMAL_WILCOXON = marked("Wilcoxon signed rank test, two-sided, normal approximation")
_NO_SPREAD = 10 * np.finfo(float).eps
"""A standard error below this share of the mean is that of equal values, as R has it."""
_EXACT_UP_TO = 25
"""Differences that are not zero, up to which the signed rank test is exact when none are tied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What describes a number of values; what too few values cannot tell is None."""

    n: int
    mean: float | None = None
    sd: float | None = None
    """With n − 1 in the denominator."""
    ci95: tuple[float, float] | None = None
    """Of the mean, by Student's t."""
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    """Quartiles by linear interpolation between the ordered values."""
    low: float | None = None
    high: float | None = None
    n_negative: int = 0

    @property
    def quartiles(self) -> tuple[float, float] | None:
        """The lower and the upper quartile; None of no value."""
        return None if self.q1 is None or self.q3 is None else (self.q1, self.q3)

    @property
    def range(self) -> tuple[float, float] | None:
        """The least and the greatest value; None of no value."""
        return None if self.low is None or self.high is None else (self.low, self.high)


@dataclass(frozen=True, slots=True)
class Test:
    """A statistic with its two-sided p value, and the method in words; None where it cannot be computed."""

    __test__ = False

    statistic: float | None
    p: float | None
    method: str


@dataclass(frozen=True, slots=True)
class Proportion:
    """A count of a whole with Wilson's 95 % interval, all in per cent; None of nobody."""

    n: int
    of: int
    percent: float | None
    wilson95: tuple[float, float] | None


def summary(values: Sequence[float]) -> Summary:
    """Describe some values; no value gives n = 0 and nothing else."""
    if not values:
        return Summary(n=0)
    held = np.asarray(values, dtype=float)
    n = len(held)
    mean = float(held.mean())
    q1, median, q3 = (float(value) for value in np.percentile(held, (25, 50, 75)))
    sd = ci95 = None
    if n > 1:
        sd = float(held.std(ddof=1))
        half = quantile(0.975, n - 1) * sd / n**0.5
        ci95 = (mean - half, mean + half)
    return Summary(
        n=n,
        mean=mean,
        sd=sd,
        ci95=ci95,
        median=median,
        q1=q1,
        q3=q3,
        low=float(held.min()),
        high=float(held.max()),
        n_negative=int((held < 0).sum()),
    )


def paired_t(changes: Sequence[float]) -> Test:
    """Whether the mean change is zero: Student's t of paired values; nothing is told of equal changes."""
    method = PAIRED_T
    n = len(changes)
    if n < 2:
        return Test(None, None, method)
    held = np.asarray(changes, dtype=float)
    mean, error = float(held.mean()), float(held.std(ddof=1)) / n**0.5
    if error <= _NO_SPREAD * abs(mean):
        return Test(None, None, method)
    statistic = mean / error
    return Test(statistic, t_two_sided(statistic, n - 1), method)


def wilcoxon(changes: Sequence[float]) -> Test:
    """Whether the changes lie about zero: the signed rank test, its statistic the smaller sum of ranks.

    Changes of zero are dropped. Exact with at most 25 changes of which no two are of the same size; else by
    the normal distribution, with the correction for ties and without one for continuity.
    """
    held = [float(change) for change in changes if change != 0]
    exact = len(held) <= _EXACT_UP_TO and len({abs(change) for change in held}) == len(held)
    method = EXACT_WILCOXON if exact else NORMAL_WILCOXON
    if not held:
        return Test(None, None, method)
    return Test(*signed_ranks(held, exact=exact), method)


def proportion(count: int, of: int) -> Proportion:
    """A share with Wilson's 95 % interval (without correction for continuity)."""
    if not of:
        return Proportion(count, of, None, None)
    z = 1.959963984540054
    share, squared = count / of, z * z
    middle = share + squared / (2 * of)
    half = z * (share * (1 - share) / of + squared / (4 * of * of)) ** 0.5
    low, high = ((middle + sign * half) / (1 + squared / of) for sign in (-1, 1))
    return Proportion(count, of, 100 * share, (100 * max(low, 0.0), 100 * min(high, 1.0)))
