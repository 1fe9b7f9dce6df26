"""Importing files of tests: read, match, preview, one transaction per file, and one act to take it all back.

Importing the same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.interchange.fields import fields
from ctdild_desktop.interchange.mapping import Mapping
from ctdild_desktop.interchange.reading import message_format, read_file
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import Source, read_source
from ctdild_desktop.interchange.table import read_table
from ctdild_desktop.registry.generation import Why
from ctdild_desktop.services import backups, events, import_exported
from ctdild_desktop.services.desk import (
    RECORDING,
    Change,
    ChangeSet,
    Desk,
    Done,
    RefusedError,
    new_id,
    requires,
)
from ctdild_desktop.services.import_batch import IMPORTING, Batch, write_plan
from ctdild_desktop.services.import_matching import Attributed, Choices, Whose
from ctdild_desktop.services.import_plan import ImportPlan, plan_import
from ctdild_desktop.services.import_report import (
    FileReport,
    ImportReport,
    message_of,
    nothing_done,
    report_of,
    what_of,
)
from ctdild_desktop.services.import_tests import Effect
from ctdild_desktop.services.progress import CancelledError, Progress

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = [
    "CancelledError",
    "FileLook",
    "FileReport",
    "ImportReport",
    "Progress",
    "import_previewed",
    "look_at",
    "preview_again",
    "preview_import",
    "preview_sources",
    "run_import",
    "shown_each",
    "write_shown",
]

_FEW = 500
_KINDS = frozenset({Change.IMPORT, Change.PATIENT, Change.DIAGNOSIS, Change.VISIT, Change.TEST})


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
    progress: Progress | None = None,
) -> ImportReport:
    """Read the files and say what importing them would change; nothing is written.

    The counts are those of the rows that can be accepted. Several files are looked at one after the other as
    if each were imported before the next.

    Args:
        patient_mrn: accept tests of this patient alone, among them those of a message that says no MRN.
        choices: whose tests a person decided them to be, where the files do not tell it beyond doubt.
        progress: is told how far it is, and may stop it.

    Raises:
        FormatError: a file is no readable table, or the mapping does not fit it.
        CancelledError: the person stopped it.
    """
    exported = import_exported.set_of(paths)
    if exported is not None:
        return import_exported.preview_set(desk, exported)
    sources = [read_source(Path(path)) for path in paths]
    return preview_sources(
        desk,
        sources,
        mapping,
        file_format=file_format,
        patient_mrn=patient_mrn,
        choices=choices,
        progress=progress,
    )


@requires(*RECORDING, doing="importing")
def preview_sources(
    desk: Desk,
    sources: Sequence[Source],
    mapping: Mapping | None = None,
    *,
    file_format: str = "auto",
    patient_mrn: str | None = None,
    choices: Choices | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """As :func:`preview_import`, of files that are in memory already: those of the inbox among them."""
    progress = progress or Progress()
    tables = _read(sources, mapping, file_format, progress)
    return _previewed(desk, tables, Whose(patient_mrn, choices or {}, desk.today()), progress)


@requires(*RECORDING, doing="importing")
def preview_again(
    desk: Desk, preview: ImportReport, choices: Choices, *, progress: Progress | None = None
) -> ImportReport:
    """The preview of the same files as they were read, with more of a person's decisions."""
    return _previewed(desk, preview.tables, Whose(None, choices, desk.today()), progress or Progress())


def _read(
    sources: Sequence[Source], mapping: Mapping | None, file_format: str, progress: Progress
) -> tuple[TestTable, ...]:
    return tuple(
        read_file(source, mapping, file_format=file_format, step=progress.step) for source in sources
    )


def _previewed(desk: Desk, tables: tuple[TestTable, ...], whose: Whose, progress: Progress) -> ImportReport:
    with desk.registry.read() as session:
        looked = _looked_at(desk, session, tables, whose, progress)
    reports = [report_of(each, plan, imported=False) for each, plan in looked]
    return ImportReport(tuple(reports), tables, whose.choices)


def _looked_at(
    desk: Desk,
    session: Session,
    tables: Sequence[TestTable],
    whose: Whose,
    progress: Progress,
    *,
    whole_files: bool = False,
) -> list[tuple[Attributed, ImportPlan]]:
    """What each file would change after the ones before it.

    Args:
        whole_files: a file with rejected rows is left out, so that nothing of it counts for the next.
    """
    asked = whose.asked(session, tables)
    known = _known(desk, session, [each.table for each in asked])
    looked = []
    for each in asked:
        plan = _planned(desk, each.table, known, whose.patient_mrn, progress)
        looked.append((each, plan))
        if len(tables) > 1 and not (whole_files and plan.rejected):
            _as_if_imported(known, plan)
    return looked


@requires(*IMPORTING, doing="importing")
def run_import(
    desk: Desk,
    paths: Sequence[Path],
    mapping: Mapping | None = None,
    *,
    file_format: str = "auto",
    patient_mrn: str | None = None,
    accept_valid_rows: bool = False,
    progress: Progress | None = None,
) -> Done[ImportReport]:
    """Import files: each all or nothing, all of them in one transaction with one audit batch.

    Args:
        accept_valid_rows: import the rows that can be accepted although others of the file are rejected.
        progress: is told how far it is, and may stop it; then nothing was imported.

    Returns:
        The report; a file with rejected rows that was therefore left out has ``imported`` False. The undo
        takes back everything that was written, as one act.

    Raises:
        FormatError: a file is no readable table, or the mapping does not fit it; nothing was imported.
        CancelledError: the person stopped it; nothing was imported.
    """
    exported = import_exported.set_of(paths)
    if exported is not None:
        return import_exported.import_set(desk, exported, progress)
    progress = progress or Progress()
    tables = _read([read_source(Path(path)) for path in paths], mapping, file_format, progress)
    whose = Whose(patient_mrn, {}, desk.today())
    return _import(desk, tables, whose, progress, accept_valid_rows=accept_valid_rows)


