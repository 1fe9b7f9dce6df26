"""The reference tests that a reader may choose on the patient screen, in place of that of the criterion."""

from __future__ import annotations

from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
from ctdild_desktop.clinical.reference_choice import WINDOW_MONTHS, Chosen, reference_choices
from ctdild_desktop.services.assessment import PatientView


def references_for(view: PatientView, choice: int | None, test_id: str = "") -> tuple[Chosen, ...]:
    """Every choice with the pair that it makes, in the measure and window of a criterion; pure.

    Args:
        view: the patient.
        choice: index of the criterion; None for FVC in the usual window.
        test_id: the test that is pointed at.
    """
    pair = view.pair(choice)
    months = view.assessments[choice].window_months if choice is not None else None
    return reference_choices(
        view.record,
        view.as_of,
        measure=pair.measure if pair is not None else "fvc",
        months=months or WINDOW_MONTHS,
        test_id=test_id,
        haemoglobins=haemoglobins_of(view.record.labs),
    )
