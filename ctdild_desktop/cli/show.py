"""``ctdild show``: one patient as recorded, with what follows from it kept apart."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.clinical.derived import DerivedTest, DerivedValue
    from ctdild_desktop.clinical.records import Attachment, PatientRecord, Pro, Procedure, TherapyLine

_HIDDEN = ("id", "version")


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "show",
        _answer,
        summary="one patient as recorded",
        description=(
            "Values and units are those that were recorded; % predicted, z-score, limits and the "
            "haemoglobin-corrected DLCO are computed and stand apart under derived. JSON also has the "
            "course of FVC: slopes with intervals, best, worst, and how probable a true fall is."
        ),
        examples=(
            "ctdild show DEMO-0001",
            "ctdild show DEMO-0001 --registry demo/demo.ctdild --user demo --json",
        ),
    )
    parser.add_argument("mrn", metavar="MRN", help="the record number of the patient")
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    with common.opened(args) as desk:
        record = common.read_patient(desk, args.mrn)
    if args.json:
        common.print_json(document(record))
    else:
        _print(record)
    return 0


def _as_recorded(value: Any, *, leave: Iterable[str] = ()) -> dict[str, Any]:
    left = {*_HIDDEN, *leave}
    return {item.name: getattr(value, item.name) for item in fields(value) if item.name not in left}


def document(record: PatientRecord) -> dict[str, Any]:
    """What ``--json`` prints; trajectory and probability are as of the latest test, symptom or HRCT entry."""
    from ctdild_desktop.cli.course import probability_document, trajectory_document
    from ctdild_desktop.clinical.derived import derive
    from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
    from ctdild_desktop.services.assessment import default_as_of
    from ctdild_desktop.services.course import course

    seen = course(record, default_as_of(record))
    lent = haemoglobins_of(record.labs)
    mmrc = {visit.date: visit.mmrc for visit in record.visits if visit.mmrc is not None}
    drugs = {line.id: line.drug for line in record.therapy}
    return {
        "patient": {**_as_recorded(record.patient), "missing": record.patient.missing},
        "diagnoses": [_as_recorded(view) for view in record.diagnoses],
        "tests": [
            {**_test(derive(test, record.patient, lent)), "mmrc": mmrc.get(test.date)}
            for test in record.tests
        ],
        "visits": [_as_recorded(visit) for visit in record.visits],
        "therapy": [_line(line) for line in record.therapy],
        "adverse_events": [
            {
                **_as_recorded(event, leave=("suspected_lines",)),
                "suspected_drugs": [drugs[line] for line in event.suspected_lines if line in drugs],
            }
            for event in record.adverse_events
        ],
        "hrct": [_as_recorded(scan) for scan in record.hrct],
        "procedures": [_procedure(one, record) for one in record.procedures],
        "consents": [_as_recorded(answer) for answer in record.consents],
        "attachments": [_attachment(file, record) for file in record.attachments],
        "labs": [_as_recorded(lab) for lab in record.labs],
        "serology": [_as_recorded(row) for row in record.serology],
        "heart_tests": [_as_recorded(test) for test in record.heart_tests],
        "pros": [_pro(pro) for pro in record.pros],
        "trajectory": trajectory_document(seen.trajectory),
        "probability": probability_document(seen.probability),
    }


def _pro(pro: Pro) -> dict[str, Any]:
    scores = [{"scale": score.scale, "value": score.value} for score in pro.scores]
    return {**_as_recorded(pro), "scores": scores}


_ALWAYS = {
    "dose_changes": ("date", "dose", "reason"),
    "interruptions": ("start", "stop", "reason"),
    "infusions": ("date", "dose_mg", "note"),
}
"""Fields of the parts of a line that scripts find there whether they are filled or not."""


def _line(line: TherapyLine) -> dict[str, Any]:
    made = _as_recorded(line)
    for part, always in _ALWAYS.items():
        made[part] = [_part(item, always) for item in made[part]]
    return made


def _part(item: Any, always: tuple[str, ...]) -> dict[str, Any]:
    """A change, a gap or an infusion: always what says when and how much, the rest where it was recorded."""
    return {
        name: value
        for name, value in _as_recorded(item).items()
        if name in always or value not in (None, "", ())
    }


def _procedure(one: Procedure, record: PatientRecord) -> dict[str, Any]:
    """A procedure; the adverse event of its complication is named by its term."""
    event = next((event for event in record.adverse_events if event.id == one.adverse_event_id), None)
    known = _as_recorded(one, leave=("adverse_event_id",))
    return {**known, "adverse_event": event.term if event is not None else None}


def _attachment(file: Attachment, record: PatientRecord) -> dict[str, Any]:
    """What is known of a file, without its content; the entry that it belongs to is named by its date."""
    from ctdild_desktop.clinical.attached import belongs_to

    entry = belongs_to(file, record)
    dates = (getattr(entry, name, None) for name in ("date", "start", "onset"))
    date = next((found for found in dates if found is not None), None)
    return {**_as_recorded(file, leave=("record_id",)), "record_date": date}


def _test(derived: DerivedTest) -> dict[str, Any]:
    test = derived.test
    return {
        "date": test.date,
        "height_cm": test.height_cm,
        "weight_kg": test.weight_kg,
        "fvc_l": test.fvc_l,
        "fvc_percent_predicted": test.fvc_pct_pred,
        "fvc_predicted_l": test.fvc_pred_l,
        "fev1_l": test.fev1_l,
        "fev1_percent_predicted": test.fev1_pct_pred,
        "dlco": test.dlco,
        "dlco_unit": test.dlco_unit,
        "dlco_percent_predicted": test.dlco_pct_pred,
        "dlco_hb_corrected": test.dlco_hb_corrected,
        "hb_g_l": test.hb_g_l,
        "tlc_l": test.tlc_l,
        "va_l": test.va_l,
        "kco": test.kco,
        "spo2_rest": test.spo2_rest,
        "spo2_nadir": test.spo2_nadir,
        "quality_fvc": test.fvc_grade,
        "quality_dlco": test.dlco_grade,
        "reference_set": test.reference_set,
        "post_bronchodilator": test.post_bd,
        "laboratory": test.laboratory,
        "not_done_fvc": test.not_done_fvc,
        "not_done_dlco": test.not_done_dlco,
        "excluded": test.excluded,
        "exclusion_reason": test.exclusion_reason,
        "confirmed_unusual": test.confirmed_unusual,
        "comment": test.comment,
        "source": {"format": test.source_format, "file_sha256": test.source_sha256},
        "as_given": dict(test.as_given),
        "derived": _derived(derived),
    }


def _derived(derived: DerivedTest) -> dict[str, Any]:
    values: Mapping[str, DerivedValue] = {
        "fvc": derived.fvc,
        "fev1": derived.fev1,
        "fev1_fvc": derived.ratio,
        "dlco": derived.dlco,
        "dlco_hb_corrected": derived.dlco_hb,
        "tlc": derived.tlc,
        "va": derived.va,
        "kco": derived.kco,
    }
    return {
        "age_years": derived.age_years,
        **{name: _value(value) for name, value in values.items() if value.shown or value.why_not},
        "fvc_not_used": derived.fvc_unused,
        "dlco_not_used": derived.dlco_unused,
    }


def _value(value: DerivedValue) -> dict[str, Any]:
    return {
        "value": value.value,
        "unit": value.unit,
        "percent_predicted": value.percent,
        "percent_predicted_recorded": value.recorded_percent,
        "z": value.z,
        "predicted": value.predicted,
        "lln": value.lln,
        "uln": value.uln,
        "reference_set": value.reference_set,
        "not_available": value.why_not,
    }


def _print(record: PatientRecord) -> None:
    from ctdild_desktop.clinical import codes
    from ctdild_desktop.clinical.derived import derive
    from ctdild_desktop.clinical.haemoglobin import haemoglobins_of

    who = record.patient
    lent = haemoglobins_of(record.labs)
    name = ", ".join(part for part in (who.family_name, who.given_name) if part) or "no name recorded"
    born = str(who.birth_date) if who.birth_date else "birth date not recorded"
    print(f"{who.mrn}  {name}  {who.sex.value if who.sex else 'sex not recorded'}  {born}")
    if who.missing:
        print(f"  not recorded: {', '.join(who.missing)}")
    for view in record.diagnoses:
        pattern = codes.patterns().label(view.pattern) or "pattern not recorded"
        print(f"  {view.date}  diagnosis  {codes.diagnoses().label(view.ctd)}, {pattern}")
    for test in record.tests:
        derived = derive(test, who, lent)
        parts = [
            _measured("FVC", test.fvc_l, "L", derived.fvc),
            _measured("DLCO", test.dlco, test.dlco_unit.value if test.dlco_unit else "", derived.dlco),
        ]
        told = "; ".join(part for part in parts if part)
        print(f"  {test.date}  test  {told}{'; excluded' if test.excluded else ''}")
    for line in record.therapy:
        dose = f" {line.dose} {line.dose_unit or ''}".rstrip() if line.dose is not None else ""
        until = f" to {line.stop}" if line.stop else ""
        print(f"  {line.start}{until}  therapy  {codes.drugs().label(line.drug)}{dose}")
    for event in record.adverse_events:
        grade = f", grade {event.grade}" if event.grade is not None else ""
        print(f"  {event.onset}  adverse event  {codes.ae_terms().label(event.term)}{grade}")
    for scan in record.hrct:
        told = codes.label("hrct_result", scan.result.value) if scan.result else "result not recorded"
        print(f"  {scan.date}  HRCT  {told}")


def _measured(name: str, value: Any, unit: str, derived: DerivedValue) -> str:
    from ctdild_desktop.clinical import wording

    parts = [f"{value} {unit}".rstrip()] if value is not None else []
    if derived.percent is not None:
        parts.append(f"{wording.number(derived.percent, 1)} % predicted")
    if derived.z is not None:
        parts.append(f"z {wording.number(derived.z, 2)}")
    return f"{name} {', '.join(parts)}" if parts else ""
