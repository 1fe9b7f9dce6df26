"""What was seen and measured apart from lung function, as resources of FHIR.

Scans are DiagnosticReports; laboratory results, antibodies, heart tests and the scores of questionnaires are
Observations; a visit is an Encounter with its measurements beside it.

Source: HL7 FHIR R4, Observation, DiagnosticReport, Encounter, Procedure.
"""

from __future__ import annotations

from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.records import HeartTest, Hrct, Lab, Pro, Procedure, Serology, Visit
from ctdild_desktop.interchange.fhir_fields import is_text, write_fields
from ctdild_desktop.interchange.fhir_making import Making
from ctdild_desktop.interchange.fhir_slots import SLOTS
from ctdild_desktop.interchange.fhir_terms import (
    HL7,
    LAB_LOINC,
    LOCAL,
    LOINC,
    RECORD,
    UCUM,
    VISIT_VALUES,
    concept,
    ucum,
)
from ctdild_desktop.language import english_of

_COMPARATORS = {"below": "<", "above": ">"}
_VISIT_STATUS = {"planned": "planned", "cancelled": "cancelled", "did_not_attend": "cancelled"}
_REMOTE = frozenset({"telephone", "remote"})


def write_hrct(making: Making, scan: Hrct) -> None:
    """Write one reading of a CT."""
    made = making.resource(
        "DiagnosticReport",
        "hrct",
        scan.id,
        status="final",
        category=[concept((f"{HL7}v2-0074", "RAD"))],
        code=concept((RECORD, "hrct"), text="High-resolution CT of the chest"),
        subject=making.subject,
    )
    write_fields(made, scan, SLOTS[Hrct], free_text=making.writing.free_text)


def write_lab(making: Making, lab: Lab) -> None:
    """Write one laboratory result: a number, a word of a list, or words."""
    made = _observation(making, "lab", lab.id, "laboratory")
    told = lab.text if lab.value is None and lab.result is None else ""
    alone = lab.result is not None and lab.value is None
    elsewhere = ["text"] if told else []
    elsewhere += ["result"] if alone else []
    elsewhere += ["detection"] if lab.value is not None else []
    _fill(making, made, lab, elsewhere)
    if told and making.writing.free_text:
        made["valueString"] = told
    if alone:
        words = english_of(codes.choices("lab_result").label(lab.result))
        made["valueCodeableConcept"] = concept((f"{LOCAL}lab_result", lab.result or ""), text=words)
    if lab.test_name and making.writing.free_text:
        made["code"]["text"] = lab.test_name
    if loinc := LAB_LOINC.get((lab.test, lab.unit)):
        made["code"]["coding"].append({"system": LOINC, "code": loinc})
    _complete(made.get("valueQuantity"), lab.unit, lab.detection)
    for limit in ("low", "high"):
        _complete(made.get("referenceRange", [{}])[0].get(limit), lab.unit, None)


def write_serology(making: Making, test: Serology) -> None:
    """Write one antibody test; one that was not done has no value."""
    made = _observation(making, "serology", test.id, "laboratory")
    if test.result == "not_done":
        made["status"] = "cancelled"
    _fill(making, made, test, () if test.value is None else ("detection",))
    if test.test_name and making.writing.free_text:
        made["code"]["text"] = test.test_name
    for part in made.get("component", ()):
        part["code"] = {"text": "Concentration"}
        _complete(part["valueQuantity"], test.unit, test.detection)
        for limits in part.get("referenceRange", ()):
            _complete(limits["high"], test.unit, None)


def write_heart_test(making: Making, test: HeartTest) -> None:
    """Write one echocardiogram or catheter."""
    _fill(making, _observation(making, "heart-test", test.id, "procedure"), test, ())


def write_pro(making: Making, pro: Pro) -> None:
    """Write the scores of one questionnaire."""
    made = _observation(making, "pro", pro.id, "survey")
    _fill(making, made, pro, ())


def write_procedure(making: Making, procedure: Procedure) -> None:
    """Write one bronchoscopy or biopsy, or that none was done."""
    made = making.resource(
        "Procedure",
        "procedure",
        procedure.id,
        status="not-done" if procedure.kind == "none" else "completed",
        subject=making.subject,
    )
    _fill(making, made, procedure, ())
    making.link(made, "adverse_event_id", "adverse-event", procedure.adverse_event_id)


def write_visit(making: Making, visit: Visit) -> None:
    """Write one visit, and an Observation for each number that was taken at it."""
    made = making.resource(
        "Encounter",
        "visit",
        visit.id,
        status=_VISIT_STATUS.get(visit.status or "", "finished"),
        subject=making.subject,
    )
    made["class"] = {"system": f"{HL7}v3-ActCode", "code": "VR" if visit.kind in _REMOTE else "AMB"}
    _fill(making, made, visit, VISIT_VALUES)
    made["period"]["end"] = made["period"]["start"]
    for name, value in VISIT_VALUES.items():
        number = getattr(visit, name)
        if number is not None:
            making.measured(
                "visit",
                (visit.id, name),
                value,
                number,
                date=visit.date.isoformat(),
                unit=value.unit,
                loinc=value.loinc,
                mark="visit-value",
                named=name,
                encounter=making.refer("visit", visit.id),
            )


def _observation(making: Making, kind: str, record_id: str, category: str) -> dict[str, Any]:
    return making.resource(
        "Observation",
        kind,
        record_id,
        status="final",
        category=[concept((f"{HL7}observation-category", category))],
        subject=making.subject,
    )


def _fill(making: Making, made: dict[str, Any], record: Any, elsewhere: Any) -> None:
    slots = SLOTS[type(record)]
    write_fields(made, record, slots, without=elsewhere, free_text=making.writing.free_text)
    for slot in slots:
        # a code that no list has is a person's own word, which is not written where words are not
        name = slot.path[0]
        value = getattr(record, slot.field)
        if slot.listed and name == "code" and "code" not in made and is_text(type(record), slot.field, value):
            made["code"] = {"text": "Other"}


def _complete(quantity: dict[str, Any] | None, unit: str, detection: str | None) -> None:
    """Put unit and sign to a value; the unit of UCUM where it is known."""
    if quantity is None:
        return
    if detection is not None:
        quantity["comparator"] = _COMPARATORS[detection]
    if unit:
        quantity["unit"] = unit
        if code := ucum(unit):
            quantity |= {"system": UCUM, "code": code}
