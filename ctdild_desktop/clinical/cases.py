"""A worked case of a file as the facts that the criteria judge or the inputs of a calculator, and its answer.

A case is a JSON object with ``id``, ``criterion`` and either the records of one patient (``patient``,
``tests``, ``symptoms``, ``hrct``, ``labs_hb``, ``treatment``, ``as_of``) or ``inputs``. The same engine
answers it that answers for the registry.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ctdild_desktop.clinical.case_fields import CaseError, Fields, shown
from ctdild_desktop.clinical.case_inputs import TOOLS, ToolAnswer
from ctdild_desktop.clinical.codes import diagnoses
from ctdild_desktop.clinical.criteria import CRITERIA, Facts, Treatment, assess
from ctdild_desktop.clinical.haemoglobin import Haemoglobin
from ctdild_desktop.clinical.records import (
    DlcoUnit,
    Hrct,
    HrctResult,
    Patient,
    Pft,
    Sex,
    SymptomChange,
    Visit,
)
from ctdild_desktop.clinical.verdict import Assessment

__all__ = ["CaseError", "RecordCase", "answer_case", "criterion_of_case", "known_criteria", "record_case"]

_FVC_GRADES = ("A", "B", "C", "D", "E", "F", "U")
_DLCO_GRADES = ("A", "B", "C", "D", "F")
_HIGHEST_MMRC = 4


@dataclass(frozen=True, slots=True)
class RecordCase:
    """The records of one case and the day on which they are judged."""

    criterion: str
    facts: Facts
    as_of: dt.date


def known_criteria() -> tuple[str, ...]:
    """Every id that a case may name: the criteria, then the calculators."""
    return (*(known.id for known in CRITERIA), *TOOLS)


def criterion_of_case(case: object) -> str:
    """The criterion that a case asks for.

    Raises:
        CaseError: the case is no object, or names none or an unknown one.
    """
    fields = Fields.of(case)
    asked = fields.need("criterion")
    if not isinstance(asked, str) or asked not in known_criteria():
        raise CaseError(f"There is no criterion “{shown(asked)}”; known are {', '.join(known_criteria())}.")
    return asked


def answer_case(case: object) -> Assessment | ToolAnswer:
    """The answer of a case: that of a criterion on its records, or that of a calculator on its inputs.

    Raises:
        CaseError: the case cannot be read, with where and why.
    """
    asked = criterion_of_case(case)
    fields = Fields.of(case)
    if asked in TOOLS:
        return TOOLS[asked](Fields.of(fields.need("inputs"), "inputs: "))
    made = record_case(case)
    return assess(made.facts, made.criterion, made.as_of)


def record_case(case: object) -> RecordCase:
    """The records of a case as facts.

    Values that are absent or null are not recorded; an absent ``excluded``, ``post_bd`` or
    ``alternative_explanation`` is false. The order of the lists is the order of entry.

    Raises:
        CaseError: something is missing, has the wrong kind or cannot be.
    """
    asked = criterion_of_case(case)
    fields = Fields.of(case)
    for name in ("patient", "tests", "as_of"):
        fields.need(name)
    as_of = fields.needed_day("as_of")
    person = Fields.of(fields.values["patient"], "patient: ")
    facts = Facts(
        patient=_patient(person),
        diagnosis=person.choice("diagnosis", [entry.code for entry in diagnoses()]),
        fibrosis=person.flag("fibrosis_on_hrct"),
        tests=tuple(_test(place, row) for place, row in enumerate(fields.objects("tests"))),
        visits=tuple(_visit(place, row) for place, row in enumerate(fields.objects("symptoms"))),
        hrct=tuple(_scan(place, row) for place, row in enumerate(fields.objects("hrct"))),
        haemoglobins=_haemoglobins(fields, as_of),
        treatment=_treatment(fields),
    )
    _refuse_negative_ages(facts, as_of)
    return RecordCase(asked, facts, as_of)


def _refuse_negative_ages(facts: Facts, as_of: dt.date) -> None:
    birth = facts.patient.birth_date
    if birth is None:
        return
    for what, day in (("as_of", as_of), *((f"tests: {test.id}", test.date) for test in facts.tests)):
        if day < birth.earliest:
            raise CaseError(
                f"{what} lies on {day}, before the birth date {birth}: the age would be negative."
            )


def _patient(person: Fields) -> Patient:
    sex = person.choice("sex", [item.value for item in Sex])
    return Patient(
        id="case",
        mrn="case",
        sex=None if sex is None else Sex(sex),
        birth_date=person.partial("birth_date"),
        height_cm=person.number("height_cm", above=True),
    )


def _test(place: int, row: Fields) -> Pft:
    unit = row.choice("dlco_unit", [item.value for item in DlcoUnit])
    hb = row.number("hb_g_dl", above=True)
    return Pft(
        id=row.text("id") or f"test {place + 1}",
        date=row.needed_day("date"),
        entered=place,
        height_cm=row.number("height_cm", above=True),
        fvc_l=row.number("fvc_l", above=True),
        fvc_pct_pred=row.number("fvc_pct_pred", above=True),
        fvc_pred_l=row.number("fvc_pred_l", above=True),
        fev1_pct_pred=row.number("fev1_pct_pred", above=True),
        dlco=row.number("dlco", above=True),
        dlco_unit=None if unit is None else DlcoUnit(unit),
        dlco_pct_pred=row.number("dlco_pct_pred", above=True),
        dlco_hb_corrected=row.flag("dlco_hb_corrected"),
        hb_g_l=None if hb is None else hb * 10,
        fvc_grade=row.choice("fvc_grade", _FVC_GRADES),
        dlco_grade=row.choice("dlco_grade", _DLCO_GRADES),
        reference_set=row.text("reference_set"),
        post_bd=row.flag("post_bd") is True,
        excluded=row.flag("excluded") is True,
    )


def _explained(row: Fields) -> bool | None:
    """Absent means no; null means not asked."""
    return row.flag("alternative_explanation") if "alternative_explanation" in row.values else False


def _visit(place: int, row: Fields) -> Visit:
    change = row.choice("change", [item.value for item in SymptomChange])
    return Visit(
        id=f"symptoms {place + 1}",
        date=row.needed_day("date"),
        symptom_change=None if change is None else SymptomChange(change),
        mmrc=row.whole("mmrc", 0, _HIGHEST_MMRC),
        alternative_explanation=_explained(row),
    )


def _scan(place: int, row: Fields) -> Hrct:
    result = row.choice("result", [item.value for item in HrctResult])
    signs = row.entries("signs")
    if not all(isinstance(sign, str) for sign in signs):
        raise row.fail("signs", "must be a list of words")
    return Hrct(
        id=f"hrct {place + 1}",
        date=row.needed_day("date"),
        result=None if result is None else HrctResult(result),
        signs=tuple(str(sign) for sign in signs),
        compared_with=row.day("compared_with"),
        alternative_explanation=_explained(row),
    )


def _haemoglobins(fields: Fields, as_of: dt.date) -> tuple[Haemoglobin, ...]:
    """The results up to the as-of date: a case says itself what was known."""
    values = [
        (row.needed_day("date"), row.number("hb_g_dl", above=True)) for row in fields.objects("labs_hb")
    ]
    return tuple((day, value * 10) for day, value in values if value is not None and day <= as_of)


def _treatment(fields: Fields) -> Treatment | None:
    if not fields.has("treatment"):
        return None
    row = Fields.of(fields.values["treatment"], "treatment: ")
    return Treatment(drug=row.text("drug") or "", start=row.partial("start"))
