"""``ctdild quality``: how complete and how plausible the registry is."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.clinical.quality.report import Behind, Report, Row
    from ctdild_desktop.services.quality import Quality

_BY = ("year", "half", "quarter")


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "quality",
        _answer,
        summary="say how complete and how plausible the registry is",
        description=(
            "For each field of the core data set: how often it is expected, recorded, said to be unknown, "
            "declined or not done, and missing. For each check of plausibility: how many records were looked "
            "at, are in order, cannot be told, and are not in order. Everything is of one moment. A "
            "percentage of nothing is null, never 0. Who withdrew from the registry is in no number; what is "
            "left out is counted with the reason. --records names the records behind the numbers by MRN."
        ),
        examples=(
            "ctdild quality --lacking",
            "ctdild quality --from 2025-01-01 --to 2025-12-31 --by quarter --json",
            "ctdild quality --by year --out quality.csv",
            "ctdild quality --lacking --records --json",
        ),
    )
    parser.add_argument("--from", dest="since", metavar="DATE", type=common.iso_date, help="the first day")
    parser.add_argument("--to", dest="until", metavar="DATE", type=common.iso_date, help="the last day")
    parser.add_argument("--by", choices=_BY, default="", help="numbers of each period as well")
    parser.add_argument(
        "--lacking", action="store_true", help="only lines in which something is missing or found"
    )
    parser.add_argument(
        "--records", action="store_true", help="with --json: the records that are missing, found or not known"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, help="write the numbers as CSV instead")
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop.clinical.quality.periods import Asked
    from ctdild_desktop.services import quality, quality_files

    if args.since is not None and args.until is not None and args.until < args.since:
        raise common.UsageError("--to must not lie before --from")
    if args.records and not args.json:
        raise common.UsageError("--records needs --json")
    asked = Asked(args.since, args.until, args.by)
    with common.opened(args) as desk:
        common.note_listed(desk, "quality")
        with common.progress() as progress:
            found = quality.read(desk, progress)
        report = found.report(asked)
        if args.out is not None:
            quality_files.counts_into_file(desk, report, args.out)
    if args.out is not None:
        common.say(f"Wrote {args.out}.")
        if not args.json:
            return 0
    rows = [row for row in report.rows if row.whole.lacking or not args.lacking]
    if args.json:
        common.print_json(document(found, report, rows, records=args.records))
    else:
        _print(found, report, rows)
    return 0


def document(found: Quality, report: Report, rows: list[Row], *, records: bool) -> dict[str, Any]:
    """What ``--json`` prints."""
    asked = report.asked
    left = {
        reason: [_record(one) for one in report.left_out(reason)] if records else len(kept.entries)
        for reason, kept in found.tally.left.items()
    }
    return {
        "as_of": found.as_of,
        "head_of_trail": found.head,
        "from": asked.since,
        "to": asked.until,
        "by": asked.by or None,
        "patients": found.patients,
        "patients_counted": found.tally.counted,
        "left_out": left,
        "completeness": [_line(report, row, records=records) for row in rows if not row.line.check],
        "plausibility": [_line(report, row, records=records) for row in rows if row.line.check],
    }


def _line(report: Report, row: Row, *, records: bool) -> dict[str, Any]:
    from ctdild_desktop.clinical.core_set import State
    from ctdild_desktop.clinical.quality.periods import UNDECIDED, key_of
    from ctdild_desktop.services.quality_files import numbers

    line = row.line
    told: dict[str, Any] = {
        "id": line.id,
        "kind": line.kind,
        "label": str(line.label),
        "counted": str(line.definition),
        "source": str(line.source),
        "entered": None if line.check else "import" if line.by_import else "form",
        **numbers(row, row.whole),
        "outside_period": row.outside,
        "date_not_exact": row.undecided,
    }
    if report.asked.by:
        told["periods"] = [
            {"period": key_of(period, report.asked.by) or None, **numbers(row, counts)}
            for period, counts in row.periods
        ]
    if records:
        lacking, said = ("found", "cannot_tell") if line.check else ("missing", "not_known")
        told["records"] = {
            lacking: [_record(one) for one in report.behind(line.id, (State.LACKING,))],
            said: [_record(one) for one in report.behind(line.id, (State.SAID,))],
            "date_not_exact": [_record(one) for one in report.behind(line.id, period=UNDECIDED)],
        }
    return told


def _record(one: Behind) -> dict[str, Any]:
    return {
        "patient": one.person.mrn,
        "kind": one.kind,
        "record": one.record_id,
        "date": one.first if one.first == one.last else None,
        "not_before": one.first,
        "not_after": one.last,
        "detail": one.detail or None,
    }


def _print(found: Quality, report: Report, rows: list[Row]) -> None:
    asked = report.asked
    span = f"from {asked.since or 'the beginning'} to {asked.until or 'the end'}"
    print(f"{found.tally.counted} of {found.patients} patients, as of {found.as_of}, {span}.")
    for reason, left in found.tally.left.items():
        if left.entries:
            print(f"left out, {reason}: {len(left.entries)}")
    for check, title in ((False, "Completeness"), (True, "Plausibility")):
        print(f"\n{title}")
        for row in rows:
            if row.line.check is check:
                _print_line(report, row)


def _print_line(report: Report, row: Row) -> None:
    from ctdild_desktop.clinical.quality.periods import key_of
    from ctdild_desktop.services.quality_files import numbers

    print(f"  {row.line.kind}: {row.line.label} [{row.line.id}]")
    print(f"    {_told(numbers(row, row.whole))}")
    for period, counts in row.periods:
        if counts.expected:
            print(f"    {key_of(period, report.asked.by) or 'date not exact'}: {_told(numbers(row, counts))}")
    if row.undecided:
        print(f"    {row.undecided} in no number: the date is not exact enough")


def _told(counts: dict[str, Any]) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {'n/a' if value is None else value}" for name, value in counts.items()
    )
