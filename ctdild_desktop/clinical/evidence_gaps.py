"""Where the evidence library has no study of a drug in a disease, and what it has instead.

A study counts for a disease when it is about that disease or a group of diseases that holds it; a study of
CTD-ILD as a whole is counted apart, because it does not tell the diseases from one another, and one that was
under way has no result to be counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from ctdild_desktop.clinical import codes, evidence, evidence_search, wording
from ctdild_desktop.clinical.evidence import Claim, Kind
from ctdild_desktop.clinical.evidence_search import Asked
from ctdild_desktop.language import remembered, say

DISEASES = ("RA", "SSc", "PM", "DM", "ASyS", "MCTD", "SjD", "UCTD")
"""The connective-tissue diseases that the review names (lines 29-37 and 258)."""
DRUGS = (
    *("@glucocorticoid", "azathioprine", "mycophenolate", "cyclophosphamide_iv", "cyclophosphamide_po"),
    *("rituximab", "tocilizumab", "anakinra", "@anti_tnf", "nintedanib"),
)
"""The drugs that the review speaks of, in its order."""
_NAMES = ("Sjögren",)
"""Words that keep their capital inside a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the library has on one drug in one disease, as ids of claims."""

    disease: str
    drug: str
    studies: tuple[str, ...]
    """Studies of the review about the disease."""
    whole: tuple[str, ...]
    """Studies of the review about CTD-ILD as a whole."""
    later: tuple[str, ...]
    """Studies published after the review, of either kind."""
    claims: tuple[str, ...]
    """Everything that is found when both are asked for."""


@remembered
def coverage(disease: str, drug: str) -> Coverage:
    """What the library has on a drug, or a group of drugs, in a disease."""
    found = evidence_search.find(Asked(disease=disease, drug=drug))
    studies = [one for one in found if one.kind is Kind.STUDY and not one.gap]
    return Coverage(
        disease=disease,
        drug=drug,
        studies=tuple(one.id for one in studies if not one.after_review and not one.of_every_disease),
        whole=tuple(one.id for one in studies if not one.after_review and one.of_every_disease),
        later=tuple(one.id for one in studies if one.after_review),
        claims=tuple(one.id for one in found),
    )


def matrix() -> tuple[tuple[Coverage, ...], ...]:
    """One row for each of :data:`DISEASES`, one column for each of :data:`DRUGS`."""
    return tuple(tuple(coverage(disease, drug) for drug in DRUGS) for disease in DISEASES)


def gap_words(disease: str, drug: str) -> str:
    """``The review has no study of nintedanib in systemic sclerosis.`` with what there is instead.

    Empty when the review has a study of the drug in the disease.
    """
    seen = coverage(disease, drug)
    if seen.studies:
        return ""
    told = [
        say(
            "The review has no study of {drug} in {disease}.",
            drug=_inside(evidence_search.drug_words(drug)),
            disease=_inside(codes.diagnoses().label(disease)),
        )
    ]
    if seen.whole:
        told.append(say("Studies of CTD-ILD as a whole: {ids}.", ids=", ".join(seen.whole)))
    if seen.later:
        told.append(say("Published after the review: {ids}.", ids=", ".join(seen.later)))
    return " ".join(told)


def gaps() -> tuple[Claim, ...]:
    """What the review itself says is not known."""
    return tuple(one for one in evidence.claims() if one.gap)


def _inside(label: str) -> str:
    return label if label.startswith(_NAMES) else wording.inside(label)
