"""Whether two groups of patients differ: the p values of changes and of shares, two-sided."""

from __future__ import annotations

from collections.abc import Sequence


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """p of the values of two groups, each of at least one: Mann and Whitney, Ann Math Stat 1947;18:50-60.

    Exact when a group has at most 8 values and no two are equal; else by the normal distribution, with the
    corrections for ties and for continuity.
    """
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu(one, other).pvalue)


def fisher_exact(one: tuple[int, int], other: tuple[int, int]) -> float:
    """p of two shares, each how many of how many: Fisher's exact test, J R Stat Soc 1922;85:87-94."""
    from scipy import stats

    table = [[count, of - count] for count, of in (one, other)]
    return float(stats.fisher_exact(table).pvalue)
