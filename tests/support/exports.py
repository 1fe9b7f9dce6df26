"""An invented registry with hostile names, exported, and its tables read by programs of others."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb
import openpyxl

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    Attachment,
    Consent,
    Infusion,
    Lab,
    Patient,
    PatientRecord,
    Pft,
    Sex,
    TherapyLine,
    Visit,
)
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.services.exporting import ExportSettings, export_registry

NAMES = ("Smith & <b>", "O'Brien", "=1+1", "Müller", "山田", "x" * 200)
TABLES = ("csv", "xlsx", "parquet")
IDENTIFIED = ExportSettings(pseudonymised=False, reason="change of hospital")


def named_patients() -> list[PatientRecord]:
    return [
        PatientRecord(
            patient=Patient(
                id=new_id(),
                mrn=f"00{number}-MRN",
                family_name=name,
                given_name=f"={name}"[:200],
                birth_date=PartialDate(1950 + number, 7, 23),
                sex=Sex.MALE,
                height_cm=Decimal("171.50"),
            ),
            tests=(
                Pft(
                    id=new_id(),
                    date=dt.date(2024, 11, 5),
                    fvc_l=Decimal("2.30"),
                    reference_set="GLI2022",
                    comment=f"{name} was there\nand =2+3",
                ),
            ),
            labs=(
                Lab(id=new_id(), date=PartialDate(2024, 10), test="crp", value=Decimal("-0.50"), unit="mg/L"),
            ),
        )
        for number, name in enumerate(NAMES)
    ]


PLANTED = ("tests", "visits", "therapy", "attachments", "consents")


def planted_in(record: PatientRecord) -> dict[str, Any]:
    """Records of more kinds with names, texts and dates of the weeks around the test."""
    return {
        "tests": tuple(
            replace(
                test,
                reference_set="Quill 1999",
                fvc_pct_pred=Decimal(71),
                excluded=True,
                exclusion_reason="Quill said so",
                laboratory="Quill",
                as_given=(("fvc_l", "FVC 2.3 Quill"),),
            )
            for test in record.tests
        ),
        "visits": (
            Visit(id=new_id(), date=dt.date(2024, 11, 7), clinician="Dr Quill", note="Quill, 1 May 2024"),
        ),
        "therapy": (
            TherapyLine(
                id=new_id(),
                drug="Quillazumab",
                start=PartialDate(2024, 11, 8),
                note="Quill",
                infusions=(Infusion(date=dt.date(2024, 11, 9), batch="Quill 77"),),
            ),
        ),
        "attachments": (
            Attachment(
                id=new_id(),
                name=f"{record.patient.family_name}.pdf",
                media_type="application/pdf",
                size_bytes=1,
                sha256="7" * 64,
                date=PartialDate(2024, 11, 10),
            ),
        ),
        "consents": (
            Consent(
                id=new_id(),
                date=PartialDate(2024, 10, 30),
                kind="registry",
                answer="given",
                taken_by="Dr Quill",
            ),
        ),
    }


def told_of(records: Sequence[PatientRecord]) -> list[str]:
    """Everything of the records with planted facts that would tell who somebody is."""
    found = [*NAMES[:5], "x" * 50, "was there", "amsel", "Amsel", "Quill", "1 May 2024"]
    for record in records:
        found += [record.patient.mrn, record.patient.id, str(record.patient.birth_date)]
        for item in (item for name in PLANTED for item in getattr(record, name)):
            found += [str(getattr(item, "start", None) or item.date), item.id]
    return found


def read_csv(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter, strict=True))


def rows_in(folder: Path, form: str, table: str) -> list[dict[str, Any]]:
    """The rows of a table, read with a program that is not the product."""
    if form == "csv":
        return list(read_csv(folder / f"{table}.csv"))
    if form == "xlsx":
        book = openpyxl.load_workbook(folder / "registry.xlsx", read_only=True)
        head, *rows = book[table].iter_rows(values_only=True)
        book.close()
        return [dict(zip_longest(head, row)) for row in rows]
    found = duckdb.sql(f"SELECT * FROM '{folder / table}.parquet'")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def exported(desk: Desk, folder: Path, form: str, settings: ExportSettings = IDENTIFIED) -> Path:
    return export_registry(desk, folder, form, settings).value.folder
