"""``ctdild report``: printouts as PDF."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from ctdild_desktop.cli import common


def add(commands: common.Commands) -> None:
    """Add the command and its kinds of printout."""
    report = commands.add_parser("report", help="write a printout as PDF", allow_abbrev=False)
    report.set_defaults(answer=lambda _args: _no_kind(report))
    kinds = report.add_subparsers(dest="kind", metavar="KIND")
    parser = common.add_command(
        kinds,
        "patient",
        _answer,
        summary="the one-page summary of a patient for the MDT meeting",
        description=(
            "One A4 page in black and greys: the time-line with therapy, the latest tests, each criterion "
            "with its reason, therapy lines, adverse events and an empty box for the decision. "
            "Pseudonymised, it carries no name, record number, birth date or free text."
        ),
        examples=(
            "ctdild report patient DEMO-0001 --out page.pdf",
            "ctdild report patient DEMO-0001 --out page.pdf --pseudonymised --as-of 2026-03-12",
        ),
    )
    parser.add_argument("mrn", metavar="MRN")
    parser.add_argument("--out", metavar="F.pdf", type=Path, required=True, help="file to write")
    parser.add_argument(
        "--pseudonymised", action="store_true", help="leave out everything that names the patient"
    )
    parser.add_argument(
        "--as-of", metavar="DATE", type=common.iso_date, help="ignore everything after this day"
    )


def _no_kind(report: argparse.ArgumentParser) -> int:
    report.error("say which printout: patient")


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop.reports.mdt_page import write_mdt_page
    from ctdild_desktop.services import pages, patients

    with common.opened(args) as desk:
        record = common.known_patient(patients.by_mrn(desk, args.mrn), args.mrn)
        page = pages.mdt_page(desk, record.patient.id, as_of=args.as_of, pseudonymised=args.pseudonymised)
    handle, unfinished = tempfile.mkstemp(dir=args.out.parent, prefix=".report-", suffix=".pdf")
    try:
        with os.fdopen(handle, "wb") as file:
            write_mdt_page(file, page)
        os.replace(unfinished, args.out)
    except BaseException:
        os.unlink(unfinished)
        raise
    print(f"Written: {args.out}")
    return 0
