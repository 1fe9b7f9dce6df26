"""The worked criteria cases of ``tests/data/criteria_cases.json`` as facts."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from ctdild_desktop.clinical.criteria import Facts, Treatment
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

CASES = Path(__file__).parents[1] / "data" / "criteria_cases.json"
_DECIMALS = ("fvc_l", "fvc_pct_pred", "fvc_pred_l", "fev1_pct_pred", "dlco", "dlco_pct_pred", "height_cm")
_PLAIN = ("dlco_hb_corrected", "fvc_grade", "dlco_grade", "reference_set", "post_bd")


def cases(*criteria: str) -> list[dict[str, Any]]:
    """The cases of some criteria, in file order."""
    everything = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    return [case for case in everything if case["criterion"] in criteria]


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _test(order: int, row: dict[str, Any]) -> Pft:
    hb = _decimal(row.get("hb_g_dl"))
    unit = row.get("dlco_unit")
    return Pft(
        id=row["id"],
        date=dt.date.fromisoformat(row["date"]),
        entered=order,
        hb_g_l=None if hb is None else hb * 10,
        dlco_unit=None if unit is None else DlcoUnit(unit),
        excluded=row.get("excluded") is True,
        **{name: _decimal(row.get(name)) for name in _DECIMALS},
        **{name: row.get(name) for name in _PLAIN},
    )


def _visit(order: int, row: dict[str, Any]) -> Visit:
    change = row.get("change")
    return Visit(
        id=f"s{order}",
        date=dt.date.fromisoformat(row["date"]),
        symptom_change=None if change is None else SymptomChange(change),
        mmrc=row.get("mmrc"),
        alternative_explanation=row.get("alternative_explanation", False),
    )


def _scan(order: int, row: dict[str, Any]) -> Hrct:
    compared = row.get("compared_with")
    return Hrct(
        id=f"h{order}",
        date=dt.date.fromisoformat(row["date"]),
        result=HrctResult(row["result"]),
        signs=tuple(row.get("signs", ())),
        compared_with=None if compared is None else dt.date.fromisoformat(compared),
        alternative_explanation=row.get("alternative_explanation", False),
    )


def facts_of(case: dict[str, Any]) -> tuple[Facts, dt.date]:
    """The facts and the as-of date of a case; absent keys mean not recorded."""
    person = case["patient"]
    birth = person.get("birth_date")
    treatment = case.get("treatment")
    facts = Facts(
        patient=Patient(
            id="p",
            mrn="CASE",
            sex=Sex(person["sex"]) if person.get("sex") else None,
            birth_date=PartialDate.parse(birth) if birth else None,
            height_cm=_decimal(person.get("height_cm")),
        ),
        diagnosis=person.get("diagnosis"),
        fibrosis=person.get("fibrosis_on_hrct"),
        tests=tuple(_test(order, row) for order, row in enumerate(case["tests"])),
        visits=tuple(_visit(order, row) for order, row in enumerate(case.get("symptoms", ()))),
        hrct=tuple(_scan(order, row) for order, row in enumerate(case.get("hrct", ()))),
        haemoglobins=tuple(
            (dt.date.fromisoformat(row["date"]), Decimal(row["hb_g_dl"]) * 10)
            for row in case.get("labs_hb", ())
        ),
        treatment=Treatment(drug=treatment["drug"], start=PartialDate.parse(treatment["start"]))
        if treatment and treatment.get("start")
        else None,
    )
    return facts, dt.date.fromisoformat(case["as_of"])