@requires(*IMPORTING, doing="importing")
def import_previewed(
    desk: Desk,
    preview: ImportReport,
    *,
    patient_mrn: str | None = None,
    accept_valid_rows: bool = False,
    progress: Progress | None = None,
) -> Done[ImportReport]:
    """Import the files exactly as they were read for a preview; otherwise as :func:`run_import`."""
    if preview.exported is not None:
        return import_exported.import_set(desk, preview.exported, progress)
    whose = Whose(patient_mrn, preview.choices, desk.today())
    progress = progress or Progress()
    return _import(desk, preview.tables, whose, progress, accept_valid_rows=accept_valid_rows)


@requires(*RECORDING, doing="taking a message")
def write_shown(
    desk: Desk, session: Session, shown: ImportReport, *, valid_rows_only: bool = False
) -> tuple[FileReport, Batch]:
    """Write one message exactly as a preview showed it, within the caller's transaction.

    Raises:
        RefusedError: a row of it is rejected, or it would go elsewhere than was shown; nothing was written.
    """
    (table,), (seen,) = shown.tables, shown.files
    whose, progress = Whose(None, shown.choices, desk.today()), Progress()
    each, plan = _decided(desk, session, table, whose, progress)
    report = report_of(each, plan, imported=True)
    if report.rejected and not valid_rows_only:
        raise RefusedError(report.rejected[0].reason)
    if _where(report) != _where(seen):
        raise RefusedError("The registry was changed meanwhile; look at the message again.")
    return report, write_plan(desk, session, plan, table, progress)


@requires(*RECORDING, doing="taking a message")
def shown_each(desk: Desk, session: Session, tables: Sequence[TestTable]) -> tuple[ImportReport, ...]:
    """The preview of each file by itself, as if there were no other, within the caller's transaction."""
    whose = Whose(None, {}, desk.today())
    asked = whose.asked(session, tables)
    known = _known(desk, session, [each.table for each in asked])
    plans = [(each, _planned(desk, each.table, known, None, Progress())) for each in asked]
    return tuple(
        ImportReport((report_of(each, plan, imported=False),), (table,))
        for table, (each, plan) in zip(tables, plans, strict=True)
    )


def _where(report: FileReport) -> list[tuple[int, str, Effect, bool]]:
    """Where each accepted row goes, and what it does there."""
    return [(row.row, row.mrn, row.effect, row.new_patient) for row in report.rows]


def _import(
    desk: Desk, tables: Sequence[TestTable], whose: Whose, progress: Progress, *, accept_valid_rows: bool
) -> Done[ImportReport]:
    with desk.registry.read() as session:
        looked = _looked_at(desk, session, tables, whose, progress, whole_files=not accept_valid_rows)
    reports: list[FileReport] = []
    to_write: list[int] = []
    for place, (each, plan) in enumerate(looked):
        refused = bool(plan.rejected) and not accept_valid_rows
        report = report_of(each, plan, imported=not refused)
        reports.append(nothing_done(report) if refused else report)
        if not refused and not all(patient.empty for patient in plan.patients):
            to_write.append(place)
    batches: list[Batch] = []
    if to_write:
        progress.step(0, 0, "Making a backup")
        backups.before(desk, Why.BEFORE_IMPORT)
        names = ", ".join(tables[place].name for place in to_write)
        with desk.registry.write(desk.login, f"Import of {names}") as session:
            for place in to_write:
                # decided again on what is recorded now: somebody may have written since
                each, plan = _decided(desk, session, tables[place], whose, progress)
                if plan.rejected and not accept_valid_rows:
                    raise RefusedError("The registry was changed meanwhile; look at the preview again.")
                batches.append(write_plan(desk, session, plan, tables[place], progress))
                reports[place] = report_of(each, plan, imported=True)
            progress.step(0, 0, "Sealing the audit trail")
        for place in to_write:
            _note(desk, tables[place], reports[place])
    whole = ImportReport(tuple(reports), tuple(tables), whose.choices)
    changes = ChangeSet(_KINDS if batches else frozenset())
    undo = Batch.joined(batches).undo(desk, what_of(whole)) if batches else None
    return Done(whole, message_of(whole), changes, undo)


def _decided(
    desk: Desk, session: Session, table: TestTable, whose: Whose, progress: Progress
) -> tuple[Attributed, ImportPlan]:
    (each,) = whose.asked(session, (table,))
    known = _known(desk, session, (each.table,))
    return each, _planned(desk, each.table, known, whose.patient_mrn, progress)


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
    desk: Desk,
    table: TestTable,
    known: dict[str, PatientRecord],
    patient_mrn: str | None,
    progress: Progress,
) -> ImportPlan:
    return plan_import(
        table, known, today=desk.today(), new_id=new_id, only_mrn=patient_mrn, progress=progress
    )


def _as_if_imported(known: dict[str, PatientRecord], plan: ImportPlan) -> None:
    for patient in plan.patients:
        mrn = patient.patient.mrn
        known[mrn] = patient.applied_to(known.get(mrn))
