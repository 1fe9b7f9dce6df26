"""Student's t distribution: its distribution function and its quantile, in double precision.

The distribution function is the regularised incomplete beta function, evaluated by its continued fraction
(Abramowitz and Stegun 1964, 26.5.8 and 26.7.1) with the method of Lentz; the quantile inverts it by
bisection.
"""

from __future__ import annotations

import math
from functools import lru_cache

_TINY = 1e-300
_EPSILON = 1e-16
_TERMS = 10_000


def cdf(t: float, df: float) -> float:
    """The probability that a t variable of ``df`` degrees of freedom is at most ``t``.

    Raises:
        ValueError: ``df`` is not positive, or ``t`` is not a number.
    """
    if df <= 0 or math.isnan(t):
        raise ValueError("t must be a number and its degrees of freedom positive")
    if math.isinf(t):
        return 0.0 if t < 0 else 1.0
    tail = _incomplete_beta(df / 2, 0.5, df / (df + t * t), t * t / (df + t * t)) / 2
    return tail if t < 0 else 1 - tail


@lru_cache(maxsize=1024)
def quantile(probability: float, df: float) -> float:
    """The t below which a share ``probability`` of the distribution lies.

    Raises:
        ValueError: ``probability`` is not strictly between 0 and 1, or ``df`` is not positive.
    """
    if not 0 < probability < 1:
        raise ValueError("a quantile needs a probability between 0 and 1")
    if probability < 0.5:
        return -quantile(1 - probability, df)
    # The upper tail is compared, because there the doubles are dense.
    tail = 1 - probability
    high = 1.0
    while cdf(-high, df) > tail:
        high *= 2
    low = 0.0
    while True:
        middle = (low + high) / 2
        if middle in {low, high}:
            return middle
        low, high = (middle, high) if cdf(-middle, df) > tail else (low, middle)


def _incomplete_beta(a: float, b: float, x: float, complement: float) -> float:
    """The regularised incomplete beta function at ``x``; ``complement`` is 1 − x without cancellation."""
    if x <= 0 or complement <= 0:
        return 0.0 if x <= 0 else 1.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(log_front + a * math.log(x) + b * math.log(complement))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, complement) / b


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function."""
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _EPSILON * 4:
            return value
    raise ArithmeticError("the continued fraction of the t distribution did not converge")


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
