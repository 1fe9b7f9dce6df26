"""Everything recorded of one patient, as one value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical.records.attachment import Attachment
from ctdild_desktop.clinical.records.imaging import Hrct, Procedure
from ctdild_desktop.clinical.records.mdt import Action, Decision
from ctdild_desktop.clinical.records.measured import HeartTest, Lab, Pft, Serology
from ctdild_desktop.clinical.records.patient import Consent, Diagnosis, Patient
from ctdild_desktop.clinical.records.therapy import AdverseEvent, TherapyLine
from ctdild_desktop.clinical.records.visit import Pro, Visit
from ctdild_desktop.clinical.records.work import Snooze


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRecord:
    """Everything recorded of one patient; each tuple is in date order, oldest first."""

    patient: Patient
    diagnoses: tuple[Diagnosis, ...] = ()
    visits: tuple[Visit, ...] = ()
    """Visits that took place."""
    appointments: tuple[Visit, ...] = ()
    """Visits that are planned, were cancelled or were missed; nothing was seen at them."""
    tests: tuple[Pft, ...] = ()
    hrct: tuple[Hrct, ...] = ()
    therapy: tuple[TherapyLine, ...] = ()
    adverse_events: tuple[AdverseEvent, ...] = field(default=())
    serology: tuple[Serology, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    labs: tuple[Lab, ...] = ()
    heart_tests: tuple[HeartTest, ...] = ()
    pros: tuple[Pro, ...] = ()
    consents: tuple[Consent, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    """What files there are; their content is read one by one."""
    decisions: tuple[Decision, ...] = ()
    actions: tuple[Action, ...] = ()
    snoozes: tuple[Snooze, ...] = ()
    """What was put off on the work list."""
    only_later: tuple[str, ...] = ()
    """Of a record that is cut at a day: the fields of which everything is dated after it."""

    def diagnosis_on(self, date: dt.date) -> Diagnosis | None:
        """The view of the diagnosis in force on a date: the latest that may have begun by then."""
        known = [view for view in self.diagnoses if view.date.earliest <= date]
        return max(known, key=lambda view: view.date.earliest, default=None)

    def diagnosed_after(self, date: dt.date) -> bool:
        """Whether the first view of the diagnosis is of a later day."""
        return self.diagnosis_on(date) is None and (bool(self.diagnoses) or "diagnoses" in self.only_later)


HELD_IN: Mapping[str, type[Any]] = MappingProxyType(
    {
        "diagnoses": Diagnosis,
        "visits": Visit,
        "appointments": Visit,
        "tests": Pft,
        "hrct": Hrct,
        "therapy": TherapyLine,
        "adverse_events": AdverseEvent,
        "serology": Serology,
        "procedures": Procedure,
        "labs": Lab,
        "heart_tests": HeartTest,
        "pros": Pro,
        "consents": Consent,
        "attachments": Attachment,
        "decisions": Decision,
        "actions": Action,
        "snoozes": Snooze,
    }
)
"""The kind of the records in each field of a :class:`PatientRecord`."""
