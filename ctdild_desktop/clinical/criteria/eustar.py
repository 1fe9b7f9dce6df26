"""Progression of SSc-ILD over 12 months by the EUSTAR study.

Hoffmann-Vold A-M, et al. Ann Rheum Dis 2021;80:219, doi 10.1136/annrheumdis-2020-217455, table 2. Change of
FVC in points of % predicted: improved from +5 up; stable under 5 either way; moderate progression from 5 to
10; significant progression above 10. Over the whole course, a fall above 20 is a major one. The abstract
leaves open whether the percentages are points or relative; points are used, relative by a setting of the
site.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from ctdild_desktop.clinical.criteria.facts import Facts
from ctdild_desktop.clinical.criteria.pairs import Pair, fvc_points
from ctdild_desktop.clinical.criteria.telling import points_sentence
from ctdild_desktop.clinical.criteria.yearly import YearlyTool, yearly_criterion
from ctdild_desktop.clinical.verdict import Sentence, sentence

_LIMITS = (Fraction(5), Fraction(10))
_MAJOR = Fraction(20)


def eustar_category(change: Fraction) -> str:
    """The category of a change over 12 months: exactly −5 is moderate, exactly −10 still is."""
    if change >= 5:
        return "IMPROVED"
    if change > -5:
        return "STABLE"
    return "MODERATE_PROGRESSION" if change >= -10 else "SIGNIFICANT_PROGRESSION"


def overall_category(change: Fraction) -> str:
    """The category of a change from the first to the last test, where a fall above 20 points is ``MAJOR``."""
    return "MAJOR" if change < -_MAJOR else eustar_category(change)


def _overall(facts: Facts, as_of: dt.date, year: Pair) -> tuple[Sentence, ...]:
    """The change from the first to the last usable test in words; nothing when that is the year's pair."""
    visits = facts.fvc_until(as_of)
    pair = fvc_points(facts.patient)(visits[0], visits[-1])
    if pair is None or visits[0].date == year.baseline.date:
        return ()
    told = points_sentence(pair, *_LIMITS, _MAJOR)
    words = overall_category(-pair.fall).replace("_", " ").lower()
    if words == "major":
        words = "major decline"
    return (sentence("Over the whole course {words}: {told}", words=words, told=told),)


CRITERION = yearly_criterion(
    YearlyTool(
        id="EUSTAR",
        title="EUSTAR",
        source="Hoffmann-Vold 2021, EUSTAR, doi 10.1136/annrheumdis-2020-217455",
        category=eustar_category,
        progressive=frozenset({"MODERATE_PROGRESSION", "SIGNIFICANT_PROGRESSION"}),
        limits=_LIMITS,
        rule=sentence(
            "Over 12 ± 3 months: improved from +5 up, moderate progression from −5 to −10, significant "
            "progression below −10, stable between −5 and +5."
        ),
        relative=lambda settings: settings.eustar_basis == "relative",
        overall=_overall,
    )
)
