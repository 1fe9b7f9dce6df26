"""The minimal important change of FVC in the Scleroderma Lung Studies.

Kafaja S, et al. Am J Respir Crit Care Med 2018;197:644, doi 10.1164/rccm.201709-1845OC: at 12 months,
worsening of 3.0 to 3.3 and improvement of 3.0 to 5.3 points of % predicted. Below the range nothing is
called important, within it a change is possible, beyond it definite; these bands are a decision of the
registry. Only definite worsening counts as progressive.
"""

from __future__ import annotations

from fractions import Fraction

from ctdild_desktop.clinical.criteria.pairs import shown
from ctdild_desktop.clinical.criteria.yearly import YearlyTool, yearly_criterion
from ctdild_desktop.clinical.verdict import Caution, sentence

_WORSE = Fraction(33, 10)
_POSSIBLE = Fraction(3)
_BETTER = Fraction(53, 10)


def mcid_category(change: Fraction) -> str:
    """The category of a change over 12 months in points of % predicted."""
    if change <= -_WORSE:
        return "WORSENED"
    if change <= -_POSSIBLE:
        return "POSSIBLY_WORSENED"
    if change < _POSSIBLE:
        return "NO_IMPORTANT_CHANGE"
    return "POSSIBLY_IMPROVED" if change < _BETTER else "IMPROVED"


CRITERION = yearly_criterion(
    YearlyTool(
        id="MCID_SSC",
        title="MCID (SSc)",
        source="Kafaja 2018, Scleroderma Lung Studies, doi 10.1164/rccm.201709-1845OC",
        category=mcid_category,
        progressive=frozenset({"WORSENED"}),
        limits=(_POSSIBLE, _WORSE, _BETTER),
        rule=sentence(
            "Over 12 ± 3 months: worsened from {worse} points down, possibly from {possible}; improved from "
            "+{better} up, possibly from +{some}.",
            worse=shown(-_WORSE, 1),
            possible=shown(-_POSSIBLE, 1),
            better=shown(_BETTER, 1),
            some=shown(_POSSIBLE, 1),
        ),
        caveat=Caution(
            "GROUP_MEASURE",
            sentence(
                "A change of 3 points lies within the scatter of repeated tests of one person; this measure "
                "was made for groups."
            ),
        ),
    )
)
