"""The tabs of the patient screen that list one kind of record each."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.ui.patient import other_rows
from ctdild_desktop.ui.patient.pft_rows import pft_columns
from ctdild_desktop.ui.patient.record_tab import RecordTab


def _tr(text: str) -> str:
    return QCoreApplication.translate("PatientPage", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTabs:
    """One tab for each kind of record, with its columns, its button and what it says when it is empty."""

    tests: RecordTab
    therapy: RecordTab
    events: RecordTab
    imaging: RecordTab
    visits: RecordTab
    diagnoses: RecordTab


def record_tabs() -> RecordTabs:
    """Make all of them, without rows."""
    return RecordTabs(
        tests=RecordTab(
            "tests",
            _tr("All lung-function tests"),
            pft_columns(),
            add_words=_tr("Log PFT… Ctrl+T"),
            empty=(
                _tr("No tests yet"),
                _tr("Log the first PFT (Ctrl+T) or import a report (Ctrl+I)."),
            ),
        ),
        therapy=RecordTab(
            "therapy",
            _tr("Lines of therapy"),
            other_rows.therapy_columns(),
            add_words=_tr("Add therapy… Ctrl+Shift+T"),
            empty=(_tr("No therapy recorded"), _tr("Add the first line of therapy (Ctrl+Shift+T).")),
        ),
        events=RecordTab(
            "adverse_event",
            _tr("Adverse events"),
            other_rows.adverse_event_columns(),
            add_words=_tr("Add adverse event… Ctrl+Shift+E"),
            empty=(_tr("No adverse events recorded"), _tr("Add one when it happens (Ctrl+Shift+E).")),
        ),
        imaging=RecordTab(
            "hrct",
            _tr("HRCT reads"),
            other_rows.imaging_columns(),
            add_words=_tr("Add HRCT… Ctrl+Shift+H"),
            empty=(_tr("No HRCT recorded"), _tr("Record the first read (Ctrl+Shift+H).")),
        ),
        visits=RecordTab(
            "visit",
            _tr("Visits"),
            other_rows.visit_columns(),
            add_words=_tr("Add visit… Ctrl+Shift+V"),
            empty=(_tr("No visits recorded"), _tr("Record symptoms and findings (Ctrl+Shift+V).")),
        ),
        diagnoses=RecordTab(
            "diagnosis",
            _tr("Views of the diagnosis"),
            other_rows.diagnosis_columns(),
            add_words=_tr("Record diagnosis… Ctrl+Shift+D"),
            empty=(_tr("No diagnosis recorded"), _tr("Record CTD and ILD pattern (Ctrl+Shift+D).")),
        ),
    )
