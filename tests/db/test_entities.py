"""Tables of an older registry take in everything new, and every value of before stays as it was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, Table, text

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Infusion
from ctdild_desktop.registry import schema
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.services import access, patients
from tests.support.old_registries import LINE, LOGIN, PASSPHRASE, PATIENT, REVISIONS, ROWS, make_old_registry

GROWN = (
    *("patient", "diagnosis", "visit", "pft", "hrct", "therapy_line", "dose_change", "interruption"),
    *("infusion", "adverse_event", "site_criterion"),
)
"""Tables that are made anew."""
_WORDS: dict[str, str] = {
    "sex": "F",
    "smoking": "ex",
    "oxygen": "ltot",
    "consent_registry": "given",
    "consent_research": "declined",
    "confidence": "high",
    "behaviour": "stable",
    "basis": "MDT",
    "kind": "day_case",
    "symptom_change": "worse",
    "dlco_unit": "mmol/min/kPa",
    "fvc_grade": "U",
    "dlco_grade": "F",
    "not_done_fvc": "cannot_perform",
    "not_done_dlco": "other",
    "extent_reading": "indeterminate",
    "result": "progression",
    "role": "rescue",
    "indication": "both",
    "route": "IM",
    "frequency": "2-weekly",
    "stop_reason": "supply",
    "dose_unit": "g/kg",
    "category": "allergy",
    "causality": "conditional",
    "action": "not_applicable",
    "outcome": "sequelae",
    "measure": "dlco",
    "comparator": "more_than",
    "birth_date": "1961",
    "death_date": "2025-02",
    "ctd_diagnosed": "2019-03",
    "ild_diagnosed": "2019-03-31",
    "onset": "2024",
    "end_date": "2024-11",
    "start": "2024-02-29",
    "stop": "2024-03",
    "patient_id": PATIENT,
    "line_id": LINE,
    "source_sha256": "e" * 64,
    "signs": '["new_fine_reticulation"]',
    "antibodies": '["SCL70","RO52"]',
    "seriousness": "[]",
    "suspected_lines": f'["{LINE}"]',
    "confirmed_unusual": '["fvc_l"]',
    "reason": "“words” ½",
}
_DECIMALS = (
    *(
        "height_cm",
        "pack_years",
        "weight_kg",
        "spo2_rest",
        "spo2_nadir",
        "fvc_l",
        "fvc_pct_pred",
        "fvc_pred_l",
    ),
    *("fev1_l", "fev1_pct_pred", "dlco", "dlco_pct_pred", "hb_g_l", "tlc_l", "va_l", "kco"),
    *("extent_percent", "dose", "dose_mg", "amount"),
)


def full_row(table: Table) -> dict[str, Any]:
    """A row of an old table with something in every column."""
    row: dict[str, Any] = {}
    for column in table.columns:
        kind = str(column.type)
        if column.name in _WORDS:
            row[column.name] = _WORDS[column.name]
        elif column.name == "id":
            row[column.name] = "e" * 32
        elif column.name.endswith("_at"):
            row[column.name] = "2026-02-01T09:00:00.000001Z"
        elif column.name in _DECIMALS:
            row[column.name] = "0.30"
        elif kind == "DATE" or column.name == "date":
            row[column.name] = "2024-02-29"
        elif kind == "BOOLEAN":
            row[column.name] = 1
        elif kind == "INTEGER":
            row[column.name] = 3
        else:
            row[column.name] = f"{column.name} 'quoted' – ½"
    if table.name == "site_criterion":
        row["basis"] = "points"
    return row


def kept(connection: Connection, columns: dict[str, list[str]]) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the old columns of the grown tables, with the types of the values."""
    found = {}
    for table, names in columns.items():
        typed = ", ".join(f"{name}, typeof({name})" for name in names)
        rows = connection.execute(text(f"SELECT {typed} FROM {table} ORDER BY id"))
        found[table] = [tuple(row) for row in rows]
    return found


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_column_of_every_old_table_keeps_its_values(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "clinic.ctdild"
    columns: dict[str, list[str]] = {}
    before: dict[str, list[tuple[Any, ...]]] = {}

    def fill(connection: Connection) -> None:
        metadata = MetaData()
        metadata.reflect(connection)
        for table in (metadata.tables[name] for name in GROWN if name in metadata.tables):
            columns[table.name] = [column.name for column in table.columns]
            row = full_row(table)
            places = ", ".join(f":{name}" for name in row)
            statement = f"INSERT INTO {table.name} ({', '.join(row)}) VALUES ({places})"
            connection.execute(text(statement), row)
        before.update(kept(connection, columns))

    make_old_registry(path, revision, fill)
    registry = Registry.open(path, LOGIN, PASSPHRASE)
    with registry.read() as session:
        assert schema.current(session.connection()) == schema.REVISION
        assert kept(session.connection(), columns) == before
        assert all(len(rows) >= 2 for table, rows in before.items() if table != "site_criterion")
    assert registry.verify()["ok"] is True
    registry.close()


def test_records_of_an_older_registry_load_with_everything_new_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "clinic.ctdild"
    make_old_registry(path, REVISIONS[0])
    desk = access.unlock(path, login=LOGIN, passphrase=PASSPHRASE)
    record = patients.load(desk, PATIENT)
    (line,), (visit,) = record.therapy, record.visits
    assert (visit.status, visit.took_place, visit.absent, visit.version) == (None, True, (), 3)
    assert line.given_infusions == line.infusions
    assert [str(infusion.dose_mg) for infusion in line.infusions] == [ROWS["infusion"]["dose_mg"]]
    assert line.infusions[0] == Infusion(date=dt.date(2025, 1, 15), dose_mg=line.infusions[0].dose_mg)
    assert record.patient.birth_date == PartialDate(1961, 3)
    assert (record.patient.comorbidities, record.patient.allergies, record.labs) == ((), (), ())
    desk.close()
