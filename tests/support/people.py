"""Short makers of invented tests, visits and scans for clinical tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from ctdild_desktop.clinical.criteria import Facts
from ctdild_desktop.clinical.dates import PartialDate
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

WOMAN = Patient(
    id="p",
    mrn="T-1",
    family_name="Invented",
    sex=Sex.FEMALE,
    birth_date=PartialDate(1962, 4, 10),
    height_cm=Decimal(165),
)
"""An invented woman for whom every equation without an ethnic group can be computed."""

_DECIMALS = {
    "fvc_l",
    "fvc_pct_pred",
    "fvc_pred_l",
    "fev1_l",
    "fev1_pct_pred",
    "dlco",
    "dlco_pct_pred",
    "hb_g_l",
    "tlc_l",
    "va_l",
    "kco",
    "spo2_rest",
    "spo2_nadir",
    "height_cm",
    "weight_kg",
}


def day(text: str) -> dt.date:
    """A day from ISO text."""
    return dt.date.fromisoformat(text)


def pft(date: str | dt.date, **values: Any) -> Pft:
    """A test; decimals may be given as text, and the unit of DLCO is mL/min/mmHg unless named."""
    on = day(date) if isinstance(date, str) else date
    made = {
        name: Decimal(value) if name in _DECIMALS and value is not None else value
        for name, value in values.items()
    }
    if made.get("dlco") is not None:
        made.setdefault("dlco_unit", DlcoUnit.TRADITIONAL)
    made.setdefault("id", f"t-{on.isoformat()}-{made.get('entered', 0)}")
    return Pft(date=on, **made)


def percent(date: str | dt.date, fvc: str | None = None, dlco: str | None = None, **values: Any) -> Pft:
    """A test recorded in % predicted of one reference set, DLCO corrected for haemoglobin."""
    values = {"reference_set": "GLI2012", "dlco_hb_corrected": True, **values}
    return pft(date, fvc_pct_pred=fvc, dlco_pct_pred=dlco, **values)


def symptom(date: str, change: str | None = None, **values: Any) -> Visit:
    """A visit with a statement on symptoms."""
    values.setdefault("alternative_explanation", False)
    return Visit(
        id=f"v-{date}-{change}",
        date=day(date),
        symptom_change=None if change is None else SymptomChange(change),
        **values,
    )


def scan(date: str, result: str, *signs: str, **values: Any) -> Hrct:
    """An HRCT reading."""
    values.setdefault("alternative_explanation", False)
    return Hrct(id=f"h-{date}", date=day(date), result=HrctResult(result), signs=signs, **values)


def facts(*tests: Pft, **values: Any) -> Facts:
    """Facts of the invented woman with dcSSc and fibrosis on HRCT unless said otherwise."""
    values = {"patient": WOMAN, "diagnosis": "dcSSc", "fibrosis": True, **values}
    return Facts(tests=tests, **values)
