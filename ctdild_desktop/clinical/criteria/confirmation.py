"""When a repeat test is advised before a met criterion is relied upon. Advice; it never changes a verdict.

Sources: Pellegrino 2005 (week-to-week change of FVC up to 11 % in healthy people), Graham 2019 (repeatability
0.150 L). A repeat in 4 to 12 weeks is the interval that the registry states.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from ctdild_desktop.clinical.criteria.facts import Facts
from ctdild_desktop.clinical.criteria.pairs import Pair
from ctdild_desktop.clinical.series import FvcVisit
from ctdild_desktop.clinical.verdict import Caution, sentence

_WEEKS = 7
_REPEATABLE_L = Fraction(150, 1000)


def confirm_advised(facts: Facts, pairs: tuple[Pair, ...], *, only_dlco: bool) -> tuple[Caution, ...]:
    """``CONFIRM_ADVISED`` with its reasons for the pairs that met a criterion, or nothing."""
    reasons: list[str] = []
    for pair in pairs:
        if pair.measure == "fvc" and pair.relative_fall < 11 and pair.days <= 12 * _WEEKS:
            reasons.append("the fall of FVC is below 11 % and within 12 weeks")
        if pair.measure == "fvc" and _within_repeatability(pair):
            reasons.append("the change of FVC is not more than 0.150 L")
        if "D" in {pair.baseline.low_grade, pair.follow_up.low_grade}:
            reasons.append("a test has quality grade D")
        if _after_infection(facts, pair.follow_up.date):
            reasons.append("the latest test came within 6 weeks after a respiratory infection")
    if only_dlco:
        reasons.append("DLCO alone has fallen that far")
    if not reasons:
        return ()
    text = sentence(
        "A repeat test in 4–12 weeks is advised to confirm this: {reasons}.",
        reasons=tuple(sentence(reason) for reason in dict.fromkeys(reasons)),
    )
    return (Caution("CONFIRM_ADVISED", text),)


def _within_repeatability(pair: Pair) -> bool:
    first, last = pair.baseline, pair.follow_up
    if not isinstance(first, FvcVisit) or not isinstance(last, FvcVisit):
        return False
    if first.litres is None or last.litres is None:
        return False
    return abs(first.litres - last.litres) <= _REPEATABLE_L


def _after_infection(facts: Facts, test: dt.date) -> bool:
    return any(first <= test <= last + dt.timedelta(days=6 * _WEEKS) for first, last in facts.infections)
