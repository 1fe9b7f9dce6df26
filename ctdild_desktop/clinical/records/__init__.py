"""What is known of one patient, as frozen values.

This is the one vocabulary of the program: services load these from the registry, criteria judge them,
figures and printouts show them, importers make them. Measurements are the exact decimals that were typed.
``None`` (and an empty text or list) means "not recorded"; it never means "no" or zero. ``absent`` says of a
field without a value that it was asked for, and why there is none.
"""

from __future__ import annotations

from ctdild_desktop.clinical.records.attachment import Attachment
from ctdild_desktop.clinical.records.coded import DlcoUnit, HrctResult, Sex, SymptomChange
from ctdild_desktop.clinical.records.imaging import Hrct, Procedure
from ctdild_desktop.clinical.records.mdt import (
    Action,
    Addendum,
    AgendaItem,
    Attendee,
    Decision,
    LetterTemplate,
    Meeting,
)
from ctdild_desktop.clinical.records.measured import HeartTest, Lab, Pft, Serology
from ctdild_desktop.clinical.records.patient import Allergy, Consent, Diagnosis, Differential, Patient
from ctdild_desktop.clinical.records.saved_query import SavedQuery
from ctdild_desktop.clinical.records.therapy import (
    AdverseEvent,
    DoseChange,
    Infusion,
    Interruption,
    PreCheck,
    TherapyLine,
)
from ctdild_desktop.clinical.records.visit import Pro, Score, Visit
from ctdild_desktop.clinical.records.whole import HELD_IN, PatientRecord
from ctdild_desktop.clinical.records.work import Snooze

__all__ = [
    "HELD_IN",
    "Action",
    "Addendum",
    "AdverseEvent",
    "AgendaItem",
    "Allergy",
    "Attachment",
    "Attendee",
    "Consent",
    "Decision",
    "Diagnosis",
    "Differential",
    "DlcoUnit",
    "DoseChange",
    "HeartTest",
    "Hrct",
    "HrctResult",
    "Infusion",
    "Interruption",
    "Lab",
    "LetterTemplate",
    "Meeting",
    "Patient",
    "PatientRecord",
    "Pft",
    "PreCheck",
    "Pro",
    "Procedure",
    "SavedQuery",
    "Score",
    "Serology",
    "Sex",
    "Snooze",
    "SymptomChange",
    "TherapyLine",
    "Visit",
]
