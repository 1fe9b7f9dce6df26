"""Therapy lines, adverse events, scans and visits as table rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import AdverseEvent, Diagnosis, Hrct, PatientRecord, Visit
from ctdild_desktop.figures.events import is_ongoing
from ctdild_desktop.services.assessment import LineEffect
from ctdild_desktop.ui.patient.record_model import Column, Row

if TYPE_CHECKING:
    from ctdild_desktop.clinical.trajectory import Slope


def _tr(text: str) -> str:
    return QCoreApplication.translate("PatientPage", text)


def _yes_no(value: bool | None) -> str:
    return "" if value is None else _tr("yes") if value else _tr("no")


def _typed(value: Decimal | None) -> str:
    return "" if value is None else wording.as_typed(value)


def therapy_columns() -> tuple[Column, ...]:
    """Columns of the therapy lines; slopes describe what was measured, not what the drug did."""
    slope = _tr("FVC slope, mL a year, least squares; number of tests in brackets")
    return (
        Column(_tr("Drug"), strong=True),
        Column(_tr("Now or last")),
        Column(_tr("Role")),
        Column(_tr("From – to")),
        Column(_tr("Stopped because")),
        Column(_tr("FVC before, mL/y (n)"), number=True, hint=slope),
        Column(_tr("FVC on it, mL/y (n)"), number=True, hint=slope),
        Column(_tr("Note"), stretch=True, quiet=True),
    )


def therapy_rows(lines: Sequence[LineEffect]) -> tuple[Row, ...]:
    """Lines as given: running first."""
    return tuple(
        Row(
            "therapy",
            line.line.id,
            (
                line.drug,
                line.short,
                line.role,
                line.dates,
                line.stop_reason,
                _slope(line.before),
                _slope(line.on),
                line.line.note,
            ),
            quiet=not line.running,
        )
        for line in lines
    )


def _slope(slope: Slope | None) -> str:
    return "" if slope is None else f"{wording.signed(slope.per_year, 0)} ({slope.n})"


def adverse_event_columns() -> tuple[Column, ...]:
    """Columns of the adverse events."""
    return (
        Column(_tr("Onset")),
        Column(_tr("Event"), strong=True),
        Column(_tr("Grade"), number=True),
        Column(_tr("Serious")),
        Column(_tr("Until")),
        Column(_tr("Suspected")),
        Column(_tr("Causality")),
        Column(_tr("Action")),
        Column(_tr("Outcome")),
        Column(_tr("Note"), stretch=True, quiet=True),
    )


def adverse_event_rows(record: PatientRecord, today: dt.date) -> tuple[Row, ...]:
    """Newest first."""
    drugs = {line.id: codes.drugs().label(line.drug) for line in record.therapy}
    ordered = sorted(record.adverse_events, key=lambda event: event.onset.earliest, reverse=True)
    return tuple(_adverse_event(event, drugs, today) for event in ordered)


def _adverse_event(event: AdverseEvent, drugs: dict[str, str], today: dt.date) -> Row:
    until = wording.partial(event.end) if event.end else _tr("ongoing") if is_ongoing(event, today) else ""
    cells = (
        wording.partial(event.onset),
        codes.ae_terms().label(event.term),
        "" if event.grade is None else str(event.grade),
        _yes_no(event.serious),
        until,
        ", ".join(drugs[line] for line in event.suspected_lines if line in drugs),
        codes.label("causality", event.causality),
        codes.label("ae_action", event.action),
        codes.label("ae_outcome", event.outcome),
        event.note,
    )
    return Row("adverse_event", event.id, cells)


def imaging_columns() -> tuple[Column, ...]:
    """Columns of the HRCT reads."""
    return (
        Column(_tr("Date")),
        Column(_tr("Compared"), strong=True),
        Column(_tr("With")),
        Column(_tr("Pattern")),
        Column(_tr("Extent %"), number=True),
        Column(_tr("Fibrosis")),
        Column(_tr("Emphysema")),
        Column(_tr("Signs of progression"), stretch=True),
        Column(_tr("Note"), quiet=True),
    )


def imaging_rows(record: PatientRecord) -> tuple[Row, ...]:
    """Newest first."""
    return tuple(_scan(scan) for scan in sorted(record.hrct, key=lambda scan: scan.date, reverse=True))


def _scan(scan: Hrct) -> Row:
    extent = _typed(scan.extent_percent) or codes.label("hrct_extent", scan.extent_reading)
    cells = (
        wording.day(scan.date),
        codes.label("hrct_result", scan.result.value) if scan.result is not None else "",
        wording.day(scan.compared_with) if scan.compared_with is not None else "",
        codes.patterns().label(scan.pattern),
        extent,
        _yes_no(scan.fibrosis),
        _yes_no(scan.emphysema),
        ", ".join(codes.label("hrct_sign", sign) for sign in scan.signs),
        scan.note,
    )
    return Row("hrct", scan.id, cells)


def visit_columns() -> tuple[Column, ...]:
    """Columns of the visits."""
    return (
        Column(_tr("Date")),
        Column(_tr("Kind")),
        Column(_tr("Symptoms"), strong=True),
        Column(_tr("Other cause")),
        Column(_tr("mMRC"), number=True),
        Column(_tr("SpO₂ rest"), number=True),
        Column(_tr("Lowest"), number=True),
        Column(_tr("Weight kg"), number=True),
        Column(_tr("Nights admitted"), number=True),
        Column(_tr("Note"), stretch=True, quiet=True),
    )


def visit_rows(record: PatientRecord) -> tuple[Row, ...]:
    """Newest first."""
    return tuple(_visit(one) for one in sorted(record.visits, key=lambda one: one.date, reverse=True))


def _visit(visit: Visit) -> Row:
    change = visit.symptom_change
    cells = (
        wording.day(visit.date),
        codes.label("visit_kind", visit.kind),
        codes.label("symptom_change", change.value) if change is not None else "",
        _yes_no(visit.alternative_explanation),
        "" if visit.mmrc is None else str(visit.mmrc),
        _typed(visit.spo2_rest),
        _typed(visit.spo2_nadir),
        _typed(visit.weight_kg),
        "" if visit.admitted_nights is None else str(visit.admitted_nights),
        visit.note,
    )
    return Row("visit", visit.id, cells)


def diagnosis_columns() -> tuple[Column, ...]:
    """Columns of the views of the diagnosis."""
    return (
        Column(_tr("Date")),
        Column(_tr("CTD"), strong=True),
        Column(_tr("ILD pattern")),
        Column(_tr("Confidence")),
        Column(_tr("Behaviour")),
        Column(_tr("Antibodies")),
        Column(_tr("Basis")),
        Column(_tr("Note"), stretch=True, quiet=True),
    )


def diagnosis_rows(record: PatientRecord) -> tuple[Row, ...]:
    """Newest view first; older views stay."""
    ordered = sorted(record.diagnoses, key=lambda view: view.date.earliest, reverse=True)
    return tuple(_diagnosis(view) for view in ordered)


def _diagnosis(view: Diagnosis) -> Row:
    short = [codes.antibodies().get(code) for code in view.antibodies]
    names = [
        entry.short if entry is not None else code for entry, code in zip(short, view.antibodies, strict=True)
    ]
    cells = (
        wording.partial(view.date),
        codes.diagnoses().label(view.ctd),
        codes.patterns().label(view.pattern),
        codes.label("confidence", view.confidence),
        codes.label("behaviour", view.behaviour),
        ", ".join(names),
        codes.label("basis", view.basis),
        view.note,
    )
    return Row("diagnosis", view.id, cells)
