"""Importing files: read, match, preview, one transaction for all, and one act to take it all back.

Importing the same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.interchange.clinic_files import Kinds, sheets_in
from ctdild_desktop.interchange.mapping import Mapping
from ctdild_desktop.interchange.reading import message_format, read_file
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.report_files import report_format
from ctdild_desktop.interchange.source import Source, read_source
from ctdild_desktop.language import english_of, say_n
from ctdild_desktop.registry.generation import Why
from ctdild_desktop.services import backups, events, import_exported
from ctdild_desktop.services.desk import (
    RECORDING,
    Desk,
    Done,
    RefusedError,
    requires,
)
from ctdild_desktop.services.import_batch import IMPORTING, Batch, write_plan
from ctdild_desktop.services.import_matching import Choices, Whose
from ctdild_desktop.services.import_report import (
    FileReport,
    ImportReport,
    message_of,
    nothing_done,
    what_of,
)
from ctdild_desktop.services.import_tests import Effect
from ctdild_desktop.services.import_units import Looked, look
from ctdild_desktop.services.progress import CancelledError, Progress

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = [
    "CancelledError",
    "FileLook",
    "FileReport",
    "ImportReport",
    "Kinds",
    "Progress",
    "TableLook",
    "import_previewed",
    "look_at",
    "preview_again",
    "preview_import",
    "preview_sources",
    "run_import",
    "shown_each",
    "write_shown",
]


@dataclass(frozen=True, slots=True)
class TableLook:
    """One table of a file: its columns with a few of their cells, for choosing its kind and a mapping."""

    sheet: str
    """The sheet of a workbook; empty for a file that is one table."""
    kind: str
    """What it is read as; empty when it is not read."""
    named: bool
    """Whether its name says the kind."""
    columns: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    """The first rows, cell by cell as text."""


@dataclass(frozen=True, slots=True)
class FileLook:
    """A file's tables, for choosing a mapping."""

    name: str
    tables: tuple[TableLook, ...]
    message: str = ""
    """The format of a message of a device or a laboratory, which has no tables."""
    sha256: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Those of its first table."""
        return self.tables[0].columns if self.tables else ()

    @property
    def samples(self) -> tuple[tuple[str, ...], ...]:
        """The first rows of its first table."""
        return self.tables[0].samples if self.tables else ()


def look_at(path: Path, *, samples: int = 3) -> FileLook:
    """What a file is and its columns, before any mapping; raises FormatError when it cannot be read."""
    source = read_source(path)
    if found := message_format(source) or report_format(source):
        return FileLook(source.name, (), found, source.sha256)
    tables = []
    for table, kind, named in sheets_in(source):
        rows = tuple(tuple(str(cell) for cell in row.cells) for row in table.rows[:samples])
        tables.append(TableLook(table.sheet, kind, named, table.header, rows))
    return FileLook(source.name, tuple(tables), sha256=source.sha256)


@requires(*IMPORTING, doing="importing")
def preview_import(
    desk: Desk,
    paths: Sequence[Path],
    mapping: Mapping | None = None,
    *,
    file_format: str = "auto",
    kinds: Kinds | None = None,
    patient_mrn: str | None = None,
    choices: Choices | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Read the files and say what importing them would change; nothing is written.

    The counts are those of the rows that can be accepted. Several files are looked at one after the other as
    if each were imported before the next.

    Args:
        kinds: what a person says of the kinds of tables in the files.
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
        kinds=kinds,
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
    kinds: Kinds | None = None,
    patient_mrn: str | None = None,
    choices: Choices | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """As :func:`preview_import`, of files that are in memory already: those of the inbox among them."""
    progress = progress or Progress()
    tables = _read(sources, mapping, file_format, kinds, progress)
    return _previewed(desk, tables, Whose(patient_mrn, choices or {}, desk.today()), progress)


@requires(*RECORDING, doing="importing")
def preview_again(
    desk: Desk, preview: ImportReport, choices: Choices, *, progress: Progress | None = None
) -> ImportReport:
    """The preview of the same files as they were read, with more of a person's decisions."""
    return _previewed(desk, preview.tables, Whose(None, choices, desk.today()), progress or Progress())


def _read(
    sources: Sequence[Source],
    mapping: Mapping | None,
    file_format: str,
    kinds: Kinds | None,
    progress: Progress,
) -> tuple[TestTable, ...]:
    return tuple(
        read_file(source, mapping, file_format=file_format, kinds=kinds, step=progress.step)
        for source in sources
    )


def _previewed(desk: Desk, tables: tuple[TestTable, ...], whose: Whose, progress: Progress) -> ImportReport:
    with desk.registry.read() as session:
        looked = look(desk, session, tables, whose, progress)
    reports: dict[int, FileReport] = {}
    for unit in looked:
        reports |= unit.reports(imported=False)
    return ImportReport(tuple(reports[place] for place in range(len(tables))), tables, whose.choices)


