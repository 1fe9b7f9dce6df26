"""Codes of what is written as FHIR: LOINC and UCUM where there is one, else the program's own, as URNs.

A LOINC code stands here only where its whole meaning is that of the field: a blood count "by automated
count" is not claimed of a count whose method nobody wrote down, and a mass concentration not of moles. No
display of LOINC is repeated; ``text`` says in words what is meant.

Source: loinc.org; the German MII profile of lung function; the PFT guide of Automate Medical; the vital
signs of FHIR R4; UCUM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical.records import DlcoUnit
from ctdild_desktop.interchange.measures import Named, Role

LOCAL = "urn:ctdild-desktop:"
"""What every code system and extension of the program begins with."""
RECORD, MEASURE, COMPUTED, FORMAT = (f"{LOCAL}{name}" for name in ("record", "measure", "computed", "format"))
"""Kinds of records, names of values, what was computed from them, and the version of this way of writing."""
VERSION = "1"
LOINC, UCUM, ATC = "http://loinc.org", "http://unitsofmeasure.org", "http://www.whocc.no/atc"
HL7 = "http://terminology.hl7.org/CodeSystem/"


@dataclass(frozen=True, slots=True)
class Value:
    """How one number of a record is written."""

    text: str
    unit: str
    """UCUM; empty for the transfer factor and its coefficient, which have the unit of the test."""
    loinc: str = ""
    before: str = ""
    after: str = ""
    """LOINC before and after a bronchodilator, where there are codes of their own."""
    category: str = "procedure"

    def loinc_of(self, post_bd: bool | None) -> str:
        """The code of LOINC for this side of a bronchodilator; empty when there is none."""
        return {None: "", False: self.before, True: self.after}[post_bd] or self.loinc


_VITAL = "vital-signs"
PFT_VALUES: Mapping[str, Value] = MappingProxyType(
    {
        "fvc_l": Value("FVC", "L", "19868-9", "19876-2", "19874-7"),
        "fvc_pct_pred": Value("FVC, % predicted", "%", "19872-1", "19871-3", "19873-9"),
        "fvc_pred_l": Value("FVC predicted", "L", "19869-7"),
        "fev1_l": Value("FEV1", "L", "20150-9", "20157-4", "20155-8"),
        "fev1_pct_pred": Value("FEV1, % predicted", "%", "20152-5", "20151-7", "20153-3"),
        "svc_l": Value("Slow vital capacity", "L", "19866-3"),
        "dlco": Value("DLCO", "", "19911-7", "98091-2"),
        "dlco_pct_pred": Value("DLCO, % predicted", "%", "98130-8"),
        "kco": Value("KCO", "", "19916-6"),
        "kco_pct_pred": Value("KCO, % predicted", "%"),
        "va_l": Value("Alveolar volume", "L"),
        "tlc_l": Value("TLC", "L", "19862-2"),
        "rv_l": Value("RV", "L", "20146-7"),
        "frc_l": Value("FRC", "L", "19843-2"),
        "hb_g_l": Value("Haemoglobin", "g/L", "718-7", category="laboratory"),
        "height_cm": Value("Height", "cm", "8302-2", category=_VITAL),
        "weight_kg": Value("Weight", "kg", "29463-7", category=_VITAL),
        "spo2_rest": Value("SpO2 at rest", "%", "59417-6", category=_VITAL),
        "spo2_nadir": Value("Lowest SpO2", "%", category=_VITAL),
        "walk_m": Value("6-minute walk, distance", "m", "64098-7"),
        "walk_spo2_nadir": Value("6-minute walk, lowest SpO2", "%"),
        "walk_borg": Value("6-minute walk, Borg score at the end", "{score}"),
    }
)
"""The numbers of a test of lung function."""
DLCO_HB = Value("DLCO adjusted for haemoglobin", "", "19913-3")
"""A transfer factor that the laboratory adjusted, and the one that is computed here."""
RATIO = Value("FEV1/FVC", "%", "19926-5")
PANEL = "81458-2"

VISIT_VALUES: Mapping[str, Value] = MappingProxyType(
    {
        "weight_kg": PFT_VALUES["weight_kg"],
        "bp_systolic": Value("Systolic blood pressure", "mm[Hg]", "8480-6", category=_VITAL),
        "bp_diastolic": Value("Diastolic blood pressure", "mm[Hg]", "8462-4", category=_VITAL),
        "heart_rate": Value("Heart rate", "/min", "8867-4", category=_VITAL),
        "temperature_c": Value("Body temperature", "Cel", "8310-5", category=_VITAL),
        "spo2_rest": PFT_VALUES["spo2_rest"],
        "spo2_nadir": PFT_VALUES["spo2_nadir"],
        "oxygen_l_min": Value("Oxygen while SpO2 was read", "L/min", "3151-8", category=_VITAL),
        "mmrc": Value("mMRC grade of breathlessness", "{score}", category="survey"),
    }
)
"""The numbers of a visit."""

MEANT: Mapping[str, Named] = MappingProxyType(
    {
        "fvc_l": Named("FVC"),
        "fvc_pct_pred": Named("FVC", Role.PERCENT),
        "fvc_pred_l": Named("FVC", Role.PREDICTED),
        "fev1_l": Named("FEV1"),
        "fev1_pct_pred": Named("FEV1", Role.PERCENT),
        "svc_l": Named("SVC"),
        "dlco": Named("DLCO"),
        "dlco_hb": Named("DLCO_HB"),
        "dlco_pct_pred": Named("DLCO", Role.PERCENT),
        "kco": Named("KCO"),
        "kco_pct_pred": Named("KCO", Role.PERCENT),
        "va_l": Named("VA"),
        "tlc_l": Named("TLC"),
        "rv_l": Named("RV"),
        "frc_l": Named("FRC"),
        "hb_g_l": Named("HB"),
        "height_cm": Named("HEIGHT"),
        "weight_kg": Named("WEIGHT"),
        "spo2_rest": Named("SPO2"),
        "spo2_nadir": Named("SPO2_NADIR"),
        "walk_m": Named("WALK"),
        "walk_spo2_nadir": Named("WALK_SPO2"),
        "walk_borg": Named("WALK_BORG"),
    }
)
"""What the program's own name of a value means."""

