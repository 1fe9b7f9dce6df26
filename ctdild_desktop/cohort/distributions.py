"""Tails of the distributions that tests are read from, in double precision, without a library for them.

A library of statistics takes 70 MB of memory and a second to load. Chi-squared: Abramowitz and Stegun 1964,
26.4.4 and 26.4.5, sums of a few positive terms for whole degrees of freedom.
"""

from __future__ import annotations

from math import erfc, exp, isnan, nan, pi, sqrt

from ctdild_desktop.clinical import student


def t_two_sided(statistic: float, df: float) -> float:
    """p of Student's t to both sides; of what is no number none."""
    return nan if isnan(statistic) else 2 * student.cdf(-abs(statistic), df)


def normal_above(z: float) -> float:
    """The share of the normal distribution above a value."""
    return erfc(z / sqrt(2)) / 2


def chi_squared_above(statistic: float, df: int) -> float:
    """The share of the chi-squared distribution above a value.

    Args:
        df: degrees of freedom, at least 1.
    """
    if statistic <= 0:
        return 1.0
    half = statistic / 2
    if df % 2:
        total, term, step = erfc(sqrt(half)), 2 * sqrt(half / pi) * exp(-half), 1.5
    else:
        total, term, step = 0.0, exp(-half), 1.0
    for _pair in range(df // 2):
        total += term
        term *= half / step
        step += 1
    return total
