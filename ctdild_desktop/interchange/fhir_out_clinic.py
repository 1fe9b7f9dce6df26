"""Who the patient is, the diagnosis, therapy, adverse events and consents as resources of FHIR.

A view of the diagnosis is a Condition, with a second one that says the lung's part once more. A line of
therapy is a MedicationStatement, each of its infusions a MedicationAdministration. Only what FHIR R4 and R4B
say in the same way is used.

Source: HL7 FHIR R4, Patient, Condition, MedicationStatement, MedicationAdministration, AdverseEvent,
Consent.
"""

from __future__ import annotations

from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Consent,
    Diagnosis,
    Infusion,
    Patient,
    Sex,
    TherapyLine,
)
from ctdild_desktop.interchange.fhir_fields import is_text, write_fields
from ctdild_desktop.interchange.fhir_making import RESTATED, Making
from ctdild_desktop.interchange.fhir_people import PSEUDONYM
from ctdild_desktop.interchange.fhir_slots import SLOTS
from ctdild_desktop.interchange.fhir_terms import HL7, LOCAL, UCUM, concept, ucum
from ctdild_desktop.language import english_of

_GENDERS = {Sex.FEMALE: "female", Sex.MALE: "male"}
_CONSENTS = {"given": "active", "declined": "rejected", "withdrawn": "inactive"}
_SEVERITY = {1: "mild", 2: "moderate"}


def write_patient(making: Making) -> None:
    """Write who the patient is."""
    patient = making.patient
    writing = making.writing
    number = {"use": "usual", "type": concept((f"{HL7}v2-0203", "MR" if writing.free_text else PSEUDONYM))}
    name: dict[str, Any] = {}
    if writing.free_text and patient.family_name:
        name["family"] = patient.family_name
    if writing.free_text and patient.given_name:
        name["given"] = [part for part in patient.given_name.split(" ") if part]
    made = making.resource(
        "Patient",
        "patient",
        patient.id,
        identifier=[number | {"system": f"{LOCAL}mrn", "value": patient.mrn}],
        name=[{"use": "official", **name}] if name else [],
        gender=None if patient.sex is None else _GENDERS[patient.sex],
    )
    if patient.death_date is not None:
        made["deceasedDateTime"] = str(patient.death_date)
    elif patient.vital_status in {"dead", "alive"}:
        made["deceasedBoolean"] = patient.vital_status == "dead"
    write_fields(
        made,
        patient,
        SLOTS[Patient],
        without=("mrn", "family_name", "given_name", "sex"),
        free_text=writing.free_text,
    )


def write_diagnosis(making: Making, view: Diagnosis, *, latest: bool) -> None:
    """Write one view of the diagnosis; only the latest is said to be in force."""
    status = concept((f"{HL7}condition-clinical", "active")) if latest else None
    made = making.resource("Condition", "diagnosis", view.id, clinicalStatus=status, subject=making.subject)
    write_fields(made, view, SLOTS[Diagnosis], free_text=making.writing.free_text)
    if view.pattern is None and view.ild_diagnosed is None:
        return
    words = english_of(codes.patterns().label(view.pattern))
    making.resource(
        "Condition",
        "diagnosis",
        view.id,
        "lung",
        mark=RESTATED,
        clinicalStatus=status,
        code=concept(
            (f"{LOCAL}ild_pattern", view.pattern or ""),
            text=f"Interstitial lung disease: {words}" if words else "Interstitial lung disease",
        ),
        subject=making.subject,
        recordedDate=str(view.date),
    )


