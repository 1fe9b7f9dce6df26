"""How many improved, stayed the same or declined, by the relative change of FVC in classes.

Improved: a gain of 10 % or more; marginal improvement: 5 to below 10 %; stable: between −5 and 5 %; marginal
decline: a loss of 5 to below 10 %; decline: a loss of 10 % or more. Decided on exact fractions. Losses of 5
and 10 % are limits of INBUILD (Flaherty 2019, doi 10.1056/NEJMoa1908681); the classes, and the same limits
for a gain, are decisions of the registry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from ctdild_desktop.cohort.describing import Proportion, proportion

CLASSES = ("improved", "marginal_improvement", "stable", "marginal_decline", "decline")


def class_of(relative: Fraction) -> str:
    """The class of a relative change in per cent."""
    if relative >= 10:
        return "improved"
    if relative >= 5:
        return "marginal_improvement"
    if relative > -5:
        return "stable"
    return "marginal_decline" if relative > -10 else "decline"


def table(changes: Iterable[Fraction]) -> dict[str, Proportion]:
    """The share of each class."""
    counts = Counter(class_of(change) for change in changes)
    return {name: proportion(counts[name], counts.total()) for name in CLASSES}