@requires(*IMPORTING, doing="importing")
def run_import(
    desk: Desk,
    paths: Sequence[Path],
    mapping: Mapping | None = None,
    *,
    file_format: str = "auto",
    kinds: Kinds | None = None,
    patient_mrn: str | None = None,
    accept_valid_rows: bool = False,
    progress: Progress | None = None,
) -> Done[ImportReport]:
    """Import files, all of them in one transaction with one audit batch.

    Each file is imported as a whole or not at all; the tables of a clinic in several files are one whole.

    Args:
        kinds: what a person says of the kinds of tables in the files.
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
    tables = _read([read_source(Path(path)) for path in paths], mapping, file_format, kinds, progress)
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
    (unit,) = look(desk, session, (table,), whose, progress)
    report = unit.reports(imported=True)[0]
    if report.rejected and not valid_rows_only:
        raise RefusedError(report.rejected[0].reason)
    if _where(report) != _where(seen):
        raise RefusedError("The registry was changed meanwhile; look at the message again.")
    planned = unit.plan.patients
    return report, write_plan(desk, session, planned, sha256=unit.sha256, name=unit.name, progress=progress)


@requires(*RECORDING, doing="taking a message")
def shown_each(desk: Desk, session: Session, tables: Sequence[TestTable]) -> tuple[ImportReport, ...]:
    """The preview of each file by itself, as if there were no other, within the caller's transaction."""
    whose = Whose(None, {}, desk.today())
    units = look(desk, session, tables, whose, Progress(), apart=True)
    told = (unit.reports(imported=False)[place] for place, unit in enumerate(units))
    return tuple(ImportReport((report,), (table,)) for table, report in zip(tables, told, strict=True))


def _where(report: FileReport) -> list[tuple[str, int, str, str, Effect, bool]]:
    """Where each accepted row goes, and what it does there."""
    return [(row.kind, row.row, row.mrn, row.name, row.effect, row.new_patient) for row in report.rows]


def _import(
    desk: Desk, tables: Sequence[TestTable], whose: Whose, progress: Progress, *, accept_valid_rows: bool
) -> Done[ImportReport]:
    with desk.registry.read() as session:
        looked = look(desk, session, tables, whose, progress, whole=not accept_valid_rows)
    reports: dict[int, FileReport] = {}
    to_write: list[Looked] = []
    for unit in looked:
        refused = unit.rejected and not accept_valid_rows
        told = unit.reports(imported=not refused)
        reports |= {place: nothing_done(report) if refused else report for place, report in told.items()}
        if not refused and not all(patient.empty for patient in unit.plan.patients):
            to_write.append(unit)
    batches: list[Batch] = []
    if to_write:
        progress.step(0, 0, "Making a backup")
        backups.before(desk, Why.BEFORE_IMPORT)
        with desk.registry.write(desk.login, f"Import of {_named(to_write)}") as session:
            for unit in to_write:
                # decided again on what is recorded now: somebody may have written since
                again = unit.again(desk, session, whose, progress)
                if again.rejected and not accept_valid_rows:
                    raise RefusedError("The registry was changed meanwhile; look at the preview again.")
                batches.append(
                    write_plan(
                        desk,
                        session,
                        again.plan.patients,
                        sha256=again.sha256,
                        name=again.name,
                        progress=progress,
                    )
                )
                reports |= again.reports(imported=True)
            progress.step(0, 0, "Sealing the audit trail")
        for unit in to_write:
            for place in unit.places:
                _note(desk, tables[place], reports[place])
    told_files = tuple(reports[place] for place in range(len(tables)))
    whole = ImportReport(told_files, tuple(tables), whose.choices)
    joined = Batch.joined(batches)
    undo = joined.undo(desk, what_of(whole)) if batches else None
    return Done(whole, message_of(whole), joined.changes, undo)


def _named(units: Sequence[Looked]) -> str:
    """What is imported, for the trail: a file's name may be a patient's, and stands with no one else's."""
    files = sum(len(unit.tables) for unit in units)
    return units[0].name if len(units) == 1 else english_of(say_n("{n} file", "{n} files", files))


def _note(desk: Desk, table: TestTable, report: FileReport) -> None:
    """Note an import in the audit trail, without the name of the file, which may be a patient's."""
    counts = {
        name: str(getattr(report, name))
        for name in ("rows_read", "patients_added", "tests_added", "tests_updated")
    }
    others = sum(count for kind, count in report.records_added.items() if kind not in {"patients", "pft"})
    counts |= {"records_added": str(others)} if others else {}
    events.note_or_wait(desk, "import", format=table.format, sha256=table.sha256, **counts)
