"""What an import did, or would do: file by file, as JSON and in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ctdild_desktop.interchange.clinic_fields import TABLES
from ctdild_desktop.interchange.export_reading import ExportedSet
from ctdild_desktop.interchange.records import Remark, TestTable
from ctdild_desktop.interchange.report_records import ReportReading
from ctdild_desktop.language import joined, say, say_n
from ctdild_desktop.services.import_matching import Attributed, Choices, Undecided
from ctdild_desktop.services.import_plan import ImportPlan, PlannedRow
from ctdild_desktop.services.import_tests import Effect


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
    records_added: Mapping[str, int] = field(default_factory=dict)
    """New records by the table that they stand in, of the tables that the file holds."""
    records_filled: Mapping[str, int] = field(default_factory=dict)
    records_unchanged: Mapping[str, int] = field(default_factory=dict)
    rejected: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    rows: tuple[PlannedRow, ...] = ()
    """The accepted rows, for the preview."""
    sha256: str = ""
    undecided: tuple[Undecided, ...] = ()
    """The tests of which a person must say whose they are; each is among the rejected as well."""
    imported: bool = False
    """Whether the file's rows are now in the registry (also when all of them were there before)."""
    report: ReportReading | None = None
    """What would be read of a report in text, which is confirmed in the window."""

    def as_json(self) -> dict[str, Any]:
        """The report in the fields of ``ctdild import --json``; of a report in text with what it says."""
        return {
            **self._counted(),
            **(self.report.as_json() if self.report is not None else {}),
        }

    def _counted(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "format": self.format,
            "rows_read": self.rows_read,
            "patients_added": self.patients_added,
            "patients_matched": self.patients_matched,
            "tests_added": self.tests_added,
            "tests_updated": self.tests_updated,
            "tests_unchanged": self.tests_unchanged,
            "records_added": dict(self.records_added),
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
    exported: ExportedSet | None = field(default=None, repr=False)
    """The set of this program that the files are, which is imported whole."""

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


def report_of(each: Attributed, plan: ImportPlan, *, imported: bool) -> FileReport:
    """The report of one file from what was planned."""
    table = each.table
    return FileReport(
        sha256=table.sha256,
        report=table.report,
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
        records_added=_counted(plan, Effect.NEW),
        records_filled=_counted(plan, Effect.FILLED),
        records_unchanged=_counted(plan, Effect.KNOWN),
    )


def _counted(plan: ImportPlan, effect: Effect) -> dict[str, int]:
    """How many rows of each table have an effect, in the order of the tables."""
    kinds = sorted({row.kind for row in plan.rows}, key=_order)
    return {kind: plan.count(effect, kind) for kind in kinds}


def _order(kind: str) -> tuple[int, str]:
    return (TABLES.index(kind) if kind in TABLES else len(TABLES), kind)


def nothing_done(report: FileReport) -> FileReport:
    """The report of a file that was left out: what was read and why, with nothing changed."""
    return replace(
        report,
        patients_added=0,
        patients_matched=0,
        tests_added=0,
        tests_updated=0,
        tests_unchanged=0,
        records_added=dict.fromkeys(report.records_added, 0),
        records_filled={},
        records_unchanged={},
    )


def message_of(report: ImportReport) -> str:
    """What was done, in one sentence for the status bar."""
    left_out = [file.file for file in report.files if not file.imported]
    words = [say("Imported {report}.", report=what_of(report))] if what_of(report) else []
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


def what_of(report: ImportReport) -> str:
    """``715 new tests, 140 new patients``, of the files that were imported."""
    done = [file for file in report.files if file.imported]
    counts = (
        (sum(file.tests_added for file in done), "{n} new test", "{n} new tests"),
        (sum(file.tests_updated for file in done), "{n} filled test", "{n} filled tests"),
        (sum(file.patients_added for file in done), "{n} new patient", "{n} new patients"),
    )
    words = [say_n(one, many, count) for count, one, many in counts if count]
    for kind, told in _NEW.items():
        count = sum(file.records_added.get(kind, 0) for file in done)
        words += [told(count)] if count else []
    filled = sum(sum(it.records_filled.values()) for it in done) - sum(it.tests_updated for it in done)
    words += [say_n("{n} filled record", "{n} filled records", filled)] if filled else []
    return joined(words)


_NEW: Mapping[str, Callable[[int], str]] = {
    "therapy": lambda n: say_n("{n} new line of therapy", "{n} new lines of therapy", n),
    "infusions": lambda n: say_n("{n} new infusion", "{n} new infusions", n),
    "adverse_events": lambda n: say_n("{n} new adverse event", "{n} new adverse events", n),
    "hrct": lambda n: say_n("{n} new HRCT", "{n} new HRCTs", n),
    "labs": lambda n: say_n("{n} new blood result", "{n} new blood results", n),
    "visits": lambda n: say_n("{n} new visit", "{n} new visits", n),
    "outcomes": lambda n: say_n("{n} new outcome", "{n} new outcomes", n),
    "diagnoses": lambda n: say_n("{n} new diagnosis", "{n} new diagnoses", n),
    "serology": lambda n: say_n("{n} new antibody test", "{n} new antibody tests", n),
    "pros": lambda n: say_n("{n} new questionnaire", "{n} new questionnaires", n),
    "heart_tests": lambda n: say_n("{n} new heart test", "{n} new heart tests", n),
    "procedures": lambda n: say_n("{n} new procedure", "{n} new procedures", n),
    "consents": lambda n: say_n("{n} new consent", "{n} new consents", n),
}
"""What a new record of each table is called; patients and tests are counted by themselves."""
