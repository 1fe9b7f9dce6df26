"""One thing that was checked, and what came of it; sources stand in the table of checks."""

from __future__ import annotations

from dataclasses import dataclass

from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.quality.lines import UNDATED, When


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check about one record."""

    check: str
    kind: str
    record_id: str
    days: When
    state: State
    detail: str = ""
    """What was found, in words and numbers; no name."""
    of_patient: bool = False
    """About the patient as such, who counts in the period of the first contact."""


def of_patient(check: str, patient_id: str, state: State, detail: str = "") -> Finding:
    """A finding about a patient as such."""
    return Finding(check, "patient", patient_id, UNDATED, state, detail, of_patient=True)
