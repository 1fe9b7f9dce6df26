"""Tails and tests by ranks against those of SciPy, which the program does without."""

from __future__ import annotations

import random
from math import isnan, nan

import pytest
from scipy import stats

from ctdild_desktop.cohort.between import fisher_exact, mann_whitney
from ctdild_desktop.cohort.distributions import chi_squared_above, normal_above, t_two_sided
from ctdild_desktop.cohort.ranks import signed_ranks

same = pytest.approx


def drawn(draw: random.Random, most: int, digits: int) -> list[float]:
    """Some values of which none is zero; with no digits many are tied."""
    values = [round(draw.gauss(0.4, 3), digits) for _value in range(draw.randint(1, most))]
    return [value for value in values if value] or [1.0]


@pytest.mark.parametrize("df", [1, 2, 3, 7.43, 30, 118.6, 2000])
def test_both_tails_of_t(df: float) -> None:
    for statistic in (0.0, 0.3, -1.0, 2.5, -9.0, 60.0):
        assert t_two_sided(statistic, df) == same(2 * stats.t.sf(abs(statistic), df), rel=1e-10)


def test_what_is_no_number_has_no_p() -> None:
    assert isnan(t_two_sided(nan, 4))


@pytest.mark.parametrize("df", range(1, 9))
def test_the_upper_tail_of_chi_squared(df: int) -> None:
    for statistic in (0.0, 1e-6, 0.5, 3.841, 12.0, 250.0):
        assert chi_squared_above(statistic, df) == same(stats.chi2.sf(statistic, df), rel=1e-12)


def test_the_upper_tail_of_the_normal_distribution() -> None:
    for z in (-3.0, 0.0, 1.959963984540054, 6.0, 20.0):
        assert normal_above(z) == same(stats.norm.sf(z), rel=1e-12)


@pytest.mark.parametrize("digits", [0, 9], ids=["tied", "not tied"])
def test_signed_ranks_counted_and_by_the_normal_distribution(digits: int) -> None:
    draw = random.Random(7)
    for _case in range(40):
        changes = drawn(draw, 40, digits)
        exact = len(changes) <= 25 and len({abs(one) for one in changes}) == len(changes)
        told = stats.wilcoxon(changes, correction=False, method="exact" if exact else "asymptotic")
        assert signed_ranks(changes, exact=exact) == same((told.statistic, told.pvalue), rel=1e-12)


@pytest.mark.parametrize("digits", [0, 9], ids=["tied", "not tied"])
def test_two_groups_counted_and_by_the_normal_distribution(digits: int) -> None:
    draw = random.Random(8)
    for _case in range(40):
        one, other = drawn(draw, 20, digits), drawn(draw, 200, digits)
        assert mann_whitney(one, other) == same(stats.mannwhitneyu(one, other).pvalue, rel=1e-12)


def test_two_shares() -> None:
    draw = random.Random(9)
    for _case in range(40):
        wholes = draw.randint(1, 40), draw.randint(1, 300)
        one, other = ((draw.randint(0, whole), whole) for whole in wholes)
        table = [[count, whole - count] for count, whole in (one, other)]
        assert fisher_exact(one, other) == same(stats.fisher_exact(table).pvalue, rel=1e-12)
