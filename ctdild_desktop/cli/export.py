"""``ctdild export``: the registry as tables with a codebook, or in another format."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.services.desk import Desk

_FORMATS = ("csv", "xlsx", "fhir", "parquet", "cohort")
_CSV = ("comma", "semicolon", "semicolon_comma")
_NO_REASON = "no reason given at the command line"


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "export",
        _answer,
        summary="hand the registry on: tables with a codebook, FHIR or Parquet",
        description=(
            "Writes a folder: one table for each kind of record with every field, a codebook, and a manifest "
            "with the head of the audit trail. A csv set has R and SPSS syntax beside it. With "
            "--pseudonymised there is no name, number, free text or true date in it. The files are not "
            "encrypted. A csv or xlsx set with identity can be imported again (ctdild import DIR). FHIR is "
            "files of lines (NDJSON), each line the Bundle of one patient; with identity they can be "
            "imported again as well. The format cohort is the input of ctdild cohort for other engines, "
            "pseudonymised always. The export is noted in the audit trail."
        ),
        examples=(
            "ctdild export --format csv --out study-2026 --pseudonymised",
            "ctdild export --format xlsx --out moved --reason 'change of hospital' --user amsel",
            "ctdild export --format fhir --out one --patient 4711 --reason 'change of hospital'",
            "ctdild export --format cohort --out national-2026",
            "ctdild export --format csv --csv semicolon_comma --out auswertung --pseudonymised",
        ),
    )
    parser.add_argument("--format", choices=_FORMATS, required=True, help="what is written")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="the folder to make, new or empty"
    )
    parser.add_argument("--pseudonymised", action="store_true", help="without identity, dates moved")
    parser.add_argument(
        "--true-dates", action="store_true", help="with --pseudonymised: do not move the dates"
    )
    parser.add_argument(
        "--reason", metavar="WHY", default=_NO_REASON, help="why data that tell who a patient is are exported"
    )
    parser.add_argument(
        "--patient", metavar="MRN", action="append", help="only this patient; may be given several times"
    )
    parser.add_argument(
        "--csv",
        choices=_CSV,
        default="comma",
        help="what parts the cells of csv files; semicolon_comma has decimal commas",
    )
    parser.add_argument("--no-bom", action="store_true", help="begin csv files without a byte order mark")
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import exporting
    from ctdild_desktop.services.exporting import ExportSettings

    pseudonymised = args.pseudonymised or args.format == "cohort"
    if args.true_dates and not pseudonymised:
        raise common.UsageError("--true-dates goes with --pseudonymised")
    with common.opened(args) as desk, common.progress() as progress:
        settings = ExportSettings(
            pseudonymised=pseudonymised,
            date_shift=not args.true_dates,
            reason="" if pseudonymised and not args.true_dates else args.reason,
            patients=_patients(desk, args.patient),
            csv_form=args.csv,
            byte_order_mark=not args.no_bom,
        )
        done = exporting.export_registry(desk, args.out, args.format, settings, progress)
    made = done.value
    if args.json:
        common.print_json(
            {
                "folder": str(made.folder),
                "format": args.format,
                "pseudonymised": pseudonymised,
                "patients": made.patients,
                "rows": dict(made.rows),
            }
        )
    else:
        print(done.message)
    return 0


def _patients(desk: Desk, mrns: list[str] | None) -> tuple[str, ...] | None:
    if not mrns:
        return None
    from ctdild_desktop.services import patients

    found = (common.known_patient(patients.by_mrn(desk, mrn), mrn) for mrn in dict.fromkeys(mrns))
    return tuple(record.patient.id for record in found)
