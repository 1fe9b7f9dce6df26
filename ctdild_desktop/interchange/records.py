"""What every reader hands on: neutral records of tests, with each problem beside its row and column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from ctdild_desktop.clinical.records import Patient, Pft, Visit


@dataclass(frozen=True, slots=True)
class Remark:
    """One rejected cell or row, or one warning. ``row`` is None when it concerns the file as a whole."""

    row: int | None
    column: str
    value: str
    reason: str

    def as_json(self) -> dict[str, str | int | None]:
        """The entry as ``ctdild import --json`` prints it."""
        return {"row": self.row, "column": self.column, "value": self.value, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRow:
    """One row that could be read. Ids are empty: whom it belongs to is decided by the services."""

    __test__ = False

    row: int
    date: dt.date
    patient: Patient
    test: Pft | None
    """None when the row holds no measurement of lung function."""
    visit: Visit | None
    """What the row says of the day itself: mMRC; with no test, also weight and SpO2."""
    diagnosis: str | None = None
    pattern: str | None = None
    written: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """For each field of a record: the file's column and the text of the cell that it was read from."""

    def remark(self, record_field: str, reason: str) -> Remark:
        """A remark on the cell that a record's field was read from; on the field when no cell gave it."""
        column, text = self.written.get(record_field, (record_field, ""))
        return Remark(self.row, column, text, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestTable:
    """The readable rows of one file and everything that was noticed while reading it."""

    __test__ = False

    name: str
    sha256: str
    format: str
    rows_read: int
    rows: tuple[TestRow, ...]
    rejected: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
