"""Whether the patient was treated for the lung in a window, for definitions worded "despite treatment".

It is told beside the answer and never changes it. The definitions of Flaherty 2019, George 2020 and Behr 2021
have these words; that treatment is no gate is a decision of the registry.
"""

from __future__ import annotations

from dataclasses import dataclass

from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.criteria.criterion import Window
from ctdild_desktop.clinical.criteria.facts import Facts, running_lines
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.clinical.verdict import Sentence, sentence

_SUPPORT = "outline_only"
"""Oxygen, rehabilitation and prophylaxis: the class of drugs that are no treatment of the disease."""


@dataclass(frozen=True, slots=True)
class TreatmentContext:
    """Whether an immunosuppressive or antifibrotic line ran on a day of the window, and how that is said."""

    on_treatment: bool
    told: Sentence


def treatment_context(facts: Facts, span: Window) -> TreatmentContext:
    """The immunosuppressive or antifibrotic lines that ran on at least one day of the window."""
    days = {span.start}
    for line in facts.therapy:
        days.add(line.start.earliest)
        days.update(gap.stop.earliest for gap in line.interruptions if gap.stop is not None)
    inside = sorted(day for day in days if span.start <= day <= span.end)
    ran = [line for day in inside for line in running_lines(facts, day) if _counts(line)]
    names = dict.fromkeys(drugs().label(line.drug) for line in ran)
    if not names:
        return TreatmentContext(
            False,
            sentence(
                "No immunosuppressive or antifibrotic treatment is recorded since {start}.", start=span.start
            ),
        )
    return TreatmentContext(
        True,
        sentence("Despite treatment since {start} with: {drugs}.", start=span.start, drugs=", ".join(names)),
    )


def _counts(line: TherapyLine) -> bool:
    drug = drugs().get(line.drug)
    return drug is not None and drug.code != "other" and drug.drug_class != _SUPPORT
