"""What an adverse event means in reports: serious, related, and the flags that no CTCAE term has.

Seriousness follows ICH E2A, causality WHO-UMC. The lists themselves are in ``clinical.codes``
(``seriousness``, ``causality``, ``ae_action``, ``ae_outcome``), their checks at entry in
``clinical.plausibility``. CTCAE is version 5.0 (NCI, 27 November 2017).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from ctdild_desktop.clinical.exposure import RELATED
from ctdild_desktop.clinical.inputs import exact
from ctdild_desktop.clinical.records import AdverseEvent, TherapyLine

_LUNG_TOXIC = frozenset({"methotrexate", "tocilizumab", "rituximab"})


class Flag(StrEnum):
    """Marks of events that CTCAE has no term for; local to this program."""

    PML = "PML"
    """Progressive multifocal leukoencephalopathy; CTCAE codes it as an infection of the brain."""
    DRUG_LUNG_TOXICITY = "DRUG_LUNG_TOXICITY"
    """Pneumonitis under methotrexate, tocilizumab or rituximab."""


def is_serious(event: AdverseEvent) -> bool:
    """Whether an event is serious (ICH E2A): a criterion is ticked, or it was recorded as serious as a whole.

    Grade and seriousness are independent; no criterion and no statement is not serious.
    """
    return bool(event.seriousness) or event.serious is True


def is_related(event: AdverseEvent) -> bool:
    """Whether reports count an event as related to a drug: certain, probable or possible (WHO-UMC)."""
    return event.causality in RELATED


def flags(event: AdverseEvent, suspected: Iterable[TherapyLine]) -> tuple[Flag, ...]:
    """The local flags of an event; ``suspected`` are the therapy lines that it is ascribed to.

    Pneumonitis under these drugs: lines 386-393 and 459-462 of the review, and the label of methotrexate.
    """
    if event.term == "pml":
        return (Flag.PML,)
    if event.term == "pneumonitis" and any(line.drug in _LUNG_TOXIC for line in suspected):
        return (Flag.DRUG_LUNG_TOXICITY,)
    return ()


def fever_grade(celsius: Decimal, *, longer_than_a_day: bool | None = None) -> int | None:
    """The CTCAE v5.0 grade of fever: 38.0 to 39.0 °C, to 40.0, above it for up to a day, longer.

    None above 40.0 °C when the time is not recorded.
    """
    value = exact("The temperature", celsius)
    if value > 40:
        return None if longer_than_a_day is None else 4 if longer_than_a_day else 3
    return 2 if value > 39 else 1 if value >= 38 else 0


def weight_loss_grade(before_kg: Decimal, now_kg: Decimal) -> int:
    """The CTCAE v5.0 grade of weight loss from a baseline: from 5, 10 and 20 % on; there is no grade 4."""
    before, now = exact("The earlier weight", before_kg, low=1), exact("The weight", now_kg)
    lost = (before - now) * 100
    return next((grade for grade, limit in ((3, 20), (2, 10), (1, 5)) if lost >= limit * before), 0)


def diarrhoea_grade(stools_over_usual: int) -> int:
    """The CTCAE v5.0 grade of diarrhoea by stools a day over the usual: up to 3, 4 to 6, 7 or more.

    Admission, which is grade 3 too, is the clinician's to say.
    """
    more = exact("The number of stools", stools_over_usual)
    return 3 if more >= 7 else 2 if more >= 4 else 1 if more > 0 else 0


def febrile_neutropenia(
    neutrophils: Decimal, highest_celsius: Decimal, *, sustained_celsius: Decimal | None = None
) -> bool:
    """Whether the definition of febrile neutropenia is met (CTCAE v5.0, grade 3).

    Neutrophils (10^9/L) below 1.0 with one temperature above 38.3 °C, or with 38.0 °C or more held for longer
    than an hour (``sustained_celsius``).
    """
    if exact("Neutrophils", neutrophils) >= 1:
        return False
    if exact("The temperature", highest_celsius) > Fraction(383, 10):
        return True
    return sustained_celsius is not None and exact("The temperature", sustained_celsius) >= 38
