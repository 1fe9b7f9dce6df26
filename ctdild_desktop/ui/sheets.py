"""Which sheet belongs to which kind of record."""

from __future__ import annotations

from collections.abc import Callable

from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.adverse_events.adverse_event_sheet import AdverseEventSheet
from ctdild_desktop.ui.dialogs.record_sheet import RecordSheet
from ctdild_desktop.ui.documents.file_sheet import FileSheet
from ctdild_desktop.ui.hrct.hrct_sheet import HrctSheet
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.measured.antibody_sheet import AntibodySheet
from ctdild_desktop.ui.measured.heart_sheet import HeartSheet
from ctdild_desktop.ui.measured.lab_sheet import LabSheet
from ctdild_desktop.ui.measured.labs_sheet import LabsSheet
from ctdild_desktop.ui.measured.pro_sheet import ProSheet
from ctdild_desktop.ui.measured.serology_sheet import SerologySheet
from ctdild_desktop.ui.patients.consent_sheet import ConsentSheet
from ctdild_desktop.ui.patients.diagnosis_sheet import DiagnosisSheet
from ctdild_desktop.ui.pft.pft_sheet import PftSheet
from ctdild_desktop.ui.procedures.procedure_sheet import ProcedureSheet
from ctdild_desktop.ui.therapy.line_sheet import LineSheet
from ctdild_desktop.ui.visits.visit_sheet import VisitSheet

_SHEETS: dict[str, Callable[..., RecordSheet]] = {
    "test": PftSheet,
    "therapy": LineSheet,
    "adverse_event": AdverseEventSheet,
    "hrct": HrctSheet,
    "visit": VisitSheet,
    "diagnosis": DiagnosisSheet,
    "lab": LabSheet,
    "serology": AntibodySheet,
    "heart_test": HeartSheet,
    "pro": ProSheet,
    "procedure": ProcedureSheet,
    "consent": ConsentSheet,
    "attachment": FileSheet,
}
_SAMPLES: dict[str, Callable[..., RecordSheet]] = {"lab": LabsSheet, "serology": SerologySheet}
"""Kinds of which a whole sample is typed at once."""


def record_sheet(
    kind: str, desk: Desk, runner: Runner, view: PatientView, record_id: str = ""
) -> RecordSheet:
    """The sheet for a new record of a kind, or for the one with this id.

    Raises:
        KeyError: there is no such kind.
        LookupError: the patient has no such record any more.
    """
    make = _SHEETS[kind]
    if not record_id:
        return _SAMPLES.get(kind, make)(desk, runner, view)
    saved = next((item for item in _held(kind, view) if getattr(item, "id", "") == record_id), None)
    if saved is None:
        raise LookupError(record_id)
    return make(desk, runner, view, saved)


def _held(kind: str, view: PatientView) -> tuple[object, ...]:
    record = view.record
    held: dict[str, tuple[object, ...]] = {
        "test": record.tests,
        "therapy": record.therapy,
        "adverse_event": record.adverse_events,
        "hrct": record.hrct,
        "visit": record.visits,
        "diagnosis": record.diagnoses,
        "lab": record.labs,
        "serology": record.serology,
        "heart_test": record.heart_tests,
        "pro": record.pros,
        "procedure": record.procedures,
        "consent": record.consents,
        "attachment": record.attachments,
    }
    return held[kind]
