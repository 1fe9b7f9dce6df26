"""``ctdild erase``: taking a person out of the registry on a legal request, for administrators."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.services.erasure import Preview, StillHeld


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "erase",
        _answer,
        summary="take a person out of the registry on a legal request; cannot be undone",
        description=(
            "Every row, unfinished typing and every value in the audit trail go; the trail stays whole and "
            "keeps that somebody was erased, by whom and why. Without --confirm it only says what would go. "
            "No backup is made; backups that still hold the person are named. For a patient registered by "
            "mistake use removal, which can be undone."
        ),
        examples=(
            "ctdild erase DEMO-0001",
            'ctdild erase DEMO-0001 --basis "GDPR Art. 17(1)(b): consent withdrawn" \\\n'
            '      --reason "letter of 2 March 2026" --confirm DEMO-0001',
            'ctdild erase DEMO-0001 --refused --basis "GDPR Art. 17(3)(d)" --reason "letter of 2 March 2026"',
        ),
    )
    parser.add_argument("mrn", metavar="MRN", help="the record number of the patient")
    parser.add_argument("--basis", metavar="LAW", default="", help="the reason in law")
    parser.add_argument(
        "--reason", metavar="WORDS", default="", help="who asked and when; without the person's name"
    )
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--confirm", metavar="MRN", help="the MRN once more: the person is erased")
    doing.add_argument(
        "--refused", action="store_true", help="record that the request was refused; nothing is erased"
    )
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import erasure

    with common.opened(args) as desk:
        patient_id = erasure.person(desk, args.mrn)
        if args.refused:
            done = erasure.record_refused_erasure(
                desk, patient_id, basis=args.basis or erasure.REFUSAL, reason=args.reason
            )
            _say(args, {"erased": False, "refused": True}, done.message)
            return 0
        if args.confirm is None:
            seen = erasure.preview(desk, patient_id)
            _say(args, _document(seen), "\n".join(_lines(seen)))
            return 0
        erased = erasure.erase(desk, patient_id, basis=args.basis, reason=args.reason, typed_mrn=args.confirm)
    value = erased.value
    told = {
        "erased": True,
        "rows": value.rows,
        "audit_entries_emptied": value.entries,
        "file_written_anew": value.clean,
        "backups": [_held(one) for one in value.files],
    }
    _say(args, told, "\n".join((erased.message, *(f"  {_named(one)}" for one in value.files))))
    return 0


def _say(args: argparse.Namespace, document: dict[str, Any], words: str) -> None:
    if args.json:
        common.print_json(document)
    else:
        print(words)


def _document(seen: Preview) -> dict[str, Any]:
    return {
        "erased": False,
        "mrn": seen.mrn,
        "rows": {one.what: one.number for one in seen.rows},
        "audit_entries": seen.entries,
        "backups": [_held(one) for one in seen.files],
        "mentioned": {one.what: one.number for one in seen.mentions},
    }


def _held(one: StillHeld) -> dict[str, Any]:
    return {"name": one.name, "folder": one.folder or None, "made_at": one.made_at.isoformat()}


def _lines(seen: Preview) -> list[str]:
    lines = [f"Would be erased of {seen.mrn}:", *(f"  {one.text}" for one in seen.rows)]
    lines.append(f"  the values of {seen.entries} entries of the audit trail")
    if seen.files:
        lines += ["Still hold the person afterwards:", *(f"  {_named(one)}" for one in seen.files)]
    if seen.mentions:
        lines += ["Name or MRN also occurs in:", *(f"  {one.text}" for one in seen.mentions)]
    lines.append("Nothing was changed. To erase, repeat with --basis, --reason and --confirm MRN.")
    return lines


def _named(one: StillHeld) -> str:
    return f"{one.name} ({one.folder or 'place not known'}), made {one.made_at:%Y-%m-%d}"