def write_therapy(making: Making, line: TherapyLine) -> None:
    """Write one line of therapy with its infusions."""
    free_text = making.writing.free_text
    made = making.resource(
        "MedicationStatement", "therapy", line.id, status=_status(line), subject=making.subject
    )
    write_fields(made, line, SLOTS[TherapyLine], without=("infusions",), free_text=free_text)
    made.setdefault("medicationCodeableConcept", {"text": "Other"})
    if line.drug == "other" and line.drug_name and free_text:
        made["medicationCodeableConcept"]["text"] = line.drug_name
    making.link(made, "prior_line_id", "therapy", line.prior_line_id)
    if "dosage" in made:
        made["dosage"][0] = {"text": _dose_words(line), **made["dosage"][0]}
        for each in made["dosage"][0].get("doseAndRate", ()):
            _with_ucum(each["doseQuantity"])
    for number, infusion in enumerate(line.infusions, 1):
        _write_infusion(making, line, number, infusion, made["medicationCodeableConcept"])


def _write_infusion(
    making: Making, line: TherapyLine, number: int, infusion: Infusion, drug: dict[str, Any]
) -> None:
    status = {"partial": "stopped", "deferred": "not-done", "cancelled": "not-done"}
    made = making.resource(
        "MedicationAdministration",
        "infusion",
        line.id,
        str(number),
        status=status.get(infusion.status or "", "completed"),
        medicationCodeableConcept=drug,
        subject=making.subject,
        supportingInformation=[making.refer("therapy", line.id)],
    )
    write_fields(made, infusion, SLOTS[Infusion], free_text=making.writing.free_text)
    if infusion.dose_mg is not None:
        made["dosage"]["dose"] |= {"unit": "mg", "system": UCUM, "code": "mg"}
    making.link(made, "adverse_event_id", "adverse-event", infusion.adverse_event_id)


def write_adverse_event(making: Making, event: AdverseEvent) -> None:
    """Write one adverse event with the therapy lines that are suspected of it."""
    free_text = making.writing.free_text
    serious = {True: "Serious", False: "Non-serious", None: ""}[event.serious]
    made = making.resource(
        "AdverseEvent",
        "adverse-event",
        event.id,
        actuality="actual",
        subject=making.subject,
        seriousness=concept((f"{HL7}adverse-event-seriousness", serious)),
    )
    if event.grade is not None:
        made["severity"] = concept(
            (f"{HL7}adverse-event-severity", _SEVERITY.get(event.grade, "severe")),
            text=f"CTCAE grade {event.grade}",
        )
    typed = is_text(AdverseEvent, "term", event.term)
    write_fields(
        made,
        event,
        SLOTS[AdverseEvent],
        without=("suspected_lines", "term") if typed else ("suspected_lines",),
        free_text=free_text,
    )
    if typed:
        made["event"] = {"text": event.term if free_text else "Adverse event"}
    suspects = [making.refer("therapy", line) for line in event.suspected_lines if line in making.known]
    if suspects:
        made["suspectEntity"] = [{"instance": suspect} for suspect in suspects]


def write_consent(making: Making, consent: Consent) -> None:
    """Write one answer of the patient; it was given to the registry that writes it."""
    scope = "research" if consent.kind == "research" else "patient-privacy"
    made = making.resource(
        "Consent",
        "consent",
        consent.id,
        status=_CONSENTS.get(consent.answer, "draft"),
        scope=concept((f"{HL7}consentscope", scope)),
        patient=making.subject,
        policyRule={"text": "The answer as it was noted"},
    )
    write_fields(made, consent, SLOTS[Consent], free_text=making.writing.free_text)


def _status(line: TherapyLine) -> str:
    if line.stop is not None:
        return "completed" if line.stop_reason == "completed" else "stopped"
    return "on-hold" if any(gap.stop is None for gap in line.interruptions) else "active"


def _dose_words(line: TherapyLine) -> str:
    """``1000 mg, twice a day, by mouth``."""
    parts = [f"{line.dose:f} {line.dose_unit or ''}".strip()] if line.dose is not None else []
    for listed, code in (("frequency", line.frequency), ("route", line.route)):
        if code is not None:
            parts.append(english_of(codes.choices(listed).label(code)))
    return ", ".join(parts)


def _with_ucum(quantity: dict[str, Any]) -> None:
    if code := ucum(str(quantity.get("unit", ""))):
        quantity |= {"system": UCUM, "code": code}
