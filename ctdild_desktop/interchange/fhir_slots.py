"""Where FHIR itself has a place for the fields of each kind of record, for writing and for reading.

Words of a list are English whatever language is spoken. ``restated`` codes of HL7 stand beside the program's
own, which are finer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Consent,
    Diagnosis,
    HeartTest,
    Hrct,
    Infusion,
    Lab,
    Patient,
    Pft,
    Pro,
    Procedure,
    Serology,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.fhir_fields import Slot, choice_words
from ctdild_desktop.interchange.fhir_terms import ATC, HL7
from ctdild_desktop.language import english_of

_NOTE = Slot("note", ("note", 0, "text"))
_DOSE = ("dosage", 0, "doseAndRate", 0, "doseQuantity")
_OUTCOMES = {
    "recovered": "resolved",
    "recovering": "recovering",
    "not_recovered": "ongoing",
    "sequelae": "resolvedWithSequelae",
    "fatal": "fatal",
    "unknown": "unknown",
}


def table_words(table: Callable[[], Any]) -> Callable[[str], str]:
    """The English words of the codes of a table."""
    return lambda code: english_of(table().label(code))


def _atc(code: str) -> tuple[tuple[str, str], ...]:
    drug = codes.drugs().get(code)
    return ((ATC, drug.atc),) if drug is not None else ()


def _outcome(code: str) -> tuple[tuple[str, str], ...]:
    return ((f"{HL7}adverse-event-outcome", _OUTCOMES.get(code, "")),)


def _choice(field: str, path: tuple[str | int, ...], listed: str) -> Slot:
    return Slot(field, path, listed, choice_words(listed))


SLOTS: Mapping[type[Any], tuple[Slot, ...]] = MappingProxyType(
    {
        Patient: (Slot("birth_date", ("birthDate",)),),
        Pft: (),
        Diagnosis: (
            Slot("date", ("recordedDate",)),
            Slot("ctd", ("code",), "ctd_dx", table_words(codes.diagnoses)),
            Slot("first_symptom", ("onsetDateTime",)),
            _NOTE,
        ),
        TherapyLine: (
            Slot("drug", ("medicationCodeableConcept",), "drug", table_words(codes.drugs), _atc),
            Slot("start", ("effectivePeriod", "start")),
            Slot("stop", ("effectivePeriod", "end")),
            _choice("stop_reason", ("statusReason", 0), "stop_reason"),
            _choice("route", ("dosage", 0, "route"), "route"),
            Slot("dose", (*_DOSE, "value")),
            Slot("dose_unit", (*_DOSE, "unit"), beside="dose"),
            _NOTE,
        ),
        Infusion: (
            Slot("date", ("effectiveDateTime",)),
            Slot("dose_mg", ("dosage", "dose", "value")),
            _choice("reason", ("statusReason", 0), "infusion_reason"),
            _NOTE,
        ),
        AdverseEvent: (
            Slot("onset", ("date",)),
            Slot("term", ("event",), "ae_term", table_words(codes.ae_terms)),
            Slot("outcome", ("outcome",), "ae_outcome", choice_words("ae_outcome"), _outcome),
        ),
        Hrct: (
            Slot("date", ("effectiveDateTime",)),
            _choice("pattern", ("conclusionCode", 0), "hrct_pattern"),
            Slot("report", ("conclusion",)),
        ),
        Lab: (
            Slot("date", ("effectiveDateTime",)),
            Slot("test", ("code",), "lab", table_words(codes.labs)),
            Slot("value", ("valueQuantity", "value")),
            Slot("unit", ("valueQuantity", "unit"), beside="value"),
            Slot("lln", ("referenceRange", 0, "low", "value")),
            Slot("uln", ("referenceRange", 0, "high", "value")),
            _NOTE,
        ),
        Serology: (
            Slot("date", ("effectiveDateTime",)),
            Slot("test", ("code",), "antibody", table_words(codes.antibodies)),
            _choice("result", ("valueCodeableConcept",), "serology_result"),
            Slot("value", ("component", 0, "valueQuantity", "value")),
            Slot("unit", ("component", 0, "valueQuantity", "unit"), beside="value"),
            Slot("uln", ("component", 0, "referenceRange", 0, "high", "value"), beside="value"),
            _NOTE,
        ),
        HeartTest: (
            Slot("date", ("effectiveDateTime",)),
            _choice("kind", ("code",), "heart_test"),
            _NOTE,
        ),
        Procedure: (
            Slot("date", ("performedDateTime",)),
            _choice("kind", ("code",), "procedure"),
            _choice("not_done", ("statusReason",), "not_done"),
            _NOTE,
        ),
        Pro: (
            Slot("date", ("effectiveDateTime",)),
            Slot("instrument", ("code",), "instrument", table_words(codes.instruments)),
            _NOTE,
        ),
        Consent: (Slot("date", ("dateTime",)), _choice("kind", ("category", 0), "consent_kind")),
        Visit: (Slot("date", ("period", "start")), _choice("kind", ("type", 0), "visit_kind")),
    }
)
"""The places of each kind; a field that is not here is an extension, or is written by its own function."""
