"""From the plain table of tests (one row per test) to neutral records, under a mapping."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ctdild_desktop.clinical.records import Patient, Pft, Visit
from ctdild_desktop.interchange.columns import Report, RowReader, columns_of, rows_read
from ctdild_desktop.interchange.fields import fields
from ctdild_desktop.interchange.mapping import TableMapping
from ctdild_desktop.interchange.records import Step, TestRow
from ctdild_desktop.interchange.table import Row, Table
from ctdild_desktop.language import say

DATED = "test_date"
_PATIENT = ("family_name", "given_name", "birth_date", "sex", "height_cm")
_MEASURED = (
    "fvc_l",
    "fvc_pct_pred",
    "fev1_l",
    "fev1_pct_pred",
    "dlco",
    "dlco_pct_pred",
    "tlc_l",
    "va_l",
    "kco",
)
_TEST = (
    *_MEASURED,
    "dlco_unit",
    "hb_g_l",
    "fvc_grade",
    "dlco_grade",
    "spo2_rest",
    "height_cm",
    "weight_kg",
    "comment",
)


def tests_of(table: Table, mapping: TableMapping, report: Report, step: Step | None) -> tuple[TestRow, ...]:
    """The tests in a table under a mapping.

    Raises:
        FormatError: the mapping names a column that it does not have, or a required column is missing.
    """
    columns = columns_of(table, fields(), DATED, mapping)
    made = (_test_row(row, reader, report) for row, reader in rows_read(table, columns, report, step))
    return tuple(row for row in made if row is not None)


def _test_row(row: Row, reader: RowReader, report: Report) -> TestRow | None:
    _check_units(reader)
    if reader.problems:
        report.rejected += reader.problems
        return None
    values = reader.values
    measured = any(values.get(name) is not None for name in _MEASURED)
    day: date = values["date"]
    told = {name: values[name] for name in _TEST if name in values}
    test = Pft(id="", date=day, as_given=reader.as_given, **told) if measured else None
    visit = Visit(id="", date=day, mmrc=values.get("mmrc"))
    if test is None:
        visit = replace(visit, weight_kg=values.get("weight_kg"), spo2_rest=values.get("spo2_rest"))
        reason = say("the row holds no value of lung function; no test is made of it")
        report.warn(row.number, "", "", reason)
    said = any(value is not None for value in (visit.mmrc, visit.weight_kg, visit.spo2_rest))
    known = {name: values[name] for name in _PATIENT if name in values}
    return TestRow(
        row=row.number,
        date=day,
        patient=Patient(id="", mrn=values["mrn"], **known),
        test=test,
        visit=visit if said else None,
        diagnosis=values.get("ctd"),
        pattern=values.get("pattern"),
        written=reader.written,
        table=report.table,
    )


def _check_units(reader: RowReader) -> None:
    """A transfer factor needs its unit, a unit needs a transfer factor, a pattern needs a diagnosis."""
    values = reader.values
    for name in ("dlco", "kco"):
        if name in values and "dlco_unit" not in values:
            reader.refuse(name, say("no unit: give a column dlco_unit or set it in a mapping"))
    if "dlco" not in values and "kco" not in values:
        values.pop("dlco_unit", None)
    if "pattern" in values and "ctd" not in values:
        name = "pattern" if "pattern" in reader.written else "ild_pattern"
        reader.refuse(name, say("needs a diagnosis beside it"))
