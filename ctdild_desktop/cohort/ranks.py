"""Ranks, and the signed rank test: exact by counting every order of the signs in whole numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from math import sqrt

from ctdild_desktop.cohort.distributions import normal_above


def ranked(values: Sequence[float]) -> list[float]:
    """The rank of each value from 1 on; equal ones share the mean of theirs."""
    ordered = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    below = 0
    for _value, tied in groupby(ordered, key=values.__getitem__):
        places = list(tied)
        for place in places:
            ranks[place] = below + (len(places) + 1) / 2
        below += len(places)
    return ranks


def ties(values: Sequence[float]) -> int:
    """What ties take from the variance of the ranks: the sum of t³ − t, t how many share a value."""
    return sum(many**3 - many for many in Counter(values).values())


def signed_ranks(changes: Sequence[float], *, exact: bool) -> tuple[float, float]:
    """The signed rank test of changes of which none is zero: the smaller sum of ranks, and p to both sides.

    Args:
        changes: at least one; for the exact test no two are of the same size.
        exact: whether all orders of the signs are counted; else the normal distribution, corrected for
            ties and not for continuity.
    """
    n = len(changes)
    sizes = [abs(change) for change in changes]
    up = sum(rank for rank, change in zip(ranked(sizes), changes, strict=True) if change > 0)
    least = min(up, n * (n + 1) / 2 - up)
    if exact:
        ways = [1] + [0] * (n * (n + 1) // 2)
        for rank in range(1, n + 1):
            for total in range(len(ways) - 1, rank - 1, -1):
                ways[total] += ways[total - rank]
        return least, min(1.0, 2 * sum(ways[: int(least) + 1]) / 2**n)
    spread = sqrt((n * (n + 1) * (2 * n + 1) - ties(sizes) / 2) / 24)
    return least, min(1.0, 2 * normal_above((n * (n + 1) / 4 - least) / spread))
