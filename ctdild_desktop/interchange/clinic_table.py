"""From the tables of a clinic's old workbook (anything but tests) to neutral records, under a mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Hrct,
    HrctResult,
    Infusion,
    Lab,
    Patient,
    SymptomChange,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.clinic_fields import DATED, fields_of
from ctdild_desktop.interchange.clinic_words import CYCLOPHOSPHAMIDE
from ctdild_desktop.interchange.columns import Report, RowReader, columns_of, rows_read
from ctdild_desktop.interchange.mapping import TableMapping
from ctdild_desktop.interchange.readers import Result
from ctdild_desktop.interchange.records import ClinicRow, Outcome, Step
from ctdild_desktop.interchange.table import Table
from ctdild_desktop.language import say

_PERSON = ("family_name", "given_name", "birth_date", "sex", "height_cm", "smoking", "pack_years")
_VIEW = ("ctd", "pattern", "ctd_diagnosed", "ild_diagnosed", "antibodies")
_NEED_DIAGNOSIS = _VIEW[1:]
_UNKNOWN_DAY = PartialDate(1)
"""Stands in an undated view of the diagnosis until it is dated."""
_BY_ROUTE = {"PO": "cyclophosphamide_po", "IV": "cyclophosphamide_iv"}


def clinic_rows(
    table: Table, kind: str, mapping: TableMapping, report: Report, step: Step | None
) -> tuple[ClinicRow, ...]:
    """The rows of a table of one kind.

    Raises:
        FormatError: the mapping names a column that it does not have, or a required column is missing.
    """
    columns = columns_of(table, fields_of(kind), DATED.get(kind, ""), mapping)
    if kind == "patients" and "weight_kg" in columns.places:
        reason = say("a weight has a day: give it in visits or in pft; it is not read here")
        report.warn(table.header_row, columns.title("weight_kg"), "", reason)
    rows = []
    for row, reader in rows_read(table, columns, report, step):
        made = _made(kind, reader, row.number, report)
        if reader.problems:
            report.rejected += reader.problems
        else:
            rows.append(made)
    return tuple(rows)


def _made(kind: str, reader: RowReader, number: int, report: Report) -> ClinicRow:
    values = reader.values
    patient = Patient(id="", mrn=values["mrn"], **_given(values, _PERSON))
    record = _MAKERS[kind](reader, number, report)
    drugs: tuple[str, ...] = ()
    if kind == "infusions":
        drugs = (_drug(reader, "IV"),)
    elif kind == "adverse_events":
        drugs = tuple(values.get("suspected", ()))
    return ClinicRow(
        row=number,
        kind=kind,
        patient=patient,
        record=record,
        drugs=drugs,
        undated=isinstance(record, Diagnosis) and record.date == _UNKNOWN_DAY,
        written=reader.written,
        table=report.table,
    )


def _given(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _drug(reader: RowReader, route: str | None) -> str:
    """The code of the drug; cyclophosphamide alone is told apart by its route."""
    code = str(reader.values.get("drug", ""))
    if code != CYCLOPHOSPHAMIDE:
        return code
    if route in _BY_ROUTE:
        return _BY_ROUTE[route]
    reader.refuse(
        "drug",
        say("by mouth or intravenous: give the route, or cyclophosphamide_po or cyclophosphamide_iv"),
    )
    return code


def _view(reader: RowReader, _number: int, _report: Report) -> Diagnosis | None:
    values = reader.values
    if "ctd" not in values:
        for name in _NEED_DIAGNOSIS:
            if name in values:
                reader.refuse(name, say("needs a diagnosis beside it"))
        return None
    date = values.get("ild_diagnosed") or values.get("ctd_diagnosed") or _UNKNOWN_DAY
    return Diagnosis(id="", date=date, **_given(values, _VIEW))


def _line(reader: RowReader, _number: int, _report: Report) -> TherapyLine:
    values = reader.values
    names = (
        *("dose", "dose_unit", "route", "frequency", "role", "indication"),
        *("stop", "stop_reason", "note", "drug_name"),
    )
    drug = _drug(reader, values.get("route"))
    if drug == "other" and not values.get("drug_name"):
        reader.refuse("drug", say("name the drug that the list lacks in drug_name"))
    if drug != "other" and values.get("drug_name"):
        reader.refuse("drug_name", say("is for a drug that the list lacks; then the drug is other"))
    return TherapyLine(id="", drug=drug, start=values["start"], **_given(values, names))


def _infusion(reader: RowReader, _number: int, _report: Report) -> Infusion:
    return Infusion(date=reader.values["date"], **_given(reader.values, ("dose_mg", "note")))


def _event(reader: RowReader, number: int, report: Report) -> AdverseEvent:
    values = reader.values
    names = ("end", "serious", "seriousness", "outcome", "note")
    told = _given(values, names)
    if "grade" in values:
        told["grade"] = int(values["grade"])
        if told["grade"] == 5 and not told.get("seriousness"):
            told["seriousness"] = ("death",)
            column, text = reader.written.get("grade", ("grade", ""))
            report.warn(number, column, text, say("grade 5 is death; death is noted as why it is serious"))
    term = codes.ae_terms().get(values["term"])
    told["category"] = term.category if term is not None else None
    return AdverseEvent(id="", term=values["term"], onset=values["onset"], **told)


def _scan(reader: RowReader, _number: int, _report: Report) -> Hrct:
    values = reader.values
    names = ("pattern", "extent_percent", "fibrosis", "fibrosis_percent", "signs", "compared_with", "note")
    told = _given(values, names)
    if "result" in values:
        told["result"] = HrctResult(values["result"])
    return Hrct(id="", date=values["date"], **told)


def _lab(reader: RowReader, _number: int, _report: Report) -> Lab:
    values = reader.values
    found: Result = values["value"]
    if values["test"] == "other" and not values.get("test_name"):
        reader.refuse("test", say("name the test that the list lacks in test_name"))
    return Lab(
        id="",
        date=values["date"],
        test=values["test"],
        value=found.value,
        detection=found.detection,
        result=found.result,
        text=found.text,
        **_given(values, ("test_name", "unit", "lln", "uln", "note")),
    )


def _visit(reader: RowReader, _number: int, _report: Report) -> Visit:
    values = reader.values
    told = _given(values, ("mmrc", "spo2_rest", "weight_kg", "note"))
    if "symptom_change" in values:
        told["symptom_change"] = SymptomChange(values["symptom_change"])
    return Visit(id="", date=values["date"], **told)


def _outcome(reader: RowReader, _number: int, _report: Report) -> Outcome:
    values = reader.values
    drug = _drug(reader, None) if "drug" in values else ""
    return Outcome(date=values["date"], event=values["event"], cause=values.get("cause", ""), drug=drug)


_MAKERS: Mapping[str, Callable[[RowReader, int, Report], Any]] = MappingProxyType(
    {
        "patients": _view,
        "therapy": _line,
        "infusions": _infusion,
        "adverse_events": _event,
        "hrct": _scan,
        "labs": _lab,
        "visits": _visit,
        "outcomes": _outcome,
    }
)
