"""Which claims of the evidence ask what an analysis asks, so that both can be read side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ctdild_desktop.clinical.evidence import Claim
from ctdild_desktop.services.cohort_answers.parts import Options

_ASK: Mapping[str, tuple[str, ...]] = {
    "change": ("R01", "R02", "R03", "R05", "P01", "P02", "P03", "P04"),
    "slopes": ("R02", "P03", "P04"),
    "epochs": ("R02", "R05", "R08", "R11", "P03", "P04"),
    "pre-post": (
        *("R01", "R02", "R05", "R07", "R08", "R10", "R11", "R12", "R13", "R14", "R17", "R20"),
        *("R30", "R31", "P01", "P02", "P03", "P04"),
    ),
    "responders": ("R09", "R10", "R15", "R16", "R18", "R20"),
    "decline": ("P03",),
    "survival": ("R19", "R21", "R22", "R23", "R29"),
    "compare": ("R01", "R05", "R14", "R19", "R21", "R22", "R23", "R26", "R27", "R28", "R29", "R32", "P01"),
    "adverse-events": ("R05", "R15", "R19", "R24", "R25", "R26", "R27", "R28", "R29", "R30"),
}
"""By analysis: the studies whose outcome is of the same kind. Decided here, from the column of outcomes."""


def claims_of(analysis: str, options: Options, known: Iterable[Claim]) -> tuple[str, ...]:
    """Ids of the claims that ask the same; of a drug that was chosen, those that are about it."""
    wanted = set(_ASK.get(analysis, ()))
    drugs = {drug for drug in (options.drug, *options.drugs) if drug}
    return tuple(
        claim.id for claim in known if claim.id in wanted and (not drugs or drugs & set(claim.drugs))
    )
