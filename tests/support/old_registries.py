"""Registries as earlier programs left them: made by the revisions alone, with a row in every table.

The values are written down here and not taken from the models, which move on.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, MetaData, Table, text

from ctdild_desktop import bundled
from ctdild_desktop.registry import schema
from ctdild_desktop.registry.audit import seal
from ctdild_desktop.registry.engine import WRITING, connect, open_engine
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import CHEAPEST, Keystore, subkey

LOGIN, PASSPHRASE = "amsel", "a quiet passphrase"
REVISIONS = ("2026_11_22_first", "2026_11_23_site_criteria")
"""Every revision that a program with patients in it may have had."""
PATIENTS = 12
AT = "2026-02-01T09:00:00.000000Z"
PATIENT, LINE = "a" * 32, "b" * 32
_STAMPS = {
    "version": 3,
    "source": "typed",
    "created_at": AT,
    "created_by": LOGIN,
    "updated_at": AT,
    "updated_by": LOGIN,
}
_OF_PATIENT = {"patient_id": PATIENT, **_STAMPS}
ROWS: Mapping[str, Mapping[str, Any]] = {
    "app_user": {
        "id": "0" * 32,
        "login": LOGIN,
        "display_name": "R. Amsel",
        "role": "administrator",
        "active": 1,
    },
    "diagnosis": {
        "id": "1" * 32,
        "date": "2019",
        "ctd": "SSc",
        "ild_diagnosed": "2019-03",
        "pattern": "fNSIP",
        "confidence": "high",
        "antibodies": '["SCL70"]',
        "note": "“quoted” and\na line",
        **_OF_PATIENT,
    },
    "hrct": {
        "id": "2" * 32,
        "date": "2024-11-18",
        "extent_percent": "22.50",
        "fibrosis": 1,
        "result": "stable",
        "signs": "[]",
        "compared_with": "2023-10-18",
        "emphysema": 0,
        "note": "",
        **_OF_PATIENT,
    },
    "pft": {
        "id": "3" * 32,
        "date": "2025-03-12",
        "entered": 4,
        "fvc_l": "2.310",
        "dlco": "12.4",
        "dlco_unit": "mL/min/mmHg",
        "hb_g_l": "128",
        "post_bd": 0,
        "excluded": 0,
        "laboratory": "",
        "exclusion_reason": "",
        "confirmed_unusual": '["fvc_l"]',
        "comment": "Müller & <b>",
        "source_format": "csv",
        "source_sha256": "f" * 64,
        **_OF_PATIENT,
    },
    "visit": {
        "id": "4" * 32,
        "date": "2025-03-12",
        "mmrc": 2,
        "symptom_change": "worse",
        "admitted_nights": 0,
        "note": "",
        **_OF_PATIENT,
    },
    "therapy_line": {
        **_OF_PATIENT,
        "id": LINE,
        "drug": "mycophenolate",
        "start": "2024-12",
        "dose": "3",
        "dose_unit": "g",
        "note": "",
    },
    "dose_change": {
        "id": "5" * 32,
        "line_id": LINE,
        "date": "2025-01",
        "dose": "2.50",
        "reason": "nausea",
        **_OF_PATIENT,
    },
    "interruption": {
        "id": "6" * 32,
        "line_id": LINE,
        "start": "2025-02-01",
        "stop": "2025-02-14",
        "reason": "",
        **_OF_PATIENT,
    },
    "infusion": {
        "id": "7" * 32,
        "line_id": LINE,
        "date": "2025-01-15",
        "dose_mg": "1000",
        "note": "",
        **_OF_PATIENT,
    },
    "adverse_event": {
        "id": "8" * 32,
        "onset": "2025-01",
        "term": "LRTI",
        "grade": 2,
        "serious": 0,
        "seriousness": "[]",
        "suspected_lines": f'["{LINE}"]',
        "note": "",
        **_OF_PATIENT,
    },
    "draft": {
        "id": "9" * 32,
        "login": LOGIN,
        "kind": "test",
        "patient_id": PATIENT,
        "payload": '{"fvc":"2,3"}',
        "saved_at": AT,
    },
    "import_mapping": {"id": "c" * 32, "name": "Lab", "toml": "", "saved_at": AT, "saved_by": LOGIN},
    "site_criterion": {
        "id": "d" * 32,
        "name": "Own fall",
        "measure": "fvc",
        "basis": "relative",
        "comparator": "at_least",
        "amount": "7.50",
        "window_months": 12,
        "set_by": LOGIN,
        "set_at": AT,
    },
}


def make_old_registry(
    path: Path, revision: str, more: Callable[[Connection], None] = lambda _connection: None
) -> str:
    """A closed registry of a revision at ``path``, with its keys; returns its recovery code.

    Args:
        more: writes further rows in the same transaction.
    """
    store, dek, code = Keystore.create(FileHolder.beside(path), LOGIN, PASSPHRASE, CHEAPEST)
    store.save()
    key = subkey(dek, "db")
    connect(path, key, create=True).close()
    engine = open_engine(path, key)
    try:
        writing = engine.execution_options(ctdild_begin=WRITING)
        with writing.connect() as connection, connection.begin():
            config = schema.configuration(bundled.migrations())
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
        with (
            writing.connect() as connection,
            connection.begin(),
            _writing(connection, subkey(dek, "audit")),
        ):
            _fill(connection, store.db_id)
            more(connection)
    finally:
        engine.dispose()
    return code


@contextmanager
def _writing(connection: Connection, audit_key: bytes) -> Iterator[None]:
    batch = secrets.token_hex(16)
    connection.execute(
        text("INSERT INTO audit_context (id, batch, at, user_id, reason) VALUES (1, :batch, :at, :user, '')"),
        {"batch": batch, "at": AT, "user": LOGIN},
    )
    yield
    seal(connection, audit_key, batch)


def _fill(connection: Connection, db_id: str) -> None:
    metadata = MetaData()
    metadata.reflect(connection)
    _insert(
        connection, metadata.tables["registry_info"], {"id": 1, "db_id": db_id, "created_at": AT, "demo": 0}
    )
    for number in range(PATIENTS):
        person = {
            "id": PATIENT if number == 0 else f"{number:032x}",
            "mrn": f"OLD-{number}",
            "pseudonym": f"P-{number}",
            "search_key": f"old-{number}",
            "family_name": "Holunder" if number == 0 else "",
            "given_name": "",
            "alert_note": "",
            "birth_date": "1961-03",
            "sex": "F",
            "height_cm": "162.0",
            **_STAMPS,
        }
        _insert(connection, metadata.tables["patient"], person)
    for table, row in ROWS.items():
        if table in metadata.tables:
            _insert(connection, metadata.tables[table], row)


def _insert(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    names = ", ".join(row)
    places = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table.name} ({names}) VALUES ({places})"), dict(row))


def values_in(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """The rows that :func:`make_old_registry` wrote, as they are now: by table, the written columns only."""
    found = {}
    for table, row in ROWS.items():
        names = ", ".join(row)
        rows = connection.exec_driver_sql(f"SELECT {names} FROM {table} ORDER BY id").mappings()
        found[table] = [dict(item) for item in rows]
    return found
