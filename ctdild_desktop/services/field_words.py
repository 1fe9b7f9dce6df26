"""What the fields of a record are called and how their values are said, where records are compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    DoseChange,
    Hrct,
    Infusion,
    Interruption,
    Patient,
    Pft,
    TherapyLine,
    Visit,
)

_LABELS: Mapping[str, str] = {
    "mrn": "MRN",
    "family_name": "Surname",
    "given_name": "Given name",
    "height_cm": "Height, cm",
    "ethnic_group": "GLI 2012 group",
    "consent_registry": "Consent, registry",
    "consent_research": "Consent, research",
    "death_date": "Date of death",
    "alert_note": "Alert",
    "ctd": "CTD",
    "ctd_diagnosed": "CTD diagnosed",
    "ild_diagnosed": "ILD diagnosed",
    "weight_kg": "Weight, kg",
    "spo2_rest": "SpO₂ at rest, %",
    "spo2_nadir": "SpO₂ lowest, %",
    "mmrc": "mMRC",
    "symptom_change": "Symptoms",
    "alternative_explanation": "Another explanation",
    "admitted_nights": "Nights in hospital",
    "fvc_l": "FVC, L",
    "fvc_pct_pred": "FVC, % printed",
    "fvc_pred_l": "FVC predicted, L",
    "fev1_l": "FEV1, L",
    "fev1_pct_pred": "FEV1, % printed",
    "dlco": "DLCO",
    "dlco_unit": "Unit of DLCO",
    "dlco_pct_pred": "DLCO, % printed",
    "dlco_hb_corrected": "DLCO corrected for Hb",
    "hb_g_l": "Hb, g/L",
    "tlc_l": "TLC, L",
    "va_l": "VA, L",
    "kco": "KCO",
    "fvc_grade": "Grade of FVC",
    "dlco_grade": "Grade of DLCO",
    "post_bd": "After bronchodilator",
    "not_done_fvc": "FVC not done",
    "not_done_dlco": "DLCO not done",
    "excluded": "Left out of the rules",
    "exclusion_reason": "Left out because",
    "confirmed_unusual": "Unlikely but confirmed",
    "extent_percent": "Extent, %",
    "extent_reading": "Extent as read",
    "result": "Compared",
    "compared_with": "Compared with",
    "dose_changes": "Dose changes",
    "indication": "Given for",
    "seriousness": "Serious because",
    "suspected_lines": "Suspected",
    "term": "Adverse event",
}

_LISTS: Mapping[str, str] = {
    "sex": "sex",
    "ethnic_group": "ethnic_group",
    "smoking": "smoking",
    "oxygen": "oxygen",
    "consent_registry": "consent",
    "consent_research": "consent",
    "confidence": "confidence",
    "behaviour": "behaviour",
    "basis": "basis",
    "symptom_change": "symptom_change",
    "fvc_grade": "quality_fvc",
    "dlco_grade": "quality_dlco",
    "reference_set": "reference_set",
    "not_done_fvc": "not_done",
    "not_done_dlco": "not_done",
    "extent_reading": "hrct_extent",
    "result": "hrct_result",
    "signs": "hrct_sign",
    "role": "role",
    "indication": "indication",
    "route": "route",
    "dose_unit": "dose_unit",
    "frequency": "frequency",
    "stop_reason": "stop_reason",
    "category": "ae_category",
    "seriousness": "seriousness",
    "causality": "causality",
    "action": "ae_action",
    "outcome": "ae_outcome",
}
"""Fields whose codes are in a list of form choices."""

_OWN_LISTS: Mapping[str, Callable[[], codes.CodeList[Any]]] = {
    "ctd": codes.diagnoses,
    "pattern": codes.patterns,
    "antibodies": codes.antibodies,
    "drug": codes.drugs,
    "term": codes.ae_terms,
}

NOUNS: Mapping[type[Any], str] = {
    Patient: "patient's details",
    Diagnosis: "diagnosis",
    Visit: "visit",
    Pft: "PFT",
    Hrct: "HRCT",
    TherapyLine: "line of therapy",
    AdverseEvent: "adverse event",
}
"""What a record of a kind is called within a sentence."""


def field_label(kind: type[Any], name: str) -> str:
    """What a field is called: ``FVC, L``, ``Date``.

    Raises:
        KeyError: the kind has no such field.
    """
    if name not in {item.name for item in fields(kind)}:
        raise KeyError(name)
    if kind is Visit and name == "kind":
        return "Kind of visit"
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def field_value(kind: type[Any], name: str, value: Any, lines: Sequence[TherapyLine] = ()) -> str:
    """What a field says, in the words of the forms; ``–`` when nothing is recorded.

    ``lines`` are those of the patient, for fields that name a line of therapy.
    """
    if value is None or value in ("", ()):
        return "–"
    if isinstance(value, tuple):
        joined = "\n" if isinstance(value[0], DoseChange | Interruption | Infusion) else ", "
        return joined.join(_one(kind, name, part, lines) for part in value)
    return _one(kind, name, value, lines)


def _one(kind: type[Any], name: str, value: Any, lines: Sequence[TherapyLine]) -> str:
    if isinstance(value, DoseChange | Interruption | Infusion):
        return _part(value)
    return _plain(value) or _code(kind, name, str(value), lines)


def _plain(value: Any) -> str:
    """A value that says itself; empty for a code or a text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return wording.as_typed(value)
    if isinstance(value, PartialDate):
        return wording.partial(value)
    return wording.day(value) if isinstance(value, dt.date) else ""


def _code(kind: type[Any], name: str, text: str, lines: Sequence[TherapyLine]) -> str:
    if name == "suspected_lines":
        found = next((line for line in lines if line.id == text), None)
        return _line(found) if found is not None else "a line removed meanwhile"
    if name == "confirmed_unusual":
        return field_label(kind, text)
    if name in _OWN_LISTS:
        return _OWN_LISTS[name]().label(text)
    listed = "visit_kind" if kind is Visit and name == "kind" else _LISTS.get(name)
    return codes.label(listed, text) if listed else text


def _line(line: TherapyLine) -> str:
    return f"{codes.drugs().label(line.drug)} from {wording.partial(line.start)}"


def _part(part: DoseChange | Interruption | Infusion) -> str:
    if isinstance(part, DoseChange):
        said = f"{wording.as_typed(part.dose)} from {wording.partial(part.date)}"
        return f"{said}, {part.reason}" if part.reason else said
    if isinstance(part, Interruption):
        end = wording.partial(part.stop) if part.stop is not None else "…"
        said = f"{wording.partial(part.start)} – {end}"
        return f"{said}, {part.reason}" if part.reason else said
    dose = f", {wording.as_typed(part.dose_mg)} mg" if part.dose_mg is not None else ""
    return f"{wording.day(part.date)}{dose}"