LAB_LOINC: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("hb", "g/L"): "718-7",
        ("hb", "g/dL"): "718-7",
        ("wbc", "10^9/L"): "26464-8",
        ("neutrophils", "10^9/L"): "26499-4",
        ("lymphocytes", "10^9/L"): "26474-7",
        ("platelets", "10^9/L"): "26515-7",
        ("creatinine", "µmol/L"): "14682-9",
        ("creatinine", "mg/dL"): "2160-0",
        ("alt", "U/L"): "1742-6",
        ("ast", "U/L"): "1920-8",
        ("ck", "U/L"): "2157-6",
        ("crp", "mg/L"): "1988-5",
        ("igg", "g/L"): "2465-3",
        ("igg", "mg/dL"): "2465-3",
    }
)
"""LOINC of a laboratory test given in a unit; a pair that is not here has the program's own code alone."""

_UCUM = {
    **{unit: unit for unit in ("g/L", "g/dL", "mg/dL", "mg/L", "ng/L", "ng/mL", "pg/mL", "U/L", "U/mL")},
    **{unit: unit for unit in ("mmol/L", "mmol/mol", "fL", "%", "mg", "g", "mg/kg", "g/kg", "mg/m2", "mm/h")},
    **{"10^9/L": "10*9/L", "10^3/µL": "10*3/uL", "10^6/L": "10*6/L", "/µL": "/uL", "µg/L": "ug/L"},
    **{"µmol/L": "umol/L", "µkat/L": "ukat/L", "mL/min/1.73m2": "mL/min/{1.73_m2}", "mEq/L": "meq/L"},
    **{"IU/L": "[IU]/L", "IU/mL": "[IU]/mL", "L/min": "L/min"},
    DlcoUnit.TRADITIONAL.value: "mL/min/mm[Hg]",
    DlcoUnit.SI.value: "mmol/min/kPa",
}


def ucum(unit: str) -> str:
    """The code of UCUM for a unit as it is written here; empty for one that is not known."""
    return _UCUM.get(unit, "")


def transfer_ucum(field: str, unit: DlcoUnit) -> str:
    """The unit of a transfer factor, or of its coefficient, which is per litre."""
    return ucum(unit.value) + ("/L" if field == "kco" else "")


def concept(*codings: tuple[str, str], text: str = "") -> dict[str, Any]:
    """A coded concept of pairs of system and code; a pair without a code is left out."""
    listed = [{"system": system, "code": code} for system, code in codings if code]
    return ({"coding": listed} if listed else {}) | ({"text": text} if text else {})


def quantity(value: Any, unit: str, *, code: str = "", comparator: str = "") -> dict[str, Any]:
    """A value with its unit as people write it and, where there is one, its code of UCUM."""
    made: dict[str, Any] = {"value": value}
    if comparator:
        made["comparator"] = comparator
    if unit:
        made["unit"] = unit
    return made | ({"system": UCUM, "code": code} if code else {})
