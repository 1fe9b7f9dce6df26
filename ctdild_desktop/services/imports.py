"""Importing files of tests: read, match, preview, one transaction per file, and one act to take it all back.

Importing the same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.interchange.fields import fields
from ctdild_desktop.interchange.mapping import Mapping
from ctdild_desktop.interchange.reading import message_format, read_file
from ctdild_desktop.interchange.records import Remark, TestTable
from ctdild_desktop.interchange.source import Source, read_source
from ctdild_desktop.interchange.table import read_table
from ctdild_desktop.language import say, say_n
from ctdild_desktop.registry.generation import Why
from ctdild_desktop.services import backups, events
from ctdild_desktop.services.desk import (
    Change,
    ChangeSet,
    Desk,
    Done,
    RefusedError,
    new_id,
    requires,
)
from ctdild_desktop.services.import_batch import IMPORTING, Batch, write_plan
from ctdild_desktop.services.import_matching import Attributed, Choices, Undecided, Whose
from ctdild_desktop.services.import_plan import ImportPlan, PlannedRow, plan_import
from ctdild_desktop.services.import_tests import Effect

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_FEW = 500
_KINDS = frozenset({Change.IMPORT, Change.PATIENT, Change.DIAGNOSIS, Change.VISIT, Change.TEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What one file holds and what became, or would become, of it."""

    file: str
    format: str
    rows_read: int = 0
    patients_added: int = 0
    patients_matched: int = 0
    tests_added: int = 0
    tests_updated: int = 0
    tests_unchanged: int = 0
    rejected: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    rows: tuple[PlannedRow, ...] = ()
    """The accepted rows, for the preview."""
    sha256: str = ""
    undecided: tuple[Undecided, ...] = ()
    """The tests of which a person must say whose they are; each is among the rejected as well."""
    imported: bool = False
    """Whether the file's rows are now in the registry (also when all of them were there before)."""

    def as_json(self) -> dict[str, Any]:
        """The report in the fields of ``ctdild import --json``."""
        return {
            "file": self.file,
            "format": self.format,
            "rows_read": self.rows_read,
            "patients_added": self.patients_added,
            "patients_matched": self.patients_matched,
            "tests_added": self.tests_added,
            "tests_updated": self.tests_updated,
            "tests_unchanged": self.tests_unchanged,
            "rejected": [remark.as_json() for remark in self.rejected],
            "warnings": [remark.as_json() for remark in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The reports of all files of one import or preview, in the order given."""

    files: tuple[FileReport, ...]
    tables: tuple[TestTable, ...] = field(default=(), repr=False)
    """The files as read, so that an import after a preview takes exactly what was shown."""
    choices: Choices = field(default_factory=dict, repr=False)
    """Whose tests a person decided them to be."""

    @property
    def ok(self) -> bool:
        """Whether every file was imported."""
        return all(report.imported for report in self.files)

    @property
    def clean(self) -> bool:
        """Whether no row of any file is rejected."""
        return not any(report.rejected for report in self.files)

    def as_json(self) -> list[dict[str, Any]]:
        """One entry per file, in the fields of ``ctdild import --json``."""
        return [report.as_json() for report in self.files]


@dataclass(frozen=True, slots=True)
class FileLook:
    """A file's columns with a few of their cells, for choosing a mapping."""

    name: str
    columns: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    """The first rows, cell by cell as text."""
    message: str = ""
    """The format of a message of a device or a laboratory, which has no columns; empty for a table."""


def look_at(path: Path, *, samples: int = 3) -> FileLook:
    """What a file is and its columns, before any mapping; raises FormatError when it cannot be read."""
    source = read_source(path)
    if found := message_format(source):
        return FileLook(source.name, (), (), found)
    table = read_table(source, titles=fields())
    rows = tuple(tuple(str(cell) for cell in row.cells) for row in table.rows[:samples])
    return FileLook(table.name, table.header, rows)


@requires(*IMPORTING, doing="importing")
def preview_import(
    desk: Desk,
    paths: Sequence[Path],
    mapping: Mapping | None = None,
    *,
    file_format: str = "auto",
    patient_mrn: str | None = None,
    choices: Choices | None = None,
) -> ImportReport:
    """Read the files and say what importing them would change; nothing is written.

    The counts are those of the rows that can be accepted. Several files are looked at one after the other as
    if each were imported before the next.

    Args:
        patient_mrn: accept tests of this patient alone, among them those of a message that says no MRN.
        choices: whose tests a person decided them to be, where the files do not tell it beyond doubt.

    Raises:
        FormatError: a file is no readable table, or the mapping does not fit it.
    """
    sources = [read_source(Path(path)) for path in paths]
    return preview_sources(
        desk, sources, mapping, file_format=file_format, patient_mrn=patient_mrn, choices=choices
    )


@requires(*IMPORTING, doing="importing")
def preview_sources(
    desk: Desk,
    sources: Sequence[Source],
    mapping: Mapping | None = None,
    *,
    file_format: str = "auto",
    patient_mrn: str | None = None,
    choices: Choices | None = None,
) -> ImportReport:
    """As :func:`preview_import`, of files that are in memory already."""
    tables = tuple(read_file(source, mapping, file_format=file_format) for source in sources)
    return _previewed(desk, tables, Whose(patient_mrn, choices or {}, desk.today()))


@requires(*IMPORTING, doing="importing")
def preview_again(desk: Desk, preview: ImportReport, choices: Choices) -> ImportReport:
    """The preview of the same files as they were read, with more of a person's decisions."""
    return _previewed(desk, preview.tables, Whose(None, choices, desk.today()))


def _previewed(desk: Desk, tables: tuple[TestTable, ...], whose: Whose) -> ImportReport:
    reports = []
    with desk.registry.read() as session:
        asked = whose.asked(session, tables)
        known = _known(desk, session, [each.table for each in asked])
    for each in asked:
        plan = _planned(desk, each.table, known, whose.patient_mrn)
        reports.append(_report(each, plan, imported=False))
        if len(tables) > 1:
            _as_if_imported(known, plan)
    return ImportReport(tuple(reports), tables, whose.choices)


@requires(*IMPORTING, doing="importing")
def run_import(
    desk: Desk,
    paths: Sequence[Path],
    mapping: Mapping | None = None,
    *,
    file_format: str = "auto",
    patient_mrn: str | None = None,
    accept_valid_rows: bool = False,
) -> Done[ImportReport]:
    """Import files: each all or nothing, in one transaction with one audit batch.

    Args:
        accept_valid_rows: import the rows that can be accepted although others of the file are rejected.

    Returns:
        The report; a file with rejected rows that was therefore left out has ``imported`` False. The undo
        takes back everything that was written, as one act.

    Raises:
        FormatError: a file is no readable table, or the mapping does not fit it; nothing was imported.
    """
    tables = tuple(read_file(read_source(Path(path)), mapping, file_format=file_format) for path in paths)
    return _import(desk, tables, Whose(patient_mrn, {}, desk.today()), accept_valid_rows=accept_valid_rows)


@requires(*IMPORTING, doing="importing")
def import_previewed(
    desk: Desk, preview: ImportReport, *, patient_mrn: str | None = None, accept_valid_rows: bool = False
) -> Done[ImportReport]:
    """Import the files exactly as they were read for a preview; otherwise as :func:`run_import`."""
    whose = Whose(patient_mrn, preview.choices, desk.today())
    return _import(desk, preview.tables, whose, accept_valid_rows=accept_valid_rows)


def _import(
    desk: Desk, tables: Sequence[TestTable], whose: Whose, *, accept_valid_rows: bool
) -> Done[ImportReport]:
    reports: list[FileReport] = []
    batches: list[Batch] = []
    for table in tables:
        with desk.registry.read() as session:
            each, plan = _decided(desk, session, table, whose)
        refused = bool(plan.rejected) and not accept_valid_rows
        if refused or all(patient.empty for patient in plan.patients):
            report = _report(each, plan, imported=not refused)
            reports.append(_nothing_done(report) if refused else report)
            continue
        if not batches:
            backups.before(desk, Why.BEFORE_IMPORT)
        with desk.registry.write(desk.login, f"Import of {table.name}") as session:
            # decided again on what is recorded now: somebody may have written since
            each, plan = _decided(desk, session, table, whose)
            if plan.rejected and not accept_valid_rows:
                raise RefusedError("The registry was changed meanwhile; look at the preview again.")
            batches.append(write_plan(desk, session, plan, table))
        reports.append(_report(each, plan, imported=True))
        _note(desk, table, reports[-1])
    whole = ImportReport(tuple(reports), tuple(tables), whose.choices)
    changes = ChangeSet(_KINDS if batches else frozenset())
    undo = Batch.joined(batches).undo(desk, _what(whole)) if batches else None
    return Done(whole, _message(whole), changes, undo)


def _decided(desk: Desk, session: Session, table: TestTable, whose: Whose) -> tuple[Attributed, ImportPlan]:
    (each,) = whose.asked(session, (table,))
    return each, _planned(desk, each.table, _known(desk, session, (each.table,)), whose.patient_mrn)


def _note(desk: Desk, table: TestTable, report: FileReport) -> None:
    """Note an import in the audit trail, without the name of the file, which may be a patient's."""
    counts = {
        name: str(getattr(report, name))
        for name in ("rows_read", "patients_added", "tests_added", "tests_updated")
    }
    events.note_or_wait(desk, "import", format=table.format, sha256=table.sha256, **counts)


def _known(desk: Desk, session: Session, tables: Sequence[TestTable]) -> dict[str, PatientRecord]:
    """The recorded patients that the files name, by MRN."""
    from sqlalchemy import select

    from ctdild_desktop.registry.models import PatientRow

    wanted = {row.patient.mrn for table in tables for row in table.rows}
    listed = session.execute(select(PatientRow.mrn, PatientRow.id).where(PatientRow.deleted_at.is_(None)))
    ids = [patient_id for mrn, patient_id in listed if mrn in wanted]
    store = desk.store
    found = store.load_many(session, ids) if len(ids) <= _FEW else store.load_all(session)
    return {record.patient.mrn: record for record in found if record.patient.mrn in wanted}


def _planned(
    desk: Desk, table: TestTable, known: dict[str, PatientRecord], patient_mrn: str | None
) -> ImportPlan:
    return plan_import(table, known, today=desk.today(), new_id=new_id, only_mrn=patient_mrn)


def _as_if_imported(known: dict[str, PatientRecord], plan: ImportPlan) -> None:
    for patient in plan.patients:
        mrn = patient.patient.mrn
        known[mrn] = patient.applied_to(known.get(mrn))


def _report(each: Attributed, plan: ImportPlan, *, imported: bool) -> FileReport:
    table = each.table
    return FileReport(
        sha256=table.sha256,
        undecided=tuple(each.undecided),
        file=table.name,
        format=table.format,
        rows_read=table.rows_read,
        rejected=tuple(plan.rejected),
        warnings=tuple(plan.warnings),
        rows=tuple(plan.rows),
        imported=imported,
        patients_added=sum(patient.before is None for patient in plan.patients),
        patients_matched=sum(patient.before is not None for patient in plan.patients),
        tests_added=plan.count(Effect.NEW),
        tests_updated=plan.count(Effect.FILLED),
        tests_unchanged=plan.count(Effect.KNOWN),
    )


def _nothing_done(report: FileReport) -> FileReport:
    """The report of a file that was left out: what was read and why, with nothing changed."""
    return replace(
        report, patients_added=0, patients_matched=0, tests_added=0, tests_updated=0, tests_unchanged=0
    )


def _message(report: ImportReport) -> str:
    left_out = [file.file for file in report.files if not file.imported]
    words = [say("Imported {report}.", report=_what(report))] if _what(report) else []
    if not words and len(left_out) < len(report.files):
        taken = any(file.rows or not file.rejected for file in report.files if file.imported)
        words = [
            say("Nothing new: every row was there already.")
            if taken
            else say("Nothing was imported: every row was rejected.")
        ]
    if left_out:
        words.append(say("Not imported because of rejected rows: {left_out}.", left_out=", ".join(left_out)))
    return " ".join(words)


def _what(report: ImportReport) -> str:
    """``715 new tests, 140 new patients``, of the files that were imported."""
    done = [file for file in report.files if file.imported]
    counts = (
        (sum(file.tests_added for file in done), "{n} new test", "{n} new tests"),
        (sum(file.tests_updated for file in done), "{n} filled test", "{n} filled tests"),
        (sum(file.patients_added for file in done), "{n} new patient", "{n} new patients"),
    )
    words = [say_n(one, many, count) for count, one, many in counts if count]
    return ", ".join(words)
