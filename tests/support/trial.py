"""A published trial among the real files as the three tables of a clinic: tests, therapy, outcomes.

The file has one row for each visit, with the months since the start; the baseline is given as a difference
from a centre that nobody discloses. Adding 68, near the published mean, makes it the test of month 0: no
difference between the arms depends on the constant. Months are calendar months from the month in which the
trial began; placebo is a line of another drug by that name.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from ctdild_desktop.clinical.dates import add_months

BEGAN = dt.date(2000, 9, 1)
CENTRE = Decimal(68)
ARMS = {"1": "cyclophosphamide_po", "0": "other"}
"""The drug of each arm, by the file's column ``cyclophosphamide``."""


def after(months: int | str) -> dt.date:
    """The day so many months after the start."""
    return add_months(BEGAN, int(months))


def days(*months: int) -> str:
    """The days of some months, as ``--at`` takes them."""
    return ",".join(str((after(month) - BEGAN).days) for month in months)


def visits(source: Path) -> list[dict[str, str]]:
    """The rows of the file."""
    with source.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_tables(source: Path, folder: Path) -> tuple[Path, Path, Path]:
    """Write the tests, the arms as lines of therapy, and what became of the patients."""
    rows = visits(source)
    patients = {row["id"]: row for row in rows}.values()
    tests = [(mrn(row), BEGAN, Decimal(row["baseline_fvc_pct_centred"]) + CENTRE) for row in patients]
    tests += [(mrn(row), after(row["month"]), Decimal(row["fvc_pct"])) for row in rows]
    lines = [
        (mrn(row), ARMS[row["cyclophosphamide"]], "" if row["cyclophosphamide"] == "1" else "placebo", BEGAN)
        for row in patients
    ]
    ends = [
        (mrn(row), after(row["event_or_censor_month"]), row["event"].replace("censored", "lost"))
        for row in patients
    ]
    return (
        _write(folder / "pft.csv", ("mrn", "test_date", "fvc_percent_predicted"), tests),
        _write(folder / "therapy.csv", ("mrn", "drug", "drug_name", "start"), lines),
        _write(folder / "outcomes.csv", ("mrn", "date", "event"), ends),
    )


def mrn(row: dict[str, str]) -> str:
    """The record number of a patient of the file."""
    return f"SLS-{int(row['id']):03d}"


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
    return path
