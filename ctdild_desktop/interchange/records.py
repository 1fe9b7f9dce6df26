"""What every reader hands on: neutral records, with each problem beside its row and column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, Pft, Visit

if TYPE_CHECKING:
    from ctdild_desktop.interchange.report_records import ReportReading

Step = Callable[[int, int, str], None]
"""Told how many pieces are done, of how many, and what is being done; it may raise to end the work."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One rejected cell or row, or one warning. ``row`` is None when it concerns the file as a whole."""

    row: int | None
    column: str
    value: str
    reason: str
    table: str = ""
    """Which table of a file that holds several."""

    def as_json(self) -> dict[str, str | int | None]:
        """The entry as ``ctdild import --json`` prints it."""
        told = {"row": self.row, "column": self.column, "value": self.value, "reason": self.reason}
        return {**told, "table": self.table} if self.table else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of a device or a laboratory: as the file writes it, and as it was read."""

    label: str
    """What the file calls it."""
    text: str
    unit: str
    field: str = ""
    """The field of the record that takes it; empty for a value that is kept as it is."""
    value: Decimal | None = None
    """The value in the field's unit."""
    stored_unit: str = ""
    read_as: str = ""
    """What was read, where it is no number."""

    @property
    def as_given(self) -> str:
        """``FVC 2310 mL``: the file's own words, as they are kept beside the test."""
        return " ".join(part for part in (self.label, self.text, self.unit) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRow:
    """One test that could be read. Ids are empty: whom it belongs to is decided by the services."""

    __test__ = False

    row: int
    """Row of a table, or number of the test in a message."""
    date: dt.date
    patient: Patient
    """Who the file says it is; the MRN is empty when it gives none."""
    test: Pft | None
    """None when the row holds no measurement of lung function."""
    visit: Visit | None
    """What the row says of the day itself: mMRC; with no test, also weight and SpO2."""
    diagnosis: str | None = None
    pattern: str | None = None
    written: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """For each field of a record: the file's column and the text of the cell that it was read from."""

    readings: tuple[Reading, ...] = ()
    """Every value of a message, those that no field takes as well."""
    table: str = ""
    """As of a :class:`Remark`."""

    def remark(self, record_field: str, reason: str) -> Remark:
        """A remark on the cell that a record's field was read from; on the field when no cell gave it."""
        column, text = self.written.get(record_field, (record_field, ""))
        return Remark(self.row, column, text, reason, self.table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a patient, as a clinic's table says it in one row."""

    date: PartialDate
    event: str
    """``death``, ``transplant``, ``lost``, ``withdrawn`` or ``treatment_failure``."""
    cause: str = ""
    drug: str = ""
    """The drug of the line that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicRow:
    """One row of a clinic's table of anything but tests; who it is about is decided as of a test."""

    row: int
    kind: str
    """``patients``, ``therapy``, ``infusions``, ``adverse_events``, ``hrct``, ``labs``, ``visits``,
    ``outcomes``; or, of a message, ``diagnoses``, ``serology``, ``pros``, ``heart_tests``, ``procedures``,
    ``consents``.
    """
    patient: Patient
    record: Any
    """The clinical record. Its id is empty, or unique in the file, where ``suspected_lines`` and
    ``prior_line_id`` name it. Of ``infusions`` the infusion, of ``outcomes`` an :class:`Outcome`, of
    ``patients`` the view of the diagnosis or None; of a message all that it says of the patient.
    """
    drugs: tuple[str, ...] = ()
    """Of an infusion its drug; of an adverse event the suspected ones, where no line is named."""
    whole: bool = False
    """Whether it is all that is recorded, so that another one of the same day is another record."""
    undated: bool = False
    """Whether the file does not date a view of the diagnosis."""
    written: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """As of a :class:`TestRow`."""
    table: str = ""

    def remark(self, record_field: str, reason: str) -> Remark:
        """As of a :class:`TestRow`."""
        column, text = self.written.get(record_field, (record_field, ""))
        return Remark(self.row, column, text, reason, self.table)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestTable:
    """The readable rows of one file (tests, and rows of other tables) and all that was noticed reading it."""

    __test__ = False

    name: str
    sha256: str
    format: str
    rows_read: int
    rows: tuple[TestRow, ...]
    rejected: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    clinic: tuple[ClinicRow, ...] = ()
    """The rows of the other tables of a clinic."""
    asks_whose: bool = False
    """Whether a person decides whose a test is when the file does not say it beyond doubt."""
    report: ReportReading | None = None
    """What would be read of a report in text, which a person confirms."""
