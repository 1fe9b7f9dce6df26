"""``ctdild assess``: the criteria, run on the registry."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.clinical.probability import Probability
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
            "--as-of each patient is judged on the day of the latest test, symptom or HRCT entry. "
            "RESPONSE_KEIR and RESPONSE_REVIEW are asked of each therapy line."
        ),
        examples=(
            "ctdild assess --patient DEMO-0001 --json",
            "ctdild assess --criterion PPF2022 --criterion REVIEW_FVC_DECLINE --as-of 2026-03-12 --json",
            "ctdild assess --patient DEMO-0001 --criterion RESPONSE_REVIEW",
            "ctdild assess --history --json",
        ),
    )
    parser.add_argument("--patient", metavar="MRN", help="one patient; else all")
    parser.add_argument(
        "--as-of", metavar="DATE", type=common.iso_date, help="ignore everything after this day"
    )
    parser.add_argument("--criterion", metavar="ID", action="append", help="one criterion; may be repeated")
    parser.add_argument(
        "--history", action="store_true", help="with --json: the day on which each criterion was first met"
    )
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import assessment, site_criteria
    from ctdild_desktop.services.redaction import until

    found: Iterable[tuple[PatientRecord, tuple[Assessment, ...]]]
    with common.opened(args) as desk:
        own = site_criteria.own_criteria(desk)
        criteria: list[str] | None = None
        if args.criterion:
            asked = dict.fromkeys(args.criterion)
            own = tuple(item for item in own if item.id in asked)
            criteria = [name for name in asked if name not in {item.id for item in own}]
        if args.patient is not None:
            record = common.read_patient(desk, args.patient)
            record = record if args.as_of is None else until(record, args.as_of)
            answers = assessment.assess(record, args.as_of, criteria)
            found = ((record, (*answers, *assessment.assess_own(record, own, args.as_of))),)
        else:
            common.note_listed(desk, "assess")
            found = assessment.assess_all(desk, args.as_of, criteria, own)
        if args.json:
            common.print_json_list(
                document(record, answers, args.as_of, history=args.history) for record, answers in found
            )
        else:
            for record, answers in found:
                _print(record, answers, args.as_of)
    return 0


def _as_of(record: PatientRecord, asked: dt.date | None) -> dt.date | None:
    """The date of the answers; None when none was asked for and nothing is recorded that could set it."""
    from ctdild_desktop.clinical.criteria import latest_entry_date

    return asked or latest_entry_date(record)


def _print(record: PatientRecord, answers: Sequence[Assessment], asked: dt.date | None) -> None:
    from ctdild_desktop.clinical.codes import drugs
    from ctdild_desktop.services.responses import line_criteria, line_responses

    as_of = _as_of(record, asked)
    print(f"{record.patient.mrn}{f' as of {as_of}' if as_of else ''}")
    for answer in answers:
        lines = line_responses(record, answer.criterion, asked) if answer.criterion in line_criteria() else ()
        if not lines:
            _print_answer(answer.title, answer)
        for line, of_line in lines:
            _print_answer(f"{answer.title}, {drugs().label(line.drug)} from {line.start}", of_line)
    found = _probability(record, as_of)
    if found is not None:
        print("  Beside the verdicts")
        for sentence in found.because:
            print(f"    {sentence}")
        for sentence in found.needs:
            print(f"    a probability of a true fall needs {sentence}")


def _probability(record: PatientRecord, as_of: dt.date | None) -> Probability | None:
    """How probable a true fall of FVC is; None when nothing dates the question."""
    from ctdild_desktop.clinical.probability import fall_probability

    return None if as_of is None else fall_probability(record.tests, record.patient, as_of)


def _print_answer(title: str, answer: Assessment) -> None:
    print(f"  {title}: {answer.category or answer.verdict}")
    for sentence in answer.because:
        print(f"    {sentence}")
    for sentence in answer.needs:
        print(f"    needs {sentence}")
    for caution in answer.cautions:
        print(f"    {caution.text}")


def evidence_document(item: Evidence) -> dict[str, Any]:
    """The two visits of an answer, as JSON has them."""
    return {
        "measure": item.measure,
        "basis": item.basis,
        "from": {"date": item.baseline.date, "value": item.baseline.value, "ids": item.baseline.record_ids},
        "to": {"date": item.follow_up.date, "value": item.follow_up.value, "ids": item.follow_up.record_ids},
        "absolute_change": item.absolute_change,
        "relative_change_percent": item.relative_change_percent,
    }


def _verdict(answer: Assessment) -> dict[str, Any]:
    return {
        "verdict": answer.category or answer.verdict,
        "title": answer.title,
        "window_months": answer.window_months,
        "domains": {domain.name: domain.verdict for domain in answer.domains},
        "because": [str(sentence) for sentence in answer.because],
        "needs": [str(sentence) for sentence in answer.needs],
        "warnings": [{"code": item.code, "text": str(item.text)} for item in answer.cautions],
        "evidence": [evidence_document(item) for item in answer.evidence],
        "source": answer.source,
        **({} if answer.on_ild_treatment is None else {"on_ild_treatment": answer.on_ild_treatment}),
    }


def _criterion(record: PatientRecord, answer: Assessment, asked: dt.date | None) -> dict[str, Any]:
    """One criterion; one that is asked of therapy lines answers for the latest and lists every line."""
    from ctdild_desktop.services.responses import line_criteria, line_responses

    if answer.criterion not in line_criteria():
        return _verdict(answer)
    found = line_responses(record, answer.criterion, asked)
    lines = [{"drug": line.drug, "start": line.start, **_verdict(of_line)} for line, of_line in found]
    return {**_verdict(found[0][1] if found else answer), "lines": lines}


def _first_met(record: PatientRecord, answers: Sequence[Assessment], up_to: dt.date) -> dict[str, Any]:
    from ctdild_desktop.clinical.criteria import strip_criteria
    from ctdild_desktop.clinical.criteria.history import first_met_on

    published = {item.id for item in strip_criteria()}
    return {
        answer.criterion: first_met_on(record, answer.criterion, up_to)
        for answer in answers
        if answer.criterion in published
    }


def document(
    record: PatientRecord,
    answers: Sequence[Assessment],
    asked: dt.date | None = None,
    *,
    history: bool = False,
) -> dict[str, Any]:
    """What ``--json`` prints of one patient; ``asked`` is the as-of date when one was named."""
    from ctdild_desktop.cli.course import probability_document

    as_of = _as_of(record, asked)
    probability = _probability(record, as_of)
    return {
        "patient": record.patient.mrn,
        "as_of": as_of,
        "criteria": {answer.criterion: _criterion(record, answer, asked) for answer in answers},
        "probability": None if probability is None else probability_document(probability),
        **({"first_met_on": _first_met(record, answers, as_of)} if history and as_of else {}),
    }
