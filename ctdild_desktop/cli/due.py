"""``ctdild due``: the work list."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.services.due import WorkRow

_STATES = (
    "OVERDUE",
    "NEVER_DONE",
    "WARNING",
    "DUE",
    "PROMPT",
    "RECOMMEND",
    "CONSIDER",
    "WINDOW_OPEN",
    "CANNOT_ASSESS",
    "NOT_DUE",
)


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "due",
        _answer,
        summary="say which checks are due or overdue, and by which rule",
        description=(
            "One line for each rule that applies to a patient, the most urgent first, with the days on which "
            "it opens and is due, the reason and the source. What is not on record is NEVER_DONE, never "
            "taken as done. It states what the rules ask for and advises no treatment. Intervals are data: "
            "--print-rules writes the table, --rules reads an edited one."
        ),
        examples=(
            "ctdild due --as-of 2026-03-12 --json",
            "ctdild due --state OVERDUE --state DUE",
            "ctdild due --patient DEMO-0001",
            "ctdild due --print-rules > our-rules.csv",
            "ctdild due --rules our-rules.csv",
        ),
    )
    parser.add_argument("--patient", metavar="MRN", help="one patient; else all")
    parser.add_argument(
        "--as-of", metavar="DATE", type=common.iso_date, help="the day of the list; else today"
    )
    parser.add_argument(
        "--state", metavar="STATE", action="append", choices=_STATES, help="only this state; may be repeated"
    )
    parser.add_argument("--rules", metavar="FILE", type=Path, help="a rule table of your own")
    parser.add_argument("--rule-set", metavar="SET", default="DEFAULT", help="the set of the table to use")
    parser.add_argument("--print-rules", action="store_true", help="print the rule table as CSV and end")
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    if args.print_rules:
        from ctdild_desktop.clinical.due.table import default_table

        print(default_table(), end="")
        return 0
    from ctdild_desktop.services import due

    rules = due.read_rules(args.rules, args.rule_set)
    with common.opened(args) as desk:
        day = args.as_of or desk.today()
        if args.patient is not None:
            record = common.read_patient(desk, args.patient)
            rows = due.rows_of(record, day, rules)
        else:
            common.note_listed(desk, "due")
            rows = due.work_list(desk, day, rules)
    if args.state:
        rows = tuple(row for row in rows if row.item.state in args.state)
    if args.json:
        common.print_json([document(row, day) for row in rows])
    else:
        for row in rows:
            _print(row)
        if not rows:
            print(f"Nothing on the list on {day}.")
    return 0


def document(row: WorkRow, as_of: dt.date) -> dict[str, Any]:
    """What ``--json`` prints of one line."""
    item = row.item
    return {
        "patient": row.mrn,
        "as_of": as_of,
        "rule": item.rule,
        "item": item.item,
        "state": item.state,
        "opens": item.opens,
        "due": item.due,
        "overdue_days": item.overdue_days,
        "last_done": item.last,
        "drug": item.drug or None,
        "gate": item.gate,
        "because": [str(sentence) for sentence in item.because],
        "needs": [str(sentence) for sentence in item.needs],
        "flags": list(item.flags),
        "source": item.source,
        "source_check": item.check,
        "note": item.note,
    }


def _print(row: WorkRow) -> None:
    item = row.item
    when = ""
    if item.due is not None:
        when = f", since {item.due}" if item.overdue_days else f", due {item.due}"
    if item.overdue_days:
        when += f" ({item.overdue_days} {'day' if item.overdue_days == 1 else 'days'})"
    print(f"{row.mrn}  {item.state}{when}  {item.item} [{item.rule}]")
    for sentence in item.because:
        print(f"    {sentence}")
    for sentence in item.needs:
        print(f"    needs {sentence}")
    if item.note:
        print(f"    note: {item.note}")
    print(f"    source: {item.source}")
