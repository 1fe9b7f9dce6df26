"""``ctdild assess``: the criteria, run on the registry."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.clinical.records import PatientRecord
    from ctdild_desktop.clinical.verdict import Assessment, Evidence


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "assess",
        _answer,
        summary="say which published progression criteria are met, and exactly why",
        description=(
            "Each criterion answers MET, NOT_MET, CANNOT_ASSESS or NOT_APPLICABLE with the tests, dates and "
            "numbers it rests on. What is not recorded is named as needed, never taken as no. Without "
            "--as-of each patient is judged on the day of the latest test, symptom or HRCT entry."
        ),
        examples=(
            "ctdild assess --patient DEMO-0001 --json",
            "ctdild assess --criterion PPF2022 --criterion REVIEW_FVC_DECLINE --as-of 2026-03-12 --json",
        ),
    )
    parser.add_argument("--patient", metavar="MRN", help="one patient; else all")
    parser.add_argument(
        "--as-of", metavar="DATE", type=common.iso_date, help="ignore everything after this day"
    )
    parser.add_argument("--criterion", metavar="ID", action="append", help="one criterion; may be repeated")
    common.add_json(parser)


def _known_criteria(asked: Sequence[str] | None) -> Sequence[str] | None:
    from ctdild_desktop.clinical.criteria import CRITERIA

    known = [item.id for item in CRITERIA]
    for criterion in asked or ():
        if criterion not in known:
            raise common.UserError(f"There is no criterion {criterion}; there are {', '.join(known)}.")
    return asked


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import assessment, patients

    criteria = _known_criteria(args.criterion)
    found: tuple[tuple[PatientRecord, tuple[Assessment, ...]], ...]
    with common.opened(args) as desk:
        if args.patient is not None:
            record = common.known_patient(patients.by_mrn(desk, args.patient), args.patient)
            found = ((record, assessment.assess(record, args.as_of, criteria)),)
        else:
            found = assessment.assess_all(desk, args.as_of, criteria)
    if args.json:
        common.print_json([document(record, answers) for record, answers in found])
    else:
        _print(found)
    return 0


def _print(found: Sequence[tuple[PatientRecord, Sequence[Assessment]]]) -> None:
    for record, answers in found:
        as_of = f" as of {answers[0].as_of.isoformat()}" if answers else ""
        print(f"{record.patient.mrn}{as_of}")
        for answer in answers:
            print(f"  {answer.title}: {answer.category or answer.verdict}")
            for sentence in answer.because:
                print(f"    {sentence}")
            for sentence in answer.needs:
                print(f"    needs {sentence}")
            for caution in answer.cautions:
                print(f"    {caution.text}")


def _evidence(item: Evidence) -> dict[str, Any]:
    return {
        "measure": item.measure,
        "basis": item.basis,
        "from": {"date": item.baseline.date, "value": item.baseline.value, "ids": item.baseline.record_ids},
        "to": {"date": item.follow_up.date, "value": item.follow_up.value, "ids": item.follow_up.record_ids},
        "absolute_change": item.absolute_change,
        "relative_change_percent": item.relative_change_percent,
    }


def document(record: PatientRecord, answers: Sequence[Assessment]) -> dict[str, Any]:
    """What ``--json`` prints of one patient."""
    return {
        "patient": record.patient.mrn,
        "as_of": answers[0].as_of if answers else None,
        "criteria": {
            answer.criterion: {
                "verdict": answer.category or answer.verdict,
                "title": answer.title,
                "window_months": answer.window_months,
                "domains": {domain.name: domain.verdict for domain in answer.domains},
                "because": [str(sentence) for sentence in answer.because],
                "needs": [str(sentence) for sentence in answer.needs],
                "warnings": [{"code": item.code, "text": str(item.text)} for item in answer.cautions],
                "evidence": [_evidence(item) for item in answer.evidence],
                "source": answer.source,
            }
            for answer in answers
        },
    }
