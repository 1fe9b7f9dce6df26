"""Which claims of the evidence ask what an analysis asks, so that both can be read side by side."""

from __future__ import annotations

from collections.abc import Mapping

from ctdild_desktop.cohort.published import designs
from ctdild_desktop.services.cohort.answers.parts import Options

_SAME: Mapping[str, tuple[str, ...]] = {
    "summary": ("describe",),
    "course": ("change",),
    "epochs": ("slopes", "pre-post"),
    "decline": ("slopes",),
    "pre-post": ("pre-post", "change"),
    "responders": ("responders", "pre-post"),
}
"""Analyses whose question another design asks, too; each asks its own."""


def claims_of(analysis: str, options: Options) -> tuple[str, ...]:
    """Ids of the claims whose design asks the same; of a drug that was chosen, those that are about it."""
    wanted = _SAME.get(analysis, (analysis,))
    drugs = {drug for drug in (options.drug, *options.drugs) if drug}
    return tuple(
        design.claim
        for design in designs().values()
        if design.analysis in wanted and (not drugs or drugs & {*design.drugs, *(design.against or ())})
    )
