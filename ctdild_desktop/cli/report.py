"""``ctdild report``: printouts as PDF."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.clinical.records import Meeting
    from ctdild_desktop.services.desk import Desk


def add(commands: common.Commands) -> None:
    """Add the command and its kinds of printout."""
    report = commands.add_parser(
        "report",
        help="write a printout as PDF",
        description="Write a printout as PDF. Each kind explains itself: ctdild report KIND --help.",
        allow_abbrev=False,
    )
    report.set_defaults(answer=lambda _args: _no_kind(report))
    kinds = report.add_subparsers(dest="kind", metavar="KIND")
    parser = common.add_command(
        kinds,
        "patient",
        _patient,
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
    parser.add_argument("mrn", metavar="MRN", help="the record number of the patient")
    _add_out(parser)
    _add_pseudonymised(parser)
    parser.add_argument(
        "--as-of", metavar="DATE", type=common.iso_date, help="ignore everything after this day"
    )
    parser = common.add_command(
        kinds,
        "meeting",
        _meeting,
        summary="the pack of an MDT meeting: a cover list and one page for each patient",
        description=(
            "One PDF with bookmarks: who is discussed with which question and what is not ready, then the "
            "page of each patient in the order of the agenda; a signed case is printed as it was signed."
        ),
        examples=(
            "ctdild report meeting 2026-03-19 --out pack.pdf",
            "ctdild report meeting 2026-03-19 --out pack.pdf --full-history --pseudonymised",
        ),
    )
    parser.add_argument("date", metavar="DATE", type=common.iso_date, help="day of the meeting")
    _add_out(parser)
    _add_pseudonymised(parser)
    _add_starts(parser)
    parser.add_argument(
        "--full-history", action="store_true", help="append everything recorded of each patient as tables"
    )

    parser = common.add_command(
        kinds,
        "letter",
        _letter,
        summary="the outcome letter on a signed decision of an MDT meeting",
        description=(
            "To who referred the patient, or to the patient in plain words, from the clinic's own text or "
            "the one that the program brings."
        ),
        examples=(
            "ctdild report letter DEMO-0001 --meeting 2026-03-19 --out letter.pdf",
            "ctdild report letter DEMO-0001 --meeting 2026-03-19 --to patient --out letter.pdf",
        ),
    )
    parser.add_argument("mrn", metavar="MRN", help="the record number of the patient")
    parser.add_argument(
        "--meeting", metavar="DATE", type=common.iso_date, required=True, help="day of the meeting"
    )
    parser.add_argument("--to", choices=("referrer", "patient"), default="referrer", help="default: referrer")
    _add_out(parser)
    _add_starts(parser)


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="F.pdf", type=Path, required=True, help="file to write")


def _add_pseudonymised(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pseudonymised", action="store_true", help="leave out everything that names the patient"
    )


def _add_starts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--starts", metavar="HH:MM", help="which meeting, where there are several on that day"
    )


def _no_kind(report: argparse.ArgumentParser) -> int:
    report.error("say which printout: patient, meeting or letter")


def _patient(args: argparse.Namespace) -> int:
    from ctdild_desktop.reports.mdt_page import write_mdt_page
    from ctdild_desktop.services import pages, patients

    with common.opened(args) as desk:
        record = common.known_patient(patients.by_mrn(desk, args.mrn), args.mrn)
        page = pages.mdt_page(desk, record.patient.id, as_of=args.as_of, pseudonymised=args.pseudonymised)
    return _write(args.out, lambda file: write_mdt_page(file, page))


def _meeting(args: argparse.Namespace) -> int:
    from ctdild_desktop.reports.pack import write_pack
    from ctdild_desktop.services.pack import pack

    with common.opened(args) as desk:
        meeting = _known_meeting(desk, args.date, args.starts)
        made = pack(desk, meeting.id, pseudonymised=args.pseudonymised, appendix=args.full_history)
    return _write(args.out, lambda file: write_pack(file, made))


def _letter(args: argparse.Namespace) -> int:
    from ctdild_desktop.reports.letter import write_letter
    from ctdild_desktop.services import patients
    from ctdild_desktop.services.letters import letter

    with common.opened(args) as desk:
        record = common.known_patient(patients.by_mrn(desk, args.mrn), args.mrn)
        meeting = _known_meeting(desk, args.meeting, args.starts)
        decided = [one for one in record.decisions if one.meeting_id == meeting.id]
        if not decided:
            raise common.UserError(f"Nothing was decided on {args.mrn} at the meeting of {args.meeting}.")
        made = letter(desk, decided[0].id, args.to)
    return _write(args.out, lambda file: write_letter(file, made))


def _known_meeting(desk: Desk, day: dt.date, starts: str | None) -> Meeting:
    """The meeting of a day.

    Raises:
        UserError: there is none, or there are several.
    """
    from ctdild_desktop.services.meetings import on_day

    found = [one for one in on_day(desk, day) if starts is None or one.starts == starts]
    if not found:
        raise common.UserError(f"There is no meeting on {day}{f' at {starts}' if starts else ''}.")
    if len(found) > 1:
        times = ", ".join(one.starts or "no time" for one in found)
        raise common.UserError(f"There are {len(found)} meetings on {day} ({times}): name one with --starts.")
    return found[0]


def _write(out: Path, draw: Callable[[BinaryIO], object]) -> int:
    """Write a printout: wholly, or not at all."""
    handle, unfinished = tempfile.mkstemp(dir=out.parent, prefix=".report-", suffix=".pdf")
    try:
        with os.fdopen(handle, "wb") as file:
            draw(file)
        os.replace(unfinished, out)
    except BaseException:
        os.unlink(unfinished)
        raise
    print(f"Written: {out}")
    return 0
