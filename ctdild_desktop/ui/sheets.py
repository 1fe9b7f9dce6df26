"""Which sheet belongs to which kind of record."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.jobs import Runner

if TYPE_CHECKING:
    from ctdild_desktop.ui.dialogs.record_sheet import RecordSheet

_SHEETS = {
    "test": "pft.pft_sheet.PftSheet",
    "therapy": "therapy.line_sheet.LineSheet",
    "adverse_event": "adverse_events.adverse_event_sheet.AdverseEventSheet",
    "hrct": "hrct.hrct_sheet.HrctSheet",
    "visit": "visits.visit_sheet.VisitSheet",
    "diagnosis": "patients.diagnosis_sheet.DiagnosisSheet",
    "lab": "measured.lab_sheet.LabSheet",
    "serology": "measured.antibody_sheet.AntibodySheet",
    "heart_test": "measured.heart_sheet.HeartSheet",
    "pro": "measured.pro_sheet.ProSheet",
    "procedure": "procedures.procedure_sheet.ProcedureSheet",
    "consent": "patients.consent_sheet.ConsentSheet",
    "attachment": "documents.file_sheet.FileSheet",
}
"""Where each is found; it is loaded when the first of its kind is opened."""
_SAMPLES = {"lab": "measured.labs_sheet.LabsSheet", "serology": "measured.serology_sheet.SerologySheet"}
"""Kinds of which a whole sample is typed at once."""


def record_sheet(
    kind: str, desk: Desk, runner: Runner, view: PatientView, record_id: str = ""
) -> RecordSheet:
    """The sheet for a new record of a kind, or for the one with this id.

    Raises:
        KeyError: there is no such kind.
        LookupError: the patient has no such record any more.
    """
    where = _SHEETS[kind]
    if not record_id:
        return _found(_SAMPLES.get(kind, where))(desk, runner, view)
    saved = next((item for item in _held(kind, view) if getattr(item, "id", "") == record_id), None)
    if saved is None:
        raise LookupError(record_id)
    return _found(where)(desk, runner, view, saved)


def _found(where: str) -> Callable[..., RecordSheet]:
    module, _, name = where.rpartition(".")
    sheet: Callable[..., RecordSheet] = getattr(import_module(f"ctdild_desktop.ui.{module}"), name)
    return sheet


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
