"""Which drugs make a line of therapy, and which make one that is counted. Decisions of the registry."""

from __future__ import annotations

from ctdild_desktop.clinical.codes import drugs

NO_THERAPY = frozenset({"outline_only"})
"""Classes of the drug list that are no line of therapy: oxygen, rehabilitation and prophylaxis."""


def class_of(drug: str) -> str | None:
    """The class of a drug; None of one that the list lacks."""
    listed = drugs().get(drug)
    return listed.drug_class if listed is not None else None


def is_therapy(drug: str) -> bool:
    """Whether a drug makes a line of therapy; a drug that the list lacks does."""
    return class_of(drug) not in NO_THERAPY


def is_counted(drug: str) -> bool:
    """Whether it makes a line that has a place in the order of lines: a therapy that is no glucocorticoid."""
    return is_therapy(drug) and class_of(drug) != "glucocorticoid"
