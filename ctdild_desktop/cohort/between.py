"""Whether two groups of patients differ: the p values of changes and of shares, two-sided.

Exact ones count every order or table in whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, inf, sqrt

from ctdild_desktop.cohort.distributions import normal_above
from ctdild_desktop.cohort.ranks import ranked, ties

_EXACT_UP_TO = 8
"""Values of a group, up to which the test of two groups is exact when no two values are equal."""


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """p of the values of two groups, each of at least one: Mann and Whitney, Ann Math Stat 1947;18:50-60.

    Exact when a group has at most 8 values and no two are equal; else by the normal distribution, with the
    corrections for ties and for continuity.
    """
    first, second = len(one), len(other)
    n, whole = first + second, first * second
    values = [float(value) for value in (*one, *other)]
    passed = sum(ranked(values)[:first]) - first * (first + 1) / 2
    least, tied = min(passed, whole - passed), ties(values)
    if not tied and min(first, second) <= _EXACT_UP_TO:
        ways = _orders(first, second)
        return min(1.0, 2 * sum(ways[: int(least) + 1]) / comb(n, first))
    spread = sqrt(whole / 12 * (n + 1 - tied / (n * (n - 1))))
    z = (whole / 2 - least - 0.5) / spread if spread else -inf
    return min(1.0, 2 * normal_above(z))


def _orders(first: int, second: int) -> list[int]:
    """In how many orders of two groups each number of pairs is the wrong way round (Gauss's polynomial)."""
    ways = [1] + [0] * (first * second)
    few, many = sorted((first, second))
    for size in range(1, few + 1):
        for total in range(len(ways) - 1, many + size - 1, -1):
            ways[total] -= ways[total - many - size]
        for total in range(size, len(ways)):
            ways[total] += ways[total - size]
    return ways


def fisher_exact(one: tuple[int, int], other: tuple[int, int]) -> float:
    """p of two shares, each how many of how many: Fisher's exact test, J R Stat Soc 1922;85:87-94."""
    (count, of), (further, whole) = one, other
    both = count + further
    lowest, highest = max(0, both - whole), min(of, both)
    ways = comb(of, lowest) * comb(whole, both - lowest)
    found: list[int] = []
    for held in range(lowest, highest + 1):
        found.append(ways)
        ways = ways * (of - held) * (both - held) // ((held + 1) * (whole - both + held + 1))
    seen = found[count - lowest]
    return sum(each for each in found if each <= seen) / comb(of + whole, both)
