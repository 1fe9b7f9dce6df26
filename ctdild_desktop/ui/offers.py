"""What an act suggests to do next."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.records import AdverseEvent, Lab
from ctdild_desktop.services import labs
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Done
from ctdild_desktop.ui.permits import Permits


def event_offer(
    done: Done[Any], view: PatientView | None, permits: Permits
) -> tuple[str, AdverseEvent] | None:
    """What a blood result of CTCAE grade 2 or more suggests: to record the adverse event, in words."""
    results = done.value if isinstance(done.value, tuple) else (done.value,)
    found = [result for result in results if isinstance(result, Lab)]
    if view is None or not found or done.changes.patient_id != view.record.patient.id:
        return None
    event = labs.worst_offer(found, view.record)
    if event is None or permits.refusal("add_adverse_event"):
        return None
    words = QCoreApplication.translate("Workbench", "Record adverse event: {term}, grade {grade}…")
    return words.format(term=codes.ae_terms().label(event.term), grade=event.grade), event
