"""``ctdild import``: tables of a clinic and messages of lung-function tests into the registry."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.cli import common, inbox

if TYPE_CHECKING:
    from ctdild_desktop.interchange.records import Remark
    from ctdild_desktop.services.imports import ImportReport

_SHOWN = 20
FORMATS = ("auto", "csv", "xlsx", "gdt", "hl7", "fhir", "ndd", "winspiro")
"""Those of ``interchange.reading``, named here so that other commands need not read it."""
TABLES = (
    *("patients", "pft", "therapy", "infusions", "adverse_events"),
    *("hrct", "labs", "visits", "outcomes"),
)
"""Those of ``interchange.clinic_fields``."""


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "import",
        _answer,
        summary="import tests, a clinic's old workbook, and messages of devices and laboratories",
        description=(
            "A file is known by its content: a table (CSV, xlsx) or a message of a device or a laboratory "
            "(GDT, HL7 v2, ndd, MIR WinspiroPRO, FHIR R4). A plain table has one row per test and a "
            "header row with at least mrn and test_date; a mapping renames columns, sets constants and "
            "units and counts dates from an origin. Each file is imported as a whole or not at all: a "
            "rejected row leaves the registry as it was, unless --accept-valid-rows. A message that does "
            "not say beyond doubt whose test it holds is rejected; --patient names the patient when it "
            "says no MRN. With --to-inbox, for an import that nobody watches, a message goes in by itself "
            "only when it is beyond doubt whose test it is, the patient is recorded and nothing is to be "
            "noticed; every other waits in the inbox until a person decides. Importing the same file again "
            "changes nothing. A csv or xlsx set with identity that ctdild export wrote is known by its "
            "codebook and comes back whole into an empty registry, given as its folder or its files. "
            "A workbook, or several CSV files, may hold a clinic's other tables as well: patients, pft, "
            "therapy, infusions, adverse_events, hrct, labs, visits and outcomes, each known by the name of "
            "its sheet or file, or by --table. They are one whole: all of them are imported, or none. "
            "A report in text (PDF, txt) is never imported: it is confirmed value by value in the window; "
            "--dry-run --json shows what is read of it."
        ),
        examples=(
            "ctdild import tests.csv --dry-run",
            "ctdild import tests.csv more.xlsx --json",
            "ctdild import trial.csv --mapping trial.toml --accept-valid-rows",
            "ctdild import spirometer.gdt --patient 1004711",
            "ctdild import exported-folder --registry new.ctdild",
            "ctdild import --to-inbox /srv/spirometry/*.hl7 --json",
            "ctdild import clinic.xlsx --dry-run",
            "ctdild import patients.csv therapy.csv labs.csv",
            "ctdild import drugs-2019.csv --table therapy",
        ),
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="+", type=Path, help="file, or folder of an export, to import"
    )
    parser.add_argument("--format", choices=FORMATS, default="auto", help="kind of file; auto looks inside")
    parser.add_argument(
        "--mapping", metavar="NAME_OR_FILE", help="a mapping saved in the registry, or a TOML file"
    )
    parser.add_argument(
        "--table",
        metavar="KIND",
        action="append",
        choices=TABLES,
        default=[],
        help="what table a CSV file, or a workbook whose sheets do not say it, holds: "
        f"{', '.join(TABLES)}; may be given several times for one file that holds several",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")
    parser.add_argument(
        "--patient", metavar="MRN", help="reject rows of anybody else; take tests without an MRN as theirs"
    )
    parser.add_argument(
        "--accept-valid-rows", action="store_true", help="import the valid rows although others are rejected"
    )
    parser.add_argument(
        "--to-inbox", action="store_true", help="keep messages in the inbox that are not beyond doubt"
    )
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    if args.to_inbox:
        return inbox.import_or_keep(args)
    from ctdild_desktop.interchange.clinic_files import Kinds
    from ctdild_desktop.services import import_mappings, imports

    with common.opened(args) as desk, common.progress() as progress:
        kinds = Kinds(every=tuple(dict.fromkeys(args.table)))
        mapping = import_mappings.load_mapping(desk, args.mapping) if args.mapping else None
        if args.dry_run:
            report = imports.preview_import(
                desk,
                args.files,
                mapping,
                file_format=args.format,
                kinds=kinds,
                patient_mrn=args.patient,
                progress=progress,
            )
            message = "Nothing was changed: this was a dry run."
            refused = not report.clean and not args.accept_valid_rows
        else:
            done = imports.run_import(
                desk,
                args.files,
                mapping,
                file_format=args.format,
                kinds=kinds,
                patient_mrn=args.patient,
                accept_valid_rows=args.accept_valid_rows,
                progress=progress,
            )
            report, message, refused = done.value, done.message, not done.value.ok
    if args.json:
        common.print_json(report.as_json())
    else:
        _print(report)
    without = [file.file for file in report.files if file.rows_read == 0]
    if without:
        raise common.UserError(f"{without[0]} has no row below its header.")
    if refused:
        message = _why(report, tried=not args.dry_run)
    common.say(message)
    return 1 if refused else 0


def _why(report: ImportReport, *, tried: bool) -> str:
    """One sentence for what stands in the way, naming the first rejected row of each file."""
    told = []
    for file in report.files:
        if file.rejected and not (tried and file.imported):
            count = len(file.rejected)
            first = file.rejected[0]
            more = f" ({count} rejected)" if count > 1 else ""
            told.append(f"{file.file}, {_place(first)}: {first.reason.rstrip('.')}{more}")
    verb = "Not imported" if tried else "Would not be imported"
    return f"{verb}: {'; '.join(told)}."


def _place(remark: Remark) -> str:
    where = "whole file" if remark.row is None else f"row {remark.row}"
    if remark.table:
        where = f"{remark.table}, {where}" if remark.row is not None else f"table {remark.table}"
    return f"{where}, {remark.column}" if remark.column else where


def _print(report: ImportReport) -> None:
    for file in report.files:
        print(
            f"{file.file}: {file.rows_read} rows; patients {file.patients_added} new, "
            f"{file.patients_matched} known; tests {file.tests_added} new, {file.tests_updated} filled, "
            f"{file.tests_unchanged} unchanged"
        )
        for kind, count in file.records_added.items():
            if kind not in {"patients", "pft"}:
                filled = file.records_filled.get(kind, 0)
                unchanged = file.records_unchanged.get(kind, 0)
                print(f"  {kind}: {count} new, {filled} filled, {unchanged} unchanged")
        _print_remarks("rejected", file.rejected)
        _print_remarks("warning", file.warnings)


def _print_remarks(kind: str, remarks: tuple[Remark, ...]) -> None:
    for remark in remarks[:_SHOWN]:
        print(f"  {kind}: {_place(remark)}: {remark.reason}")
    if len(remarks) > _SHOWN:
        print(f"  {kind}: and {len(remarks) - _SHOWN} more; --json lists all")
