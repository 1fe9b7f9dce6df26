"""A test of lung function as FHIR: a report with its values, and beside each what follows from it.

The report is the test: day, side of the bronchodilator, set of reference values, quality, device and comment.
Each number is an Observation with LOINC and UCUM. The z-score, the predicted value, the limits and the
per cent predicted that the program computes are components and the reference range of the value that they
follow from, marked as computed; a per cent that the laboratory printed is an Observation of its own.

Source: clinical.derived, which cites the equations; HL7 FHIR R4, Observation and DiagnosticReport.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ctdild_desktop.clinical.derived import DerivedTest, DerivedValue
from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.interchange.fhir_fields import write_fields
from ctdild_desktop.interchange.fhir_making import COMPUTED as COMPUTED_MARK
from ctdild_desktop.interchange.fhir_making import Making
from ctdild_desktop.interchange.fhir_terms import (
    COMPUTED,
    DLCO_HB,
    HL7,
    LOINC,
    MEASURE,
    PANEL,
    PFT_VALUES,
    RATIO,
    RECORD,
    UCUM,
    Value,
    concept,
    transfer_ucum,
)

_WORDS = {None: "", False: ", before bronchodilator", True: ", after bronchodilator"}
_DERIVED = {
    "fvc_l": "fvc",
    "fev1_l": "fev1",
    "dlco": "dlco",
    "tlc_l": "tlc",
    "va_l": "va",
    "kco": "kco",
}
"""The numbers that a reference equation exists for, by what they are called among the derived ones."""
_SOURCE = ("source_format", "source_sha256", "as_given", "entered")
_DIGITS = Decimal("0.0001")


def write_test(making: Making, test: Pft, derived: DerivedTest | None) -> None:
    """Write one test, and what follows from it where that is told."""
    report = making.resource(
        "DiagnosticReport",
        "pft",
        test.id,
        status="final",
        category=[concept((f"{HL7}v2-0074", "PF"))],
        code=concept((LOINC, PANEL), (RECORD, "pft"), text="Test of lung function"),
        subject=making.subject,
        effectiveDateTime=test.date.isoformat(),
    )
    results: list[dict[str, str]] = []
    written = {"date"}
    for name, value in PFT_VALUES.items():
        number = getattr(test, name)
        unit = value.unit or (transfer_ucum(name, test.dlco_unit) if test.dlco_unit is not None else "")
        if number is None or not unit:
            continue
        written.add(name)
        found = getattr(derived, _DERIVED[name], None) if name in _DERIVED else None
        adjusted = name == "dlco" and test.dlco_hb_corrected is True
        day = test.hb_date if name == "hb_g_l" and test.hb_date is not None else test.date
        making.measured(
            "pft",
            (test.id, name),
            DLCO_HB if adjusted else value,
            number,
            date=day.isoformat(),
            unit=unit,
            loinc=DLCO_HB.loinc if adjusted else value.loinc_of(test.post_bd),
            words=_WORDS[test.post_bd],
            mark="pft-value",
            named="dlco_hb" if adjusted else name,
            **({} if found is None else _following(found, unit)),
        )
        results.append(making.refer("pft", test.id, name))
    if written & {"dlco", "kco"}:
        written.add("dlco_unit")
    results += _comment(making, test)
    if derived is not None:
        results += _computed(making, test, derived.ratio, derived.dlco_hb)
    if results:
        report["result"] = results
    free_text = making.writing.free_text
    write_fields(report, test, without={*written, "comment", *_SOURCE}, free_text=free_text)


def _comment(making: Making, test: Pft) -> list[dict[str, str]]:
    if not test.comment or not making.writing.free_text:
        return []
    making.resource(
        "Observation",
        "pft",
        test.id,
        "comment",
        mark="pft-value",
        status="final",
        code=concept((MEASURE, "comment"), text="Comment"),
        subject=making.subject,
        effectiveDateTime=test.date.isoformat(),
        valueString=test.comment,
    )
    return [making.refer("pft", test.id, "comment")]


def _computed(
    making: Making, test: Pft, ratio: DerivedValue, at_standard: DerivedValue
) -> list[dict[str, str]]:
    """The ratio, and DLCO at standard haemoglobin where the laboratory did not adjust it."""
    made: list[tuple[str, Value, Decimal, str, tuple[str, ...], dict[str, Any]]] = []
    if ratio.value is not None:
        follows = _following(ratio, "%", 100)
        made.append(("ratio", RATIO, ratio.value * 100, "%", ("fev1_l", "fvc_l"), follows))
    if at_standard.value is not None and test.dlco_hb_corrected is not True and test.dlco_unit is not None:
        sources: tuple[str, ...] = ("dlco", "hb_g_l") if test.hb_g_l is not None else ("dlco",)
        unit = transfer_ucum("dlco", test.dlco_unit)
        percent = at_standard.percent
        parts = [] if percent is None else [_part("percent_predicted", "Per cent predicted", percent, "%")]
        made.append(("dlco_hb", DLCO_HB, at_standard.value, unit, sources, {"component": parts}))
    results = []
    for name, value, number, unit, derived_from, more in made:
        making.measured(
            "pft",
            (test.id, name),
            value,
            _short(number),
            date=test.date.isoformat(),
            unit=unit,
            loinc=value.loinc,
            words=f"{_WORDS[test.post_bd]} (computed)",
            mark=COMPUTED_MARK,
            derivedFrom=[making.refer("pft", test.id, source) for source in derived_from],
            **more,
        )
        results.append(making.refer("pft", test.id, name))
    return results


def _following(found: DerivedValue, unit: str, times: int = 1) -> dict[str, Any]:
    """The limits and the components of a value that follow from a reference equation."""
    made: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    for name, limit in (("low", found.lln), ("high", found.uln)):
        if limit is not None:
            limits[name] = {"value": _short(limit * times), "unit": unit, "system": UCUM, "code": unit}
    if limits:
        made["referenceRange"] = [{**limits, "text": f"Limits of normal, {found.reference_set}"}]
    parts = []
    if found.predicted is not None:
        parts.append(_part("predicted", "Predicted", Decimal(repr(found.predicted)) * times, unit))
    if found.percent_computed is not None:
        parts.append(_part("percent_predicted", "Per cent predicted", found.percent_computed, "%"))
    if found.z is not None:
        parts.append(_part("z", "z-score", found.z, "{Zscore}"))
    if parts:
        made["component"] = parts
    return made


def _part(code: str, text: str, number: Decimal | float, unit: str) -> dict[str, Any]:
    return {
        "code": concept((COMPUTED, code), text=f"{text} (computed)"),
        "valueQuantity": {"value": _short(number), "unit": unit, "system": UCUM, "code": unit},
    }


def _short(number: Decimal | float) -> Decimal:
    """What was computed, to four decimals."""
    return Decimal(str(number)).quantize(_DIGITS).normalize() + 0
